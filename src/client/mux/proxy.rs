//! The client's side of proxy mode (PROTOCOL.mux section 9): a session in unencrypted packets of
//! the connection protocol (RFC 4254), which the master passes on.
//!
//! The master has the transport and the login; this side has one session channel. Channels that the
//! other side opens are refused; forwards are requested from the master in its own protocol.

use std::io::{Error as IoError, ErrorKind, Result as IoResult};

use log::{debug, warn};
use russh::Pty;
use tokio::io::{AsyncRead, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::client::deadline;
use crate::client::flow::copy::{LocalInput, alongside, copy};
use crate::client::flow::exit::Exit;
use crate::client::flow::output::OutputSink;
use crate::client::mux::packet_sink::{PacketSink, PacketWriter, PeerWindow};
use crate::client::mux::packets as packet;
use crate::client::mux::packets::{Body, Packet};
use crate::client::session::channel::{ProgramRequest, PtyRequest, SessionRequest, WindowSize};
use crate::error::{Error, Kind, Result};
use crate::os::local::{LocalReader, LocalStream};
use crate::say;
use crate::text;

/// Our channel number; the master maps it to another one.
const CHANNEL: u32 = 0;
/// The window for the server's data, in bytes: OpenSSH's own value.
const WINDOW: u32 = 2 << 20;
/// The most bytes of data in one packet, as in RFC 4254 section 5.2.
const DATA_AT_ONCE: u32 = 32 * 1024;
/// The type of extended data that is standard error (RFC 4254 section 5.2).
const STDERR: u32 = 1;
/// The reason of an open failure: administratively prohibited (RFC 4254 section 5.1).
const PROHIBITED: u32 = 1;
/// How many characters of the server's text are shown.
const MAX_SHOWN: usize = 200;

/// The local side of the session.
pub struct ProxyLocalSide<'a, I> {
    /// Input for the program; `None` sends its end at once.
    pub input: Option<I>,
    /// Where standard output goes.
    pub stdout: OutputSink,
    /// Where standard error goes.
    pub stderr: OutputSink,
    /// New window sizes.
    pub resized: watch::Receiver<WindowSize>,
    /// Called if the server refuses the pseudo-terminal; gives the local terminal its normal mode
    /// back.
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
    let ProxyLocalSide { input, stdout, stderr, resized, without_pty } = local;
    let (mut reader, writer) = stream.into_split();
    let link = &ProxyLink { writer: PacketWriter::new(writer), window: PeerWindow::new(0) };
    let (peer, largest) = link.open(&mut reader).await?;
    let awaited = link.request(peer, &request).await.map_err(|error| lost(&error))?;
    let (received, exit, is_complete) = (0, Exit::Unknown, false);
    let mut receiving = Receiving {
        peer,
        link,
        reader,
        stdout,
        stderr,
        received,
        awaited,
        exit,
        is_complete,
        without_pty,
    };
    let sending = async {
        // The end of the channel arrives as a packet; a failure here does not end the session.
        let _ = tokio::join!(link.upload(peer, largest, input), link.send_sizes(peer, resized));
    };
    let mut closed = false;
    let ended = alongside(receiving.listen(&mut closed), sending).await;
    // Nothing of the channel may follow its end (RFC 4254 section 5.3): a server that is told the
    // end of its input then ends the connection, with all that others do on it.
    receiving.close(closed).await;
    ended
}

/// The socket to the master, and the server's window for the channel.
struct ProxyLink {
    writer: PacketWriter,
    window: PeerWindow,
}

/// A request whose answer is awaited.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AwaitedAnswer {
    Pty,
    ProgramRequest(&'static str),
}

impl ProxyLink {
    /// Opens the channel; returns the server's number for it, and the server's largest packet in
    /// bytes.
    async fn open(&self, reader: &mut LocalReader) -> Result<(u32, usize)> {
        let open = Packet::new(packet::OPEN).string(b"session");
        let open = open.number(CHANNEL).number(WINDOW).number(DATA_AT_ONCE);
        self.writer.send(open).await.map_err(|error| lost(&error))?;
        loop {
            let (kind, body) = packet::read(reader).await.map_err(|error| lost(&error))?;
            let mut body = Body(&body);
            match kind {
                packet::OPEN_CONFIRMATION => {
                    return self.confirmed(&mut body).map_err(|error| lost(&error));
                }
                packet::OPEN_FAILURE => return Err(not_opened(&mut body)),
                other => self.decline(other, &mut body).await.map_err(|error| lost(&error))?,
            }
        }
    }

