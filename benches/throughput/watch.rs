//! One client run, measured from a process of its own.
//!
//! `wait4`'s peak memory counts, on Linux, the parent that the child was started from, and
//! `RUSAGE_CHILDREN` only ever grows. So each run is started from a fresh re-exec of this
//! program that has done nothing yet: its small size is the floor of what can be seen, and
//! the floor is reported. The same trick keeps the private sshd no longer than the bench.

use crate::front::{Failure, interrupt};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, setsid, waitid};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// First argument of the re-exec that measures.
pub const WATCH: &str = "--watch-one-run";
/// First argument of the re-exec that keeps the server.
pub const KEEP: &str = "--keep-until-eof";

/// What a client may print when its output is kept; more than any answer it is asked for.
const KEPT_BYTES: usize = 4096;
/// Read size of the pipe sink, the size of a pipe on Linux.
const PIPE_BYTES: usize = 64 << 10;

/// Where a client's stdout goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sink {
    /// `/dev/null`.
    Null,
    /// A pipe whose reader counts and forgets.
    Pipe,
    /// A pipe whose reader keeps the first [`KEPT_BYTES`].
    Keep,
}

impl Sink {
    const ALL: [(Self, &str); 3] =
        [(Self::Null, "null"), (Self::Pipe, "pipe"), (Self::Keep, "keep")];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(sink, _)| *sink == self).map_or("null", |(_, name)| name)
    }

    fn named(name: &OsString) -> Self {
        Self::ALL.iter().find(|(_, known)| name == known).map_or(Self::Null, |(sink, _)| *sink)
    }
}

/// One client run that ended by itself with status 0.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// Seconds from before the client's start to its end.
    pub wall: f64,
    /// Seconds of processor time, user and system.
    pub cpu: f64,
    /// Peak resident memory, KiB.
    pub peak_kib: f64,
    /// What `peak_kib` cannot go below, KiB.
    pub floor_kib: f64,
    /// Bytes it wrote to stdout; for [`Sink::Null`] all that it wrote by write(2), if the
    /// kernel says so.
    pub written: Option<u64>,
    /// Its output, for [`Sink::Keep`].
    pub output: String,
}

/// Runs `client` with `stdin` and waits, at most `deadline`.
///
/// Anything but status 0 is an error that quotes the last line of stderr.
pub fn run(
    client: &Command,
    stdin: Option<File>,
    sink: Sink,
    deadline: Duration,
) -> Result<Run, Failure> {
    let mut stderr = tempfile::tempfile().map_err(|error| error.to_string())?;
    let mut watcher = Watcher::start(client, stdin, sink, &stderr)?;
    let report = watcher.report(deadline)?;
    let value: Value =
        serde_json::from_str(&report).map_err(|_| format!("not run{}", last_line(&mut stderr)))?;
    if value["status"] != 0 {
        let ended = match value["status"].as_i64() {
            Some(status) => format!("exit status {status}"),
            None => "ended by a signal".to_owned(),
        };
        return Err(format!("{ended}{}", last_line(&mut stderr)));
    }
    let number = |name: &str| value[name].as_f64().unwrap_or_default();
    Ok(Run {
        wall: number("wall"),
        cpu: number("cpu"),
        peak_kib: number("peak_kib"),
        floor_kib: number("floor_kib"),
        written: value["written"].as_u64(),
        output: value["output"].as_str().unwrap_or_default().to_owned(),
    })
}

/// The re-exec, and everything it started, ended on drop.
struct Watcher(Child);

