//! A session in plain packets of the connection protocol (RFC 4254), which a master in proxy
//! mode passes on (PROTOCOL.mux section 9).
//!
//! There is neither a transport nor a login here, only one session channel: the master has the
//! rest. Nothing that the server opens is taken; forwards are asked of the master in its own
//! protocol.

use std::io::{Error as IoError, ErrorKind, Result as IoResult};

use log::{debug, warn};
use russh::Pty;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;

use crate::client::deadline;
use crate::client::flow::exit::Exit;
use crate::client::flow::output::Sink;
use crate::client::mux::packets as packet;
use crate::client::mux::packets::{Body, Packet};
use crate::client::session::channel::{Program, PtyRequest, SessionRequest, WindowSize};
use crate::error::{Error, Kind, Result};
use crate::os::local::{LocalReader, LocalStream, LocalWriter};
use crate::say;
use crate::text;

/// Our channel's number; the master gives it one of its own.
const CHANNEL: u32 = 0;
/// What may be on its way to us: OpenSSH's own window.
const WINDOW: u32 = 2 << 20;
/// The largest packet of data, as RFC 4254 section 5.2 has it.
const DATA_AT_ONCE: u32 = 32 * 1024;
/// RFC 4254 section 5.2.
const STDERR: u32 = 1;
/// The reason of an open failure: administratively prohibited.
const PROHIBITED: u32 = 1;
/// How much of the server's words is shown, in characters.
const MAX_SHOWN: usize = 200;
/// A window this large is as good as none; the sum of adjustments must not overflow.
const MAX_WINDOW: usize = u32::MAX as usize;

/// The local side of the session.
pub struct ProxyLocalSide<'a, I> {
    /// Input for the program; `None` sends its end at once.
    pub input: Option<I>,
    /// Where standard output goes.
    pub stdout: Sink,
    /// Where standard error goes.
    pub stderr: Sink,
    /// New window sizes.
    pub resized: UnboundedReceiver<WindowSize>,
    /// Gives the terminal back where the server has none of its own.
    pub without_pty: &'a (dyn Fn() + Sync),
}

/// Runs a session on a socket that is in proxy mode, until the program has ended and all of its
/// output is written.
///
/// # Errors
/// The server refuses the session or the program, the master goes away, or output cannot be
/// written.
pub async fn run<I>(
    stream: LocalStream,
    request: SessionRequest,
    local: ProxyLocalSide<'_, I>,
) -> Result<Exit>
where
    I: AsyncRead + Unpin,
{
    let ProxyLocalSide { input, stdout, stderr, mut resized, without_pty } = local;
    let (reader, writer) = stream.into_split();
    let mut session = Session {
        reader,
        link: Link { writer: Mutex::new(writer), window: Semaphore::new(0) },
        stdout,
        stderr,
        received: 0,
        awaited: Vec::new(),
        exit: Exit::Unknown,
    };
    let (peer, largest) = session.open().await?;
    session.ask(peer, &request).await.map_err(|error| lost(&error))?;
    let Session { reader, link, stdout, stderr, received, awaited, exit } = session;
    let link = &link;
    let mut taking =
        Taking { peer, link, stdout, stderr, received, awaited, exit, without_pty, reader };
    let pump = async {
        match input {
            Some(input) => pump(input, link, (peer, largest)).await,
            None => link.send(Packet::new(packet::EOF).number(peer)).await,
        }
    };
    let resize = async {
        while let Some(size) = resized.recv().await {
            if link.send(window_change(peer, size)).await.is_err() {
                return;
            }
        }
    };
    let take = taking.run();
    tokio::pin!(pump, resize, take);
    let (mut pumping, mut resizing) = (true, true);
    loop {
        tokio::select! {
            exit = &mut take => return exit,
            // The end of the channel comes as a packet.
            _ = &mut pump, if pumping => pumping = false,
            () = &mut resize, if resizing => resizing = false,
        }
    }
}

/// What is written by several, and how much the server takes.
struct Link {
    writer: Mutex<LocalWriter>,
    window: Semaphore,
}

impl Link {
    async fn send(&self, packet: Packet) -> IoResult<()> {
        self.writer.lock().await.write_all(&packet.finished()).await
    }

    fn widen(&self, bytes: u32) {
        let room = MAX_WINDOW.saturating_sub(self.window.available_permits());
        self.window.add_permits(room.min(bytes as usize));
    }
}

