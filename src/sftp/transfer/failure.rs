//! Why a file was not transferred, and what a run came to.

use std::io;

use crate::error::{Error, Kind, io_reason, link_reason};
use crate::os::link::LinkFault;
use crate::say;
use crate::sftp::failure::{SftpFailure, SftpFault};
use crate::sftp::transfer::names::shown;
use crate::sftp::transfer::options::TransferDirection;

/// A file or a directory that was not transferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferFailure {
    /// Which way it was to go.
    pub direction: TransferDirection,
    /// The path of the source.
    pub from: Vec<u8>,
    /// The path of the copy.
    pub to: Vec<u8>,
    /// The line for the person; it names the file, and the unfinished file if one is left.
    pub error: Error,
    /// The path of the unfinished file that is left, where the copy was to be.
    pub partial: Option<Vec<u8>>,
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransferReport {
    /// Files that were transferred.
    pub files: u64,
    /// Their bytes, those that earlier transfers had left included.
    pub bytes: u64,
    /// Directories that were gone through.
    pub directories: u64,
    /// Links that were made.
    pub links: u64,
    /// Files and links that were left out.
    pub skipped: u64,
    /// How many files and directories failed.
    pub failed: u64,
    /// The first [`MOST_FAILURES`] of them.
    pub failures: Vec<TransferFailure>,
    /// Why the run did not go through all that it was to do.
    pub stopped: Option<Error>,
}

/// How many failures a [`TransferReport`] keeps.
pub const MOST_FAILURES: usize = 10_000;

impl TransferReport {
    /// Whether everything was transferred or left out on purpose.
    pub fn is_complete(&self) -> bool {
        self.failed == 0 && self.stopped.is_none()
    }
}

/// A failure within one file.
#[derive(Clone, Debug)]
pub(crate) struct TransferFault {
    pub error: Error,
    /// The path of what is left.
    pub partial: Option<Vec<u8>>,
    /// The connection is gone.
    pub lost: bool,
    /// The person wants no more of it all.
    pub stop: bool,
}

impl TransferFault {
    /// A failure that is about this file only.
    pub fn new(error: Error) -> TransferFault {
        TransferFault { error, partial: None, lost: false, stop: false }
    }

    /// A failure of a local file.
    pub fn local(path: &[u8], why: &io::Error) -> TransferFault {
        let cause = say!(sftp_about, file = shown(path), cause = io_reason(why));
        let error = Error::new(Kind::Local, cause);
        TransferFault::new(match why.kind() {
            io::ErrorKind::StorageFull => error.hint(say!(transfer_full_hint)),
            _ => error.hint_about(why),
        })
    }

    /// A link to a local file is not followed.
    pub fn link(path: &[u8], fault: &LinkFault) -> TransferFault {
        let told = TransferFault::about(path, &link_reason(fault));
        TransferFault { error: told.error.hint_about_link(fault), ..told }
    }

    /// A failure that this sentence tells, about a file.
    pub fn about(path: &[u8], cause: &str) -> TransferFault {
        TransferFault::new(Error::new(Kind::Channel, say!(sftp_about, file = shown(path), cause)))
    }

    /// What has the name of a copy is no file, and is not replaced by one.
    pub fn special(path: &[u8]) -> TransferFault {
        let mut fault = TransferFault::about(path, &say!(transfer_target_special));
        fault.error = fault.error.hint(say!(transfer_target_special_hint));
        fault
    }

    /// The whole run is to stop.
    pub fn stopped() -> TransferFault {
        let error = Error::new(Kind::Cancelled, say!(transfer_stopped));
        TransferFault { stop: true, ..TransferFault::new(error) }
    }

    /// Names what is left of the file.
    pub fn leaving(mut self, partial: &[u8]) -> TransferFault {
        let cause = say!(transfer_partial, cause = self.error.cause(), partial = shown(partial));
        let mut error = Error::new(self.error.kind(), cause);
        if let Some(next) = self.error.next_step() {
            error = error.hint(next);
        }
        self.error = error;
        self.partial = Some(partial.to_vec());
        self
    }
}

impl From<SftpFailure> for TransferFault {
    fn from(failure: SftpFailure) -> TransferFault {
        let lost = failure.fault() == SftpFault::ConnectionLost;
        TransferFault { lost, ..TransferFault::new(failure.into_error()) }
    }
}
