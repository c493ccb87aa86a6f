//! What the walk of a tree finds, and what the transfers of all files share.

use std::ffi::OsString;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, Semaphore};

use crate::os::tree::TreeStatus;
use crate::sftp::attributes::Attributes;
use crate::sftp::transfer::failure::{
    MOST_FAILURES, TransferFailure, TransferFault, TransferReport,
};
use crate::sftp::transfer::folder::{LocalFolder, RemoteFolder};
use crate::sftp::transfer::lanes::TransferLanes;
use crate::sftp::transfer::observer::{
    RemoteShell, SkipReason, TransferEvent, TransferFile, TransferObserver,
};
use crate::sftp::transfer::options::{TransferDirection, TransferOptions};
use crate::sftp::transfer::rate::RateLimit;

/// A file or link here.
pub(crate) struct LocalPlace {
    pub folder: Arc<LocalFolder>,
    pub name: OsString,
    /// Whether a link is followed.
    pub follow: bool,
}

/// A file or link on the server.
pub(crate) struct RemotePlace {
    pub folder: Arc<RemoteFolder>,
    pub path: Vec<u8>,
}

/// What is known of a source.
#[derive(Clone, Copy, Debug, Default)]
pub struct SourceFacts {
    /// In bytes.
    pub size: Option<u64>,
    /// The permission bits.
    pub mode: Option<u32>,
    /// Last access and last modification.
    pub times: Option<(i64, i64)>,
    /// User and group, as numbers of its own system.
    pub owner: Option<(u32, u32)>,
}

impl From<&Attributes> for SourceFacts {
    fn from(attributes: &Attributes) -> SourceFacts {
        let times = attributes.times.map(|(access, change)| (access.into(), change.into()));
        let mode = attributes.permissions.map(|mode| mode & 0o777);
        SourceFacts { size: attributes.size, mode, times, owner: attributes.owner }
    }
}

impl From<&TreeStatus> for SourceFacts {
    fn from(status: &TreeStatus) -> SourceFacts {
        let (mode, times) = (Some(status.mode), Some(status.times));
        SourceFacts { size: Some(status.size), mode, times, owner: Some(status.owner) }
    }
}

/// Files up to this size are believed to be as large as their directory says, until they are read.
pub(crate) const SMALL: u64 = 1024 * 1024;
/// Larger files are transferred over all lanes.
pub(crate) const SPREAD: u64 = 64 * 1024 * 1024;
/// The most and the fewest bytes of such a file that are handed to a lane at a time.
const MOST_PIECE: u64 = 16 * 1024 * 1024;
const LEAST_PIECE: u64 = 2 * 1024 * 1024;
/// In how many pieces a file goes that is neither large nor small: so many that all lanes end at
/// nearly the same time.
const PIECES: u64 = 1024;
/// The mode of a file whose own is not to be kept.
pub(crate) const PLAIN_MODE: u32 = 0o644;

/// Something to do.
pub(crate) enum Task {
    Get {
        file: TransferFile,
        facts: SourceFacts,
        to: LocalPlace,
    },
    Put {
        file: TransferFile,
        from: LocalPlace,
        to: RemotePlace,
    },
    GetLink {
        file: TransferFile,
        to: LocalPlace,
    },
    PutLink {
        file: TransferFile,
        from: LocalPlace,
        to: RemotePlace,
    },
    /// A directory on the server, which may have no file in it.
    MakeFolder {
        from: Vec<u8>,
        folder: Arc<RemoteFolder>,
    },
}

/// What became of a task.
pub(crate) enum TaskEnd {
    File { bytes: u64, verified: bool },
    Link,
    Folder,
    Skipped(SkipReason),
}

/// The most bytes of a file of this size that are handed to a lane at a time.
pub(crate) fn piece_of(size: u64) -> u64 {
    (size / PIECES).clamp(LEAST_PIECE, MOST_PIECE)
}

/// What all transfers of a run share.
pub(crate) struct Run<'a> {
    pub options: &'a TransferOptions,
    pub observer: &'a dyn TransferObserver,
    pub shell: Option<&'a dyn RemoteShell>,
    pub lanes: TransferLanes,
    /// One file at a time over all lanes.
    pub spread: Semaphore,
    pub rate: RateLimit,
    /// One question at a time.
    pub asking: tokio::sync::Mutex<()>,
    pub report: Mutex<TransferReport>,
    pub stop: Notify,
    next_number: AtomicU64,
}

impl<'a> Run<'a> {
    pub fn new(
        options: &'a TransferOptions,
        observer: &'a dyn TransferObserver,
        shell: Option<&'a dyn RemoteShell>,
    ) -> Run<'a> {
        Run {
            options,
            observer,
            shell,
            lanes: TransferLanes::new(),
            spread: Semaphore::new(1),
            rate: RateLimit::new(options.rate),
            asking: tokio::sync::Mutex::default(),
            report: Mutex::default(),
            stop: Notify::new(),
            next_number: AtomicU64::new(0),
        }
    }

    /// A file that was found.
    pub fn file(
        &self,
        direction: TransferDirection,
        from: Vec<u8>,
        to: Vec<u8>,
        size: Option<u64>,
    ) -> TransferFile {
        let number = self.next_number.fetch_add(1, Ordering::Relaxed);
        TransferFile { number, direction, from, to, size: size.unwrap_or_default() }
    }

    /// Tells the caller.
    pub fn tell(&self, event: TransferEvent<'_>) {
        self.observer.event(event);
    }

    /// Counts in the report.
    pub fn count(&self, work: impl FnOnce(&mut TransferReport)) {
        work(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Tells and counts what became of a task.
    pub fn ended(&self, file: &TransferFile, end: &TaskEnd) {
        match *end {
            TaskEnd::File { bytes, verified } => {
                self.count(|report| {
                    report.files += 1;
                    report.bytes += bytes;
                });
                self.tell(TransferEvent::Ended { file, bytes, verified });
            }
            TaskEnd::Link => {
                self.count(|report| report.links += 1);
                self.tell(TransferEvent::Ended { file, bytes: 0, verified: false });
            }
            TaskEnd::Folder => {}
            TaskEnd::Skipped(why) => {
                self.count(|report| report.skipped += 1);
                self.tell(TransferEvent::Skipped { file, why });
            }
        }
    }

    /// Tells and counts a failure.
    pub fn failed(
        &self,
        direction: TransferDirection,
        from: &[u8],
        to: &[u8],
        fault: TransferFault,
    ) {
        if fault.stop {
            self.count(|report| report.stopped = Some(fault.error));
            self.stop.notify_one();
            return;
        }
        let TransferFault { error, partial, .. } = fault;
        let (from, to) = (from.to_vec(), to.to_vec());
        let failure = TransferFailure { direction, from, to, error, partial };
        self.tell(TransferEvent::Failed(&failure));
        self.count(|report| {
            report.failed += 1;
            if report.failures.len() < MOST_FAILURES {
                report.failures.push(failure);
            }
        });
    }
}
