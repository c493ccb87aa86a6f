//! What is known of one connection: how it ended, what was negotiated, what has passed on the
//! wire, what the host check and the login left behind. `shared` has all of it together.

pub(super) mod negotiated;
pub(super) mod record;
pub(super) mod remembered;
pub(super) mod rotation;
pub(super) mod shared;
pub(super) mod wire_facts;

pub use negotiated::Negotiated;
pub use record::HostKey;
pub use remembered::{RememberedCredential, RememberedLogin, RememberedLogins};
