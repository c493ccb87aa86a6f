//! What the system knows of a file beyond its contents: which one it is, and whose.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

/// Which file it is, whatever leads to it: two paths with one identity lead to one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileIdentity {
    device: u64,
    inode: u64,
}

impl FileIdentity {
    /// The identity of the file that this was read of.
    pub fn of(metadata: &Metadata) -> FileIdentity {
        FileIdentity { device: metadata.dev(), inode: metadata.ino() }
    }

    /// Its number on its file system.
    pub fn number(self) -> u64 {
        self.inode
    }
}
