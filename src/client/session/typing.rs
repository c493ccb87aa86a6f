//! Input from a person: handles escapes, pastes that are asked about, and interludes that take over
//! the input for a while.
//!
//! Input is read even while the server takes nothing, because `~.` must work especially then. What
//! was typed before an interlude is sent while the interlude runs.

use std::collections::VecDeque;
use std::pin::Pin;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::sleep;

use crate::client::connection::Session;
use crate::client::flow::copy::{ByteSink, ChannelSink};
use crate::client::session::console::{CommandLineAction, Console};
use crate::client::session::escape::{Escape, EscapeAction};
use crate::client::session::interlude::InterludeFlag;
use crate::client::session::paste::{self, InputPiece, Paste};
use crate::say;

/// The most typed bytes that are held while the server takes none, so that `~.` is still seen.
const MAX_HELD: usize = 64 * 1024;
/// How long the rest of a key's sequence may take. A terminal sends the bytes of one key at once;
/// after the Esc key alone nothing follows.
const KEY: Duration = Duration::from_millis(50);

/// How the input ended.
pub(super) enum InputEnd {
    /// The input has ended; the server was told.
    Eof,
    /// The person ended the connection with `~.`.
    Escaped,
    /// The terminal has gone.
    HungUp,
}

/// Everything that handling typed input needs.
pub(crate) struct Typing<'a> {
    pub server: ChannelSink<'a>,
    pub escape: Option<Escape>,
    pub paste: Option<Paste>,
    pub session: &'a Session,
    pub console: &'a mut (dyn Console + Send),
    pub interludes: &'a InterludeFlag,
}

/// An interlude that was requested and has not begun.
enum PendingInterlude {
    Information,
    InformationLines,
    Duplicate,
    CommandLine,
    /// Asks about this paste.
    Paste(Vec<u8>),
}

/// Typed input in its stages on the way to the server.
#[derive(Default)]
struct TypedInput {
    /// Pieces that are not examined yet, because they follow the request for an interlude.
    pieces: VecDeque<InputPiece>,
    /// Bytes for the server.
    held: BytesMut,
    pending: Option<PendingInterlude>,
    /// The person requested the end of the connection.
    escaped: bool,
    /// The terminal has gone, and nothing more is sent.
    hung_up: bool,
    /// The input has ended.
    ended: bool,
}

impl TypedInput {
    /// Whether no further input is examined for now.
    fn is_interrupted(&self) -> bool {
        self.is_over() || self.pending.is_some()
    }

    /// Whether the connection is to end without what is still held.
    fn is_over(&self) -> bool {
        self.escaped || self.hung_up
    }
}

/// The source of typed input.
struct Keyboard<I> {
    input: I,
    buffer: [u8; 4096],
}

impl<I: AsyncRead + Unpin> Keyboard<I> {
    /// Reads the next bytes; none at the end. As in ssh, a read error counts as the end.
    async fn next(&mut self) -> &[u8] {
        let count = self.input.read(&mut self.buffer).await.unwrap_or(0);
        &self.buffer[..count]
    }
}

