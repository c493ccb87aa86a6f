//! One program run to its end and measured, and keys pressed on the terminal of one. A program that is
//! not waited for any more is ended, with the rest of its group.

use std::process::Stdio;
use std::time::{Duration, Instant};

use russh::Pty as Mode;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::{timeout, timeout_at};

use crate::bench::BenchRun;
use crate::client::deadline;
use crate::client::session::WindowSize;
use crate::client::session::measured::{EchoRequest, key};
use crate::error::io_reason;
use crate::os::process::{ProcessId, lead_group};
use crate::os::signal::Signal;
use crate::os::{pty, usage};
use crate::say;
use crate::text;

/// How many bytes of what a program prints are kept, and how many characters of it shown.
const MAX_KEPT: usize = 16 * 1024;
const SHOWN: usize = 200;
/// The terminal that keys are pressed on.
const WINDOW: WindowSize = WindowSize { columns: 80, rows: 24, width: 0, height: 0 };
/// Its modes: it echoes nothing itself, so that what is shown has come from the server.
const MODES: &[(Mode, u32)] =
    &[(Mode::ECHO, 0), (Mode::ICANON, 0), (Mode::ISIG, 0), (Mode::OPOST, 0), (Mode::ICRNL, 0)];

/// A program that is ended when this is dropped.
struct MeasuredChild(Child);

/// Why a run was not made.
#[derive(Debug)]
pub(super) enum RunFault {
    /// It was ended, because its time was over.
    Late,
    /// What went wrong, in one line.
    Failed(String),
}

impl From<String> for RunFault {
    fn from(fault: String) -> RunFault {
        RunFault::Failed(fault)
    }
}

impl MeasuredChild {
    /// Ends it now, and waits until the system has counted its processor time: what it has used must
    /// not count as the next one's.
    async fn end(mut self) {
        if let Some(id) = self.0.id().and_then(ProcessId::of) {
            id.tell_group(Signal::Kill);
        }
        let _ = timeout(deadline::GOODBYE, self.0.wait()).await;
    }
}

impl Drop for MeasuredChild {
    fn drop(&mut self) {
        // One that was waited for has no id any more.
        if let Some(id) = self.0.id().and_then(ProcessId::of) {
            id.tell_group(Signal::Kill);
        }
    }
}

/// Runs a program until `end` at most; what it prints is dropped. Only one may run at a time, or the
/// processor time is that of all.
///
/// # Errors
/// It did not start, did not succeed, or not in time.
pub(super) async fn run(
    mut command: Command,
    stdin: Stdio,
    end: tokio::time::Instant,
) -> Result<BenchRun, RunFault> {
    command.stdin(stdin).stdout(Stdio::null()).stderr(Stdio::piped());
    lead_group(&mut command);
    let used = usage::of_ended_children();
    let began = Instant::now();
    let child = command.spawn().map_err(|error| io_reason(&error))?;
    let mut child = MeasuredChild(child);
    let stderr = child.0.stderr.take();
    let ran = async { tokio::join!(child.0.wait(), last_line(stderr)) };
    let Ok((status, said)) = timeout_at(end, ran).await else {
        child.end().await;
        return Err(RunFault::Late);
    };
    let wall = began.elapsed();
    let cpu = usage::of_ended_children().saturating_sub(used);
    match status {
        Ok(status) if status.success() => Ok(BenchRun { bytes: 0, start: None, wall, cpu }),
        Ok(status) if said.is_empty() => Err(status.to_string().into()),
        // tessh names itself, as whoever tells this does.
        Ok(_) => Err(said.strip_prefix("tessh: ").unwrap_or(&said).to_owned().into()),
        Err(error) => Err(io_reason(&error).into()),
    }
}

/// The first line that a program prints on standard error, and its success is not asked for.
pub(super) async fn version(mut command: Command) -> String {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    lead_group(&mut command);
    let Ok(child) = command.spawn() else { return String::new() };
    let mut child = MeasuredChild(child);
    let stderr = child.0.stderr.take();
    let (_, said) = tokio::join!(child.0.wait(), last_line(stderr));
    said
}

