//! Settings for the negotiation and the upkeep of a connection, except the host key's.

use std::time::Duration;

use crate::client::algorithms::Lists;

/// Settings for the negotiation and the upkeep of a connection, except the host key's.
#[derive(Clone, Debug)]
pub struct TransportOptions<'a> {
    /// The configured algorithm lists.
    pub lists: Lists<'a>,
    /// Whether to warn about a key exchange that is not post-quantum (WarnWeakCrypto). There is no
    /// warning if the person configured the key exchanges.
    pub warn_weak_crypto: bool,
    /// Bytes after which keys are exchanged again (RekeyLimit); at most 1 GiB.
    pub rekey_bytes: Option<u64>,
    /// Time after which keys are exchanged again; an hour if not set.
    pub rekey_time: Option<Duration>,
    /// Silence after which the server is asked for a sign of life (ServerAliveInterval).
    pub alive_interval: Option<Duration>,
    /// How many such requests may go unanswered (ServerAliveCountMax).
    pub alive_count_max: u32,
    /// What follows our version in the identification (VersionAddendum).
    pub version_addendum: Option<&'a str>,
    /// Whether the session is a subsystem, as SFTP is, which on a long path has a smaller window.
    pub is_subsystem: bool,
}
