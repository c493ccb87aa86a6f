//! The host that a key must belong to, and its name in known_hosts.

/// The host that a key must belong to: the name to search in known_hosts, and the port.
#[derive(Clone, Debug, PartialEq, Eq)]
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
