//! Files and directories that only one user can access: creates them, and detects who else can read
//! or write one.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::user::UserId;

const FILE_MODE: u32 = 0o600;
const DIRECTORY_MODE: u32 = 0o700;
/// The permission bits of everyone but the owner.
const OTHERS: u32 = 0o077;
/// The permission bits that let everyone but the owner write.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// Creates a directory that only its owner can access. The parent directory must exist.
///
/// # Errors
/// The path exists already; the system's.
pub fn create_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(DIRECTORY_MODE).create(path)
}

/// Creates a directory that only its owner can access, and its missing parents, too.
///
/// # Errors
/// The system's.
pub fn create_directories(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(path)
}

/// Creates a file that only its owner can access, open for writing. Its mode is set at creation,
/// before the first byte.
///
/// # Errors
/// `AlreadyExists`; the system's.
pub fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path)
}

/// Opens a file for reading and appending; a missing one is created as by [`create_file`].
///
/// # Errors
/// The system's.
pub fn open_or_create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).mode(FILE_MODE).open(path)
}

/// A temporary directory that only its owner can access. Dropping it removes it with its contents.
#[derive(Debug)]
pub struct TemporaryDirectory(tempfile::TempDir);

impl TemporaryDirectory {
    /// Creates one in the system's temporary directory; its name begins with the prefix.
    ///
    /// # Errors
    /// The system's.
    pub fn create(prefix: &str) -> io::Result<TemporaryDirectory> {
        tempfile::Builder::new().prefix(prefix).tempdir().map(TemporaryDirectory)
    }

    /// The path of the directory.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Whether only this user and the administrator can have written the file.
pub fn is_written_only_by(file: &Metadata, user: UserId) -> bool {
    let owner = UserId::from(file.uid());
    (owner.is_root() || owner == user) && file.mode() & WRITABLE_BY_OTHERS == 0
}

/// The permissions of a file that belongs to the real user and that others may access, in the octal
/// form of chmod(1). `None` for another user's file, because only its owner can change it.
pub fn exposed(file: &Metadata) -> Option<String> {
    let ours = UserId::from(file.uid()) == UserId::real();
    let mode = file.mode() & 0o777;
    (ours && mode & OTHERS != 0).then(|| format!("{mode:04o}"))
}
