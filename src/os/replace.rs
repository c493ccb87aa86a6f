//! Replaces a file whole or not at all.
//!
//! The new text is written to a temporary file beside the target, readable only by the owner, and
//! synced to disk. Then one system call puts it in place of the old file (rename(2)).

use std::fs::{self, DirEntry, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use tempfile::{NamedTempFile, TempPath};

/// What the name of a temporary file begins with.
const DRAFT: &str = ".tessh-";
/// After how long without a change a temporary file is nobody's any more.
const ABANDONED: Duration = Duration::from_secs(3600);

/// How many of many files are synced at once. The system writes one list of changes for all that wait
/// for it, so that eight take little longer than one.
const SYNCED_AT_ONCE: usize = 8;

/// Who may read a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Only the owner.
    Owner,
    /// Everyone, except those whom the user's umask excludes.
    All,
}

/// What happens to an existing file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and the call fails.
    Keep,
    /// It is replaced.
    Replace,
}

/// A new text on disk, not yet in its place. Dropping it removes the temporary file.
#[derive(Debug)]
pub struct Replacement(NamedTempFile);

impl Replacement {
    /// Writes the text to a temporary file in the target's directory.
    ///
    /// # Errors
    /// The directory cannot be written, or the disk is full.
    pub fn write(target: &Path, text: &[u8], readers: Readers) -> io::Result<Replacement> {
        let file = written(target, text, readers)?;
        file.as_file().sync_all()?;
        Ok(Replacement(file))
    }

    /// Copies the old file's owner and permissions.
    ///
    /// # Errors
    /// The file belongs to another user, and this process may not change owners.
    pub fn keep_owner(&self, old: &Metadata) -> io::Result<()> {
        keep_owner(self.0.as_file(), old)
    }

    /// Renames the temporary file to the target, which must be in the same directory. A device, a pipe
    /// or a socket is no file that another one can stand for, and is never replaced.
    ///
    /// # Errors
    /// `AlreadyExists` if there is a file and it must be kept, or something that is no file; the
    /// system's. What was there stays.
    pub fn put(self, target: &Path, existing: Existing) -> io::Result<()> {
        let put = match existing {
            Existing::Keep => self.0.persist_noclobber(target),
            Existing::Replace if is_special(target) => {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            Existing::Replace => self.0.persist(target),
        };
        put.map_err(|error| error.error)?;
        sync_directory_of(target);
        Ok(())
    }
}

/// A new text in a temporary file that need not be on disk yet: one of many, which are synced together.
/// Dropping it removes the file.
#[derive(Debug)]
pub struct DraftFile {
    file: TempPath,
    target: PathBuf,
}

impl DraftFile {
    /// Does what [`Replacement::write`] does, but does not wait for the disk.
    ///
    /// # Errors
    /// The directory cannot be written, or the disk is full.
    pub fn write(target: &Path, text: &[u8], readers: Readers) -> io::Result<DraftFile> {
        let file = written(target, text, readers)?.into_temp_path();
        Ok(DraftFile { file, target: target.to_owned() })
    }

    /// Puts texts in the places of the old files, once all are on disk: synced one after the other as
    /// they are written, each would make the disk wait for a list of changes of its own.
    ///
    /// # Errors
    /// Those of [`Replacement::put`], with the target; the targets before it are replaced.
    pub fn put_all(drafts: Vec<DraftFile>) -> Result<(), (PathBuf, io::Error)> {
        sync(&drafts)?;
        let mut directories: Vec<PathBuf> = Vec::new();
        let mut put = |DraftFile { file, target }: DraftFile| {
            if is_special(&target) {
                return Err((target, io::ErrorKind::AlreadyExists.into()));
            }
            file.persist(&target).map_err(|error| (target.clone(), error.error))?;
            if directories.last().is_none_or(|last| last != directory_of(&target)) {
                directories.push(directory_of(&target).to_owned());
            }
            Ok(())
        };
        let outcome = drafts.into_iter().try_for_each(&mut put);
        directories.iter().for_each(|directory| sync_directory(directory));
        outcome
    }
}

/// Syncs the files of drafts to disk, several at a time.
///
/// # Errors
/// That of one file, with its target.
fn sync(drafts: &[DraftFile]) -> Result<(), (PathBuf, io::Error)> {
    let next = AtomicUsize::new(0);
    let sync_some = || {
        while let Some(draft) = drafts.get(next.fetch_add(1, Ordering::Relaxed)) {
            let synced = File::open(&draft.file).and_then(|file| file.sync_all());
            synced.map_err(|error| (draft.target.clone(), error))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        // Where no thread can be had, fewer do all of it.
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, sync_some).ok();
        let others: Vec<_> = (1..SYNCED_AT_ONCE.min(drafts.len())).map_while(spawn).collect();
        let own = sync_some();
        let joined = others.into_iter().map(ScopedJoinHandle::join);
        let outcomes = joined.map(|it| it.unwrap_or_else(|fault| resume_unwind(fault)));
        outcomes.fold(own, Result::and)
    })
}

