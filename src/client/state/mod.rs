//! What is known of one connection, for everybody who uses it.

pub(super) mod shared;
pub(super) mod wire_facts;

pub use shared::Sink;
