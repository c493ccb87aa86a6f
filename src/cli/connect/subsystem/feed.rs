//! Puts the server's bytes into the SFTP client where they are decrypted, so that a block is copied
//! once on its way from the network to the buffer of its request.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::AsyncWrite;

use crate::error::Error;
use crate::sftp::Incoming;

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
