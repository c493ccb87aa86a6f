//! One direction of the data path: [`copy`] moves bytes from a source to a sink until one of them
//! ends.
//!
//! All byte loops of the client are [`copy`] between a [`ByteSource`] and a [`ByteSink`]. No queue
//! and no task sits between them: a full sink stops the reading of its source, which is the flow
//! control (RFC 4254 section 5.2). The caller decides what follows the end: an EOF message, a
//! socket that is shut down, an exit status.
//!
//! Two paths do not use it. Typed input is examined key by key (`session::typing`). Data from the
//! server into a socket or into the session's own standard output is written directly after
//! decryption (`handshake::handler` and [`Lane::pour`]).

use std::convert::Infallible;
use std::future::pending;
use std::io;

use bytes::{Bytes, BytesMut};
use russh::ChannelWriteHalf;
use russh::client::Msg;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::client::flow::idle::IdleClock;
use crate::client::flow::lane::{Drained, Lane};
use crate::client::flow::socket::LocalSocket;
use crate::client::flow::traffic::Traffic;
use crate::os::copying::make_room;

/// How much local input is read at once: two packets of the usual size.
const INPUT_CHUNK: usize = 64 * 1024;
/// How much is read from a socket at once: one packet of the usual size.
const SOCKET_CHUNK: usize = 32 * 1024;

/// Where bytes come from.
pub(crate) trait ByteSource {
    /// Why the source ended.
    type End;

    /// Waits for the next bytes, at least one. Cancel safe: no bytes are lost if this future is
    /// dropped before it is ready.
    async fn next(&mut self) -> Result<Bytes, Self::End>;
}

/// Where bytes go.
pub(crate) trait ByteSink {
    /// Why the sink failed.
    type Error;

    /// Sends all of these bytes; waits while the other side takes none.
    async fn send(&mut self, bytes: Bytes) -> Result<(), Self::Error>;
}

/// Copies until the source ends, and returns the source's reason; the error is the sink's.
pub(crate) async fn copy<S, K>(mut source: S, mut sink: K) -> Result<S::End, K::Error>
where
    S: ByteSource,
    K: ByteSink,
{
    loop {
        match source.next().await {
            Ok(bytes) => sink.send(bytes).await?,
            Err(end) => return Ok(end),
        }
    }
}

/// Runs `main` to its end and returns its result. `side` runs concurrently until then; it may end
/// earlier, which changes nothing.
pub(crate) async fn alongside<T>(
    main: impl Future<Output = T>,
    side: impl Future<Output = ()>,
) -> T {
    let side = async {
        side.await;
        pending::<Infallible>().await
    };
    tokio::select! {
        result = main => result,
        never = side => match never {},
    }
}

impl<S: ByteSource> ByteSource for &mut S {
    type End = S::End;

    async fn next(&mut self) -> Result<Bytes, S::End> {
        (**self).next().await
    }
}

impl<K: ByteSink> ByteSink for &mut K {
    type Error = K::Error;

    async fn send(&mut self, bytes: Bytes) -> Result<(), K::Error> {
        (**self).send(bytes).await
    }
}

/// A [`ByteSource`] over standard input or any other reader.
pub(crate) struct LocalInput<R> {
    reader: R,
    buffer: BytesMut,
}

/// Local input has ended. A read error counts as the end, too, as in ssh.
pub(crate) struct InputEnded;

impl<R> LocalInput<R> {
    pub fn new(reader: R) -> LocalInput<R> {
        LocalInput { reader, buffer: BytesMut::with_capacity(2 * INPUT_CHUNK) }
    }
}

impl<R: AsyncRead + Unpin> ByteSource for LocalInput<R> {
    type End = InputEnded;

    async fn next(&mut self) -> Result<Bytes, InputEnded> {
        // Lets the bytes of the previous read be sent first: without this, megabytes would queue up
        // for no gain.
        tokio::task::yield_now().await;
        make_room(&mut self.buffer, INPUT_CHUNK);
        match self.reader.read_buf(&mut self.buffer).await {
            Ok(1..) => Ok(self.buffer.split().freeze()),
            Ok(0) | Err(_) => Err(InputEnded),
        }
    }
}

