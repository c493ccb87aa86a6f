//! The address of a proxy server in `--proxy` and saved sessions: `http://`, `socks5://`,
//! `socks5h://`, `socks4://`, `socks4a://` or `telnet://`, then `[user@]host[:port]`. ssh_config(5) has no
//! keyword for it.

use std::fmt;

use crate::config::fault::{ConfigFault, shown};
use crate::destination::Destination;
use crate::say;

/// The port of SOCKS (IANA); HTTP proxies have no port of their own.
const SOCKS_PORT: u16 = 1080;
/// The port of Telnet (IANA).
const TELNET_PORT: u16 = 23;
/// The longest user name, in bytes: the limit of SOCKS 5 (RFC 1929).
const MAX_USER: usize = 255;

/// The protocol of a proxy server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// HTTP CONNECT.
    Http,
    /// SOCKS 4: the client looks the name up, and only IPv4 is possible.
    Socks4,
    /// SOCKS 4a: the proxy looks the name up.
    Socks4a,
    /// SOCKS 5: the client looks the name up.
    Socks5,
    /// SOCKS 5: the proxy looks the name up.
    Socks5h,
    /// A command line in plain text, as gateways with a prompt take it (PuTTY's Telnet proxy).
    Telnet,
}

const KINDS: [(&str, ProxyKind); 6] = [
    ("http", ProxyKind::Http),
    ("socks4", ProxyKind::Socks4),
    ("socks4a", ProxyKind::Socks4a),
    ("socks5", ProxyKind::Socks5),
    ("socks5h", ProxyKind::Socks5h),
    ("telnet", ProxyKind::Telnet),
];

/// The address of a proxy server. It never contains a password; the user is asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyServer {
    /// The protocol.
    pub kind: ProxyKind,
    /// The user name, if the proxy needs one.
    pub user: Option<String>,
    /// The proxy's host.
    pub host: String,
    /// The proxy's port.
    pub port: u16,
}

impl ProxyServer {
    /// Parses the address.
    ///
    /// # Errors
    /// The scheme is unknown, there is a password, a path or no host, or no port for a protocol
    /// without a usual one.
    pub fn parse(text: &str) -> Result<ProxyServer, ConfigFault> {
        let known = || KINDS.map(|(name, _)| name).join(", ");
        let bad = || say!(route_bad_proxy, text = shown(text), known = known());
        let (scheme, rest) = text.split_once("://").ok_or_else(bad)?;
        let scheme = scheme.to_ascii_lowercase();
        let (_, kind) = KINDS.iter().find(|(name, _)| *name == scheme).ok_or_else(bad)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        // The message leaves the text out, because it may contain a real password.
        if rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')) {
            return Err(say!(route_password_in_proxy));
        }
        let place = Destination::parse(&format!("ssh://{rest}")).map_err(|_| bad())?;
        let usual = match kind {
            ProxyKind::Http => None,
            ProxyKind::Telnet => Some(TELNET_PORT),
            _ => Some(SOCKS_PORT),
        };
        let port = place.port.or(usual).ok_or_else(|| say!(route_proxy_port))?;
        if place.user.as_ref().is_some_and(|user| user.len() > MAX_USER || user.contains(':')) {
            return Err(bad());
        }
        Ok(ProxyServer { kind: *kind, user: place.user, host: place.host, port })
    }

    /// This proxy with a place for a user, for a message.
    pub fn shown_with_user(&self) -> String {
        ProxyServer { user: Some("USER".to_owned()), ..self.clone() }.to_string()
    }

    /// Whether a password belongs to the user: SOCKS 4 has none, and what a Telnet proxy is sent
    /// has it already.
    pub fn wants_password(&self) -> bool {
        let possible =
            matches!(self.kind, ProxyKind::Http | ProxyKind::Socks5 | ProxyKind::Socks5h);
        possible && self.user.is_some()
    }
}

impl fmt::Display for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = KINDS.iter().find(|(_, kind)| *kind == self.kind).map_or("", |(name, _)| name);
        write!(f, "{name}://")?;
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, wanted) in [
            ("http://proxy:3128", Some("http://proxy:3128")),
            ("HTTP://me@proxy:3128/", Some("http://me@proxy:3128")),
            ("socks5://proxy", Some("socks5://proxy:1080")),
            ("socks5h://[::1]:9050", Some("socks5h://[::1]:9050")),
            ("socks4a://10.0.0.1", Some("socks4a://10.0.0.1:1080")),
            ("telnet://gate", Some("telnet://gate:23")),
            ("http://proxy", None),
            ("https://proxy:443", None),
            ("proxy:3128", None),
            ("socks5://", None),
            ("socks5://proxy/path", None),
            ("socks5://-x", None),
            ("socks5://a b", None),
            ("http://me%0d%0aX@proxy:1", None),
        ] {
            let found = ProxyServer::parse(text).ok().map(|server| server.to_string());
            assert_eq!(found.as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn a_password_is_refused_and_not_repeated() {
        let fault = ProxyServer::parse("http://me:hunter2@proxy:1").unwrap_err();
        assert!(fault.contains("password") && !fault.contains("hunter2"), "{fault}");
        let fault = ProxyServer::parse("http://me%3ahunter2@proxy:1").err();
        assert!(fault.is_some());
    }
}
