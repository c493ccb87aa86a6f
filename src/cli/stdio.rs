//! Standard input and output as asynchronous streams, as fast as the kernel allows.
//!
//! Nothing here may change the flags of a descriptor that other processes share, so a pipe
//! or terminal is opened a second time, without blocking; a socket is asked not to block call
//! by call; a regular file never makes one wait for another party. Where the second opening
//! is not allowed, readiness is awaited and little is moved at a time.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::fs::{FileType, Mode, OFlags, fstat, open};
use rustix::io::{dup, read, write};
use rustix::net::{RecvFlags, SendFlags, recv, send};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};

use super::watch::watch;

/// POSIX's PIPE_BUF floor is 512 and Linux's is 4096: a pipe that is writable takes as much.
const WITHOUT_BLOCKING: usize = 512;

/// How a descriptor can be used without waiting in the kernel.
enum Access {
    /// Reads and writes do not wait for another party.
    File(OwnedFd),
    /// Our own, non-blocking description of a pipe or terminal.
    Reopened(AsyncFd<OwnedFd>),
    /// A socket, asked not to block with each call.
    Socket(AsyncFd<OwnedFd>),
    /// Shared with others: wait for readiness, then move a little.
    Shared(AsyncFd<OwnedFd>),
}

impl Access {
    fn new(fd: BorrowedFd<'_>, interest: Interest) -> io::Result<Access> {
        let kind = FileType::from_raw_mode(fstat(fd)?.st_mode);
        let watch = |fd| watch(fd, interest);
        if kind == FileType::Socket {
            return watch(dup(fd)?).map(Access::Socket);
        }
        if kind == FileType::Fifo || crate::terminal::is_terminal(fd) {
            let direction = match interest.is_readable() {
                true => OFlags::RDONLY,
                false => OFlags::WRONLY,
            };
            return match reopen(fd, direction) {
                Some(fd) => watch(fd).map(Access::Reopened),
                None => watch(dup(fd)?).map(Access::Shared),
            };
        }
        Ok(Access::File(dup(fd)?))
    }

    /// Tries `attempt` until it does not have to wait.
    fn poll<T>(
        &self,
        cx: &mut Context<'_>,
        reading: bool,
        mut attempt: impl FnMut(BorrowedFd<'_>) -> rustix::io::Result<T>,
    ) -> Poll<io::Result<T>> {
        let (fd, optimistic) = match self {
            Access::File(fd) => return Poll::Ready(retry(|| attempt(fd.as_fd()))),
            Access::Reopened(fd) | Access::Socket(fd) => (fd, true),
            Access::Shared(fd) => (fd, false),
        };
        if optimistic {
            match retry(|| attempt(fd.get_ref().as_fd())) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
        loop {
            let mut guard = match reading {
                true => ready!(fd.poll_read_ready(cx))?,
                false => ready!(fd.poll_write_ready(cx))?,
            };
            if !optimistic {
                let result = retry(|| attempt(fd.get_ref().as_fd()));
                guard.clear_ready();
                return Poll::Ready(result);
            }
            if let Ok(result) = guard.try_io(|fd| retry(|| attempt(fd.get_ref().as_fd()))) {
                return Poll::Ready(result);
            }
        }
    }
}

fn retry<T>(mut attempt: impl FnMut() -> rustix::io::Result<T>) -> io::Result<T> {
    loop {
        match attempt() {
            Err(rustix::io::Errno::INTR) => {}
            result => return result.map_err(io::Error::from),
        }
    }
}

#[cfg(target_os = "linux")]
fn reopen(fd: BorrowedFd<'_>, direction: OFlags) -> Option<OwnedFd> {
    use std::os::fd::AsRawFd;
    let path = format!("/proc/self/fd/{}", fd.as_raw_fd());
    let flags = direction | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    open(path, flags, Mode::empty()).ok()
}

/// Elsewhere `/dev/fd` shares the description, flags and all.
#[cfg(not(target_os = "linux"))]
fn reopen(_: BorrowedFd<'_>, _: OFlags) -> Option<OwnedFd> {
    None
}

/// A descriptor to read from.
pub(super) struct Input(Access);

impl Input {
    /// Standard input.
    ///
    /// # Errors
    /// The descriptor is closed.
    pub fn stdin() -> io::Result<Input> {
        Access::new(rustix::stdio::stdin(), Interest::READABLE).map(Input)
    }
}

impl AsyncRead for Input {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let socket = matches!(self.0, Access::Socket(_));
        let space = buf.initialize_unfilled();
        let count = ready!(self.0.poll(cx, true, |fd| match socket {
            true => recv(fd, &mut *space, RecvFlags::DONTWAIT).map(|(count, _)| count),
            false => read(fd, &mut *space),
        }))?;
        buf.advance(count);
        Poll::Ready(Ok(()))
    }
}

/// A descriptor to write to.
pub(super) struct OutputFd(Access);

impl OutputFd {
    /// Standard output.
    ///
    /// # Errors
    /// The descriptor is closed.
    pub fn stdout() -> io::Result<OutputFd> {
        Access::new(rustix::stdio::stdout(), Interest::WRITABLE).map(OutputFd)
    }

    /// Standard error.
    ///
    /// # Errors
    /// The descriptor is closed.
    pub fn stderr() -> io::Result<OutputFd> {
        Access::new(rustix::stdio::stderr(), Interest::WRITABLE).map(OutputFd)
    }
}

impl AsyncWrite for OutputFd {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.poll(cx, false, |fd| match &self.0 {
            Access::Socket(_) => send(fd, buf, SendFlags::DONTWAIT | SendFlags::NOSIGNAL),
            Access::Shared(_) => write(fd, &buf[..buf.len().min(WITHOUT_BLOCKING)]),
            _ => write(fd, buf),
        })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
