//! What the caller wants of a transfer.

use std::path::PathBuf;

use crate::os::descriptor;

/// How many directories deep a tree may be, unless the caller says.
const MOST_DEPTH: usize = 100;
/// How many names a job may come to, unless the caller says.
const MOST_NAMES: u64 = 10_000_000;
/// How many bytes the paths of all directories may come to, unless the caller says.
const MOST_BYTES: u64 = 256 << 20;

/// What happens to a file that is there already under the final name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OverwritePolicy {
    /// It stays, and the transfer of this file is skipped.
    Never,
    /// It is replaced.
    #[default]
    Always,
    /// It is replaced if the source was modified later, in whole seconds.
    Newer,
    /// It is replaced if its size or its time of modification is another than the source's.
    Different,
    /// [`TransferObserver::overwrite`](crate::sftp::TransferObserver::overwrite) is asked.
    Ask,
}

/// What happens to symbolic links within a tree. A link that a job names itself is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkPolicy {
    /// What they point to is transferred under their names; a loop is an error.
    Follow,
    /// A link with the same words in it is made.
    #[default]
    Copy,
    /// They are left out.
    Skip,
}

/// What happens to an unfinished `NAME.filepart` of an earlier transfer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResumePolicy {
    /// It is thrown away.
    #[default]
    Never,
    /// It is continued if what is in it is the beginning of the source, and begun anew if not.
    Always,
    /// [`TransferObserver::resume`](crate::sftp::TransferObserver::resume) is asked.
    Ask,
}

/// How files are transferred.
#[derive(Clone, Debug)]
pub struct TransferOptions {
    /// Whether directories are transferred, with all that is below them; without it a job that
    /// names one fails.
    pub recursive: bool,
    /// What happens to files that are there already.
    pub overwrite: OverwritePolicy,
    /// What happens to links within a tree.
    pub links: LinkPolicy,
    /// Whether a link that a job names as its copy leads to the file that is replaced; otherwise
    /// the link itself is replaced.
    pub follow_copies: bool,
    /// What happens to unfinished files of an earlier transfer.
    pub resume: ResumePolicy,
    /// Whether each file is compared when it has been transferred, before it gets its name.
    pub verify: bool,
    /// Whether each file is written to the disk before it gets its name, so that not even a crash
    /// of the machine leaves one cut short; on a server that can do it.
    pub fsync: bool,
    /// Whether the times of the source are kept.
    pub keep_times: bool,
    /// Whether the permission bits of the source are kept; setuid, setgid and sticky never are.
    pub keep_modes: bool,
    /// The most bytes per second, over all connections.
    pub rate: Option<u64>,
    /// Whether blocks of zeros become holes in local files.
    pub sparse: bool,
    /// How many small files are on the way at once on each connection.
    pub at_once: usize,
    /// How many directories deep a tree may be.
    pub most_depth: usize,
    /// How many names a job may come to.
    pub most_names: u64,
    /// How many bytes the paths of all directories may come to, which are kept to the end.
    pub most_bytes: u64,
}

/// How many small files are on the way at once, given how many files the process may have open: at
/// most 16, and fewer where these would not leave enough for the connection. One on the way has up
/// to four open: itself, its journal, its directory and that of its target.
fn files_at_once(most_open: usize) -> usize {
    const OTHERS: usize = 32;
    (most_open.saturating_sub(OTHERS) / 4).clamp(1, 16)
}

impl Default for TransferOptions {
    fn default() -> TransferOptions {
        TransferOptions {
            recursive: false,
            overwrite: OverwritePolicy::default(),
            links: LinkPolicy::default(),
            follow_copies: true,
            resume: ResumePolicy::default(),
            verify: false,
            fsync: false,
            keep_times: true,
            keep_modes: true,
            rate: None,
            sparse: false,
            at_once: files_at_once(descriptor::most_open()),
            most_depth: MOST_DEPTH,
            most_names: MOST_NAMES,
            most_bytes: MOST_BYTES,
        }
    }
}

/// Which way a file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferDirection {
    /// From the server.
    Get,
    /// To the server.
    Put,
}

/// One file or one tree to transfer, with the exact name that it gets: a directory that is there is
/// merged with. [`target_name`](crate::sftp::target_name) makes the name within a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferJob {
    /// From the server.
    Get {
        /// The path on the server.
        from: Vec<u8>,
        /// The path of the copy; the directory that it is in must be there.
        to: PathBuf,
    },
    /// To the server.
    Put {
        /// The path here.
        from: PathBuf,
        /// The path of the copy on the server; the directory that it is in must be there.
        to: Vec<u8>,
    },
}
