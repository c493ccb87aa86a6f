//! Writes packets to a socket in proxy mode: for several tasks, and for a channel's data within the
//! other side's window (RFC 4254 section 5.2). Both master and client use it.

use std::io::{Error, ErrorKind, Result};

use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::sync::{Mutex, Semaphore};

use crate::client::flow::copy::ByteSink;
use crate::client::mux::packets as packet;
use crate::client::mux::packets::Packet;
use crate::os::local::LocalWriter;

/// The writing half of the socket; locked for one packet at a time.
pub(super) struct PacketWriter(Mutex<UnsentBytes>);

/// The socket, and the rest of a packet whose writing was given up.
struct UnsentBytes {
    socket: LocalWriter,
    rest: Bytes,
}

impl PacketWriter {
    pub fn new(socket: LocalWriter) -> PacketWriter {
        PacketWriter(Mutex::new(UnsentBytes { socket, rest: Bytes::new() }))
    }

    /// Writes a whole packet. If this future is dropped in the middle of one, the next call writes
    /// the rest first, so that the other side never receives half a packet. At most one packet is
    /// kept: a call that is dropped before its turn sends nothing.
    pub async fn send(&self, packet: Packet) -> Result<()> {
        let mut unsent = self.0.lock().await;
        let UnsentBytes { socket, rest } = &mut *unsent;
        socket.write_all_buf(rest).await?;
        *rest = packet.finished().into();
        socket.write_all_buf(rest).await
    }
}

/// The other side's window for one channel, in bytes.
pub(super) struct PeerWindow(Semaphore);

impl PeerWindow {
    pub fn new(bytes: u32) -> PeerWindow {
        let window = PeerWindow(Semaphore::new(0));
        window.widen(bytes);
        window
    }

    /// Enlarges the window. A semaphore limits the sum; a window that large is in effect unlimited.
    pub fn widen(&self, bytes: u32) {
        let room = Semaphore::MAX_PERMITS - self.0.available_permits();
        self.0.add_permits(room.min(bytes as usize));
    }

    /// Waits until the window is open, and uses up to `most` bytes of it; returns how many.
    async fn take(&self, most: usize) -> Result<usize> {
        let closed = |_| Error::from(ErrorKind::BrokenPipe);
        self.0.acquire().await.map_err(closed)?.forget();
        let more = u32::try_from(self.0.available_permits().min(most - 1)).unwrap_or(u32::MAX);
        match self.0.try_acquire_many(more) {
            Ok(permits) => permits.forget(),
            // Data and extended data share the window, and the other task has used it first.
            Err(_) => return Ok(1),
        }
        Ok(1 + more as usize)
    }
}

/// A [`ByteSink`](crate::client::flow::copy::ByteSink) for one channel's data to the other side.
pub(super) struct PacketSink<'a> {
    pub writer: &'a PacketWriter,
    pub window: &'a PeerWindow,
    /// The other side's number for the channel.
    pub peer: u32,
    /// The most bytes of data that the other side takes in one packet.
    pub largest: usize,
    /// The type of extended data; `None` sends ordinary data.
    pub extended: Option<u32>,
}

impl ByteSink for PacketSink<'_> {
    type Error = Error;

    async fn send(&mut self, mut bytes: Bytes) -> Result<()> {
        while !bytes.is_empty() {
            let length = self.window.take(bytes.len().min(self.largest)).await?;
            let packet = match self.extended {
                None => Packet::new(packet::DATA).number(self.peer),
                Some(kind) => Packet::new(packet::EXTENDED_DATA).number(self.peer).number(kind),
            };
            self.writer.send(packet.string(&bytes.split_to(length))).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::mux::packets::Body;
    use crate::os::local::LocalStream;

    #[tokio::test]
    async fn a_packet_given_up_halfway_is_finished_before_the_next() {
        let (here, there) = LocalStream::pair().unwrap();
        let (_, writer) = here.into_split();
        let (mut reader, _) = there.into_split();
        let writer = PacketWriter::new(writer);
        let packet = |number| Packet::new(packet::DATA).number(number).string(&[7; 30_000]);
        writer.send(packet(0)).await.unwrap();
        // Nobody reads, so the socket is full after some more.
        let given_up = async |number| {
            tokio::select! {
                biased;
                sent = writer.send(packet(number)) => sent.is_err(),
                () = std::future::ready(()) => true,
            }
        };
        let mut started = 1;
        while !given_up(started).await {
            started += 1;
        }
        started += 1;
        // These never have their turn, so nothing of them is kept.
        for _ in 0..3 {
            assert!(given_up(u32::MAX).await);
        }
        assert!(writer.0.lock().await.rest.len() <= packet(0).finished().len());
        let read = async {
            for number in 0..=started {
                let (kind, body) = packet::read(&mut reader).await.unwrap();
                let mut body = Body(&body);
                assert_eq!((kind, body.number().unwrap()), (packet::DATA, number));
                assert_eq!(body.string().unwrap().len(), 30_000);
            }
        };
        let (sent, ()) = tokio::join!(writer.send(packet(started)), read);
        sent.unwrap();
    }

    #[tokio::test]
    async fn data_is_cut_into_packets_and_waits_for_the_window() {
        let (here, there) = LocalStream::pair().unwrap();
        let (_, writer) = here.into_split();
        let (mut reader, _) = there.into_split();
        let (writer, window) = (PacketWriter::new(writer), PeerWindow::new(5));
        let (writer, window) = (&writer, &window);
        let mut sink = PacketSink { writer, window, peer: 7, largest: 3, extended: None };
        let received = async {
            let mut received: Vec<Vec<u8>> = Vec::new();
            while received.concat().len() < 7 {
                let (kind, body) = packet::read(&mut reader).await.unwrap();
                let mut body = Body(&body);
                assert_eq!((kind, body.number().unwrap()), (packet::DATA, 7));
                received.push(body.string().unwrap());
                if received.concat().len() == 5 {
                    // Enlarging the window beyond its maximum does not overflow.
                    window.widen(u32::MAX);
                }
            }
            received
        };
        let sent = sink.send(Bytes::from_static(b"abcdefg"));
        let (sent, received) = tokio::join!(sent, received);
        sent.unwrap();
        assert_eq!(received, [&b"abc"[..], b"de", b"fg"]);
    }
}