    fn confirmed(&self, body: &mut Body<'_>) -> IoResult<(u32, usize)> {
        let (_, peer) = (body.number()?, body.number()?);
        let (window, largest) = (body.number()?, body.number()?);
        self.window.widen(window);
        Ok((peer, largest.clamp(1, DATA_AT_ONCE) as usize))
    }

    /// Sends all requests; the answers arrive later, in order.
    async fn request(&self, peer: u32, request: &SessionRequest) -> IoResult<Vec<AwaitedAnswer>> {
        let mut awaited = Vec::new();
        if let Some(pty) = &request.pty {
            self.writer.send(pty_request(peer, pty)).await?;
            awaited.push(AwaitedAnswer::Pty);
        }
        for (name, value) in &request.env {
            let env = request_to(peer, "env", false);
            self.writer.send(env.string(name.as_bytes()).string(value.as_bytes())).await?;
        }
        let (name, argument): (_, Option<&[u8]>) = match &request.program {
            ProgramRequest::Shell => ("shell", None),
            ProgramRequest::Exec(command) => ("exec", Some(command)),
            ProgramRequest::Subsystem(name) => ("subsystem", Some(name.as_bytes())),
        };
        let program = request_to(peer, name, true);
        let program = match argument {
            Some(argument) => program.string(argument),
            None => program,
        };
        self.writer.send(program).await?;
        awaited.push(AwaitedAnswer::ProgramRequest(name));
        Ok(awaited)
    }

    /// Sends the local input until it ends, as fast as the server takes it.
    async fn upload<I: AsyncRead + Unpin>(
        &self,
        peer: u32,
        largest: usize,
        input: Option<I>,
    ) -> IoResult<()> {
        if let Some(input) = input {
            let (writer, window) = (&self.writer, &self.window);
            let server = PacketSink { writer, window, peer, largest, extended: None };
            copy(LocalInput::new(input), server).await?;
        }
        self.writer.send(Packet::new(packet::EOF).number(peer)).await
    }

    /// Tells the server each new size of the window.
    async fn send_sizes(&self, peer: u32, mut resized: watch::Receiver<WindowSize>) {
        while resized.changed().await.is_ok() {
            let size = *resized.borrow_and_update();
            if self.writer.send(window_change(peer, size)).await.is_err() {
                return;
            }
        }
    }

    /// Refuses requests of the other side that this side does not support; ignores anything else.
    async fn decline(&self, kind: u8, body: &mut Body<'_>) -> IoResult<()> {
        match kind {
            packet::GLOBAL_REQUEST => {
                body.string()?;
                if body.flag()? {
                    self.writer.send(Packet::new(packet::REQUEST_FAILURE)).await?;
                }
            }
            packet::OPEN => {
                body.string()?;
                let peer = body.number()?;
                let failure = Packet::new(packet::OPEN_FAILURE).number(peer).number(PROHIBITED);
                self.writer.send(failure.string(b"not asked for").string(b"")).await?;
            }
            other => debug!("mux proxy: packet of type {other} passed over"),
        }
        Ok(())
    }
}

fn not_opened(body: &mut Body<'_>) -> Error {
    let said = body.number().and_then(|_| body.number()).and_then(|_| body.string());
    let said = text::line_bytes(&said.unwrap_or_default(), MAX_SHOWN);
    Error::new(Kind::Channel, say!(session_refused_because, said))
        .hint(say!(session_refused_forwarding_only_hint))
}

/// Receives what the server sends on the open channel.
struct Receiving<'a> {
    peer: u32,
    link: &'a ProxyLink,
    reader: LocalReader,
    stdout: OutputSink,
    stderr: OutputSink,
    /// Bytes received for which the window was not enlarged yet.
    received: u32,
    awaited: Vec<AwaitedAnswer>,
    exit: Exit,
    /// The server has said that no more output follows.
    is_complete: bool,
    without_pty: &'a (dyn Fn() + Sync),
}