/// A [`ByteSink`] over standard output or any other writer.
pub(crate) struct LocalOutput<'a, W>(pub &'a mut W);

impl<W: AsyncWrite + Unpin> ByteSink for LocalOutput<'_, W> {
    type Error = io::Error;

    async fn send(&mut self, bytes: Bytes) -> io::Result<()> {
        self.0.write_all(&bytes).await
    }
}

/// A [`ByteSource`] over the local socket of a forwarded connection.
pub(crate) struct SocketInput<'a> {
    socket: &'a LocalSocket,
    buffer: BytesMut,
}

impl<'a> SocketInput<'a> {
    /// `early` is data that has already been read from the socket.
    pub fn new(socket: &'a LocalSocket, early: BytesMut) -> SocketInput<'a> {
        SocketInput { socket, buffer: early }
    }
}

impl ByteSource for SocketInput<'_> {
    /// The read error; `None` for a regular end.
    type End = Option<io::Error>;

    async fn next(&mut self) -> Result<Bytes, Option<io::Error>> {
        if self.buffer.is_empty() {
            self.buffer.reserve(SOCKET_CHUNK);
            if self.socket.read(&mut self.buffer).await? == 0 {
                return Err(None);
            }
        }
        Ok(self.buffer.split().freeze())
    }
}

/// A lane's data, as a source for channels whose data is not poured into a socket.
impl ByteSource for &Lane {
    type End = Drained;

    async fn next(&mut self) -> Result<Bytes, Drained> {
        self.take().await
    }
}

/// A [`ByteSink`] that sends data on a channel to the server.
#[derive(Clone, Copy)]
pub(crate) struct ChannelSink<'a> {
    pub channel: &'a ChannelWriteHalf<Msg>,
    pub traffic: &'a Traffic,
    /// The ChannelTimeout clock. `None` if the channel has no timeout, or if the reader of the
    /// input keeps the clock.
    pub clock: Option<&'a IdleClock>,
    /// Whether a person types what is sent: it goes before everything else.
    pub is_typed: bool,
}

impl ChannelSink<'_> {
    /// Marks the channel as used because something is about to be sent, data or not. A forward that
    /// is holding up the connection lets it go.
    pub fn touch(&self) {
        if let Some(clock) = self.clock {
            clock.touch();
        }
        match self.is_typed {
            true => self.traffic.about_to_type(self.channel.id()),
            false => self.traffic.about_to_send(self.channel.id()),
        }
    }

    /// Tells the server that no more data follows (RFC 4254 section 5.3).
    pub async fn eof(&self) -> Result<(), russh::Error> {
        self.traffic.about_to_send(self.channel.id());
        self.channel.eof().await
    }
}

impl ByteSink for ChannelSink<'_> {
    type Error = russh::Error;

    async fn send(&mut self, bytes: Bytes) -> Result<(), russh::Error> {
        let (pace, count) = (&self.traffic.pace, bytes.len());
        if self.is_typed {
            self.touch();
            return self.channel.data_bytes(bytes).await;
        }
        pace.room().await;
        self.touch();
        self.channel.data_bytes(bytes).await?;
        pace.handed_over(count);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sink that accepts this many bytes and then fails.
    struct Narrow(usize);

    impl ByteSink for Narrow {
        type Error = usize;

        async fn send(&mut self, bytes: Bytes) -> Result<(), usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(self.0)?;
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_copy_ends_with_its_source_or_with_its_sink_and_says_with_which() {
        let mut output = Vec::new();
        let input = LocalInput::new(&[7; 3 * INPUT_CHUNK][..]);
        assert!(copy(input, LocalOutput(&mut output)).await.is_ok());
        assert_eq!(output, [7; 3 * INPUT_CHUNK]);
        let mut narrow = Narrow(5);
        assert!(copy(LocalInput::new(&b"four"[..]), &mut narrow).await.is_ok());
        assert_eq!(copy(LocalInput::new(&b"two"[..]), &mut narrow).await.err(), Some(1));
    }

    #[tokio::test]
    async fn what_runs_alongside_neither_ends_nor_holds_up_the_main_work() {
        assert_eq!(alongside(tokio::task::yield_now(), async {}).await, ());
        assert_eq!(alongside(async { 1 }, pending()).await, 1);
    }
}
