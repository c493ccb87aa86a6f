//! Puts the server's bytes into the SFTP client where they are decrypted, and the client's where they
//! are encrypted: a block is copied once on its way from the network to the buffer of its request, and
//! not at all on its way to the packets.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;

use crate::client::session::subsystem::SubsystemInput;
use crate::error::Error;
use crate::sftp::{BytesSink, Incoming};

/// After this many bytes the others get their turn, so that the bytes are still in the processor's
/// cache when a file takes them.
const TURN: usize = 256 * 1024;

/// The receiving end of an SFTP client, as a sink of a channel. It takes everything: how much comes
/// is bounded by what the client asks for.
#[derive(Clone)]
pub(super) struct FeedSink {
    incoming: Arc<Mutex<Incoming>>,
    /// How many bytes were taken since the others had their turn.
    since: usize,
}

impl FeedSink {
    pub(super) fn new(incoming: Incoming) -> FeedSink {
        FeedSink { incoming: Arc::new(Mutex::new(incoming)), since: 0 }
    }

    /// Ends the client: nothing more comes, for this reason.
    pub(super) fn end(&self, error: Option<Error>) {
        let error = error.map(io::Error::other);
        let mut incoming = self.incoming.lock().unwrap_or_else(PoisonError::into_inner);
        incoming.end(error.as_ref());
    }
}

/// The sending end of an SFTP client, on a channel.
pub(super) struct ChannelInput(pub(super) SubsystemInput);

impl BytesSink for ChannelInput {
    async fn send(&mut self, bytes: Bytes) -> io::Result<()> {
        self.0.send(bytes).await.map_err(io::Error::other)
    }

    async fn end(&mut self) -> io::Result<()> {
        self.0.end().await.map_err(io::Error::other)
    }
}

impl AsyncWrite for FeedSink {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.since >= TURN {
            self.since = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.since += data.len();
        let mut incoming = self.incoming.lock().unwrap_or_else(PoisonError::into_inner);
        match incoming.feed(data) {
            Ok(()) => Poll::Ready(Ok(data.len())),
            Err(failure) => Poll::Ready(Err(io::Error::other(failure))),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
