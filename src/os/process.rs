//! Other processes: signals to them, their descendants, and how they ended.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;
#[cfg(target_os = "linux")]
use std::time::Instant;

use rustix::process::{Pid, getpid, kill_process, kill_process_group};
use tokio::process::{Child, Command};

use super::pipe::PipeId;
use super::signal::Signal;

/// The id of a running process. Once the process has ended and was reaped, the system may reuse the
/// id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProcessId(Pid);

impl ProcessId {
    /// The process with this id; `None` if the number cannot be an id.
    pub fn of(number: u32) -> Option<ProcessId> {
        Pid::from_raw(i32::try_from(number).ok()?).map(ProcessId)
    }

    /// This program.
    pub fn own() -> ProcessId {
        ProcessId(getpid())
    }

    /// Sends a signal. Failures are ignored: the process has gone or belongs to another user.
    pub fn tell(self, signal: Signal) {
        let _ = kill_process(self.0, signal.raw());
    }

    /// Sends a signal to the process and the rest of the group that it leads, see [`lead_group`].
    pub fn tell_group(self, signal: Signal) {
        let _ = kill_process_group(self.0, signal.raw());
    }

    /// The process and its descendants, as far as the system lists them.
    pub fn with_descendants(self) -> Vec<ProcessId> {
        let parents: Vec<(u32, u32)> = std::fs::read_dir("/proc")
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let pid: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
                Some((pid, stat_field(pid, StatField::Parent)?))
            })
            .collect();
        let mut found = vec![self.number()];
        let mut at = 0;
        while let Some(&parent) = found.get(at) {
            let children = parents.iter().filter(|(pid, of)| *of == parent && !found.contains(pid));
            let children: Vec<u32> = children.map(|(pid, _)| *pid).collect();
            found.extend(children);
            at += 1;
        }
        found.into_iter().filter_map(ProcessId::of).collect()
    }

    /// Whether the process is in the other one's session, as far as the system tells: not a daemon
    /// that it has begun.
    pub fn is_in_session_of(self, other: ProcessId) -> bool {
        let session = |of: ProcessId| stat_field(of.number(), StatField::Session);
        self == other || session(self).is_some_and(|own| session(other) == Some(own))
    }

    /// Whether the process has an end of one of these pipes open, as far as the system tells.
    pub fn has_open(self, pipes: &[PipeId]) -> bool {
        let wanted: Vec<String> = pipes.iter().map(|pipe| pipe.link()).collect();
        let open = std::fs::read_dir(format!("/proc/{}/fd", self.0.as_raw_nonzero()));
        open.into_iter().flatten().any(|entry| {
            let leads_to = entry.and_then(|entry| std::fs::read_link(entry.path()));
            leads_to.is_ok_and(|to| wanted.iter().any(|wanted| to.as_os_str() == wanted.as_str()))
        })
    }

    /// The id in the system's own type, for use in `os`.
    pub(super) fn raw(self) -> Pid {
        self.0
    }

    fn number(self) -> u32 {
        self.0.as_raw_nonzero().get().unsigned_abs()
    }
}

/// A number in `/proc/PID/stat`, see proc(5).
#[derive(Clone, Copy)]
enum StatField {
    Parent = 4,
    Session = 6,
}

/// The number in this field of the process's status. It is 0 for what is outside of our PID
/// namespace, as the session of a command that is sent into a container. getsid(2) gives 0 there
/// too, which its wrapper does not expect.
fn stat_field(pid: u32, field: StatField) -> Option<u32> {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    // The name in parentheses can hold anything, and may be cut within a character. It is the second
    // field, so what follows begins with the third.
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(field as usize - 3)?.parse().ok()
}

impl From<Pid> for ProcessId {
    fn from(pid: Pid) -> ProcessId {
        ProcessId(pid)
    }
}

/// Kills a program that has not ended, and what it has started: what a script waits for would go on
/// without it.
pub fn kill_with_descendants(child: &Child) {
    let id = child.id().and_then(ProcessId::of);
    for process in id.into_iter().flat_map(ProcessId::with_descendants) {
        process.tell(Signal::Kill);
    }
}

/// Hangs up on processes. Waits so long for those that may not stay, and kills the ones of them that
/// are still there then.
#[cfg(target_os = "linux")]
pub fn hang_up(processes: &[ProcessId], may_stay: impl Fn(ProcessId) -> bool, patience: Duration) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};

    let mut held = Vec::new();
    for process in processes {
        // A descriptor stays with its process, whoever gets the id afterwards.
        match pidfd_open(process.0, PidfdFlags::empty()) {
            Ok(fd) => {
                let stays = may_stay(*process);
                let _ = pidfd_send_signal(&fd, Signal::HangUp.raw());
                if !stays {
                    held.push(fd);
                }
            }
            Err(Errno::SRCH) => {}
            Err(_) => process.tell(Signal::HangUp),
        }
    }
    let end = Instant::now() + patience;
    while !held.is_empty() {
        let left = end.saturating_duration_since(Instant::now());
        let left =
            Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() };
        let mut asked: Vec<_> = held.iter().map(|fd| PollFd::new(fd, PollFlags::IN)).collect();
        match poll(&mut asked, Some(&left)) {
            Ok(0) => break,
            Ok(_) => {
                let ended: Vec<bool> = asked.iter().map(|fd| !fd.revents().is_empty()).collect();
                let mut ended = ended.into_iter();
                held.retain(|_| ended.next() == Some(false));
            }
            Err(Errno::INTR) => {}
            Err(_) => return,
        }
    }
    for process in &held {
        let _ = pidfd_send_signal(process, Signal::Kill.raw());
    }
}

/// Hangs up on processes.
#[cfg(not(target_os = "linux"))]
pub fn hang_up(
    processes: &[ProcessId],
    _may_stay: impl Fn(ProcessId) -> bool,
    _patience: Duration,
) {
    processes.iter().for_each(|process| process.tell(Signal::HangUp));
}

/// Whether a file is there that somebody may run.
pub fn is_program(path: &Path) -> bool {
    let found = std::fs::metadata(path);
    found.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Makes a program that is about to be started the leader of a new process group.
pub fn lead_group(command: &mut Command) {
    command.process_group(0);
}

/// Sets the name (`argv[0]`) that a program about to be started gets.
pub fn name_itself(command: &mut Command, name: &OsStr) {
    command.arg0(name);
}

/// Has a program about to be started run as this user and group, without any other group. Only the
/// administrator's programs may become somebody else.
pub fn run_as(command: &mut Command, (user, group): (u32, u32)) {
    // Without groups named, the standard library drops all of the administrator's.
    command.gid(group).uid(user);
}

/// The signal that ended a program, if one did, and whether the program dumped core.
pub fn ended_by_signal(status: ExitStatus) -> Option<(i32, bool)> {
    status.signal().map(|signal| (signal, status.core_dumped()))
}
