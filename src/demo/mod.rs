//! An SSH server to try the client on: loopback only, one user, everything fresh at each start.
//!
//! `server` has its start and stop, the listener and its bounds. What a login may do is in
//! `connection`, programs and their channels are in `session`, secrets in `credentials`, what
//! all connections share in `shared`.
//! It is no server for real use: there are no accounts, no forwarding and no SFTP, and it
//! runs everything as the user who started it. Protocol: RFC 4251 to 4254, by russh.

mod children;
mod connection;
mod credentials;
mod server;
mod session;
mod shared;
#[cfg(test)]
mod tests;

pub use server::DemoServer;
pub use shared::DemoOptions;
