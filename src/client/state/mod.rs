//! What is known of one connection: how it ended, what was negotiated, the counts of bytes on the
//! wire, and the results of host check and login. `shared` holds all of it together.

pub(super) mod negotiated;
pub(super) mod record;
pub(super) mod remembered;
pub(super) mod rotation;
pub(super) mod shared;
pub(super) mod wire_facts;

pub use negotiated::Negotiated;
pub use record::HostKey;
pub use remembered::{RememberedCredential, RememberedLogin, RememberedLogins, UsedLogin};
