//! Indirect ways to a server: a command (`command`), and proxy servers that speak HTTP CONNECT
//! (`http`) or SOCKS (`socks`), or take a line of text (`telnet`).
//!
//! A proxy server is reached like any host; the exchange with it ends before the first byte of the
//! SSH server. Its answers are bounded and covered by the deadline of the connection. It is not
//! trusted: the host key is verified as on a direct connection.

use tokio::time::timeout_at;

use crate::client::deadline::{self, Budget};
use crate::client::stream::bytes::Stream;
use crate::client::stream::dial::{DialFault, Route, reach};
use crate::client::stream::proxy_request::ProxyRequest;
use crate::client::stream::{http, socks, telnet};
use crate::config::ProxyKind;
use crate::error::{Error, Kind, Result};
use crate::say;

/// Connects through a proxy server; `route` leads to the proxy server itself.
///
/// # Errors
/// Those of [`connect`](super::dial::connect); and the proxy refuses, does not answer in time, or its answer is
/// invalid.
pub async fn connect(route: &Route, request: &ProxyRequest<'_>, budget: Budget) -> Result<Stream> {
    let server = request.server;
    let named = |error: Error| error.context(say!(route_proxy, server = server.to_string()));
    // The error of the connection has host and port.
    let kind = server.to_string().split("://").next().unwrap_or_default().to_owned();
    let unreached = |fault: DialFault| {
        let error = match fault {
            DialFault::Unreached(error) => error.hint(say!(route_proxy_check)),
            DialFault::Other(error) => error,
        };
        error.context(say!(route_proxy_unreached, kind))
    };
    let mut stream = reach(route, budget, &|| {}).await.map_err(unreached)?;
    let until = budget.until(deadline::CONNECT);
    let talk = async {
        match server.kind {
            ProxyKind::Http => http::connect(&mut stream, request).await,
            ProxyKind::Socks4 | ProxyKind::Socks4a => socks::four(&mut stream, request).await,
            ProxyKind::Socks5 | ProxyKind::Socks5h => socks::five(&mut stream, request).await,
            ProxyKind::Telnet => telnet::connect(&mut stream, request).await,
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

#[cfg(test)]
mod tests;
