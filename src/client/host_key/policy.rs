//! How to decide about a host's key.

use std::path::PathBuf;

use crate::client::host_key::sshfp;
use crate::config::{KnownHostsCommand, UpdateHostKeys};
use crate::trust::{FirstSeen, Pin, Policy, Requirements, Sources, Subject, VerifyDns, authority};

/// How to decide about the host's key.
#[derive(Clone, Debug)]
pub struct HostPolicy {
    /// Whom the key must belong to.
    pub subject: Subject,
    /// The host as the person typed it.
    pub shown: String,
    /// The known_hosts files.
    pub sources: Sources,
    /// StrictHostKeyChecking.
    pub policy: Policy,
    /// Whether new entries hide the host name (HashKnownHosts).
    pub hash: bool,
    /// KnownHostsCommand.
    pub command: Option<KnownHostsCommand>,
    /// RevokedHostKeys.
    pub revoked: Vec<PathBuf>,
    /// The records of authorities.
    pub authorities: Option<authority::AuthorityStore>,
    /// CASignatureAlgorithms and RequiredRSASize.
    pub requirements: Requirements,
    /// The only keys that are right, where the person said which.
    pub pins: Vec<Pin>,
    /// UpdateHostKeys; `Ask` only where somebody can be asked.
    pub update: UpdateHostKeys,
    /// Whether any key is right where the server is this machine itself
    /// (NoHostAuthenticationForLocalhost).
    pub any_at_loopback: bool,
    /// Whether the key's randomart is shown at every login (VisualHostKey).
    pub visual: bool,
    /// Whether and how the DNS is asked.
    pub dns: DnsCheck,
    /// Where it is noted when a key was first written; a convenience, and no evidence.
    pub first_seen: Option<FirstSeen>,
}

/// VerifyHostKeyDNS, and what it needs.
#[derive(Clone, Debug, Default)]
pub struct DnsCheck {
    /// What the answer may do.
    pub verify: VerifyDns,
    /// HostName, whatever HostKeyAlias says: the DNS knows the host by this name.
    pub host: String,
    /// Whom to ask and whom to believe.
    pub resolver: sshfp::Resolver,
}
