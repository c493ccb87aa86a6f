//! What the SSH library tells us while a connection lives, and the state shared with the
//! steps that wait for it.
//!
//! Everything a server may open by itself is refused unless it was asked for (gap G7: the
//! library accepts by default). Data of the session channel is written straight from here
//! to its sink, without a queue between: that is the relay's fast path, and its flow
//! control, since the library reads nothing while a sink is full.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use log::{debug, error, info};
use russh::client::{ChannelOpenHandle, DisconnectReason, Handler, Msg, Session};
use russh::compression::Compression;
use russh::keys::{PublicKey, PublicKeyOrCertificate};
use russh::{Channel, ChannelId, ChannelOpenFailure, Sig};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use super::failure::{self, Stop};
use super::forward::{Incoming, Lane, Opening};
use super::information::Record;
use super::rotation::Rotation;
use super::verify::HostCheck;
use super::wire::WireFacts;
use crate::error::{Error, Kind};
use crate::prompt::{Notice, Prompt};
use crate::say;
use crate::text;

/// Text a server may show before the session, in all: a screenful is usual, and sshd's
/// own limit is a file of any size.
const MAX_BANNER: usize = 256 * 1024;
/// Banners a server may send.
const MAX_BANNERS: usize = 64;
/// What is shown of an error text.
const SHOWN: usize = 300;

/// Where a session channel's data goes: standard output, or any other sink.
pub type Sink = Box<dyn AsyncWrite + Send + Unpin>;

/// The sinks of the session channel.
pub(super) struct Output {
    pub stdout: Sink,
    /// `None`: everything goes to `stdout` is never meant; extended data is dropped.
    pub stderr: Option<Sink>,
}

/// What happens on the session channel, data aside.
#[derive(Debug)]
pub(super) enum Event {
    /// The last request was granted.
    Success,
    /// The last request was refused.
    Failure,
    /// RFC 4254 section 6.10.
    ExitStatus(u32),
    /// RFC 4254 section 6.10: the signal's name without SIG, and the text with it.
    ExitSignal { name: Sig, message: String },
    /// The channel is closed: nothing follows.
    Closed,
    /// Standard output does not take any more.
    OutputFailed(std::io::Error),
}

/// State shared between the handler and the steps.
#[derive(Default)]
pub(super) struct Shared {
    ended: Mutex<Option<Ended>>,
    over: tokio::sync::Notify,
    events: Mutex<Option<UnboundedSender<Event>>>,
    output: Mutex<Option<(ChannelId, Output)>>,
    open_failure: Mutex<Option<String>>,
    negotiated: Mutex<Option<Negotiated>>,
    pause: Mutex<Pause>,
    restricted: AtomicBool,
    /// Channels of forwards, and what the server may open.
    pub incoming: Arc<Incoming>,
    pub rotation: Rotation,
    pub wire: Arc<WireFacts>,
    pub record: Record,
}

/// The algorithms in use, as negotiated last.
#[derive(Clone, Debug)]
pub struct Negotiated {
    /// Key exchange algorithm.
    pub kex: String,
    /// Host key algorithm.
    pub host_key: String,
    /// Cipher, the same in both directions.
    pub cipher: String,
    /// MAC from client to server; meaningless with an AEAD cipher.
    pub client_mac: String,
    /// MAC from server to client.
    pub server_mac: String,
    /// Compression from client to server.
    pub client_compression: &'static str,
    /// Compression from server to client.
    pub server_compression: &'static str,
    /// Whether the key exchange was strict (OpenSSH's PROTOCOL, section 1.10).
    pub strict: bool,
}

impl Negotiated {
    /// Whether the cipher authenticates by itself, so that the MACs are not used.
    pub fn is_aead(&self) -> bool {
        self.cipher.contains("gcm") || self.cipher.contains("poly1305")
    }
}

