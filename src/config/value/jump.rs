//! ProxyJump: `[user@]host[:port]` or `ssh://…`, several joined by commas, or `none`
//! (ssh_config(5)). The client connects to the hosts from left to right.

use std::fmt;

use super::scalar::{self, is_none};
use crate::config::fault::{ConfigFault, shown};
use crate::destination::{self, Destination};
use crate::say;

/// The most jump hosts of one connection: real routes have a few, and each is a connection.
const MAX_JUMPS: usize = 16;

/// One jump host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jump {
    /// The user, if the entry names one.
    pub user: Option<String>,
    /// The host, to which the configuration is applied separately.
    pub host: String,
    /// The port, if the entry names one.
    pub port: Option<u16>,
}

impl Jump {
    /// Parses a whole ProxyJump; `none` is the empty list. As in ssh(1), a file may contain names
    /// that are no valid hosts; connecting to one fails later.
    ///
    /// # Errors
    /// `Invalid ProxyJump`: an entry is no destination, or there are more than sixteen.
    pub fn parse_list(text: &str) -> Result<Vec<Jump>, ConfigFault> {
        Jump::list(text, |_| true)
    }

    /// Checks a typed ProxyJump: unlike [`Jump::parse_list`], it refuses names that are no valid
    /// hosts.
    ///
    /// # Errors
    /// Those of [`Jump::parse_list`], and a name that a shell would act on.
    pub fn check_typed(text: &str) -> Result<(), ConfigFault> {
        let is_usable = |jump: &Jump| {
            let user = jump.user.as_deref().map(destination::check_typed_user);
            destination::check_host(&jump.host).is_ok() && user.is_none_or(|user| user.is_ok())
        };
        Jump::list(text, is_usable).map(drop)
    }

    fn list(text: &str, is_usable: impl Fn(&Jump) -> bool) -> Result<Vec<Jump>, ConfigFault> {
        let text = text.split('#').next().unwrap_or_default().trim();
        if is_none(text) {
            return Ok(Vec::new());
        }
        let bad = || say!(config_bad_jump, text = shown(text));
        let jumps: Option<Vec<Jump>> = text.split(',').map(Jump::parse).collect();
        let fits = |jumps: &Vec<Jump>| jumps.len() <= MAX_JUMPS && jumps.iter().all(is_usable);
        jumps.filter(fits).ok_or_else(bad)
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
        let is_name = |name: &str| {
            !name.is_empty() && !name.starts_with('-') && !name.contains(char::is_control)
        };
        if !is_name(host) || !user.is_none_or(is_name) {
            return None;
        }
        let port = port.map(|port| scalar::port(port).ok());
        if port == Some(None) {
            return None;
        }
        let user = user.map(str::to_owned);
        Some(Jump { user, host: host.to_owned(), port: port.flatten() })
    }
}

impl fmt::Display for Jump {
    /// Writes the entry as `ssh -G` prints it: an address in brackets.
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
            ("a\nb", None),
            ("u;x@h;y", Some("u;x@h;y")),
        ] {
            let found = Jump::parse_list(text)
                .ok()
                .map(|jumps| jumps.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"));
            assert_eq!(found.as_deref(), wanted, "{text}");
        }
        for bad in ["u`id`@h", "u$x@h", "a;b", "u;x@h", "a'b", "h(x)", "ok,a;b"] {
            assert!(Jump::check_typed(bad).is_err(), "{bad}");
        }
        assert!(Jump::check_typed("u@a:7,%h.b").is_ok());
        assert!(Jump::parse_list(&["a"; 17].join(",")).is_err());
    }
}
