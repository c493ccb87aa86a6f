//! Our bytes, written as fast as the stream takes them.

use std::io::{self, IoSlice};
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::sftp::client::batch::{Batch, MOST_SLICES};
use crate::sftp::client::shared::{Shared, stream_failed};
use crate::sftp::failure::SftpResult;

/// Up to this many bytes are gathered for a stream that takes one slice at a time: as many as go
/// into one packet of most servers.
const GATHERED: usize = 32 * 1024;

/// The sending end of a connection.
pub struct Outgoing {
    shared: Arc<Shared>,
    /// What is being written; requests made meanwhile are gathered in the table.
    batch: Batch,
    gathered: Vec<u8>,
}

/// Where a connection's bytes go, for a caller who takes them as they are and not as a stream.
pub trait BytesSink {
    /// Sends bytes. What waits here holds up all requests that are made after it.
    fn send(&mut self, bytes: Bytes) -> impl Future<Output = io::Result<()>> + Send;

    /// Tells the server that nothing more comes.
    fn end(&mut self) -> impl Future<Output = io::Result<()>> + Send;
}

/// What is to be done next.
enum Next {
    Write,
    Wait,
    End,
}

impl Outgoing {
    pub(crate) fn new(shared: Arc<Shared>) -> Outgoing {
        Outgoing { shared, batch: Batch::default(), gathered: Vec::new() }
    }

    /// Writes requests to a stream until nobody makes any more, and shuts it down then.
    ///
    /// # Errors
    /// The stream failed.
    pub async fn write_to(&mut self, mut writer: impl AsyncWrite + Unpin) -> io::Result<()> {
        loop {
            match self.next() {
                Next::Write => {
                    while !self.batch.is_empty() {
                        let count = self.write_some(&mut writer).await?;
                        if count == 0 {
                            return Err(io::ErrorKind::WriteZero.into());
                        }
                        self.batch.advance(count);
                        self.shared.moved(|_| ());
                    }
                }
                Next::Wait => {
                    writer.flush().await?;
                    self.shared.written.notified().await;
                }
                Next::End => return writer.shutdown().await,
            }
        }
    }

    /// Sends requests until nobody makes any more, and ends the sink then. Blocks of files are not
    /// copied.
    async fn send_to(&mut self, sink: &mut impl BytesSink) -> io::Result<()> {
        loop {
            match self.next() {
                Next::Write => {
                    while !self.batch.is_empty() {
                        sink.send(self.batch.take()).await?;
                        self.shared.moved(|_| ());
                    }
                }
                Next::Wait => self.shared.written.notified().await,
                Next::End => return sink.end().await,
            }
        }
    }

    /// Sends requests until nobody makes any more, and watches the deadline: for a caller who pushes
    /// the server's bytes into `Incoming`.
    ///
    /// # Errors
    /// The sink failed or the server was silent for too long; all requests have failed, too.
    pub async fn run(&mut self, sink: &mut impl BytesSink) -> SftpResult<()> {
        let shared = Arc::clone(&self.shared);
        let result = tokio::select! {
            biased;
            written = self.send_to(sink) => written.map_err(|error| stream_failed(&error)),
            failure = shared.silence() => Err(failure),
        };
        result.inspect_err(|failure| shared.fail(failure.clone()))
    }

    fn next(&mut self) -> Next {
        let batch = &mut self.batch;
        self.shared.with(|table| {
            if !table.out.is_empty() {
                std::mem::swap(batch, &mut table.out);
                Next::Write
            } else if table.is_over() {
                Next::End
            } else {
                Next::Wait
            }
        })
    }

    async fn write_some(&mut self, writer: &mut (impl AsyncWrite + Unpin)) -> io::Result<usize> {
        let mut slices = [IoSlice::new(&[]); MOST_SLICES];
        let count = self.batch.slices(&mut slices);
        let slices = &slices[..count];
        if writer.is_write_vectored() {
            return writer.write_vectored(slices).await;
        }
        match slices {
            [] => Ok(0),
            [first, ..] if slices.len() == 1 || first.len() >= GATHERED => {
                writer.write(first).await
            }
            _ => {
                self.gathered.clear();
                for slice in slices {
                    let room = GATHERED - self.gathered.len();
                    self.gathered.extend_from_slice(&slice[..slice.len().min(room)]);
                }
                writer.write(&self.gathered).await
            }
        }
    }
}
