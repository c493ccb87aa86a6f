//! Standard input and output as asynchronous streams.
//!
//! Other processes may share a descriptor, so its flags are never changed here. A pipe or terminal
//! is opened a second time, non-blocking; a socket is asked with each call not to block; a regular
//! file never waits for another process. If the second opening is not allowed, each call waits for
//! readiness and moves little data.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, Mode, OFlags, fstat, open};
use rustix::io::{dup, write};
use rustix::net::{SendFlags, send};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};

use super::copying;
use super::descriptor::{self, AsDescriptor};
use super::watch::watch;

/// The bytes that a writable pipe takes without blocking: POSIX guarantees 512 (PIPE_BUF), Linux
/// 4096.
const WITHOUT_BLOCKING: usize = 512;

/// The kinds of descriptors, by how they are read and written without blocking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// A regular file: reads and writes do not wait for another process.
    File,
    /// A terminal opened again, non-blocking; one read returns at most one line.
    Terminal,
    /// A pipe opened again, non-blocking.
    Pipe,
    /// A socket, which each call asks not to block.
    Socket,
    /// A description shared with other processes: wait for readiness, then move little data.
    Shared,
}

fn open_own(fd: BorrowedFd<'_>, direction: OFlags) -> io::Result<(OwnedFd, Sort)> {
    let kind = FileType::from_raw_mode(fstat(fd)?.st_mode);
    let terminal = super::terminal::is_terminal(fd);
    if kind == FileType::Socket {
        return Ok((dup(fd)?, Sort::Socket));
    }
    if kind == FileType::Unknown {
        // Other kinds, such as events and timers: their reads may wait.
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

/// On other systems `/dev/fd` shares the open file description and its flags.
#[cfg(not(target_os = "linux"))]
fn reopen(_: BorrowedFd<'_>, _: OFlags) -> Option<OwnedFd> {
    None
}

/// Checks that a blocking descriptor is ready now. What the event loop reported may be outdated,
/// for example because another process has read meanwhile.
fn ready_for(fd: BorrowedFd<'_>, wanted: PollFlags) -> rustix::io::Result<()> {
    let mut asked = [PollFd::new(&fd, wanted)];
    match poll(&mut asked, Some(&Timespec::default()))? {
        0 => Err(rustix::io::Errno::AGAIN),
        _ => Ok(()),
    }
}

/// An asynchronous reader of a descriptor.
pub struct DescriptorInput(InputSource);

enum InputSource {
    File(OwnedFd),
    Watched(AsyncFd<OwnedFd>, Sort),
}

impl DescriptorInput {
    /// Reads standard input.
    ///
    /// # Errors
    /// The descriptor is closed.
    pub fn stdin() -> io::Result<DescriptorInput> {
        DescriptorInput::new(descriptor::stdin())
    }

    /// Reads any descriptor, even one that another process shares.
    ///
    /// # Errors
    /// The descriptor cannot be opened or watched.
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
        match &self.0 {
            InputSource::File(fd) => retry(|| copying::read(fd.as_fd(), buf))?,
            InputSource::Watched(fd, sort) => {
                let room = buf.remaining();
                ready!(poll_source(fd, *sort, cx, room, |fd| match sort {
                    Sort::Socket => copying::receive(fd, buf),
                    Sort::Shared => {
                        ready_for(fd, PollFlags::IN)?;
                        copying::read(fd, buf)
                    }
                    _ => copying::read(fd, buf),
                }))?
            }
        };
        Poll::Ready(Ok(()))
    }
}

/// Reads up to `room` bytes once there is something to read, and attempts nothing before: the
/// kernel stops a background program as soon as it attempts to read its terminal.
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
        // A short read has emptied a pipe or socket, and new data causes a new event. A terminal
        // may hold more lines, and shared descriptors are checked before each read.
        let short = result.as_ref().is_ok_and(|&count| count > 0 && count < room);
        if short && matches!(sort, Sort::Pipe | Sort::Socket) {
            guard.clear_ready();
        }
        return Poll::Ready(result);
    }
}

/// Closes standard output, so that its reader sees its end. The null device takes its place, because
/// no other file may get its number. A terminal stays: nobody waits for its end.
///
/// # Errors
/// The null device cannot be opened; standard output stays open.
pub fn close_stdout() -> io::Result<()> {
    match super::terminal::is_terminal(descriptor::stdout()) {
        true => Ok(()),
        false => Ok(rustix::stdio::dup2_stdout(descriptor::null()?.as_fd())?),
    }
}

/// An asynchronous writer to a descriptor.
pub struct DescriptorOutput {
    fd: OwnedFd,
    sort: Sort,
    /// Registered only while the descriptor is full, because a watched terminal wakes the task with
    /// each of its events.
    full: Option<AsyncFd<OwnedFd>>,
    /// Whether the process's standard output ends with this.
    closes_stdout: bool,
}

impl DescriptorOutput {
    /// Writes to standard output.
    ///
    /// # Errors
    /// The descriptor is closed.
    pub fn stdout() -> io::Result<DescriptorOutput> {
        DescriptorOutput::new(descriptor::stdout())
    }

    /// Writes to standard output. Shutting it down closes the process's standard output, see
    /// [`close_stdout`]; what is written afterwards is dropped then.
    ///
    /// # Errors
    /// The descriptor is closed.
    pub fn closing_stdout() -> io::Result<DescriptorOutput> {
        Ok(DescriptorOutput { closes_stdout: true, ..DescriptorOutput::stdout()? })
    }

    /// Writes to standard error.
    ///
    /// # Errors
    /// The descriptor is closed.
    pub fn stderr() -> io::Result<DescriptorOutput> {
        DescriptorOutput::new(descriptor::stderr())
    }

    /// Writes to any descriptor, even one that another process shares.
    ///
    /// # Errors
    /// The descriptor cannot be opened.
    pub fn new(descriptor: impl AsDescriptor) -> io::Result<DescriptorOutput> {
        let (fd, sort) = open_own(descriptor.as_descriptor().fd(), OFlags::WRONLY)?;
        Ok(DescriptorOutput { fd, sort, full: None, closes_stdout: false })
    }

    /// Writes as much as possible without waiting.
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

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.closes_stdout {
            close_stdout()?;
            // Our own descriptor would keep the reader waiting.
            *self = DescriptorOutput::stdout()?;
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use rustix::io::read;

    use super::*;
    use crate::os::terminal::testing::pty;

    // A pipe that cannot be opened again shares its description with other processes.
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
        // The rest is read without a new event, although the other reader got the event, too.
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

    // The kernel stops a background program that attempts a read, even with nothing to read.
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
