//! The byte loop between local input and output and the session channel, until it ends.
//!
//! Output takes no part in it: the handler writes it to its sink as it is decrypted (see
//! `events`). Three things run side by side here, each as one future, so that none waits for
//! another: input to the server, changes of window size, and the channel's events.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use log::{debug, warn};
use russh::client::Msg;
use russh::{ChannelWriteHalf, Disconnect, Sig};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use crate::client::deadline;
use crate::client::flow::idle::{Clock, Watched};
use crate::client::flow::traffic::Traffic;
use crate::client::login::authenticate::Session;
use crate::client::session::channel::{Awaited, Channel, WindowSize};
use crate::client::session::escape::Escape;
use crate::client::session::information::Information;
use crate::client::session::interlude::{Interlude, InterludeFlag};
use crate::client::session::paste::Paste;
use crate::client::session::typing::Typing;
use crate::client::state::shared::{Event, Shared};
use crate::error::{Error, Kind, Result};
use crate::say;

/// Input read at once: two full packets.
const INPUT: usize = 64 * 1024;

/// How the program on the server ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// With this status.
    Status(u32),
    /// By this signal, named without SIG, with the server's text.
    Signal(String, String),
    /// The channel was closed and nothing was said.
    Unknown,
    /// The person ended the connection with `~.`.
    Escaped,
    /// Standard output was closed by whoever read it.
    OutputClosed,
}

/// Does what a line says; gives the lines there are to show.
pub type CommandLineAction<'a> = Box<dyn FnOnce(String) -> Interlude<'a, Vec<String>> + Send + 'a>;

/// The local end of an interactive session: what the relay cannot do itself.
pub trait Console {
    /// Shows lines of ours in the middle of the session; they end in `\r\n`.
    fn say(&mut self, text: &str);
    /// Stops the process as `^Z` would, and returns when it goes on.
    fn suspend(&mut self);
    /// Makes `-v` output more (`true`) or less; gives the level's name.
    fn verbosity(&mut self, more: bool) -> String;

    /// Shows the facts about the connection; `escape` is what was typed for it, as it is
    /// shown.
    fn information<'a>(&'a mut self, escape: String, facts: Information) -> Interlude<'a> {
        self.say(&facts.page(&escape));
        Box::pin(std::future::ready(()))
    }

    /// Logs in once more to the same destination, on top of this session, and returns when
    /// that is over.
    fn duplicate<'a>(&'a mut self, escape: String) -> Interlude<'a> {
        self.say(&(say!(again_not_here, escape) + "\r\n"));
        Box::pin(std::future::ready(()))
    }

    /// Asks for a line of the command line (`~C`), and shows what comes of it while the
    /// session's output still waits.
    fn command_line<'a>(&'a mut self, _act: CommandLineAction<'a>) -> Interlude<'a> {
        Box::pin(std::future::ready(()))
    }

    /// Asks whether this text, which would act on the server, may be sent; gives what to
    /// send instead of it, or `None`. Lines end in `\n`.
    fn paste<'a>(&'a mut self, _text: String) -> Interlude<'a, Option<String>> {
        Box::pin(std::future::ready(None))
    }
}

/// The local side of the relay.
pub struct LocalSide<'a, I> {
    /// Input for the server; `None` sends its end at once.
    pub input: Option<I>,
    /// Escapes, if the session is interactive and EscapeChar is not `none`.
    pub escape: Option<Escape>,
    /// The finder of pastes, if they are asked about.
    pub paste: Option<Paste>,
    /// New window sizes.
    pub resized: UnboundedReceiver<WindowSize>,
    /// The person's console.
    pub console: &'a mut (dyn Console + Send),
    /// Gives the terminal back to the person where the server has none of its own: nobody
    /// else would echo what is typed.
    pub without_pty: &'a (dyn Fn() + Sync),
}

