//! The relay between a session channel and the local side. It runs until the program on the server
//! has ended (RFC 4254 section 6).
//!
//! The handler writes output to its sink as it is decrypted (see `handshake::handler`), so output
//! does not pass through here. Three futures run side by side, so that none waits for another:
//! input to the server, changes of the window size, and the channel's events.

use std::collections::VecDeque;
use std::future::pending;
use std::time::Duration;

use log::{debug, info, warn};
use russh::client::Msg;
use russh::{ChannelId, ChannelWriteHalf, Disconnect, Sig};
use tokio::io::AsyncRead;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::client::connection::Session;
use crate::client::deadline;
use crate::client::flow::copy::{ChannelSink, LocalInput, alongside, copy};
use crate::client::flow::event::{Event, EventReceiver};
use crate::client::flow::exit::Exit;
use crate::client::flow::idle::{ClockedStream, IdleClock};
use crate::client::session::channel::{AwaitedReply, Channel, WindowSize};
use crate::client::session::console::Console;
use crate::client::session::escape::Escape;
use crate::client::session::interlude::InterludeFlag;
use crate::client::session::paste::Paste;
use crate::client::session::typing::{InputEnd, Typing};
use crate::client::session::unanswered::AnswerLimit;
use crate::error::{Error, Kind, Result};
use crate::say;

/// The local side of the relay.
pub struct LocalSide<'a, I> {
    /// Input for the server; `None` sends its end at once.
    pub input: Option<I>,
    /// Whether a person types it: their keys go before everything else on the connection.
    pub is_typed: bool,
    /// The escapes, if the server has a terminal and EscapeChar is not `none`.
    pub escape: Option<Escape>,
    /// The detection of pastes, if they are asked about.
    pub paste: Option<Paste>,
    /// The window's size, whenever it changes; of several changes the server is told the last.
    pub resized: watch::Receiver<WindowSize>,
    /// The person's console.
    pub console: &'a mut (dyn Console + Send),
    /// Called if the server refuses the pseudo-terminal: gives the local terminal its normal mode
    /// back, because nothing else would echo what is typed.
    pub without_pty: &'a (dyn Fn() + Sync),
}

/// Relays until the program on the server has ended and all its output is written.
///
/// # Errors
/// The connection is lost, the server refuses a request, or output cannot be written.
pub async fn relay<I>(session: &Session, channel: Channel, local: LocalSide<'_, I>) -> Result<Exit>
where
    I: AsyncRead + Unpin,
{
    let Channel { write, events, awaited, program, clock } = channel;
    let LocalSide { input, is_typed, escape, paste, resized, console, without_pty } = local;
    let traffic = &*session.shared.incoming.lanes.traffic;
    let server = ChannelSink { channel: &write, traffic, clock: None, is_typed };
    let input = input.map(|input| ClockedStream::new(input, clock.clone()));
    let interludes = &InterludeFlag::default();
    // In memory of its own: each of the futures around it would have room for it twice.
    let upload = Box::pin(async {
        match (input, escape, paste) {
            (None, ..) => server.eof().await.map(|()| InputEnd::Eof),
            (Some(input), None, None) if !is_typed => bulk(input, server).await,
            (Some(input), escape, paste) => {
                let _interactive = is_typed.then(|| traffic.pace.interactive());
                Typing { server, escape, paste, session, console, interludes }.run(input).await
            }
        }
    });
    let upload = escaped(upload);
    tokio::pin!(upload);
    let channel = write.id();
    let program = RunningProgram { session, channel, awaited, name: program, without_pty };
    let result = tokio::select! {
        exit = alongside(program.run(events), send_sizes(&write, resized)) => exit,
        exit = &mut upload => Ok(exit),
        rest = IdleClock::expired_of(clock.as_deref()) => Err(idle_too_long(rest)),
    };
    if interludes.is_on() {
        // An interlude keeps the terminal until the person has finished it.
        tokio::select! {
            _ = &mut upload => {}
            () = interludes.over() => {}
        }
    }
    result
}

/// Keeps a connection without a session open until it ends (`-N`).
///
/// # Errors
/// The connection is lost.
pub async fn linger(session: &Session) -> Result<Exit> {
    Err(session.shared.end().await)
}

/// Ends the connection with a disconnect message, and waits a moment for it to be sent.
pub async fn close(session: Session) {
    let goodbye = async {
        let told = session.handle.disconnect(Disconnect::ByApplication, "disconnected by user", "");
        if told.await.is_ok() {
            session.shared.end().await;
        }
    };
    let _ = timeout(deadline::GOODBYE, goodbye).await;
}

/// Sends input without looking for escapes, as fast as the server takes it.
async fn bulk<I: AsyncRead + Unpin>(
    input: I,
    server: ChannelSink<'_>,
) -> Result<InputEnd, russh::Error> {
    copy(LocalInput::new(input), server).await?;
    server.eof().await?;
    Ok(InputEnd::Eof)
}

/// Waits until the person ends the connection, or their terminal goes. If the upload ends otherwise,
/// this waits on: the server may still send, and the channel's end arrives as an event.
async fn escaped(upload: impl Future<Output = Result<InputEnd, russh::Error>>) -> Exit {
    match upload.await {
        Ok(InputEnd::Escaped) => Exit::Escaped,
        Ok(InputEnd::HungUp) => Exit::HungUp,
        Ok(InputEnd::Eof) | Err(_) => pending().await,
    }
}

/// Tells the server each new size of the window.
async fn send_sizes(write: &ChannelWriteHalf<Msg>, mut resized: watch::Receiver<WindowSize>) {
    while resized.changed().await.is_ok() {
        let WindowSize { columns, rows, width, height } = *resized.borrow_and_update();
        debug!("client_check_window_change: changed to {columns}x{rows}");
        if write.window_change(columns, rows, width, height).await.is_err() {
            return;
        }
    }
}

/// The program on the server, from the requests that start it to its exit.
struct RunningProgram<'a> {
    session: &'a Session,
    channel: ChannelId,
    /// The requests whose answers are awaited.
    awaited: VecDeque<AwaitedReply>,
    /// The name of the request that starts the program.
    name: &'static str,
    without_pty: &'a (dyn Fn() + Sync),
}

