//! Files beyond what the standard library has: which one it is, of what kind, and opening one that
//! need not be what it seems.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use rustix::fs::{Mode, OFlags, StatVfs, fstatvfs};
use rustix::io::Errno;

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

/// Why a file cannot be opened to append to it.
#[derive(Debug)]
pub enum AppendFault {
    /// The path is a symbolic link.
    Link,
    /// There is no such directory.
    NoDirectory,
    /// It is a pipe that nobody reads.
    UnreadPipe,
    /// The system's reason.
    Other(io::Error),
}

/// Opens a file to read, without waiting: a named pipe that nobody writes to is an empty file,
/// while one that a shell feeds (`<(command)`) is read to its end.
///
/// # Errors
/// The system's.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    rustix::fs::fcntl_setfl(&file, OFlags::empty())?;
    Ok(file)
}

/// Opens a file to append to it; a new one is only the owner's to read. Links are not followed,
/// because one may be of somebody else's making, and a pipe is not waited for.
///
/// # Errors
/// See [`AppendFault`].
pub fn open_to_append(path: &Path) -> Result<File, AppendFault> {
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::CLOEXEC;
    let flags = flags | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    match rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR) {
        Ok(fd) => Ok(File::from(fd)),
        Err(Errno::LOOP) => Err(AppendFault::Link),
        Err(Errno::NOENT) => Err(AppendFault::NoDirectory),
        Err(Errno::NXIO) => Err(AppendFault::UnreadPipe),
        Err(error) => Err(AppendFault::Other(error.into())),
    }
}

/// Whether the file system of this file is full. Some do not say how large they are.
pub fn is_disk_full(file: &File) -> bool {
    let full = |space: StatVfs| space.f_blocks > 0 && space.f_bavail == 0;
    fstatvfs(file).is_ok_and(full)
}

/// Whether it is a named pipe.
pub fn is_pipe(file: &Metadata) -> bool {
    file.file_type().is_fifo()
}

/// Whether it is a device without blocks, as `/dev/null` and terminals are.
pub fn is_device(file: &Metadata) -> bool {
    file.file_type().is_char_device()
}
