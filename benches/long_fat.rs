//! `cargo bench --bench long_fat -- --quick`: one channel over a path of 100 ms and 1 Gbit/s, tessh
//! beside ssh.
//!
//! As root and with /dev/net/tun, client and server have a network namespace each and the kernel's
//! own TCP goes over the path, once with the buffers that it has by default and once with 64 MiB.
//! Otherwise the path is a proxy on loopback, behind the kernel's buffers, so that it shows the
//! windows of SSH alone. The clients take turns at each job. What is here: the order of the run,
//! and its table. The namespaces are in long_fat/road.rs, the path between them in
//! long_fat/delay.rs, the proxy in sftp/link.rs, the server in forwards/site.rs.

#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "long_fat/delay.rs"]
mod delay;
#[path = "throughput/environment.rs"]
mod environment;
mod figures;
#[path = "throughput/interrupt.rs"]
mod interrupt;
#[path = "sftp/link.rs"]
mod link;
#[path = "long_fat/road.rs"]
mod road;
#[allow(dead_code)] // programs without a namespace are for other benches
#[path = "forwards/site.rs"]
mod site;
#[allow(dead_code)] // more than the median is for other benches
#[path = "throughput/stats.rs"]
mod stats;

use figures::Publication;
use road::{Buffers, Road};
use serde_json::{Value, json};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

/// What went wrong, in one line; a bench has nobody to match on kinds.
type Failure = String;

const HELP: &str = "\
cargo bench --bench long_fat -- [options]

  --quick              a few minutes: 3 rounds, 128 MiB
  --rounds N           how often each client does each job (5)
  --size MiB           what goes up and down (256)
  --round-trip MS      of the path (100)
  --rate MBIT          of the path (1000)
  --proxy              a proxy on loopback even where namespaces can be had
  --all                the figures of docs/benchmarks.md; what is measured without it, too
  --json FILE          puts the figures there, beside other benches'
  --page FILE          puts the table there, in its place between the marks
  --client NAME=PATH   another program in the place of NAME, ssh or tessh
  --sshd PATH          (/usr/sbin/sshd)
";

/// A run's choices.
struct Options {
    rounds: usize,
    size: u64,
    round_trip: Duration,
    rate: u64,
    is_proxy: bool,
    publication: Publication,
    clients: [(String, PathBuf); 2],
    sshd: PathBuf,
}

/// What a client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    /// One channel brings so many bytes.
    Down,
    /// One channel takes so many bytes.
    Up,
    /// Nothing but the way there and back.
    Nothing,
}

impl Job {
    const ALL: [Job; 3] = [Job::Down, Job::Up, Job::Nothing];

    fn name(self) -> &'static str {
        match self {
            Job::Down => "down",
            Job::Up => "up",
            Job::Nothing => "host true",
        }
    }
}

/// One client at one job.
struct Cell {
    buffers: Buffers,
    job: Job,
    client: usize,
    /// Seconds of each turn, from the client's start to its end.
    seconds: Vec<f64>,
}

fn main() -> ExitCode {
    match parse() {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(options)) => match run(&options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("long_fat: {why}");
                ExitCode::FAILURE
            }
        },
        Err(why) => {
            eprintln!("long_fat: {why}; try --help");
            ExitCode::from(2)
        }
    }
}

/// `None` where there is nothing to measure: help, or started as a test.
fn parse() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let tessh = PathBuf::from(env!("CARGO_BIN_EXE_tessh"));
    let mut options = Options {
        rounds: 5,
        size: 256,
        round_trip: Duration::from_millis(100),
        rate: 1000,
        is_proxy: false,
        publication: Publication::default(),
        clients: [("ssh".to_owned(), "/usr/bin/ssh".into()), ("tessh".to_owned(), tessh)],
        sshd: "/usr/sbin/sshd".into(),
    };
    let mut is_bench = false;
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("bench") => is_bench = true,
            Long("quick") => (options.rounds, options.size) = (3, 128),
            Long("rounds") => options.rounds = parser.value()?.parse::<usize>()?.max(1),
            Long("size") => options.size = parser.value()?.parse::<u64>()?.max(1),
            Long("round-trip") => {
                options.round_trip = Duration::from_millis(parser.value()?.parse()?);
            }
            Long("rate") => options.rate = parser.value()?.parse::<u64>()?.max(1),
            Long("proxy") => options.is_proxy = true,
            Long("all") => {}
            Long("json") => options.publication.json = Some(parser.value()?.into()),
            Long("page") => options.publication.page = Some(parser.value()?.into()),
            Long("sshd") => options.sshd = parser.value()?.into(),
            Long("client") => {
                let value = parser.value()?.string()?;
                let (name, path) = value.split_once('=').ok_or("--client takes NAME=PATH")?;
                let known = options.clients.iter_mut().find(|(known, _)| known == name);
                known.ok_or("the clients are ssh and tessh")?.1 = path.into();
            }
            Long("help") => {
                print!("{HELP}");
                return Ok(None);
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(is_bench.then_some(options))
}

