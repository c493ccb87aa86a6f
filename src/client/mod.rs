//! The steps of one connection: connect, verify, authenticate, open a channel, relay.
//!
//! The types carry the state. A [`Stream`] carries bytes; only [`verify`](verify::verify)
//! turns one into a [`Transport`], only [`authenticate`](authenticate::authenticate) turns
//! that into a [`Session`], so code that skips the host check does not compile. The gaps of
//! the SSH library underneath are closed here and nowhere else; each place names its gap
//! (G1 to G20 in `ARCHITECTURE.md`).

pub mod algorithms;
pub mod authenticate;
pub mod channel;
pub mod connect;
pub mod deadline;
pub mod escape;
mod events;
mod failure;
pub mod forward;
mod greeting;
mod host_bound;
mod identity;
pub mod information;
pub mod interlude;
pub mod jump;
mod known_hosts_command;
pub mod mux;
mod observe;
pub mod paste;
pub mod proxy;
mod quirks;
mod rekey;
pub mod relay;
mod restriction;
pub mod rotation;
pub mod sshfp;
mod typing;
pub mod verify;
mod wire;

pub use connect::Stream;
pub use verify::Transport;

pub use authenticate::Session;
