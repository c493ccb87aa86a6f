//! Changes a file that other processes change as well: the result is all of the new text or all of
//! the old, and nothing that another program has added meanwhile is lost. Only a file that cannot be
//! replaced may get a part of many new lines, in whole lines, if the process is killed meanwhile.
//!
//! Writers of this program exclude each other by flock(2) on the file itself. After locking, a
//! writer checks that the path still leads to the locked file, because an earlier writer may have
//! replaced it. ssh(1) takes no lock: it opens the file and appends. So a text that only grows is
//! appended here as well, in one write. Any other change goes into a temporary file, which is
//! synced to disk and renamed over the old one, but only if the old one still has the text that was
//! read; lines appended to the old file at that moment are carried over. Nothing here depends on
//! the meaning of the text.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::file::{FILE_MAX, LINE_MAX};
use super::quote;
use crate::error::{Error, Kind, Result, io_reason, link_reason};
use crate::os::file::{self, FileIdentity};
use crate::os::replace::{directory_of, keep_owner, sync_directory_of};
use crate::os::{link, private};
use crate::say;

/// How long to wait for the lock. A writer holds it for milliseconds, so by then its holder is
/// stuck.
const LOCK_PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait for the lock before the user is told.
const LOCK_SILENCE: Duration = Duration::from_secs(1);

/// How often a change is repeated because the file has changed meanwhile. In the last attempt, text
/// that was only appended is carried over, and any other change is an error.
const ATTEMPTS: usize = 5;

/// How often, and at what interval, the old file is checked after it was replaced. A program that
/// had opened it before appends its line within microseconds, unless it waits for a processor.
const CARRY_LOOKS: usize = 5;
const CARRY_PAUSE: Duration = Duration::from_millis(10);

/// Replaces the file's text by the result of `change`, and keeps mode and owner. If the file
/// changes meanwhile, `change` is called again.
///
/// A missing file is created with mode 0600 and its directory with 0700. If the path is a symbolic
/// link, the link stays and its target is changed. A character device such as /dev/null stores
/// nothing, so it is left alone. Blocks for up to 30 seconds to get the lock.
///
/// # Errors
/// Those of `change`; or the path is no file, cannot be locked within 30 seconds, read or replaced,
/// or would exceed 64 MiB. The old text stays.
pub(super) fn rewrite(path: &Path, mut change: impl FnMut(&[u8]) -> Result<Vec<u8>>) -> Result<()> {
    let target = follow_links(path)?;
    make_directory(&target)?;
    for attempt in 1..=ATTEMPTS {
        let Some(mut file) = lock(&target)? else { return Ok(()) };
        let old = whole(&mut file).map_err(|e| failed(&say!(known_hosts_not_read), path, &e))?;
        let new = change(&old)?;
        if old.len().max(new.len()) > FILE_MAX {
            let limit = FILE_MAX >> 20;
            return Err(refused(path, &say!(known_hosts_would_be_too_large, limit)));
        }
        if new == old {
            return Ok(());
        }
        // A write of many pages may end in the middle where the process is killed.
        let outcome = match new.strip_prefix(&old[..]).filter(|added| added.len() <= LINE_MAX) {
            Some(added) => append(&target, &mut file, added)
                .map_err(|e| failed(&say!(known_hosts_takes_no_lines), path, &e))?,
            None => {
                let replaced = replace(&target, &mut file, (&old, &new), attempt == ATTEMPTS);
                let outcome = match (replaced, new.strip_prefix(&old[..])) {
                    // A file that is mounted at its place, or in a directory that cannot be
                    // written, cannot be replaced, but can grow.
                    (Err(error), Some(added)) if is_of_place(&error) => {
                        append_lines(&target, &mut file, added)
                    }
                    (replaced, _) => replaced,
                };
                outcome.map_err(|e| {
                    let failed = failed(&say!(known_hosts_not_replaced), path, &e);
                    match failed.next_step() {
                        Some(_) => failed,
                        None => failed.hint(say!(known_hosts_not_replaced_hint)),
                    }
                })?
            }
        };
        match outcome {
            RewriteOutcome::Done => return Ok(()),
            RewriteOutcome::Replaced => {
                return carry(&target, &mut file, old.len())
                    .map_err(|e| failed(&say!(known_hosts_line_lost), path, &e));
            }
            RewriteOutcome::Changed => {}
        }
    }
    Err(refused(path, &say!(known_hosts_replaced_meanwhile))
        .hint(say!(known_hosts_replaced_meanwhile_hint)))
}