#[derive(Default)]
struct Pause {
    since: Option<Instant>,
    total: Duration,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing below can panic while it holds one of these.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How the connection ended; most sessions end well, and then nobody asks for the words.
enum Ended {
    Silently,
    For(Box<DisconnectReason<Stop>>),
    Said(Error),
}

impl Shared {
    /// Why the connection ended, if it has (gap G6: the library reports a connection lost
    /// during authentication as a refusal).
    pub fn ended(&self) -> Option<Error> {
        let mut ended = lock(&self.ended);
        let error = match ended.take()? {
            Ended::Silently => Error::new(Kind::Disconnected, say!("error-client-connection-lost")),
            Ended::For(reason) => failure::ended(*reason),
            Ended::Said(error) => error,
        };
        *ended = Some(Ended::Said(error.clone()));
        Some(error)
    }

    /// Waits until the connection has ended; gives the reason.
    pub async fn end(&self) -> Error {
        let over = self.over.notified();
        tokio::pin!(over);
        loop {
            over.as_mut().enable();
            if let Some(error) = self.ended() {
                return error;
            }
            over.as_mut().await;
            over.set(self.over.notified());
        }
    }

    /// The connection has ended: the first reason counts, and everybody who waits is told.
    fn set_ended(&self, ended: Ended) {
        lock(&self.ended).get_or_insert(ended);
        *lock(&self.events) = None;
        self.incoming.lanes.end();
        self.over.notify_waiters();
    }

    /// Events of the session channel go here from now on.
    pub fn send_events_to(&self, sender: UnboundedSender<Event>) {
        *lock(&self.events) = Some(sender);
    }

    /// Data of this session channel goes here from now on.
    pub fn send_output_to(&self, channel: ChannelId, output: Output) {
        self.incoming.lanes.remove(channel);
        self.incoming.lanes.traffic.open_door();
        *lock(&self.output) = Some((channel, output));
    }

    /// The server's words when it refused the last channel.
    pub fn take_open_failure(&self) -> Option<String> {
        lock(&self.open_failure).take()
    }

    /// The algorithms in use.
    pub fn negotiated(&self) -> Option<Negotiated> {
        lock(&self.negotiated).clone()
    }

    /// Nothing that could be stolen may be sent on this connection.
    pub fn restrict(&self) {
        self.restricted.store(true, Ordering::Relaxed);
    }

    /// Whether [`Shared::restrict`] was called.
    pub fn is_restricted(&self) -> bool {
        self.restricted.load(Ordering::Relaxed)
    }

    /// Stops the clock of a deadline while a person is asked.
    pub fn pause(&self) {
        lock(&self.pause).since = Some(Instant::now());
    }

    /// Lets the clock run again.
    pub fn resume(&self) {
        let mut pause = lock(&self.pause);
        if let Some(since) = pause.since.take() {
            pause.total += since.elapsed();
        }
    }

    /// How long the clock has stood still so far.
    pub fn paused(&self) -> Duration {
        let pause = lock(&self.pause);
        pause.total + pause.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn emit(&self, event: Event) {
        if let Some(events) = &*lock(&self.events) {
            // The relay has gone: nobody wants to know.
            let _ = events.send(event);
        }
    }
}

/// The library's callbacks for one connection.
pub(super) struct Events {
    shared: Arc<Shared>,
    prompt: Arc<dyn Prompt>,
    host: Option<HostCheck>,
    output: Option<(ChannelId, Output)>,
    lane: Option<(ChannelId, Arc<Lane>)>,
    banners: Banners,
}

/// What the server has shown before the session so far.
#[derive(Default)]
struct Banners {
    count: usize,
    bytes: usize,
}

impl Banners {
    /// The next one as it may be shown; `None` when there have been enough.
    fn next(&mut self, banner: &str) -> Option<String> {
        self.count += 1;
        let room = MAX_BANNER.saturating_sub(self.bytes);
        if room == 0 || self.count > MAX_BANNERS {
            return None;
        }
        self.bytes += banner.len();
        Some(text::block(banner, room, usize::MAX))
    }
}

impl Events {
    pub fn new(shared: Arc<Shared>, prompt: Arc<dyn Prompt>, host: HostCheck) -> Events {
        let banners = Banners::default();
        Events { shared, prompt, host: Some(host), output: None, lane: None, banners }
    }

