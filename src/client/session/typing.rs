//! Input from a person: escapes, pastes that are asked about, and interludes that take the
//! input away for a while.
//!
//! Typing goes on while the server takes nothing: `~.` must work then more than ever. What
//! was typed before an interlude is on its way to the server while the interlude lasts.

use std::collections::VecDeque;
use std::pin::Pin;
use std::time::Duration;

use bytes::BytesMut;
use russh::ChannelWriteHalf;
use russh::client::Msg;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::sleep;

use crate::client::login::authenticate::Session;
use crate::client::session::escape::{Escape, EscapeAction};
use crate::client::session::interlude::InterludeFlag;
use crate::client::session::paste::{self, InputPiece, Paste};
use crate::client::session::relay::{CommandLineAction, Console, InputEnd};
use crate::say;

/// Typed bytes held while the server takes none, so that `~.` is still seen.
const HELD: usize = 64 * 1024;
/// What a terminal sends for one key comes at once; the Esc key alone is followed by nothing.
const KEY: Duration = Duration::from_millis(50);

/// A person who types, and what is needed to do as they say.
pub(in crate::client) struct Typing<'a> {
    pub write: &'a ChannelWriteHalf<Msg>,
    pub escape: Option<Escape>,
    pub paste: Option<Paste>,
    pub session: &'a Session,
    pub console: &'a mut (dyn Console + Send),
    pub interludes: &'a InterludeFlag,
}

/// What takes the input away for a while.
enum PendingInterlude {
    Information,
    InformationLines,
    Duplicate,
    CommandLine,
    Paste(Vec<u8>),
}

/// What was typed, on its way.
#[derive(Default)]
struct TypedInput {
    /// Not looked at yet: what follows the beginning of an interlude.
    pieces: VecDeque<InputPiece>,
    /// For the server.
    held: BytesMut,
    wanted: Option<PendingInterlude>,
    /// The person asked for the end of the connection.
    escaped: bool,
    /// Input is over.
    ended: bool,
}

