//! Where the data of the connection's first session channel goes.
//!
//! Every other channel's data goes through a lane, see `flow::lane`. This data is written to its
//! sink as it comes, without a queue: while the sink is full, nothing is read from the connection,
//! which is the flow control, and the only one there is (gap G20). Other channels would stand still
//! with it. So where there are some, what the sink does not take waits here and is written by a task
//! of its own, while the connection goes on. The bound is small, for all that waits is still printed
//! after a Ctrl-C. Beyond it the connection waits for the sink all the same, because output may not
//! be lost.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use crate::client::flow::kept::KeptData;
use crate::client::flow::lane::Lanes;

/// The most of the session's output that waits for its sink while other channels go on: two windows
/// of the usual size.
pub(crate) const MAX_WAITING: usize = 4 * 1024 * 1024;

/// Where a session channel's data goes: standard output, or any other sink.
pub type OutputSink = Box<dyn AsyncWrite + Send + Unpin>;

/// The sinks of the session channel.
pub(crate) struct ChannelOutput {
    pub stdout: Outlet,
    /// Where extended data goes. It never falls back to `stdout`.
    pub stderr: Outlet,
}

/// One sink, and what waits for it.
pub(crate) struct Outlet {
    /// `None` while a task writes what waits, and after a failure.
    sink: Option<OutputSink>,
    backlog: Arc<Backlog>,
}

/// What waits for a sink.
#[derive(Default)]
pub(crate) struct Backlog {
    state: Mutex<BacklogState>,
    changed: Notify,
}

#[derive(Default)]
struct BacklogState {
    kept: KeptData,
    /// A task has the sink.
    is_lent: bool,
    /// The task is to shut the sink down.
    ends: bool,
    /// The sink, once nothing waits for it any more.
    returned: Option<OutputSink>,
    /// The sink has failed: what comes is dropped.
    is_broken: bool,
    /// Why, until somebody has taken it.
    why: Option<io::Error>,
}

impl Outlet {
    pub fn new(sink: OutputSink) -> Outlet {
        Outlet { sink: Some(sink), backlog: Arc::default() }
    }

    /// What waits for the sink.
    pub fn backlog(&self) -> Arc<Backlog> {
        Arc::clone(&self.backlog)
    }

    /// Writes data, and waits until the sink has taken it or, where there are other channels, until
    /// it is kept. If the sink has to be waited for beside the connection, returns what does so, to
    /// be run as a task; its error comes later than this call, and is said once.
    ///
    /// # Errors
    /// The sink takes no more data. What follows is dropped.
    pub async fn write(
        &mut self,
        data: &[u8],
        lanes: &Lanes,
    ) -> io::Result<Option<impl Future<Output = io::Result<()>> + Send + use<>>> {
        let mut rest = data;
        while !rest.is_empty() {
            if self.sink.is_none() {
                self.sink = self.backlog.keep(rest).await;
            }
            let Some(sink) = &mut self.sink else { return Ok(None) };
            let written = tokio::select! {
                biased;
                written = sink.write(rest) => written,
                () = stands_beside(lanes) => return Ok(self.detached(rest)),
            };
            match written {
                Ok(0) => return self.fails(io::ErrorKind::WriteZero.into()).map(|()| None),
                Ok(written) => rest = &rest[written..],
                Err(error) => return self.fails(error).map(|()| None),
            }
        }
        Ok(None)
    }

    /// Shuts the sink down once it has taken all that was written, as ssh closes standard output at
    /// EOF: whoever reads it need not wait for the end of the session. What is written afterwards is
    /// the sink's affair.
    pub async fn end(&mut self) {
        if self.sink.is_none() {
            self.sink = self.backlog.end();
        }
        if let Some(sink) = &mut self.sink {
            let _ = sink.shutdown().await;
        }
    }

    fn fails(&mut self, error: io::Error) -> io::Result<()> {
        self.sink = None;
        self.backlog.state().is_broken = true;
        Err(error)
    }