    /// Where data of this channel goes; no lock is taken once that is known.
    fn output(&mut self, channel: ChannelId) -> Option<&mut Output> {
        if self.output.as_ref().is_none_or(|(of, _)| *of != channel)
            && let Some(new) = lock(&self.shared.output).take_if(|(of, _)| *of == channel)
        {
            self.output = Some(new);
        }
        self.output.as_mut().filter(|(of, _)| *of == channel).map(|(_, output)| output)
    }

    /// Data of a channel that is not the session's.
    async fn forwarded(&mut self, channel: ChannelId, data: &[u8]) {
        let lanes = &self.shared.incoming.lanes;
        if self.lane.as_ref().is_none_or(|(of, _)| *of != channel) {
            self.lane = lanes.find(channel).map(|lane| (channel, lane));
        }
        if let Some((_, lane)) = &self.lane {
            lane.feed(lanes, data).await;
        }
    }

    /// The lane of this channel, for something that happens once.
    fn lane(&self, channel: ChannelId) -> Option<Arc<Lane>> {
        self.shared.incoming.lanes.find(channel)
    }

    fn refuse(&self, what: &str) {
        info!("refused a {what} channel that the server opened unasked");
    }
}

/// The reason in ssh's words (RFC 4254 section 5.1).
fn ssh_reason(reason: &ChannelOpenFailure) -> &'static str {
    match reason {
        ChannelOpenFailure::AdministrativelyProhibited => "administratively prohibited",
        ChannelOpenFailure::ConnectFailed => "connect failed",
        ChannelOpenFailure::UnknownChannelType => "unknown channel type",
        ChannelOpenFailure::ResourceShortage => "resource shortage",
        ChannelOpenFailure::Other { .. } => "unknown reason",
    }
}

/// The name on the wire.
fn compression(negotiated: &Compression) -> &'static str {
    match negotiated {
        Compression::None => "none",
        Compression::Zlib => "zlib",
        Compression::ZlibOpenSSH => "zlib@openssh.com",
    }
}

impl Drop for Events {
    /// The library's task can end without telling the handler: by a fault in it, or where
    /// the stream cannot be shut down. Whoever waits must not wait for ever.
    fn drop(&mut self) {
        self.shared.set_ended(Ended::Silently);
    }
}

impl Handler for Events {
    type Error = Stop;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, Stop> {
        match self.host.take() {
            Some(host) => {
                host.judge(key, &self.shared, &self.prompt).await.map_err(Stop::Ours)?;
                Ok(true)
            }
            // The library asks once (gap G2: not again on a rekey).
            None => Ok(false),
        }
    }

    async fn kex_done(
        &mut self,
        _shared_secret: Option<&[u8]>,
        names: &russh::Names,
        _session: &mut Session,
    ) -> Result<(), Stop> {
        let negotiated = Negotiated {
            kex: names.kex.as_ref().to_owned(),
            host_key: names.key.to_string(),
            cipher: names.cipher.as_ref().to_owned(),
            client_mac: names.client_mac.as_ref().to_owned(),
            server_mac: names.server_mac.as_ref().to_owned(),
            client_compression: compression(&names.client_compression),
            server_compression: compression(&names.server_compression),
            strict: names.strict_kex(),
        };
        debug!("kex: algorithm: {}", negotiated.kex);
        debug!("kex: host key algorithm: {}", negotiated.host_key);
        let mac = match negotiated.is_aead() {
            true => "<implicit>",
            false => &negotiated.client_mac,
        };
        debug!("kex: cipher: {} MAC: {mac}", negotiated.cipher);
        debug!("SSH2_MSG_NEWKEYS sent");
        *lock(&self.shared.negotiated) = Some(negotiated);
        self.shared.record.exchanged();
        Ok(())
    }

    async fn auth_banner(&mut self, banner: &str, _session: &mut Session) -> Result<(), Stop> {
        self.shared.wire.explain();
        if let Some(shown) = self.banners.next(banner) {
            self.prompt.notice(Notice::Banner(&shown));
        }
        Ok(())
    }

