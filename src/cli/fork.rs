//! fork(2): the one place that makes a second process of this one. What the two are for is said
//! in `run/background`.
#![allow(unsafe_code)]

use std::io;

use nix::unistd::{ForkResult, fork as system_fork};
use rustix::process::Pid;

/// Goes on as two processes: gives the child's id in the parent, `None` in the child.
///
/// # Errors
/// There are threads, or the system has no room for another process.
pub(super) fn fork() -> io::Result<Option<Pid>> {
    if threads() > 1 {
        return Err(io::Error::from(io::ErrorKind::Deadlock));
    }
    // SAFETY: a child of a process with several threads may call almost nothing, because a lock
    // that another thread held stays locked in it. There is no other thread, so no lock is held
    // by anybody else, and the child may go on as the parent would have.
    match unsafe { system_fork() }? {
        ForkResult::Child => Ok(None),
        ForkResult::Parent { child } => Ok(Pid::from_raw(child.as_raw())),
    }
}

/// How many threads this process has. Only Linux tells; elsewhere the caller's word counts: it
/// calls before there is a runtime.
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(1, Iterator::count)
}
