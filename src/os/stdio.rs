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

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, Mode, OFlags, fstat, open};
use rustix::io::{dup, read, write};
use rustix::net::{RecvFlags, SendFlags, recv, send};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};

use super::descriptor::{self, AsDescriptor};
use super::watch::watch;

/// POSIX's PIPE_BUF floor is 512 and Linux's is 4096: a pipe that is writable takes as much.
const WITHOUT_BLOCKING: usize = 512;

/// What a descriptor is, as far as waiting goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// Reads and writes do not wait for another party.
    File,
    /// Our own, non-blocking description of a terminal; one read gives one line at most.
    Terminal,
    /// Our own, non-blocking description of a pipe.
    Pipe,
    /// A socket, asked not to block with each call.
    Socket,
    /// Shared with others: wait for readiness, then move a little.
    Shared,
}

fn open_own(fd: BorrowedFd<'_>, direction: OFlags) -> io::Result<(OwnedFd, Sort)> {
    let kind = FileType::from_raw_mode(fstat(fd)?.st_mode);
    let terminal = super::terminal::is_terminal(fd);
    if kind == FileType::Socket {
        return Ok((dup(fd)?, Sort::Socket));
    }
    if kind == FileType::Unknown {
        // An event, a timer and the like: whoever reads one may wait.
        return Ok((dup(fd)?, Sort::Shared));
    }
    if kind != FileType::Fifo && !terminal {
        return Ok((dup(fd)?, Sort::File));
    }
    match reopen(fd, direction) {
        Some(own) => Ok((own, if terminal { Sort::Terminal } else { Sort::Pipe })),
        None => Ok((dup(fd)?, Sort::Shared)),
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

/// A descriptor that blocks is only touched when it does not: what the event loop said of it
/// may be over, as when somebody else has read meanwhile.
fn ready_for(fd: BorrowedFd<'_>, wanted: PollFlags) -> rustix::io::Result<()> {
    let mut asked = [PollFd::new(&fd, wanted)];
    match poll(&mut asked, Some(&Timespec::default()))? {
        0 => Err(rustix::io::Errno::AGAIN),
        _ => Ok(()),
    }
}

/// A descriptor to read from.
pub struct DescriptorInput(InputSource);

enum InputSource {
    File(OwnedFd),
    Watched(AsyncFd<OwnedFd>, Sort),
}

impl DescriptorInput {
    /// Standard input.
    ///
    /// # Errors
    /// The descriptor is closed.
    pub fn stdin() -> io::Result<DescriptorInput> {
        DescriptorInput::new(descriptor::stdin())
    }

    /// Any descriptor, which may be somebody else's.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn new(descriptor: impl AsDescriptor) -> io::Result<DescriptorInput> {
        let (fd, sort) = open_own(descriptor.as_descriptor().fd(), OFlags::RDONLY)?;
        let source = match sort {
            Sort::File => InputSource::File(fd),
            _ => InputSource::Watched(watch(fd, Interest::READABLE)?, sort),
        };
        Ok(DescriptorInput(source))
    }
}

impl AsyncRead for DescriptorInput {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let space = buf.initialize_unfilled();
        let count = match &self.0 {
            InputSource::File(fd) => retry(|| read(fd, &mut *space))?,
            InputSource::Watched(fd, sort) => {
                let room = space.len();
                ready!(poll_source(fd, *sort, cx, room, |fd| match sort {
                    Sort::Socket => {
                        recv(fd, &mut *space, RecvFlags::DONTWAIT).map(|(count, _)| count)
                    }
                    Sort::Shared => {
                        ready_for(fd, PollFlags::IN)?;
                        read(fd, &mut *space)
                    }
                    _ => read(fd, &mut *space),
                }))?
            }
        };
        buf.advance(count);
        Poll::Ready(Ok(()))
    }
}

