//! One connection for several invocations (OpenSSH's PROTOCOL.mux, version 4).
//!
//! A master holds the connection and listens on a Unix socket; the other invocations are its
//! clients and never connect to a server. `wire` encodes the protocol, `socket` reads and writes
//! its packets, `client` has the requests of an invocation, `proxy` runs a session in proxy mode.
//! `serve` is the master; `session` (with `notices`) and `translate` serve its clients' sessions
//! and its clients in proxy mode. `packet_sink` writes packets for both sides of proxy mode,
//! `report` and `display` describe the master's connection, and `control_path` is the socket's
//! file. The callers decide who may use a socket, and report errors.

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