/// Before the channel is open.
struct Session {
    reader: LocalReader,
    link: Link,
    stdout: Sink,
    stderr: Sink,
    received: u32,
    awaited: Vec<Awaited>,
    exit: Exit,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Awaited {
    Pty,
    Program(&'static str),
}

impl Session {
    /// Opens the channel: the server's number for it, and its largest packet.
    async fn open(&mut self) -> Result<(u32, u32)> {
        let open = Packet::new(packet::OPEN).string(b"session");
        let open = open.number(CHANNEL).number(WINDOW).number(DATA_AT_ONCE);
        self.link.send(open).await.map_err(|error| lost(&error))?;
        loop {
            let (kind, body) =
                packet::read(&mut self.reader).await.map_err(|error| lost(&error))?;
            let mut body = Body(&body);
            match kind {
                packet::OPEN_CONFIRMATION => {
                    return self.confirmed(&mut body).map_err(|error| lost(&error));
                }
                packet::OPEN_FAILURE => {
                    let said =
                        body.number().and_then(|_| body.number()).and_then(|_| body.string());
                    let said = text::line_bytes(&said.unwrap_or_default(), MAX_SHOWN);
                    let cause = say!(session_refused_because, said);
                    return Err(Error::new(Kind::Channel, cause)
                        .hint(say!(session_refused_forwarding_only_hint)));
                }
                other => self.link.decline(other, &mut body).await.map_err(|error| lost(&error))?,
            }
        }
    }

    fn confirmed(&mut self, body: &mut Body<'_>) -> IoResult<(u32, u32)> {
        let (_, peer) = (body.number()?, body.number()?);
        let (window, largest) = (body.number()?, body.number()?);
        self.link.widen(window);
        Ok((peer, largest.clamp(1, DATA_AT_ONCE)))
    }

    /// Sends all requests; the answers come later, in order.
    async fn ask(&mut self, peer: u32, request: &SessionRequest) -> IoResult<()> {
        let link = &self.link;
        if let Some(pty) = &request.pty {
            link.send(pty_request(peer, pty)).await?;
            self.awaited.push(Awaited::Pty);
        }
        for (name, value) in &request.env {
            let env = request_to(peer, "env", false);
            link.send(env.string(name.as_bytes()).string(value.as_bytes())).await?;
        }
        let (name, word): (_, Option<&[u8]>) = match &request.program {
            Program::Shell => ("shell", None),
            Program::Exec(command) => ("exec", Some(command)),
            Program::Subsystem(name) => ("subsystem", Some(name.as_bytes())),
        };
        let program = request_to(peer, name, true);
        link.send(match word {
            Some(word) => program.string(word),
            None => program,
        })
        .await?;
        self.awaited.push(Awaited::Program(name));
        Ok(())
    }
}

/// While the channel is open: what comes from the server.
struct Taking<'a> {
    peer: u32,
    link: &'a Link,
    reader: LocalReader,
    stdout: Sink,
    stderr: Sink,
    /// What was taken of the window and not yet given back.
    received: u32,
    awaited: Vec<Awaited>,
    exit: Exit,
    without_pty: &'a (dyn Fn() + Sync),
}

impl Taking<'_> {
    async fn run(&mut self) -> Result<Exit> {
        let mut closed = false;
        let ended = self.listen(&mut closed).await;
        let link = self.link;
        if link.send(Packet::new(packet::CLOSE).number(self.peer)).await.is_ok() && !closed {
            // A master whose client goes away in the middle of a channel is left with the
            // channel; OpenSSH's has died of it.
            let _ = timeout(deadline::SIGN_OF_LIFE, self.drain()).await;
        }
        ended
    }

    /// Takes packets until the channel is `closed` by the server, or something is wrong.
    async fn listen(&mut self, closed: &mut bool) -> Result<Exit> {
        loop {
            let (kind, body) = match packet::read(&mut self.reader).await {
                Ok(packet) => packet,
                // A status that came before still counts.
                Err(_) if self.exit != Exit::Unknown => return Ok(self.exit.clone()),
                Err(error) => return Err(lost(&error)),
            };
            if kind == packet::CLOSE {
                *closed = true;
                return Ok(self.exit.clone());
            }
            match self.take(kind, &body).await {
                Ok(()) => {}
                Err(Fault::Output(error)) if error.kind() == ErrorKind::BrokenPipe => {
                    return Ok(Exit::OutputClosed);
                }
                Err(Fault::Output(error)) => {
                    let reason = crate::error::told(&error);
                    let cause = say!(stdout_failed, reason);
                    return Err(Error::new(Kind::Local, cause));
                }
                Err(Fault::Link(error)) => return Err(lost(&error)),
                Err(Fault::Refused(error)) => return Err(error),
            }
        }
    }

    /// Reads on, for nothing, until the server has closed the channel.
    async fn drain(&mut self) {
        while packet::read(&mut self.reader).await.is_ok_and(|(kind, _)| kind != packet::CLOSE) {}
    }

    async fn take(&mut self, kind: u8, body: &[u8]) -> Result<(), Fault> {
        let mut body = Body(body);
        match kind {
            packet::WINDOW_ADJUST => {
                body.number()?;
                self.link.widen(body.number()?);
            }
            packet::DATA => {
                body.number()?;
                let data = body.string()?;
                self.stdout.write_all(&data).await.map_err(Fault::Output)?;
                self.taken(data.len()).await?;
            }
            packet::EXTENDED_DATA => {
                body.number()?;
                let (which, data) = (body.number()?, body.string()?);
                if which == STDERR {
                    self.stderr.write_all(&data).await.map_err(Fault::Output)?;
                }
                self.taken(data.len()).await?;
            }
            packet::EOF => {}
            packet::REQUEST => self.requested(&mut body).await?,
            packet::SUCCESS | packet::FAILURE => self.answered(kind == packet::SUCCESS)?,
            other => self.link.decline(other, &mut body).await?,
        }
        Ok(())
    }

