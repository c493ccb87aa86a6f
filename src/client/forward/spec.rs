//! Forwardings as the client takes them.

use std::fmt;

/// Where a forwarding listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// A TCP port.
    Tcp {
        /// The address to bind; `None` leaves it to GatewayPorts, `*` and the empty word mean all.
        host: Option<String>,
        /// The port; 0, which only a remote forwarding may have, lets the server choose.
        port: u16,
    },
    /// A Unix socket.
    Path(String),
}

/// Where a forwarding leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connect {
    /// A TCP port.
    Tcp {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// A Unix socket.
    Path(String),
    /// Where the SOCKS client says.
    Socks,
}

/// One forwarding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// Where it listens.
    pub listen: Listen,
    /// Where it leads.
    pub connect: Connect,
}

/// PermitRemoteOpen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PermitOpen {
    /// Anywhere.
    Any,
    /// Nowhere.
    None,
    /// To these hosts and ports; `*` is any of either.
    Only(Vec<(String, String)>),
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Listen::Tcp { host: None, port } => write!(f, "{port}"),
            Listen::Tcp { host: Some(host), port } => write!(f, "[{host}]:{port}"),
            Listen::Path(path) => f.write_str(path),
        }
    }
}

impl fmt::Display for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Connect::Tcp { host, port } => write!(f, "[{host}]:{port}"),
            Connect::Path(path) => f.write_str(path),
            Connect::Socks => f.write_str("[socks]:0"),
        }
    }
}
