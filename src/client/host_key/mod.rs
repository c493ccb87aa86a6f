//! Whether the host's key is believed.

pub(super) mod command;
pub(super) mod explanation;
pub mod sshfp;

pub use sshfp::{LIMIT, MAX_RECORDS, Resolver, look_up};
