//! Somebody else has the terminal for a while: the session's output waits behind a curtain.
//!
//! The connection lives on meanwhile. Output is kept up to [`KEPT`]; only then is no more
//! read from the server, as with any full sink. Opening the curtain writes what was kept, in
//! order, before anything new. A sink behind an open curtain costs one relaxed load a write.
//!
//! Also here: how the relay knows that an interlude is on, so that a session that ends during
//! one does not take the screen away from under it.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use super::channel::Sink;

/// Output kept while the curtain is closed: many screens, and little memory.
pub const KEPT: usize = 1024 * 1024;

/// Work that has the terminal to itself until it is done.
pub type Interlude<'a, T = ()> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The curtain before one sink or several.
#[derive(Default)]
pub struct Curtain {
    hung: Vec<(Arc<State>, Sink)>,
}

#[derive(Default)]
struct State {
    closed: AtomicBool,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    /// Who waits for room.
    waiting: Option<Waker>,
}

impl State {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing can panic while it holds this.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Curtain {
    /// Hangs the curtain before a sink; `again` leads to the same place and writes what was
    /// kept.
    pub fn hang<S: AsyncWrite + Send + Unpin>(&mut self, sink: S, again: Sink) -> Curtained<S> {
        let state = Arc::new(State::default());
        self.hung.push((Arc::clone(&state), again));
        Curtained { sink, state }
    }

    /// From here on nothing is written.
    pub fn close(&self) {
        self.hung.iter().for_each(|(state, _)| state.closed.store(true, Ordering::Relaxed));
    }

    /// Writes what was kept, and lets everything through again. What cannot be written is
    /// lost, and the next write through the curtain says why.
    pub async fn open(&mut self) {
        for (state, again) in &mut self.hung {
            loop {
                let bytes = std::mem::take(&mut state.kept().bytes);
                if bytes.is_empty() || again.write_all(&bytes).await.is_err() {
                    break;
                }
            }
            let waiting = {
                let mut kept = state.kept();
                state.closed.store(false, Ordering::Relaxed);
                kept.waiting.take()
            };
            if let Some(waiting) = waiting {
                waiting.wake();
            }
        }
    }
}

/// A sink behind a curtain.
pub struct Curtained<S> {
    sink: S,
    state: Arc<State>,
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Curtained<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if !self.state.closed.load(Ordering::Relaxed) {
            return Pin::new(&mut self.sink).poll_write(cx, bytes);
        }
        let mut kept = self.state.kept();
        let room = KEPT.saturating_sub(kept.bytes.len()).min(bytes.len());
        if room == 0 && !bytes.is_empty() {
            kept.waiting = Some(cx.waker().clone());
            return Poll::Pending;
        }
        kept.bytes.extend_from_slice(&bytes[..room]);
        Poll::Ready(Ok(room))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sink).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sink).poll_shutdown(cx)
    }
}

/// Whether an interlude is on.
#[derive(Default)]
pub(super) struct Stage {
    taken: AtomicBool,
    over: Notify,
}

impl Stage {
    /// An interlude begins; it ends when what is given is dropped.
    pub fn take(&self) -> Taken<'_> {
        self.taken.store(true, Ordering::Relaxed);
        Taken(self)
    }

    /// Whether one is on.
    pub fn is_taken(&self) -> bool {
        self.taken.load(Ordering::Relaxed)
    }

    /// Waits for the end of the one that is on.
    pub async fn over(&self) {
        let over = self.over.notified();
        tokio::pin!(over);
        over.as_mut().enable();
        if self.is_taken() {
            over.await;
        }
    }
}

/// An interlude that is on.
pub(super) struct Taken<'a>(&'a Stage);

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.0.taken.store(false, Ordering::Relaxed);
        self.0.over.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncReadExt;
    use tokio::time::timeout;

    use super::*;

    /// A place that two writers lead to, as two descriptors of one terminal do.
    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl AsyncWrite for Screen {
        fn poll_write(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            // One byte at a time, so that order matters.
            self.0.lock().unwrap().extend(bytes.first());
            Poll::Ready(Ok(bytes.len().min(1)))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn what_comes_while_it_is_closed_is_shown_afterwards_in_order() {
        let screen = Screen::default();
        let mut curtain = Curtain::default();
        let mut sink = curtain.hang(screen.clone(), Box::new(screen.clone()));
        sink.write_all(b"before ").await.unwrap();
        curtain.close();
        sink.write_all(b"during ").await.unwrap();
        assert_eq!(*screen.0.lock().unwrap(), b"before ");
        curtain.open().await;
        sink.write_all(b"after").await.unwrap();
        assert_eq!(*screen.0.lock().unwrap(), b"before during after");
    }

    #[tokio::test]
    async fn more_than_can_be_kept_waits_and_nothing_is_lost() {
        let (sink, mut screen) = tokio::io::duplex(4096);
        let mut curtain = Curtain::default();
        let (other, _unread) = tokio::io::duplex(1);
        let mut behind = curtain.hang(other, Box::new(sink));
        curtain.close();
        behind.write_all(&vec![b'a'; KEPT]).await.unwrap();
        let more = behind.write_all(b"b");
        tokio::pin!(more);
        let waits = timeout(Duration::from_millis(1), &mut more).await;
        assert!(waits.is_err(), "it takes more than it keeps");
        let reading = async {
            let mut all = vec![0; KEPT];
            screen.read_exact(&mut all).await.unwrap();
            all
        };
        let (all, (), written) = tokio::join!(reading, curtain.open(), &mut more);
        written.unwrap();
        assert!(all.iter().all(|byte| *byte == b'a'));
    }

    #[tokio::test]
    async fn the_end_of_an_interlude_is_waited_for() {
        let stage = Stage::default();
        stage.over().await;
        let taken = stage.take();
        let over = stage.over();
        tokio::pin!(over);
        assert!(timeout(Duration::from_millis(1), &mut over).await.is_err());
        drop(taken);
        over.await;
    }
}