    /// Gives window back once half of it is used.
    async fn taken(&mut self, bytes: usize) -> Result<(), Fault> {
        self.received = self.received.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
        if self.received >= WINDOW / 2 {
            let (peer, received) = (self.peer, std::mem::take(&mut self.received));
            let adjust = Packet::new(packet::WINDOW_ADJUST).number(peer).number(received);
            self.link.send(adjust).await?;
        }
        Ok(())
    }

    async fn requested(&mut self, body: &mut Body<'_>) -> Result<(), Fault> {
        body.number()?;
        let (name, reply) = (body.string()?, body.flag()?);
        match name.as_slice() {
            b"exit-status" => self.exit = Exit::Status(body.number()?),
            b"exit-signal" => {
                let signal = text::line_bytes(&body.string()?, 32);
                body.flag()?;
                let message = text::line_bytes(&body.string()?, MAX_SHOWN);
                self.exit = Exit::Signal(signal, message);
            }
            _ => {}
        }
        if reply {
            self.link.send(Packet::new(packet::FAILURE).number(self.peer)).await?;
        }
        Ok(())
    }

    fn answered(&mut self, granted: bool) -> Result<(), Fault> {
        if self.awaited.is_empty() {
            return Ok(());
        }
        match self.awaited.remove(0) {
            _ if granted => Ok(()),
            Awaited::Pty => {
                (self.without_pty)();
                warn!("{}", say!(pty_refused));
                Ok(())
            }
            Awaited::Program(program) => {
                let cause = say!(channel_request_refused, program);
                let hint = say!(channel_request_refused_hint);
                Err(Fault::Refused(Error::new(Kind::Channel, cause).hint(hint)))
            }
        }
    }
}

impl Link {
    /// What is asked of us and not done; anything else is nothing to us.
    async fn decline(&self, kind: u8, body: &mut Body<'_>) -> IoResult<()> {
        match kind {
            packet::GLOBAL_REQUEST => {
                body.string()?;
                if body.flag()? {
                    self.send(Packet::new(packet::REQUEST_FAILURE)).await?;
                }
            }
            packet::OPEN => {
                body.string()?;
                let peer = body.number()?;
                let failure = Packet::new(packet::OPEN_FAILURE).number(peer).number(PROHIBITED);
                self.send(failure.string(b"not asked for").string(b"")).await?;
            }
            other => debug!("mux proxy: packet of type {other} passed over"),
        }
        Ok(())
    }
}

/// Why a packet could not be taken.
enum Fault {
    Output(IoError),
    Link(IoError),
    Refused(Error),
}

impl From<IoError> for Fault {
    fn from(error: IoError) -> Fault {
        Fault::Link(error)
    }
}

/// Input, as much as the server takes, to its end.
async fn pump(
    mut input: impl AsyncRead + Unpin,
    link: &Link,
    (peer, largest): (u32, u32),
) -> IoResult<()> {
    let mut buffer = vec![0; largest as usize];
    loop {
        // Input that cannot be read any more has ended, as for ssh.
        let count = input.read(&mut buffer).await.unwrap_or(0);
        if count == 0 {
            return link.send(Packet::new(packet::EOF).number(peer)).await;
        }
        let mut left = &buffer[..count];
        while !left.is_empty() {
            let some = link.window.acquire().await.map_err(IoError::other)?;
            let more = link.window.available_permits().min(left.len() - 1);
            let permits = u32::try_from(more).unwrap_or(0);
            let more = link.window.try_acquire_many(permits).map_err(IoError::other)?;
            some.forget();
            more.forget();
            let (now, later) = left.split_at(1 + permits as usize);
            link.send(Packet::new(packet::DATA).number(peer).string(now)).await?;
            left = later;
        }
    }
}

/// The beginning of a request on the channel.
fn request_to(peer: u32, name: &str, reply: bool) -> Packet {
    Packet::new(packet::REQUEST).number(peer).string(name.as_bytes()).flag(reply)
}

fn pty_request(peer: u32, pty: &PtyRequest) -> Packet {
    let modes = pty
        .modes
        .iter()
        .flat_map(|&(mode, value)| std::iter::once(mode as u8).chain(value.to_be_bytes()));
    let modes: Vec<u8> = modes.chain([Pty::TTY_OP_END as u8]).collect();
    let request = request_to(peer, "pty-req", true).string(pty.term.as_bytes());
    sized(request, pty.size).string(&modes)
}

fn window_change(peer: u32, size: WindowSize) -> Packet {
    sized(request_to(peer, "window-change", false), size)
}

fn sized(packet: Packet, size: WindowSize) -> Packet {
    let WindowSize { columns, rows, width, height } = size;
    packet.number(columns).number(rows).number(width).number(height)
}

fn lost(error: &IoError) -> Error {
    let cause = match error.kind() {
        ErrorKind::InvalidData => say!(share_nonsense),
        _ => say!(share_master_gone),
    };
    Error::new(Kind::Disconnected, cause)
}
