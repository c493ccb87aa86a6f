//! The forwards of one connection (RFC 4254 section 7): [`Forwards`] begins, cancels and lists
//! them.
//!
//! `local` listens on this side; `incoming` takes the channels that the server opens for remote
//! forwards. Messages about forwards are in ssh's words, because tools look for them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use log::{debug, error, warn};
use russh::ChannelWriteHalf;
use russh::client::{Handle, Msg};
use russh::keys::agent::AgentSessionBinding;
use tokio::sync::OwnedSemaphorePermit;

use crate::client::flow::lane::Lane;
use crate::client::flow::tunnel::Tunnel;

use crate::client::flow::endpoint::{TunnelOrigin, target};
use crate::client::forward::link::ChannelOpener;
use crate::client::forward::local;
use crate::client::incoming::accept::{GrantedForward, IncomingChannels, asked};
use crate::client::incoming::agent::ForwardedAgent;
use crate::config::{Connect, Forward, Listen};

use crate::client::deadline;
use crate::client::forward::local::Listening;
use crate::client::forward::settings::{ForwardDirection, ForwardSettings};
use crate::client::handshake::handler::Events;
use crate::client::restriction::{ForwardingKind, restricted};
use crate::client::state::shared::ConnectionState;
use crate::error::{Error, Kind, Result};
use crate::say;

/// The most forwards of one connection: more than anybody configures, and a bound on what the
/// command line of a session (`~C`) can add.
const MAX_FORWARDS: usize = 500;

/// The forwards of one session.
pub struct Forwards {
    link: ChannelOpener,
    pub(crate) incoming: Arc<IncomingChannels>,
    binding: Option<AgentSessionBinding>,
    settings: Mutex<ForwardSettings>,
    active: Mutex<Vec<ActiveForward>>,
}

/// A forward that is in effect.
struct ActiveForward {
    way: ForwardDirection,
    forward: Forward,
    /// The port that the server chose for a remote forward.
    allocated: Option<u16>,
    /// The listener of a local or dynamic forward; dropping it stops the listening.
    listening: Option<Listening>,
}

/// A forward was not made. The reason has been reported to the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// Why the server does not listen as requested.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RemoteForwardFailure {
    Refused,
    /// The server should have chosen a port, and did not say which.
    NoPort,
}

impl Forwards {
    pub(crate) fn new(handle: &Arc<Handle<Events>>, shared: &ConnectionState) -> Forwards {
        let incoming = Arc::clone(&shared.incoming);
        let link = ChannelOpener {
            handle: Arc::clone(handle),
            lanes: Arc::clone(&incoming.lanes),
            seats: Arc::clone(&incoming.seats),
            restriction: Arc::clone(&incoming.restriction),
        };
        Forwards {
            link,
            incoming,
            binding: handle.agent_session_binding().cloned(),
            settings: Mutex::default(),
            active: Mutex::default(),
        }
    }

    pub(crate) fn link(&self) -> &ChannelOpener {
        &self.link
    }

    /// Opens a connection that the caller relays; returns the channel, its lane and its seat.
    pub(crate) async fn open_tunnel(
        &self,
        to: &Connect,
    ) -> Option<(ChannelWriteHalf<Msg>, Arc<Lane>, OwnedSemaphorePermit)> {
        let seat = self.link.seats.take(&self.link.lanes.complaints)?;
        let Tunnel { lane, write, seat, .. } =
            self.link.open(to, TunnelOrigin::SharingClient, None, seat).await?;
        Some((write, lane, seat))
    }

    /// Sets the options for forwards from now on.
    pub fn configure(&self, settings: ForwardSettings) {
        self.incoming.permit(settings.permit_remote_open.clone());
        self.incoming.lanes.timeouts.set(&settings.timeouts);
        *self.settings() = settings;
    }

    /// Whether the command line in the session is enabled (EnableEscapeCommandline).
    pub fn has_command_line(&self) -> bool {
        self.settings().command_line
    }

