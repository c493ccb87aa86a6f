//! A session in plain packets of the connection protocol (RFC 4254), which a master in proxy
//! mode passes on (PROTOCOL.mux section 9).
//!
//! There is neither a transport nor a login here, only one session channel: the master has the
//! rest. Nothing that the server opens is taken; forwards are asked of the master in its own
//! protocol.

use std::io::{Error as IoError, ErrorKind, Result as IoResult};

use log::{debug, warn};
use russh::Pty;
use russh::keys::ssh_encoding::{Decode, Encode};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;

use super::MAX_PACKET;
use crate::client::channel::{Program, PtyRequest, SessionRequest, Sink, WindowSize};
use crate::client::deadline;
use crate::client::relay::Exit;
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;

const REQUEST_FAILURE: u8 = 82;
const GLOBAL_REQUEST: u8 = 80;
const OPEN: u8 = 90;
const OPEN_CONFIRMATION: u8 = 91;
const OPEN_FAILURE: u8 = 92;
const WINDOW_ADJUST: u8 = 93;
const DATA: u8 = 94;
const EXTENDED_DATA: u8 = 95;
const EOF: u8 = 96;
const CLOSE: u8 = 97;
const REQUEST: u8 = 98;
const SUCCESS: u8 = 99;
const FAILURE: u8 = 100;

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
pub struct Local<'a, I> {
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
    stream: UnixStream,
    request: SessionRequest,
    local: Local<'_, I>,
) -> Result<Exit>
where
    I: AsyncRead + Unpin,
{
    let Local { input, stdout, stderr, mut resized, without_pty } = local;
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
            None => link.send(EOF, |out| out.number(peer)).await,
        }
    };
    let resize = async {
        while let Some(size) = resized.recv().await {
            if link.send(REQUEST, |out| window_change(out, peer, size)).await.is_err() {
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
    writer: Mutex<OwnedWriteHalf>,
    window: Semaphore,
}

impl Link {
    async fn send(&self, kind: u8, fill: impl FnOnce(&mut Packet)) -> IoResult<()> {
        let mut packet = Packet::new(kind);
        fill(&mut packet);
        let bytes = packet.finished();
        self.writer.lock().await.write_all(&bytes).await
    }

    fn widen(&self, bytes: u32) {
        let room = MAX_WINDOW.saturating_sub(self.window.available_permits());
        self.window.add_permits(room.min(bytes as usize));
    }
}

/// Before the channel is open.
struct Session {
    reader: OwnedReadHalf,
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
        let asked = self.link.send(OPEN, |out| {
            out.string(b"session");
            [CHANNEL, WINDOW, DATA_AT_ONCE].into_iter().for_each(|number| out.number(number));
        });
        asked.await.map_err(|error| lost(&error))?;
        loop {
            let (kind, body) = read(&mut self.reader).await.map_err(|error| lost(&error))?;
            let mut body = Body(&body);
            match kind {
                OPEN_CONFIRMATION => {
                    return self.confirmed(&mut body).map_err(|error| lost(&error));
                }
                OPEN_FAILURE => {
                    let said =
                        body.number().and_then(|_| body.number()).and_then(|_| body.string());
                    let said = text::line_bytes(&said.unwrap_or_default(), MAX_SHOWN);
                    let cause = say!("error-client-server-refused-open-session", said);
                    return Err(Error::new(Kind::Channel, cause)
                        .hint(say!("error-client-may-allow-forwarding-only")));
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
            link.send(REQUEST, |out| pty_request(out, peer, pty)).await?;
            self.awaited.push(Awaited::Pty);
        }
        for (name, value) in &request.env {
            link.send(REQUEST, |out| {
                out.request(peer, "env", false);
                out.string(name.as_bytes());
                out.string(value.as_bytes());
            })
            .await?;
        }
        let (name, word): (_, Option<&[u8]>) = match &request.program {
            Program::Shell => ("shell", None),
            Program::Exec(command) => ("exec", Some(command)),
            Program::Subsystem(name) => ("subsystem", Some(name.as_bytes())),
        };
        link.send(REQUEST, |out| {
            out.request(peer, name, true);
            if let Some(word) = word {
                out.string(word);
            }
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
    reader: OwnedReadHalf,
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
        if link.send(CLOSE, |out| out.number(self.peer)).await.is_ok() && !closed {
            // A master whose client goes away in the middle of a channel is left with the
            // channel; OpenSSH's has died of it.
            let _ = timeout(deadline::SIGN_OF_LIFE, self.drain()).await;
        }
        ended
    }

    /// Takes packets until the channel is `closed` by the server, or something is wrong.
    async fn listen(&mut self, closed: &mut bool) -> Result<Exit> {
        loop {
            let (kind, body) = match read(&mut self.reader).await {
                Ok(packet) => packet,
                // A status that came before still counts.
                Err(_) if self.exit != Exit::Unknown => return Ok(self.exit.clone()),
                Err(error) => return Err(lost(&error)),
            };
            if kind == CLOSE {
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
                    let cause = say!("error-client-cannot-write-standard-output", reason);
                    return Err(Error::new(Kind::Local, cause));
                }
                Err(Fault::Link(error)) => return Err(lost(&error)),
                Err(Fault::Refused(error)) => return Err(error),
            }
        }
    }

    /// Reads on, for nothing, until the server has closed the channel.
    async fn drain(&mut self) {
        while read(&mut self.reader).await.is_ok_and(|(kind, _)| kind != CLOSE) {}
    }

    async fn take(&mut self, kind: u8, body: &[u8]) -> Result<(), Fault> {
        let mut body = Body(body);
        match kind {
            WINDOW_ADJUST => {
                body.number()?;
                self.link.widen(body.number()?);
            }
            DATA => {
                body.number()?;
                let data = body.string()?;
                self.stdout.write_all(&data).await.map_err(Fault::Output)?;
                self.taken(data.len()).await?;
            }
            EXTENDED_DATA => {
                body.number()?;
                let (which, data) = (body.number()?, body.string()?);
                if which == STDERR {
                    self.stderr.write_all(&data).await.map_err(Fault::Output)?;
                }
                self.taken(data.len()).await?;
            }
            EOF => {}
            REQUEST => self.requested(&mut body).await?,
            SUCCESS | FAILURE => self.answered(kind == SUCCESS)?,
            other => self.link.decline(other, &mut body).await?,
        }
        Ok(())
    }

    /// Gives window back once half of it is used.
    async fn taken(&mut self, bytes: usize) -> Result<(), Fault> {
        self.received = self.received.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
        if self.received >= WINDOW / 2 {
            let (peer, received) = (self.peer, std::mem::take(&mut self.received));
            let fill = |out: &mut Packet| {
                out.number(peer);
                out.number(received);
            };
            self.link.send(WINDOW_ADJUST, fill).await?;
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
            self.link.send(FAILURE, |out| out.number(self.peer)).await?;
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
                warn!("{}", say!("error-client-pty-allocation-request-failed"));
                Ok(())
            }
            Awaited::Program(program) => {
                let cause = say!("error-client-request-failed-channel-0", program);
                let hint = say!("error-client-server-does-not-allow");
                Err(Fault::Refused(Error::new(Kind::Channel, cause).hint(hint)))
            }
        }
    }
}

impl Link {
    /// What is asked of us and not done; anything else is nothing to us.
    async fn decline(&self, kind: u8, body: &mut Body<'_>) -> IoResult<()> {
        match kind {
            GLOBAL_REQUEST => {
                body.string()?;
                if body.flag()? {
                    self.send(REQUEST_FAILURE, |_| {}).await?;
                }
            }
            OPEN => {
                body.string()?;
                let peer = body.number()?;
                self.send(OPEN_FAILURE, |out| {
                    out.number(peer);
                    out.number(PROHIBITED);
                    out.string(b"not asked for");
                    out.string(b"");
                })
                .await?;
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
            return link.send(EOF, |out| out.number(peer)).await;
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
            link.send(DATA, |out| {
                out.number(peer);
                out.string(now);
            })
            .await?;
            left = later;
        }
    }
}

fn pty_request(out: &mut Packet, peer: u32, pty: &PtyRequest) {
    let WindowSize { columns, rows, width, height } = pty.size;
    out.request(peer, "pty-req", true);
    out.string(pty.term.as_bytes());
    [columns, rows, width, height].into_iter().for_each(|number| out.number(number));
    let modes = pty
        .modes
        .iter()
        .flat_map(|&(mode, value)| std::iter::once(mode as u8).chain(value.to_be_bytes()));
    let modes: Vec<u8> = modes.chain([Pty::TTY_OP_END as u8]).collect();
    out.string(&modes);
}

fn window_change(out: &mut Packet, peer: u32, size: WindowSize) {
    out.request(peer, "window-change", false);
    let WindowSize { columns, rows, width, height } = size;
    [columns, rows, width, height].into_iter().for_each(|number| out.number(number));
}

/// One packet: length, a padding length of 0, its type, the rest.
async fn read(reader: &mut OwnedReadHalf) -> IoResult<(u8, Vec<u8>)> {
    let length = reader.read_u32().await? as usize;
    if !(2..=MAX_PACKET).contains(&length) {
        return Err(IoError::from(ErrorKind::InvalidData));
    }
    let padding = reader.read_u8().await?;
    let kind = reader.read_u8().await?;
    let mut body = vec![0; length - 2];
    reader.read_exact(&mut body).await?;
    match padding {
        0 => Ok((kind, body)),
        _ => Err(IoError::from(ErrorKind::InvalidData)),
    }
}

fn lost(error: &IoError) -> Error {
    let cause = match error.kind() {
        ErrorKind::InvalidData => say!("share-nonsense"),
        _ => say!("share-master-gone"),
    };
    Error::new(Kind::Disconnected, cause)
}

/// A packet that is being put together.
struct Packet(Vec<u8>);

impl Packet {
    fn new(kind: u8) -> Packet {
        Packet(vec![0, 0, 0, 0, 0, kind])
    }

    fn number(&mut self, number: u32) {
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    fn string(&mut self, bytes: &[u8]) {
        bytes.encode(&mut self.0).expect("a vector takes everything up to 4 GiB");
    }

    fn request(&mut self, peer: u32, name: &str, reply: bool) {
        self.number(peer);
        self.string(name.as_bytes());
        self.0.push(u8::from(reply));
    }

    fn finished(mut self) -> Vec<u8> {
        let length = u32::try_from(self.0.len() - 4).expect("a packet is short");
        self.0[..4].copy_from_slice(&length.to_be_bytes());
        self.0
    }
}

/// What is left of a packet.
struct Body<'a>(&'a [u8]);

impl Body<'_> {
    fn number(&mut self) -> IoResult<u32> {
        u32::decode(&mut self.0).map_err(|_| IoError::from(ErrorKind::InvalidData))
    }

    fn flag(&mut self) -> IoResult<bool> {
        let flag = u8::decode(&mut self.0).map_err(|_| IoError::from(ErrorKind::InvalidData))?;
        Ok(flag != 0)
    }

    fn string(&mut self) -> IoResult<Vec<u8>> {
        Vec::<u8>::decode(&mut self.0).map_err(|_| IoError::from(ErrorKind::InvalidData))
    }
}