/// Relays until the program on the server has ended and all its output is written.
///
/// # Errors
/// The connection is lost, the server refuses what was asked of it, or output cannot be
/// written.
pub async fn relay<I>(session: &Session, channel: Channel, local: LocalSide<'_, I>) -> Result<Exit>
where
    I: AsyncRead + Unpin,
{
    let Channel { write, mut events, mut awaited, program, clock } = channel;
    let LocalSide { input, escape, paste, mut resized, console, without_pty } = local;
    let input = input.map(|input| Watched::new(input, clock.clone()));
    let expired = Clock::expired_of(clock.as_deref());
    let interludes = InterludeFlag::default();
    let pump = async {
        match (input, escape) {
            (None, _) => write.eof().await.map(|()| InputEnd::Eof),
            (Some(input), None) if paste.is_none() => {
                bulk(input, &write, &session.shared.incoming.lanes.traffic).await
            }
            (Some(input), escape) => {
                let interludes = &interludes;
                let typing = Typing { write: &write, escape, paste, session, console, interludes };
                typing.run(input).await
            }
        }
    };
    let resize = async {
        while let Some(WindowSize { columns, rows, width, height }) = resized.recv().await {
            debug!("client_check_window_change: changed to {columns}x{rows}");
            if write.window_change(columns, rows, width, height).await.is_err() {
                return;
            }
        }
    };
    tokio::pin!(pump, resize, expired);
    let (mut pumping, mut resizing) = (true, true);
    let mut exit = Exit::Unknown;
    let result = loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(Event::Closed) => break Ok(exit),
                Some(Event::ExitStatus(status)) => exit = Exit::Status(status),
                Some(Event::ExitSignal { name, message }) => exit = Exit::Signal(signal(&name), message),
                Some(Event::Success) => granted(&mut awaited, session),
                Some(Event::Failure) => match denied(&mut awaited, program, without_pty) {
                    Ok(()) => {}
                    Err(error) => break Err(error),
                },
                Some(Event::OutputFailed(error)) => break output_failed(&error),
                // A status may come before the last of the output: it counts once the channel is
                // closed, and not where the connection broke in between.
                None => break Err(connection_lost(&session.shared)),
            },
            end = &mut pump, if pumping => match end {
                Ok(InputEnd::Escaped) => break Ok(Exit::Escaped),
                // The channel's own end is on its way as an event.
                Ok(InputEnd::Eof) | Err(_) => pumping = false,
            },
            () = &mut resize, if resizing => resizing = false,
            rest = &mut expired => break Err(rested(rest)),
        }
    };
    if pumping && interludes.is_on() {
        // Whoever has the terminal now keeps it until they are done.
        tokio::select! {
            _ = &mut pump => {}
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

/// Says goodbye and lets the last bytes leave.
pub async fn close(session: Session) {
    let goodbye = async {
        let told = session.handle.disconnect(Disconnect::ByApplication, "disconnected by user", "");
        if told.await.is_ok() {
            session.shared.end().await;
        }
    };
    let _ = timeout(deadline::GOODBYE, goodbye).await;
}

/// Why the pump stopped.
pub(in crate::client) enum InputEnd {
    /// Input is over; the server was told.
    Eof,
    /// `~.`
    Escaped,
}

/// Input without escapes: as fast as the server takes it.
async fn bulk<I: AsyncRead + Unpin>(
    mut input: I,
    write: &ChannelWriteHalf<Msg>,
    traffic: &Traffic,
) -> Result<InputEnd, russh::Error> {
    let mut buffer = BytesMut::with_capacity(2 * INPUT);
    loop {
        buffer.reserve(INPUT);
        // Input that cannot be read any more has ended, as for ssh.
        if input.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
            write.eof().await?;
            return Ok(InputEnd::Eof);
        }
        traffic.stir(write.id());
        write.data_bytes(buffer.split().freeze()).await?;
        // What was read leaves before more is: a queue of megabytes gains nothing.
        tokio::task::yield_now().await;
    }
}

fn granted(awaited: &mut std::collections::VecDeque<Awaited>, session: &Session) {
    if awaited.pop_front() == Some(Awaited::Program) {
        session.shared.wire.settle();
    }
}

fn denied(
    awaited: &mut std::collections::VecDeque<Awaited>,
    program: &str,
    without_pty: &(dyn Fn() + Sync),
) -> Result<()> {
    match awaited.pop_front() {
        Some(Awaited::X11) => {
            warn!("{}", say!(forward_x11_refused));
            Ok(())
        }
        Some(Awaited::Pty) => {
            // As with ssh the session goes on without; the program may not need one.
            without_pty();
            warn!("{}", say!(pty_refused));
            Ok(())
        }
        _ => Err(Error::new(Kind::Channel, say!(channel_request_refused, program))
            .hint(say!(channel_request_refused_hint))),
    }
}

fn rested(rest: Duration) -> Error {
    Error::new(Kind::Timeout, say!(session_rested, seconds = rest.as_secs()))
        .hint(say!(session_rested_hint))
}

fn output_failed(error: &std::io::Error) -> Result<Exit> {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        return Ok(Exit::OutputClosed);
    }
    let reason = crate::client::handshake::greeting::reason(error);
    Err(Error::new(Kind::Local, say!(stdout_failed, reason)).hint(say!(stdout_failed_hint)))
}

pub(in crate::client) fn connection_lost(shared: &Arc<Shared>) -> Error {
    match shared.ended() {
        Some(ended) => ended,
        None => Error::new(Kind::Disconnected, say!(connection_lost)),
    }
}

fn signal(name: &Sig) -> String {
    match name {
        Sig::Custom(name) => crate::text::line(name, 32),
        other => format!("{other:?}"),
    }
}
