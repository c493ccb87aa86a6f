//! A session, or a stdio forward, of a client: the relay once more, between the client's own
//! descriptors and a channel whose output waits in lanes.

use std::io;
use std::sync::Arc;

use log::debug;
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::client::flow::exit::Exit;
use crate::client::flow::lane::{Drained, Lane, MAX_KEPT};
use crate::client::flow::output::Sink;
use crate::client::mux::peer::{Client, State, Streams};
use crate::client::mux::said::Said;
use crate::client::mux::wire::{NO_ESCAPE, NewSession, Response};
use crate::client::session::channel::{
    Beside, Program, PtyRequest, SessionRequest, WindowSize, open_beside,
};
use crate::client::session::console::Console;
use crate::client::session::escape::Escape;
use crate::client::session::relay::{LocalSide, relay};
use crate::client::session::stdio as forward;
use crate::config::Connect;
use crate::os::{AsDescriptor, Descriptor};
use crate::say;

/// How a session ended, as far as its client is concerned.
enum End {
    /// With its program, or with the connection.
    Exit(Exit),
    /// The client went away.
    Gone,
}

/// Runs a session to its end, or until its client goes away.
pub(super) async fn run(client: &mut Client, id: u32, wanted: NewSession) -> io::Result<()> {
    let fds = [client.descriptor().await?, client.descriptor().await?, client.descriptor().await?];
    let state = Arc::clone(&client.state);
    let state = state.as_ref();
    let question = say!(mux_ask_session, host = state.host);
    if !client.asked(id, question).await? {
        return Ok(());
    }
    let terminal = fds[0].duplicate()?;
    let Ok(streams) = state.house.streams(fds) else {
        let why = "unusable standard descriptors".to_owned();
        return client.answer(id, Response::Failure(why)).await;
    };
    let request = request(state, &wanted, &terminal).await;
    let beside = match open_beside(&state.session, &request).await {
        Ok(beside) => beside,
        Err(why) => {
            debug!("mux client session: {why}");
            let why = "Session open refused by peer".to_owned();
            return client.answer(id, Response::Failure(why)).await;
        }
    };
    let number = state.number();
    let (write, lane) = (Arc::clone(&beside.channel.write), Arc::clone(&beside.stdout));
    lane.describe(say!(mux_session, number));
    let answered = client.answer(id, Response::SessionOpened { session: number }).await;
    let end = match answered {
        Ok(()) => {
            let sizes = Sizes { state, terminal: wanted.want_tty.then_some(terminal) };
            let escape = escape(&wanted);
            Served { client, number, sizes, escape }.run(beside, streams).await
        }
        Err(_) => End::Gone,
    };
    if !lane.is_closed() {
        let _ = write.close().await;
    }
    state.session.shared.incoming.lanes.remove(write.id());
    match end {
        // Nothing was said of a status, or the client has gone.
        End::Exit(Exit::Unknown | Exit::Escaped) | End::Gone => Ok(()),
        End::Exit(exit) => {
            let status = state.house.status(&exit);
            client.answer(0, Response::ExitMessage { session: number, status }).await
        }
    }
}

/// Leads a client's standard input and output to a place that the server reaches.
pub(super) async fn stdio(client: &mut Client, id: u32, to: &Connect) -> io::Result<()> {
    let (stdin, stdout) = (client.descriptor().await?, client.descriptor().await?);
    let state = Arc::clone(&client.state);
    let state = state.as_ref();
    let question = say!(mux_ask_stdio, to = to.to_string(), host = state.host);
    if !client.asked(id, question).await? {
        return Ok(());
    }
    let unused = stdout.duplicate()?;
    let Ok(Streams { stdin, stdout, .. }) = state.house.streams([stdin, stdout, unused]) else {
        let why = "unusable standard descriptors".to_owned();
        return client.answer(id, Response::Failure(why)).await;
    };
    let tunnel = match forward::open(&state.session, to).await {
        Ok(tunnel) => tunnel,
        Err(why) => {
            debug!("mux client stdio forward: {why}");
            let why = "Session open refused by peer".to_owned();
            return client.answer(id, Response::Failure(why)).await;
        }
    };
    let answered = client.answer(id, Response::SessionOpened { session: state.number() }).await;
    if answered.is_ok() {
        tokio::select! {
            _ = forward::pass(&state.session, &tunnel, Some(stdin), stdout) => {}
            () = client.gone() => {}
        }
    }
    tunnel.finish().await;
    answered
}

async fn request(state: &State, wanted: &NewSession, terminal: &Descriptor) -> SessionRequest {
    let pty = wanted.want_tty.then(|| {
        let (modes, size) = state.house.terminal(terminal.as_descriptor());
        PtyRequest { term: wanted.term.clone(), size, modes }
    });
    let command = &wanted.command;
    let program = match (wanted.subsystem, command.is_empty()) {
        (true, _) => Program::Subsystem(String::from_utf8_lossy(command).into_owned()),
        (false, true) => Program::Shell,
        (false, false) => Program::Exec(command.clone()),
    };
    let agent = wanted.want_agent && state.house.agent(&state.session);
    let x11 = if wanted.want_x11 { state.house.display(&state.session).await } else { None };
    let permitted = |variable: &Vec<u8>| {
        let variable = String::from_utf8(variable.clone()).ok()?;
        let (name, value) = variable.split_once('=')?;
        let permitted = state.house.permits(name);
        permitted.then(|| (name.to_owned(), value.to_owned()))
    };
    let env = wanted.env.iter().filter_map(permitted).collect();
    SessionRequest { pty, env, program, agent, x11 }
}

