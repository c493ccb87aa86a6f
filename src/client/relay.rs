//! The byte loop between local input and output and the session channel, until it ends.
//!
//! Output takes no part in it: the handler writes it to its sink as it is decrypted (see
//! `events`). Three things run side by side here, each as one future, so that none waits for
//! another: input to the server, changes of window size, and the channel's events.

use std::sync::Arc;

use bytes::BytesMut;
use log::{debug, warn};
use russh::client::Msg;
use russh::{ChannelWriteHalf, Disconnect, Sig};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::authenticate::Session;
use super::channel::{Awaited, Channel, WindowSize};
use super::deadline;
use super::escape::{Action, Escape};
use super::events::{Event, Shared};
use crate::error::{Error, Kind, Result};
use crate::say;

/// Input read at once: two full packets.
const INPUT: usize = 64 * 1024;
/// Typed bytes held while the server takes none, so that `~.` is still seen.
const HELD: usize = 64 * 1024;

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

/// The local end of an interactive session: what the relay cannot do itself.
pub trait Console {
    /// Shows lines of ours in the middle of the session; they end in `\r\n`.
    fn say(&mut self, text: &str);
    /// Stops the process as `^Z` would, and returns when it goes on.
    fn suspend(&mut self);
    /// Makes `-v` output more (`true`) or less; gives the level's name.
    fn verbosity(&mut self, more: bool) -> String;
}

/// The local side of the relay.
pub struct Local<'a, I> {
    /// Input for the server; `None` sends its end at once.
    pub input: Option<I>,
    /// Escapes, if the session is interactive and EscapeChar is not `none`.
    pub escape: Option<Escape>,
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
pub async fn relay<I>(session: &Session, channel: Channel, local: Local<'_, I>) -> Result<Exit>
where
    I: AsyncRead + Unpin,
{
    let Channel { write, mut events, mut awaited, program } = channel;
    let Local { input, escape, mut resized, console, without_pty } = local;
    let pump = async {
        match (input, escape) {
            (None, _) => write.eof().await.map(|()| End::Input),
            (Some(input), None) => bulk(input, &write).await,
            (Some(input), Some(escape)) => typed(input, &write, escape, session, console).await,
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
    tokio::pin!(pump, resize);
    let (mut pumping, mut resizing) = (true, true);
    let mut exit = Exit::Unknown;
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(Event::Closed) => return Ok(exit),
                Some(Event::ExitStatus(status)) => exit = Exit::Status(status),
                Some(Event::ExitSignal { name, message }) => exit = Exit::Signal(signal(&name), message),
                Some(Event::Success) => granted(&mut awaited, session),
                Some(Event::Failure) => denied(&mut awaited, program, without_pty)?,
                Some(Event::OutputFailed(error)) => return output_failed(&error),
                // The connection is gone; a status that came before still counts.
                None if exit != Exit::Unknown => return Ok(exit),
                None => return Err(connection_lost(&session.shared)),
            },
            end = &mut pump, if pumping => match end {
                Ok(End::Escaped) => return Ok(Exit::Escaped),
                // The channel's own end is on its way as an event.
                Ok(End::Input) | Err(_) => pumping = false,
            },
            () = &mut resize, if resizing => resizing = false,
        }
    }
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
            let _ = session.handle.await;
        }
    };
    let _ = timeout(deadline::GOODBYE, goodbye).await;
}

/// Why the pump stopped.
enum End {
    /// Input is over; the server was told.
    Input,
    /// `~.`
    Escaped,
}

/// Input without escapes: as fast as the server takes it.
async fn bulk<I: AsyncRead + Unpin>(
    mut input: I,
    write: &ChannelWriteHalf<Msg>,
) -> Result<End, russh::Error> {
    let mut buffer = BytesMut::with_capacity(2 * INPUT);
    loop {
        buffer.reserve(INPUT);
        // Input that cannot be read any more has ended, as for ssh.
        if input.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
            write.eof().await?;
            return Ok(End::Input);
        }
        write.data_bytes(buffer.split().freeze()).await?;
        // What was read leaves before more is: a queue of megabytes gains nothing.
        tokio::task::yield_now().await;
    }
}

