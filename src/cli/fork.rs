//! fork(2): the one place that makes a second process of this one, and what it does with the
//! descriptors that it was started with. What the two are for is said in `run/background`.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::RawFd;
use std::path::Path;

use nix::unistd::{ForkResult, fork as system_fork};
use rustix::fs::OFlags;
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

/// The descriptors beyond standard error that this process was started with: all that outlive
/// exec(2), since what is opened here does not. Linux tells; elsewhere there are none.
pub(super) fn inherited() -> Vec<RawFd> {
    let Ok(all) = std::fs::read_dir("/proc/self/fdinfo") else { return Vec::new() };
    let outlives = |path: &Path| {
        let info = std::fs::read_to_string(path).unwrap_or_default();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
        let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
        flags.is_some_and(|flags| flags & OFlags::CLOEXEC.bits() == 0)
    };
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<RawFd>().ok();
    let all = all.filter_map(|entry| Some(entry.ok()?.path()));
    let found = all.filter(|path| outlives(path)).filter_map(|path| number(&path));
    found.filter(|&fd| fd > 2).collect()
}

/// Closes a descriptor that [`inherited`] has found and that nobody here owns.
pub(super) fn close(fd: RawFd) {
    let _ = nix::unistd::close(fd);
}

/// How many threads this process has. Only Linux tells; elsewhere the caller's word counts: it
/// calls before there is a runtime.
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(1, Iterator::count)
}
