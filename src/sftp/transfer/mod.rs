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
//! No task is spawned: everything happens while [`Transfer::run`] is polled, beside the drivers of
//! the connections. Local files are read and written in place.
//!
//! - `run`: the run, its workers
//! - `get`, `put`, `link`: one file
//! - `walk_remote`, `walk_local`, `walk`: what there is to do
//! - `decide`: whether a file is replaced
//! - `task`: what they share; `folder`: directories
//! - `rate`, `failure`, `observer`, `options`, `names`

mod decide;
mod failure;
mod folder;
mod get;
mod link;
mod names;
mod observer;
mod options;
mod put;
mod rate;
mod run;
mod task;
mod walk;
mod walk_local;
mod walk_remote;

pub use failure::{MOST_FAILURES, TransferFailure, TransferReport};
pub use names::target_name;
pub use observer::{
    Answering, OverwriteAnswer, OverwriteQuestion, RemoteShell, RestartReason, ResumeAnswer,
    ResumeQuestion, SkipReason, TransferEvent, TransferFile, TransferObserver,
};
pub use options::{
    LinkPolicy, OverwritePolicy, ResumePolicy, TransferDirection, TransferJob, TransferOptions,
};
pub use run::Transfer;
