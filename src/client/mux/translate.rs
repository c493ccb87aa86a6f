//! The master's side of proxy mode (PROTOCOL.mux section 9): a client speaks the connection
//! protocol (RFC 4254) in unencrypted packets, and its channels become channels of the connection.
//!
//! The SSH library gives no access to packets, so none is passed through: sessions and connections
//! are opened through its API, and requests, data, windows and ends are translated in both
//! directions. What the API does not support is refused: global requests (and with them remote
//! forwards, which a client requests in the master's own protocol), X11, and unknown types of
//! channels and requests.

use std::collections::HashMap;
use std::future::pending;
use std::io::{ErrorKind, Result};
use std::sync::Arc;

use log::debug;
use russh::client::Msg;
use russh::{ChannelWriteHalf, Pty, Sig};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::client::deadline::GOODBYE;
use crate::client::flow::copy::{ByteSink, ChannelSink, copy};
use crate::client::flow::event::{Event, EventReceiver, event_queue};
use crate::client::flow::idle::IdleClock;
use crate::client::flow::lane::{Drained, Lane};
use crate::client::flow::seats::MAX_CONNECTIONS;
use crate::client::mux::packet_sink::{PacketSink, PacketWriter, PeerWindow};
use crate::client::mux::packets as packet;
use crate::client::mux::packets::{Body, Packet};
use crate::client::mux::peer::{MasterClient, MasterState};
use crate::client::mux::wire::MuxResponse;
use crate::client::session::channel::open_bare;
use crate::config::Connect;
use crate::os::local::LocalReader;
use crate::say;

/// The most channels of one client: more than sshd's sessions, and as many connections as a browser
/// makes through a forward.
const MAX_CHANNELS: usize = if MAX_CONNECTIONS < 256 { MAX_CONNECTIONS } else { 256 };
/// The most packets of one channel that may wait. When they are reached, no more is read from the
/// client.
const MAX_ORDERS: usize = 256;
/// The most bytes of all waiting packets of one client. When they are reached, no more is read from
/// the client. Enough for the windows of sixteen channels from which the server takes nothing.
const MAX_HELD: usize = 32 * 1024 * 1024;
/// The window for a client's data, in bytes: OpenSSH's own value.
const WINDOW: u32 = 2 * 1024 * 1024;
/// The largest packet of data, as RFC 4254 section 5.2 has it.
const DATA_AT_ONCE: usize = 32 * 1024;
/// The type of extended data that is standard error (RFC 4254 section 5.2).
const STDERR: u32 = 1;
/// Reasons of an open failure (RFC 4254 section 5.1).
const PROHIBITED: u32 = 1;
const CONNECT_FAILED: u32 = 2;
const UNKNOWN_TYPE: u32 = 3;
const SHORTAGE: u32 = 4;

/// Serves the client until it disconnects.
pub(crate) async fn run(mut client: MasterClient, id: u32) -> Result<()> {
    let question = say!(mux_ask_session, host = client.state.host);
    if !client.asked(id, question).await? {
        return Ok(());
    }
    client.answer(id, MuxResponse::Proxy).await?;
    let MasterClient { state, stream } = client;
    let number = state.number();
    let (mut reader, writer) = stream.into_split();
    let writer = Arc::new(PacketWriter::new(writer));
    let mut proxy = ProxyClient {
        state,
        number,
        writer,
        channels: HashMap::new(),
        held: Arc::new(Semaphore::new(MAX_HELD)),
        next: 0,
        tasks: JoinSet::new(),
        gone: watch::Sender::default(),
    };
    let ended = proxy.listen(&mut reader).await;
    let ProxyClient { gone, mut tasks, .. } = proxy;
    // The tasks close their channels now; one that hangs is aborted.
    drop(gone);
    let closed = async { while tasks.join_next().await.is_some() {} };
    let _ = timeout(GOODBYE, closed).await;
    ended
}

/// One client in proxy mode.
struct ProxyClient {
    state: Arc<MasterState>,
    number: u32,
    writer: Arc<PacketWriter>,
    /// The open channels, by the number that the client was told.
    channels: HashMap<u32, ChannelEntry>,
    /// Free room for waiting packets, in bytes.
    held: Arc<Semaphore>,
    next: u32,
    /// One task for each channel; it returns its channel's number.
    tasks: JoinSet<u32>,
    /// Dropped when the client has disconnected, which ends all tasks.
    gone: watch::Sender<()>,
}

