//! Pipes that are read and written without blocking.

use std::io;

/// The reading end of a pipe, of the runtime.
pub use tokio::net::unix::pipe::Receiver as PipeReceiver;
/// The writing end of a pipe, of the runtime.
pub use tokio::net::unix::pipe::Sender as PipeSender;

/// Makes a pipe's reading end one of the runtime that this is called in.
///
/// # Errors
/// The system's.
pub fn receiver(end: io::PipeReader) -> io::Result<PipeReceiver> {
    PipeReceiver::from_owned_fd(end.into())
}

/// Makes a pipe's writing end one of the runtime that this is called in.
///
/// # Errors
/// The system's.
pub fn sender(end: io::PipeWriter) -> io::Result<PipeSender> {
    PipeSender::from_owned_fd(end.into())
}
