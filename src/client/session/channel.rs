//! The session channel: pty, environment, and a shell, a command or a subsystem
//! (RFC 4254 section 6).
//!
//! All requests are sent without waiting for each answer; the answers arrive in order and are read
//! by the relay. This saves round trips before the first prompt.

use std::sync::Arc;
use std::time::Duration;

use log::debug;
use russh::client::Msg;
use russh::{ChannelWriteHalf, Pty};
use tokio::time::timeout;

use crate::client::connection::Session;
use crate::client::deadline;
use crate::client::flow::event::{EventReceiver, event_queue};
use crate::client::flow::idle::{self, ClockedStream, IdleClock};
use crate::client::flow::lane::{Expected, Lane};
use crate::client::flow::output::{ChannelOutput, Outlet, OutputSink};
use crate::client::incoming::x11::X11Request;
use crate::client::quirks::Quirks;
use crate::client::state::shared::ConnectionState;
use crate::error::{Error, Kind, Result};
pub use crate::os::size::WindowSize;
use crate::say;
use crate::text;

/// What to run on the server, and with which options.
pub struct SessionRequest {
    /// A pseudo-terminal, if one is wanted.
    pub pty: Option<PtyRequest>,
    /// Environment variables to request; servers accept few.
    pub env: Vec<(String, String)>,
    /// The program to start.
    pub program: ProgramRequest,
    /// Whether programs on the server may reach the agent, see `forward`.
    pub agent: bool,
    /// X11 forwarding, see `forward::x11`.
    pub x11: Option<X11Request>,
}

/// The program to start on the server.
pub enum ProgramRequest {
    /// The user's shell.
    Shell,
    /// A command line for the user's shell, byte for byte.
    Exec(Vec<u8>),
    /// A subsystem such as `sftp`.
    Subsystem(String),
}

/// The pseudo-terminal to request.
pub struct PtyRequest {
    /// TERM.
    pub term: String,
    /// Its size.
    pub size: WindowSize,
    /// The terminal modes (RFC 4254 section 8).
    pub modes: Vec<(Pty, u32)>,
}

/// A request whose answer is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AwaitedReply {
    X11,
    Pty,
    ProgramRequest,
}

/// An open session channel whose requests have been sent.
pub struct Channel {
    pub(crate) write: Arc<ChannelWriteHalf<Msg>>,
    pub(crate) events: EventReceiver,
    pub(crate) awaited: std::collections::VecDeque<AwaitedReply>,
    pub(crate) program: &'static str,
    /// The ChannelTimeout clock.
    pub(crate) clock: Option<Arc<IdleClock>>,
}

/// Opens the channel and sends its requests; output goes to the sinks from then on.
///
/// # Errors
/// The server refuses the channel, does not answer, or the connection is lost.
pub async fn open(
    session: &Session,
    request: SessionRequest,
    stdout: OutputSink,
    stderr: OutputSink,
) -> Result<Channel> {
    let (sender, events) = event_queue();
    session.shared.send_events_to(sender);
    let write = opened(session).await?;
    debug!("Entering interactive session.");
    let clock = session.shared.incoming.lanes.timeouts.clock(idle::SESSION);
    let watched = |sink: OutputSink| match &clock {
        Some(clock) => Outlet::new(Box::new(ClockedStream::new(sink, Some(Arc::clone(clock))))),
        None => Outlet::new(sink),
    };
    let output = ChannelOutput { stdout: watched(stdout), stderr: watched(stderr) };
    session.shared.send_output_to(write.id(), output);
    requested(session, write, (events, clock), &request).await
}

/// A session channel besides the connection's own. Its output waits in lanes, so that a slow
/// reader delays only this channel.
pub(crate) struct ExtraChannel {
    pub channel: Channel,
    pub stdout: Arc<Lane>,
    pub stderr: Arc<Lane>,
}

/// An [`ExtraChannel`] on which nothing has been requested yet.
pub(crate) struct BareChannel {
    pub write: ChannelWriteHalf<Msg>,
    pub stdout: Arc<Lane>,
    pub stderr: Arc<Lane>,
    pub events: EventReceiver,
    pub clock: Option<Arc<IdleClock>>,
}

/// Opens one more session channel and sends its requests; see [`open`].
pub(crate) async fn open_extra(
    session: &Session,
    request: &SessionRequest,
) -> Result<ExtraChannel> {
    requested_on(session, open_bare(session).await?, request).await
}

/// The same for a channel that can be done without: that the server refuses it is not a message.
pub(crate) async fn open_aside(
    session: &Session,
    request: &SessionRequest,
) -> Result<ExtraChannel> {
    let expected = session.shared.incoming.lanes.expect_aside();
    requested_on(session, open_expected(session, expected).await?, request).await
}

async fn requested_on(
    session: &Session,
    channel: BareChannel,
    request: &SessionRequest,
) -> Result<ExtraChannel> {
    let BareChannel { write, stdout, stderr, events, clock } = channel;
    let id = write.id();
    match requested(session, write, (events, clock), request).await {
        Ok(channel) => Ok(ExtraChannel { channel, stdout, stderr }),
        Err(error) => {
            session.shared.incoming.lanes.remove(id);
            Err(error)
        }
    }
}

