//! Bytes to the server: a TCP connection, a proxy or its command, or a channel of a jump host.

pub(super) mod command;
pub mod dial;
mod http;
pub mod proxy;
mod socks;

pub use command::ProxyCommand;
pub use dial::{Family, Route, Stream, connect};
