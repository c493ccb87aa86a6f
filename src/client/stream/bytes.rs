//! Bytes to the server, however they get there: [`Stream`].

use std::io::IoSliceMut;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::client::stream::command::RunningProxy;
use crate::client::stream::vectored::poll_vectored;
use crate::os::tcp::{self, ConnectionWatch};

/// Tells whether a stream has ended, also while nobody reads it.
pub(crate) type EndWatch = Box<dyn Fn() -> bool + Send + Sync>;

/// What a [`Stream`] may be made of besides its own kinds.
pub trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {
    /// By which the end is seen while nobody reads.
    fn watch(&self) -> Box<dyn Fn() -> bool + Send + Sync>;
}

/// Bytes to the server: a TCP connection, a proxy command's input and output, or a channel of
/// the jump host before it.
pub enum Stream {
    /// A TCP connection, and how long it took to be made: a round trip.
    Tcp(TcpStream, Duration),
    /// A proxy command, ended with the stream.
    Command(Box<RunningProxy>),
    /// Any other bytes: a channel of the session with a jump host.
    Other(Box<dyn ByteStream>),
}

impl Stream {
    /// The address at the other end, if it is a TCP connection.
    pub fn peer(&self) -> Option<SocketAddr> {
        match self {
            Stream::Tcp(stream, _) => stream.peer_addr().ok(),
            Stream::Command(_) | Stream::Other(_) => None,
        }
    }

    /// The address at this end, if it is a TCP connection.
    pub fn local(&self) -> Option<SocketAddr> {
        match self {
            Stream::Tcp(stream, _) => stream.local_addr().ok(),
            Stream::Command(_) | Stream::Other(_) => None,
        }
    }

    /// A round trip to the other end of the TCP connection, if it is one; a proxy may be there.
    pub(crate) fn round_trip(&self) -> Option<Duration> {
        match self {
            Stream::Tcp(_, took) => Some(*took),
            Stream::Command(_) | Stream::Other(_) => None,
        }
    }

    /// By which the end is seen while nobody reads, if there is a way.
    pub(crate) fn watch(&self) -> Option<EndWatch> {
        match self {
            Stream::Tcp(stream, _) => {
                let watch = ConnectionWatch::of(stream).ok()?;
                Some(Box::new(move || watch.is_closed()))
            }
            Stream::Command(_) => None,
            Stream::Other(bytes) => Some(bytes.watch()),
        }
    }

    /// Asks the kernel to acknowledge what was just received without delay.
    pub(crate) fn acknowledge_at_once(&self) {
        if let Stream::Tcp(stream, _) = self {
            tcp::acknowledge_at_once(stream);
        }
    }

    /// Reads into several buffers with one system call.
    pub(crate) fn poll_read_vectored(
        &mut self,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
    ) -> Poll<std::io::Result<usize>> {
        match self {
            Stream::Tcp(stream, _) => poll_vectored(
                cx,
                |cx| stream.poll_read_ready(cx),
                || stream.try_read_vectored(buffers),
            ),
            Stream::Command(running) => running.poll_read_vectored(cx, buffers),
            Stream::Other(bytes) => {
                let Some(first) = buffers.iter_mut().find(|buffer| !buffer.is_empty()) else {
                    return Poll::Ready(Ok(0));
                };
                let mut buf = ReadBuf::new(first);
                let read = Pin::new(&mut **bytes).poll_read(cx, &mut buf);
                read.map_ok(|()| buf.filled().len())
            }
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        match &mut *self {
            Stream::Tcp(stream, _) => Pin::new(stream).poll_read(cx, buf),
            Stream::Command(running) => Pin::new(&mut **running).poll_read(cx, buf),
            Stream::Other(bytes) => Pin::new(&mut **bytes).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        match &mut *self {
            Stream::Tcp(stream, _) => Pin::new(stream).poll_write(cx, buf),
            Stream::Command(running) => Pin::new(&mut **running).poll_write(cx, buf),
            Stream::Other(bytes) => Pin::new(&mut **bytes).poll_write(cx, buf),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match &mut *self {
            Stream::Tcp(stream, _) => Pin::new(stream).poll_flush(cx),
            Stream::Command(running) => Pin::new(&mut **running).poll_flush(cx),
            Stream::Other(bytes) => Pin::new(&mut **bytes).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match &mut *self {
            Stream::Tcp(stream, _) => Pin::new(stream).poll_shutdown(cx),
            Stream::Command(running) => Pin::new(&mut **running).poll_shutdown(cx),
            Stream::Other(bytes) => Pin::new(&mut **bytes).poll_shutdown(cx),
        }
    }
}
