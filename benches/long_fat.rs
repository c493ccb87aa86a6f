//! `cargo bench --bench long_fat -- --quick`: one channel over a path of 100 ms and 1 Gbit/s, tessh
//! beside ssh.
//!
//! As root and with /dev/net/tun, client and server have a network namespace each and the kernel's
//! own TCP goes over the path, once with the buffers that it has by default and once with 64 MiB.
//! Otherwise the path is a proxy on loopback, behind the kernel's buffers, so that it shows the
//! windows of SSH alone. The clients take turns at each job. What is here: the order of the run,
//! and its table. The namespaces are in long_fat/road.rs, the path between them in
//! long_fat/delay.rs, the proxy in long_fat/link.rs, the server in forwards/site.rs.

#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "long_fat/delay.rs"]
mod delay;
mod front;
#[path = "long_fat/link.rs"]
mod link;
#[path = "long_fat/road.rs"]
mod road;
#[allow(dead_code)] // programs without a namespace are for other benches
#[path = "forwards/site.rs"]
mod site;
#[allow(dead_code)] // more than the median is for other benches
#[path = "throughput/stats.rs"]
mod stats;

use front::{Bench, Environment, Failure, Found, Programs, count, interrupt};
use lexopt::{Parser, ValueExt};
use road::{Buffers, Road};
use serde_json::{Value, json};
use std::fs::File;
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

/// A run's choices.
struct Options {
    rounds: usize,
    size: u64,
    round_trip: Duration,
    rate: u64,
    is_proxy: bool,
    programs: Programs,
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
    front::lead::<Options>()
}

impl Default for Options {
    fn default() -> Options {
        Options {
            rounds: 5,
            size: 256,
            round_trip: Duration::from_millis(100),
            rate: 1000,
            is_proxy: false,
            programs: Programs::default(),
        }
    }
}

impl Bench for Options {
    const NAME: &str = "long_fat";
    const FLAGS: &str = "  \
  --quick              a few minutes: 3 rounds, 128 MiB
  --rounds N           how often each client does each job (5)
  --size MiB           what goes up and down (256)
  --round-trip MS      of the path (100)
  --rate MBIT          of the path (1000)
  --proxy              a proxy on loopback even where namespaces can be had
  --client NAME=PATH   another program in the place of NAME, ssh or tessh
  --sshd PATH          (/usr/sbin/sshd)
";

    fn take(&mut self, flag: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        match flag {
            "quick" => (self.rounds, self.size) = (3, 128),
            "rounds" => self.rounds = count(parser)?,
            "size" => self.size = count(parser)? as u64,
            "round-trip" => self.round_trip = Duration::from_millis(parser.value()?.parse()?),
            "rate" => self.rate = count(parser)? as u64,
            "proxy" => self.is_proxy = true,
            _ => return self.programs.take(flag, parser),
        }
        Ok(true)
    }

    fn run(self, environment: &Environment) -> Result<Found, Failure> {
        let (sshd, clients) = (&self.programs.sshd, &self.programs.clients);
        let road = Road::open(sshd, self.round_trip, self.rate, self.is_proxy)?;
        let zeros = road.site.path("zeros");
        let file = File::create(&zeros).and_then(|file| file.set_len(self.size << 20));
        file.map_err(|error| error.to_string())?;
        let mut cells = Vec::new();
        for &buffers in road.buffers() {
            for job in Job::ALL {
                for client in 0..clients.len() {
                    cells.push(Cell { buffers, job, client, seconds: Vec::new() });
                }
            }
        }
        for round in 0..self.rounds {
            eprintln!("round {} of {}", round + 1, self.rounds);
            for first in (0..cells.len()).step_by(clients.len()) {
                road.set(cells[first].buffers)?;
                for turn in 0..clients.len() {
                    // Another client goes first next time.
                    let cell = &mut cells[first + (turn + round) % clients.len()];
                    let (name, path) = &clients[cell.client];
                    let seconds = turn_of(path, cell.job, &road, self.size << 20, &zeros)
                        .map_err(|why| format!("{name}, {}: {why}", cell.job.name()))?;
                    cell.seconds.push(seconds);
                    interrupt::check()?;
                }
            }
        }
        Ok(Found {
            table: table(&self, &road, &cells),
            figures: json!({
                "environment": environment.json(),
                "medians": medians(&self, &cells),
            }),
            faults: Vec::new(),
            missed: Vec::new(),
        })
    }
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
    let (site, place) = (&road.site, road.place());
    let mut command = site.program_in(program, place.namespace);
    command.args(site.login()).args(["-p", &place.port.to_string()]);
    command.arg(format!("{}@{}", site.user, place.address));
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
            options.programs.clients[cell.client].0,
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
        let client = &options.programs.clients[cell.client].0;
        let figure = format!("{}, {} buffers, {client}", cell.job.name(), cell.buffers.name());
        match rate {
            Some(rate) => json!({"figure": figure, "value": rate, "unit": "MiB/s"}),
            None => json!({"figure": figure, "value": seconds, "unit": "s"}),
        }
    });
    figures.collect()
}
