//! `cargo bench --bench sftp -- --quick`: files fetched and stored, tessh beside OpenSSH's sftp and
//! PuTTY's psftp.
//!
//! One run starts a private sshd on loopback. The clients take turns at each job, so that the
//! machine's mood falls on all alike, and what arrived is compared with what was sent. What is
//! here: the order of the run, and its table. The command lines are in client.rs, the files in
//! files.rs, the path with delay in long_fat/road.rs, the server in forwards/site.rs.

#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "sftp/client.rs"]
mod client;
#[path = "long_fat/delay.rs"]
mod delay;
#[path = "sftp/files.rs"]
mod files;
mod front;
#[path = "long_fat/link.rs"]
mod link;
#[allow(dead_code)] // buffers that are set are for another bench
#[path = "long_fat/road.rs"]
mod road;
#[allow(dead_code)] // programs without a namespace are for other benches
#[path = "forwards/site.rs"]
mod site;
#[allow(dead_code)] // more than the median is for other benches
#[path = "throughput/stats.rs"]
mod stats;

use client::{Client, Dialect, Direction};
use files::Files;
use front::{Bench, Environment, Failure, Found, count, interrupt, named_path, words};
use lexopt::{Parser, ValueExt};
use nix::sys::resource::{UsageWho, getrusage};
use road::Road;
use serde_json::{Value, json};
use site::{Place, Site};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// A run's choices.
struct Options {
    rounds: usize,
    /// Rounds and MiB over the path with delay.
    far_rounds: usize,
    far_size: u64,
    is_proxy: bool,
    /// MiB on loopback.
    size: u64,
    files: usize,
    jobs: Vec<Work>,
    round_trip: Duration,
    rate: u64,
    directory: PathBuf,
    clients: Vec<Client>,
    sshd: PathBuf,
}

/// What is moved, and over which path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Big,
    Small,
    Far,
}