/// Writes a text to a temporary file in the target's directory.
fn written(target: &Path, text: &[u8], readers: Readers) -> io::Result<NamedTempFile> {
    let mode = match readers {
        Readers::Owner => 0o600,
        Readers::All => 0o644,
    };
    // Opened and written without the crate's help, whose errors name the temporary file: that means
    // nothing to a person.
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(mode);
    let mut file = tempfile::Builder::new()
        .prefix(DRAFT)
        .make_in(directory_of(target), |path| options.open(path))?;
    file.as_file_mut().write_all(text)?;
    Ok(file)
}

/// Removes the temporary files that killed processes have left in a directory: those that nobody has
/// written to for an hour, since no lock keeps other machines from writing there.
pub fn remove_drafts(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let is_draft =
        |entry: &DirEntry| entry.file_name().as_encoded_bytes().starts_with(DRAFT.as_bytes());
    for entry in entries.flatten().filter(is_draft) {
        let written = entry.metadata().and_then(|metadata| metadata.modified());
        let age = written.ok().and_then(|written| written.elapsed().ok());
        if age.is_some_and(|age| age >= ABANDONED) {
            // One that cannot be removed stays, and is tried again the next time.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Copies an old file's owner and permissions to a new one.
///
/// # Errors
/// The old file belongs to another user, and this process may not change owners.
pub fn keep_owner(new: &File, old: &Metadata) -> io::Result<()> {
    let now = new.metadata()?;
    if (now.uid(), now.gid()) != (old.uid(), old.gid()) {
        fchown(new, Some(old.uid()), Some(old.gid()))?;
    }
    new.set_permissions(Permissions::from_mode(old.mode() & 0o7777))
}

/// Syncs the file's directory, so that the new name survives a crash. Some file systems cannot sync
/// a directory; the file is in place anyway, so that is no failure.
pub fn sync_directory_of(file: &Path) {
    sync_directory(directory_of(file));
}

fn sync_directory(directory: &Path) {
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
}

/// The directory that a file is in.
pub fn directory_of(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Whether something is there that is neither a file, nor a directory, nor a symbolic link.
pub fn is_special(path: &Path) -> bool {
    let kind = fs::symlink_metadata(path).map(|found| found.file_type());
    kind.is_ok_and(|kind| !(kind.is_file() || kind.is_dir() || kind.is_symlink()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn what_is_no_file_is_not_replaced() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("socket");
        let _socket = UnixListener::bind(&place).unwrap();
        let new = Replacement::write(&place, b"x", Readers::All).unwrap();
        let refused = new.put(&place, Existing::Replace).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert!(is_special(&place));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "the temporary file is gone");
    }

    #[test]
    fn of_many_drafts_those_before_a_fault_are_put_and_no_temporary_file_stays() {
        let home = tempfile::tempdir().unwrap();
        let place = |name: &str| home.path().join(name);
        fs::write(place("a"), "old").unwrap();
        let _socket = UnixListener::bind(place("c")).unwrap();
        let draft = |name| DraftFile::write(&place(name), b"new", Readers::Owner).unwrap();
        let drafts = ["a", "b", "c", "d"].map(draft).into();
        assert_eq!(fs::read(place("a")).unwrap(), b"old");
        let (target, error) = DraftFile::put_all(drafts).unwrap_err();
        assert_eq!((target, error.kind()), (place("c"), io::ErrorKind::AlreadyExists));
        for name in ["a", "b"] {
            assert_eq!(fs::read(place(name)).unwrap(), b"new");
            assert_eq!(fs::metadata(place(name)).unwrap().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 3);
    }

    #[test]
    fn of_many_drafts_none_is_put_where_one_cannot_be_synced() {
        let home = tempfile::tempdir().unwrap();
        let place = |number: usize| home.path().join(number.to_string());
        for lost in [0, 1, SYNCED_AT_ONCE * 2 - 1] {
            let draft = |number| DraftFile::write(&place(number), b"new", Readers::Owner).unwrap();
            let drafts: Vec<DraftFile> = (0..SYNCED_AT_ONCE * 2).map(draft).collect();
            fs::remove_file(&drafts[lost].file).unwrap();
            let (target, error) = DraftFile::put_all(drafts).unwrap_err();
            assert_eq!((target, error.kind()), (place(lost), io::ErrorKind::NotFound));
            assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn an_error_is_the_systems_own_and_names_no_temporary_file() {
        let home = tempfile::tempdir().unwrap();
        let nowhere = home.path().join("none/file");
        let error = Replacement::write(&nowhere, b"x", Readers::All).unwrap_err();
        assert!(error.raw_os_error().is_some() && !error.to_string().contains(".tessh-"));
    }
}