    async fn data(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        _session: &mut Session,
    ) -> Result<(), Stop> {
        if self.lane.as_ref().is_some_and(|(of, _)| *of == channel) {
            self.forwarded(channel, data).await;
            return Ok(());
        }
        let Some(output) = self.output(channel) else {
            self.forwarded(channel, data).await;
            return Ok(());
        };
        if let Err(error) = output.stdout.write_all(data).await {
            output.stdout = Box::new(tokio::io::sink());
            self.shared.emit(Event::OutputFailed(error));
        }
        let traffic = &self.shared.incoming.lanes.traffic;
        if traffic.is_shared() {
            traffic.note(channel);
        }
        Ok(())
    }

    async fn extended_data(
        &mut self,
        channel: ChannelId,
        code: u32,
        data: &[u8],
        _session: &mut Session,
    ) -> Result<(), Stop> {
        const SSH_EXTENDED_DATA_STDERR: u32 = 1;
        let Some(Output { stderr, .. }) = self.output(channel) else { return Ok(()) };
        if code == SSH_EXTENDED_DATA_STDERR
            && let Some(sink) = stderr
            && sink.write_all(data).await.is_err()
        {
            // As with ssh, standard output and the exit status still count.
            *stderr = None;
        }
        Ok(())
    }

    async fn channel_success(&mut self, _: ChannelId, _: &mut Session) -> Result<(), Stop> {
        self.shared.emit(Event::Success);
        Ok(())
    }

    async fn channel_failure(&mut self, _: ChannelId, _: &mut Session) -> Result<(), Stop> {
        self.shared.emit(Event::Failure);
        Ok(())
    }

    async fn exit_status(
        &mut self,
        _: ChannelId,
        status: u32,
        _: &mut Session,
    ) -> Result<(), Stop> {
        self.shared.emit(Event::ExitStatus(status));
        Ok(())
    }

    async fn exit_signal(
        &mut self,
        _: ChannelId,
        name: Sig,
        _core_dumped: bool,
        message: &str,
        _language: &str,
        _: &mut Session,
    ) -> Result<(), Stop> {
        self.shared.emit(Event::ExitSignal { name, message: text::line(message, SHOWN) });
        Ok(())
    }

    async fn channel_eof(&mut self, id: ChannelId, _: &mut Session) -> Result<(), Stop> {
        if let Some(lane) = self.lane(id) {
            lane.eof();
        }
        Ok(())
    }

    async fn channel_close(&mut self, id: ChannelId, _: &mut Session) -> Result<(), Stop> {
        if self.lane.as_ref().is_some_and(|(of, _)| *of == id) {
            self.lane = None;
        }
        match self.lane(id) {
            Some(lane) => lane.closed(),
            None if self.output(id).is_some() => self.shared.emit(Event::Closed),
            None => {}
        }
        Ok(())
    }

    async fn channel_open_confirmation(
        &mut self,
        id: ChannelId,
        _max_packet_size: u32,
        _window_size: u32,
        _: &mut Session,
    ) -> Result<(), Stop> {
        self.shared.incoming.lanes.confirmed(id);
        Ok(())
    }

    async fn channel_open_failure(
        &mut self,
        id: ChannelId,
        reason: ChannelOpenFailure,
        description: &str,
        _language: &str,
        _: &mut Session,
    ) -> Result<(), Stop> {
        let said = text::line(description, SHOWN);
        if self.shared.incoming.lanes.is_expecting() {
            let reason = ssh_reason(&reason);
            match said.is_empty() {
                true => error!("{}", say!("forward-open-failed", id, reason)),
                false => error!("{}", say!("forward-open-failed-why", id, reason, said)),
            }
            return Ok(());
        }
        *lock(&self.shared.open_failure) = Some(format!("{reason:?}: {said}"));
        Ok(())
    }

