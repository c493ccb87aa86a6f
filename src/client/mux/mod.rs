//! One connection for several invocations (OpenSSH's PROTOCOL.mux, version 4).
//!
//! A master holds the connection and listens on a Unix socket; the others are its clients and
//! never see a server. `wire` is the protocol on bytes, `socket` its packets, `client` what an
//! invocation asks of a master, `proxy` a session in the plain packets that a master passes on.
//! `serve` listens, `session` (with `notices`) and `translate` are what it does for those two,
//! `packet_sink` is what both sides of such plain packets write, `report` and `display` what a
//! master tells of its connection, `control_path` is its socket's place in the file system. Who
//! may use a socket, and what is said of it, is decided by the two sides.

pub mod client;
pub mod control_path;
mod display;
mod notices;
mod packet_sink;
mod packets;
mod peer;
pub mod proxy;
mod report;
pub mod serve;
mod session;
mod socket;
mod translate;
mod wire;

pub use client::{MasterConnection, MasterRefusal, connect};
pub use display::MasterDisplay;
pub use peer::{MasterHost, Streams};
pub use serve::{Master, MasterLifetime};
pub use socket::{read_packet, write_packet};
pub use wire::{
    Hello, MAX_PACKET, Malformed, MuxRequest, MuxResponse, NO_ESCAPE, NewSession, VERSION,
};
