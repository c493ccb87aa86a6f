//! Whether a host key is to be trusted: evidence first, then one decision.
//!
//! [`KnownHosts`] reads the files, [`KnownHosts::lookup`] says what they know about an offered
//! key ([`Evidence`], a fact), and [`decide`] says what follows under a [`Policy`]
//! ([`Verdict`]). What the DNS says ([`Sshfp`]) is added by whoever asked it. [`explain`] tells
//! evidence and verdict: as lines, as one line, as JSON. Nothing here asks, connects or prints;
//! only [`store`] and [`authority`] write.
//!
//! The sources, in the order in which they count, the first that has something to say deciding:
//!
//! 1. revocation: `@revoked` lines, RevokedHostKeys. Beats everything.
//! 2. pins ([`Pin`]): `--host-key`, or `fingerprints` of a saved session. Only a pinned key is right.
//! 3. authorities: `@cert-authority` lines and records ([`authority`]). A certificate of an
//!    authority that covers the host, and that holds.
//! 4. the DNS ([`Sshfp`]), where VerifyHostKeyDNS has it asked and DNSSEC proves the answer.
//! 5. keys on record: known_hosts, the user's files, the system's, KnownHostsCommand.
//! 6. first use: nothing is known.
//!
//! The file format is sshd(8)'s "SSH_KNOWN_HOSTS FILE FORMAT", the certificate format is
//! OpenSSH's PROTOCOL.certkeys. This file holds the words the other files speak in.

pub mod authority;
mod certificate;
mod decide;
pub mod entries;
pub mod explain;
pub mod fingerprint;
mod first_seen;
mod judgement;
mod known;
mod krl;
mod line;
mod pattern;
mod pin;
mod quote;
mod requirements;
mod revoked;
mod rewrite;
pub mod rotate;
pub mod sshfp;
pub mod store;
pub mod validity;

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

pub use certificate::Presented;
pub use decide::{decide, wants_sshfp};
pub use first_seen::{Dates, FirstSeen};
pub use judgement::{Judgement, Standing};
pub use known::KnownHosts;
pub use line::Marker;
pub use pin::{PINS_MAX, Pin};
pub use requirements::Requirements;
pub use revoked::RevokedKeys;
pub use sshfp::{Sshfp, VerifyDns};

use russh::keys::ssh_key::{Algorithm, PublicKey};

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
    fn is_bare(&self) -> bool {
        self.alias || self.port == DEFAULT_PORT || self.port == 0
    }

    /// The name without a port, in lower case.
    fn bare_name(&self) -> String {
        self.name.to_ascii_lowercase()
    }
}

/// The files to search, in order. A missing file is empty; an unreadable one is a [`Problem`].
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// UserKnownHostsFile; the first is the one written to.
    pub user: Vec<PathBuf>,
    /// GlobalKnownHostsFile; never written.
    pub global: Vec<PathBuf>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    /// `file:line`, fit to be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", quote::path(&self.file), self.line)
    }
}

/// A file or line that could not be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; `None` for the whole file.
    pub line: Option<usize>,
    /// One line for the person.
    pub reason: String,
}

impl fmt::Display for Problem {
    /// `file:line: reason`, fit to be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", quote::path(&self.file), self.reason),
            None => write!(f, "{}: {}", quote::path(&self.file), self.reason),
        }
    }
}

/// A key that is on record for the subject.
#[derive(Clone, Debug)]
pub struct KnownKey {
    /// Where.
    pub at: Place,
    /// Which.
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
    Revoked(Place),
    /// RevokedHostKeys forbids the key, or cannot be used; the reason, one line.
    Forbidden(String),
    /// The key is on record.
    Known(Place),
    /// The certificate is good, signed by the authority on this line.
    Certified {
        /// The `@cert-authority` line, or the line of the record that has the key.
        at: Place,
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
    pub at: Place,
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
    /// The keys that are right, where the person said so; then no other is.
    pub pins: Vec<Pin>,
    /// What the certificate says, if one was offered.
    pub certificate: Option<Presented>,
    /// The authorities that cover the host, those of known_hosts first.
    pub authorities: Vec<Covering>,
    /// What the files say.
    pub finding: Finding,
    /// Why an offered certificate does not count, one line: an authority covers the host, and
    /// it is not this one's or does not hold. Where no authority covers the host, its key is
    /// looked at like any other, and this is `None`.
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
    /// Adds what is on record elsewhere.
    pub fn absorb(&mut self, other: KnownTypes) {
        self.authority |= other.authority;
        for algorithm in other.keys {
            if !self.keys.contains(&algorithm) {
                self.keys.push(algorithm);
            }
        }
    }
}
