//! Files on a server: SFTP version 3 with OpenSSH's extensions, over any stream of bytes.
//!
//! ```no_run
//! # use bytes::Bytes;
//! # use tessh::sftp::{Attributes, InFlight, OpenFlags, Sftp, SftpFault};
//! # async fn example(reader: tokio::io::DuplexStream, writer: tokio::io::DuplexStream)
//! # -> tessh::sftp::SftpResult<()> {
//! let (sftp, driver) = Sftp::open(reader, writer, InFlight::default()).await?;
//! let driver = tokio::spawn(driver); // moves the bytes until `sftp` and all that is open is gone
//!
//! let block = sftp.limits().await?.read;
//! let file = sftp.open_file(b"remote/name", OpenFlags::READ, &Attributes::default()).await?;
//! // Requests are made by the call, not by the `await`: these two are on the way together.
//! let first = file.read_at(0, block);
//! let second = file.read_at(u64::from(block), block);
//! let (first, second): (Bytes, Bytes) = (first.await?, second.await?);
//! file.close().await?;
//!
//! match sftp.lstat(b"no such name").await {
//!     Err(failure) if failure.fault() == SftpFault::NoSuchFile => {}
//!     other => drop(other?),
//! }
//! let mut directory = sftp.open_directory(b".").await?;
//! while let Some(entries) = directory.next().await? {
//!     drop(entries); // names are bytes that the server has chosen: `..` and `/etc/x` are possible
//! }
//! # Ok(()) }
//! ```
//!
//! Paths, names and handles are bytes from end to end. As many requests as [`InFlight`] says are
//! on the way; more wait in line, each kept by its [`Pending`], and a request that is dropped in
//! line is never sent. The deadline ([`SILENCE`]) is for bytes that move while the server owes an
//! answer, never for time in line. A server that breaks the protocol loses the connection: every
//! request fails with [`SftpFault::ConnectionLost`] and the reason, and nothing that it sends
//! takes more memory than was asked for.
//!
//! A read goes from the stream to the buffer of its request, a written block from the caller to the
//! stream. Where the caller has the server's bytes in hand, [`Sftp::pair`] saves the stream between.
//!
//! Imports point down this list only (`tests/tidy.rs`):
//!
//! - `sync`: one directory made like another
//! - `transfer`: files and trees, which begins with how to use it
//! - `client`: the connection and its requests
//! - `request`, `reply`: packets as bytes
//! - `failure`: why an operation failed
//! - `attributes`, `extensions`: what packets consist of
//! - `packet`: numbers and bounds

mod attributes;
mod client;
mod extensions;
mod failure;
mod packet;
mod reply;
mod request;
mod sync;
mod transfer;

pub use attributes::{Attributes, FileType};
pub use client::{
    BytesSink, InFlight, Incoming, OpenFlags, Outgoing, Pending, RemoteDirectory, RemoteFile,
    SILENCE, SILENCE_AT_WORK, Sftp,
};
pub use extensions::{AccountNames, Extension, Extensions, FileSystem, Limits};
pub use failure::{SftpFailure, SftpFault, SftpResult};
pub use packet::{DEFAULT_BLOCK, MAX_BLOCK, MAX_NAME};
pub use reply::DirectoryEntry;
pub use sync::{
    CopyReason, Sync, SyncChange, SyncCriteria, SyncDirectory, SyncFilter, SyncPlan, SyncReport,
    SyncRules, SyncStep,
};
pub use transfer::{
    Answering, ClientsToCome, LinkPolicy, MOST_FAILURES, OverwriteAnswer, OverwritePolicy,
    OverwriteQuestion, RemoteShell, RestartReason, ResumeAnswer, ResumePolicy, ResumeQuestion,
    SkipReason, Transfer, TransferClients, TransferDirection, TransferEvent, TransferFailure,
    TransferFile, TransferJob, TransferObserver, TransferOptions, TransferReport, target_name,
};
pub(crate) use transfer::{join, partial_of};

/// Readers that are fuzzed, and no part of the interface.
#[doc(hidden)]
pub mod parsers {
    pub use super::transfer::journal::parse as journal_ranges;
    pub use super::transfer::ranges::Ranges;
    pub use super::transfer::task::SourceFacts;
}
