//! Descriptors: the system's handles of open files, pipes, sockets and terminals.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags};

/// An open descriptor; dropping it closes it. Child processes do not inherit it.
#[derive(Debug)]
pub struct Descriptor(OwnedFd);

/// A descriptor that its owner keeps open.
#[derive(Clone, Copy, Debug)]
pub struct BorrowedDescriptor<'a>(BorrowedFd<'a>);

/// A type that has a descriptor: [`Descriptor`], [`File`], a socket, a standard stream.
pub trait AsDescriptor {
    /// Borrows the descriptor.
    fn as_descriptor(&self) -> BorrowedDescriptor<'_>;
}

impl<T: AsFd> AsDescriptor for T {
    fn as_descriptor(&self) -> BorrowedDescriptor<'_> {
        BorrowedDescriptor(self.as_fd())
    }
}

impl AsFd for Descriptor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsFd for BorrowedDescriptor<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0
    }
}

impl Descriptor {
    /// Makes a second descriptor of the same open file, see [`BorrowedDescriptor::duplicate`].
    ///
    /// # Errors
    /// There are too many descriptors.
    pub fn duplicate(&self) -> io::Result<Descriptor> {
        self.0.try_clone().map(Descriptor)
    }
}

impl<'a> BorrowedDescriptor<'a> {
    /// Makes a second descriptor of the same open file, which shares position and flags.
    ///
    /// # Errors
    /// The descriptor is closed, or there are too many.
    pub fn duplicate(self) -> io::Result<Descriptor> {
        self.0.try_clone_to_owned().map(Descriptor)
    }

    /// The descriptor in the system's own type, for use in `os`.
    pub(super) fn fd(self) -> BorrowedFd<'a> {
        self.0
    }
}

impl From<OwnedFd> for Descriptor {
    fn from(fd: OwnedFd) -> Descriptor {
        Descriptor(fd)
    }
}

impl From<Descriptor> for OwnedFd {
    fn from(descriptor: Descriptor) -> OwnedFd {
        descriptor.0
    }
}

impl From<Descriptor> for File {
    fn from(descriptor: Descriptor) -> File {
        File::from(descriptor.0)
    }
}

/// Standard input.
pub fn stdin() -> BorrowedDescriptor<'static> {
    BorrowedDescriptor(rustix::stdio::stdin())
}

/// Standard output.
pub fn stdout() -> BorrowedDescriptor<'static> {
    BorrowedDescriptor(rustix::stdio::stdout())
}

/// Standard error.
pub fn stderr() -> BorrowedDescriptor<'static> {
    BorrowedDescriptor(rustix::stdio::stderr())
}

/// Opens the file behind an inherited descriptor again, for reading.
///
/// # Errors
/// There is no such descriptor, or it cannot be read.
pub fn open_inherited(number: i32) -> io::Result<File> {
    File::open(format!("/dev/fd/{number}"))
}

/// How many descriptors the process may have open at once (`ulimit -n`).
pub fn most_open() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

/// Checks that this many descriptors more can be opened.
///
/// # Errors
/// There are too many open files.
pub fn check_spare(count: usize) -> io::Result<()> {
    let spare = (0..count).map(|_| stdin().duplicate());
    spare.collect::<io::Result<Vec<Descriptor>>>().map(drop)
}

/// Opens the null device, which reads as empty and discards what is written.
///
/// # Errors
/// The device cannot be opened.
pub fn null() -> io::Result<Descriptor> {
    let flags = OFlags::RDWR | OFlags::CLOEXEC;
    Ok(Descriptor(rustix::fs::open("/dev/null", flags, Mode::empty())?))
}

/// Writes all bytes, unbuffered.
///
/// # Errors
/// The system's.
pub fn write_all(to: impl AsDescriptor, mut bytes: &[u8]) -> io::Result<()> {
    let fd = to.as_descriptor().0;
    while !bytes.is_empty() {
        let count = rustix::io::retry_on_intr(|| rustix::io::write(fd, bytes))?;
        bytes = &bytes[count..];
    }
    Ok(())
}
