//! Local sockets: streams between two programs of this machine that meet at a path (unix(7)).
//!
//! A stream tells the user id of its peer and can pass descriptors.

use std::io::{self, ErrorKind, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::BufMut;
use rustix::fs::Mode;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags, SocketType, recvmsg, sendmsg,
    socket_with,
};
use rustix::process::umask;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::{UnixListener, UnixStream};

use super::descriptor::{AsDescriptor, Descriptor};
use super::user::UserId;

/// The two halves of a [`LocalStream`]; dropping the writer shuts its direction down.
pub use tokio::net::unix::{OwnedReadHalf as LocalReader, OwnedWriteHalf as LocalWriter};

/// The pause before another attempt while a listener's backlog is full.
const AGAIN: Duration = Duration::from_millis(20);
/// The most descriptors received with one message. Several are an error, but only received ones can
/// be closed.
const MAX_DESCRIPTORS: usize = 4;

/// A connected local socket.
#[derive(Debug)]
pub struct LocalStream(UnixStream);

/// A local socket that accepts connections. Dropping it leaves its path in place.
#[derive(Debug)]
pub struct LocalListener(UnixListener);

/// A connected local socket that is not registered with a runtime yet.
#[derive(Debug)]
pub struct UnattachedStream(StdUnixStream);

/// Connects without a runtime. Waits, up to `patience`, only while the listener's backlog is full.
///
/// # Errors
/// The system's: `ConnectionRefused` if nobody listens any more, `NotFound`, or `InvalidInput` for
/// a path that is too long for a socket.
pub fn connect(path: &Path, patience: Duration) -> io::Result<UnattachedStream> {
    let address =
        SocketAddrUnix::new(path).map_err(|_| io::Error::from(ErrorKind::InvalidInput))?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let end = Instant::now() + patience;
    loop {
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        match rustix::net::connect(&socket, &address) {
            Ok(()) => return Ok(UnattachedStream(StdUnixStream::from(socket))),
            Err(rustix::io::Errno::AGAIN) if Instant::now() < end => std::thread::sleep(AGAIN),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Checks whether somebody listens at the path, by connecting.
///
/// # Errors
/// Those of [`connect`]; it may wait while the listener's backlog is full.
pub fn probe(path: &Path) -> io::Result<()> {
    StdUnixStream::connect(path).map(drop)
}

/// Whether there is a socket at the path that belongs to the effective user.
pub fn is_own(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|there| {
        there.file_type().is_socket() && UserId::from(there.uid()) == UserId::effective()
    })
}

/// Whether the error means that a path is too long for a socket.
pub fn is_too_long(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::NAMETOOLONG.raw_os_error())
}

impl UnattachedStream {
    /// Registers the socket with the current runtime.
    ///
    /// # Errors
    /// The system's.
    pub fn attach(self) -> io::Result<LocalStream> {
        self.0.set_nonblocking(true)?;
        UnixStream::from_std(self.0).map(LocalStream)
    }
}

impl LocalStream {
    /// Connects to the listener at the path.
    ///
    /// # Errors
    /// Those of the function [`connect`].
    pub async fn connect(path: &Path) -> io::Result<LocalStream> {
        UnixStream::connect(path).await.map(LocalStream)
    }

    /// Makes two streams that are connected to each other.
    ///
    /// # Errors
    /// There are too many descriptors.
    pub fn pair() -> io::Result<(LocalStream, LocalStream)> {
        UnixStream::pair().map(|(one, other)| (LocalStream(one), LocalStream(other)))
    }

    /// The effective user of the peer.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn peer(&self) -> io::Result<UserId> {
        self.0.peer_cred().map(|peer| UserId::from(peer.uid()))
    }

    /// Waits until data or the end of the stream can be read.
    ///
    /// # Errors
    /// The runtime's.
    pub async fn readable(&self) -> io::Result<()> {
        self.0.readable().await
    }

    /// Waits until data can be written.
    ///
    /// # Errors
    /// The runtime's.
    pub async fn writable(&self) -> io::Result<()> {
        self.0.writable().await
    }

    /// Reads available data without waiting; 0 is the end of the stream.
    ///
    /// # Errors
    /// `WouldBlock` if no data is available; the socket's.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }

    /// Appends available data to the buffer without waiting; 0 is the end of the stream.
    ///
    /// # Errors
    /// `WouldBlock` if no data is available; the socket's.
    pub fn try_read_buf(&self, buffer: &mut impl BufMut) -> io::Result<usize> {
        self.0.try_read_buf(buffer)
    }

    /// Writes as much as possible without waiting.
    ///
    /// # Errors
    /// `WouldBlock` if nothing can be written; the socket's.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    /// Shuts down writing: the peer reads the end of the stream.
    ///
    /// # Errors
    /// The peer has gone.
    pub fn shut_down_writing(&self) -> io::Result<()> {
        socket2::SockRef::from(&self.0).shutdown(Shutdown::Write)
    }

    /// Splits the stream into its two halves.
    pub fn into_split(self) -> (LocalReader, LocalWriter) {
        self.0.into_split()
    }

    /// Sends a descriptor with one byte of data, as OpenSSH does; it stays open here.
    ///
    /// # Errors
    /// The socket's.
    pub async fn send_descriptor(&self, descriptor: impl AsDescriptor) -> io::Result<()> {
        let fds = [descriptor.as_descriptor().fd()];
        self.0.async_io(Interest::WRITABLE, || send_descriptors(self.0.as_fd(), &fds)).await
    }

    /// Receives one descriptor that was sent with
    /// [`send_descriptor`](LocalStream::send_descriptor).
    ///
    /// # Errors
    /// `UnexpectedEof` if the peer closed the socket, `InvalidData` if the next byte carries no
    /// descriptor or several, or the socket's.
    pub async fn receive_descriptor(&self) -> io::Result<Descriptor> {
        self.0.async_io(Interest::READABLE, || receive_descriptor(self.0.as_fd())).await
    }
}

