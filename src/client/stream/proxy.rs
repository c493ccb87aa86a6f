//! Ways to a server that are no connection of our own to it: a command (`command`), and proxy
//! servers that speak HTTP CONNECT (`http`) or SOCKS (`socks`).
//!
//! A proxy server is reached as any host is; what is said to it ends with the first byte of the
//! SSH server. Its answers are bounded, and the deadline of the connection covers them. It is not
//! trusted with anything: the host is verified behind it as without it.

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout_at;

use crate::client::deadline::{self, Budget};
use crate::client::handshake::greeting::reason;
use crate::client::stream::dial::{Family, Route, Stream};
use crate::client::stream::{dial, http, socks};
use crate::config::{ProxyKind, ProxyServer};
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::secret::Secret;

/// What is shown of what a proxy says.
pub(super) const SHOWN: usize = 200;

/// What is wanted of a proxy server.
pub struct Request<'a> {
    /// The proxy server.
    pub server: &'a ProxyServer,
    /// The password of its user, if it has one.
    pub password: Option<&'a Secret>,
    /// The host to be connected to.
    pub host: &'a str,
    /// Its port.
    pub port: u16,
    /// Address families allowed, where the name is resolved here.
    pub family: Family,
}

/// Connects by way of a proxy server; `route` is the way to the proxy server itself.
///
/// # Errors
/// Those of [`dial::connect`], and what the proxy refuses, does not say in time, or says that
/// is no answer.
pub async fn connect(route: &Route, request: &Request<'_>, budget: Budget) -> Result<Stream> {
    let server = request.server;
    let named = |error: Error| error.context(say!(route_proxy, server = server.to_string()));
    let mut stream = dial::connect(route, budget).await.map_err(named)?;
    let until = budget.until(deadline::CONNECT);
    let talk = async {
        match server.kind {
            ProxyKind::Http => http::connect(&mut stream, request).await,
            ProxyKind::Socks4 | ProxyKind::Socks4a => socks::four(&mut stream, request).await,
            ProxyKind::Socks5 | ProxyKind::Socks5h => socks::five(&mut stream, request).await,
        }
    };
    match timeout_at(until, talk).await {
        Ok(Ok(())) => Ok(stream),
        Ok(Err(error)) => Err(named(error)),
        Err(_) => Err(named(
            Error::new(Kind::Timeout, say!(route_proxy_silent)).hint(say!(route_proxy_check)),
        )),
    }
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

#[cfg(test)]
mod tests;
