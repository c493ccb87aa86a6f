//! A demo SSH server to try the client on: loopback only, one user, new keys at each start.
//!
//! `server` starts and stops it and holds the listener and its bounds. `connection` decides what a
//! login may do, `session` runs programs and carries their channels, `credentials` holds the
//! secrets, and `shared` holds what all connections share.
//!
//! It is no server for real use: it has no accounts, no forwarding and no SFTP, and it runs
//! everything as the user who started it. Protocol: RFC 4251 to 4254, implemented by russh.

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
