//! Interludes: a dialog or a question takes over the terminal during a session, and the session's
//! output waits behind a curtain.
//!
//! The connection stays alive during an interlude, which may last for hours. Nothing may block
//! until it ends, or the server would close the session and forwarded connections would stall. So
//! the latest output is kept up to [`KEPT`] bytes, and older output is dropped and only counted, as
//! a terminal forgets what has scrolled away. Opening the curtain writes the kept output, in order,
//! before anything new. While the curtain is open, a write costs one relaxed load.
//!
//! `InterludeFlag` tells the relay whether an interlude is running, so that a session that ends
//! meanwhile does not take the terminal away from it.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use crate::client::flow::output::OutputSink;
use crate::say;

/// The most bytes of output that are kept while the curtain is closed: many screens.
pub const KEPT: usize = 1024 * 1024;

/// Work that has the terminal to itself until it ends.
pub type Interlude<'a, T = ()> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A curtain in front of one or several output sinks.
#[derive(Default)]
pub struct Curtain {
    hung: Vec<(Arc<CurtainState>, OutputSink)>,
}

#[derive(Default)]
struct CurtainState {
    closed: AtomicBool,
    kept: Mutex<KeptOutput>,
}

#[derive(Default)]
struct KeptOutput {
    bytes: VecDeque<u8>,
    /// The number of dropped bytes before the kept ones.
    dropped: usize,
}

impl KeptOutput {
    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        let over = self.bytes.len().saturating_sub(KEPT);
        self.bytes.drain(..over);
        self.dropped += over;
    }

    /// Takes the kept output for writing. If output was dropped, the rest of the line whose
    /// beginning was dropped is removed too, and a message says how much is missing.
    fn take(&mut self) -> Vec<u8> {
        let mut bytes = Vec::from(std::mem::take(&mut self.bytes));
        let dropped = std::mem::take(&mut self.dropped);
        if dropped == 0 {
            return bytes;
        }
        let line = bytes.iter().position(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let size = (dropped + line).div_ceil(1024);
        let mut all = (say!(again_output_left_out, size) + "\r\n").into_bytes();
        all.extend(bytes.drain(line..));
        all
    }
}

impl CurtainState {
    fn kept(&self) -> MutexGuard<'_, KeptOutput> {
        // No code panics while it holds this lock.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Curtain {
    /// Puts the curtain in front of a sink. `again` is a second sink to the same place, through
    /// which [`Curtain::open`] writes the kept output.
    pub fn hang<S: AsyncWrite + Send + Unpin>(
        &mut self,
        sink: S,
        again: OutputSink,
    ) -> Curtained<S> {
        let state = Arc::new(CurtainState::default());
        self.hung.push((Arc::clone(&state), again));
        Curtained { sink, state }
    }

    /// Keeps output from now on instead of writing it.
    pub fn close(&self) {
        self.hung.iter().for_each(|(state, _)| state.closed.store(true, Ordering::Relaxed));
    }

    /// Writes the kept output, and then passes output through again. If writing fails, the kept
    /// output is lost, and the next write through the curtain reports the error.
    pub async fn open(&mut self) {
        for (state, again) in &mut self.hung {
            loop {
                let bytes = {
                    let mut kept = state.kept();
                    let bytes = kept.take();
                    // The flag changes under the lock, so that output arriving now is either in
                    // `bytes` or written after it.
                    if bytes.is_empty() {
                        state.closed.store(false, Ordering::Relaxed);
                    }
                    bytes
                };
                if bytes.is_empty() {
                    break;
                }
                if again.write_all(&bytes).await.is_err() {
                    state.closed.store(false, Ordering::Relaxed);
                    break;
                }
            }
        }
    }
}

/// A sink behind a curtain.
pub struct Curtained<S> {
    sink: S,
    state: Arc<CurtainState>,
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
        if !self.state.closed.load(Ordering::Relaxed) {
            // The curtain was opened while this waited for the lock.
            drop(kept);
            return Pin::new(&mut self.sink).poll_write(cx, bytes);
        }
        kept.put(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sink).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sink).poll_shutdown(cx)
    }
}

/// Whether an interlude is running; read by the relay.
#[derive(Default)]
pub(crate) struct InterludeFlag {
    on: AtomicBool,
    over: Notify,
}

impl InterludeFlag {
    /// Starts an interlude, which ends when the guard is dropped.
    pub fn begin(&self) -> InterludeGuard<'_> {
        self.on.store(true, Ordering::Relaxed);
        InterludeGuard(self)
    }

    /// Whether an interlude is running.
    pub fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// Waits until no interlude is running.
    pub async fn over(&self) {
        let over = self.over.notified();
        tokio::pin!(over);
        over.as_mut().enable();
        if self.is_on() {
            over.await;
        }
    }
}

/// Marks an interlude as running until it is dropped.
pub(crate) struct InterludeGuard<'a>(&'a InterludeFlag);

impl Drop for InterludeGuard<'_> {
    fn drop(&mut self) {
        self.0.on.store(false, Ordering::Relaxed);
        self.0.over.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    /// One screen with two writers, like two descriptors of one terminal.
    #[derive(Clone, Default)]
    struct SharedScreen(Arc<Mutex<Vec<u8>>>);

    impl AsyncWrite for SharedScreen {
        fn poll_write(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            // Writes one byte at a time, so that the order matters.
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
        let screen = SharedScreen::default();
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
    async fn more_than_can_be_kept_is_taken_all_the_same_and_the_latest_is_shown() {
        let screen = SharedScreen::default();
        let mut curtain = Curtain::default();
        let mut sink = curtain.hang(screen.clone(), Box::new(screen.clone()));
        curtain.close();
        // A quarter more than is kept, in lines of 64 bytes.
        let lines = KEPT / 64 / 4 * 5;
        for number in 0..lines {
            sink.write_all(format!("{number:062}\r\n").as_bytes()).await.unwrap();
        }
        curtain.open().await;
        sink.write_all(b"after").await.unwrap();
        let shown = String::from_utf8(screen.0.lock().unwrap().clone()).unwrap();
        let mut shown = shown.split("\r\n");
        assert_eq!(shown.next(), Some("[257 KiB of earlier output were left out]"));
        let first: usize = shown.next().unwrap().parse().unwrap();
        assert_eq!(first, lines / 5 + 1, "the first whole line");
        let last = shown.nth(lines - first - 2).unwrap();
        assert_eq!(last.parse(), Ok(lines - 1));
        assert_eq!((shown.next(), shown.next()), (Some("after"), None));
    }

    #[tokio::test]
    async fn the_end_of_an_interlude_is_waited_for() {
        let flag = InterludeFlag::default();
        flag.over().await;
        let on = flag.begin();
        let over = flag.over();
        tokio::pin!(over);
        assert!(timeout(Duration::from_millis(1), &mut over).await.is_err());
        drop(on);
        over.await;
    }
}