/// A channel, as seen by the task that reads the client's packets.
struct ChannelEntry {
    orders: Sender<HeldPackets>,
    /// What the client may still send, in bytes: [`WINDOW`] minus the data that waits for the
    /// server.
    window: Arc<Semaphore>,
    /// The client's window for our data.
    credit: Arc<PeerWindow>,
}

/// A waiting packet, and the room that it takes.
struct HeldPackets {
    order: ClientOrder,
    _room: OwnedSemaphorePermit,
}

/// A client's packet about a channel.
enum ClientOrder {
    Data(Vec<u8>),
    Request(String, bool, Vec<u8>),
    Eof,
    Close,
}

impl ProxyClient {
    /// Reads and handles packets until the client disconnects.
    async fn listen(&mut self, reader: &mut LocalReader) -> Result<()> {
        loop {
            // Channels that were cut tell their client nothing: it sees the end of this connection,
            // which does not wait for what else the master has to do.
            let lost = async {
                let _ = self.state.session.end().await;
                while self.tasks.join_next().await.is_some() {}
            };
            let (kind, body) = tokio::select! {
                packet = packet::read(reader) => packet?,
                () = lost => return Ok(()),
            };
            if kind == packet::DISCONNECT {
                return Ok(());
            }
            // Numbers of ended channels become free.
            while let Some(over) = self.tasks.try_join_next() {
                over.ok().and_then(|number| self.channels.remove(&number));
            }
            self.take(kind, &mut Body(&body)).await?;
        }
    }

    async fn take(&mut self, kind: u8, body: &mut Body<'_>) -> Result<()> {
        match kind {
            packet::OPEN => self.open(body).await,
            packet::GLOBAL_REQUEST => {
                let (name, reply) = (body.text()?, body.flag()?);
                debug!("mux proxy: global request {} refused", crate::text::line(&name, 64));
                match reply {
                    true => self.writer.send(Packet::new(packet::REQUEST_FAILURE)).await,
                    false => Ok(()),
                }
            }
            packet::IGNORE | packet::UNIMPLEMENTED | packet::DEBUG => Ok(()),
            packet::REQUEST_SUCCESS | packet::REQUEST_FAILURE => Ok(()),
            _ => self.pass(kind, body).await,
        }
    }

    /// Passes a packet about one channel to the channel's task.
    async fn pass(&mut self, kind: u8, body: &mut Body<'_>) -> Result<()> {
        let (size, number) = (body.0.len(), body.number()?);
        // The server may have closed the channel at the same time.
        let Some(entry) = self.channels.get(&number) else { return Ok(()) };
        let order = match kind {
            packet::WINDOW_ADJUST => {
                entry.credit.widen(body.number()?);
                return Ok(());
            }
            packet::DATA => entry.admitted(body.string()?)?,
            packet::EXTENDED_DATA => {
                // No program reads extended data, but it uses up the window.
                body.number()?;
                entry.admitted(body.string()?)?;
                return Ok(());
            }
            packet::REQUEST => {
                let (name, reply) = (body.text()?, body.flag()?);
                ClientOrder::Request(name, reply, body.0.to_vec())
            }
            packet::EOF => ClientOrder::Eof,
            packet::CLOSE => ClientOrder::Close,
            _ => return Err(ErrorKind::InvalidData.into()),
        };
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.held).acquire_many_owned(size);
        let room = room.await.map_err(|_| ErrorKind::BrokenPipe)?;
        // The receiver is gone if the channel has ended.
        let _ = entry.orders.send(HeldPackets { order, _room: room }).await;
        Ok(())
    }

    async fn open(&mut self, body: &mut Body<'_>) -> Result<()> {
        let kind = body.text()?;
        let (peer, credit, largest) = (body.number()?, body.number()?, body.number()?);
        let to = match target(&kind, body)? {
            ChannelTarget::Session => None,
            ChannelTarget::Connection(to) => Some(to),
            ChannelTarget::Unknown => return self.refuse(peer, UNKNOWN_TYPE).await,
        };
        if self.channels.len() >= MAX_CHANNELS {
            return self.refuse(peer, SHORTAGE).await;
        }
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let (orders, ordered) = channel(MAX_ORDERS);
        let entry = ChannelEntry {
            orders,
            window: Arc::new(Semaphore::new(WINDOW as usize)),
            credit: Arc::new(PeerWindow::new(credit)),
        };
        let channel = ClientChannel {
            peer,
            number,
            state: Arc::clone(&self.state),
            writer: Arc::clone(&self.writer),
            window: Arc::clone(&entry.window),
            credit: Arc::clone(&entry.credit),
            gone: self.gone.subscribe(),
            largest: (largest as usize).clamp(1, DATA_AT_ONCE),
        };
        self.channels.insert(number, entry);
        let of = self.number;
        self.tasks.spawn(async move {
            let opened = channel.open(to, of).await;
            let served = match opened {
                Ok(Some(open)) => channel.serve(open, ordered).await,
                other => other.map(|_| ()),
            };
            if let Err(why) = served {
                debug!("mux proxy: {why}");
            }
            number
        });
        Ok(())
    }

    async fn refuse(&self, peer: u32, why: u32) -> Result<()> {
        self.writer.send(refusal(peer, why)).await
    }
}

