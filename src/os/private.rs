//! Files and directories that are one user's alone: making them, and telling who else could
//! read or write one.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::user::UserId;

const FILE_MODE: u32 = 0o600;
const DIRECTORY_MODE: u32 = 0o700;
/// The bits that let others than the owner read, write or run.
const OTHERS: u32 = 0o077;
/// The bits that let others than the owner write.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// Makes a directory that only its owner can look into; the one around it must be there.
///
/// # Errors
/// There is something of that name already; the system's.
pub fn create_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(DIRECTORY_MODE).create(path)
}

/// Makes a directory that only its owner can look into, and those around it, where missing.
///
/// # Errors
/// The system's.
pub fn create_directories(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(path)
}

/// Makes a new file that only its owner can read, to write to. It is so before the first byte.
///
/// # Errors
/// `AlreadyExists`; the system's.
pub fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path)
}

/// Opens a file to read, and to append to; where missing it is made as [`create_file`] does.
///
/// # Errors
/// The system's.
pub fn open_or_create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).mode(FILE_MODE).open(path)
}

/// A directory that only its owner can look into; it and all that is in it goes when this is
/// dropped.
#[derive(Debug)]
pub struct TemporaryDirectory(tempfile::TempDir);

impl TemporaryDirectory {
    /// Makes one, where the system keeps such, with a name that begins like this.
    ///
    /// # Errors
    /// The system's.
    pub fn create(prefix: &str) -> io::Result<TemporaryDirectory> {
        tempfile::Builder::new().prefix(prefix).tempdir().map(TemporaryDirectory)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Whether nobody but this user, and the administrator, can have written the file.
pub fn is_written_only_by(file: &Metadata, user: UserId) -> bool {
    let owner = UserId::from(file.uid());
    (owner.is_root() || owner == user) && file.mode() & WRITABLE_BY_OTHERS == 0
}

/// What the permissions of a file of ours are, as chmod(1) has them, where they let others at
/// it. A file that is somebody else's is theirs to change, so nothing is said of it.
pub fn exposed(file: &Metadata) -> Option<String> {
    let ours = UserId::from(file.uid()) == UserId::real();
    let mode = file.mode() & 0o777;
    (ours && mode & OTHERS != 0).then(|| format!("{mode:04o}"))
}
