//! The host that a key must belong to, and its name in known_hosts.

use super::quote;
use crate::say;

/// The host that a key must belong to: the name to search in known_hosts, and the port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    /// HostKeyAlias if it is set, otherwise the host name resolved by the configuration; in lower
    /// case.
    pub name: String,
    /// The port of the connection; known_hosts writes `[name]:port` unless it is 22.
    pub port: u16,
    /// Whether the name is a HostKeyAlias; as in ssh, the port is ignored then.
    pub alias: bool,
}

/// The port that known_hosts leaves out (RFC 4253 section 4.1).
const DEFAULT_PORT: u16 = 22;

impl Subject {
    /// The subject that `name[:port]` stands for, as PuTTY's "Logical name of remote host": both
    /// name and port replace those of the connection. Without a port it is 22. An IPv6 address with
    /// a port is in brackets.
    ///
    /// # Errors
    /// The fault, one line: there is no name, or the port is no number from 1 to 65535.
    pub fn named(text: &str) -> Result<Subject, String> {
        let fault = || say!(subject_no_name, text = quote::piece(text));
        let (name, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (name, rest) = rest.split_once(']').ok_or_else(fault)?;
                let port = rest.strip_prefix(':');
                if port.is_none() && !rest.is_empty() {
                    return Err(fault());
                }
                (name, port)
            }
            None => match text.split_once(':') {
                Some((name, port)) if !port.contains(':') => (name, Some(port)),
                _ => (text, None),
            },
        };
        let is_number = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        let port = match port {
            // As in PuTTY, nothing after the colon is no port.
            None | Some("") => DEFAULT_PORT,
            Some(port) => match port.parse() {
                Ok(number) if number != 0 && is_number(port) => number,
                _ => return Err(fault()),
            },
        };
        match name.is_empty() || name.contains(char::is_whitespace) {
            true => Err(fault()),
            false => Ok(Subject { name: name.to_ascii_lowercase(), port, alias: false }),
        }
    }

    /// The name in known_hosts: `name`, or `[name]:port` for a port other than 22.
    ///
    /// It is in lower case, because names are hashed and compared in lower case.
    pub fn entry_name(&self) -> String {
        if self.is_bare() {
            self.bare_name()
        } else {
            format!("[{}]:{}", self.bare_name(), self.port)
        }
    }

    /// Whether [`Subject::entry_name`] has no port.
    pub(super) fn is_bare(&self) -> bool {
        self.alias || self.port == DEFAULT_PORT || self.port == 0
    }

    /// The name without a port, in lower case.
    pub(super) fn bare_name(&self) -> String {
        self.name.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_have_a_port() {
        for (text, expected) in [
            ("Web1.example.com", Some("web1.example.com")),
            ("web1:2222", Some("[web1]:2222")),
            ("web1:", Some("web1")),
            ("web1:22", Some("web1")),
            ("::1", Some("::1")),
            ("[::1]:23", Some("[::1]:23")),
            ("[::1]", Some("::1")),
            ("", None),
            (":22", None),
            ("web1:0", None),
            ("web1:+22", None),
            ("web1:70000", None),
            ("web1:x", None),
            ("a b", None),
            ("[::1", None),
            ("[::1]22", None),
        ] {
            let subject = Subject::named(text);
            assert_eq!(subject.ok().map(|it| it.entry_name()).as_deref(), expected, "{text}");
        }
    }
}
