//! The attributes of files by path: modes, owners, times, and making links.

use std::fs::{Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// What is known of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileAttributes {
    /// The type and permission bits, as stat(2) has them.
    pub mode: u32,
    /// The size in bytes.
    pub size: u64,
    /// User and group.
    pub owner: (u32, u32),
    /// Last access and last modification, in seconds since 1970.
    pub times: (i64, i64),
}

impl FileAttributes {
    /// The attributes in this metadata.
    pub fn of(metadata: &Metadata) -> FileAttributes {
        FileAttributes {
            mode: metadata.mode(),
            size: metadata.size(),
            owner: (metadata.uid(), metadata.gid()),
            times: (metadata.atime(), metadata.mtime()),
        }
    }
}

/// Sets the permission bits; of what a link points to.
///
/// # Errors
/// The system's.
pub fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(mode & 0o7777))
}

/// Sets user and group; of what a link points to.
///
/// # Errors
/// The system's.
pub fn set_owner(path: &Path, user: u32, group: u32) -> io::Result<()> {
    std::os::unix::fs::chown(path, Some(user), Some(group))
}

/// Makes a symbolic link at `link` that points to `target`.
///
/// # Errors
/// `AlreadyExists`; the system's.
pub fn make_link(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}
