//! Channels that the server opens: remote forwards (RFC 4254 section 7.2, OpenSSH's PROTOCOL
//! section 2.4), the agent and X11.
//!
//! Only channels that were asked for are accepted (gap G7: the library accepts everything), and
//! only after the local target has been reached.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Buf, BytesMut};
use log::{debug, info};
use russh::client::{ChannelOpenHandle, Msg};
use russh::{Channel, ChannelOpenFailure};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use crate::client::flow::endpoint::{self, target};
use crate::client::flow::lane::{Lane, Lanes};
use crate::client::flow::seats::Seats;
use crate::client::flow::socket::LocalSocket;
use crate::client::flow::socks::{NEGOTIATION, Socks, SocksStep};
use crate::client::flow::tunnel::Tunnel;
use crate::client::incoming::agent::ForwardedAgent;
use crate::client::incoming::x11::SpoofedDisplay;
use crate::client::restriction::{ForwardingKind, Restriction};
use crate::config::{Connect, Listen, PermitOpen};
use crate::error::io_reason;
use crate::say;
use crate::text;

/// Which channels the server may open on one connection.
#[derive(Default)]
pub struct IncomingChannels {
    /// The lanes of the forwarded channels.
    pub lanes: Arc<Lanes>,
    pub(crate) seats: Arc<Seats>,
    pub(crate) restriction: Arc<Restriction>,
    granted: Mutex<Vec<GrantedForward>>,
    permit: Mutex<Option<PermitOpen>>,
    agent: Mutex<Option<ForwardedAgent>>,
    x11: Mutex<Option<Arc<SpoofedDisplay>>>,
}

/// A remote forward that the server may open channels for.
#[derive(Clone, Debug)]
pub(crate) struct GrantedForward {
    /// The listening side, as configured.
    pub listen: Listen,
    /// The local target.
    pub connect: Connect,
    /// The port that the server chose; 0 until it is known.
    pub port: u16,
}

/// A channel that the server wants to open.
pub(crate) struct OpeningChannel {
    pub channel: Channel<Msg>,
    pub reply: ChannelOpenHandle,
    /// The address that connected to the server, for messages.
    pub from: String,
}

