//! Replacing a file whole or not at all.
//!
//! The new text goes into a file beside the target, which nobody else can read before it is in
//! place, to disk, and over the old one with one system call (rename(2)).

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
    /// Everyone, less whom the user's umask takes out.
    All,
}

/// Whether another file may be in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and that is an error.
    Keep,
    /// It goes.
    Replace,
}

/// A new text on disk, not yet in its place; dropping it removes it.
#[derive(Debug)]
pub struct Replacement(NamedTempFile);

impl Replacement {
    /// Writes the text to a new file in the directory of the file that it is for.
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
            .tempfile_in(directory_of(target))?;
        file.write_all(text)?;
        file.as_file().sync_all()?;
        Ok(Replacement(file))
    }

    /// Gives it the old file's owner and permissions.
    ///
    /// # Errors
    /// The owner is somebody else, and may not be given.
    pub fn keep_owner(&self, old: &Metadata) -> io::Result<()> {
        keep_owner(self.0.as_file(), old)
    }

    /// Puts it in its place, in the directory that it was written to.
    ///
    /// # Errors
    /// `AlreadyExists` where there is a file to keep; the system's. The old file is then there.
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

/// Gives a new file an old one's owner and permissions.
///
/// # Errors
/// The owner is somebody else, and may not be given.
pub fn keep_owner(new: &File, old: &Metadata) -> io::Result<()> {
    let now = new.metadata()?;
    if (now.uid(), now.gid()) != (old.uid(), old.gid()) {
        fchown(new, Some(old.uid()), Some(old.gid()))?;
    }
    new.set_permissions(Permissions::from_mode(old.mode() & 0o7777))
}

/// Has the names in the file's directory outlast a crash, too. Some file systems cannot sync a
/// directory; the file is in place all the same, so that is no failure.
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
