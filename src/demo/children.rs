//! The programs that run, registered so that none outlives the server or its channel.
//!
//! Each program leads a process group (on a pty, a session), which is registered from start to
//! exit. To end a group, the server sends it SIGHUP, as a closed terminal does, and then SIGKILL.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::os::process::ProcessId;
use crate::os::signal::Signal;

/// The process groups of all running programs.
#[derive(Clone, Default)]
pub(super) struct Children(Arc<Mutex<HashSet<ProcessId>>>);

impl Children {
    /// Registers a program that leads its own process group.
    pub(super) fn register(&self, leader: u32) -> Option<Group> {
        let pid = ProcessId::of(leader)?;
        self.groups().insert(pid);
        Some(Group { pid, of: self.clone() })
    }

    /// Ends every program.
    pub(super) fn end(&self) {
        for pid in self.groups().drain() {
            end(pid);
        }
    }

    fn groups(&self) -> MutexGuard<'_, HashSet<ProcessId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running program's process group. Dropping it ends the group.
pub(super) struct Group {
    pid: ProcessId,
    of: Children,
}

impl Group {
    /// Forgets the group, because its leader was reaped and its number may be reused.
    pub(super) fn forget(self) {
        self.of.groups().remove(&self.pid);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.of.groups().remove(&self.pid) {
            end(self.pid);
        }
    }
}

fn end(pid: ProcessId) {
    for signal in [Signal::HangUp, Signal::Continue, Signal::Kill] {
        pid.tell_group(signal);
    }
}
