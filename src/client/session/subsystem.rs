//! A subsystem of the server, such as `sftp`: a sink for its bytes, a stream for ours, and how it
//! ends.
//!
//! With [`open`] the channel is the connection's own, so data goes from the decryption to the caller's
//! sink, without a task or a queue in between. A sink that takes nothing stops the reading of the whole
//! connection, which is the flow control: the SSH library grants windows on receipt (gap G20). So the
//! sink must never wait for something that is written to [`SubsystemInput`]. With [`open_beside`] it is
//! a further channel, whose data waits in its lane until [`SubsystemEnd::wait`] hands it on.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use log::debug;
use russh::ChannelWriteHalf;
use russh::client::Msg;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use crate::client::connection::Session;
use crate::client::deadline;
use crate::client::flow::event::{Event, EventReceiver};
use crate::client::flow::exit::Exit;
use crate::client::flow::idle::IdleClock;
use crate::client::flow::lane::Lane;
use crate::client::flow::output::OutputSink;
use crate::client::session::channel::{
    self, AwaitedReply, Channel, ExtraChannel, ProgramRequest, SessionRequest,
};
use crate::client::session::relay;
use crate::client::session::unanswered::AnswerLimit;
use crate::client::state::shared::ConnectionState;
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;

/// How many bytes of the program's standard error are kept, and how many characters are shown.
const MAX_ERRORS: usize = 4 * 1024;
const SHOWN_ERRORS: usize = 300;

/// A subsystem that was started. The [`Session`] must be kept as long as it is used.
pub struct Subsystem {
    /// What is sent to the server.
    pub input: SubsystemInput,
    /// How the subsystem ends.
    pub end: SubsystemEnd,
}

/// The writing half of a [`Subsystem`].
pub struct SubsystemInput {
    write: Arc<ChannelWriteHalf<Msg>>,
    shared: Arc<ConnectionState>,
    clock: Option<Arc<IdleClock>>,
}

/// Starts a subsystem on the session's own channel, with these environment variables. What the
/// server sends goes to `output`. Does not wait for the server's answer: bytes can be sent at once.
///
/// # Errors
/// The server refuses the channel, does not answer, or the connection is lost.
pub async fn open(
    session: &Session,
    name: &str,
    env: Vec<(String, String)>,
    output: OutputSink,
) -> Result<Subsystem> {
    let errors = Arc::new(Mutex::default());
    let stderr = Box::new(ErrorSink(Arc::clone(&errors)));
    let channel = channel::open(session, request(name, env), output, stderr).await?;
    Ok(subsystem(session, name, channel, errors, None))
}

/// Starts a subsystem on one more channel of the connection; otherwise as [`open`]. The server may
/// refuse the channel because it has enough (`MaxSessions`).
///
/// # Errors
/// As [`open`].
pub async fn open_beside(
    session: &Session,
    name: &str,
    env: Vec<(String, String)>,
    output: OutputSink,
) -> Result<Subsystem> {
    let ExtraChannel { channel, stdout, stderr } =
        channel::open_aside(session, &request(name, env)).await?;
    let errors = Arc::new(Mutex::default());
    let sink = ErrorSink(Arc::clone(&errors));
    let write = Arc::clone(&channel.write);
    let shared = Arc::clone(&session.shared);
    let lanes = BesideLanes { stdout, stderr, output, errors: sink, write, shared };
    Ok(subsystem(session, name, channel, errors, Some(lanes)))
}

fn request(name: &str, env: Vec<(String, String)>) -> SessionRequest {
    let program = ProgramRequest::Subsystem(name.to_owned());
    SessionRequest { pty: None, env, program, agent: false, x11: None }
}

fn subsystem(
    session: &Session,
    name: &str,
    channel: Channel,
    errors: Arc<Mutex<Vec<u8>>>,
    lanes: Option<BesideLanes>,
) -> Subsystem {
    let Channel { write, events, awaited, clock, .. } = channel;
    let shared = Arc::clone(&session.shared);
    let end = SubsystemEnd {
        name: name.to_owned(),
        errors,
        shared: Arc::clone(&shared),
        awaited,
        events,
        clock: clock.clone(),
        lanes,
    };
    Subsystem { input: SubsystemInput { write, shared, clock }, end }
}

/// What a further channel has received, on its way to the sinks.
struct BesideLanes {
    stdout: Arc<Lane>,
    stderr: Arc<Lane>,
    output: OutputSink,
    errors: ErrorSink,
    write: Arc<ChannelWriteHalf<Msg>>,
    shared: Arc<ConnectionState>,
}

impl BesideLanes {
    /// Hands on what the server sends, to its end.
    async fn pour(&mut self) {
        let BesideLanes { stdout, stderr, output, errors, .. } = self;
        tokio::join!(pour(stdout, output), pour(stderr, errors));
    }

    /// Closes the channel.
    async fn close(self) {
        if !self.stdout.is_closed() {
            let _ = self.write.close().await;
        }
    }
}

impl Drop for BesideLanes {
    fn drop(&mut self) {
        self.shared.incoming.lanes.remove(self.write.id());
    }
}

