//! The connection as a forward uses it: channels are opened here.

use std::path::Path;
use std::sync::Arc;

use log::{debug, error};
use russh::ChannelWriteHalf;
use russh::client::{Handle, Msg};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::client::flow::lane::{Lane, Lanes};
use crate::client::flow::socket::Line;
use crate::client::flow::tunnel::Tunnel;
use crate::client::handshake::handler::Events;
use crate::client::login::authenticate::Session;
use crate::client::restriction::{ForwardingKind, Restriction};
use crate::config::{Connect, Listen};
use crate::say;

/// Forwarded connections at a time. Each takes a descriptor, of which a process usually has
/// 1024, and up to [`crate::client::flow::lane::MAX_KEPT`] of memory.
pub const MAX_CONNECTIONS: usize = 512;

/// The connection, and what its forwards share.
#[derive(Clone)]
pub(in crate::client) struct Link {
    pub handle: Arc<Handle<Events>>,
    pub lanes: Arc<Lanes>,
    pub seats: Arc<Seats>,
    pub restriction: Arc<Restriction>,
}

/// The places for forwarded connections.
pub(in crate::client) struct Seats(Arc<Semaphore>);

impl Default for Seats {
    fn default() -> Seats {
        Seats(Arc::new(Semaphore::new(MAX_CONNECTIONS)))
    }
}

impl Seats {
    /// A place, if one is free; says so if not.
    pub fn take(&self) -> Option<OwnedSemaphorePermit> {
        let seat = Arc::clone(&self.0).try_acquire_owned().ok();
        if seat.is_none() {
            error!("{}", say!(forward_too_many_connections, most = MAX_CONNECTIONS));
        }
        seat
    }
}

impl Link {
    /// Asks the server for a connection to this place. A refusal has been reported when this
    /// comes back with nothing.
    pub async fn open(
        &self,
        to: &Connect,
        listen: &Listen,
        line: Option<&Line>,
        seat: OwnedSemaphorePermit,
    ) -> Option<Tunnel> {
        if !self.restriction.permits(ForwardingKind::Ports) {
            return None;
        }
        let (address, port) = line.map_or_else(|| ("127.0.0.1".to_owned(), 65_535), Line::origin);
        let expected = self.lanes.expect();
        self.lanes.traffic.wake();
        let (opened, kind) = match to {
            Connect::Tcp { host, port: target } => {
                let (host, target) = (host.as_str(), u32::from(*target));
                let opening = self.handle.channel_open_direct_tcpip(
                    host,
                    target,
                    address.as_str(),
                    u32::from(port),
                );
                (opening.await, "direct-tcpip")
            }
            Connect::Path(path) => {
                let opening = self.handle.channel_open_direct_streamlocal(path.as_str());
                (opening.await, "direct-streamlocal@openssh.com")
            }
            Connect::Socks => return None,
        };
        // The words of a refusal come with the refusal, see `events`.
        let (_, write) = opened.ok()?.split();
        let lane = expected.claim(write.id());
        lane.describe(format!(
            "{kind}: listening {}, connect from {address} port {port} to {}",
            listening(listen, to),
            target(to)
        ));
        debug!("channel {}: new {}", write.id(), lane.what());
        Some(Tunnel { lanes: Arc::clone(&self.lanes), lane, write, seat })
    }
}

/// A connection that somebody else relays: the channel, its data, and its place.
pub(in crate::client) async fn open_tunnel(
    session: &Session,
    to: &Connect,
) -> Option<(ChannelWriteHalf<Msg>, Arc<Lane>, OwnedSemaphorePermit)> {
    let link = session.forwards().link();
    let seat = link.seats.take()?;
    let listen = Listen::Path("a client".to_owned());
    let Tunnel { lane, write, seat, .. } = link.open(to, &listen, None, seat).await?;
    Some((write, lane, seat))
}

/// `port 8080 for host port 80`
pub(in crate::client) fn listening(listen: &Listen, to: &Connect) -> String {
    let listen = match listen {
        Listen::Tcp { port, .. } => format!("port {port}"),
        Listen::Path(path) => path.clone(),
    };
    format!("{listen} for {}", target(to))
}

/// `host port 80`
pub(in crate::client) fn target(to: &Connect) -> String {
    match to {
        Connect::Tcp { host, port } => format!("{} port {port}", crate::text::line(host, 255)),
        Connect::Path(path) => crate::text::line(path, 255),
        Connect::Socks => "SOCKS".to_owned(),
    }
}

/// Connects to a place on this side.
pub(in crate::client) async fn connect(to: &Connect) -> std::io::Result<Line> {
    match to {
        Connect::Tcp { host, port } => Line::connect(host, *port).await,
        Connect::Path(path) => Line::connect_path(Path::new(path)).await,
        Connect::Socks => Err(std::io::ErrorKind::Unsupported.into()),
    }
}