impl Watcher {
    fn start(
        client: &Command,
        stdin: Option<File>,
        sink: Sink,
        stderr: &File,
    ) -> Result<Self, Failure> {
        let stderr = stderr.try_clone().map_err(|error| error.to_string())?;
        let mut command = again(WATCH)?;
        command.arg(sink.name()).arg(client.get_program()).args(client.get_args()).env_clear();
        command.envs(client.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.stdin(stdin.map_or_else(Stdio::null, Stdio::from));
        command.stdout(Stdio::piped()).stderr(stderr);
        command.spawn().map(Self).map_err(|error| error.to_string())
    }

    /// All that the watcher prints.
    fn report(&mut self, deadline: Duration) -> Result<String, Failure> {
        let mut stdout = self.0.stdout.take().expect("stdout is piped");
        let until = Instant::now() + deadline;
        let turn = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
        loop {
            interrupt::check()?;
            if Instant::now() > until {
                return Err(format!("not done after {} s", deadline.as_secs()));
            }
            let mut ready = [PollFd::new(&stdout, PollFlags::IN)];
            if matches!(poll(&mut ready, Some(&turn)), Ok(1..)) {
                break;
            }
        }
        // The watcher prints once, last.
        let mut report = String::new();
        stdout.read_to_string(&mut report).map_err(|error| error.to_string())?;
        Ok(report)
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // The group exists unless the watcher has not come to its setsid() yet.
        if let Some(group) = Pid::from_raw(self.0.id().cast_signed()) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The re-exec's side of [`run`]: `SINK PROGRAM ARGS…`, one JSON object on stdout.
pub fn watch(argv: &[OsString]) -> ExitCode {
    // Out of reach of the terminal, for a client that would ask there.
    let _ = setsid();
    match measure(argv) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(argv: &[OsString]) -> std::io::Result<Value> {
    let [sink, program, args @ ..] = argv else {
        return Err(std::io::Error::other("no program"));
    };
    let sink = Sink::named(sink);
    let stdout = if sink == Sink::Null { Stdio::null() } else { Stdio::piped() };
    let floor = peak_of_self();
    let start = Instant::now();
    let mut child = Command::new(program).args(args).stdout(stdout).spawn()?;
    let (counted, kept) = drain(&mut child, sink)?;
    let id = Pid::from_raw(child.id().cast_signed()).expect("a child has an id above zero");
    waitid(WaitId::Pid(id), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)?;
    let wall = start.elapsed().as_secs_f64();
    let by_write = written_by(child.id());
    let status = child.wait()?.code();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(json!({
        "status": status,
        "wall": wall,
        "cpu": cpu as f64 / 1e6,
        "peak_kib": usage.max_rss(),
        "floor_kib": floor,
        "written": if sink == Sink::Null { by_write } else { Some(counted) },
        "output": String::from_utf8_lossy(&kept),
    }))
}

fn drain(child: &mut Child, sink: Sink) -> std::io::Result<(u64, Vec<u8>)> {
    let Some(mut pipe) = child.stdout.take() else { return Ok((0, Vec::new())) };
    let mut buffer = vec![0; PIPE_BYTES];
    let (mut counted, mut kept) = (0, Vec::new());
    loop {
        let read = pipe.read(&mut buffer)?;
        if read == 0 {
            return Ok((counted, kept));
        }
        counted += read as u64;
        if sink == Sink::Keep {
            let room = KEPT_BYTES - kept.len();
            kept.extend_from_slice(&buffer[..read.min(room)]);
        }
    }
}

/// Bytes that an ended, not yet reaped process passed to write(2) (proc_pid_io(5), `wchar`).
fn written_by(id: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{id}/io")).ok()?;
    text.lines().find_map(|line| line.strip_prefix("wchar:"))?.trim().parse().ok()
}

/// This process's own peak resident memory so far, KiB (proc_pid_status(5), `VmHWM`).
fn peak_of_self() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// A process that ends when the value is dropped, and also when the bench dies without
/// dropping anything: it is kept by a re-exec that reads a pipe until its end.
pub struct Kept(Child);

impl Kept {
    /// Starts `program` with `args`, silent.
    pub fn start(program: &std::path::Path, args: &[OsString]) -> Result<Self, Failure> {
        again(KEEP)?
            .arg(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(Self)
            .map_err(|error| error.to_string())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// The re-exec's side of [`Kept`]: `PROGRAM ARGS…`.
pub fn keep(argv: &[OsString]) -> ExitCode {
    // Ctrl-C is the bench's to handle, and must not end the keeper before its charge.
    let _ = setsid();
    let Some((program, args)) = argv.split_first() else { return ExitCode::FAILURE };
    let Ok(mut child) = Command::new(program).args(args).stdin(Stdio::null()).spawn() else {
        return ExitCode::FAILURE;
    };
    let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    let _ = child.kill();
    let _ = child.wait();
    ExitCode::SUCCESS
}

fn again(part: &str) -> Result<Command, Failure> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.arg(part);
    Ok(command)
}

fn last_line(stderr: &mut File) -> String {
    use std::io::{Seek, SeekFrom};
    let mut text = Vec::new();
    let read = stderr.seek(SeekFrom::Start(0)).and_then(|_| stderr.read_to_end(&mut text));
    let text = String::from_utf8_lossy(&text);
    match (read, text.lines().map(str::trim).rfind(|line| !line.is_empty())) {
        (Ok(_), Some(line)) => format!(": {}", line.replace(|c: char| c.is_control(), "?")),
        _ => String::new(),
    }
}