impl Typing<'_> {
    /// Sends typed input until it ends or the person ends the connection.
    pub async fn run<I: AsyncRead + Unpin>(mut self, input: I) -> Result<InputEnd, russh::Error> {
        let mut keyboard = Keyboard { input, buffer: [0; 4096] };
        let mut typed = TypedInput::default();
        loop {
            if typed.escaped {
                return Ok(InputEnd::Escaped);
            }
            if typed.hung_up {
                return Ok(InputEnd::HungUp);
            }
            if !typed.held.is_empty() || typed.pending.is_some() {
                self.send(&mut keyboard, &mut typed).await?;
            } else if typed.ended {
                self.server.eof().await?;
                return Ok(InputEnd::Eof);
            } else {
                self.read(&mut keyboard, &mut typed).await;
            }
        }
    }

    /// Reads input while nothing has to be sent. What may be the beginning of a key's sequence or a
    /// bracket is taken as it is if nothing follows in time.
    async fn read<I>(&mut self, keyboard: &mut Keyboard<I>, typed: &mut TypedInput)
    where
        I: AsyncRead + Unpin,
    {
        if !self.paste.as_ref().is_some_and(Paste::is_partial) {
            return self.take(keyboard.next().await, typed).await;
        }
        tokio::select! {
            biased;
            keys = keyboard.next() => self.take(keys, typed).await,
            () = sleep(KEY) => self.give_up(typed).await,
        }
    }

    /// Sends the held bytes. Meanwhile more input is read, or the requested interlude runs.
    async fn send<I>(
        &mut self,
        keyboard: &mut Keyboard<I>,
        typed: &mut TypedInput,
    ) -> Result<(), russh::Error>
    where
        I: AsyncRead + Unpin,
    {
        let (bytes, mut server) = (typed.held.split().freeze(), self.server);
        let sending = async {
            match bytes.is_empty() {
                true => Ok(()),
                false => server.send(bytes).await,
            }
        };
        tokio::pin!(sending);
        while !typed.is_over() {
            if typed.pending.is_some() {
                match self.interlude_beside(sending.as_mut(), typed).await {
                    Some(sent) => return sent,
                    None => continue,
                }
            }
            tokio::select! {
                biased;
                sent = &mut sending => {
                    sent?;
                    // Lets the key be sent before the terminal is read again.
                    tokio::task::yield_now().await;
                    return Ok(());
                }
                keys = keyboard.next(), if !typed.ended && typed.held.len() < MAX_HELD => {
                    self.take(keys, typed).await;
                }
            }
        }
        Ok(())
    }

    /// Runs the requested interlude while `sending` continues; returns the result of `sending` if
    /// it finishes.
    async fn interlude_beside<S>(
        &mut self,
        mut sending: Pin<&mut S>,
        typed: &mut TypedInput,
    ) -> Option<S::Output>
    where
        S: Future<Output = Result<(), russh::Error>>,
    {
        let mut sent = None;
        {
            let interlude = self.interlude(typed);
            tokio::pin!(interlude);
            loop {
                tokio::select! {
                    biased;
                    result = sending.as_mut(), if sent.is_none() => sent = Some(result),
                    () = &mut interlude => break,
                }
            }
        }
        self.interpret(typed).await;
        sent
    }

    async fn interlude(&mut self, typed: &mut TypedInput) {
        let Some(pending) = typed.pending.take() else { return };
        let _running = self.interludes.begin();
        match pending {
            PendingInterlude::Information => {
                let facts = self.session.information().await;
                self.console.information(self.shown(b'i'), facts).await;
            }
            PendingInterlude::InformationLines => {
                let facts = self.session.information().await;
                self.console.say(&facts.page(&self.shown(b'I')));
            }
            PendingInterlude::Duplicate => self.console.duplicate(self.shown(b'd')).await,
            PendingInterlude::CommandLine => self.command_line().await,
            PendingInterlude::Paste(pasted) => {
                let text = paste::as_text(&pasted);
                match self.console.paste(text.clone()).await {
                    // If the text was not edited, the original bytes are sent, even those that are
                    // not UTF-8.
                    Some(same) if same == text => self.pass(&paste::as_typed(&pasted), typed),
                    Some(edited) => self.pass(&paste::as_typed(edited.as_bytes()), typed),
                    None => {}
                }
            }
        }
    }

    async fn command_line(&mut self) {
        let forwards = self.session.forwards();
        if !forwards.has_command_line() {
            return self.say(say!(forward_command_line_disabled));
        }
        let action: CommandLineAction<'_> =
            Box::new(|line| Box::pin(async move { forwards.command(&line).await }));
        self.console.command_line(action).await;
    }

    /// Processes bytes that were read; none means the end.
    async fn take(&mut self, keys: &[u8], typed: &mut TypedInput) {
        typed.ended = keys.is_empty();
        typed.hung_up = typed.ended && self.console.has_hung_up();
        if let Some(paste) = &mut self.paste {
            paste.take(keys, &mut typed.pieces);
            if typed.ended {
                paste.give_up(&mut typed.pieces);
            }
            return self.interpret(typed).await;
        }
        let used = self.keys(keys, typed).await;
        if used < keys.len() {
            typed.pieces.push_back(InputPiece::Typed(keys[used..].to_vec()));
        }
    }

    async fn give_up(&mut self, typed: &mut TypedInput) {
        if let Some(paste) = &mut self.paste {
            paste.give_up(&mut typed.pieces);
        }
        self.interpret(typed).await;
    }

    /// Processes the typed pieces up to the next interlude.
    async fn interpret(&mut self, typed: &mut TypedInput) {
        while !typed.is_interrupted()
            && let Some(piece) = typed.pieces.pop_front()
        {
            match piece {
                InputPiece::Typed(mut keys) => {
                    let used = self.keys(&keys, typed).await;
                    if used < keys.len() {
                        typed.pieces.push_front(InputPiece::Typed(keys.split_off(used)));
                    }
                }
                InputPiece::Passed(bytes) => self.pass(&bytes, typed),
                InputPiece::Pasted(bytes) if paste::acts(&bytes) => {
                    typed.pending = Some(PendingInterlude::Paste(bytes));
                }
                InputPiece::Pasted(bytes) => self.pass(&bytes, typed),
                InputPiece::TooLong => {
                    self.say(say!(paste_too_long, limit = paste::MAX_PASTE >> 20));
                }
            }
        }
    }

    fn pass(&mut self, bytes: &[u8], typed: &mut TypedInput) {
        match &mut self.escape {
            Some(escape) => escape.pass(bytes, &mut typed.held),
            None => typed.held.extend_from_slice(bytes),
        }
    }

    /// Processes keys for escapes up to the next interlude; returns how many bytes were used.
    async fn keys(&mut self, keys: &[u8], typed: &mut TypedInput) -> usize {
        let mut used = 0;
        while used < keys.len() && !typed.is_interrupted() {
            let Some(escape) = &mut self.escape else {
                typed.held.extend_from_slice(&keys[used..]);
                return keys.len();
            };
            let (count, action) = escape.next(&keys[used..], &mut typed.held);
            used += count;
            if let Some(action) = action {
                self.act(action, typed).await;
            }
        }
        used
    }

    /// Carries out an escape. An interlude is only requested here; it starts after this returns.
    async fn act(&mut self, action: EscapeAction, typed: &mut TypedInput) {
        match action {
            EscapeAction::Disconnect => typed.escaped = true,
            EscapeAction::Information => typed.pending = Some(PendingInterlude::Information),
            EscapeAction::InformationLines => {
                typed.pending = Some(PendingInterlude::InformationLines);
            }
            EscapeAction::Duplicate => typed.pending = Some(PendingInterlude::Duplicate),
            EscapeAction::CommandLine => typed.pending = Some(PendingInterlude::CommandLine),
            EscapeAction::Suspend => {
                self.say(say!(escape_suspended, escape = self.shown(0x1a)));
                self.console.suspend();
            }
            EscapeAction::Help => {
                let help = self.escape.as_ref().map(Escape::help);
                self.console.say(&help.unwrap_or_default());
            }
            EscapeAction::List => self.list(),
            EscapeAction::Rekey => {
                // If the connection is stuck, the request cannot be sent, but `~.` must still be
                // read.
                tokio::select! {
                    biased;
                    _ = self.session.handle.rekey_soon() => {}
                    () = std::future::ready(()) => {}
                }
            }
            EscapeAction::Louder => self.verbosity(b'v', true),
            EscapeAction::Quieter => self.verbosity(b'V', false),
            EscapeAction::Unavailable(byte) => {
                self.say(say!(escape_not_available, escape = self.shown(byte)));
            }
        }
    }

    /// Shows one of our own lines.
    fn say(&mut self, line: String) {
        self.console.say(&(line + "\r\n"));
    }

    /// An escape in its printable form.
    fn shown(&self, byte: u8) -> String {
        self.escape.as_ref().map_or_else(String::new, |escape| escape.shown(byte))
    }

    /// `~#`
    fn list(&mut self) {
        if let Some(escape) = &self.escape {
            self.console.say(&connections(escape, self.session));
        }
    }

    fn verbosity(&mut self, byte: u8, more: bool) {
        let level = self.console.verbosity(more);
        let shown = self.shown(byte);
        self.console.say(&format!("{shown} [LogLevel {level}]\r\n"));
    }
}

fn connections(escape: &Escape, session: &Session) -> String {
    let shown = escape.shown(b'#');
    let title = say!(escape_open_connections);
    let mut text = format!("{shown}\r\n{title}\r\n");
    if !escape.is_of_client() {
        // A client's own session is among the connections that are listed below.
        text.push_str(&(say!(escape_open_session) + "\r\n"));
    }
    if let Some(negotiated) = session.negotiated() {
        let said = say!(
            connection_line,
            kex = negotiated.kex,
            host_key = negotiated.host_key,
            cipher = negotiated.cipher,
            how = session.how
        );
        text.push_str(&(said + "\r\n"));
    }
    for forward in session.forwards().list() {
        text.push_str(&format!("  {forward}\r\n"));
    }
    for connection in session.forwards().connections() {
        text.push_str(&format!("  {connection}\r\n"));
    }
    text
}