/// The target of a channel that a client opens.
enum ChannelTarget {
    Session,
    Connection(Connect),
    /// A type of channel that is not translated.
    Unknown,
}

/// Decodes the target of a channel of this type (RFC 4254 sections 6.1 and 7.2).
fn target(kind: &str, body: &mut Body<'_>) -> Result<ChannelTarget> {
    Ok(match kind {
        "session" => ChannelTarget::Session,
        "direct-tcpip" => {
            let (host, port) = (body.text()?, body.number()?);
            let port = u16::try_from(port).map_err(|_| ErrorKind::InvalidData)?;
            ChannelTarget::Connection(Connect::Tcp { host, port })
        }
        "direct-streamlocal@openssh.com" => ChannelTarget::Connection(Connect::Path(body.text()?)),
        _ => ChannelTarget::Unknown,
    })
}

impl ChannelEntry {
    /// Accepts data within the window; more data violates the protocol.
    fn admitted(&self, data: Vec<u8>) -> Result<ClientOrder> {
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
        match self.window.try_acquire_many(length) {
            Ok(taken) => {
                taken.forget();
                Ok(ClientOrder::Data(data))
            }
            Err(_) => Err(ErrorKind::InvalidData.into()),
        }
    }
}

/// A channel, as seen by its own task.
struct ClientChannel {
    /// The client's number for the channel.
    peer: u32,
    /// The number that the client was told.
    number: u32,
    state: Arc<MasterState>,
    writer: Arc<PacketWriter>,
    window: Arc<Semaphore>,
    credit: Arc<PeerWindow>,
    gone: watch::Receiver<()>,
    largest: usize,
}

/// Why the client's packets are no longer passed on.
enum UpwardEnd {
    /// The client has closed the channel.
    Closed,
    /// The server accepts no more data.
    NotTaken,
}

/// The connection's channel behind a client's channel.
struct ServerChannel {
    write: Arc<ChannelWriteHalf<Msg>>,
    stdout: Arc<Lane>,
    stderr: Option<Arc<Lane>>,
    events: EventReceiver,
    clock: Option<Arc<IdleClock>>,
    /// The permit that counts this connection against the limit on open ones.
    _seat: Option<OwnedSemaphorePermit>,
}

impl ClientChannel {
    /// Opens a channel of the connection and confirms it to the client. `None` if the server
    /// refuses, which has been reported to the client.
    async fn open(&self, to: Option<Connect>, client: u32) -> Result<Option<ServerChannel>> {
        let session = &self.state.session;
        let open = match to {
            None => open_bare(session).await.ok().map(|bare| {
                bare.stdout.describe(say!(mux_session, number = client));
                let (stdout, stderr) = (bare.stdout, Some(bare.stderr));
                let (write, events) = (Arc::new(bare.write), bare.events);
                ServerChannel { write, stdout, stderr, events, clock: bare.clock, _seat: None }
            }),
            Some(to) => session.forwards().open_tunnel(&to).await.map(|(write, stdout, seat)| {
                let clock = stdout.start_clock(&session.shared.incoming.lanes.timeouts);
                stdout.describe(say!(mux_connection, number = client));
                let (_, events) = event_queue();
                let write = Arc::new(write);
                ServerChannel { write, stdout, stderr: None, events, clock, _seat: Some(seat) }
            }),
        };
        match &open {
            None => {
                let why = if session.ended().is_some() { CONNECT_FAILED } else { PROHIBITED };
                self.writer.send(refusal(self.peer, why)).await?;
            }
            Some(_) => {
                let confirmed = self.about(packet::OPEN_CONFIRMATION).number(self.number);
                self.writer.send(confirmed.number(WINDOW).number(DATA_AT_ONCE as u32)).await?;
            }
        }
        Ok(open)
    }

