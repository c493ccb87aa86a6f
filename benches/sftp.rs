//! `cargo bench --bench sftp -- --quick`: files fetched and stored, tessh beside OpenSSH's sftp and
//! PuTTY's psftp.
//!
//! One run starts a private sshd on loopback. The clients take turns at each job, so that the
//! machine's mood falls on all alike, and what arrived is compared with what was sent. What is
//! here: the order of the run, and its table. The command lines are in client.rs, the files in
//! files.rs, the path with delay in link.rs, the server in forwards/site.rs.

#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "sftp/client.rs"]
mod client;
#[path = "throughput/environment.rs"]
mod environment;
mod figures;
#[path = "sftp/files.rs"]
mod files;
#[path = "throughput/interrupt.rs"]
mod interrupt;
#[path = "sftp/link.rs"]
mod link;
#[allow(dead_code)] // namespaces are for another bench
#[path = "forwards/site.rs"]
mod site;
#[allow(dead_code)] // more than the median is for other benches
#[path = "throughput/stats.rs"]
mod stats;

use client::{Client, Dialect, Direction};
use figures::Publication;
use files::Files;
use link::Link;
use nix::sys::resource::{UsageWho, getrusage};
use serde_json::{Value, json};
use site::Site;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What went wrong, in one line; a bench has nobody to match on kinds.
type Failure = String;

const HELP: &str = "\
cargo bench --bench sftp -- [options]

  --quick              about two minutes: 2 rounds, 256 MiB, 2,000 small files
  --rounds N           how often each client does each job (5)
  --size MIB           the big file (1024)
  --files N            small files of 4 KiB (10000)
  --jobs LIST          of big, small, far (all); far is the big file over a path with delay
  --round-trip MS      of the path with delay (100)
  --rate MBIT          of the path with delay (1000)
  --directory DIR      where the files are (/dev/shm if it is there)
  --client NAME=PATH   another program in the place of NAME: sftp, psftp or tessh
  --all                the figures of docs/benchmarks.md; what is measured without it, too
  --json FILE          puts the figures there, beside other benches'
  --page FILE          puts the table there, in its place between the marks
  --sshd PATH          (/usr/sbin/sshd)
";

/// A run's choices.
struct Options {
    rounds: usize,
    size: u64,
    files: usize,
    jobs: Vec<Work>,
    round_trip: Duration,
    rate: u64,
    directory: PathBuf,
    clients: Vec<Client>,
    sshd: PathBuf,
    publication: Publication,
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
    match parse() {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(options)) => match run(&options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("sftp: {why}");
                ExitCode::FAILURE
            }
        },
        Err(why) => {
            eprintln!("sftp: {why}; try --help");
            ExitCode::from(2)
        }
    }
}

/// `None` where there is nothing to measure: help, or started as a test.
fn parse() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let shm = PathBuf::from("/dev/shm");
    let program = |name, path: &str, dialect| Client { name, path: path.into(), dialect };
    let mut options = Options {
        rounds: 5,
        size: 1024,
        files: 10_000,
        jobs: Work::ALL.map(|(work, _)| work).to_vec(),
        round_trip: Duration::from_millis(100),
        rate: 1000,
        directory: if shm.is_dir() { shm } else { std::env::temp_dir() },
        clients: vec![
            program("sftp", "/usr/bin/sftp", Dialect::Sftp),
            program("tessh", env!("CARGO_BIN_EXE_tessh"), Dialect::Tessh),
            program("psftp", "/usr/bin/psftp", Dialect::Psftp),
        ],
        sshd: "/usr/sbin/sshd".into(),
        publication: Publication::default(),
    };
    let mut is_bench = false;
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("bench") => is_bench = true,
            Long("quick") => (options.rounds, options.size, options.files) = (2, 256, 2000),
            Long("rounds") => options.rounds = parser.value()?.parse::<usize>()?.max(1),
            Long("size") => options.size = parser.value()?.parse::<u64>()?.max(1),
            Long("files") => options.files = parser.value()?.parse::<usize>()?.max(1),
            Long("jobs") => {
                let list = parser.value()?.string()?;
                options.jobs.clear();
                for word in list.split(',') {
                    let known = Work::ALL.iter().find(|(_, name)| *name == word);
                    options.jobs.push(known.ok_or("the jobs are big, small and far")?.0);
                }
            }
            Long("round-trip") => {
                options.round_trip = Duration::from_millis(parser.value()?.parse()?);
            }
            Long("rate") => options.rate = parser.value()?.parse::<u64>()?.max(1),
            Long("directory") => options.directory = parser.value()?.into(),
            Long("sshd") => options.sshd = parser.value()?.into(),
            Long("all") => {}
            Long("json") => options.publication.json = Some(parser.value()?.into()),
            Long("page") => options.publication.page = Some(parser.value()?.into()),
            Long("client") => {
                let value = parser.value()?.string()?;
                let (name, path) = value.split_once('=').ok_or("--client takes NAME=PATH")?;
                let known = options.clients.iter_mut().find(|known| known.name == name);
                known.ok_or("the clients are sftp, psftp and tessh")?.path = path.into();
            }
            Long("help") => {
                print!("{HELP}");
                return Ok(None);
            }
            other => return Err(other.unexpected()),
        }
    }
    options.clients.retain(|client| client.path.is_file());
    Ok(is_bench.then_some(options))
}

