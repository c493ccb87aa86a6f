//! What is asked of a proxy server, and what becomes of answers that are none.

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::client::failure::reason;
use crate::config::AddressFamily;
use crate::config::ProxyServer;
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::secret::Secret;

/// What is shown of what a proxy says.
pub(super) const SHOWN: usize = 200;

/// What is wanted of a proxy server.
pub struct ProxyRequest<'a> {
    /// The proxy server.
    pub server: &'a ProxyServer,
    /// The password of its user, if it has one.
    pub password: Option<&'a Secret>,
    /// The host to be connected to.
    pub host: &'a str,
    /// Its port.
    pub port: u16,
    /// Address families allowed, where the name is resolved here.
    pub family: AddressFamily,
}

pub(super) fn refused(cause: String) -> Error {
    Error::new(Kind::Connect, cause)
}

/// An answer that no proxy of this kind gives.
pub(super) fn nonsense(kind: &str) -> Error {
    refused(say!(route_proxy_nonsense, kind)).hint(say!(route_proxy_check))
}

pub(super) fn failed(error: &std::io::Error) -> Error {
    let cause = match error.kind() {
        std::io::ErrorKind::UnexpectedEof => say!(route_proxy_closed),
        _ => reason(error),
    };
    refused(cause).hint(say!(route_proxy_check))
}

pub(super) async fn read<S: AsyncRead + Unpin, const N: usize>(stream: &mut S) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).await.map_err(|error| failed(&error))?;
    Ok(bytes)
}