    async fn serve(&self, open: ServerChannel, ordered: Receiver<HeldPackets>) -> Result<()> {
        let ServerChannel { write, stdout, stderr, events, clock, _seat } = open;
        let clock = clock.as_deref();
        let upward = async {
            match self.up(&write, ordered, clock).await {
                Ok(UpwardEnd::Closed) => Ok(()),
                // The server accepts no more; the channel's end arrives in the other direction.
                Ok(UpwardEnd::NotTaken) => pending().await,
                Err(error) => Err(error),
            }
        };
        let told = async {
            match self.tell(events).await {
                Ok(()) => pending().await,
                Err(error) => Err(error),
            }
        };
        let mut gone = self.gone.clone();
        let served = tokio::select! {
            // The order matters: how the program ended must be passed on before the channel's end.
            biased;
            ended = told => ended,
            _ = gone.changed() => Ok(()),
            _ = IdleClock::expired_of(clock) => Ok(()),
            ended = self.down(&stdout, stderr.as_deref()) => ended,
            ended = upward => ended,
        };
        if !stdout.is_closed() {
            let _ = write.close().await;
        }
        self.state.session.shared.incoming.lanes.remove(write.id());
        // An invented end would have the client take what it has for all: it sees the master's.
        let told = match stdout.is_cut() {
            true => Ok(()),
            false => self.writer.send(self.about(packet::CLOSE)).await,
        };
        served.and(told)
    }

    /// Passes on the client's packets, in order.
    async fn up(
        &self,
        write: &ChannelWriteHalf<Msg>,
        mut ordered: Receiver<HeldPackets>,
        clock: Option<&IdleClock>,
    ) -> Result<UpwardEnd> {
        let traffic = &*self.state.session.shared.incoming.lanes.traffic;
        let mut server = ChannelSink { channel: write, traffic, clock, is_typed: false };
        while let Some(HeldPackets { order, _room }) = ordered.recv().await {
            server.touch();
            let sent = match order {
                ClientOrder::Data(data) => {
                    let length = data.len();
                    let sent = server.send(data.into()).await;
                    self.window.add_permits(length);
                    let adjust = self.about(packet::WINDOW_ADJUST).number(length as u32);
                    self.writer.send(adjust).await?;
                    sent
                }
                ClientOrder::Request(name, reply, rest) => {
                    let known = self.request(write, (&name, reply), &mut Body(&rest)).await?;
                    if reply && !known {
                        self.writer.send(self.about(packet::FAILURE)).await?;
                    }
                    Ok(())
                }
                ClientOrder::Eof => write.eof().await,
                ClientOrder::Close => return Ok(UpwardEnd::Closed),
            };
            if sent.is_err() {
                return Ok(UpwardEnd::NotTaken);
            }
        }
        Ok(UpwardEnd::Closed)
    }

    /// Passes a request on; `false` if it cannot be translated.
    async fn request(
        &self,
        write: &ChannelWriteHalf<Msg>,
        (name, reply): (&str, bool),
        body: &mut Body<'_>,
    ) -> Result<bool> {
        let sent = match name {
            "pty-req" => {
                let term = body.text()?;
                let (columns, rows) = (body.number()?, body.number()?);
                let (width, height) = (body.number()?, body.number()?);
                let modes = modes(&body.string()?);
                write.request_pty(reply, &term, columns, rows, width, height, &modes).await
            }
            "window-change" => {
                let (columns, rows) = (body.number()?, body.number()?);
                write.window_change(columns, rows, body.number()?, body.number()?).await
            }
            "env" => write.set_env(reply, body.text()?, body.text()?).await,
            "shell" => write.request_shell(reply).await,
            "exec" => write.exec(reply, body.string()?).await,
            "subsystem" => write.request_subsystem(reply, body.text()?).await,
            "signal" => write.signal(signal(&body.text()?)).await,
            "auth-agent-req@openssh.com" if self.state.program.agent(&self.state.session) => {
                write.agent_forward(reply).await
            }
            _ => return Ok(false),
        };
        // If the connection is lost, the channel's end reports it.
        Ok(sent.is_ok())
    }

