//! Whom a host key must belong to, and how known_hosts writes that.

/// Whom a key must belong to: the name known_hosts is searched for, and the port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// HostKeyAlias if set, else the host name as resolved by the configuration, in lower case.
    pub name: String,
    /// The port connected to; known_hosts has `[name]:port` unless it is 22.
    pub port: u16,
    /// Whether the name is a HostKeyAlias: the port then plays no part, as in ssh.
    pub alias: bool,
}

/// The port that known_hosts does not write (RFC 4253 section 4.1).
const DEFAULT_PORT: u16 = 22;

impl Subject {
    /// How known_hosts writes it: `name`, or `[name]:port` for another port than 22.
    ///
    /// In lower case, because that is how names are hashed and compared.
    pub fn entry_name(&self) -> String {
        if self.is_bare() {
            self.bare_name()
        } else {
            format!("[{}]:{}", self.bare_name(), self.port)
        }
    }

    /// Whether [`Subject::entry_name`] is the name alone.
    pub(super) fn is_bare(&self) -> bool {
        self.alias || self.port == DEFAULT_PORT || self.port == 0
    }

    /// The name without a port, in lower case.
    pub(super) fn bare_name(&self) -> String {
        self.name.to_ascii_lowercase()
    }
}
