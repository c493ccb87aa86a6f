//! Replaces a file whole or not at all.
//!
//! The new text is written to a temporary file beside the target, readable only by the owner, and
//! synced to disk. Then one system call puts it in place of the old file (rename(2)).

use std::fs::{File, Metadata, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::Path;

use tempfile::NamedTempFile;

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
        let mode = match readers {
            Readers::Owner => 0o600,
            Readers::All => 0o644,
        };
        let mut file = tempfile::Builder::new()
            .prefix(".tessh-")
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(directory_of(target))
            .map_err(bare)?;
        file.write_all(text).map_err(bare)?;
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

    /// Renames the temporary file to the target, which must be in the same directory.
    ///
    /// # Errors
    /// `AlreadyExists` if there is a file and it must be kept; the system's. The old file stays.
    pub fn put(self, target: &Path, existing: Existing) -> io::Result<()> {
        let put = match existing {
            Existing::Keep => self.0.persist_noclobber(target),
            Existing::Replace => self.0.persist(target),
        };
        put.map_err(|error| error.error)?;
        sync_directory_of(target);
        Ok(())
    }
}

/// The system's own error: the crate's names the temporary file, which means nothing to a person.
fn bare(error: io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|inner| inner.source());
    let inner = inner.and_then(|source| source.downcast_ref::<io::Error>());
    match inner.and_then(io::Error::raw_os_error) {
        Some(number) => io::Error::from_raw_os_error(number),
        None => error,
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
    let _ = File::open(directory_of(file)).and_then(|directory| directory.sync_all());
}

/// The directory that a file is in.
pub fn directory_of(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}
