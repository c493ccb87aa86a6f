//! A subsystem of the server, such as `sftp`, as two streams of bytes.
//!
//! The channel is the connection's own, so data goes from the decryption into one buffer, without a
//! task or a queue of packets in between. A reader that takes nothing stops the reading of the whole
//! connection when the buffer is full, which is the flow control: the SSH library grants windows on
//! receipt (gap G20). So the reader must go on reading while something is written, or at least take
//! no more than [`MAX_AHEAD`] of answers to be outstanding.
//!
//! A refusal, the end of the program and the loss of the connection come out of the reader: after
//! all data as its end, or as an error of our own words.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use log::debug;
use russh::ChannelWriteHalf;
use russh::client::Msg;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::client::connection::Session;
use crate::client::flow::event::{Event, EventReceiver};
use crate::client::flow::exit::Exit;
use crate::client::flow::idle::IdleClock;
use crate::client::session::channel::{
    self, AwaitedReply, Channel, ProgramRequest, SessionRequest,
};
use crate::client::session::relay;
use crate::client::state::shared::ConnectionState;
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;

/// The most bytes that wait for the reader: more than an SFTP client asks for at once.
pub const MAX_AHEAD: usize = 32 * 1024 * 1024;
/// After this many bytes the reader gets its turn, so that they are still in the processor's cache.
const TURN: usize = 256 * 1024;
/// The most bytes that one write takes.
const MAX_WRITE: usize = 256 * 1024;
/// How many bytes of the program's standard error are kept, and how many characters are shown.
const MAX_ERRORS: usize = 4 * 1024;
const SHOWN_ERRORS: usize = 300;

/// The streams of a subsystem. The [`Session`] must be kept as long as they are used.
pub struct Subsystem {
    /// What the server sends.
    pub output: SubsystemOutput,
    /// What is sent to the server.
    pub input: SubsystemInput,
}

/// The reading half of a [`Subsystem`].
pub struct SubsystemOutput {
    ahead: Arc<Ahead>,
    /// Bytes that were taken out of the buffer, and how many of them are read.
    taken: Vec<u8>,
    read: usize,
}

/// The writing half of a [`Subsystem`]. A write takes bytes at once if the previous ones are sent;
/// `flush` waits until all are. Shutting it down tells the server that no more bytes follow.
pub struct SubsystemInput {
    write: Arc<ChannelWriteHalf<Msg>>,
    shared: Arc<ConnectionState>,
    clock: Option<Arc<IdleClock>>,
    sending: Option<Sending>,
}

type Sending = Pin<Box<dyn Future<Output = Result<(), russh::Error>> + Send>>;

/// Starts a subsystem on the session's own channel, with these environment variables. Does not wait
/// for the server's answer: bytes can be sent at once.
///
/// # Errors
/// The server refuses the channel, does not answer, or the connection is lost.
pub async fn open(session: &Session, name: &str, env: Vec<(String, String)>) -> Result<Subsystem> {
    let program = ProgramRequest::Subsystem(name.to_owned());
    let request = SessionRequest { pty: None, env, program, agent: false, x11: None };
    let ahead = Arc::new(Ahead::default());
    let stdout = Box::new(AheadSink { ahead: Arc::clone(&ahead), has_yielded: false });
    let stderr = Box::new(ErrorSink(Arc::clone(&ahead)));
    let channel = channel::open(session, request, stdout, stderr).await?;
    let Channel { write, events, awaited, clock, .. } = channel;
    let shared = Arc::clone(&session.shared);
    let watch = Watch {
        name: name.to_owned(),
        ahead: Arc::clone(&ahead),
        shared: Arc::clone(&shared),
        awaited,
    };
    let output = SubsystemOutput { ahead, taken: Vec::new(), read: 0 };
    tokio::spawn(watch.run(events, clock.clone()));
    Ok(Subsystem { output, input: SubsystemInput { write, shared, clock, sending: None } })
}

/// What has arrived and was not taken yet.
#[derive(Default)]
struct Ahead {
    state: Mutex<AheadState>,
}