    async fn server_channel_open_forwarded_tcpip(
        &mut self,
        channel: Channel<Msg>,
        connected_address: &str,
        connected_port: u32,
        originator_address: &str,
        originator_port: u32,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Stop> {
        let opening = Opening::new(channel, reply, originator_address, originator_port);
        let incoming = &self.shared.incoming;
        if !incoming.forwarded_tcpip(opening, connected_address, connected_port) {
            self.refuse("forwarded-tcpip");
        }
        Ok(())
    }

    async fn server_channel_open_forwarded_streamlocal(
        &mut self,
        channel: Channel<Msg>,
        socket_path: &str,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Stop> {
        let opening = Opening::new(channel, reply, "a Unix socket", 0);
        if !self.shared.incoming.forwarded_streamlocal(opening, socket_path) {
            self.refuse("forwarded-streamlocal");
        }
        Ok(())
    }

    async fn server_channel_open_agent_forward(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Stop> {
        let opening = Opening::new(channel, reply, "the server", 0);
        if !self.shared.incoming.agent(opening) {
            self.refuse("agent");
        }
        Ok(())
    }

    async fn server_channel_open_session(
        &mut self,
        _channel: Channel<Msg>,
        _reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Stop> {
        self.refuse("session");
        Ok(())
    }

    async fn server_channel_open_direct_tcpip(
        &mut self,
        _channel: Channel<Msg>,
        _host_to_connect: &str,
        _port_to_connect: u32,
        _originator_address: &str,
        _originator_port: u32,
        _reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Stop> {
        self.refuse("direct-tcpip");
        Ok(())
    }

    async fn server_channel_open_direct_streamlocal(
        &mut self,
        _channel: Channel<Msg>,
        _socket_path: &str,
        _reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Stop> {
        self.refuse("direct-streamlocal");
        Ok(())
    }

    async fn server_channel_open_x11(
        &mut self,
        channel: Channel<Msg>,
        originator_address: &str,
        originator_port: u32,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Stop> {
        let opening = Opening::new(channel, reply, originator_address, originator_port);
        if !self.shared.incoming.x11(opening) {
            self.refuse("x11");
        }
        Ok(())
    }

    async fn openssh_ext_host_keys_announced(
        &mut self,
        keys: Vec<PublicKey>,
        _: &mut Session,
    ) -> Result<(), Stop> {
        self.shared.rotation.announce(keys);
        Ok(())
    }

    async fn disconnected(&mut self, reason: DisconnectReason<Stop>) -> Result<(), Stop> {
        // Whoever waits for the channel sees the end of the events.
        self.shared.set_ended(Ended::For(Box::new(reason)));
        debug!("{}", self.shared.ended().map_or_else(String::new, |error| error.to_string()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banners_are_shown_safely_and_only_so_many() {
        let mut banners = Banners::default();
        assert_eq!(banners.next("one\ntwo\x1b[2J\n").unwrap(), "one\ntwo\\x1b[2J\n");
        let shown = (0..1000).filter(|_| banners.next("x").is_some()).count();
        assert_eq!(shown, MAX_BANNERS - 1);
    }

    #[test]
    fn banners_have_a_size_in_all() {
        let mut banners = Banners::default();
        let long = "x".repeat(MAX_BANNER / 2 + 1000);
        assert_eq!(banners.next(&long).unwrap(), long);
        let rest = banners.next(&long).unwrap();
        assert!(rest.len() <= MAX_BANNER / 2 && rest.ends_with("\u{2026}\n"), "{}", rest.len());
        assert!(banners.next("x").is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_stands_still_during_a_question() {
        let shared = Shared::default();
        let pass = |seconds| tokio::time::advance(Duration::from_secs(seconds));
        pass(5).await;
        assert_eq!(shared.paused(), Duration::ZERO);
        shared.pause();
        pass(5).await;
        assert_eq!(shared.paused(), Duration::from_secs(5));
        shared.resume();
        pass(5).await;
        assert_eq!(shared.paused(), Duration::from_secs(5));
        shared.pause();
        pass(2).await;
        shared.resume();
        assert_eq!(shared.paused(), Duration::from_secs(7));
    }
}
