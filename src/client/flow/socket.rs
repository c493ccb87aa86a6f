//! The local end of a forwarded connection: a TCP or a Unix stream, used from both of its
//! directions at once.

use std::io;
use std::path::Path;

use bytes::BytesMut;
use tokio::net::TcpStream;

use crate::os::local::LocalStream;
use crate::os::tcp;

/// A connected socket.
#[derive(Debug)]
pub enum LocalSocket {
    /// TCP, without Nagle's algorithm: forwarded data should not be delayed once more.
    Tcp(TcpStream),
    /// A local socket.
    Local(LocalStream),
}

impl LocalSocket {
    /// Wraps an accepted or connected TCP stream.
    pub fn tcp(stream: TcpStream) -> LocalSocket {
        // If this fails, the connection works, only slower.
        let _ = stream.set_nodelay(true);
        LocalSocket::Tcp(stream)
    }

    /// Connects to a TCP port, to each address of the host in turn.
    pub async fn connect(host: &str, port: u16) -> io::Result<LocalSocket> {
        TcpStream::connect((host, port)).await.map(LocalSocket::tcp)
    }

    /// Connects to a Unix socket.
    pub async fn connect_path(path: &Path) -> io::Result<LocalSocket> {
        LocalStream::connect(path).await.map(LocalSocket::Local)
    }

    /// Reads the available data once; 0 means the end.
    pub async fn read(&self, buffer: &mut BytesMut) -> io::Result<usize> {
        loop {
            let read = match self {
                LocalSocket::Tcp(stream) => {
                    stream.readable().await?;
                    stream.try_read_buf(buffer)
                }
                LocalSocket::Local(stream) => {
                    stream.readable().await?;
                    stream.try_read_buf(buffer)
                }
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
        }
    }

    /// Writes as much as the socket accepts without waiting.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            LocalSocket::Tcp(stream) => stream.try_write(bytes),
            LocalSocket::Local(stream) => stream.try_write(bytes),
        }
    }

    /// Waits until the socket accepts data.
    pub async fn writable(&self) -> io::Result<()> {
        match self {
            LocalSocket::Tcp(stream) => stream.writable().await,
            LocalSocket::Local(stream) => stream.writable().await,
        }
    }

    /// Writes all bytes.
    pub async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            self.writable().await?;
            match self.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Tells the other side that nothing more is written.
    pub fn shut_down(&self) {
        // An error means that the peer is gone, which needs no handling.
        let _ = match self {
            LocalSocket::Tcp(stream) => tcp::shut_down_writing(stream),
            LocalSocket::Local(stream) => stream.shut_down_writing(),
        };
    }

    /// The peer's address and port, which the server is told as the originator.
    pub fn origin(&self) -> (String, u16) {
        match self {
            LocalSocket::Tcp(stream) => match stream.peer_addr() {
                Ok(peer) => (peer.ip().to_canonical().to_string(), peer.port()),
                Err(_) => ("127.0.0.1".to_owned(), 0),
            },
            // A Unix socket has neither, but some servers require an address; ssh sends this one.
            LocalSocket::Local(_) => ("127.0.0.1".to_owned(), 65_535),
        }
    }
}
