//! A client's session or stdio forward: relays between the client's own descriptors and a channel.
//! The output waits in lanes, so that a slow client delays only itself.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use log::debug;
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::client::deadline;
use crate::client::flow::copy::{ByteSource, LocalOutput, alongside, copy};
use crate::client::flow::exit::Exit;
use crate::client::flow::lane::{Drained, Lane, MAX_KEPT};
use crate::client::flow::output::OutputSink;
use crate::client::mux::notices::ClientNotices;
use crate::client::mux::peer::{MasterClient, MasterState, PutBack, Streams};
use crate::client::mux::wire::{MuxResponse, NO_ESCAPE, NewSession};
use crate::client::session::channel::{
    ExtraChannel, ProgramRequest, PtyRequest, SessionRequest, WindowSize, open_extra,
};
use crate::client::session::console::Console;
use crate::client::session::escape::Escape;
use crate::client::session::relay::{LocalSide, relay};
use crate::client::session::stdio as forward;
use crate::config::Connect;
use crate::error::{Error, Kind, Result};
use crate::os::{AsDescriptor, Descriptor};
use crate::say;

/// OpenSSH's message for descriptors that cannot be used.
const UNUSABLE: &str = "unusable standard descriptors";
/// OpenSSH's message if the server does not open the channel.
const REFUSED: &str = "Session open refused by peer";

/// Runs a session until it ends or its client disconnects.
pub(super) async fn run(client: &mut MasterClient, id: u32, wanted: NewSession) -> io::Result<()> {
    let fds = [client.descriptor().await?, client.descriptor().await?, client.descriptor().await?];
    let state = Arc::clone(&client.state);
    let state = state.as_ref();
    let question = say!(mux_ask_session, host = state.host);
    if !client.asked(id, question).await? {
        return Ok(());
    }
    let terminal = fds[0].duplicate()?;
    let Ok(streams) = state.program.streams(fds, wanted.want_tty) else {
        return client.answer(id, failure(UNUSABLE)).await;
    };
    let request = request(state, &wanted, &terminal).await;
    let beside = match open_extra(&state.session, &request).await {
        Ok(beside) => beside,
        Err(why) => {
            debug!("mux client session: {why}");
            return client.answer(id, failure(REFUSED)).await;
        }
    };
    let number = state.number();
    beside.stdout.describe(say!(mux_session, number));
    let sizes = ClientSizes { state, terminal: wanted.want_tty.then_some(terminal) };
    let (is_typed, escape) = (wanted.want_tty, escape(&wanted));
    let session = ClientSession { client, number, sizes, is_typed, escape };
    session.serve(id, beside, streams).await
}

/// Forwards a client's standard input and output to a target that the server reaches (`-W`).
pub(super) async fn stdio(client: &mut MasterClient, id: u32, to: &Connect) -> io::Result<()> {
    let (stdin, stdout) = (client.descriptor().await?, client.descriptor().await?);
    let state = Arc::clone(&client.state);
    let state = state.as_ref();
    let question = say!(mux_ask_stdio, to = to.to_string(), host = state.host);
    if !client.asked(id, question).await? {
        return Ok(());
    }
    let unused = stdout.duplicate()?;
    let streams = state.program.streams([stdin, stdout, unused], false);
    let Ok(Streams { stdin, stdout, stderr, .. }) = streams else {
        return client.answer(id, failure(UNUSABLE)).await;
    };
    // It is standard output once more, whose end would not be seen.
    drop(stderr);
    let tunnel = match forward::open(&state.session, to).await {
        Ok(tunnel) => tunnel,
        Err(why) => {
            debug!("mux client stdio forward: {why}");
            return client.answer(id, failure(REFUSED)).await;
        }
    };
    let answered = client.answer(id, MuxResponse::SessionOpened { session: state.number() }).await;
    if answered.is_ok() {
        tokio::select! {
            _ = forward::pass(&state.session, &tunnel, Some(stdin), stdout) => {}
            () = client.gone() => {}
        }
    }
    tunnel.finish().await;
    answered
}

fn failure(why: &str) -> MuxResponse {
    MuxResponse::Failure(why.to_owned())
}