#[derive(Default)]
struct AheadState {
    data: Vec<u8>,
    errors: Vec<u8>,
    /// What follows the data; `None` while more may come.
    end: Option<Result<()>>,
    /// The reader is gone; data is dropped.
    is_unwanted: bool,
    reader: Option<Waker>,
    /// Whoever waits for room.
    writer: Option<Waker>,
}

impl Ahead {
    fn lock(&self) -> MutexGuard<'_, AheadState> {
        // No code in this file panics while it holds this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets what follows the data; the first word counts.
    fn end(&self, end: Result<()>) {
        let mut state = self.lock();
        state.end.get_or_insert(end);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }
}

impl AsyncRead for SubsystemOutput {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let output = &mut *self;
        if output.read == output.taken.len() {
            let mut state = output.ahead.lock();
            if state.data.is_empty() {
                match &state.end {
                    Some(Ok(())) => return Poll::Ready(Ok(())),
                    Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error.clone()))),
                    None => {}
                }
                state.reader = Some(cx.waker().clone());
                return Poll::Pending;
            }
            // The two buffers change places, so that no memory is allocated in the long run.
            output.taken.clear();
            std::mem::swap(&mut output.taken, &mut state.data);
            output.read = 0;
            if let Some(writer) = state.writer.take() {
                writer.wake();
            }
        }
        let unread = &output.taken[output.read..];
        let count = buf.remaining().min(unread.len());
        buf.put_slice(&unread[..count]);
        output.read += count;
        Poll::Ready(Ok(()))
    }
}

impl Drop for SubsystemOutput {
    fn drop(&mut self) {
        let mut state = self.ahead.lock();
        state.is_unwanted = true;
        state.data = Vec::new();
        if let Some(writer) = state.writer.take() {
            writer.wake();
        }
    }
}

/// Takes the channel's data from the handler.
struct AheadSink {
    ahead: Arc<Ahead>,
    /// Whether the reader has had its turn since more than [`TURN`] waits.
    has_yielded: bool,
}

