//! The steps of one connection: connect, verify, authenticate, open a channel, relay.
//!
//! The types carry the state. A [`Stream`] carries bytes; only [`verify`](handshake::verify())
//! turns one into a [`Transport`], only [`authenticate`](login::authenticate()) turns that into a
//! [`Session`], so code that skips the host check does not compile. The gaps of the SSH library
//! underneath are closed here and nowhere else; each place names its gap (G1 to G27 in
//! `ARCHITECTURE.md`).
//!
//! Imports point down this list only (`tests/tidy.rs`):
//!
//! - [`mux`]: one connection for several invocations
//! - [`session`]: what is done on a connection that is logged in
//! - [`login`]: from a [`Transport`] to a [`Session`]
//! - [`forward`]: forwards that we ask for
//! - [`handshake`]: from a [`Stream`] to a [`Transport`]
//! - [`host_key`]: whether the host's key is believed
//! - [`state`]: what is known of one connection
//! - `incoming`: channels that the server opens
//! - [`flow`]: how channel data moves
//! - [`stream`]: bytes to the server
//! - single files: `algorithms`, `observe`, `quirks`, `restriction`, `deadline`, `failure`

pub mod algorithms;
mod connection;
pub mod deadline;
mod failure;
pub mod flow;
pub mod forward;
pub mod handshake;
pub mod host_key;
mod incoming;
pub mod login;
pub mod mux;
mod observe;
mod quirks;
mod restriction;
pub mod session;
pub mod state;
pub mod stream;

pub use connection::Session;
pub use handshake::Transport;
pub use stream::Stream;