impl Receiving<'_> {
    /// Handles packets until the server closes the channel, which sets `closed`, or an error
    /// occurs.
    async fn listen(&mut self, closed: &mut bool) -> Result<Exit> {
        loop {
            let (kind, body) = match packet::read(&mut self.reader).await {
                Ok(packet) => packet,
                // How it ended still counts after all output, though the master has disappeared.
                Err(_) if self.exit != Exit::Unknown && self.is_complete => {
                    return Ok(self.exit.clone());
                }
                Err(error) => return Err(self.cut(lost(&error))),
            };
            if kind == packet::CLOSE {
                *closed = true;
                return Ok(self.exit.clone());
            }
            if let Err(fault) = self.take(kind, &body).await {
                return fault.outcome();
            }
        }
    }

    /// The error where output may be missing.
    fn cut(&self, lost: Error) -> Error {
        match &self.exit {
            Exit::Status(status) => lost.context(say!(session_lost_after_status, status)),
            _ => lost,
        }
    }

    /// Closes the channel; `closed` if the server has closed it.
    async fn close(&mut self, closed: bool) {
        let link = self.link;
        if link.writer.send(Packet::new(packet::CLOSE).number(self.peer)).await.is_ok() && !closed {
            // If a client disconnects while its channel is open, the master keeps the channel;
            // OpenSSH's master has crashed on that. So the channel is closed first.
            let _ = timeout(deadline::SIGN_OF_LIFE, self.drain()).await;
        }
    }

    /// Drops packets until the server has closed the channel.
    async fn drain(&mut self) {
        while packet::read(&mut self.reader).await.is_ok_and(|(kind, _)| kind != packet::CLOSE) {}
    }

    async fn take(&mut self, kind: u8, body: &[u8]) -> Result<(), PacketFault> {
        let mut body = Body(body);
        match kind {
            packet::WINDOW_ADJUST => {
                body.number()?;
                self.link.window.widen(body.number()?);
            }
            packet::DATA => {
                body.number()?;
                let data = body.string()?;
                self.stdout.write_all(&data).await.map_err(PacketFault::Output)?;
                self.taken(data.len()).await?;
            }
            packet::EXTENDED_DATA => {
                body.number()?;
                let (which, data) = (body.number()?, body.string()?);
                if which == STDERR {
                    self.stderr.write_all(&data).await.map_err(PacketFault::Output)?;
                }
                self.taken(data.len()).await?;
            }
            packet::EOF => {
                self.is_complete = true;
                let _ = self.stdout.shutdown().await;
            }
            packet::REQUEST => self.requested(&mut body).await?,
            packet::SUCCESS | packet::FAILURE => self.answered(kind == packet::SUCCESS)?,
            other => self.link.decline(other, &mut body).await?,
        }
        Ok(())
    }

    /// Enlarges the window once half of it is used.
    async fn taken(&mut self, bytes: usize) -> Result<(), PacketFault> {
        self.received = self.received.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
        if self.received >= WINDOW / 2 {
            let (peer, received) = (self.peer, std::mem::take(&mut self.received));
            let adjust = Packet::new(packet::WINDOW_ADJUST).number(peer).number(received);
            self.link.writer.send(adjust).await?;
        }
        Ok(())
    }

    async fn requested(&mut self, body: &mut Body<'_>) -> Result<(), PacketFault> {
        body.number()?;
        let (name, reply) = (body.string()?, body.flag()?);
        match name.as_slice() {
            b"exit-status" => self.exit = Exit::Status(body.number()?),
            b"exit-signal" if !matches!(self.exit, Exit::Status(_)) => {
                let signal = text::line_bytes(&body.string()?, 32);
                body.flag()?;
                let message = text::line_bytes(&body.string()?, MAX_SHOWN);
                self.exit = Exit::Signal(signal, message);
            }
            _ => {}
        }
        if reply {
            self.link.writer.send(Packet::new(packet::FAILURE).number(self.peer)).await?;
        }
        Ok(())
    }

    fn answered(&mut self, granted: bool) -> Result<(), PacketFault> {
        if self.awaited.is_empty() {
            return Ok(());
        }
        match self.awaited.remove(0) {
            _ if granted => Ok(()),
            AwaitedAnswer::Pty => {
                (self.without_pty)();
                warn!("{}", say!(pty_refused));
                Ok(())
            }
            AwaitedAnswer::ProgramRequest(program) => {
                let cause = say!(channel_request_refused, program);
                let hint = say!(channel_request_refused_hint);
                Err(PacketFault::Refused(Error::new(Kind::Channel, cause).hint(hint)))
            }
        }
    }
}

