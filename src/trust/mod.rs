//! Decides whether a host key is to be trusted: evidence first, then one decision.
//!
//! [`KnownHosts`] reads the files, [`KnownHosts::lookup`] returns what they know about an offered
//! key ([`Evidence`]), and [`decide`] derives the [`Verdict`] under a [`Policy`]. The client adds
//! the DNS records ([`Sshfp`]) if it has asked for them. [`explain`] presents evidence and verdict
//! as lines, as one line, or as JSON. Nothing here asks the user, connects or prints; only
//! [`store`] and [`authority`] write files.
//!
//! The sources, in the order in which they count. The first one that knows the host decides:
//!
//! 1. revocation: `@revoked` lines and RevokedHostKeys, which override everything.
//! 2. pins ([`Pin`]): `--host-key`, or `fingerprints` of a saved session. Only a pinned key is
//!    accepted.
//! 3. authorities: `@cert-authority` lines and records ([`authority`]), for a certificate that
//!    holds and is signed by an authority that covers the host.
//! 4. the DNS ([`Sshfp`]), if VerifyHostKeyDNS is set and DNSSEC proves the answer.
//! 5. keys on record: known_hosts, first the user's files, then the system's, then PuTTY's cache
//!    ([`HostKeyCache`]) where a session of it or of WinSCP names one, then KnownHostsCommand.
//! 6. first use: no source knows the host.
//!
//! For hosts of a Teleport cluster ([`ClusterRule`]) only that cluster's authorities count, after
//! revocation and pins: no other source proves such a host, and there is no first use.
//!
//! The file format is sshd(8)'s "SSH_KNOWN_HOSTS FILE FORMAT", the certificate format is
//! OpenSSH's PROTOCOL.certkeys. `evidence` has the types that the other files share.

pub mod authority;
mod cache;
mod cached_key;
mod certificate;
mod cluster;
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

pub use cache::{CachedHostKey, HostKeyCache, cache_entry};
pub use certificate::Presented;
pub use cluster::{ClusterAuthorities, ClusterRule};
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
