//! Pipes that are read and written without blocking.

use std::io;
use std::os::fd::AsFd;

use rustix::fs::fstat;

/// The reading end of a pipe, registered with the runtime.
pub use tokio::net::unix::pipe::Receiver as PipeReceiver;
/// The writing end of a pipe, registered with the runtime.
pub use tokio::net::unix::pipe::Sender as PipeSender;

/// The number that both ends of a pipe have, in whatever process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PipeId(u64);

impl PipeId {
    /// The number of this end's pipe.
    ///
    /// # Errors
    /// The system's.
    pub fn of(end: impl AsFd) -> io::Result<PipeId> {
        Ok(PipeId(fstat(end)?.st_ino))
    }

    /// What a link in `/proc/PID/fd` leads to where the descriptor is an end of the pipe.
    pub(super) fn link(self) -> String {
        format!("pipe:[{}]", self.0)
    }
}

/// Registers a pipe's reading end with the current runtime.
///
/// # Errors
/// The system's.
pub fn receiver(end: io::PipeReader) -> io::Result<PipeReceiver> {
    PipeReceiver::from_owned_fd(end.into())
}

/// Registers a pipe's writing end with the current runtime.
///
/// # Errors
/// The system's.
pub fn sender(end: io::PipeWriter) -> io::Result<PipeSender> {
    PipeSender::from_owned_fd(end.into())
}
