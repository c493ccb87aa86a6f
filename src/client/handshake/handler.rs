//! The SSH library's callbacks for one connection.
//!
//! A channel that the server opens is refused unless it was asked for (gap G7: the library
//! accepts by default). Data of the session channel is written from here to its sink, without a
//! queue in between. That is the relay's fast path and its flow control: the library reads
//! nothing while a sink is full.

use std::sync::Arc;

use log::{debug, info};
use russh::client::{ChannelOpenHandle, DisconnectReason, Handler, Msg, Session};
use russh::compression::Compression;
use russh::keys::{PublicKey, PublicKeyOrCertificate};
use russh::{Channel, ChannelId, ChannelOpenFailure, Sig};

use crate::client::flow::event::Event;
use crate::client::flow::output::ChannelOutput;
use crate::client::handshake::banners::Banners;
use crate::client::state::negotiated::Negotiated;
use crate::client::state::shared::{ConnectionState, Ended, OpenFailure, lock};

use crate::client::failure::Stop;
use crate::client::flow::lane::Lane;
use crate::client::handshake::rekey::{self, Rekey};
use crate::client::host_key::check::HostCheck;
use crate::client::incoming::accept::OpeningChannel;
use crate::client::observe::key_type_of;
use crate::client::quirks::Quirks;
use crate::error::{Error, Kind};
use crate::prompt::{Notice, Prompt};
use crate::say;
use crate::text;

/// The name of the agent's channel type in the IANA registry.
const AGENT: &str = "agent-connect";
/// How many characters of an error text are shown.
const SHOWN: usize = 300;

/// The library's callbacks for one connection.
pub(crate) struct Events {
    shared: Arc<ConnectionState>,
    prompt: Arc<dyn Prompt>,
    host: Option<HostCheck>,
    output: Option<(ChannelId, ChannelOutput)>,
    lane: Option<(ChannelId, Arc<Lane>)>,
    banners: Banners,
    rekey: Rekey,
    opened: UnansweredChannels,
    /// Whether the channel being opened has the agent's registered type, [`AGENT`].
    is_agent: bool,
}

/// Counts the channels that the server has opened since our last packet: the library keeps 4 KiB
/// for each until it has answered, and it cannot answer during a key exchange (gap G15).
#[derive(Default)]
struct UnansweredChannels {
    sent: u64,
    count: usize,
}

/// The limit: more channels than a server opens within a round trip.
const MAX_OPENED: usize = 2000;

impl UnansweredChannels {
    fn one_more(&mut self, sent: u64) -> Result<(), Stop> {
        if self.sent != sent {
            *self = UnansweredChannels { sent, count: 0 };
        }
        self.count += 1;
        if self.count <= MAX_OPENED {
            return Ok(());
        }
        let cause = say!(wire_opens_unanswered, limit = MAX_OPENED);
        Err(Stop::Ours(Error::new(Kind::Disconnected, cause).hint(say!(host_key_unproved_hint))))
    }
}

impl Events {
    pub fn new(
        shared: Arc<ConnectionState>,
        prompt: Arc<dyn Prompt>,
        host: HostCheck,
        wanted: rekey::RekeyPolicy,
    ) -> Events {
        let rekey = Rekey::new(wanted, Arc::clone(&shared.wire));
        Events {
            shared,
            prompt,
            host: Some(host),
            is_agent: false,
            output: None,
            lane: None,
            banners: Banners::default(),
            rekey,
            opened: UnansweredChannels::default(),
        }
    }

    /// The sink for this channel's data. The last one is remembered, so that no lock is taken for
    /// each packet.
    fn output(&mut self, channel: ChannelId) -> Option<&mut ChannelOutput> {
        if self.output.as_ref().is_none_or(|(of, _)| *of != channel)
            && let Some(new) = lock(&self.shared.output).take_if(|(of, _)| *of == channel)
        {
            self.output = Some(new);
        }
        self.output.as_mut().filter(|(of, _)| *of == channel).map(|(_, output)| output)
    }

