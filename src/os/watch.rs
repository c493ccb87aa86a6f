//! Registers a descriptor with the event loop. That takes unsafe code, because the runtime cannot
//! distinguish an owned descriptor from any other type that names one.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::OwnedFd;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Watches a descriptor that no other code can close.
pub(super) fn watch(fd: OwnedFd, interest: Interest) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` is open and names the same description for as long as it lives,
    // and it lives in the `AsyncFd`, which gives out no `&mut OwnedFd` here.
    let registered = unsafe { AsyncFd::register_with_interest(fd, interest) };
    registered.map_err(io::Error::from)
}