fn run(options: &Options) -> Result<(), Failure> {
    interrupt::catch()?;
    if cfg!(debug_assertions) {
        eprintln!("long_fat: an unoptimised build; its numbers mean nothing");
    }
    let environment = environment::Environment::read();
    let (sshd, round_trip) = (&options.sshd, options.round_trip);
    let road = match options.is_proxy || !Road::has_namespaces() {
        true => Road::by_proxy(sshd, round_trip, options.rate)?,
        false => Road::by_namespaces(sshd, round_trip, options.rate)?,
    };
    let zeros = road.site.path("zeros");
    let file = File::create(&zeros).and_then(|file| file.set_len(options.size << 20));
    file.map_err(|error| error.to_string())?;
    let mut cells = Vec::new();
    for &buffers in road.buffers() {
        for job in Job::ALL {
            for client in 0..options.clients.len() {
                cells.push(Cell { buffers, job, client, seconds: Vec::new() });
            }
        }
    }
    for round in 0..options.rounds {
        eprintln!("round {} of {}", round + 1, options.rounds);
        for first in (0..cells.len()).step_by(options.clients.len()) {
            road.set(cells[first].buffers)?;
            for turn in 0..options.clients.len() {
                // Another client goes first next time.
                let cell = &mut cells[first + (turn + round) % options.clients.len()];
                let (name, path) = &options.clients[cell.client];
                let seconds = turn_of(path, cell.job, &road, options.size << 20, &zeros)
                    .map_err(|why| format!("{name}, {}: {why}", cell.job.name()))?;
                cell.seconds.push(seconds);
                interrupt::check()?;
            }
        }
    }
    let table = table(options, &road, &cells);
    print!("{}\n{table}", environment.lines());
    let found = json!({"environment": environment.json(), "medians": medians(options, &cells)});
    options.publication.publish("long_fat", &table, found)
}

/// One client does one job once: the seconds that passed.
fn turn_of(
    program: &Path,
    job: Job,
    road: &Road,
    bytes: u64,
    zeros: &Path,
) -> Result<f64, Failure> {
    let said = |error: std::io::Error| error.to_string();
    let mut command = road.client(program);
    let (remote, input) = match job {
        Job::Down => (format!("head -c {bytes} /dev/zero"), Stdio::null()),
        Job::Up => ("cat > /dev/null".to_owned(), File::open(zeros).map_err(said)?.into()),
        Job::Nothing => ("true".to_owned(), Stdio::null()),
    };
    command.arg(remote).stdin(input).stdout(Stdio::null());
    let begun = Instant::now();
    let output = command.stderr(Stdio::piped()).output().map_err(said)?;
    let seconds = begun.elapsed().as_secs_f64();
    match output.status.success() {
        true => Ok(seconds),
        false => {
            let words = String::from_utf8_lossy(&output.stderr);
            let last = words.trim().lines().last().unwrap_or("nothing").to_owned();
            Err(format!("{}, and it said: {last}", output.status))
        }
    }
}

impl Cell {
    /// Seconds, and MiB/s of whole processes where something was moved.
    fn medians(&self, options: &Options) -> (f64, Option<f64>) {
        let seconds = stats::median(&self.seconds).unwrap_or(f64::NAN);
        (seconds, (self.job != Job::Nothing).then(|| options.size as f64 / seconds))
    }
}

fn table(options: &Options, road: &Road, cells: &[Cell]) -> String {
    let mut text = String::new();
    let (way, rate) = (options.round_trip.as_millis(), options.rate);
    text.push_str(&format!("### One channel over {way} ms and {rate} Mbit/s\n\n"));
    text.push_str(&format!("Medians of {} rounds; the path: {}.\n\n", options.rounds, road.what()));
    text.push_str("| job | TCP buffers | client | seconds | MiB/s | x ssh |\n");
    text.push_str("| --- | --- | --- | ---: | ---: | ---: |\n");
    for cell in cells {
        let is_ssh = |it: &&Cell| (it.buffers, it.job, it.client) == (cell.buffers, cell.job, 0);
        let ssh = cells.iter().find(is_ssh).unwrap_or(cell);
        let (seconds, rate) = cell.medians(options);
        let job = match cell.job {
            Job::Nothing => cell.job.name().to_owned(),
            job => format!("{} MiB {}", options.size, job.name()),
        };
        text.push_str(&format!(
            "| {job} | {} | {} | {seconds:.2} | {} | {:.2} |\n",
            cell.buffers.name(),
            options.clients[cell.client].0,
            rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.1}")),
            // Of times less is better, of rates more: both are told as the speed.
            ssh.medians(options).0 / seconds,
        ));
    }
    text
}

/// The medians as JSON.
fn medians(options: &Options, cells: &[Cell]) -> Vec<Value> {
    let figures = cells.iter().map(|cell| {
        let (seconds, rate) = cell.medians(options);
        let client = &options.clients[cell.client].0;
        let figure = format!("{}, {} buffers, {client}", cell.job.name(), cell.buffers.name());
        match rate {
            Some(rate) => json!({"figure": figure, "value": rate, "unit": "MiB/s"}),
            None => json!({"figure": figure, "value": seconds, "unit": "s"}),
        }
    });
    figures.collect()
}