fn escape(wanted: &NewSession) -> Option<Escape> {
    let character = wanted.escape_char;
    let typed = wanted.want_tty && character != NO_ESCAPE;
    let character = u8::try_from(character).ok().filter(|_| typed)?;
    Some(Escape::new(character).from_afar())
}

/// Where a client's window sizes come from.
struct Sizes<'a> {
    state: &'a State,
    terminal: Option<Descriptor>,
}

impl Sizes<'_> {
    /// Sends the size whenever it has changed: how often somebody says that it may have must
    /// not fill the queue.
    async fn watch(&self, resize: UnboundedSender<WindowSize>) {
        let mut changes = self.state.resized.clone();
        changes.mark_unchanged();
        let mut last = None;
        if let Some(terminal) = &self.terminal {
            while changes.changed().await.is_ok() {
                let (_, size) = self.state.house.terminal(terminal.as_descriptor());
                if last.replace(size) != Some(size) {
                    // The session is over.
                    let _ = resize.send(size);
                }
            }
        }
        std::future::pending::<()>().await;
    }
}

/// A session that is open.
struct Served<'a> {
    client: &'a mut Client,
    number: u32,
    sizes: Sizes<'a>,
    escape: Option<Escape>,
}

impl Served<'_> {
    async fn run(self, beside: Beside, streams: Streams) -> End {
        let Served { client, number, sizes, escape } = self;
        let Beside { channel, stdout: lane, stderr: errors } = beside;
        let state = sizes.state;
        let (said, refused) = (Said::default(), Notify::new());
        let (resize, resized) = unbounded_channel();
        let without_pty = || refused.notify_one();
        let mut console = Afar(&said);
        let local = LocalSide {
            input: Some(streams.stdin),
            escape,
            paste: None,
            resized,
            console: &mut console,
            without_pty: &without_pty,
        };
        let relayed = relay(&state.session, channel, local);
        let out = drain(&lane, streams.stdout);
        let err = drain_errors(&errors, streams.stderr, &said);
        let sizes = sizes.watch(resize);
        tokio::pin!(relayed, out, err, sizes);
        let (mut exit, mut writing, mut saying) = (None, true, true);
        loop {
            tokio::select! {
                result = &mut relayed, if exit.is_none() => {
                    exit = Some(result.unwrap_or_else(|why| {
                        said.say(&format!("{why}\r\n"));
                        Exit::Escaped
                    }));
                    if exit == Some(Exit::Escaped) {
                        // What is kept is not wanted any more.
                        lane.forget();
                    }
                    said.finish();
                }
                drained = &mut out, if writing => match drained {
                    Ok(()) => writing = false,
                    Err(Some(line)) => {
                        said.say(&line);
                        (writing, exit) = (false, Some(Exit::Escaped));
                        said.finish();
                    }
                    Err(None) => return End::Exit(Exit::OutputClosed),
                },
                () = &mut err, if saying => saying = false,
                () = &mut sizes => {}
                () = refused.notified() => {
                    let failed = Response::TtyAllocFail { session: number };
                    if client.answer(0, failed).await.is_err() {
                        return End::Gone;
                    }
                }
                () = client.gone() => return End::Gone,
            }
            if let (Some(exit), false, false) = (&exit, writing, saying) {
                return End::Exit(exit.clone());
            }
        }
    }
}

/// Writes what comes until there is no more. The error is what there is to say of it; nothing,
/// where nobody reads any more.
async fn drain(lane: &Lane, mut sink: Sink) -> Result<(), Option<String>> {
    loop {
        match lane.take().await {
            Ok(bytes) => sink.write_all(&bytes).await.map_err(|_| None)?,
            Err(Drained::Overflowed) => {
                let line = say!(mux_reader_too_slow, limit = MAX_KEPT >> 20);
                return Err(Some(line + "\r\n"));
            }
            Err(_) => {
                let _ = sink.flush().await;
                return Ok(());
            }
        }
    }
}

/// The same for extended data and for what we have to say. As with ssh, standard output and
/// the exit status still count where standard error is not read.
async fn drain_errors(lane: &Lane, mut sink: Sink, said: &Said) {
    let (mut coming, mut saying) = (true, true);
    while coming || saying {
        tokio::select! {
            bytes = lane.take(), if coming => match bytes {
                Ok(bytes) => {
                    let _ = sink.write_all(&bytes).await;
                }
                Err(_) => coming = false,
            },
            line = said.next(), if saying => match line {
                Some(line) => {
                    let _ = sink.write_all(line.as_bytes()).await;
                }
                None => saying = false,
            },
        }
    }
    let _ = sink.flush().await;
}

/// The console of somebody whose terminal is another process's.
struct Afar<'a>(&'a Said);

impl Console for Afar<'_> {
    fn say(&mut self, text: &str) {
        self.0.say(text);
    }

    fn suspend(&mut self) {}

    fn verbosity(&mut self, _: bool) -> String {
        String::new()
    }
}