async fn request(
    state: &MasterState,
    wanted: &NewSession,
    terminal: &Descriptor,
) -> SessionRequest {
    let pty = wanted.want_tty.then(|| {
        let (modes, size) = state.program.terminal(terminal.as_descriptor());
        PtyRequest { term: wanted.term.clone(), size, modes }
    });
    let command = &wanted.command;
    let program = match (wanted.subsystem, command.is_empty()) {
        (true, _) => ProgramRequest::Subsystem(String::from_utf8_lossy(command).into_owned()),
        (false, true) => ProgramRequest::Shell,
        (false, false) => ProgramRequest::Exec(command.clone()),
    };
    let agent = wanted.want_agent && state.program.agent(&state.session);
    let x11 = if wanted.want_x11 { state.program.display(&state.session).await } else { None };
    let permitted = |variable: &Vec<u8>| {
        let variable = String::from_utf8(variable.clone()).ok()?;
        let (name, value) = variable.split_once('=')?;
        let permitted = state.program.permits(name);
        permitted.then(|| (name.to_owned(), value.to_owned()))
    };
    let env = wanted.env.iter().filter_map(permitted).collect();
    SessionRequest { pty, env, program, agent, x11 }
}

fn escape(wanted: &NewSession) -> Option<Escape> {
    let character = wanted.escape_char;
    let typed = wanted.want_tty && character != NO_ESCAPE;
    let character = u8::try_from(character).ok().filter(|_| typed)?;
    Some(Escape::new(character).for_client())
}

/// The window sizes of a client, which the master reads from the client's terminal.
struct ClientSizes<'a> {
    state: &'a MasterState,
    terminal: Option<Descriptor>,
}

impl ClientSizes<'_> {
    /// Sends the size whenever it has changed. Clients may report changes as often as they like;
    /// only real changes are queued.
    async fn watch(&self, resize: watch::Sender<WindowSize>) {
        let mut changes = self.state.resized.clone();
        changes.mark_unchanged();
        let mut last = None;
        if let Some(terminal) = &self.terminal {
            while changes.changed().await.is_ok() {
                let (_, size) = self.state.program.terminal(terminal.as_descriptor());
                if last.replace(size) != Some(size) {
                    // The receiver is gone once the session has ended.
                    let _ = resize.send(size);
                }
            }
        }
    }
}

/// A client's open session.
struct ClientSession<'a> {
    client: &'a mut MasterClient,
    number: u32,
    sizes: ClientSizes<'a>,
    /// Whether the client has a terminal.
    is_typed: bool,
    escape: Option<Escape>,
}

impl ClientSession<'_> {
    /// Reports the open session to the client, runs it to its end, closes its channel, and reports
    /// how the program ended.
    async fn serve(
        mut self,
        id: u32,
        beside: ExtraChannel,
        mut streams: Streams,
    ) -> io::Result<()> {
        let mut put_back = streams.put_back.take();
        let (write, lane) = (Arc::clone(&beside.channel.write), Arc::clone(&beside.stdout));
        let (state, session) = (self.sizes.state, self.number);
        let opened = self.client.answer(id, MuxResponse::SessionOpened { session }).await;
        let exit = match opened {
            Ok(()) => self.run(beside, streams, &mut put_back).await,
            Err(_) => None,
        };
        if exit.is_none() {
            leave_modes(&mut put_back).await;
        }
        if !lane.is_closed() {
            let _ = write.close().await;
        }
        state.session.shared.incoming.lanes.remove(write.id());
        match exit {
            // The server sent no exit status, or the client has gone.
            Some(Exit::Unknown | Exit::Escaped) | None => Ok(()),
            Some(exit) => {
                let status = state.program.status(&exit);
                self.client.answer(0, MuxResponse::ExitMessage { session, status }).await
            }
        }
    }

    /// Relays until the program has ended and its output is written; `None` if the client
    /// disconnects first.
    async fn run(
        &mut self,
        beside: ExtraChannel,
        streams: Streams,
        put_back: &mut PutBack,
    ) -> Option<Exit> {
        let ExtraChannel { channel, stdout, stderr } = beside;
        let (said, refused) = (ClientNotices::default(), Notify::new());
        let (resize, resized) = watch::channel(WindowSize::default());
        let without_pty = || refused.notify_one();
        let mut console = ClientConsole(&said);
        let local = LocalSide {
            input: Some(streams.stdin),
            is_typed: self.is_typed,
            escape: self.escape.take(),
            paste: None,
            resized,
            console: &mut console,
            without_pty: &without_pty,
        };
        // In memory of its own: each of the futures around it would have room for it twice.
        let program = Box::pin(relay(&self.sizes.state.session, channel, local));
        let output = SessionOutput {
            stdout: (&stdout, streams.stdout),
            stderr: (&stderr, streams.stderr),
            said: &said,
            put_back,
        };
        let served = alongside(output.follow(program), self.sizes.watch(resize));
        tokio::pin!(served);
        loop {
            tokio::select! {
                exit = &mut served => return Some(exit),
                () = refused.notified() => {
                    let failed = MuxResponse::TtyAllocFail { session: self.number };
                    self.client.answer(0, failed).await.ok()?;
                }
                () = self.client.gone() => return None,
            }
        }
    }
}