/// The outcome of one attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RewriteOutcome {
    /// The change is made.
    Done,
    /// The change is made, in a new file that replaced the old one.
    Replaced,
    /// The file has changed since it was read.
    Changed,
}

/// Reads the whole file, but at most one byte more than [`FILE_MAX`].
fn whole(file: &mut File) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(FILE_MAX as u64 + 1).read_to_end(&mut text)?;
    Ok(text)
}

/// Whether the path still leads to this file.
fn is_at(target: &Path, file: &File) -> io::Result<bool> {
    let ours = FileIdentity::of(&file.metadata()?);
    Ok(fs::metadata(target).is_ok_and(|now| FileIdentity::of(&now) == ours))
}

/// Appends whole lines to the locked file in one write, so that lines of other programs are not
/// interleaved with them.
fn append(target: &Path, file: &mut File, added: &[u8]) -> io::Result<RewriteOutcome> {
    let written = file.write(added)?;
    let end = file.stream_position()?;
    if written < added.len() {
        // The disk is full. Remove the partial line, unless another program has written after it.
        if file.metadata()?.len() == end {
            file.set_len(end - written as u64)?;
        }
        return Err(io::Error::from(ErrorKind::StorageFull));
    }
    file.sync_all()?;
    // If another program's partial line precedes them, the lines are not lines of their own.
    let start = end - added.len() as u64;
    let mut before = [b'\n'];
    if start > 0 && added.first() != Some(&b'\n') {
        file.seek(SeekFrom::Start(start - 1))?;
        file.read_exact(&mut before)?;
    }
    let is_there = before == [b'\n'] && is_at(target, file)?;
    Ok(if is_there { RewriteOutcome::Done } else { RewriteOutcome::Changed })
}

