//! `Match exec`: a command line in the user's shell, without standard input and output, and no
//! longer than [`EXEC_DEADLINE`].

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::config::context::Context;
use crate::config::fault::{ConfigFault, shown};
use crate::os::process::ProcessId;
use crate::os::signal::Signal;
use crate::say;

/// How long `Match exec` may take: a look at the network takes seconds, and nobody waits longer
/// for a configuration file.
pub const EXEC_DEADLINE: Duration = Duration::from_secs(15);
/// How often it is looked whether the command has ended.
const EXEC_POLL: Duration = Duration::from_millis(5);

/// Runs a command line in the user's shell; whether it ended with 0, and how it ended.
pub fn run(command: &str, context: &Context) -> Result<(bool, String), ConfigFault> {
    let shell = (context.env)("SHELL").filter(|shell| !shell.is_empty());
    let shell = shell.unwrap_or_else(|| "/bin/sh".to_owned());
    let failed =
        |error: std::io::Error| say!(config_match_exec, command = shown(command), reason = error);
    // In our own process group, so that ^C ends it with us.
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

/// Kills a process and all that it started, as far as the kernel still knows whose they are.
fn end_with_descendants(leader: u32) {
    for process in ProcessId::of(leader).map(ProcessId::with_descendants).unwrap_or_default() {
        process.tell(Signal::Kill);
    }
}

#[cfg(not(test))]
fn deadline(_: &Context) -> Duration {
    EXEC_DEADLINE
}

/// Tests do not wait that long.
#[cfg(test)]
fn deadline(context: &Context) -> Duration {
    let short = (context.env)("EXEC_DEADLINE").and_then(|text| text.parse().ok());
    short.map_or(EXEC_DEADLINE, Duration::from_secs)
}
