//! The types for what is known of an offered host key and for the verdict, used by the rest of the
//! room. Nothing is looked up or decided here.

use std::net::IpAddr;
use std::path::PathBuf;

use russh::keys::ssh_key::{Algorithm, PublicKey};

use super::certificate::Presented;
use super::first_seen::Dates;
use super::pin::Pin;
use super::place::{FileLine, Problem};
use super::sshfp::Sshfp;
use super::subject::Subject;

/// The files to search, in order. A missing file is empty; an unreadable one is a [`Problem`].
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// UserKnownHostsFile; only the first is written to.
    pub user: Vec<PathBuf>,
    /// GlobalKnownHostsFile; never written.
    pub global: Vec<PathBuf>,
    /// PuTTY's host key caches; never written.
    pub caches: Vec<PathBuf>,
}

/// A key that is on record for the subject.
#[derive(Clone, Debug)]
pub struct KnownKey {
    /// The place of the line.
    pub at: FileLine,
    /// The key.
    pub key: PublicKey,
}

/// The result of looking the offered key up in the files.
#[derive(Clone, Debug)]
pub enum Finding {
    /// Nothing is known of this host.
    Unknown,
    /// Only keys of other types are on record.
    OtherTypeKnown(Vec<KnownKey>),
    /// Other keys of this type are on record.
    Changed(Vec<KnownKey>),
    /// The key, the certified key, or its authority is marked `@revoked`.
    Revoked(FileLine),
    /// RevokedHostKeys forbids the key, or cannot be used; the reason is one line.
    Forbidden(String),
    /// The key is on record.
    Known(FileLine),
    /// The certificate holds, and this authority signed it.
    Certified {
        /// The `@cert-authority` line, or the line of the record that has the key.
        at: FileLine,
        /// The authority's `SHA256:…` fingerprint.
        authority: String,
        /// The record's name; `None` for a line of known_hosts.
        record: Option<String>,
    },
}

/// An authority that covers the host and port, so that its certificates count.
#[derive(Clone, Debug)]
pub struct Covering {
    /// The `@cert-authority` line, or the line of the record that has the key.
    pub at: FileLine,
    /// The record's name, sanitised; `None` for a line of known_hosts.
    pub record: Option<String>,
    /// The authority's key.
    pub key: PublicKey,
}

/// Everything that is known about an offered key when the decision is made.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The host for which the key was offered.
    pub subject: Subject,
    /// The offered key; for a certificate, the key that it certifies.
    pub offered: PublicKey,
    /// Pinned keys; if there are any, only these are accepted.
    pub pins: Vec<Pin>,
    /// The content of the certificate, if one was offered.
    pub certificate: Option<Presented>,
    /// The authorities that cover the host; those in known_hosts come first.
    pub authorities: Vec<Covering>,
    /// The result of the search in the files.
    pub finding: Finding,
    /// The reason why an offered certificate does not count, one line: it is not signed by an
    /// authority that covers the host, or does not hold. `None` if no authority covers the host;
    /// then the certified key is judged as a plain one.
    pub certificate_fault: Option<String>,
    /// The result of the DNS query.
    pub sshfp: Sshfp,
    /// The files searched, in order.
    pub searched: Vec<PathBuf>,
    /// Files and lines that could not be used.
    pub problems: Vec<Problem>,
    /// The dates on which keys were first written, as far as they are recorded; filled in for a
    /// question.
    pub dates: Dates,
    /// Files of authorities that could not be used and do not count.
    pub authority_problems: Vec<Problem>,
    /// The Teleport cluster, sanitised, to which the host must have proved that it belongs; then
    /// only its authorities count.
    pub cluster: Option<String>,
    /// This machine's own address, if NoHostAuthenticationForLocalhost says that a key shown there
    /// need not be known.
    pub loopback: Option<IpAddr>,
}

/// The value of StrictHostKeyChecking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Accept only keys on record.
    Yes,
    /// Ask about keys that are not on record.
    Ask,
    /// Accept new hosts without asking; refuse changed keys.
    AcceptNew,
    /// Accept new hosts, and changed keys with restrictions, as ssh(1) does.
    No,
}

/// The verdict on the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Continue.
    Accept,
    /// Continue and write the key.
    AcceptAndRecord,
    /// Continue without passwords, challenges or forwards, and write nothing
    /// (`StrictHostKeyChecking no` and a changed key).
    AcceptRestricted,
    /// Ask the user.
    Ask,
    /// Disconnect; the reason is one line.
    Reject(String),
}

impl Verdict {
    /// The verdict's word in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Accept => "accept",
            Verdict::AcceptAndRecord => "accept-and-record",
            Verdict::AcceptRestricted => "accept-restricted",
            Verdict::Ask => "ask",
            Verdict::Reject(_) => "reject",
        }
    }
}

impl Evidence {
    /// The pin that the offered key matches.
    pub fn pinned(&self) -> Option<&Pin> {
        self.pins.iter().find(|pin| pin.matches(&self.offered))
    }

    /// Whether the evidence speaks against the key, so that accepting it out of habit would be a
    /// mistake.
    pub fn is_alarming(&self) -> bool {
        matches!(self.finding, Finding::Changed(_)) || self.sshfp.is_secure_mismatch()
    }
}

/// The algorithms on record for a host, by which the proposal is ordered.
#[derive(Clone, Debug, Default)]
pub struct KnownTypes {
    /// The algorithms of the keys on record, without duplicates.
    pub keys: Vec<Algorithm>,
    /// Whether an authority covers the host, so that certificates are worth requesting.
    pub authority: bool,
    /// Whether a key without a certificate would be refused, so that none is worth requesting.
    pub only_certificates: bool,
}

impl KnownTypes {
    /// Adds the algorithms found in other files.
    pub fn absorb(&mut self, other: KnownTypes) {
        self.authority |= other.authority;
        for algorithm in other.keys {
            if !self.keys.contains(&algorithm) {
                self.keys.push(algorithm);
            }
        }
    }
}
