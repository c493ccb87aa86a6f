//! Reading into several buffers with one system call.

use std::io;
use std::task::{Context, Poll, ready};

/// Reads into two buffers with one system call, once a socket is readable.
pub(crate) fn poll_vectored<R, T>(
    cx: &mut Context<'_>,
    ready: R,
    mut attempt: T,
) -> Poll<io::Result<usize>>
where
    R: Fn(&mut Context<'_>) -> Poll<io::Result<()>>,
    T: FnMut() -> io::Result<usize>,
{
    loop {
        ready!(ready(cx))?;
        match attempt() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            result => return Poll::Ready(result),
        }
    }
}