/// Hands on what is in a lane. A sink that fails has told why to whom it belongs.
async fn pour(lane: &Lane, sink: &mut (impl AsyncWrite + Unpin)) {
    while let Ok(bytes) = lane.take().await {
        if sink.write_all(&bytes).await.is_err() {
            return lane.forget();
        }
    }
}

/// Keeps the beginning of the program's standard error.
struct ErrorSink(Arc<Mutex<Vec<u8>>>);

impl AsyncWrite for ErrorSink {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        debug!("standard error of the subsystem: {}", text::line_bytes(data, SHOWN_ERRORS));
        let mut errors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MAX_ERRORS - errors.len().min(MAX_ERRORS);
        errors.extend_from_slice(&data[..data.len().min(room)]);
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
    /// Sends bytes, which are not copied before they are encrypted. Waits as long as the server's
    /// window has no room for them.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn send(&self, bytes: Bytes) -> Result<()> {
        if let Some(clock) = &self.clock {
            clock.touch();
        }
        self.shared.incoming.lanes.traffic.about_to_send(self.write.id());
        self.write.data_bytes(bytes).await.map_err(|_| self.shared.lost())
    }

    /// Tells the server that no more bytes follow.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn end(&self) -> Result<()> {
        self.write.eof().await.map_err(|_| self.shared.lost())
    }
}

/// How a [`Subsystem`] ends.
pub struct SubsystemEnd {
    name: String,
    errors: Arc<Mutex<Vec<u8>>>,
    shared: Arc<ConnectionState>,
    awaited: VecDeque<AwaitedReply>,
    events: EventReceiver,
    clock: Option<Arc<IdleClock>>,
    /// Those of a further channel.
    lanes: Option<BesideLanes>,
}

impl SubsystemEnd {
    /// Waits until the server sends no more and has said how the program ended, or has had the time
    /// to. All that it has sent is in the sink then.
    ///
    /// # Errors
    /// The server refuses the subsystem, its program fails, or ends without a word, or the connection
    /// is lost.
    pub async fn wait(mut self) -> Result<()> {
        let (clock, mut lanes) = (self.clock.take(), self.lanes.take());
        let poured = async {
            if let Some(lanes) = &mut lanes {
                lanes.pour().await;
            }
            Ok(())
        };
        let end = tokio::select! {
            end = async { tokio::try_join!(self.program(), poured) } => end.map(drop),
            rest = IdleClock::expired_of(clock.as_deref()) => Err(relay::idle_too_long(rest)),
        };
        if let Some(lanes) = lanes {
            lanes.close().await;
        }
        end
    }

    /// Handles the channel's events to the program's end. After EOF the channel's end is waited for
    /// only for a moment: some servers never send it.
    async fn program(&mut self) -> Result<()> {
        let mut exit = Exit::Unknown;
        let mut until = None;
        let shared = Arc::clone(&self.shared);
        let limit = AnswerLimit::start(&shared, "subsystem");
        loop {
            let next = limit.next(&mut self.events, !self.awaited.is_empty());
            let event = match until {
                None => next.await?,
                Some(until) => match timeout_at(until, next).await {
                    Ok(event) => event?,
                    Err(_) => return self.ended(&exit, say!(subsystem_output_over)),
                },
            };
            match event {
                Some(Event::Closed) => return self.ended(&exit, say!(subsystem_closed)),
                Some(Event::Eof) => until = Some(Instant::now() + deadline::STATUS_AFTER_EOF),
                Some(Event::ExitStatus(status)) => exit = Exit::Status(status),
                Some(Event::ExitSignal { name, message }) => {
                    exit = Exit::Signal(relay::signal(&name), message);
                }
                Some(Event::Success) if self.awaited.pop_front().is_some() => shared.wire.settle(),
                Some(Event::Failure) if !self.awaited.is_empty() => return Err(self.refused()),
                // Whoever made the sink knows why it failed.
                Some(Event::Success | Event::Failure | Event::OutputFailed(_)) => {}
                None => return Err(shared.lost()),
            }
            if until.is_some() && exit != Exit::Unknown {
                return self.ended(&exit, String::new());
            }
        }
    }

    fn refused(&self) -> Error {
        Error::new(Kind::Channel, say!(subsystem_refused, name = self.name))
            .hint(say!(subsystem_refused_hint, name = self.name))
    }

    /// `unsaid` tells how it ended where the server has not said so.
    fn ended(&self, exit: &Exit, unsaid: String) -> Result<()> {
        let how = match exit {
            Exit::Status(0) => return Ok(()),
            Exit::Status(status) => say!(subsystem_status, status),
            Exit::Signal(signal, _) => say!(subsystem_signal, signal),
            _ => unsaid,
        };
        let errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        let said = text::line_bytes(&errors, SHOWN_ERRORS);
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
    use super::*;

    #[tokio::test]
    async fn of_standard_error_the_beginning_is_kept() {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let mut sink = ErrorSink(Arc::clone(&kept));
        for _ in 0..10 {
            sink.write_all(&[b'e'; 1000]).await.unwrap();
        }
        assert_eq!(kept.lock().unwrap().len(), MAX_ERRORS);
    }
}
