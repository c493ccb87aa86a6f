//! Decides whether the host's key is trusted.

pub(super) mod check;
pub(super) mod command;
pub(super) mod explanation;
pub(super) mod policy;
pub mod sshfp;

pub use policy::{DnsCheck, HostPolicy, SettledKey};
pub use sshfp::{LIMIT, MAX_RECORDS, Resolver, look_up};
