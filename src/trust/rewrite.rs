//! Changing a file that other processes change too: all of the new text or all of the old.
//!
//! The lock is flock(2) on the file itself. Whoever gets it asks again whether the path still
//! leads to the locked file, because a writer before may have put a new file in its place. The
//! new text goes into a file beside it, to disk, and over the old one with rename(2). Nothing
//! here knows what the text means.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{
    DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown,
};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::known::FILE_MAX;
use super::quote;
use crate::error::{Error, Kind, Result, told};
use crate::say;

/// A writer holds the lock for some milliseconds; after this long its holder is stuck.
const LOCK_PATIENCE: Duration = Duration::from_secs(30);

/// As the kernel's own limit on symbolic links in a path.
const LINKS_MAX: usize = 40;

const FILE_MODE: u32 = 0o600;
const DIRECTORY_MODE: u32 = 0o700;

/// Puts what `change` makes of the file's text in its place, with mode and owner kept.
///
/// The file is created 0600 and its directory 0700 where missing; a symbolic link stays, and
/// what it leads to is changed. A character device such as /dev/null keeps nothing, so it is
/// left alone.
///
/// # Errors
/// Whatever `change` says; or the path is no file, cannot be locked within 30 seconds, read or
/// replaced, or would exceed 64 MiB. The old text is then still there.
pub(super) fn rewrite(path: &Path, change: impl FnOnce(&[u8]) -> Result<Vec<u8>>) -> Result<()> {
    let target =
        follow_links(path).map_err(|e| failed(&say!("error-trust-cannot-found"), path, &e))?;
    make_directory(&target)?;
    let Some(mut file) = lock(&target)? else { return Ok(()) };
    let mut old = Vec::new();
    (&mut file)
        .take(FILE_MAX as u64 + 1)
        .read_to_end(&mut old)
        .map_err(|e| failed(&say!("error-trust-cannot-read-2"), path, &e))?;
    let new = change(&old)?;
    if old.len().max(new.len()) > FILE_MAX {
        return Err(refused(
            path,
            &say!("error-trust-would-more-than-mib", limit = FILE_MAX >> 20),
        ));
    }
    if new == old {
        return Ok(());
    }
    replace(&target, &file, &new).map_err(|e| {
        failed(&say!("error-trust-cannot-replaced"), path, &e)
            .hint(say!("error-trust-unchanged-directory-writable"))
    })
}

/// The path with symbolic links in its last component followed, also dangling ones.
fn follow_links(path: &Path) -> std::io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS_MAX {
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => {
                let to = fs::read_link(&path)?;
                path = path.parent().unwrap_or(Path::new("")).join(to);
            }
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(path),
            Err(error) => return Err(error),
        }
    }
    Err(std::io::Error::other(say!("error-trust-too-many-symbolic-links")))
}

/// Only the last component: a missing home directory is not ours to make.
fn make_directory(target: &Path) -> Result<()> {
    let directory = directory_of(target);
    match DirBuilder::new().mode(DIRECTORY_MODE).create(directory) {
        Ok(()) => Ok(()),
        // Whatever stands in the way shows itself when the file is opened.
        Err(_) if directory.exists() => Ok(()),
        Err(error) => Err(failed(&say!("error-trust-cannot-created"), directory, &error)),
    }
}

fn directory_of(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// The file the path leads to, locked; `None` for a device.
fn lock(target: &Path) -> Result<Option<File>> {
    let deadline = Instant::now() + LOCK_PATIENCE;
    loop {
        let file = open(target)?;
        let metadata =
            file.metadata().map_err(|e| failed(&say!("error-trust-cannot-read-2"), target, &e))?;
        if metadata.file_type().is_char_device() {
            return Ok(None);
        }
        if !metadata.is_file() {
            return Err(refused(target, &say!("error-trust-not-regular-file")));
        }
        let file = wait_for_lock(file, deadline)
            .map_err(|e| failed(&say!("error-trust-cannot-locked"), target, &e))?
            .ok_or_else(|| {
                let seconds = LOCK_PATIENCE.as_secs();
                refused(target, &say!("error-trust-been-locked-another-process", seconds))
            })?;
        let at_path = fs::metadata(target).map(|now| (now.dev(), now.ino())).ok();
        if at_path == Some((metadata.dev(), metadata.ino())) {
            return Ok(Some(file));
        }
        if Instant::now() > deadline {
            return Err(refused(target, &say!("error-trust-being-replaced-all-time")));
        }
    }
}

fn open(target: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).mode(FILE_MODE);
    options.open(target).map_err(|error| {
        if target.is_dir() {
            refused(target, &say!("error-trust-directory"))
        } else {
            failed(&say!("error-trust-cannot-opened-writing"), target, &error)
        }
    })
}

/// The file with the lock on it, or `None` if the deadline passed.
///
/// flock(2) has no time limit, so a thread waits; if it is given up, it drops the lock as soon
/// as it gets it.
fn wait_for_lock(file: File, deadline: Instant) -> std::io::Result<Option<File>> {
    match file.try_lock() {
        Ok(()) => return Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let (give, take) = mpsc::channel();
    std::thread::Builder::new().name("known_hosts lock".to_owned()).spawn(move || {
        let locked = file.lock().map(|()| file);
        // Nobody may be waiting any more; the file is then closed here.
        let _ = give.send(locked);
    })?;
    match take.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(locked) => locked.map(Some),
        Err(_) => Ok(None),
    }
}

/// Writes the text beside the locked file and renames it over it.
fn replace(target: &Path, locked: &File, text: &[u8]) -> std::io::Result<()> {
    let old = locked.metadata()?;
    let directory = directory_of(target);
    // The lock makes this name ours alone, and what a killed writer left under it ours to remove.
    let mut name = OsString::from(".known_hosts.tessh-");
    name.push(format!("{:x}", old.ino()));
    let beside = directory.join(name);
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = write_new(&beside, &old, text).and_then(|()| fs::rename(&beside, target));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
        return written;
    }
    // The new text is in place; some file systems cannot sync a directory, and that is no failure.
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
    Ok(())
}

fn write_new(path: &Path, old: &fs::Metadata, text: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path)?;
    file.write_all(text)?;
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        fchown(&file, Some(old.uid()), Some(old.gid()))?;
    }
    file.set_permissions(Permissions::from_mode(old.mode() & 0o7777))?;
    file.sync_all()
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::new(Kind::Local, format!("{} {what}: {}", quote::path(path), told(error)))
}

fn refused(path: &Path, what: &str) -> Error {
    Error::new(Kind::Local, format!("{} {what}", quote::path(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_never_comes_is_given_up_and_one_that_comes_is_taken() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        let holder = open(&path).expect("opened");
        holder.lock().expect("locked");
        let waiting = open(&path).expect("opened");
        let soon = Instant::now() + Duration::from_millis(20);
        assert!(wait_for_lock(waiting, soon).expect("no error").is_none());

        let waiting = open(&path).expect("opened");
        let release = std::thread::spawn(move || drop(holder));
        let far = Instant::now() + LOCK_PATIENCE;
        assert!(wait_for_lock(waiting, far).expect("no error").is_some());
        release.join().expect("released");
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
