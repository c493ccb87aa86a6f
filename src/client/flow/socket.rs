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
    /// TCP, without Nagle's algorithm: what was forwarded has waited long enough.
    Tcp(TcpStream),
    /// A local socket.
    Local(LocalStream),
}

impl LocalSocket {
    /// Around an accepted or connected TCP stream.
    pub fn tcp(stream: TcpStream) -> LocalSocket {
        // If this fails, the connection is slower and still works.
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

    /// Reads what there is, once; 0 is the end.
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

    /// Writes what can be written at once.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            LocalSocket::Tcp(stream) => stream.try_write(bytes),
            LocalSocket::Local(stream) => stream.try_write(bytes),
        }
    }

    /// Waits until something can be written.
    pub async fn writable(&self) -> io::Result<()> {
        match self {
            LocalSocket::Tcp(stream) => stream.writable().await,
            LocalSocket::Local(stream) => stream.writable().await,
        }
    }

    /// Writes all of it.
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
        // A peer that is gone already need not be told.
        let _ = match self {
            LocalSocket::Tcp(stream) => tcp::shut_down_writing(stream),
            LocalSocket::Local(stream) => stream.shut_down_writing(),
        };
    }

    /// Where it came from, for the server: an address and a port.
    pub fn origin(&self) -> (String, u16) {
        match self {
            LocalSocket::Tcp(stream) => match stream.peer_addr() {
                Ok(peer) => (peer.ip().to_canonical().to_string(), peer.port()),
                Err(_) => ("127.0.0.1".to_owned(), 0),
            },
            // A Unix socket has neither; some servers insist on an address, as ssh knows.
            LocalSocket::Local(_) => ("127.0.0.1".to_owned(), 65_535),
        }
    }
}
