//! Transfers: files and trees, to and from a server, over one or several connections.
//!
//! ```no_run
//! # use tessh::sftp::*;
//! # use std::path::PathBuf;
//! # async fn example(connections: Vec<Sftp>) {
//! /// Shows nothing, replaces nothing that is there.
//! struct Quiet;
//! impl TransferObserver for Quiet {
//!     fn event(&self, event: TransferEvent<'_>) {
//!         if let TransferEvent::Failed(failure) = event {
//!             drop(failure.error.to_string());
//!         }
//!     }
//! }
//! let options = TransferOptions {
//!     recursive: true,
//!     overwrite: OverwritePolicy::Ask, // asks `Quiet::overwrite`, which answers "skip"
//!     ..TransferOptions::default()
//! };
//! let name = target_name(b"some/tree/").expect("it has one"); // "tree"
//! let to = PathBuf::from("here").join(std::str::from_utf8(name).expect("it is text"));
//! let jobs = [TransferJob::Get { from: b"some/tree/".to_vec(), to }];
//! let report = Transfer::new(connections, options).run(&jobs, &Quiet).await;
//! assert!(report.is_complete());
//! # }
//! ```
//!
//! A job names source and copy exactly; whether the copy goes *into* a directory is the caller's to
//! decide. The directory that the copy is in must be there. Names below come from the source, and
//! are refused if they mean anything but a file in its directory. Nothing here follows a link that
//! is below what the user has named, unless [`LinkPolicy::Follow`] says so for the source.
//!
//! A file is written as `NAME.filepart`, which only the user can access, and gets its name,
//! permission bits and times when all of it is there and its size is right. Whatever goes wrong
//! leaves the partial file, whose name is in the error; the other files go on, and the
//! [`TransferReport`] lists what failed. Dropping the future stops everything.
//!
//! A partial file of an earlier transfer is continued where [`ResumePolicy`] says so, and only after
//! what is there was compared: by a hash that the server makes, if the caller has a [`RemoteShell`],
//! or by reading it back. With several clients, files over 64 MiB go over all of them in pieces
//! of 2 to 16 MiB; `NAME.filepart.tessh` beside the partial file lists the pieces that are there.
//!
//! No task is spawned: everything happens while [`Transfer::run`] is polled, beside the drivers of
//! the connections. Local files are read and written in place.
//!
//! - `run`: the run, its workers
//! - `get`, `put`, `link`: one file
//! - `walk_remote`, `walk_local`, `walk`: what there is to do
//! - `spread`, `spread_get`, `spread_put`: ranges of one file over several lanes
//! - `partial_here`, `partial_there`: unfinished files and their journals
//! - `compare`: whether both sides are the same; `blocks`: blocks on their way
//! - `decide`: whether a file is replaced or continued
//! - `lanes`: the clients, and those that come later
//! - `task`: what they share; `folder`: directories
//! - `ranges`, `journal`, `rate`, `failure`, `observer`, `options`, `names`

pub(super) mod blocks;
pub(super) mod compare;
mod decide;
mod failure;
mod folder;
mod get;
pub(super) mod journal;
mod lanes;
mod link;
pub(super) mod names;
mod observer;
mod options;
mod partial_here;
mod partial_there;
mod put;
pub(super) mod ranges;
pub(super) mod rate;
mod run;
mod spread;
mod spread_get;
mod spread_put;
pub(super) mod task;
mod walk;
mod walk_local;
mod walk_remote;

pub use failure::{MOST_FAILURES, TransferFailure, TransferReport};
pub use lanes::{ClientsToCome, TransferClients};
pub use names::target_name;
pub(crate) use names::{join, partial_of};
pub use observer::{
    Answering, OverwriteAnswer, OverwriteQuestion, RemoteShell, RestartReason, ResumeAnswer,
    ResumeQuestion, SkipReason, TransferEvent, TransferFile, TransferObserver,
};
pub use options::{
    LinkPolicy, OverwritePolicy, ResumePolicy, TransferDirection, TransferJob, TransferOptions,
};
pub use run::Transfer;