    /// Passes on the server's data until the server closes the channel, or too much waits for the
    /// client. If the connection ends before all data has come, fails: the client is told no end of
    /// the channel then, and sees that of the master.
    async fn down(&self, stdout: &Arc<Lane>, stderr: Option<&Lane>) -> Result<()> {
        let extended = async {
            match stderr {
                Some(lane) => self.send_data(lane, Some(STDERR)).await,
                None => Ok(Drained::Eof),
            }
        };
        let drained = tokio::try_join!(self.send_data(stdout, None), extended)?;
        if matches!(drained.0, Drained::Overflowed) || matches!(drained.1, Drained::Overflowed) {
            return Ok(());
        }
        if stdout.is_cut() {
            return Err(ErrorKind::ConnectionAborted.into());
        }
        self.writer.send(self.about(packet::EOF)).await?;
        stdout.over().await;
        Ok(())
    }

    /// Sends a lane's data as fast as the client takes it; returns why it ended.
    async fn send_data(&self, lane: &Lane, extended: Option<u32>) -> Result<Drained> {
        let (writer, window) = (&*self.writer, &*self.credit);
        let (peer, largest) = (self.peer, self.largest);
        copy(lane, PacketSink { writer, window, peer, largest, extended }).await
    }

    /// Passes on the answers to requests, and how the program ended.
    async fn tell(&self, mut events: EventReceiver) -> Result<()> {
        while let Some(event) = events.recv().await {
            let request = |name: &[u8]| self.about(packet::REQUEST).string(name).flag(false);
            let packet = match event {
                Event::Success => self.about(packet::SUCCESS),
                Event::Failure => self.about(packet::FAILURE),
                Event::ExitStatus(status) => request(b"exit-status").number(status),
                Event::ExitSignal { name, message } => {
                    let name = match name {
                        Sig::Custom(name) => name,
                        known => format!("{known:?}"),
                    };
                    let request = request(b"exit-signal").string(name.as_bytes()).flag(false);
                    request.string(message.as_bytes()).string(b"")
                }
                // The lane says where the data ends.
                Event::Eof => continue,
                Event::Closed | Event::OutputFailed(_) => return Ok(()),
            };
            self.writer.send(packet).await?;
        }
        Ok(())
    }

    /// Starts a packet about this channel.
    fn about(&self, kind: u8) -> Packet {
        Packet::new(kind).number(self.peer)
    }
}

fn refusal(peer: u32, why: u32) -> Packet {
    Packet::new(packet::OPEN_FAILURE).number(peer).number(why).string(b"open failed").string(b"")
}

/// Decodes terminal modes (RFC 4254 section 8); modes that the library does not know are dropped.
fn modes(mut bytes: &[u8]) -> Vec<(Pty, u32)> {
    let mut modes = Vec::new();
    while let [code @ 1..160, a, b, c, d, rest @ ..] = bytes {
        if let Some(mode) = Pty::from_u8(*code) {
            modes.push((mode, u32::from_be_bytes([*a, *b, *c, *d])));
        }
        bytes = rest;
    }
    modes
}

/// The signal with this name (RFC 4254 section 6.10).
fn signal(name: &str) -> Sig {
    match name {
        "ABRT" => Sig::ABRT,
        "ALRM" => Sig::ALRM,
        "FPE" => Sig::FPE,
        "HUP" => Sig::HUP,
        "ILL" => Sig::ILL,
        "INT" => Sig::INT,
        "KILL" => Sig::KILL,
        "PIPE" => Sig::PIPE,
        "QUIT" => Sig::QUIT,
        "SEGV" => Sig::SEGV,
        "TERM" => Sig::TERM,
        "USR1" => Sig::USR1,
        other => Sig::Custom(other.to_owned()),
    }
}