impl Work {
    const ALL: [(Work, &'static str); 3] =
        [(Work::Big, "big"), (Work::Small, "small"), (Work::Far, "far")];
}

/// One client at one job.
struct Cell {
    work: Work,
    direction: Direction,
    client: usize,
    /// Seconds of each turn, and the processor's seconds.
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

fn main() -> ExitCode {
    front::lead::<Options>()
}

impl Default for Options {
    fn default() -> Options {
        let shm = PathBuf::from("/dev/shm");
        let program = |name, path: &str, dialect| Client { name, path: path.into(), dialect };
        Options {
            rounds: 5,
            far_rounds: 1,
            far_size: 4096,
            is_proxy: false,
            size: 1024,
            files: 10_000,
            jobs: Work::ALL.map(|(work, _)| work).to_vec(),
            round_trip: Duration::from_millis(100),
            rate: 1000,
            directory: if shm.is_dir() { shm } else { std::env::temp_dir() },
            clients: vec![
                program("sftp", "/usr/bin/sftp", Dialect::Sftp),
                program("tessh", front::TESSH, Dialect::Tessh),
                program("psftp", "/usr/bin/psftp", Dialect::Psftp),
            ],
            sshd: front::SSHD.into(),
        }
    }
}

impl Bench for Options {
    const NAME: &str = "sftp";
    const FLAGS: &str = "  \
  --quick              about two minutes: 2 rounds, 256 MiB, 2,000 small files
  --rounds N           how often each client does each job on loopback (5)
  --far-rounds N       how often sftp and tessh do each job over the path with delay (1)
  --size MIB           the big file on loopback (1024)
  --far-size MIB       the big file over the path with delay, in --directory twice (4096)
  --files N            small files of 4 KiB (10000)
  --jobs LIST          of big, small, far (all); far is the big file over a path with delay
  --round-trip MS      of the path with delay (100)
  --rate MBIT          of the path with delay (1000)
  --proxy              a proxy on loopback even where namespaces can be had
  --directory DIR      where the files are (/dev/shm if it is there)
  --client NAME=PATH   another program in the place of NAME: sftp, psftp or tessh
  --sshd PATH          (/usr/sbin/sshd)
";

    fn take(&mut self, flag: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        match flag {
            "quick" => {
                (self.rounds, self.size, self.files) = (2, 256, 2000);
                self.far_size = 256;
            }
            "rounds" => self.rounds = count(parser)?,
            "far-rounds" => self.far_rounds = count(parser)?,
            "size" => self.size = count(parser)? as u64,
            "far-size" => self.far_size = count(parser)? as u64,
            "proxy" => self.is_proxy = true,
            "files" => self.files = count(parser)?,
            "jobs" => {
                let known = |word: &String| {
                    let known = Work::ALL.iter().find(|(_, name)| name == word);
                    known.map(|(work, _)| *work).ok_or("the jobs are big, small and far")
                };
                self.jobs = words(parser)?.iter().map(known).collect::<Result<_, _>>()?;
            }
            "round-trip" => self.round_trip = Duration::from_millis(parser.value()?.parse()?),
            "rate" => self.rate = count(parser)? as u64,
            "directory" => self.directory = parser.value()?.into(),
            "client" => {
                let (name, path) = named_path(parser)?;
                let known = self.clients.iter_mut().find(|known| known.name == name);
                known.ok_or("the clients are sftp, psftp and tessh")?.path = path;
            }
            "sshd" => self.sshd = parser.value()?.into(),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn run(mut self, environment: &Environment) -> Result<Found, Failure> {
        self.clients.retain(|client| client.path.is_file());
        let site = Site::open(&self.sshd)?;
        let directory = tempfile::Builder::new().prefix("tessh-bench-").tempdir_in(&self.directory);
        let directory =
            directory.map_err(|error| format!("{}: {error}", self.directory.display()))?;
        let has = |work| self.jobs.contains(&work);
        let road = match has(Work::Far) {
            true => Some(Road::open(&self.sshd, self.round_trip, self.rate, self.is_proxy)?),
            false => None,
        };
        let big = if has(Work::Big) { self.size << 20 } else { 0 };
        let far = if has(Work::Far) { self.far_size << 20 } else { 0 };
        let small = if has(Work::Small) { self.files } else { 0 };
        let files = Files::make(directory.path(), big, far, small)?;
        let mut cells = self.cells();
        let rounds = self.rounds.max(self.far_rounds);
        for round in 0..rounds {
            let due = |work| match work {
                Work::Far => round < self.far_rounds,
                Work::Big | Work::Small => round < self.rounds,
            };
            eprintln!("round {} of {rounds}", round + 1);
            let jobs = cells.chunk_by_mut(|one, other| one.job() == other.job());
            for job in jobs.filter(|job| due(job[0].work)) {
                // Another client goes first next time.
                job.rotate_left(1);
                for cell in job {
                    let client = &self.clients[cell.client];
                    let (site, place) = match &road {
                        Some(road) if cell.work == Work::Far => (&road.site, road.place()),
                        _ => (&site, site.place()),
                    };
                    let (wall, cpu) = turn_of(client, cell, site, &place, &files, directory.path())
                        .map_err(|why| {
                            format!("{}, {}: {why}", client.name, cell.direction.name())
                        })?;
                    cell.wall.push(wall);
                    cell.cpu.push(cpu);
                    interrupt::check()?;
                }
            }
        }
        for job in cells.chunk_by_mut(|one, other| one.job() == other.job()) {
            job.sort_by_key(|cell| cell.client);
        }
        Ok(Found {
            table: table(&self, road.as_ref(), &cells),
            figures: json!({
                "environment": environment.json(),
                "cells": cells_json(&self, &cells),
            }),
            faults: Vec::new(),
            missed: Vec::new(),
        })
    }
}

impl Options {
    /// A cell for each client at each job, job after job.
    fn cells(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for &work in &self.jobs {
            for direction in Direction::BOTH {
                for (client, program) in self.clients.iter().enumerate() {
                    // psftp takes many minutes for what the others move in one.
                    if work != Work::Far || program.dialect != Dialect::Psftp {
                        let (wall, cpu) = (Vec::new(), Vec::new());
                        cells.push(Cell { work, direction, client, wall, cpu });
                    }
                }
            }
        }
        cells
    }
}

impl Cell {
    fn job(&self) -> (Work, Direction) {
        (self.work, self.direction)
    }
}

/// One client moves the files of one cell once: the seconds that passed and that it worked.
fn turn_of(
    client: &Client,
    cell: &Cell,
    site: &Site,
    place: &Place<'_>,
    files: &Files,
    directory: &Path,
) -> Result<(f64, f64), Failure> {
    let said = |error: std::io::Error| error.to_string();
    let (from, deep) = match cell.work {
        Work::Small => (&files.tree, true),
        Work::Big => (&files.big, false),
        Work::Far => (&files.far, false),
    };
    let to = directory.join("to");
    std::fs::create_dir(&to).map_err(said)?;
    let mut command = client.command(site, place, cell.direction, from, &to, deep)?;
    let (before, begun) = (work_of_children()?, Instant::now());
    let output = command.output().map_err(said)?;
    let wall = begun.elapsed().as_secs_f64();
    let cpu = work_of_children()? - before;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        let last = words.trim().lines().last().unwrap_or("nothing").to_owned();
        return Err(format!("{}, and it said: {last}", output.status));
    }
    files.check(from, &to)?;
    std::fs::remove_dir_all(&to).map_err(said)?;
    Ok((wall, cpu))
}

/// The processor's seconds of all children that have ended, and of theirs.
fn work_of_children() -> Result<f64, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let seconds =
        |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

fn table(options: &Options, road: Option<&Road>, cells: &[Cell]) -> String {
    let mut text = String::new();
    text.push_str("### Files fetched and stored\n\n");
    let place = options.directory.display();
    let far = road.map(|road| {
        format!(", over the path with delay of {}; the path: {}", options.far_rounds, road.what())
    });
    text.push_str(&format!(
        "Files on {place}; medians of {} rounds{}.\n\n",
        options.rounds,
        far.unwrap_or_default()
    ));
    text.push_str("| job | client | seconds | rate | x sftp | CPU seconds | x sftp |\n");
    text.push_str("| --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
    let half = |values: &[f64]| stats::median(values).unwrap_or(f64::NAN);
    for cell in cells {
        let sftp = cells
            .iter()
            .find(|it| it.work == cell.work && it.direction == cell.direction && it.client == 0)
            .unwrap_or(cell);
        let (wall, cpu) = (half(&cell.wall), half(&cell.cpu));
        let big = |mebibytes: u64| format!("{:.0} MiB/s", mebibytes as f64 / wall);
        let (job, rate) = match cell.work {
            Work::Small => (
                format!("{} files of 4 KiB", options.files),
                format!("{:.0} files/s", options.files as f64 / wall),
            ),
            Work::Big => (format!("{} MiB", options.size), big(options.size)),
            Work::Far => (
                format!(
                    "{} MiB, {} ms, {} Mbit/s",
                    options.far_size,
                    options.round_trip.as_millis(),
                    options.rate
                ),
                big(options.far_size),
            ),
        };
        text.push_str(&format!(
            "| {} {job} | {} | {wall:.2} | {rate} | {:.2} | {cpu:.2} | {:.2} |\n",
            cell.direction.name(),
            options.clients[cell.client].name,
            half(&sftp.wall) / wall,
            cpu / half(&sftp.cpu),
        ));
    }
    text
}

/// Every turn of every cell.
fn cells_json(options: &Options, cells: &[Cell]) -> Vec<Value> {
    let json = cells.iter().map(|cell| {
        json!({
            "job": format!("{:?}", cell.work).to_lowercase(),
            "direction": cell.direction.name(),
            "client": options.clients[cell.client].name,
            "wall_s": cell.wall,
            "cpu_s": cell.cpu,
        })
    });
    json.collect()
}