impl RunningProgram<'_> {
    /// Handles the channel's events until it is closed. An exit status may arrive before the last
    /// output, so it counts only when the channel is closed or, if the connection is lost before,
    /// when the server has said that no more output follows. A connection that is at fault, with
    /// another host key or a packet that cannot be right, ends as that in any case.
    async fn run(mut self, mut events: EventReceiver) -> Result<Exit> {
        let (mut exit, mut is_complete) = (Exit::Unknown, false);
        let limit = AnswerLimit::start(&self.session.shared, self.name);
        while let Some(event) = limit.next(&mut events, !self.awaited.is_empty()).await? {
            match event {
                Event::Closed => return self.written(exit).await,
                Event::ExitStatus(status) => exit = Exit::Status(status),
                Event::ExitSignal { name, message } => exit = Exit::Signal(signal(&name), message),
                Event::Eof => is_complete = true,
                Event::Success => self.granted(),
                Event::Failure => self.denied()?,
                Event::OutputFailed(error) => return output_failed(&error),
            }
        }
        // What had arrived before counts all the same.
        let written = self.written(exit).await;
        let lost = self.session.shared.lost();
        match written {
            Ok(Exit::Unknown) => Err(lost),
            Ok(exit) if is_complete && !self.session.shared.ended_by_server() => {
                info!("{lost}");
                Ok(exit)
            }
            Ok(Exit::Status(status)) if !is_complete => {
                Err(lost.context(say!(session_lost_after_status, status)))
            }
            _ => Err(lost),
        }
    }

    /// Waits until all output is written that has arrived; gives the exit.
    async fn written(&self, exit: Exit) -> Result<Exit> {
        match self.session.shared.output_written(self.channel).await {
            Ok(()) => Ok(exit),
            Err(error) => output_failed(&error),
        }
    }

    fn granted(&mut self) {
        if self.awaited.pop_front() == Some(AwaitedReply::ProgramRequest) {
            self.session.shared.wire.settle();
        }
    }

    fn denied(&mut self) -> Result<()> {
        match self.awaited.pop_front() {
            Some(AwaitedReply::X11) => warn!("{}", say!(forward_x11_refused)),
            Some(AwaitedReply::Pty) => {
                // As in ssh, the session continues without a pseudo-terminal: the program may not
                // need one.
                (self.without_pty)();
                warn!("{}", say!(pty_refused));
            }
            Some(AwaitedReply::ProgramRequest) => {
                let cause = say!(channel_request_refused, program = self.name);
                let hint = say!(channel_request_refused_hint);
                return Err(Error::new(Kind::Channel, cause).hint(hint));
            }
            None => debug!("the server refused a request that nobody made"),
        }
        Ok(())
    }
}

pub(super) fn idle_too_long(rest: Duration) -> Error {
    Error::new(Kind::Timeout, say!(session_rested, seconds = rest.as_secs()))
        .hint(say!(session_rested_hint))
}

fn output_failed(error: &std::io::Error) -> Result<Exit> {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        return Ok(Exit::OutputClosed);
    }
    let reason = crate::client::failure::reason(error);
    Err(Error::new(Kind::Local, say!(stdout_failed, reason)).hint(say!(stdout_failed_hint)))
}

pub(super) fn signal(name: &Sig) -> String {
    match name {
        Sig::Custom(name) => crate::text::line(name, 32),
        other => format!("{other:?}"),
    }
}