/// Input with escapes. Typing goes on while the server takes nothing: `~.` must work then
/// more than ever.
async fn typed<I: AsyncRead + Unpin>(
    mut input: I,
    write: &ChannelWriteHalf<Msg>,
    mut escape: Escape,
    session: &Session,
    console: &mut (dyn Console + Send),
) -> Result<End, russh::Error> {
    let mut keys = [0; 4096];
    let mut held = BytesMut::new();
    let mut ended = false;
    loop {
        if held.is_empty() {
            if ended {
                write.eof().await?;
                return Ok(End::Input);
            }
            let count = input.read(&mut keys).await.unwrap_or(0);
            ended = count == 0;
            if interpret(&keys[..count], &mut held, &mut escape, session, console).await {
                return Ok(End::Escaped);
            }
            continue;
        }
        let send = write.data_bytes(held.split().freeze());
        tokio::pin!(send);
        loop {
            tokio::select! {
                biased;
                sent = &mut send => {
                    sent?;
                    // The key leaves before the terminal is asked for the next one.
                    tokio::task::yield_now().await;
                    break;
                }
                count = input.read(&mut keys), if !ended && held.len() < HELD => {
                    let count = count.unwrap_or(0);
                    ended = count == 0;
                    if interpret(&keys[..count], &mut held, &mut escape, session, console).await {
                        return Ok(End::Escaped);
                    }
                }
            }
        }
    }
}

/// Runs typed bytes through the escapes; `true` if the connection shall end.
async fn interpret(
    mut keys: &[u8],
    held: &mut BytesMut,
    escape: &mut Escape,
    session: &Session,
    console: &mut (dyn Console + Send),
) -> bool {
    while !keys.is_empty() {
        let (used, action) = escape.next(keys, held);
        keys = &keys[used..];
        match action {
            None => {}
            Some(Action::Disconnect) => return true,
            Some(Action::Suspend) => {
                console.say(
                    &(say!("error-client-suspend-tessh", escape = escape.shown(0x1a)) + "\r\n"),
                );
                console.suspend();
            }
            Some(Action::Help) => console.say(&escape.help()),
            Some(Action::List) => console.say(&connections(escape, session)),
            Some(Action::Rekey) => {
                // Where nothing moves the request cannot leave; `~.` must be read all the same.
                tokio::select! {
                    biased;
                    _ = session.handle.rekey_soon() => {}
                    () = std::future::ready(()) => {}
                }
            }
            Some(Action::Louder) => verbosity(console, escape, b'v', true),
            Some(Action::Quieter) => verbosity(console, escape, b'V', false),
            Some(Action::Unavailable(byte)) => {
                console.say(
                    &(say!("error-client-not-available-client", escape = escape.shown(byte))
                        + "\r\n"),
                );
            }
        }
    }
    false
}

fn verbosity(console: &mut (dyn Console + Send), escape: &Escape, byte: u8, more: bool) {
    let level = console.verbosity(more);
    console.say(&format!("{} [LogLevel {level}]\r\n", escape.shown(byte)));
}

fn connections(escape: &Escape, session: &Session) -> String {
    let shown = escape.shown(b'#');
    let mut text =
        format!("{shown}\r\n{}\r\n  #0 session\r\n", say!("escape-following-connections-are-open"));
    if let Some(negotiated) = session.negotiated() {
        text.push_str(
            &(say!(
                "error-client-authenticated",
                kex = negotiated.kex,
                host_key = negotiated.host_key,
                cipher = negotiated.cipher,
                how = session.how
            ) + "\r\n"),
        );
    }
    text
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
        Some(Awaited::Pty) => {
            // As with ssh the session goes on without; the program may not need one.
            without_pty();
            warn!("{}", say!("error-client-pty-allocation-request-failed"));
            Ok(())
        }
        _ => Err(Error::new(Kind::Channel, say!("error-client-request-failed-channel-0", program))
            .hint(say!("error-client-server-does-not-allow"))),
    }
}

fn output_failed(error: &std::io::Error) -> Result<Exit> {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        return Ok(Exit::OutputClosed);
    }
    let reason = super::greeting::reason(error);
    Err(Error::new(Kind::Local, say!("error-client-cannot-write-standard-output", reason))
        .hint(say!("error-client-rest-output-lost")))
}

pub(super) fn connection_lost(shared: &Arc<Shared>) -> Error {
    match shared.ended() {
        Some(ended) => ended,
        None => Error::new(Kind::Disconnected, say!("error-client-connection-lost")),
    }
}

fn signal(name: &Sig) -> String {
    match name {
        Sig::Custom(name) => crate::text::line(name, 32),
        other => format!("{other:?}"),
    }
}