impl OpeningChannel {
    /// A channel that a connection from this address and port has caused.
    pub fn new(
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        from: &str,
        port: u32,
    ) -> OpeningChannel {
        let from = text::line(from, 64);
        let from = if port == 0 { from } else { format!("{from} port {port}") };
        OpeningChannel { channel, reply, from }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code in this file panics while it holds one of these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The listening address as it is sent to the server, in ssh's encoding.
pub(crate) fn asked(host: Option<&str>) -> &str {
    match host {
        None => "localhost",
        Some("*") => "",
        Some(host) => host,
    }
}

impl IncomingChannels {
    /// Lets the server open channels of this forward.
    pub(crate) fn grant(&self, granted: GrantedForward) {
        lock(&self.granted).push(granted);
        self.lanes.traffic.add_server_source();
    }

    /// Notes the port that the server chose for a forward without a fixed port.
    pub(crate) fn settle(&self, listen: &Listen, connect: &Connect, port: u16) {
        let mut granted = lock(&self.granted);
        let open = granted
            .iter_mut()
            .find(|it| it.port == 0 && it.listen == *listen && it.connect == *connect);
        if let Some(open) = open {
            open.port = port;
        }
    }

    /// Stops accepting channels of this forward.
    pub(crate) fn revoke(&self, listen: &Listen, port: u16) {
        let mut granted = lock(&self.granted);
        let at = granted.iter().position(|it| it.listen == *listen && it.port == port);
        if let Some(at) = at {
            granted.remove(at);
            self.lanes.traffic.remove_server_source();
        }
    }

    /// Sets which targets remote dynamic forwards may reach (PermitRemoteOpen).
    pub(crate) fn permit(&self, permit: PermitOpen) {
        *lock(&self.permit) = Some(permit);
    }

    /// Lets the server reach this agent.
    pub(crate) fn forward_agent(&self, agent: ForwardedAgent) {
        *lock(&self.agent) = Some(agent);
    }

    /// Lets the server reach this display.
    pub(crate) fn forward_x11(&self, display: Arc<SpoofedDisplay>) {
        *lock(&self.x11) = Some(display);
    }

    /// The display that the server may reach.
    pub(crate) fn display(&self) -> Option<Arc<SpoofedDisplay>> {
        lock(&self.x11).clone()
    }

    /// Handles a connection to a port on the server. Returns whether a forward asked for it, as the
    /// functions below do; a channel that was not asked for is refused when `opening` is dropped.
    ///
    /// `zero_is_chosen`: the server reports a port that it chose as 0, as some servers do.
    pub fn forwarded_tcpip(
        &self,
        opening: OpeningChannel,
        (address, port): (&str, u32),
        zero_is_chosen: bool,
    ) -> bool {
        if !self.restriction.admits(ForwardingKind::Ports) {
            return false;
        }
        let found = {
            let granted = lock(&self.granted);
            let of_port = |it: &&GrantedForward| match &it.listen {
                Listen::Tcp { port: 0, .. } if port == 0 => zero_is_chosen,
                Listen::Tcp { .. } => port != 0 && (u32::from(it.port) == port || it.port == 0),
                Listen::Path(_) => false,
            };
            // Servers report the address in different forms, so only the port identifies the
            // forward.
            let exact = |it: &&GrantedForward| match &it.listen {
                Listen::Tcp { host, .. } => asked(host.as_deref()) == address,
                Listen::Path(_) => false,
            };
            let exact = granted.iter().filter(of_port).find(exact);
            exact.or_else(|| granted.iter().find(of_port)).cloned()
        };
        let Some(granted) = found else { return false };
        let what = format!("forwarded-tcpip: listening port {port}");
        self.lead(opening, granted, what);
        true
    }

    /// Handles a connection to a Unix socket on the server.
    pub fn forwarded_streamlocal(&self, opening: OpeningChannel, path: &str) -> bool {
        if !self.restriction.admits(ForwardingKind::Ports) {
            return false;
        }
        let listens = |it: &&GrantedForward| matches!(&it.listen, Listen::Path(own) if own == path);
        let found = lock(&self.granted).iter().find(listens).cloned();
        let Some(granted) = found else { return false };
        let what =
            format!("forwarded-streamlocal@openssh.com: listening {}", text::line(path, 255));
        self.lead(opening, granted, what);
        true
    }

    /// Handles a connection to the agent.
    pub fn agent(&self, opening: OpeningChannel) -> bool {
        if !self.restriction.admits(ForwardingKind::Agent) {
            return false;
        }
        let Some(agent) = lock(&self.agent).clone() else { return false };
        let Some(arrival) = self.arrive(opening, "auth-agent@openssh.com".to_owned()) else {
            return true;
        };
        tokio::spawn(async move {
            match agent.connect().await {
                Ok(line) => arrival.accept().await.run(line, BytesMut::new()).await,
                Err(why) => {
                    let why = io_reason(&why);
                    arrival.lanes.complaints.tell(&say!(forward_agent_unreachable, why));
                    arrival.refuse(ChannelOpenFailure::ConnectFailed).await;
                }
            }
        });
        true
    }

    /// Handles a connection to the display.
    pub fn x11(&self, opening: OpeningChannel) -> bool {
        if !self.restriction.admits(ForwardingKind::X11) {
            return false;
        }
        let Some(display) = lock(&self.x11).clone() else { return false };
        if display.is_over() {
            info!("Rejected X11 connection after ForwardX11Timeout expired");
            return false;
        }
        let from = opening.from.clone();
        let Some(arrival) = self.arrive(opening, format!("x11: connection from {from}")) else {
            return true;
        };
        tokio::spawn(async move {
            match display.connect().await {
                Ok(line) => display.relay(arrival.accept().await, line).await,
                Err(why) => {
                    let why = io_reason(&why);
                    arrival.lanes.complaints.tell(&say!(forward_x11_unreachable, why));
                    arrival.refuse(ChannelOpenFailure::ConnectFailed).await;
                }
            }
        });
        true
    }

    /// Connects to the forward's target, then accepts the channel.
    fn lead(&self, opening: OpeningChannel, granted: GrantedForward, what: String) {
        let GrantedForward { connect, .. } = granted;
        let what = format!("{what} for {}, connect from {}", target(&connect), opening.from);
        debug!("{what}");
        let Some(arrival) = self.arrive(opening, what) else { return };
        let permit = lock(&self.permit).clone().unwrap_or(PermitOpen::Any);
        tokio::spawn(async move {
            if connect == Connect::Socks {
                return dynamic(arrival.accept().await, &permit).await;
            }
            match endpoint::connect(&connect).await {
                Ok(line) => arrival.accept().await.run(line, BytesMut::new()).await,
                Err(why) => {
                    let (to, why) = (target(&connect), io_reason(&why));
                    arrival.lanes.complaints.tell(&say!(forward_connect_failed, to, why));
                    arrival.refuse(ChannelOpenFailure::ConnectFailed).await;
                }
            }
        });
    }

    /// Takes a seat for the channel; if none is free, or too many of the server's channels were closed
    /// from here first, refuses the channel and returns `None`.
    fn arrive(&self, opening: OpeningChannel, what: String) -> Option<ArrivingChannel> {
        let OpeningChannel { channel, reply, .. } = opening;
        let complaints = &self.lanes.complaints;
        let room = self.lanes.left.have_room(complaints).then(|| self.seats.take(complaints));
        let Some(seat) = room.flatten() else {
            tokio::spawn(reply.reject(ChannelOpenFailure::ResourceShortage));
            return None;
        };
        let lane = self.lanes.admit(channel.id());
        lane.describe(what);
        Some(ArrivingChannel { lanes: Arc::clone(&self.lanes), lane, channel, reply, seat })
    }
}

/// A channel that is about to be accepted or refused.
struct ArrivingChannel {
    lanes: Arc<Lanes>,
    lane: Arc<Lane>,
    channel: Channel<Msg>,
    reply: ChannelOpenHandle,
    seat: OwnedSemaphorePermit,
}

impl ArrivingChannel {
    async fn accept(self) -> Tunnel {
        let ArrivingChannel { lanes, lane, channel, reply, seat } = self;
        lanes.traffic.about_to_ask();
        reply.accept().await;
        let (_, write) = channel.split();
        Tunnel { lanes, lane, write, seat, is_servers: true }
    }

    async fn refuse(self, why: ChannelOpenFailure) {
        self.lanes.remove(self.channel.id());
        self.lanes.traffic.about_to_ask();
        self.reply.reject(why).await;
    }
}

/// Serves a remote dynamic forward: negotiates the target with the SOCKS client at the other end of
/// the channel, then relays.
async fn dynamic(tunnel: Tunnel, permit: &PermitOpen) {
    let mut socks = Socks::default();
    let mut early = BytesMut::new();
    let asked = timeout(NEGOTIATION, negotiate(&tunnel, &mut socks, &mut early)).await;
    let to = match asked {
        Ok(Some(to)) => to,
        Ok(None) | Err(_) => return tunnel.end().await,
    };
    let line = match permits(permit, &to) {
        true => endpoint::connect(&to)
            .await
            .map_err(|why| say!(forward_connect_failed, to = target(&to), why = io_reason(&why))),
        false => Err(say!(forward_not_permitted, to = target(&to))),
    };
    let answer = tunnel.write.data_bytes(socks.answer(line.is_ok())).await;
    match line {
        Ok(line) if answer.is_ok() => pass_on(tunnel, line, &early).await,
        Ok(_) => tunnel.end().await,
        Err(line) => {
            tunnel.lanes.complaints.tell(&line);
            tunnel.end().await;
        }
    }
}

/// Writes what the client sent after its request, then relays.
async fn pass_on(tunnel: Tunnel, line: LocalSocket, early: &[u8]) {
    match line.write_all(early).await {
        Ok(()) => tunnel.run(line, BytesMut::new()).await,
        Err(_) => tunnel.end().await,
    }
}

async fn negotiate(tunnel: &Tunnel, socks: &mut Socks, early: &mut BytesMut) -> Option<Connect> {
    loop {
        match socks.next(early) {
            SocksStep::More => early.extend_from_slice(&tunnel.lane.take().await.ok()?),
            SocksStep::Answer(used, answer) => {
                early.advance(used);
                tunnel.write.data_bytes(answer).await.ok()?;
            }
            SocksStep::Connect(used, to) => {
                early.advance(used);
                return Some(to);
            }
            SocksStep::Refuse(answer, why) => {
                debug!("remote dynamic forward: {why}");
                let _ = tunnel.write.data_bytes(answer).await;
                return None;
            }
        }
    }
}

/// Whether PermitRemoteOpen allows this target.
fn permits(permit: &PermitOpen, to: &Connect) -> bool {
    let Connect::Tcp { host, port } = to else { return false };
    match permit {
        PermitOpen::Any => true,
        PermitOpen::None => false,
        PermitOpen::Only(places) => places.iter().any(|(to, at)| {
            (to == "*" || to.eq_ignore_ascii_case(host)) && (at == "*" || *at == port.to_string())
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_permitted_by_name_and_port() {
        let only = |places: &[(&str, &str)]| {
            let owned = |(host, port): &(&str, &str)| ((*host).to_owned(), (*port).to_owned());
            PermitOpen::Only(places.iter().map(owned).collect())
        };
        let to = |host: &str, port| Connect::Tcp { host: host.to_owned(), port };
        assert!(permits(&PermitOpen::Any, &to("a", 1)));
        assert!(!permits(&PermitOpen::None, &to("a", 1)));
        let some = only(&[("a", "1"), ("*", "2"), ("b", "*")]);
        for (host, port, permitted) in [
            ("a", 1, true),
            ("A", 1, true),
            ("a", 3, false),
            ("c", 2, true),
            ("b", 9, true),
            ("c", 1, false),
        ] {
            assert_eq!(permits(&some, &to(host, port)), permitted, "{host} {port}");
        }
        assert!(!permits(&PermitOpen::Any, &Connect::Path("/s".to_owned())));
    }
}
