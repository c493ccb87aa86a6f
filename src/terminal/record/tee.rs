//! A sink that passes data to another sink, and logs what that one has accepted.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;

use super::session_log::SessionLog;

/// One log that several sinks write to.
#[derive(Clone)]
pub struct SharedLog {
    record: Arc<Mutex<SessionLog>>,
    width: Arc<dyn Fn() -> usize + Send + Sync>,
}

impl SharedLog {
    /// Shares a log. `width` returns the terminal's width in columns, or 0.
    pub fn new(record: SessionLog, width: impl Fn() -> usize + Send + Sync + 'static) -> SharedLog {
        SharedLog { record: Arc::new(Mutex::new(record)), width: Arc::new(width) }
    }

    /// Ends the log.
    pub fn finish(&self) {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).finish();
    }

    fn write(&self, bytes: &[u8]) {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.write(bytes, (self.width)());
    }
}

/// A sink whose data is also logged.
pub struct Tee {
    sink: Box<dyn AsyncWrite + Send + Unpin>,
    log: SharedLog,
}

impl Tee {
    /// Wraps `sink` and logs all data that it accepts.
    pub fn new(sink: Box<dyn AsyncWrite + Send + Unpin>, log: SharedLog) -> Tee {
        Tee { sink, log }
    }
}

impl AsyncWrite for Tee {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.sink).poll_write(cx, buf))?;
        self.log.write(&buf[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sink).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sink).poll_shutdown(cx)
    }
}
