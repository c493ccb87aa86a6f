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
//! OpenSSH's PROTOCOL.certkeys. `evidence` has the words that the
//! other files speak in.

pub mod authority;
mod certificate;
mod decide;
mod dns_lines;
pub mod entries;
mod evidence;
pub mod explain;
mod file;
pub mod fingerprint;
mod first_seen;
mod judgement;
mod known;
mod krl;
mod line;
mod pattern;
mod pin;
mod place;
mod quote;
mod requirements;
mod revoked;
mod rewrite;
pub mod rotate;
pub mod sshfp;
pub mod store;
mod subject;
pub mod validity;

pub use certificate::Presented;
pub use decide::{decide, wants_sshfp};
pub use dns_lines::{dns_lines, dns_lines_in};
pub use evidence::{Covering, Evidence, Finding, KnownKey, KnownTypes, Policy, Sources, Verdict};
pub use first_seen::{Dates, FirstSeen};
pub use judgement::{HostStanding, Judgement};
pub use known::KnownHosts;
pub use line::Marker;
pub use pin::{PINS_MAX, Pin};
pub use place::{FileLine, Problem};
pub use requirements::Requirements;
pub use revoked::RevokedKeys;
pub use sshfp::{Sshfp, VerifyDns};
pub use subject::Subject;
