//! `cargo bench --bench launcher`: how long `tessh` without arguments takes to its first screen,
//! where so many saved sessions are in the list, from every source: tessh's own, Teleport's,
//! ssh_config(5), PuTTY's folder and export, WinSCP, and the history.
//!
//! The program runs in a home of its own on a terminal, and is left with Esc after its screen is
//! whole. The median has a limit. What is in the home, launcher/home.rs says.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]

mod front;
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

use front::{Bench, Environment, Failure, Found, count, interrupt, words};
use lexopt::Parser;
use pty_process::Size;
use pty_process::blocking::{Command, open};
use serde_json::json;

/// The longest median that misses no limit.
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
}

/// One run: the time to the first screen, and the most memory that it took.
struct Start {
    milliseconds: f64,
    mebibytes: f64,
}

fn main() -> ExitCode {
    front::lead::<Options>()
}

impl Default for Options {
    fn default() -> Options {
        let client = front::TESSH.into();
        Options { rounds: 31, sessions: vec![100, 5_000, 50_000], client }
    }
}

impl Bench for Options {
    const NAME: &str = "launcher";
    const FLAGS: &str = "  \
  --quick              5 runs with each list instead of 31
  --rounds N           runs with each list
  --sessions LIST      how many sessions are in the lists (100,5000,50000)
  --client PATH        another program than this tessh
";

    fn take(&mut self, flag: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        match flag {
            "quick" => self.rounds = 5,
            "rounds" => self.rounds = count(parser)?,
            "sessions" => {
                let numbers = words(parser)?;
                let numbers = numbers.iter().map(|word| word.parse()).collect::<Result<_, _>>();
                self.sessions = numbers.map_err(|_| "--sessions takes numbers")?;
            }
            "client" => {
                let client = std::path::absolute(parser.value()?);
                self.client = client.map_err(|error| error.to_string())?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn run(self, _: &Environment) -> Result<Found, Failure> {
        let (mut figures, mut missed) = (Vec::new(), Vec::new());
        let mut table = String::from("### New connection with saved sessions\n\n");
        table.push_str("| sessions | first screen ms | memory MiB |\n| ---: | ---: | ---: |\n");
        for &sessions in &self.sessions {
            let directory = tempfile::tempdir().unwrap();
            home::fill(directory.path(), sessions);
            // The first run finds nothing in the system's caches.
            start(&self.client, directory.path(), sessions);
            let mut runs = Vec::new();
            for _ in 0..self.rounds {
                interrupt::check()?;
                runs.push(start(&self.client, directory.path(), sessions));
            }
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
            if time > LIMIT.as_secs_f64() * 1000.0 {
                missed.push(format!("{sessions} sessions: longer than {LIMIT:?}"));
            }
        }
        Ok(Found { table, figures: json!(figures), faults: Vec::new(), missed })
    }
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