    /// Keeps what the sink has not taken; returns what writes it.
    fn detached(
        &mut self,
        rest: &[u8],
    ) -> Option<impl Future<Output = io::Result<()>> + Send + use<>> {
        let sink = self.sink.take()?;
        let mut state = self.backlog.state();
        // Nothing was kept, so this is the first piece: some sinks want what they have seen once to
        // be offered again.
        state.kept.push(rest);
        state.is_lent = true;
        drop(state);
        Some(Arc::clone(&self.backlog).written_to(sink))
    }
}

impl Backlog {
    fn state(&self) -> MutexGuard<'_, BacklogState> {
        // No code panics while it holds this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps data once there is room for it; gives the sink back instead if nothing waits any more.
    async fn keep(&self, data: &[u8]) -> Option<OutputSink> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut state = self.state();
                if state.is_broken {
                    return None;
                }
                if let Some(sink) = state.returned.take() {
                    return Some(sink);
                }
                if state.kept.cost() + data.len() <= MAX_WAITING {
                    state.kept.push(data);
                    self.changed.notify_waiters();
                    return None;
                }
            }
            changed.await;
        }
    }

    /// Has the task shut the sink down when all is written; gives the sink back instead if nothing
    /// waits any more.
    fn end(&self) -> Option<OutputSink> {
        let mut state = self.state();
        state.ends = state.is_lent;
        state.returned.take()
    }

    /// Writes to the sink all that is kept, and leaves the sink to whom it came from.
    async fn written_to(self: Arc<Backlog>, mut sink: OutputSink) -> io::Result<()> {
        loop {
            let piece = {
                let mut state = self.state();
                let piece = state.kept.pop();
                if piece.is_none() && !std::mem::take(&mut state.ends) {
                    state.returned = Some(sink);
                    state.is_lent = false;
                    self.changed.notify_waiters();
                    return Ok(());
                }
                piece
            };
            let Some(piece) = piece else {
                let _ = sink.shutdown().await;
                continue;
            };
            self.changed.notify_waiters();
            if let Err(error) = sink.write_all(&piece).await {
                let mut state = self.state();
                state.kept.clear();
                state.why = Some(again(&error));
                (state.is_lent, state.is_broken) = (false, true);
                self.changed.notify_waiters();
                return Err(error);
            }
        }
    }

    /// Waits until nothing waits.
    ///
    /// # Errors
    /// The sink has failed beside the connection.
    pub async fn written(&self) -> io::Result<()> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut state = self.state();
                if !state.is_lent {
                    return state.why.take().map_or(Ok(()), Err);
                }
            }
            changed.await;
        }
    }
}

/// Waits until the sink stands in the way of other channels. Some sinks let others have a turn, and
/// take more at once after it.
async fn stands_beside(lanes: &Lanes) {
    lanes.shared().await;
    tokio::task::yield_now().await;
}

