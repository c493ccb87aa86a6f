//! What a transfer tells its caller, and what it asks.

use std::pin::Pin;

use crate::error::Error;
use crate::sftp::transfer::failure::TransferFailure;
use crate::sftp::transfer::options::TransferDirection;

/// An answer to come. While it is waited for, other files go on.
pub type Answering<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A file that is transferred. Paths are bytes and not escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferFile {
    /// Numbers the files of a run from 0.
    pub number: u64,
    /// Which way it goes.
    pub direction: TransferDirection,
    /// The path of the source.
    pub from: Vec<u8>,
    /// The final path of the copy.
    pub to: Vec<u8>,
    /// The size, as the source's directory has it.
    pub size: u64,
}

/// Why a file was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// It is there already, and is not to be replaced.
    Exists,
    /// It is there already and not older than the source.
    NotNewer,
    /// It is there already with the same size and time.
    Same,
    /// It is a link.
    Link,
    /// The answer to a question was to skip it.
    Answered,
}

/// Why a file is transferred from its beginning once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestartReason {
    /// What an earlier transfer has left is not the beginning of the source.
    Mismatch,
    /// The source was changed while it was read.
    Changed,
}

/// What happens during a transfer.
#[derive(Clone, Copy, Debug)]
pub enum TransferEvent<'a> {
    /// What has been found so far.
    Found {
        /// The files.
        files: u64,
        /// Their bytes.
        bytes: u64,
        /// Whether that is all.
        complete: bool,
    },
    /// The first bytes of a file are asked for.
    Began {
        /// The file.
        file: &'a TransferFile,
        /// How many bytes an earlier transfer has left; they count as transferred.
        resumed: u64,
    },
    /// Bytes have arrived.
    Bytes {
        /// The file.
        file: &'a TransferFile,
        /// How many.
        count: u64,
    },
    /// Bytes were compared, to resume or to verify.
    Compared {
        /// The file.
        file: &'a TransferFile,
        /// How many.
        count: u64,
    },
    /// The file begins anew: its bytes so far count no more.
    Restarted {
        /// The file.
        file: &'a TransferFile,
        /// The bytes that count no more.
        bytes: u64,
        /// Why.
        why: RestartReason,
    },
    /// The file is there, under its name.
    Ended {
        /// The file.
        file: &'a TransferFile,
        /// Its bytes.
        bytes: u64,
        /// Whether it was compared with the source.
        verified: bool,
    },
    /// The file was left out.
    Skipped {
        /// The file.
        file: &'a TransferFile,
        /// Why.
        why: SkipReason,
    },
    /// Something of little weight could not be done, such as setting a time; the file is there.
    Noted {
        /// What.
        error: &'a Error,
    },
    /// The file was not transferred; the others go on.
    Failed(&'a TransferFailure),
}

/// A question about a file that is there already.
#[derive(Clone, Copy, Debug)]
pub struct OverwriteQuestion<'a> {
    /// The file.
    pub file: &'a TransferFile,
    /// When the source was modified, in seconds since 1970, where that is known.
    pub source_time: Option<i64>,
    /// The size of what is there.
    pub target_size: u64,
    /// When what is there was modified.
    pub target_time: Option<i64>,
}

/// The answer to an [`OverwriteQuestion`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverwriteAnswer {
    /// It is replaced.
    Replace,
    /// It stays.
    Skip,
    /// The whole transfer is stopped.
    Stop,
}

/// A question about what an earlier transfer has left.
#[derive(Clone, Copy, Debug)]
pub struct ResumeQuestion<'a> {
    /// The file.
    pub file: &'a TransferFile,
    /// How many bytes are there.
    pub have: u64,
}

/// The answer to a [`ResumeQuestion`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResumeAnswer {
    /// What is there is compared, and continued if it is right.
    Resume,
    /// What is there is thrown away.
    Restart,
    /// The file is left out, and what is there stays.
    Skip,
    /// The whole transfer is stopped.
    Stop,
}

/// Whom a transfer tells and asks. Events come between two polls and must not wait; one question is
/// asked at a time.
pub trait TransferObserver: Send + Sync {
    /// Something has happened.
    fn event(&self, event: TransferEvent<'_>);

    /// Whether a file is replaced, with [`OverwritePolicy::Ask`](crate::sftp::OverwritePolicy::Ask).
    fn overwrite<'a>(&'a self, question: OverwriteQuestion<'a>) -> Answering<'a, OverwriteAnswer> {
        let _ = question;
        Box::pin(std::future::ready(OverwriteAnswer::Skip))
    }

    /// Whether a file is continued, with [`ResumePolicy::Ask`](crate::sftp::ResumePolicy::Ask).
    fn resume<'a>(&'a self, question: ResumeQuestion<'a>) -> Answering<'a, ResumeAnswer> {
        let _ = question;
        Box::pin(std::future::ready(ResumeAnswer::Restart))
    }
}

/// Runs commands on the server, to have it make hashes of its own files.
pub trait RemoteShell: Send + Sync {
    /// Runs a command line of `sh` and gives what it prints, at most a few KiB; an error if it
    /// cannot be run or fails. Without success the files are read back instead.
    fn run(&self, command: Vec<u8>) -> Answering<'_, Result<Vec<u8>, Error>>;
}