impl AsyncWrite for AheadSink {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let ahead = Arc::clone(&self.ahead);
        let mut state = ahead.lock();
        if state.is_unwanted {
            return Poll::Ready(Ok(data.len()));
        }
        let room = MAX_AHEAD.saturating_sub(state.data.len());
        if room == 0 {
            state.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        if state.data.len() >= TURN && !self.has_yielded {
            self.has_yielded = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.has_yielded = false;
        let count = data.len().min(room);
        state.data.extend_from_slice(&data[..count]);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Keeps the beginning of the program's standard error.
struct ErrorSink(Arc<Ahead>);

impl AsyncWrite for ErrorSink {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        debug!("standard error of the subsystem: {}", text::line_bytes(data, SHOWN_ERRORS));
        let mut state = self.0.lock();
        let room = MAX_ERRORS - state.errors.len().min(MAX_ERRORS);
        state.errors.extend_from_slice(&data[..data.len().min(room)]);
        Poll::Ready(Ok(data.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl SubsystemInput {
    /// Continues to send what was taken.
    fn poll_sent(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(sending) = &mut self.sending else { return Poll::Ready(Ok(())) };
        let sent = ready!(sending.as_mut().poll(cx));
        self.sending = None;
        Poll::Ready(sent.map_err(|_| io::Error::other(self.shared.lost())))
    }
}

impl AsyncWrite for SubsystemInput {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_sent(cx))?;
        let count = data.len().min(MAX_WRITE);
        if count == 0 {
            return Poll::Ready(Ok(0));
        }
        if let Some(clock) = &self.clock {
            clock.touch();
        }
        let traffic = &self.shared.incoming.lanes.traffic;
        traffic.about_to_send(self.write.id());
        let bytes = Bytes::copy_from_slice(&data[..count]);
        let write = Arc::clone(&self.write);
        self.sending = Some(Box::pin(async move { write.data_bytes(bytes).await }));
        match self.poll_sent(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(count)),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_sent(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_sent(cx))?;
        let write = Arc::clone(&self.write);
        self.sending = Some(Box::pin(async move { write.eof().await }));
        self.poll_sent(cx)
    }
}

/// Waits for the end of the program, and tells the reader.
struct Watch {
    name: String,
    ahead: Arc<Ahead>,
    shared: Arc<ConnectionState>,
    awaited: VecDeque<AwaitedReply>,
}

impl Watch {
    async fn run(mut self, events: EventReceiver, clock: Option<Arc<IdleClock>>) {
        let end = tokio::select! {
            end = self.program(events) => end,
            rest = IdleClock::expired_of(clock.as_deref()) => Err(relay::idle_too_long(rest)),
        };
        self.ahead.end(end);
    }

    /// Handles the channel's events until it is closed.
    async fn program(&mut self, mut events: EventReceiver) -> Result<()> {
        let mut exit = Exit::Unknown;
        while let Some(event) = events.recv().await {
            match event {
                Event::Closed => return self.ended(&exit),
                Event::ExitStatus(status) => exit = Exit::Status(status),
                Event::ExitSignal { name, message } => {
                    exit = Exit::Signal(relay::signal(&name), message);
                }
                Event::Success if self.awaited.pop_front().is_some() => self.shared.wire.settle(),
                Event::Failure => return Err(self.refused()),
                // The sink never fails.
                Event::Success | Event::OutputFailed(_) => {}
            }
        }
        Err(self.shared.lost())
    }

    fn refused(&self) -> Error {
        Error::new(Kind::Channel, say!(subsystem_refused, name = self.name))
            .hint(say!(subsystem_refused_hint, name = self.name))
    }

    fn ended(&self, exit: &Exit) -> Result<()> {
        let how = match exit {
            Exit::Status(0) => return Ok(()),
            Exit::Status(status) => say!(subsystem_status, status),
            Exit::Signal(signal, _) => say!(subsystem_signal, signal),
            _ => say!(subsystem_closed),
        };
        let said = text::line_bytes(&self.ahead.lock().errors, SHOWN_ERRORS);
        let name = &self.name;
        let cause = match said.is_empty() {
            true => say!(subsystem_ended, name, how),
            false => say!(subsystem_ended_saying, name, how, said),
        };
        Err(Error::new(Kind::Channel, cause).hint(say!(subsystem_ended_hint, name)))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn pair() -> (AheadSink, SubsystemOutput) {
        let ahead = Arc::new(Ahead::default());
        let sink = AheadSink { ahead: Arc::clone(&ahead), has_yielded: false };
        (sink, SubsystemOutput { ahead, taken: Vec::new(), read: 0 })
    }

    #[tokio::test]
    async fn a_reader_that_takes_nothing_stops_the_sink_at_the_bound() {
        let (mut sink, mut output) = pair();
        let ahead = Arc::clone(&output.ahead);
        let feeding = tokio::spawn(async move {
            let packet = vec![7; 32 * 1024];
            for _ in 0..2 * MAX_AHEAD / packet.len() {
                sink.write_all(&packet).await.unwrap();
            }
            sink.ahead.end(Ok(()));
        });
        while ahead.lock().data.len() < MAX_AHEAD {
            tokio::task::yield_now().await;
        }
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(!feeding.is_finished());
        assert_eq!(ahead.lock().data.len(), MAX_AHEAD);
        let mut read = Vec::new();
        output.read_to_end(&mut read).await.unwrap();
        assert_eq!(read.len(), 2 * MAX_AHEAD);
    }

    #[tokio::test]
    async fn an_error_comes_after_the_data_and_stays() {
        let (mut sink, mut output) = pair();
        sink.write_all(b"data").await.unwrap();
        sink.ahead.end(Err(Error::new(Kind::Channel, "over")));
        sink.ahead.end(Ok(()));
        let mut read = [0; 4];
        output.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"data");
        for _ in 0..2 {
            let error = output.read(&mut read).await.unwrap_err();
            assert_eq!(error.to_string(), "over");
        }
    }

    #[tokio::test]
    async fn nothing_waits_for_a_reader_that_is_gone() {
        let (mut sink, output) = pair();
        let ahead = Arc::clone(&output.ahead);
        drop(output);
        for _ in 0..3 {
            sink.write_all(&vec![7; MAX_AHEAD]).await.unwrap();
        }
        assert!(ahead.lock().data.is_empty());
    }
}
