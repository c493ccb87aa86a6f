//! Packets of PROTOCOL.mux on a Unix socket, and descriptors between them.
//!
//! Nothing is read ahead: a byte with a descriptor may follow any packet, and a plain read that
//! took it would lose the descriptor.

use std::io::{Error, ErrorKind, IoSlice, IoSliceMut, Result};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::UnixStream;

use super::MAX_PACKET;

/// Room for the descriptors of one message; more than one are too many, and are closed.
const MAX_DESCRIPTORS: usize = 4;

/// Reads one packet: its body. Not to be dropped half-way if the socket is used again.
///
/// # Errors
/// `UnexpectedEof` where the peer closed the socket, `InvalidData` for a packet longer than
/// [`MAX_PACKET`] bytes, or the socket's own.
pub async fn read_packet(stream: &mut UnixStream) -> Result<Vec<u8>> {
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
/// `InvalidInput` for a body longer than [`MAX_PACKET`] bytes, or the socket's own.
pub async fn write_packet(stream: &mut UnixStream, body: &[u8]) -> Result<()> {
    let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= MAX_PACKET);
    let Some(length) = length else {
        let told = format!("a packet of {} bytes", body.len());
        return Err(Error::new(ErrorKind::InvalidInput, told));
    };
    let packet = [&length.to_be_bytes(), body].concat();
    stream.write_all(&packet).await
}

/// Sends a descriptor, with one byte as OpenSSH has it; it stays open here.
///
/// # Errors
/// The socket's own.
pub async fn send_fd(stream: &UnixStream, fd: BorrowedFd<'_>) -> Result<()> {
    let send = || {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let fds = [fd];
        control.push(SendAncillaryMessage::ScmRights(&fds));
        // A peer that has gone is an error and no signal.
        sendmsg(stream, &[IoSlice::new(&[0])], &mut control, SendFlags::NOSIGNAL)?;
        Ok(())
    };
    stream.async_io(Interest::WRITABLE, send).await
}

/// Takes one descriptor that was sent with [`send_fd`]; programs started here do not get it.
///
/// # Errors
/// `UnexpectedEof` where the peer closed the socket, `InvalidData` where the next byte brings no
/// descriptor or several, or the socket's own.
pub async fn recv_fd(stream: &UnixStream) -> Result<OwnedFd> {
    let receive = || {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut byte = [0];
        let mut byte = [IoSliceMut::new(&mut byte)];
        let received = recvmsg(stream, &mut byte, &mut control, RecvFlags::CMSG_CLOEXEC)?;
        let mut fds: Vec<OwnedFd> = control
            .drain()
            .filter_map(|message| match message {
                RecvAncillaryMessage::ScmRights(fds) => Some(fds),
                _ => None,
            })
            .flatten()
            .collect();
        match (received.bytes, fds.pop(), fds.is_empty()) {
            (0, None, _) => Err(Error::from(ErrorKind::UnexpectedEof)),
            (1, Some(fd), true) => Ok(fd),
            (_, _, _) => Err(Error::from(ErrorKind::InvalidData)),
        }
    };
    stream.async_io(Interest::READABLE, receive).await
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::fd::AsFd;

    use super::*;

    #[tokio::test]
    async fn packets_and_descriptors_come_in_the_order_in_which_they_were_sent() {
        let (mut here, mut there) = UnixStream::pair().unwrap();
        let (mut reader, writer) = std::io::pipe().unwrap();
        write_packet(&mut here, b"one").await.unwrap();
        send_fd(&here, writer.as_fd()).await.unwrap();
        write_packet(&mut here, b"").await.unwrap();
        drop((here, writer));

        assert_eq!(read_packet(&mut there).await.unwrap(), b"one");
        let fd = recv_fd(&there).await.unwrap();
        assert!(rustix::io::fcntl_getfd(&fd).unwrap().contains(rustix::io::FdFlags::CLOEXEC));
        File::from(fd).write_all(b"through").unwrap();
        assert_eq!(read_packet(&mut there).await.unwrap(), b"");

        let mut read = String::new();
        reader.read_to_string(&mut read).unwrap();
        assert_eq!(read, "through");
        let end = read_packet(&mut there).await.unwrap_err();
        assert_eq!(end.kind(), ErrorKind::UnexpectedEof);
        assert_eq!(recv_fd(&there).await.unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn what_is_longer_than_the_bound_is_neither_read_nor_written() {
        let (mut here, mut there) = UnixStream::pair().unwrap();
        let refused = write_packet(&mut here, &vec![0; MAX_PACKET + 1]).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
        here.write_all(&[0xff; 8]).await.unwrap();
        let refused = read_packet(&mut there).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidData);
    }

    #[tokio::test]
    async fn bytes_without_a_descriptor_and_several_at_once_are_refused() {
        let (mut here, there) = UnixStream::pair().unwrap();
        here.write_all(b"x").await.unwrap();
        assert_eq!(recv_fd(&there).await.unwrap_err().kind(), ErrorKind::InvalidData);

        let (reader, writer) = std::io::pipe().unwrap();
        let fds = [reader.as_fd(), reader.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        assert!(control.push(SendAncillaryMessage::ScmRights(&fds)));
        sendmsg(&here, &[IoSlice::new(&[0])], &mut control, SendFlags::empty()).unwrap();
        assert_eq!(recv_fd(&there).await.unwrap_err().kind(), ErrorKind::InvalidData);
        // None of them is left open in this process: the writer is told.
        drop(reader);
        assert_eq!((&writer).write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
    }
}