/// The last line of a stream, sanitised.
async fn last_line(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stream) = stream else { return String::new() };
    let (mut kept, mut chunk) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = stream.read(&mut chunk).await {
        kept.extend_from_slice(&chunk[..count]);
        let surplus = kept.len().saturating_sub(MAX_KEPT);
        kept.drain(..surplus);
    }
    text::last_line(&kept, SHOWN)
}

/// Starts a program on a terminal and presses keys, one after the other; the first ones are not
/// counted. The time of each is added to `samples` at once.
///
/// # Errors
/// What went wrong, in one line.
pub(super) async fn press(
    command: Command,
    echo: EchoRequest<'_>,
    warm_up: usize,
    samples: &mut Vec<Duration>,
) -> Result<(), String> {
    let reason = |error: std::io::Error| io_reason(&error);
    let (mut terminal, program) = pty::open(WINDOW, MODES).map_err(reason)?;
    let mut child = MeasuredChild(program.spawn(command).map_err(reason)?);
    let pressed = keys(&mut terminal, echo, warm_up, samples).await;
    // What it has used must not count as the next one's.
    let _ = child.0.kill().await;
    pressed
}

async fn keys(
    terminal: &mut (impl AsyncRead + AsyncWrite + Unpin),
    echo: EchoRequest<'_>,
    warm_up: usize,
    samples: &mut Vec<Duration>,
) -> Result<(), String> {
    // A terminal whose program has ended cannot be read or written.
    let ended = |_| say!(bench_ended_before_echo);
    let mut shown = Vec::new();
    while !shown.ends_with(echo.ready) {
        match terminal.read_u8().await {
            Ok(byte) if shown.len() < MAX_KEPT => shown.push(byte),
            Ok(_) => return Err(say!(bench_no_echo)),
            Err(error) => {
                let said = last_line(Some(&shown[..])).await;
                return Err(if said.is_empty() { ended(error) } else { said });
            }
        }
    }
    for number in 0..warm_up + echo.keys {
        let key = key(number);
        let began = Instant::now();
        terminal.write_all(&[key]).await.map_err(ended)?;
        let back = terminal.read_u8().await.map_err(ended)?;
        if number >= warm_up {
            samples.push(began.elapsed());
        }
        if back != key {
            return Err(say!(bench_no_echo));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_run_that_is_late_is_ended_and_its_processor_time_counted_before_the_next() {
        let mut endless = Command::new("sh");
        endless.args(["-c", "while :; do :; done"]);
        let used = usage::of_ended_children();
        let ran = run(endless, Stdio::null(), tokio::time::Instant::now()).await;
        assert!(matches!(ran, Err(RunFault::Late)), "{ran:?}");
        assert!(usage::of_ended_children() > used);
        let mut failing = Command::new("sh");
        failing.args(["-c", "echo no >&2; exit 3"]);
        let end = tokio::time::Instant::now() + Duration::from_secs(60);
        let Err(RunFault::Failed(why)) = run(failing, Stdio::null(), end).await else { panic!() };
        assert_eq!(why, "no");
        let mut failing = Command::new("sh");
        failing.args(["-c", "echo tessh: no such host >&2; exit 255"]);
        let Err(RunFault::Failed(why)) = run(failing, Stdio::null(), end).await else { panic!() };
        assert_eq!(why, "no such host");
    }

    #[tokio::test]
    async fn keys_whose_program_ends_without_a_word_have_a_reason() {
        let mut program = Command::new("sh");
        program.args(["-c", "exit 1"]);
        let echo = EchoRequest { command: "", ready: b"ready", keys: 1 };
        let fault = press(program, echo, 0, &mut Vec::new()).await.unwrap_err();
        assert_eq!(fault, say!(bench_ended_before_echo));
    }
}
