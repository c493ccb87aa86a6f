//! `Match exec`: runs a command line in the user's shell, with standard input and output empty, for
//! at most [`EXEC_DEADLINE`].

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::config::context::Context;
use crate::config::fault::{ConfigFault, shown};
use crate::os::process::ProcessId;
use crate::os::signal::Signal;
use crate::say;

/// The longest time that `Match exec` may take. A look at the network takes seconds; to wait longer
/// for a configuration file is not acceptable.
pub const EXEC_DEADLINE: Duration = Duration::from_secs(15);
/// How often to check whether the command has ended.
const EXEC_POLL: Duration = Duration::from_millis(5);

/// Runs a command line in the user's shell. Returns whether its status was 0, and the status as
/// text.
pub fn run(command: &str, context: &Context) -> Result<(bool, String), ConfigFault> {
    let shell = (context.env)("SHELL").filter(|shell| !shell.is_empty());
    let shell = shell.unwrap_or_else(|| "/bin/sh".to_owned());
    let failed =
        |error: std::io::Error| say!(config_match_exec, command = shown(command), reason = error);
    // The command stays in this process group, so that Ctrl-C ends it as well.
    let mut child = Command::new(shell)
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            return Ok((status.success(), status.to_string()));
        }
        if start.elapsed() >= deadline(context) {
            end_with_descendants(child.id());
            let _ = child.wait();
            let seconds = deadline(context).as_secs();
            return Err(say!(config_match_exec_late, command = shown(command), seconds));
        }
        std::thread::sleep(EXEC_POLL);
    }
}

/// Kills a process and its descendants, as far as the kernel still lists them.
fn end_with_descendants(leader: u32) {
    for process in ProcessId::of(leader).map(ProcessId::with_descendants).unwrap_or_default() {
        process.tell(Signal::Kill);
    }
}

#[cfg(not(test))]
fn deadline(_: &Context) -> Duration {
    EXEC_DEADLINE
}

/// [`EXEC_DEADLINE`], or the shorter one that a test sets in its environment.
#[cfg(test)]
fn deadline(context: &Context) -> Duration {
    let short = (context.env)("EXEC_DEADLINE").and_then(|text| text.parse().ok());
    short.map_or(EXEC_DEADLINE, Duration::from_secs)
}
