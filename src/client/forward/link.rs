//! Opens the channels of forwards.

use std::sync::Arc;

use log::debug;
use russh::client::Handle;
use tokio::sync::OwnedSemaphorePermit;

use crate::client::flow::endpoint::{TunnelOrigin, listening, target};
use crate::client::flow::lane::Lanes;
use crate::client::flow::seats::Seats;
use crate::client::flow::socket::LocalSocket;
use crate::client::flow::tunnel::Tunnel;
use crate::client::handshake::handler::Events;
use crate::client::restriction::{ForwardingKind, Restriction};
use crate::config::Connect;

/// The connection and the shared state that are needed to open a forward's channels.
#[derive(Clone)]
pub(crate) struct ChannelOpener {
    pub handle: Arc<Handle<Events>>,
    pub lanes: Arc<Lanes>,
    pub seats: Arc<Seats>,
    pub restriction: Arc<Restriction>,
}

impl ChannelOpener {
    /// Asks the server to connect to this target. On a refusal, which has been reported, returns
    /// `None`.
    pub async fn open(
        &self,
        to: &Connect,
        origin: TunnelOrigin<'_>,
        line: Option<&LocalSocket>,
        seat: OwnedSemaphorePermit,
    ) -> Option<Tunnel> {
        if !self.restriction.permits(ForwardingKind::Ports) {
            return None;
        }
        let (address, port) =
            line.map_or_else(|| ("127.0.0.1".to_owned(), 65_535), LocalSocket::origin);
        let expected = self.lanes.expect();
        self.lanes.traffic.about_to_ask();
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
        // The handler has reported the server's reason, see `handshake::handler`.
        let (_, write) = opened.ok()?.split();
        let lane = expected.claim(write.id());
        lane.describe(format!(
            "{kind}: listening {}, connect from {address} port {port} to {}",
            listening(origin, to),
            target(to)
        ));
        debug!("channel {}: new {}", write.id(), lane.what());
        let lanes = Arc::clone(&self.lanes);
        Some(Tunnel { lanes, lane, write, seat, is_servers: false })
    }
}