fn run(options: &Options) -> Result<(), Failure> {
    interrupt::catch()?;
    if cfg!(debug_assertions) {
        eprintln!("sftp: an unoptimised build; its numbers mean nothing");
    }
    let environment = environment::Environment::read();
    let site = Site::open(&options.sshd)?;
    let link = Link::open(site.port, options.round_trip, options.rate)?;
    let directory = tempfile::Builder::new().prefix("tessh-bench-").tempdir_in(&options.directory);
    let directory =
        directory.map_err(|error| format!("{}: {error}", options.directory.display()))?;
    let small = if options.jobs.contains(&Work::Small) { options.files } else { 0 };
    let files = Files::make(directory.path(), options.size << 20, small)?;
    let mut cells = Vec::new();
    for &work in &options.jobs {
        for direction in Direction::BOTH {
            for client in 0..options.clients.len() {
                cells.push(Cell { work, direction, client, wall: Vec::new(), cpu: Vec::new() });
            }
        }
    }
    for round in 0..options.rounds {
        eprintln!("round {} of {}", round + 1, options.rounds);
        for first in (0..cells.len()).step_by(options.clients.len()) {
            for turn in 0..options.clients.len() {
                // Another client goes first next time.
                let cell = &mut cells[first + (turn + round) % options.clients.len()];
                let client = &options.clients[cell.client];
                let port = if cell.work == Work::Far { link.port } else { site.port };
                let (wall, cpu) = turn_of(client, cell, &site, port, &files, directory.path())
                    .map_err(|why| format!("{}, {}: {why}", client.name, cell.direction.name()))?;
                cell.wall.push(wall);
                cell.cpu.push(cpu);
                interrupt::check()?;
            }
        }
    }
    let table = table(options, &files, &cells);
    print!("{}\n{table}", environment.lines());
    let found = json!({"environment": environment.json(), "cells": cells_json(options, &cells)});
    options.publication.publish("sftp", &table, found)
}

/// One client moves the files of one cell once: the seconds that passed and that it worked.
fn turn_of(
    client: &Client,
    cell: &Cell,
    site: &Site,
    port: u16,
    files: &Files,
    directory: &Path,
) -> Result<(f64, f64), Failure> {
    let said = |error: std::io::Error| error.to_string();
    let (from, deep) = match cell.work {
        Work::Small => (&files.tree, true),
        Work::Big | Work::Far => (&files.big, false),
    };
    let to = directory.join("to");
    std::fs::create_dir(&to).map_err(said)?;
    let mut command = client.command(site, port, cell.direction, from, &to, deep)?;
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

fn table(options: &Options, files: &Files, cells: &[Cell]) -> String {
    let mut text = String::new();
    text.push_str("### Files fetched and stored\n\n");
    let place = options.directory.display();
    text.push_str(&format!("Medians of {} rounds, files on {place}.\n\n", options.rounds));
    text.push_str("| job | client | seconds | rate | x sftp | CPU seconds | x sftp |\n");
    text.push_str("| --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
    let half = |values: &[f64]| stats::median(values).unwrap_or(f64::NAN);
    for cell in cells {
        let sftp = cells
            .iter()
            .find(|it| it.work == cell.work && it.direction == cell.direction && it.client == 0)
            .unwrap_or(cell);
        let (wall, cpu) = (half(&cell.wall), half(&cell.cpu));
        let mebibytes = files.big_bytes >> 20;
        let far = || format!(", {} ms, {} Mbit/s", options.round_trip.as_millis(), options.rate);
        let (job, rate) = match cell.work {
            Work::Small => (
                format!("{} files of 4 KiB", files.count),
                format!("{:.0} files/s", files.count as f64 / wall),
            ),
            work => {
                let path = if work == Work::Far { far() } else { String::new() };
                (format!("{mebibytes} MiB{path}"), format!("{:.0} MiB/s", mebibytes as f64 / wall))
            }
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