    /// Writes data of the first session's to its sink.
    async fn write_output(&mut self, data: &[u8]) {
        let (lanes, shared) = (&self.shared.incoming.lanes, &self.shared);
        let Some((_, output)) = &mut self.output else { return };
        match output.stdout.write(data, lanes).await {
            Ok(None) => {}
            Ok(Some(rest)) => {
                let shared = Arc::clone(shared);
                tokio::spawn(async move {
                    if let Err(error) = rest.await {
                        shared.emit(Event::OutputFailed(error));
                    }
                });
            }
            Err(error) => shared.emit(Event::OutputFailed(error)),
        }
    }

    /// Writes extended data of the first session's to its sink. Where that fails, it is dropped; as
    /// in ssh, standard output and the exit status still count.
    async fn write_errors(&mut self, data: &[u8]) {
        let Some((_, output)) = &mut self.output else { return };
        if let Ok(Some(rest)) = output.stderr.write(data, &self.shared.incoming.lanes).await {
            tokio::spawn(rest);
        }
    }

    /// Ends the first session's standard output. Standard error stays open, as in ssh.
    async fn end_output(&mut self) {
        if let Some((_, output)) = &mut self.output {
            output.stdout.end().await;
        }
    }

    /// Gives data of any channel but the first session's to the channel's lane.
    async fn forwarded(&mut self, channel: ChannelId, data: &[u8]) {
        let lanes = &self.shared.incoming.lanes;
        if self.lane.as_ref().is_none_or(|(of, _)| *of != channel) {
            self.lane = lanes.find(channel).map(|lane| (channel, lane));
        }
        if let Some((_, lane)) = &self.lane {
            lane.feed(lanes, data).await;
        }
    }

    /// The lane of this channel, looked up each time; used for rare events only.
    fn lane(&self, channel: ChannelId) -> Option<Arc<Lane>> {
        self.shared.incoming.lanes.find(channel)
    }

    /// Passes on an event of a session channel.
    fn tell(&mut self, channel: ChannelId, event: Event) {
        if self.output(channel).is_some() {
            self.shared.emit(event);
        } else if let Some(lane) = self.lane(channel) {
            lane.tell(event);
        }
    }

    /// Accounts for this much data of a channel.
    fn count_data(&mut self, channel: ChannelId, count: usize) {
        self.shared.wire.explain_data(count);
        self.rekey.count(channel.number(), count);
    }

    /// Starts a key exchange if one is due.
    fn consider_rekey(&mut self, session: &mut Session) {
        self.rekey.consider(session, &self.shared.incoming.lanes.traffic);
    }

    /// Counts a channel that the server opens; fails if too many are unanswered.
    fn opening(&mut self) -> Result<(), Stop> {
        self.opened.one_more(self.shared.wire.counted().1)
    }

    fn refuse(&self, what: &str) {
        info!("refused a {what} channel that the server opened unasked");
    }
}

/// The failure reason in ssh's words (RFC 4254 section 5.1).
fn ssh_reason(reason: &ChannelOpenFailure) -> &'static str {
    match reason {
        ChannelOpenFailure::AdministrativelyProhibited => "administratively prohibited",
        ChannelOpenFailure::ConnectFailed => "connect failed",
        ChannelOpenFailure::UnknownChannelType => "unknown channel type",
        ChannelOpenFailure::ResourceShortage => "resource shortage",
        ChannelOpenFailure::Other { .. } => "unknown reason",
    }
}

/// The algorithm's name on the wire.
fn compression(negotiated: &Compression) -> &'static str {
    match negotiated {
        Compression::None => "none",
        Compression::Zlib => "zlib",
        Compression::ZlibOpenSSH => "zlib@openssh.com",
    }
}

