//! Going to the background: the process forks (fork(2)), and the child leaves the terminal and
//! closes what it inherited. This is the only file that forks; `cli/run/background` says what
//! parent and child do.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::RawFd;
use std::path::Path;

use nix::unistd::{ForkResult, fork as system_fork};
use rustix::fs::OFlags;
use rustix::process::{Pid, WaitId, WaitIdOptions, WaitOptions, setsid, waitid, waitpid};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};

use super::descriptor;
use super::process::ProcessId;
use super::signal::Signal;
use super::stack;

/// The descriptors that this process inherited, beyond the standard ones.
#[derive(Debug)]
pub struct InheritedDescriptors(Vec<RawFd>);

/// Forks: returns the child's id in the parent, and `None` in the child.
///
/// # Errors
/// The process has several threads, or the system has no room for another process.
pub fn fork() -> io::Result<Option<ProcessId>> {
    if threads() > 1 + stack::waiting_threads() {
        return Err(io::Error::from(io::ErrorKind::Deadlock));
    }
    // SAFETY: a child of a process with several threads may call almost nothing, because a lock
    // that another thread held stays locked in it. There is no other thread, or only one that has
    // done nothing but wait for this one since the program began, so no lock is held by anybody
    // else, and the child may go on as the parent would have.
    match unsafe { system_fork() }? {
        ForkResult::Child => Ok(None),
        ForkResult::Parent { child } => Ok(Pid::from_raw(child.as_raw()).map(ProcessId::from)),
    }
}

impl InheritedDescriptors {
    /// Finds the descriptors beyond standard error that this process inherited. Those that it
    /// opened itself are close-on-exec and not included. Only Linux can tell; elsewhere the list is
    /// empty.
    pub fn find() -> InheritedDescriptors {
        let Ok(all) = std::fs::read_dir("/proc/self/fdinfo") else {
            return InheritedDescriptors(Vec::new());
        };
        let outlives = |path: &Path| {
            let info = std::fs::read_to_string(path).unwrap_or_default();
            let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
            let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
            flags.is_some_and(|flags| flags & OFlags::CLOEXEC.bits() == 0)
        };
        let number = |path: &Path| path.file_name()?.to_str()?.parse::<RawFd>().ok();
        let all = all.filter_map(|entry| Some(entry.ok()?.path()));
        let found = all.filter(|path| outlives(path)).filter_map(|path| number(&path));
        InheritedDescriptors(found.filter(|&fd| fd > 2).collect())
    }

    /// Closes them. No code in this process owns them, and a reader of the other end of one would
    /// wait until this process ends.
    pub fn close(self) {
        for fd in self.0 {
            let _ = nix::unistd::close(fd);
        }
    }
}

/// Leaves the terminal, its session and the waiting parent. Standard input and output are
/// redirected to the null device, and standard error, too, if `quiet` is set.
///
/// # Errors
/// There is no null device, or this process leads a process group, which a child made by [`fork`]
/// does not.
pub fn leave_terminal(quiet: bool) -> io::Result<()> {
    end_with_parent(None);
    let null = descriptor::null()?;
    setsid()?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    match quiet {
        true => Ok(dup2_stderr(&null)?),
        false => Ok(()),
    }
}

/// Requests a signal to this process when its parent ends; `None` cancels that. Only Linux can.
#[cfg_attr(not(target_os = "linux"), allow(unused_variables))]
pub fn end_with_parent(signal: Option<Signal>) {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(signal.map(Signal::raw));
}

/// Whether a child is stopped. Does not reap a child that has ended.
pub fn is_stopped(child: ProcessId) -> bool {
    let stopped = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG;
    matches!(waitid(WaitId::Pid(child.raw()), stopped), Ok(Some(status)) if status.stopped())
}

/// Waits for a child to end: returns its exit code, or 128 plus the number of the signal that ended
/// it. `None` if the child was reaped elsewhere.
pub fn wait(child: ProcessId) -> Option<u8> {
    let status = rustix::io::retry_on_intr(|| waitpid(Some(child.raw()), WaitOptions::empty()));
    let (_, status) = status.ok().flatten()?;
    let code = status.exit_status().or_else(|| status.terminating_signal().map(|n| 128 + n))?;
    u8::try_from(code).ok()
}

/// The number of threads of this process. Only Linux tells; elsewhere this relies on the caller,
/// which forks before it starts a runtime.
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(1, Iterator::count)
}
