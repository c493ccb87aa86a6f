//! File operations that the standard library lacks: the identity and kind of a file, and opening a
//! path that may not be a regular file.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use rustix::fs::{Mode, OFlags, StatVfs, fstatvfs};
use rustix::io::Errno;

/// The identity of a file: two paths with equal identities lead to the same file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileIdentity {
    device: u64,
    inode: u64,
}

impl FileIdentity {
    /// The identity of the file that this metadata belongs to.
    pub fn of(metadata: &Metadata) -> FileIdentity {
        FileIdentity { device: metadata.dev(), inode: metadata.ino() }
    }

    /// The inode number, unique within its file system.
    pub fn number(self) -> u64 {
        self.inode
    }
}

/// Why a file cannot be opened to append to it.
#[derive(Debug)]
pub enum AppendFault {
    /// The path is a symbolic link.
    Link,
    /// A part of the path is no existing directory.
    NoDirectory,
    /// The path is a named pipe without a reader.
    UnreadPipe,
    /// The system's reason.
    Other(io::Error),
}

/// Opens a file for reading without waiting. Whoever reads it may have to wait; see
/// [`piped`](super::piped).
///
/// # Errors
/// The system's.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    rustix::fs::fcntl_setfl(&file, OFlags::empty())?;
    Ok(file)
}

/// Opens a file for appending; a new one is readable only by its owner. Links are refused, because
/// another user may have made them, and a pipe without a reader is refused instead of waited for.
///
/// # Errors
/// See [`AppendFault`].
pub fn open_to_append(path: &Path) -> Result<File, AppendFault> {
    match append(path, OFlags::NOFOLLOW, Mode::RUSR | Mode::WUSR) {
        Ok(file) => Ok(file),
        Err(Errno::LOOP) => Err(AppendFault::Link),
        Err(Errno::NOENT) => Err(AppendFault::NoDirectory),
        Err(Errno::NXIO) => Err(AppendFault::UnreadPipe),
        Err(error) => Err(AppendFault::Other(error.into())),
    }
}

/// Opens a file for appending, as a shell does for `>>`: links are followed, and the umask decides on
/// a new file's mode. A named pipe without a reader is refused instead of waited for; writes to one
/// with a reader wait as others do.
///
/// # Errors
/// The system's; see [`is_unread_pipe`].
pub fn append_without_waiting(path: &Path) -> io::Result<File> {
    let file = append(path, OFlags::empty(), Mode::from_raw_mode(0o666))?;
    rustix::fs::fcntl_setfl(&file, OFlags::APPEND)?;
    Ok(file)
}

/// Opens a file to append to it, without waiting now or later; a new one has this mode.
fn append(path: &Path, more: OFlags, mode: Mode) -> Result<File, Errno> {
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::CLOEXEC;
    let flags = flags | OFlags::NONBLOCK | OFlags::NOCTTY;
    rustix::fs::open(path, flags | more, mode).map(File::from)
}

/// Whether the file was not opened because it is a named pipe without a reader. A socket fails to open
/// with the same error.
pub fn is_unread_pipe(path: &Path, error: &io::Error) -> bool {
    let is_none_there = error.raw_os_error() == Some(Errno::NXIO.raw_os_error());
    is_none_there && std::fs::metadata(path).is_ok_and(|file| is_pipe(&file))
}

/// Whether the file system of this file is full. Some file systems do not report their size.
pub fn is_disk_full(file: &File) -> bool {
    let full = |space: StatVfs| space.f_blocks > 0 && space.f_bavail == 0;
    fstatvfs(file).is_ok_and(full)
}

/// Whether the file is a named pipe.
pub fn is_pipe(file: &Metadata) -> bool {
    file.file_type().is_fifo()
}

/// Whether the file is a character device, as `/dev/null` and terminals are.
pub fn is_device(file: &Metadata) -> bool {
    file.file_type().is_char_device()
}