impl Drop for Events {
    /// Marks the connection as ended. The library's task can end without a callback, for example by
    /// a panic or if the stream cannot be shut down, and no step may then wait for ever.
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
            // The library asks only in the first key exchange (gap G2: not on a rekey; `kex_done`).
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
        let server = (&negotiated.server_mac, negotiated.server_compression);
        let client = (&negotiated.client_mac, negotiated.client_compression);
        for (way, (mac, compression)) in [("server->client", server), ("client->server", client)] {
            let mac = if negotiated.is_aead() { "<implicit>" } else { mac };
            let cipher = &negotiated.cipher;
            debug!("kex: {way} cipher: {cipher} MAC: {mac} compression: {compression}");
        }
        debug!("SSH2_MSG_NEWKEYS sent");
        let now = negotiated.host_key.clone();
        // Gap G2: the key of a rekey is not shown, but its type was agreed on, and `told` knows it.
        if let Some(before) = lock(&self.shared.negotiated).replace(negotiated)
            && key_type_of(&before.host_key) != key_type_of(&now)
        {
            let cause = say!(host_key_type_changed, before = before.host_key, now);
            let error = Error::new(Kind::HostKey, cause).hint(say!(somebody_between_hint));
            return Err(Stop::Ours(error));
        }
        if self.shared.wire.is_host_key_another() {
            let error = Error::new(Kind::HostKey, say!(host_key_changed_within));
            return Err(Stop::Ours(error.hint(say!(somebody_between_hint))));
        }
        self.shared.record.exchanged();
        self.rekey.exchanged();
        Ok(())
    }

    async fn auth_banner(&mut self, banner: &str, _session: &mut Session) -> Result<(), Stop> {
        self.shared.wire.banner(banner.len());
        if let Some(mut shown) = self.banners.next(banner) {
            if !shown.is_empty() && !shown.ends_with('\n') {
                // What tessh says next begins a line of its own.
                shown.push('\n');
            }
            self.prompt.notice(Notice::Banner(&shown));
        }
        if self.banners.is_endless() {
            let cause = say!(wire_banners_endless);
            let error = Error::new(Kind::Disconnected, cause).hint(say!(host_key_unproved_hint));
            return Err(Stop::Ours(error));
        }
        Ok(())
    }

    async fn data(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), Stop> {
        self.count_data(channel, data.len());
        self.consider_rekey(session);
        let is_forwarded = self.lane.as_ref().is_some_and(|(of, _)| *of == channel);
        if is_forwarded || self.output(channel).is_none() {
            self.forwarded(channel, data).await;
            return Ok(());
        }
        self.write_output(data).await;
        let traffic = &self.shared.incoming.lanes.traffic;
        if traffic.is_shared() {
            traffic.heard(channel);
        }
        Ok(())
    }

    async fn extended_data(
        &mut self,
        channel: ChannelId,
        code: u32,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), Stop> {
        self.count_data(channel, data.len());
        self.consider_rekey(session);
        const SSH_EXTENDED_DATA_STDERR: u32 = 1;
        if self.output(channel).is_none() {
            if let Some(lane) = self.lane(channel).filter(|_| code == SSH_EXTENDED_DATA_STDERR)
                && let Some(errors) = lane.errors()
            {
                errors.feed(&self.shared.incoming.lanes, data).await;
            }
            return Ok(());
        }
        if code == SSH_EXTENDED_DATA_STDERR {
            self.write_errors(data).await;
        }
        Ok(())
    }

    async fn window_adjusted(
        &mut self,
        _channel: ChannelId,
        _new_size: u32,
        session: &mut Session,
    ) -> Result<(), Stop> {
        self.consider_rekey(session);
        Ok(())
    }

    async fn channel_success(&mut self, id: ChannelId, _: &mut Session) -> Result<(), Stop> {
        self.tell(id, Event::Success);
        Ok(())
    }

    async fn channel_failure(&mut self, id: ChannelId, _: &mut Session) -> Result<(), Stop> {
        self.tell(id, Event::Failure);
        Ok(())
    }

    async fn exit_status(
        &mut self,
        id: ChannelId,
        status: u32,
        _: &mut Session,
    ) -> Result<(), Stop> {
        self.tell(id, Event::ExitStatus(status));
        Ok(())
    }

    async fn exit_signal(
        &mut self,
        id: ChannelId,
        name: Sig,
        _core_dumped: bool,
        message: &str,
        _language: &str,
        _: &mut Session,
    ) -> Result<(), Stop> {
        self.tell(id, Event::ExitSignal { name, message: text::line(message, SHOWN) });
        Ok(())
    }

    async fn channel_eof(&mut self, id: ChannelId, _: &mut Session) -> Result<(), Stop> {
        self.shared.note_channel_over();
        match self.lane(id) {
            Some(lane) => lane.eof(),
            None if self.output(id).is_some() => {
                self.end_output().await;
                self.shared.emit(Event::Eof);
            }
            None => {}
        }
        Ok(())
    }

    async fn channel_close(&mut self, id: ChannelId, _: &mut Session) -> Result<(), Stop> {
        self.shared.note_channel_over();
        if self.lane.as_ref().is_some_and(|(of, _)| *of == id) {
            self.lane = None;
        }
        match self.lane(id) {
            Some(lane) => lane.closed(),
            None if self.output(id).is_some() => {
                // A master goes on for its clients.
                self.end_output().await;
                self.shared.emit(Event::Closed);
                self.shared.incoming.lanes.traffic.remove_server_source();
                self.output = None;
            }
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
        session: &mut Session,
    ) -> Result<(), Stop> {
        if self.output(id).is_some() || self.lane(id).is_some() {
            // It was confirmed before. The library has forgotten it, so nothing else will end it.
            return self.channel_close(id, session).await;
        }
        let said = text::line(description, SHOWN);
        let lanes = &self.shared.incoming.lanes;
        if lanes.is_expecting() && !lanes.is_expecting_aside() {
            let reason = ssh_reason(&reason);
            lanes.complaints.tell(&match said.is_empty() {
                true => say!(forward_open_failed, id, reason),
                false => say!(forward_open_failed_why, id, reason, said),
            });
            return Ok(());
        }
        let is_shortage = matches!(reason, ChannelOpenFailure::ResourceShortage);
        let reason = ssh_reason(&reason);
        let said = if said.is_empty() { reason.to_owned() } else { format!("{reason}: {said}") };
        *lock(&self.shared.open_failure) = Some(OpenFailure { said, is_shortage });
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
        self.opening()?;
        let opening = OpeningChannel::new(channel, reply, originator_address, originator_port);
        let incoming = &self.shared.incoming;
        let quirks = Quirks::of(&self.shared.record.server());
        let place = (connected_address, connected_port);
        if !incoming.forwarded_tcpip(opening, place, quirks.chosen_ports_are_zero) {
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
        self.opening()?;
        let opening = OpeningChannel::new(channel, reply, "a Unix socket", 0);
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
        self.opening()?;
        let opening = OpeningChannel::new(channel, reply, "the server", 0);
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
        self.opening()?;
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
        self.opening()?;
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
        self.opening()?;
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
        self.opening()?;
        let opening = OpeningChannel::new(channel, reply, originator_address, originator_port);
        if !self.shared.incoming.x11(opening) {
            self.refuse("x11");
        }
        Ok(())
    }

    /// Lets the next callback decide about an unknown channel type, and notes whether it is the
    /// agent's registered one. By default the library refuses these without a callback (gap G21).
    async fn should_accept_unknown_server_channel(&mut self, _id: ChannelId, kind: &str) -> bool {
        self.is_agent = kind == AGENT;
        true
    }

    async fn server_channel_open_unknown(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        session: &mut Session,
    ) -> Result<(), Stop> {
        if self.is_agent {
            return self.server_channel_open_agent_forward(channel, reply, session).await;
        }
        self.opening()?;
        self.refuse("strange");
        reply.reject(ChannelOpenFailure::UnknownChannelType).await;
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
        // Ends the event queue, so that steps waiting for the channel wake up.
        self.shared.set_ended(Ended::For(Box::new(reason)));
        debug!(
            "{}",
            self.shared.ended().map_or_else(String::new, |error| error.cause().to_owned())
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests;
