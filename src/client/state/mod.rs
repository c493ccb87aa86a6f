//! What is known of one connection, for everybody who uses it.

pub(super) mod negotiated;
pub(super) mod record;
pub(super) mod remembered;
pub(super) mod rotation;
pub(super) mod shared;
pub(super) mod wire_facts;

pub use negotiated::Negotiated;
pub use record::HostKey;
pub use remembered::{RememberedCredential, RememberedLogin, RememberedLogins};