/// The sources and sinks of a session's output.
struct SessionOutput<'a> {
    stdout: (&'a Lane, OutputSink),
    stderr: (&'a Lane, OutputSink),
    /// Our own messages; they go to standard error.
    said: &'a ClientNotices,
    put_back: &'a mut PutBack,
}

/// Switches off what a lost session has left on at the client's terminal.
async fn leave_modes(put_back: &mut PutBack) {
    if let Some(put_back) = put_back.take() {
        // A terminal that is stopped takes nothing.
        let _ = timeout(deadline::GOODBYE, put_back()).await;
    }
}

/// Why standard output could not be written completely.
enum OutputLoss {
    /// The client reads too slowly, and too much was kept.
    ReaderTooSlow,
    /// The client no longer reads.
    Closed,
}

impl SessionOutput<'_> {
    /// Writes all output, then returns how the program ended. If the client stops reading its
    /// standard output, the session ends before the program does.
    async fn follow(self, program: impl Future<Output = Result<Exit>>) -> Exit {
        let SessionOutput { stdout, stderr: (error_lane, stderr), said, put_back } = self;
        let (lane, stdout) = stdout;
        let program = async {
            let exit = program.await;
            // Where the person has ended the session, the kept output is dropped. Where the
            // connection is lost, what has come is written.
            if exit.is_err() && !lane.is_closed() || matches!(exit, Ok(Exit::Escaped)) {
                lane.forget();
            }
            Ok(exit)
        };
        let main = async {
            let exit = match tokio::try_join!(program, write_output(lane, stdout)) {
                Ok((exit, ())) => exit,
                Err(OutputLoss::ReaderTooSlow) => {
                    Err(Error::new(Kind::Local, say!(mux_reader_too_slow, limit = MAX_KEPT >> 20)))
                }
                Err(OutputLoss::Closed) => return Err(Exit::OutputClosed),
            };
            if !matches!(exit, Ok(Exit::Status(_) | Exit::Signal(..) | Exit::Unknown)) {
                // What follows is not for a program's screen.
                leave_modes(put_back).await;
            }
            let exit = exit.unwrap_or_else(|why| {
                said.say(&format!("{why}\r\n"));
                Exit::Escaped
            });
            said.finish();
            Ok(exit)
        };
        let errors = async {
            write_errors(error_lane, said, stderr).await;
            Ok(())
        };
        match tokio::try_join!(main, errors) {
            Ok((exit, ())) | Err(exit) => exit,
        }
    }
}

/// Writes standard output until it ends.
async fn write_output(lane: &Lane, mut sink: OutputSink) -> Result<(), OutputLoss> {
    match copy(lane, LocalOutput(&mut sink)).await {
        Err(_) => Err(OutputLoss::Closed),
        Ok(Drained::Overflowed) => Err(OutputLoss::ReaderTooSlow),
        Ok(_) => {
            let _ = sink.flush().await;
            Ok(())
        }
    }
}

/// Writes standard error and our own messages until both end. As in ssh, standard output and the
/// exit status still count if standard error is not read.
async fn write_errors(lane: &Lane, said: &ClientNotices, mut sink: OutputSink) {
    let mut source = ErrorSource { lane, said, lane_ended: false, said_ended: false };
    while copy(&mut source, LocalOutput(&mut sink)).await.is_err() {}
    let _ = sink.flush().await;
}

/// Extended data and our own messages, as one source.
struct ErrorSource<'a> {
    lane: &'a Lane,
    said: &'a ClientNotices,
    lane_ended: bool,
    said_ended: bool,
}

/// Both have ended.
struct ErrorsEnded;

impl ByteSource for ErrorSource<'_> {
    type End = ErrorsEnded;

    async fn next(&mut self) -> Result<Bytes, ErrorsEnded> {
        loop {
            tokio::select! {
                bytes = self.lane.take(), if !self.lane_ended => match bytes {
                    Ok(bytes) => return Ok(bytes),
                    Err(_) => self.lane_ended = true,
                },
                text = self.said.next(), if !self.said_ended => match text {
                    Some(text) => return Ok(text.into()),
                    None => self.said_ended = true,
                },
                else => return Err(ErrorsEnded),
            }
        }
    }
}

/// The console of a person whose terminal belongs to the client: it can only show lines.
struct ClientConsole<'a>(&'a ClientNotices);

impl Console for ClientConsole<'_> {
    fn say(&mut self, text: &str) {
        self.0.say(text);
    }

    fn suspend(&mut self) {}

    fn verbosity(&mut self, _: bool) -> String {
        String::new()
    }
}
