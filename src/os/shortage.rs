//! What the system has too little of, told from its errors.

use std::io::{Error, ErrorKind};

use rustix::io::Errno;

/// What there was not enough of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// Room on the disk, or of the user's share of it.
    Disk,
    /// The right to change the file system: it is mounted for reading.
    Writing,
    /// The size that a file may have (`ulimit -f`).
    FileSize,
    /// Open files of the process (`ulimit -n`) or of the system.
    Descriptors,
    /// Processes and threads of the user (`ulimit -u`), or memory for one more (`ulimit -v`).
    Threads,
}

impl Shortage {
    /// The shortage that an error of the system stands for.
    pub fn of(error: &Error) -> Option<Shortage> {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => return Some(Shortage::Disk),
            ErrorKind::ReadOnlyFilesystem => return Some(Shortage::Writing),
            ErrorKind::FileTooLarge => return Some(Shortage::FileSize),
            ErrorKind::OutOfMemory => return Some(Shortage::Threads),
            _ => {}
        }
        let number = error.raw_os_error()?;
        let is = |errno: Errno| errno.raw_os_error() == number;
        (is(Errno::MFILE) || is(Errno::NFILE)).then_some(Shortage::Descriptors)
    }

    /// The shortage in a panic of the runtime or the standard library, which make one of a thread
    /// that cannot be started.
    pub fn of_panic(message: &str) -> Option<Shortage> {
        let starts = ["OS can't spawn worker thread", "failed to spawn thread"];
        starts.iter().any(|start| message.starts_with(start)).then_some(Shortage::Threads)
    }
}
