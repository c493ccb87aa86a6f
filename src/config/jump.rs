//! ProxyJump: `[user@]host[:port]` or `ssh://…`, several joined by commas, or `none`
//! (ssh_config(5)). They are visited from left to right.

use std::fmt;

use super::value::{Fault, is_none, shown};
use crate::destination::{self, Destination};
use crate::say;

/// The most hosts of one route: nobody has more than a few, and each is a connection.
const MAX_JUMPS: usize = 16;

/// One host on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jump {
    /// The user, if one is named.
    pub user: Option<String>,
    /// The host, which has a configuration of its own.
    pub host: String,
    /// The port, if one is named.
    pub port: Option<u16>,
}

impl Jump {
    /// Takes a whole ProxyJump apart; `none` is the empty list.
    ///
    /// # Errors
    /// `Invalid ProxyJump`: an entry is no destination, or there are more than sixteen.
    pub fn parse_list(text: &str) -> Result<Vec<Jump>, Fault> {
        let text = text.split('#').next().unwrap_or_default().trim();
        if is_none(text) {
            return Ok(Vec::new());
        }
        let bad = || say!("config-bad-jump", text = shown(text));
        let jumps: Option<Vec<Jump>> = text.split(',').map(Jump::parse).collect();
        jumps.filter(|jumps| jumps.len() <= MAX_JUMPS).ok_or_else(bad)
    }

    fn parse(text: &str) -> Option<Jump> {
        if text.starts_with("ssh://") {
            let found = Destination::parse(text).ok()?;
            return Some(Jump { user: found.user, host: found.host, port: found.port });
        }
        let (user, place) = match text.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, text),
        };
        let (host, port) = match place.strip_prefix('[') {
            Some(inner) => {
                let (host, after) = inner.split_once(']')?;
                let port = after.strip_prefix(':');
                if port.is_none() && !after.is_empty() {
                    return None;
                }
                (host, port)
            }
            None => match place.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (place, None),
            },
        };
        destination::check_host(host).ok()?;
        user.map_or(Some(()), |user| destination::check_user(user).ok())?;
        let port = port.map(|port| destination::parse_port(port).ok());
        if port == Some(None) {
            return None;
        }
        let user = user.map(str::to_owned);
        Some(Jump { user, host: host.to_owned(), port: port.flatten() })
    }
}

impl fmt::Display for Jump {
    /// As `ssh -G` has it: an address in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        let address = |host: &str| {
            host.contains(':') || host.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        };
        match address(&self.host) {
            true => write!(f, "[{}]", self.host)?,
            false => f.write_str(&self.host)?,
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        for (text, wanted) in [
            ("none", Some("")),
            ("a", Some("a")),
            ("u@a:7,b", Some("u@a:7|b")),
            ("[::1]:7", Some("[::1]:7")),
            ("1.2.3.4", Some("[1.2.3.4]")),
            ("ssh://u@a:7", Some("u@a:7")),
            ("a # comment", Some("a")),
            ("", None),
            ("a,,b", None),
            ("::1", None),
            ("a:0", None),
            ("a:x", None),
            ("-x", None),
            ("u`id`@h", None),
        ] {
            let found = Jump::parse_list(text)
                .ok()
                .map(|jumps| jumps.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"));
            assert_eq!(found.as_deref(), wanted, "{text}");
        }
        assert!(Jump::parse_list(&["a"; 17].join(",")).is_err());
    }
}
