//! The ends of a forwarded connection: what they are called in messages, and how the one on this
//! side is reached.

use std::path::Path;

use crate::client::flow::socket::Line;
use crate::config::{Connect, Listen};

/// `port 8080 for host port 80`
pub(crate) fn listening(listen: &Listen, to: &Connect) -> String {
    let listen = match listen {
        Listen::Tcp { port, .. } => format!("port {port}"),
        Listen::Path(path) => path.clone(),
    };
    format!("{listen} for {}", target(to))
}

/// `host port 80`
pub(crate) fn target(to: &Connect) -> String {
    match to {
        Connect::Tcp { host, port } => format!("{} port {port}", crate::text::line(host, 255)),
        Connect::Path(path) => crate::text::line(path, 255),
        Connect::Socks => "SOCKS".to_owned(),
    }
}

/// Connects to a place on this side.
pub(crate) async fn connect(to: &Connect) -> std::io::Result<Line> {
    match to {
        Connect::Tcp { host, port } => Line::connect(host, *port).await,
        Connect::Path(path) => Line::connect_path(Path::new(path)).await,
        Connect::Socks => Err(std::io::ErrorKind::Unsupported.into()),
    }
}

/// A fault of the system in ssh's words: without its number.
pub(crate) fn plainly(error: &std::io::Error) -> String {
    let told = crate::error::told(error);
    told.split(" (os error").next().unwrap_or_default().to_owned()
}