impl AsFd for LocalStream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn send_descriptors(socket: BorrowedFd<'_>, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(fds));
    // If the peer has gone, return an error instead of raising SIGPIPE.
    sendmsg(socket, &[IoSlice::new(&[0])], &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}

fn receive_descriptor(socket: BorrowedFd<'_>) -> io::Result<Descriptor> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    let mut byte = [IoSliceMut::new(&mut byte)];
    let received = recvmsg(socket, &mut byte, &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let mut fds: Vec<OwnedFd> = control
        .drain()
        .filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(fds) => Some(fds),
            _ => None,
        })
        .flatten()
        .collect();
    match (received.bytes, fds.pop(), fds.is_empty()) {
        (0, None, _) => Err(io::Error::from(ErrorKind::UnexpectedEof)),
        (1, Some(fd), true) => Ok(Descriptor::from(fd)),
        (_, _, _) => Err(io::Error::from(ErrorKind::InvalidData)),
    }
}

impl AsyncRead for LocalStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for LocalStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl LocalListener {
    /// Listens at a new path. The path does not get the permissions in `mask`, as with umask(2);
    /// `backlog` is how many connections may wait to be accepted.
    ///
    /// # Errors
    /// `AddrInUse` if the path exists already; the system's.
    pub fn bind(path: &Path, mask: u32, backlog: i32) -> io::Result<LocalListener> {
        let address = SocketAddrUnix::new(path)?;
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        // The mode must be right from the start, and only the umask can set it for bind(2).
        let before = umask(Mode::from_raw_mode(mask));
        let bound = rustix::net::bind(&socket, &address);
        umask(before);
        bound?;
        rustix::net::listen(&socket, backlog)?;
        UnixListener::from_std(socket.into()).map(LocalListener)
    }

    /// Waits for the next connection.
    ///
    /// # Errors
    /// The system's, such as too many descriptors; another call may succeed.
    pub async fn accept(&self) -> io::Result<LocalStream> {
        self.0.accept().await.map(|(stream, _)| LocalStream(stream))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};

    use tokio::io::AsyncWriteExt;

    use super::*;

    #[tokio::test]
    async fn a_descriptor_arrives_open_and_programs_do_not_inherit_it() {
        let (here, there) = LocalStream::pair().unwrap();
        let (mut reader, writer) = io::pipe().unwrap();
        here.send_descriptor(&writer).await.unwrap();
        drop((here, writer));
        let fd = there.receive_descriptor().await.unwrap();
        assert!(rustix::io::fcntl_getfd(&fd).unwrap().contains(rustix::io::FdFlags::CLOEXEC));
        File::from(fd).write_all(b"through").unwrap();
        let mut read = String::new();
        reader.read_to_string(&mut read).unwrap();
        assert_eq!(read, "through");
        let end = there.receive_descriptor().await.unwrap_err();
        assert_eq!(end.kind(), ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn bytes_without_a_descriptor_and_several_at_once_are_refused() {
        let (mut here, there) = LocalStream::pair().unwrap();
        here.write_all(b"x").await.unwrap();
        let refused = there.receive_descriptor().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidData);

        let (reader, writer) = io::pipe().unwrap();
        send_descriptors(here.0.as_fd(), &[reader.as_fd(), reader.as_fd()]).unwrap();
        let refused = there.receive_descriptor().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidData);
        // The write fails, because no received descriptor is left open in this process.
        drop(reader);
        assert_eq!((&writer).write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
    }
}
