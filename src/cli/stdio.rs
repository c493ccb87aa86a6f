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
    /// Our own, non-blocking description of a pipe, or of a terminal to write to.
    Reopened(AsyncFd<OwnedFd>),
    /// Our own, non-blocking description of a terminal to read from. It is not tried before
    /// something is typed: the attempt alone would stop a program in the background.
    Keyboard(AsyncFd<OwnedFd>),
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
        let terminal = crate::terminal::is_terminal(fd);
        if kind == FileType::Fifo || terminal {
            let direction = match interest.is_readable() {
                true => OFlags::RDONLY,
                false => OFlags::WRONLY,
            };
            return match reopen(fd, direction) {
                Some(fd) if terminal && interest.is_readable() => watch(fd).map(Access::Keyboard),
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
        let (fd, first, waits) = match self {
            Access::File(fd) => return Poll::Ready(retry(|| attempt(fd.as_fd()))),
            Access::Reopened(fd) | Access::Socket(fd) => (fd, true, false),
            Access::Keyboard(fd) => (fd, false, false),
            Access::Shared(fd) => (fd, false, true),
        };
        if first {
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
            if waits {
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::terminal::testing::pty;

    // A program in the background is stopped by the attempt, whether or not there is anything
    // to read.
    #[tokio::test]
    async fn a_terminal_is_not_read_before_something_is_typed() {
        let (tty, mut person) = pty();
        let keyboard = Access::new(tty.as_fd(), Interest::READABLE).unwrap();
        let mut attempts = 0;
        let mut typed = [0; 8];
        let first = std::future::poll_fn(|cx| {
            let read = keyboard.poll(cx, true, |fd| {
                attempts += 1;
                read(fd, &mut typed)
            });
            Poll::Ready(read.is_pending())
        });
        assert!(first.await, "nothing was typed");
        assert_eq!(attempts, 0);
        person.write_all(b"now\n").unwrap();
        let count = std::future::poll_fn(|cx| keyboard.poll(cx, true, |fd| read(fd, &mut typed)));
        assert_eq!(count.await.unwrap(), 4);
    }
}