impl Typing<'_> {
    /// Sends what is typed until the input ends or the person ends the connection.
    pub async fn run<I: AsyncRead + Unpin>(
        mut self,
        mut input: I,
    ) -> Result<InputEnd, russh::Error> {
        let mut buffer = [0; 4096];
        let mut keys = TypedInput::default();
        let (write, session) = (self.write, self.session);
        let traffic = &session.shared.incoming.lanes.traffic;
        loop {
            if keys.escaped {
                return Ok(InputEnd::Escaped);
            }
            if keys.held.is_empty() && keys.wanted.is_none() {
                if keys.ended {
                    write.eof().await?;
                    return Ok(InputEnd::Eof);
                }
                match self.read(&mut input, &mut buffer).await {
                    Some(count) => self.take(&buffer[..count], &mut keys).await,
                    None => self.give_up(&mut keys).await,
                }
                continue;
            }
            let bytes = keys.held.split().freeze();
            let send = async {
                match bytes.is_empty() {
                    true => Ok(()),
                    false => {
                        traffic.stir(write.id());
                        write.data_bytes(bytes).await
                    }
                }
            };
            tokio::pin!(send);
            loop {
                if keys.wanted.is_some() {
                    let sent = self.beside(send.as_mut(), &mut keys).await;
                    if let Some(sent) = sent {
                        sent?;
                        break;
                    }
                    continue;
                }
                if keys.escaped {
                    return Ok(InputEnd::Escaped);
                }
                tokio::select! {
                    biased;
                    sent = &mut send => {
                        sent?;
                        // The key leaves before the terminal is asked for the next one.
                        tokio::task::yield_now().await;
                        break;
                    }
                    count = input.read(&mut buffer), if !keys.ended && keys.held.len() < HELD => {
                        self.take(&buffer[..count.unwrap_or(0)], &mut keys).await;
                    }
                }
            }
        }
    }

    /// Reads; `None` if a key that may be the beginning of something is left alone.
    async fn read<I: AsyncRead + Unpin>(
        &mut self,
        input: &mut I,
        buffer: &mut [u8],
    ) -> Option<usize> {
        if !self.paste.as_ref().is_some_and(Paste::is_partial) {
            // Input that cannot be read any more has ended, as for ssh.
            return Some(input.read(buffer).await.unwrap_or(0));
        }
        tokio::select! {
            biased;
            count = input.read(buffer) => Some(count.unwrap_or(0)),
            () = sleep(KEY) => None,
        }
    }

    /// Runs the interlude, and beside it what is being sent; gives the result of that if it
    /// is done.
    async fn beside<S>(&mut self, mut send: Pin<&mut S>, keys: &mut TypedInput) -> Option<S::Output>
    where
        S: Future<Output = Result<(), russh::Error>>,
    {
        let mut sent = None;
        {
            let interlude = self.interlude(keys);
            tokio::pin!(interlude);
            loop {
                tokio::select! {
                    biased;
                    result = send.as_mut(), if sent.is_none() => sent = Some(result),
                    () = &mut interlude => break,
                }
            }
        }
        self.interpret(keys).await;
        sent
    }

    async fn interlude(&mut self, keys: &mut TypedInput) {
        let Some(wanted) = keys.wanted.take() else { return };
        let _running = self.interludes.begin();
        match wanted {
            PendingInterlude::Information => {
                let facts = self.session.information().await;
                self.console.information(self.shown(b'i'), facts).await;
            }
            PendingInterlude::CommandLine => {
                let forwards = self.session.forwards();
                if !forwards.has_command_line() {
                    return self.console.say(&(say!(forward_command_line_disabled) + "\r\n"));
                }
                let act: CommandLineAction<'_> =
                    Box::new(|line| Box::pin(async move { forwards.command(&line).await }));
                self.console.command_line(act).await;
            }
            PendingInterlude::InformationLines => {
                let facts = self.session.information().await;
                let escape = self.shown(b'I');
                self.console.say(&facts.page(&escape));
            }
            PendingInterlude::Duplicate => self.console.duplicate(self.shown(b'd')).await,
            PendingInterlude::Paste(pasted) => {
                let text = paste::as_text(&pasted);
                match self.console.paste(text.clone()).await {
                    // Bytes that are no text stay what they are.
                    Some(same) if same == text => self.pass(&paste::as_typed(&pasted), keys),
                    Some(edited) => self.pass(&paste::as_typed(edited.as_bytes()), keys),
                    None => {}
                }
            }
        }
    }

    fn shown(&self, byte: u8) -> String {
        self.escape.as_ref().map_or_else(String::new, |escape| escape.shown(byte))
    }

    /// Takes what was read; nothing is the end.
    async fn take(&mut self, typed: &[u8], keys: &mut TypedInput) {
        keys.ended = typed.is_empty();
        if let Some(paste) = &mut self.paste {
            paste.take(typed, &mut keys.pieces);
            if keys.ended {
                paste.give_up(&mut keys.pieces);
            }
            return self.interpret(keys).await;
        }
        let used = self.keys(typed, keys).await;
        if used < typed.len() {
            keys.pieces.push_back(InputPiece::Typed(typed[used..].to_vec()));
        }
    }

    async fn give_up(&mut self, keys: &mut TypedInput) {
        if let Some(paste) = &mut self.paste {
            paste.give_up(&mut keys.pieces);
        }
        self.interpret(keys).await;
    }

    /// Goes through what was typed, up to the next interlude.
    async fn interpret(&mut self, keys: &mut TypedInput) {
        while keys.wanted.is_none()
            && !keys.escaped
            && let Some(piece) = keys.pieces.pop_front()
        {
            match piece {
                InputPiece::Typed(mut typed) => {
                    let used = self.keys(&typed, keys).await;
                    if used < typed.len() {
                        keys.pieces.push_front(InputPiece::Typed(typed.split_off(used)));
                    }
                }
                InputPiece::Passed(bytes) => self.pass(&bytes, keys),
                InputPiece::Pasted(bytes) if paste::acts(&bytes) => {
                    keys.wanted = Some(PendingInterlude::Paste(bytes));
                }
                InputPiece::Pasted(bytes) => self.pass(&bytes, keys),
                InputPiece::TooLong => self
                    .console
                    .say(&(say!(paste_too_long, limit = paste::MAX_PASTE >> 20) + "\r\n")),
            }
        }
    }

    fn pass(&mut self, bytes: &[u8], keys: &mut TypedInput) {
        match &mut self.escape {
            Some(escape) => escape.pass(bytes, &mut keys.held),
            None => keys.held.extend_from_slice(bytes),
        }
    }

    /// Runs typed bytes through the escapes, up to the next interlude; gives how many were
    /// used.
    async fn keys(&mut self, typed: &[u8], keys: &mut TypedInput) -> usize {
        let mut from = 0;
        while from < typed.len() && keys.wanted.is_none() && !keys.escaped {
            let Some(escape) = &mut self.escape else {
                keys.held.extend_from_slice(&typed[from..]);
                return typed.len();
            };
            let (used, action) = escape.next(&typed[from..], &mut keys.held);
            from += used;
            match action {
                None => {}
                Some(EscapeAction::Disconnect) => keys.escaped = true,
                Some(EscapeAction::Information) => {
                    keys.wanted = Some(PendingInterlude::Information)
                }
                Some(EscapeAction::InformationLines) => {
                    keys.wanted = Some(PendingInterlude::InformationLines)
                }
                Some(EscapeAction::Duplicate) => keys.wanted = Some(PendingInterlude::Duplicate),
                Some(EscapeAction::CommandLine) => {
                    keys.wanted = Some(PendingInterlude::CommandLine)
                }
                Some(EscapeAction::Suspend) => {
                    let said = say!(escape_suspended, escape = escape.shown(0x1a));
                    self.console.say(&(said + "\r\n"));
                    self.console.suspend();
                }
                Some(EscapeAction::Help) => self.console.say(&escape.help()),
                Some(EscapeAction::List) => self.console.say(&connections(escape, self.session)),
                Some(EscapeAction::Rekey) => {
                    // Where nothing moves the request cannot leave; `~.` must be read all the
                    // same.
                    tokio::select! {
                        biased;
                        _ = self.session.handle.rekey_soon() => {}
                        () = std::future::ready(()) => {}
                    }
                }
                Some(EscapeAction::Louder) => self.verbosity(b'v', true),
                Some(EscapeAction::Quieter) => self.verbosity(b'V', false),
                Some(EscapeAction::Unavailable(byte)) => {
                    let escape = escape.shown(byte);
                    let said = say!(escape_not_available, escape);
                    self.console.say(&(said + "\r\n"));
                }
            }
        }
        from
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
    if !escape.is_afar() {
        // A client's session is among the connections below.
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