/// Whether the error is about the place of a file, and not about the file.
fn is_of_place(error: &io::Error) -> bool {
    use ErrorKind::{PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    matches!(error.kind(), ResourceBusy | PermissionDenied | ReadOnlyFilesystem)
}

/// Appends lines that are too many for one write. If the process is killed meanwhile, those that were
/// written are whole.
fn append_lines(target: &Path, file: &mut File, mut added: &[u8]) -> io::Result<RewriteOutcome> {
    while !added.is_empty() {
        let some = &added[..added.len().min(LINE_MAX)];
        let end = some.iter().rposition(|&byte| byte == b'\n');
        // A line that is longer is one write all the same.
        let end = end.or_else(|| added.iter().position(|&byte| byte == b'\n'));
        let (lines, rest) = added.split_at(end.map_or(added.len(), |end| end + 1));
        if append(target, file, lines)? == RewriteOutcome::Changed {
            return Ok(RewriteOutcome::Changed);
        }
        added = rest;
    }
    Ok(RewriteOutcome::Done)
}

/// Where the path leads; even a dangling link is followed.
fn follow_links(path: &Path) -> Result<PathBuf> {
    link::follow(path).map_err(|fault| {
        let what = format!("{}: {}", say!(known_hosts_link_not_followed), link_reason(&fault));
        refused(path, &what).hint_about_link(&fault)
    })
}

/// Creates the file's directory, but not its parents: a missing home directory is not created.
fn make_directory(target: &Path) -> Result<()> {
    let directory = directory_of(target);
    match private::create_directory(directory) {
        Ok(()) => Ok(()),
        // If the path is no directory, opening the file reports that.
        Err(_) if directory.exists() => Ok(()),
        Err(error) => {
            let fault = failed(&say!(known_hosts_not_created), directory, &error);
            let known = fault.next_step().is_some();
            Err(if known { fault } else { fault.hint(say!(known_hosts_not_created_hint)) })
        }
    }
}

/// Opens and locks the file that the path leads to; `None` for a device.
fn lock(target: &Path) -> Result<Option<File>> {
    let deadline = Instant::now() + LOCK_PATIENCE;
    loop {
        let file = open(target)?;
        let metadata =
            file.metadata().map_err(|e| failed(&say!(known_hosts_not_read), target, &e))?;
        if file::is_device(&metadata) {
            return Ok(None);
        }
        if !metadata.is_file() {
            return Err(refused(target, &say!(known_hosts_not_regular)));
        }
        let file = wait_for_lock(file, target, deadline)
            .map_err(|e| failed(&say!(known_hosts_not_locked), target, &e))?
            .ok_or_else(|| {
                let seconds = LOCK_PATIENCE.as_secs();
                refused(target, &say!(known_hosts_locked, seconds))
            })?;
        if is_at(target, &file).map_err(|e| failed(&say!(known_hosts_not_read), target, &e))? {
            // Remove the temporary file of a killed writer: the lock reserves its name for this
            // process.
            let _ = fs::remove_file(beside(target, &metadata));
            return Ok(Some(file));
        }
        if Instant::now() > deadline {
            return Err(refused(target, &say!(known_hosts_replaced_meanwhile)));
        }
    }
}

fn open(target: &Path) -> Result<File> {
    private::open_or_create(target).map_err(|error| {
        if target.is_dir() {
            refused(target, &say!(known_hosts_not_read_directory))
        } else {
            failed(&say!(known_hosts_not_opened), target, &error)
        }
    })
}

/// Locks the file; returns `None` if the deadline passed.
///
/// flock(2) has no time limit, so a thread waits. If the caller gives up, the thread releases the
/// lock as soon as it gets it.
fn wait_for_lock(file: File, target: &Path, deadline: Instant) -> io::Result<Option<File>> {
    match file.try_lock() {
        Ok(()) => return Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let (give, take) = mpsc::channel();
    std::thread::Builder::new().name("known_hosts lock".to_owned()).spawn(move || {
        let locked = file.lock().map(|()| file);
        // If the caller has given up, sending fails and drops the file, which releases the lock.
        let _ = give.send(locked);
    })?;
    let left = || deadline.saturating_duration_since(Instant::now());
    let mut locked = take.recv_timeout(left().min(LOCK_SILENCE));
    if locked.is_err() && !left().is_zero() {
        let (file, seconds) = (quote::path(target), left().as_secs());
        log::warn!("{}", say!(known_hosts_waiting, file, seconds));
        locked = take.recv_timeout(left());
    }
    locked.map_or(Ok(None), |locked| locked.map(Some))
}

/// The name of the temporary file for the locked one. The lock reserves it for this process, which
/// may therefore remove what a killed writer left there.
fn beside(target: &Path, locked: &fs::Metadata) -> PathBuf {
    let mut name = OsString::from(".known_hosts.tessh-");
    name.push(format!("{:x}", FileIdentity::of(locked).number()));
    directory_of(target).join(name)
}

/// Writes the new text to the temporary file and renames it over the locked file, if that still has
/// the old text. In the last attempt it may have grown.
fn replace(
    target: &Path,
    locked: &mut File,
    (old, new): (&[u8], &[u8]),
    is_last: bool,
) -> io::Result<RewriteOutcome> {
    let metadata = locked.metadata()?;
    let beside = beside(target, &metadata);
    let in_place = write_new(&beside, &metadata, new).and_then(|()| {
        let now = whole(locked)?;
        let is_same = now == old || (is_last && now.starts_with(old));
        let is_ours = is_same && is_at(target, locked)?;
        if is_ours {
            fs::rename(&beside, target)?;
        }
        Ok(is_ours)
    });
    if !matches!(in_place, Ok(true)) {
        let _ = fs::remove_file(&beside);
        return in_place.map(|_| RewriteOutcome::Changed);
    }
    sync_directory_of(target);
    Ok(RewriteOutcome::Replaced)
}

/// Appends to the new file what other programs, which had opened the old file before it was
/// replaced, have appended to the old one since it was read.
fn carry(target: &Path, old: &mut File, mut read: usize) -> io::Result<()> {
    for look in 1..=CARRY_LOOKS {
        let text = if old.metadata()?.len() > read as u64 { whole(old)? } else { Vec::new() };
        let tail = text.get(read..).unwrap_or_default();
        // The last line may still be incomplete, so wait for its end; the last look takes all that
        // is there.
        let lines = match look < CARRY_LOOKS {
            true => tail.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1),
            false => tail.len(),
        };
        if lines > 0 {
            read += lines;
            add_lines(target, &tail[..lines])?;
        }
        if look < CARRY_LOOKS {
            std::thread::sleep(CARRY_PAUSE);
        }
    }
    Ok(())
}

/// Appends lines to the file that the path leads to.
fn add_lines(target: &Path, lines: &[u8]) -> io::Result<()> {
    for _ in 0..ATTEMPTS {
        let Some(mut file) = lock(target).map_err(|e| io::Error::other(e.to_string()))? else {
            return Ok(());
        };
        let is_ended = whole(&mut file)?.last().is_none_or(|&byte| byte == b'\n');
        let added = [if is_ended { &b""[..] } else { b"\n" }, lines].concat();
        if append(target, &mut file, &added)? == RewriteOutcome::Done {
            return Ok(());
        }
    }
    Err(io::Error::other(say!(known_hosts_replaced_meanwhile)))
}

fn write_new(path: &Path, old: &fs::Metadata, text: &[u8]) -> io::Result<()> {
    let mut file = private::create_file(path)?;
    file.write_all(text)?;
    keep_owner(&file, old)?;
    file.sync_all()
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Error {
    let reason = io_reason(error);
    Error::new(Kind::Local, format!("{} {what}: {reason}", quote::path(path))).hint_about(error)
}

fn refused(path: &Path, what: &str) -> Error {
    Error::new(Kind::Local, format!("{} {what}", quote::path(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lead_to_each_other_have_an_end() {
        let directory = tempfile::tempdir().expect("a directory");
        let [one, other] = ["one", "other"].map(|name| directory.path().join(name));
        std::os::unix::fs::symlink(&one, &other).expect("a link");
        std::os::unix::fs::symlink(&other, &one).expect("a link");
        let error = follow_links(&one).expect_err("no end").to_string();
        assert!(error.ends_with(&format!("is not changed: {}", say!(links_too_many))), "{error}");
    }

    #[test]
    fn a_lock_that_never_comes_is_given_up_and_one_that_comes_is_taken() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        let holder = open(&path).expect("opened");
        holder.lock().expect("locked");
        let waiting = open(&path).expect("opened");
        let soon = Instant::now() + Duration::from_millis(20);
        assert!(wait_for_lock(waiting, &path, soon).expect("no error").is_none());

        let waiting = open(&path).expect("opened");
        let release = std::thread::spawn(move || drop(holder));
        let far = Instant::now() + LOCK_PATIENCE;
        assert!(wait_for_lock(waiting, &path, far).expect("no error").is_some());
        release.join().expect("released");
    }

    #[test]
    fn many_lines_are_appended_in_whole_ones() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        fs::write(&path, "old\n").expect("written");
        let lines: Vec<u8> = (0..30_000).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
        let long = [vec![b'x'; 2 * LINE_MAX], b"\nlast".to_vec()].concat();
        let added = [&lines[..], &long].concat();
        let mut file = lock(&path).expect("no error").expect("a file");
        let outcome = append_lines(&path, &mut file, &added).expect("appended");
        assert!(outcome == RewriteOutcome::Done);
        assert!(fs::read(&path).expect("bytes") == [b"old\n", &added[..]].concat());
    }

    #[test]
    fn a_change_that_fails_leaves_the_file_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        fs::write(&path, "old").expect("written");
        let error = rewrite(&path, |_| Err(Error::new(Kind::Local, "no"))).expect_err("fails");
        assert_eq!(error.cause(), "no");
        assert!(rewrite(&path, |old| Ok(vec![old[0]; FILE_MAX + 1])).is_err());
        assert_eq!(fs::read(&path).expect("bytes"), b"old");
    }
}
