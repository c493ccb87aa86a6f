//! The two ends of a forwarded connection: how messages name them, and how the local one is
//! reached.

use std::path::Path;

use crate::client::flow::socket::LocalSocket;
use crate::config::{Connect, Listen};

/// Whose connection a tunnel carries.
#[derive(Clone, Copy)]
pub(crate) enum TunnelOrigin<'a> {
    /// A program connected to a forward's listening address.
    Listening(&'a Listen),
    /// A client of the shared connection.
    SharingClient,
    /// Standard input and output of this program (`-W`).
    StandardInput,
}

/// The description for messages: `port 8080 for host port 80`.
pub(crate) fn listening(origin: TunnelOrigin<'_>, to: &Connect) -> String {
    let listen = match origin {
        TunnelOrigin::Listening(Listen::Tcp { port, .. }) => format!("port {port}"),
        TunnelOrigin::Listening(Listen::Path(path)) => path.clone(),
        TunnelOrigin::SharingClient => "a client".to_owned(),
        TunnelOrigin::StandardInput => "standard input".to_owned(),
    };
    format!("{listen} for {}", target(to))
}

/// The target's description for messages: `host port 80`.
pub(crate) fn target(to: &Connect) -> String {
    match to {
        Connect::Tcp { host, port } => format!("{} port {port}", crate::text::line(host, 255)),
        Connect::Path(path) => crate::text::line(path, 255),
        Connect::Socks => "SOCKS".to_owned(),
    }
}

/// Connects to an address or socket on the local machine.
pub(crate) async fn connect(to: &Connect) -> std::io::Result<LocalSocket> {
    match to {
        Connect::Tcp { host, port } => LocalSocket::connect(host, *port).await,
        Connect::Path(path) => LocalSocket::connect_path(Path::new(path)).await,
        Connect::Socks => Err(std::io::ErrorKind::Unsupported.into()),
    }
}
