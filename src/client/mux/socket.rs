//! Reads and writes the packets of PROTOCOL.mux on a local socket.
//!
//! Nothing is read ahead: a byte with a descriptor ([`LocalStream::receive_descriptor`]) may follow
//! any packet, and a plain read of that byte would lose the descriptor.

use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::mux::wire::MAX_PACKET;
use crate::os::local::LocalStream;
use crate::wire_format::put_string;

/// Reads one packet's body. Not cancel safe: the socket cannot be used after this future is dropped
/// half-way.
///
/// # Errors
/// `UnexpectedEof` if the peer closed the socket, `InvalidData` for a packet longer than
/// [`MAX_PACKET`] bytes, or the socket's error.
pub async fn read_packet(stream: &mut LocalStream) -> Result<Vec<u8>> {
    let length = stream.read_u32().await? as usize;
    if length > MAX_PACKET {
        let told = format!("a packet of {length} bytes");
        return Err(Error::new(ErrorKind::InvalidData, told));
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(body)
}

/// Writes one packet with this body.
///
/// # Errors
/// `InvalidInput` for a body longer than [`MAX_PACKET`] bytes, or the socket's error.
pub async fn write_packet(stream: &mut LocalStream, body: &[u8]) -> Result<()> {
    if body.len() > MAX_PACKET {
        let told = format!("a packet of {} bytes", body.len());
        return Err(Error::new(ErrorKind::InvalidInput, told));
    }
    let mut packet = Vec::with_capacity(4 + body.len());
    put_string(&mut packet, body);
    stream.write_all(&packet).await
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};

    use super::*;

    #[tokio::test]
    async fn packets_and_descriptors_come_in_the_order_in_which_they_were_sent() {
        let (mut here, mut there) = LocalStream::pair().unwrap();
        let (mut reader, writer) = std::io::pipe().unwrap();
        write_packet(&mut here, b"one").await.unwrap();
        here.send_descriptor(&writer).await.unwrap();
        write_packet(&mut here, b"").await.unwrap();
        drop((here, writer));

        assert_eq!(read_packet(&mut there).await.unwrap(), b"one");
        let fd = there.receive_descriptor().await.unwrap();
        File::from(fd).write_all(b"through").unwrap();
        assert_eq!(read_packet(&mut there).await.unwrap(), b"");

        let mut read = String::new();
        reader.read_to_string(&mut read).unwrap();
        assert_eq!(read, "through");
        let end = read_packet(&mut there).await.unwrap_err();
        assert_eq!(end.kind(), ErrorKind::UnexpectedEof);
        assert_eq!(there.receive_descriptor().await.unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn what_is_longer_than_the_bound_is_neither_read_nor_written() {
        let (mut here, mut there) = LocalStream::pair().unwrap();
        let refused = write_packet(&mut here, &vec![0; MAX_PACKET + 1]).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
        here.write_all(&[0xff; 8]).await.unwrap();
        let refused = read_packet(&mut there).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidData);
    }
}
