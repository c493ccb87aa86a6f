//! Bytes to the server: a TCP connection, a proxy or its command, or a channel of a jump host.

pub(super) mod bytes;
pub(super) mod command;
pub mod dial;
mod http;
pub mod proxy;
mod proxy_request;
mod socks;
mod telnet;
mod vectored;
mod words;

pub use bytes::{ByteStream, Stream};
pub use command::{ProxyCommand, ProxyErrors, ProxyProgram};
pub use dial::{Route, connect};
pub use proxy_request::ProxyRequest;
pub use words::Diagnosis;
