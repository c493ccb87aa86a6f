//! From a [`Stream`](super::Stream) to a [`Transport`]: greeting, key exchange, and the host
//! accepted.

mod agreed;
mod banners;
mod broken;
mod gather;
pub(super) mod greeting;
pub(super) mod handler;
mod hello;
mod options;
mod packets;
pub(super) mod rekey;
mod told;
pub mod verify;
mod window;
pub(super) mod wire;

pub use agreed::UNSIGNED;
pub use options::TransportOptions;
pub use told::hear;
pub use verify::{Transport, verify};