    /// Starts the configured forwards of a new connection, all at once.
    ///
    /// # Errors
    /// A forward failed, and ExitOnForwardFailure is set.
    pub async fn begin(self: &Arc<Forwards>, wanted: &[(ForwardDirection, Forward)]) -> Result<()> {
        let strict = self.settings().exit_on_failure;
        if !wanted.is_empty() && !self.link.restriction.permits(ForwardingKind::Ports) {
            return if strict { Err(restricted()) } else { Ok(()) };
        }
        let (remote, local): (Vec<_>, Vec<_>) =
            wanted.iter().cloned().partition(|(way, _)| *way == ForwardDirection::Remote);
        let mut made = 0;
        for (way, forward) in &local {
            made += usize::from(self.add(*way, forward).await.is_ok());
        }
        if made < local.len() && strict {
            return Err(Error::new(Kind::Channel, say!(forward_could_not_request_local)));
        }
        if made == 0 && !local.is_empty() {
            error!("{}", say!(forward_could_not_request_local));
        }
        // All requests are sent before an answer is awaited: one round trip for all of them.
        let requests: Vec<_> = remote
            .into_iter()
            .map(|(_, forward)| {
                let this = Arc::clone(self);
                tokio::spawn(async move { (this.request(&forward).await, forward) })
            })
            .collect();
        for request in requests {
            let Ok((granted, forward)) = request.await else { continue };
            match granted {
                Ok(()) => {}
                Err(RemoteForwardFailure::Refused) if strict => {
                    return Err(Error::new(Kind::Channel, not_forwarded(&forward.listen, true))
                        .hint(say!(forward_server_may_not_allow)));
                }
                Err(RemoteForwardFailure::Refused) => {
                    warn!("{}", not_forwarded(&forward.listen, false));
                }
                // The server listens on an unknown port, and only the end of the connection stops
                // it.
                Err(RemoteForwardFailure::NoPort) => {
                    return Err(Error::new(Kind::Channel, no_port(&forward.connect))
                        .hint(say!(forward_name_a_port)));
                }
            }
        }
        debug!("All remote forwarding requests processed");
        Ok(())
    }

    /// Starts one forward; returns the port if the server chose it.
    ///
    /// # Errors
    /// The forward cannot be started. The reason has been reported; for a refused remote forward
    /// the server gives none.
    pub async fn add(
        &self,
        way: ForwardDirection,
        forward: &Forward,
    ) -> Result<Option<u16>, Refused> {
        if !self.link.restriction.permits(ForwardingKind::Ports) {
            return Err(Refused);
        }
        if self.active().len() >= MAX_FORWARDS {
            error!("{}", say!(forward_too_many, most = MAX_FORWARDS));
            return Err(Refused);
        }
        if way == ForwardDirection::Remote {
            self.request(forward).await.map_err(|unmade| {
                if unmade == RemoteForwardFailure::NoPort {
                    error!("{}", no_port(&forward.connect));
                }
                Refused
            })?;
            let active = self.active();
            let made = active.iter().rev().find(|it| it.forward == *forward);
            return Ok(made.and_then(|it| it.allocated));
        }
        let settings = self.settings().clone();
        debug!(
            "Local connections to {} forwarded to remote address {}",
            forward.listen, forward.connect
        );
        let listening = local::listen(&self.link, &settings, forward).await.ok_or(Refused)?;
        self.active().push(ActiveForward {
            way,
            forward: forward.clone(),
            allocated: None,
            listening: Some(listening),
        });
        Ok(None)
    }

    /// Asks the server to listen. The caller has checked that forwarding is permitted.
    async fn request(&self, forward: &Forward) -> Result<(), RemoteForwardFailure> {
        let Forward { listen, connect } = forward;
        let port = match listen {
            Listen::Tcp { port, .. } => *port,
            Listen::Path(_) => 0,
        };
        debug!("Remote connections from {listen} forwarded to local address {connect}");
        let (own, to) = (listen.clone(), connect.clone());
        // Granted before the answer arrives, because the first connection may come with it.
        self.incoming.grant(GrantedForward { listen: own, connect: to, port });
        self.link.lanes.traffic.about_to_ask();
        let granted = self.answered(listen).await;
        let chosen = match granted.map(u16::try_from) {
            Ok(Ok(chosen)) => chosen,
            Ok(Err(_)) | Err(_) => {
                self.incoming.revoke(listen, port);
                return Err(RemoteForwardFailure::Refused);
            }
        };
        if chosen == 0 && matches!(listen, Listen::Tcp { port: 0, .. }) {
            self.incoming.revoke(listen, port);
            return Err(RemoteForwardFailure::NoPort);
        }
        debug!("remote forward success for: listen {listen}, connect {connect}");
        let allocated = (matches!(listen, Listen::Tcp { port: 0, .. })).then(|| {
            self.incoming.settle(listen, connect, chosen);
            warn!("{}", allocated(chosen, connect));
            chosen
        });
        let (way, forward) = (ForwardDirection::Remote, forward.clone());
        self.active().push(ActiveForward { way, forward, allocated, listening: None });
        Ok(())
    }

    /// Sends the request to listen and returns the port in the answer. The wait is limited, because
    /// some servers, such as tinysshd, never answer.
    async fn answered(&self, listen: &Listen) -> Result<u32, Refused> {
        let handle = &self.link.handle;
        let answer = async {
            match listen {
                Listen::Tcp { host, port } => {
                    handle.tcpip_forward(asked(host.as_deref()), u32::from(*port)).await
                }
                Listen::Path(path) => handle.streamlocal_forward(path.as_str()).await.map(|()| 0),
            }
        };
        let Ok(granted) = tokio::time::timeout(deadline::FORWARD, answer).await else {
            warn!("{}", say!(forward_no_answer, seconds = deadline::FORWARD.as_secs()));
            return Err(Refused);
        };
        granted.map_err(|_| Refused)
    }

