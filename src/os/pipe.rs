//! Pipes that are read and written without blocking.

use std::io;

/// The reading end of a pipe, registered with the runtime.
pub use tokio::net::unix::pipe::Receiver as PipeReceiver;
/// The writing end of a pipe, registered with the runtime.
pub use tokio::net::unix::pipe::Sender as PipeSender;

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
