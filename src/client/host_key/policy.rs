//! The settings that decide about a host's key.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use russh::keys::ssh_key::PublicKey;

use crate::client::host_key::sshfp;
use crate::config::{KnownHostsCommand, UpdateHostKeys};
use crate::trust::{
    ClusterRule, FirstSeen, Pin, Policy, Requirements, Sources, Subject, VerifyDns, authority,
};

/// The settings that decide about the host's key.
#[derive(Clone, Debug)]
pub struct HostPolicy {
    /// The host that the key must belong to.
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
    /// Where PuTTY and WinSCP keep records of authorities that count as well.
    pub authority_places: Vec<PathBuf>,
    /// The Teleport cluster to which the host must belong. Then only a certificate of its authority
    /// is accepted, whatever the other settings say, and nobody is asked.
    pub cluster: Option<ClusterRule>,
    /// CASignatureAlgorithms and RequiredRSASize: what keys and certificates must satisfy.
    pub requirements: Requirements,
    /// If not empty, the only keys that are accepted.
    pub pins: Vec<Pin>,
    /// UpdateHostKeys; `Ask` only if there is somebody to ask.
    pub update: UpdateHostKeys,
    /// Whether any key is accepted if the server is this machine
    /// (NoHostAuthenticationForLocalhost).
    pub any_at_loopback: bool,
    /// Whether the key's randomart is shown at every login (VisualHostKey).
    pub visual: bool,
    /// Whether and how DNS records are looked up.
    pub dns: DnsCheck,
    /// The file that notes when a key was first written; it is a convenience and proves nothing.
    pub first_seen: Option<FirstSeen>,
    /// The key that was settled on a connection that this one replaces.
    pub settled: SettledKey,
}

/// The key of a host to which a connection is made again: only this one is accepted then, and
/// nobody is asked about it a second time. Copies share it.
#[derive(Clone, Debug, Default)]
pub struct SettledKey(Arc<OnceLock<PublicKey>>);

impl SettledKey {
    /// Settles the key; the first one counts.
    pub fn settle(&self, key: &PublicKey) {
        self.0.get_or_init(|| key.clone());
    }

    /// The key, if it is settled.
    pub fn key(&self) -> Option<&PublicKey> {
        self.0.get()
    }
}

/// VerifyHostKeyDNS and its settings.
#[derive(Clone, Debug, Default)]
pub struct DnsCheck {
    /// What a DNS answer may decide.
    pub verify: VerifyDns,
    /// The host's name in the DNS: HostName, regardless of HostKeyAlias.
    pub host: String,
    /// The DNS server and the trust anchors.
    pub resolver: sshfp::Resolver,
}
