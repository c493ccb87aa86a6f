//! One SFTP connection: requests as futures over any stream of bytes.
//!
//! - `directory`, `file`: what is open on the server
//! - `handle`, `pending`: requests as futures; `reasons`: why some have failed
//! - `drive`, `incoming`, `outgoing`: bytes from and to the stream
//! - `shared`, `table`, `outcome`, `batch`: the requests, without reading or writing

mod batch;
mod connection;
mod directory;
mod drive;
mod file;
mod handle;
mod incoming;
mod outcome;
mod outgoing;
mod pending;
mod reasons;
mod shared;
mod table;
#[cfg(test)]
mod tests;

pub use connection::Sftp;
pub use directory::RemoteDirectory;
pub use file::{OpenFlags, RemoteFile};
pub use incoming::Incoming;
pub use outgoing::{BytesSink, Outgoing};
pub use pending::Pending;
pub use shared::{SILENCE, SILENCE_AT_WORK};
pub use table::InFlight;
