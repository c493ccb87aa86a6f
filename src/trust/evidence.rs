//! What is known of an offered host key, and what follows: the words that the rest of the room
//! speaks in. Nothing is looked up or decided here.

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
    /// UserKnownHostsFile; the first is the one written to.
    pub user: Vec<PathBuf>,
    /// GlobalKnownHostsFile; never written.
    pub global: Vec<PathBuf>,
}

/// A key that is on record for the subject.
#[derive(Clone, Debug)]
pub struct KnownKey {
    /// The line.
    pub at: FileLine,
    /// The key.
    pub key: PublicKey,
}

/// What the files say about the offered key.
#[derive(Clone, Debug)]
pub enum Finding {
    /// Nothing is known of this host.
    Unknown,
    /// Only keys of other types are on record.
    OtherTypeKnown(Vec<KnownKey>),
    /// Keys of this type are on record, and this is none of them.
    Changed(Vec<KnownKey>),
    /// The key, the certified key, or its authority is marked `@revoked`.
    Revoked(FileLine),
    /// RevokedHostKeys forbids the key, or cannot be used; the reason, one line.
    Forbidden(String),
    /// The key is on record.
    Known(FileLine),
    /// The certificate is good, signed by the authority on this line.
    Certified {
        /// The `@cert-authority` line, or the line of the record that has the key.
        at: FileLine,
        /// The authority's `SHA256:…` fingerprint.
        authority: String,
        /// The record's name; `None` for a line of known_hosts.
        record: Option<String>,
    },
}

/// An authority that covers the host and port: its certificates count.
#[derive(Clone, Debug)]
pub struct Covering {
    /// The `@cert-authority` line, or the line of the record that has the key.
    pub at: FileLine,
    /// The record's name, fit to be shown; `None` for a line of known_hosts.
    pub record: Option<String>,
    /// Its key.
    pub key: PublicKey,
}

/// Everything known about an offered key when the decision is made.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Whom it was offered for.
    pub subject: Subject,
    /// The offered key; for a certificate, the key it certifies.
    pub offered: PublicKey,
    /// Pinned keys; unless empty, only these are right.
    pub pins: Vec<Pin>,
    /// What the certificate says, if one was offered.
    pub certificate: Option<Presented>,
    /// The authorities that cover the host, those of known_hosts first.
    pub authorities: Vec<Covering>,
    /// What the files say.
    pub finding: Finding,
    /// Why an offered certificate does not count, one line: it is not signed by an authority
    /// that covers the host, or does not hold. `None` where no authority covers the host; then
    /// the certified key is judged like a plain one.
    pub certificate_fault: Option<String>,
    /// What the DNS says.
    pub sshfp: Sshfp,
    /// The files searched, in order.
    pub searched: Vec<PathBuf>,
    /// Files and lines that could not be used.
    pub problems: Vec<Problem>,
    /// When keys were first written, as far as this program knows; filled in for a question.
    pub dates: Dates,
    /// Files of authorities that could not be used; those do not count.
    pub authority_problems: Vec<Problem>,
    /// The address of this machine itself, where the person said that a key shown there need not
    /// be known (NoHostAuthenticationForLocalhost).
    pub loopback: Option<IpAddr>,
}

/// StrictHostKeyChecking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Only what is on record.
    Yes,
    /// Ask about what is not.
    Ask,
    /// Take new hosts without asking; refuse changed keys.
    AcceptNew,
    /// Take new hosts, and changed keys under restrictions, as ssh(1) does.
    No,
}

/// What follows from the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    Accept,
    /// Go on and write the key.
    AcceptAndRecord,
    /// Go on without passwords, challenges or forwards, and write nothing (`StrictHostKeyChecking no` and a changed key).
    AcceptRestricted,
    /// A person decides.
    Ask,
    /// Stop; the reason is one line.
    Reject(String),
}

impl Verdict {
    /// The word that JSON has for it.
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

    /// Whether it speaks against the key: going on by habit would be a mistake.
    pub fn is_alarming(&self) -> bool {
        matches!(self.finding, Finding::Changed(_)) || self.sshfp.is_secure_mismatch()
    }
}

/// What is already on record for a host, for ordering the proposal.
#[derive(Clone, Debug, Default)]
pub struct KnownTypes {
    /// The algorithms of the keys on record, without doubles.
    pub keys: Vec<Algorithm>,
    /// Whether an authority covers the host: certificates are worth asking for.
    pub authority: bool,
}

impl KnownTypes {
    /// Adds what other files have.
    pub fn absorb(&mut self, other: KnownTypes) {
        self.authority |= other.authority;
        for algorithm in other.keys {
            if !self.keys.contains(&algorithm) {
                self.keys.push(algorithm);
            }
        }
    }
}
