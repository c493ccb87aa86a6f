//! SOCKS 4 and 4a (the memos of the protocol's authors), SOCKS 5 (RFC 1928) with user name and
//! password (RFC 1929).

use std::net::{IpAddr, Ipv4Addr};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use zeroize::Zeroizing;

use crate::client::stream::dial::resolve;
use crate::client::stream::proxy_request::{
    ProxyRequest, failed, login_refused, nonsense, read, refused,
};
use crate::config::AddressFamily;
use crate::config::ProxyKind;
use crate::error::Result;
use crate::say;

/// The address that means that a host name follows (SOCKS 4a).
const NAME_FOLLOWS: [u8; 4] = [0, 0, 0, 1];
const NO_AUTHENTICATION: u8 = 0;
const USER_AND_PASSWORD: u8 = 2;
const NOTHING_ACCEPTABLE: u8 = 0xff;

/// Connects with SOCKS 4, for which the name is resolved here, or 4a, for which the proxy resolves
/// it.
pub(crate) async fn four<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    request: &ProxyRequest<'_>,
) -> Result<()> {
    let address = match request.host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => Some(address),
        Ok(IpAddr::V6(_)) => return Err(refused(say!(route_socks4_no_ipv6))),
        Err(_) if request.server.kind == ProxyKind::Socks4 => Some(found(request).await?),
        Err(_) => None,
    };
    let mut asked = vec![4, 1];
    asked.extend(request.port.to_be_bytes());
    asked.extend(address.map_or(NAME_FOLLOWS, |address| address.octets()));
    asked.extend(request.server.user.as_deref().unwrap_or_default().as_bytes());
    asked.push(0);
    if address.is_none() {
        asked.extend(request.host.as_bytes());
        asked.push(0);
    }
    send(stream, &asked).await?;
    let [version, code, ..] = read::<_, 8>(stream).await?;
    match (version, code) {
        (0, 90) => Ok(()),
        (0, 91) => Err(refused(say!(route_socks4_refused)).hint(say!(route_proxy_may_not_allow))),
        (0, 92 | 93) => Err(refused(say!(route_proxy_login_refused))),
        _ => Err(nonsense("SOCKS 4")),
    }
}

async fn found(request: &ProxyRequest<'_>) -> Result<Ipv4Addr> {
    let found = resolve(request.host, request.port, AddressFamily::Inet).await?;
    found
        .iter()
        .find_map(|address| match address.ip() {
            IpAddr::V4(address) => Some(address),
            IpAddr::V6(_) => None,
        })
        .ok_or_else(|| refused(say!(route_socks4_no_ipv6)))
}

/// Connects with SOCKS 5; as `socks5h` the proxy resolves the name.
pub(crate) async fn five<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    request: &ProxyRequest<'_>,
) -> Result<()> {
    let place = place(request).await?;
    let methods: &[u8] = match request.server.user {
        Some(_) => &[5, 2, NO_AUTHENTICATION, USER_AND_PASSWORD],
        None => &[5, 1, NO_AUTHENTICATION],
    };
    send(stream, methods).await?;
    match read::<_, 2>(stream).await? {
        [5, NO_AUTHENTICATION] => {}
        [5, USER_AND_PASSWORD] if request.server.user.is_some() => log_in(stream, request).await?,
        [5, NOTHING_ACCEPTABLE] => return Err(login_refused(request)),
        _ => return Err(nonsense("SOCKS 5")),
    }
    let mut asked = vec![5, 1, 0];
    asked.extend(place);
    asked.extend(request.port.to_be_bytes());
    send(stream, &asked).await?;
    let [version, code, reserved, kind] = read::<_, 4>(stream).await?;
    if version != 5 || reserved != 0 {
        return Err(nonsense("SOCKS 5"));
    }
    if code != 0 {
        return Err(refused(say!(route_proxy_refused, said = reply_text(code)))
            .hint(say!(route_proxy_may_not_allow)));
    }
    bound_address(stream, kind).await
}

/// Encodes the target for the request: four bytes, sixteen bytes, or a name with its length.
async fn place(request: &ProxyRequest<'_>) -> Result<Vec<u8>> {
    let mut address = request.host.parse::<IpAddr>().ok();
    if address.is_none() && request.server.kind == ProxyKind::Socks5 {
        let found = resolve(request.host, request.port, request.family).await?;
        address = found.first().map(std::net::SocketAddr::ip);
    }
    match address {
        Some(IpAddr::V4(address)) => Ok([&[1][..], &address.octets()].concat()),
        Some(IpAddr::V6(address)) => Ok([&[4][..], &address.octets()].concat()),
        None => {
            let length = u8::try_from(request.host.len());
            let length = length.map_err(|_| refused(say!(route_proxy_bad_name)))?;
            Ok([&[3, length][..], request.host.as_bytes()].concat())
        }
    }
}

async fn log_in<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    request: &ProxyRequest<'_>,
) -> Result<()> {
    let user = request.server.user.as_deref().unwrap_or_default();
    let password = request.password.map_or("", |secret| secret.expose());
    let mut asked = Zeroizing::new(vec![1]);
    for part in [user, password] {
        let length = u8::try_from(part.len());
        asked.push(length.map_err(|_| refused(say!(route_proxy_login_long)))?);
        asked.extend(part.as_bytes());
    }
    send(stream, &asked).await?;
    match read::<_, 2>(stream).await? {
        [1, 0] => Ok(()),
        [1, _] => Err(refused(say!(route_proxy_login_refused))),
        _ => Err(nonsense("SOCKS 5")),
    }
}

/// Skips the address that the proxy reports; what follows belongs to the SSH server.
async fn bound_address<S: AsyncRead + Unpin>(stream: &mut S, kind: u8) -> Result<()> {
    match kind {
        1 => read::<_, 4>(stream).await.map(drop)?,
        4 => read::<_, 16>(stream).await.map(drop)?,
        3 => {
            let [length] = read::<_, 1>(stream).await?;
            for _ in 0..length {
                read::<_, 1>(stream).await?;
            }
        }
        _ => return Err(nonsense("SOCKS 5")),
    }
    read::<_, 2>(stream).await.map(drop)
}

async fn send<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> Result<()> {
    stream.write_all(bytes).await.map_err(|error| failed(&error))?;
    stream.flush().await.map_err(|error| failed(&error))
}

/// The meaning of a reply code (RFC 1928 section 6).
fn reply_text(code: u8) -> String {
    match code {
        2 => say!(route_socks5_not_allowed),
        3 => say!(os_network_unreachable),
        4 => say!(route_socks5_host_unreachable),
        5 => say!(os_connection_refused),
        6 => say!(route_socks5_expired),
        8 => say!(route_socks5_address_type),
        code => say!(route_socks5_code, code),
    }
}