/// Opens one more session channel; see [`open`].
pub(crate) async fn open_bare(session: &Session) -> Result<BareChannel> {
    open_expected(session, session.shared.incoming.lanes.expect()).await
}

async fn open_expected(session: &Session, expected: Expected) -> Result<BareChannel> {
    let lanes = &session.shared.incoming.lanes;
    lanes.traffic.about_to_ask();
    let write = opened(session).await?;
    let stdout = expected.claim(write.id());
    let (sender, events) = event_queue();
    let stderr = stdout.session(sender);
    stdout.describe(idle::SESSION.to_owned());
    let clock = stdout.start_clock(&lanes.timeouts);
    Ok(BareChannel { write, stdout, stderr, events, clock })
}

async fn opened(session: &Session) -> Result<ChannelWriteHalf<Msg>> {
    let opened = timeout(deadline::CHANNEL, session.handle.channel_open_session()).await;
    match opened {
        // The reading half is dropped: the handler receives the data in any case.
        Ok(Ok(channel)) => Ok(channel.split().1),
        Ok(Err(_)) => Err(not_opened(&session.shared).await),
        Err(_) => Err(Error::new(Kind::Timeout, say!(session_not_opened_in_time))
            .hint(say!(session_not_opened_in_time_hint))),
    }
}

async fn requested(
    session: &Session,
    write: ChannelWriteHalf<Msg>,
    (events, clock): (EventReceiver, Option<Arc<IdleClock>>),
    request: &SessionRequest,
) -> Result<Channel> {
    let sent = send(&write, request, &session.shared).await;
    let awaited = sent.map_err(|_| session.shared.lost())?;
    let program = match request.program {
        ProgramRequest::Shell => "shell",
        ProgramRequest::Exec(_) => "exec",
        ProgramRequest::Subsystem(_) => "subsystem",
    };
    Ok(Channel { write: Arc::new(write), events, awaited, program, clock })
}

async fn send(
    write: &ChannelWriteHalf<Msg>,
    request: &SessionRequest,
    shared: &ConnectionState,
) -> Result<std::collections::VecDeque<AwaitedReply>, russh::Error> {
    let mut awaited = std::collections::VecDeque::new();
    let forwards = !shared.is_restricted();
    if let Some(X11Request { protocol, cookie, screen }) = request.x11.as_ref().filter(|_| forwards)
    {
        let (protocol, cookie) = (protocol.as_str(), cookie.as_str());
        write.request_x11(true, false, protocol, cookie, *screen).await?;
        awaited.push_back(AwaitedReply::X11);
    }
    if request.agent && forwards {
        debug!("Requesting authentication agent forwarding.");
        write.agent_forward(false).await?;
    }
    if let Some(pty) = &request.pty {
        let WindowSize { columns, rows, width, height } = pty.size;
        let quirks = Quirks::of(&shared.record.server());
        let known = |mode: &&(Pty, u32)| mode.0 != Pty::IUTF8 || !quirks.utf8_mode_fails;
        let modes: Vec<_> = pty.modes.iter().filter(known).copied().collect();
        write.request_pty(true, &pty.term, columns, rows, width, height, &modes).await?;
        awaited.push_back(AwaitedReply::Pty);
    }
    for (name, value) in &request.env {
        debug!("channel 0: setting env {} = \"{}\"", text::line(name, 64), text::line(value, 64));
        write.set_env(false, name, value).await?;
    }
    match &request.program {
        ProgramRequest::Shell => write.request_shell(true).await?,
        ProgramRequest::Exec(command) => {
            debug!("Sending command: {}", text::line_bytes(command, 200));
            write.exec(true, command.as_slice()).await?;
        }
        ProgramRequest::Subsystem(name) => write.request_subsystem(true, name).await?,
    }
    awaited.push_back(AwaitedReply::ProgramRequest);
    Ok(awaited)
}

async fn not_opened(shared: &Arc<ConnectionState>) -> Error {
    /// The library says why a connection ended shortly after it has failed the request.
    const MOMENT: Duration = Duration::from_millis(200);
    let said = shared.take_open_failure();
    if said.is_none() {
        let _ = timeout(MOMENT, shared.end()).await;
    }
    match (said.or_else(|| shared.take_open_failure()), shared.ended()) {
        (Some(failure), _) => {
            let hint = match failure.is_shortage {
                true => say!(session_refused_no_room_hint),
                false => say!(session_refused_forwarding_only_hint),
            };
            Error::new(Kind::Channel, say!(session_refused_because, said = failure.said)).hint(hint)
        }
        (None, Some(ended)) => ended.context(say!(connection_lost)),
        (None, None) => {
            Error::new(Kind::Channel, say!(session_refused)).hint(say!(session_refused_hint))
        }
    }
}