/// Reads once there is something to read, up to `room` bytes. Nothing is tried before: the
/// attempt alone would stop a program that reads its terminal from the background.
fn poll_source(
    fd: &AsyncFd<OwnedFd>,
    sort: Sort,
    cx: &mut Context<'_>,
    room: usize,
    mut attempt: impl FnMut(BorrowedFd<'_>) -> rustix::io::Result<usize>,
) -> Poll<io::Result<usize>> {
    loop {
        let mut guard = ready!(fd.poll_read_ready(cx))?;
        let result = guard.try_io(|fd| retry(|| attempt(fd.get_ref().as_fd())));
        let Ok(result) = result else { continue };
        // A short read has emptied a pipe or socket, and what comes next is a new event. A
        // terminal may hold more lines; what is shared is looked at each time.
        let short = result.as_ref().is_ok_and(|&count| count > 0 && count < room);
        if short && matches!(sort, Sort::Pipe | Sort::Socket) {
            guard.clear_ready();
        }
        return Poll::Ready(result);
    }
}

/// A descriptor to write to.
pub struct DescriptorOutput {
    fd: OwnedFd,
    sort: Sort,
    /// Only while it is full: a terminal that is watched wakes us with each change of its.
    full: Option<AsyncFd<OwnedFd>>,
}

impl DescriptorOutput {
    /// Standard output.
    ///
    /// # Errors
    /// The descriptor is closed.
    pub fn stdout() -> io::Result<DescriptorOutput> {
        DescriptorOutput::new(descriptor::stdout())
    }

    /// Standard error.
    ///
    /// # Errors
    /// The descriptor is closed.
    pub fn stderr() -> io::Result<DescriptorOutput> {
        DescriptorOutput::new(descriptor::stderr())
    }

    /// Any descriptor, which may be somebody else's.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn new(descriptor: impl AsDescriptor) -> io::Result<DescriptorOutput> {
        let (fd, sort) = open_own(descriptor.as_descriptor().fd(), OFlags::WRONLY)?;
        Ok(DescriptorOutput { fd, sort, full: None })
    }

    /// Writes what can be written without waiting.
    fn attempt(&self, bytes: &[u8]) -> io::Result<usize> {
        let fd = self.fd.as_fd();
        retry(|| match self.sort {
            Sort::Socket => send(fd, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL),
            Sort::Shared => {
                ready_for(fd, PollFlags::OUT)?;
                write(fd, &bytes[..bytes.len().min(WITHOUT_BLOCKING)])
            }
            _ => write(fd, bytes),
        })
    }
}

impl AsyncWrite for DescriptorOutput {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            match self.attempt(buf) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => {
                    self.full = None;
                    return Poll::Ready(result);
                }
            }
            if self.full.is_none() {
                self.full = Some(watch(dup(&self.fd)?, Interest::WRITABLE)?);
            }
            let Some(full) = &self.full else { continue };
            ready!(full.poll_write_ready(cx))?.clear_ready();
        }
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
    use crate::os::terminal::testing::pty;

    // A pipe that cannot be opened again is shared with whoever else has it.
    #[tokio::test]
    async fn what_somebody_else_has_read_is_not_waited_for() {
        use tokio::io::AsyncReadExt;
        let (reader, writer) = io::pipe().unwrap();
        let one = |end: &io::PipeReader| {
            let fd = watch(dup(end).unwrap(), Interest::READABLE).unwrap();
            DescriptorInput(InputSource::Watched(fd, Sort::Shared))
        };
        let (mut outer, mut inner) = (one(&reader), one(&reader));
        let mut typed = [0; 2];
        write(&writer, b"abcd").unwrap();
        outer.read_exact(&mut typed).await.unwrap();
        // What is left is read though nothing new has come; the outer one heard of it, too.
        inner.read_exact(&mut typed).await.unwrap();
        assert_eq!(&typed, b"cd");
        let pending = std::future::poll_fn(|cx| {
            let mut buffer = ReadBuf::new(&mut typed);
            Poll::Ready(Pin::new(&mut outer).poll_read(cx, &mut buffer).is_pending())
        });
        assert!(pending.await, "nothing is there");
        write(&writer, b"ef").unwrap();
        outer.read_exact(&mut typed).await.unwrap();
        assert_eq!(&typed, b"ef");
    }

    // A program in the background is stopped by the attempt, whether or not there is anything
    // to read.
    #[tokio::test]
    async fn a_terminal_is_not_read_before_something_is_typed() {
        let (tty, mut person) = pty();
        let keyboard = watch(dup(&tty).unwrap(), Interest::READABLE).unwrap();
        let mut attempts = 0;
        let mut typed = [0; 8];
        let first = std::future::poll_fn(|cx| {
            let read = poll_source(&keyboard, Sort::Terminal, cx, 8, |fd| {
                attempts += 1;
                read(fd, &mut typed)
            });
            Poll::Ready(read.is_pending())
        });
        assert!(first.await, "nothing was typed");
        assert_eq!(attempts, 0);
        person.write_all(b"now\n").unwrap();
        let count = std::future::poll_fn(|cx| {
            poll_source(&keyboard, Sort::Terminal, cx, 8, |fd| read(fd, &mut typed))
        });
        assert_eq!(count.await.unwrap(), 4);
    }
}