/// The same error once more.
fn again(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, DuplexStream, duplex};

    use super::*;

    /// How much the sink takes while nobody reads it.
    const ROOM: usize = 1000;

    fn outlet() -> (Outlet, DuplexStream) {
        let (sink, reader) = duplex(ROOM);
        (Outlet::new(Box::new(sink)), reader)
    }

    fn bytes(from: usize, to: usize) -> Vec<u8> {
        (from..to).map(|at| (at % 251) as u8).collect()
    }

    /// Writes, and starts the task if there is one.
    async fn write(outlet: &mut Outlet, data: &[u8], lanes: &Lanes) {
        if let Some(rest) = outlet.write(data, lanes).await.unwrap() {
            tokio::spawn(rest);
        }
    }

    /// Whether writing waits, as far as can be seen when all tasks have had their turns.
    async fn waits(writing: impl Future) -> bool {
        tokio::select! {
            biased;
            _ = writing => false,
            () = async { for _ in 0..100 { tokio::task::yield_now().await } } => true,
        }
    }

    #[tokio::test]
    async fn beside_other_channels_so_much_output_waits_and_comes_in_order() {
        let (mut outlet, mut reader) = outlet();
        let lanes = Arc::new(Lanes::default());
        let _other = lanes.expect();
        const PIECE: usize = 10_000;
        let mut sent = 0;
        while !waits(write(&mut outlet, &bytes(sent, sent + PIECE), &lanes)).await {
            sent += PIECE;
            assert!(sent < 2 * MAX_WAITING, "it is not bounded");
        }
        assert!(sent > MAX_WAITING / 2, "only {sent} bytes are kept");
        // A piece may be given room for the next one.
        assert!(outlet.backlog.state().kept.cost() < MAX_WAITING + 64 * 1024);
        // What waited when the room was gone has not been kept: it is offered once more.
        let reading = tokio::spawn(async move {
            let mut all = vec![0; sent + PIECE];
            reader.read_exact(&mut all).await.unwrap();
            (all, reader)
        });
        write(&mut outlet, &bytes(sent, sent + PIECE), &lanes).await;
        let (all, mut reader) = reading.await.unwrap();
        assert!(all == bytes(0, sent + PIECE));
        // Now the sink is written to as before.
        outlet.backlog.written().await.unwrap();
        write(&mut outlet, b"at once", &lanes).await;
        assert!(outlet.sink.is_some());
        reader.read_exact(&mut all[..7].to_vec()).await.unwrap();
    }

    #[tokio::test]
    async fn alone_it_is_waited_for_until_another_channel_comes() {
        let (mut outlet, mut reader) = outlet();
        let lanes = Arc::new(Lanes::default());
        let data = bytes(0, 3 * ROOM);
        let writing = write(&mut outlet, &data, &lanes);
        tokio::pin!(writing);
        assert!(waits(writing.as_mut()).await);
        let _other = lanes.expect();
        assert!(!waits(writing.as_mut()).await);
        let mut all = vec![0; data.len()];
        reader.read_exact(&mut all).await.unwrap();
        assert!(all == data);
    }

    #[tokio::test]
    async fn the_reader_sees_the_end_of_the_data_when_it_has_read_what_waited() {
        let (mut outlet, mut reader) = outlet();
        let lanes = Arc::new(Lanes::default());
        outlet.end().await;
        assert_eq!(reader.read(&mut [0; 1]).await.unwrap(), 0, "nothing had come");

        let (mut outlet, mut reader) = self::outlet();
        let other = lanes.expect();
        let data = bytes(0, 3 * ROOM);
        write(&mut outlet, &data, &lanes).await;
        outlet.end().await;
        let mut all = Vec::new();
        reader.read_to_end(&mut all).await.unwrap();
        assert!(all == data);
        outlet.backlog.written().await.unwrap();

        // What waited has been written before the end comes.
        let (mut outlet, mut reader) = self::outlet();
        write(&mut outlet, &data, &lanes).await;
        reader.read_exact(&mut vec![0; data.len()]).await.unwrap();
        outlet.backlog.written().await.unwrap();
        drop(other);
        outlet.end().await;
        assert_eq!(reader.read(&mut [0; 1]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_sink_that_fails_later_says_so_and_stops_nothing() {
        let (mut outlet, reader) = outlet();
        let lanes = Arc::new(Lanes::default());
        let _other = lanes.expect();
        let rest = outlet.write(&bytes(0, 3 * ROOM), &lanes).await.unwrap().expect("some is kept");
        drop(reader);
        assert_eq!(rest.await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        let failed = outlet.backlog.written().await.unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::BrokenPipe);
        assert!(outlet.write(&bytes(0, 9 * ROOM), &lanes).await.unwrap().is_none());
        outlet.backlog.written().await.unwrap();
    }
}
