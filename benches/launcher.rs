//! `cargo bench --bench launcher`: how long `tessh` without arguments takes to its first screen,
//! where so many saved sessions are in the list, from every source: tessh's own, Teleport's,
//! ssh_config(5), PuTTY's folder and export, WinSCP, and the history.
//!
//! The program runs in a home of its own on a terminal, and is left with Esc after its screen is
//! whole. A median over the limit is a failure. What is in the home, launcher/home.rs says.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]

mod figures;
#[path = "launcher/home.rs"]
mod home;
#[allow(dead_code)] // more than the median is for other benches
#[path = "throughput/stats.rs"]
mod stats;

use std::fs;
use std::io::Read;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use figures::Publication;
use lexopt::prelude::*;
use pty_process::Size;
use pty_process::blocking::{Command, open};
use serde_json::json;

const HELP: &str = "\
cargo bench --bench launcher -- [options]

  --quick              5 runs with each list instead of 31
  --rounds N           runs with each list
  --sessions LIST      how many sessions are in the lists (100,5000,50000)
  --client PATH        another program than this tessh
  --all                the figures of docs/benchmarks.md; what is measured without it, too
  --json FILE          puts the figures there, beside other benches'
  --page FILE          puts the table there, in its place between the marks
";
/// The longest median that is no failure.
const LIMIT: Duration = Duration::from_millis(50);
/// How long to wait for a screen before the program is taken to hang.
const PATIENCE: Duration = Duration::from_secs(20);
const ROWS: u16 = 40;
const COLUMNS: u16 = 100;
/// What is at the foot of the dialog, which is drawn last.
const FOOT: &str = "Esc leave";

struct Options {
    rounds: usize,
    sessions: Vec<usize>,
    client: PathBuf,
    publication: Publication,
}

/// One run: the time to the first screen, and the most memory that it took.
struct Start {
    milliseconds: f64,
    mebibytes: f64,
}

/// What went wrong, in one line; a bench has nobody to match on kinds.
type Failure = String;

fn main() -> ExitCode {
    let options = match options() {
        Ok(Some(options)) => options,
        Ok(None) => return ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("launcher: {error}; --help says more");
            return ExitCode::FAILURE;
        }
    };
    let (mut figures, mut slow) = (Vec::new(), false);
    let mut table = String::from("### New connection with saved sessions\n\n");
    table.push_str("| sessions | first screen ms | memory MiB |\n| ---: | ---: | ---: |\n");
    for &sessions in &options.sessions {
        let directory = tempfile::tempdir().unwrap();
        home::fill(directory.path(), sessions);
        // The first run finds nothing in the system's caches.
        start(&options.client, directory.path(), sessions);
        let runs = (0..options.rounds).map(|_| start(&options.client, directory.path(), sessions));
        let runs: Vec<Start> = runs.collect();
        let median = |of: &dyn Fn(&Start) -> f64| {
            stats::median(&runs.iter().map(of).collect::<Vec<_>>()).unwrap_or_default()
        };
        let (time, memory) = (median(&|run| run.milliseconds), median(&|run| run.mebibytes));
        table.push_str(&format!("| {sessions} | {time:.1} | {memory:.1} |\n"));
        let figure = |what: &str| format!("launcher, {sessions} sessions: {what}");
        let rounded = |value: f64| (value * 10.0).round() / 10.0;
        figures.push(json!({
            "figure": figure("first screen"), "value": rounded(time), "unit": "ms",
        }));
        figures.push(json!({
            "figure": figure("memory"), "value": rounded(memory), "unit": "MiB",
        }));
        slow |= time > LIMIT.as_secs_f64() * 1000.0;
    }
    print!("{table}");
    options.publication.publish("launcher", &table, json!(figures)).unwrap();
    match slow {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

/// The choices; `None` where there is nothing to do.
fn options() -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options {
        rounds: 31,
        sessions: vec![100, 5_000, 50_000],
        client: env!("CARGO_BIN_EXE_tessh").into(),
        publication: Publication::default(),
    };
    let mut is_bench = false;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("bench") => is_bench = true,
            Long("quick") => options.rounds = 5,
            Long("rounds") => options.rounds = parser.value()?.parse::<usize>()?.max(1),
            Long("sessions") => {
                let list = parser.value()?.string()?;
                let numbers = list.split(',').map(str::parse).collect::<Result<_, _>>();
                options.sessions = numbers.map_err(|_| "--sessions takes numbers")?;
            }
            Long("client") => {
                let client = std::path::absolute(parser.value()?);
                options.client = client.map_err(|error| error.to_string())?;
            }
            Long("all") => {}
            Long("json") => options.publication.json = Some(parser.value()?.into()),
            Long("page") => options.publication.page = Some(parser.value()?.into()),
            Long("help") => {
                println!("{HELP}");
                return Ok(None);
            }
            other => return Err(other.unexpected()),
        }
    }
    // `cargo test --benches` starts this, too.
    Ok(is_bench.then_some(options))
}

/// Starts the program, waits for its first screen, and leaves it.
fn start(client: &Path, home: &Path, sessions: usize) -> Start {
    let (terminal, pts) = open().unwrap();
    terminal.resize(Size::new(ROWS, COLUMNS)).unwrap();
    let mut screen = vt100::Parser::new(size(ROWS), size(COLUMNS), 0);
    let command = Command::new(client).env_clear().env("HOME", home).current_dir(home);
    let command = command.env("TERM", "xterm-256color").env("LC_ALL", "C.UTF-8");
    let begun = Instant::now();
    let mut child = command.spawn(pts).unwrap();
    let mut bytes = [0; 64 * 1024];
    let time = loop {
        assert!(begun.elapsed() < PATIENCE, "no screen, but\n{}", screen.screen().contents());
        let count = (&terminal).read(&mut bytes).unwrap();
        let read = begun.elapsed();
        screen.process(&bytes[..count]);
        let text = screen.screen().contents();
        if text.contains(FOOT) && text.contains(&format!(" {sessions} ")) {
            break read;
        }
    };
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    let _ = child.kill();
    let _ = child.wait();
    Start { milliseconds: time.as_secs_f64() * 1000.0, mebibytes: peak.unwrap_or(0.0) / 1024.0 }
}

fn size(of: u16) -> NonZeroU16 {
    NonZeroU16::new(of).unwrap()
}
