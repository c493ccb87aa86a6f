//! The request to a proxy server, and the error for an invalid answer.

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::client::failure::reason;
use crate::config::AddressFamily;
use crate::config::ProxyServer;
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::secret::{Secret, SecretBytes};

/// How many characters of a proxy's text are shown.
pub(super) const SHOWN: usize = 200;

/// The request to a proxy server.
pub struct ProxyRequest<'a> {
    /// The proxy server.
    pub server: &'a ProxyServer,
    /// The password of the proxy's user, if it has one.
    pub password: Option<&'a Secret>,
    /// What a Telnet proxy is sent; without it, `connect HOST PORT` and a line end.
    pub opening: Option<&'a SecretBytes>,
    /// The host to connect to.
    pub host: &'a str,
    /// The port to connect to.
    pub port: u16,
    /// The address families allowed, if the name is resolved here.
    pub family: AddressFamily,
}

pub(super) fn refused(cause: String) -> Error {
    Error::new(Kind::Connect, cause)
}

/// The error of a proxy that lets nobody through without a login, or not with this one.
pub(super) fn login_refused(request: &ProxyRequest<'_>) -> Error {
    match request.server.user {
        Some(_) => refused(say!(route_proxy_login_refused)),
        None => refused(say!(route_proxy_wants_login))
            .hint(say!(route_proxy_name_user, proxy = request.server.shown_with_user())),
    }
}

/// The error for an answer that no proxy of this kind gives.
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

/// Refuses a host name that would add words or lines to a request. Names are checked earlier.
pub(super) fn check_name(host: &str) -> Result<()> {
    match host.chars().any(|c| c.is_control() || c.is_whitespace()) {
        true => Err(refused(say!(route_proxy_bad_name))),
        false => Ok(()),
    }
}

pub(super) async fn read<S: AsyncRead + Unpin, const N: usize>(stream: &mut S) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).await.map_err(|error| failed(&error))?;
    Ok(bytes)
}