    /// Cancels the forward that listens there; returns whether it succeeded.
    pub async fn cancel(&self, way: ForwardDirection, listen: &Listen) -> bool {
        let found = {
            let mut active = self.active();
            let at = active.iter().position(|it| it.way == way && it.listens(listen));
            at.map(|at| active.remove(at))
        };
        let Some(ActiveForward { forward, allocated, listening, .. }) = found else { return false };
        if let Some(listening) = listening {
            listening.stop().await;
        }
        if way != ForwardDirection::Remote {
            return true;
        }
        self.link.lanes.traffic.about_to_ask();
        let handle = &self.link.handle;
        let answer = async {
            match &forward.listen {
                Listen::Tcp { host, port } => {
                    let port = allocated.unwrap_or(*port);
                    self.incoming.revoke(&forward.listen, port);
                    let address = asked(host.as_deref());
                    handle.cancel_tcpip_forward(address, u32::from(port)).await.is_ok()
                }
                Listen::Path(path) => {
                    self.incoming.revoke(&forward.listen, 0);
                    handle.cancel_streamlocal_forward(path.as_str()).await.is_ok()
                }
            }
        };
        tokio::time::timeout(deadline::FORWARD, answer).await.unwrap_or(false)
    }

    /// Looks for an equal forward that is in effect; the inner value is the port that the server
    /// chose, if it did.
    pub fn existing(&self, way: ForwardDirection, forward: &Forward) -> Option<Option<u16>> {
        let active = self.active();
        let found = active.iter().find(|it| it.way == way && it.forward == *forward);
        found.map(|it| it.allocated)
    }

    /// The forwards in effect, one line each: `-L 8080 to [host]:80`.
    pub fn list(&self) -> Vec<String> {
        let line = |it: &ActiveForward| {
            let letter = match it.way {
                ForwardDirection::Local => "-L",
                ForwardDirection::Remote => "-R",
                ForwardDirection::Dynamic => "-D",
            };
            let chosen = it.allocated.map(|port| format!(" (port {port})")).unwrap_or_default();
            let Forward { listen, connect } = &it.forward;
            let line = format!("{letter} {listen}{chosen} to {connect}");
            crate::text::line(&line, 255)
        };
        self.active().iter().map(line).collect()
    }

    /// The open forwarded connections, one line each: the channel and its description.
    pub fn connections(&self) -> Vec<String> {
        self.link.lanes.list()
    }

    /// Lets the server reach the agent behind this socket; returns whether the connection permits
    /// it. The session must request agent forwarding, too.
    pub fn forward_agent(&self, socket: PathBuf) -> bool {
        if !self.link.restriction.permits(ForwardingKind::Agent) {
            return false;
        }
        let binding = self.binding.clone();
        self.incoming.forward_agent(ForwardedAgent { socket, binding });
        true
    }

    fn settings(&self) -> MutexGuard<'_, ForwardSettings> {
        // No code panics while it holds one of these locks.
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn active(&self) -> MutexGuard<'_, Vec<ActiveForward>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ActiveForward {
    /// Whether this forward listens at that address and port; no address matches any.
    fn listens(&self, wanted: &Listen) -> bool {
        match (&self.forward.listen, wanted) {
            (Listen::Tcp { host, port }, Listen::Tcp { host: wanted, port: at }) => {
                (*port == *at || self.allocated == Some(*at)) && host == wanted
            }
            (own, wanted) => own == wanted,
        }
    }
}

fn allocated(port: u16, connect: &Connect) -> String {
    let to = match connect {
        Connect::Tcp { host, port } => format!("{host}:{port}"),
        Connect::Path(path) => format!("{path}:-2"),
        Connect::Socks => "socks:0".to_owned(),
    };
    say!(forward_allocated_port, port, to)
}

fn no_port(connect: &Connect) -> String {
    say!(forward_no_port_named, to = target(connect))
}

fn not_forwarded(listen: &Listen, fatal: bool) -> String {
    match (listen, fatal) {
        (Listen::Tcp { port, .. }, true) => say!(forward_remote_failed_port_error, port),
        (Listen::Tcp { port, .. }, false) => say!(forward_remote_failed_port, port),
        (Listen::Path(path), true) => say!(forward_remote_failed_path_error, path),
        (Listen::Path(path), false) => say!(forward_remote_failed_path, path),
    }
}
