//! Descriptors: what the system calls an open file, pipe, socket or terminal.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags};

/// An open descriptor; dropping it closes it. Programs started here do not inherit it.
#[derive(Debug)]
pub struct Descriptor(OwnedFd);

/// A descriptor that somebody else keeps open.
#[derive(Clone, Copy, Debug)]
pub struct BorrowedDescriptor<'a>(BorrowedFd<'a>);

/// What has a descriptor: [`Descriptor`], [`File`], a socket, a standard stream.
pub trait AsDescriptor {
    /// Borrows it.
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
    /// A second descriptor of the same open file, see [`BorrowedDescriptor::duplicate`].
    ///
    /// # Errors
    /// There are too many.
    pub fn duplicate(&self) -> io::Result<Descriptor> {
        self.0.try_clone().map(Descriptor)
    }
}

impl<'a> BorrowedDescriptor<'a> {
    /// A second descriptor of the same open file: position and flags stay common to both.
    ///
    /// # Errors
    /// It is closed, or there are too many.
    pub fn duplicate(self) -> io::Result<Descriptor> {
        self.0.try_clone_to_owned().map(Descriptor)
    }

    /// For the calls of the system, here in `os`.
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

/// Opens what this process was given as this descriptor, to read.
///
/// # Errors
/// There is no such descriptor, or it cannot be read.
pub fn open_inherited(number: i32) -> io::Result<File> {
    File::open(format!("/dev/fd/{number}"))
}

/// The device that is empty to read and keeps nothing that is written.
///
/// # Errors
/// It cannot be opened.
pub fn null() -> io::Result<Descriptor> {
    let flags = OFlags::RDWR | OFlags::CLOEXEC;
    Ok(Descriptor(rustix::fs::open("/dev/null", flags, Mode::empty())?))
}

/// Writes all of it, without a buffer between.
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