/// Why a packet could not be handled.
enum PacketFault {
    Output(IoError),
    Link(IoError),
    Refused(Error),
}

impl PacketFault {
    /// The result of the session that ends with this fault.
    fn outcome(self) -> Result<Exit> {
        match self {
            PacketFault::Output(error) if error.kind() == ErrorKind::BrokenPipe => {
                Ok(Exit::OutputClosed)
            }
            PacketFault::Output(error) => {
                let reason = crate::error::io_reason(&error);
                let cause = say!(stdout_failed, reason);
                Err(Error::new(Kind::Local, cause))
            }
            PacketFault::Link(error) => Err(lost(&error)),
            PacketFault::Refused(error) => Err(error),
        }
    }
}

impl From<IoError> for PacketFault {
    fn from(error: IoError) -> PacketFault {
        PacketFault::Link(error)
    }
}

/// Starts a request on the channel.
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

#[cfg(test)]
mod tests {
    use tokio::io::{duplex, sink};

    use super::*;

    fn session(name: &str) -> SessionRequest {
        let program = ProgramRequest::Subsystem(name.to_owned());
        SessionRequest { pty: None, env: Vec::new(), program, agent: false, x11: None }
    }

    /// Runs a session with this input against a master that has opened its channel and been asked for
    /// its program, and then does what `then` does. Gives how the session ended, and what that gave.
    async fn proxied<I: AsyncRead + Unpin, T>(
        input: Option<I>,
        then: impl AsyncFnOnce(&mut LocalReader, &PacketWriter) -> T,
    ) -> (Result<Exit>, T) {
        let (client, master) = LocalStream::pair().unwrap();
        let (_, resized) = watch::channel(WindowSize::default());
        let local = ProxyLocalSide {
            input,
            stdout: Box::new(sink()),
            stderr: Box::new(sink()),
            resized,
            without_pty: &|| {},
        };
        let (mut reader, writer) = master.into_split();
        let writer = PacketWriter::new(writer);
        let server = async move {
            assert_eq!(packet::read(&mut reader).await.unwrap().0, packet::OPEN);
            let opened = Packet::new(packet::OPEN_CONFIRMATION).number(CHANNEL).number(7);
            writer.send(opened.number(WINDOW).number(DATA_AT_ONCE)).await.unwrap();
            assert_eq!(packet::read(&mut reader).await.unwrap().0, packet::REQUEST);
            then(&mut reader, &writer).await
        };
        tokio::join!(run(client, session("any"), local), server)
    }

    /// How a session ends whose master is gone after these packets.
    async fn left_after(packets: Vec<Packet>) -> Result<Exit> {
        let says = async |_: &mut LocalReader, writer: &PacketWriter| {
            for packet in packets {
                writer.send(packet).await.unwrap();
            }
        };
        proxied(None::<tokio::io::Empty>, says).await.0
    }

    #[tokio::test]
    async fn a_status_without_the_masters_close_counts_after_all_output() {
        let data = || Packet::new(packet::DATA).number(CHANNEL).string(b"part");
        let status = || request_to(CHANNEL, "exit-status", false).number(0);
        let eof = || Packet::new(packet::EOF).number(CHANNEL);
        let complete = left_after(vec![data(), eof(), status()]).await;
        assert_eq!(complete.unwrap(), Exit::Status(0));
        let cut = left_after(vec![status(), data()]).await.unwrap_err();
        assert_eq!(cut.kind(), Kind::Disconnected);
        assert!(cut.to_string().contains("status 0"), "{cut}");
    }

    #[tokio::test]
    async fn nothing_follows_the_close_of_a_channel_whose_program_was_refused() {
        let (typed, input) = duplex(16);
        let refuses = async |reader: &mut LocalReader, writer: &PacketWriter| {
            writer.send(Packet::new(packet::FAILURE).number(CHANNEL)).await.unwrap();
            assert_eq!(packet::read(reader).await.unwrap().0, packet::CLOSE);
            // The input ends while the client waits for the server's own close.
            drop(typed);
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            writer.send(Packet::new(packet::CLOSE).number(CHANNEL)).await.unwrap();
            packet::read(reader).await.map(|(kind, _)| kind)
        };
        let (ended, followed) = proxied(Some(input), refuses).await;
        assert_eq!(ended.unwrap_err().kind(), Kind::Channel);
        assert!(followed.is_err(), "{followed:?} follows");
    }
}
