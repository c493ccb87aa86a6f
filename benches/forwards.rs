//! `cargo bench --bench forwards -- --quick`: keys in a shell while forwards of the same
//! connection flood and stall, tessh beside ssh.
//!
//! One run starts a private sshd on loopback. Both clients hold a session on a terminal with
//! the same forwards, and take turns under each load, so that the machine's mood falls on both
//! alike. What is here: the order of the run, and its table. The loads are in load.rs, the
//! terminal in shell.rs, the server in site.rs.

#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "throughput/environment.rs"]
mod environment;
mod figures;
#[path = "throughput/interrupt.rs"]
mod interrupt;
#[path = "forwards/load.rs"]
mod load;
#[path = "forwards/shell.rs"]
mod shell;
#[allow(dead_code)] // namespaces are for another bench
#[path = "forwards/site.rs"]
mod site;
#[path = "throughput/stats.rs"]
mod stats;

use figures::Publication;
use load::{Load, Running};
use serde_json::{Value, json};
use shell::Shell;
use site::Site;
use std::path::PathBuf;
use std::process::ExitCode;

/// What went wrong, in one line; a bench has nobody to match on kinds.
type Failure = String;

/// No key may take longer under any load, in milliseconds.
const TARGET: f64 = 200.0;

const HELP: &str = "\
cargo bench --bench forwards -- [options]

  --quick              under a minute: 2 rounds of 100 keys
  --rounds N           sessions of each client (5)
  --keys N             keystrokes of each session under each load (200)
  --client NAME=PATH   another program in the place of NAME, ssh or tessh
  --sshd PATH          (/usr/sbin/sshd)
  --all                the figures of docs/benchmarks.md; what is measured without it, too
  --json FILE          puts the figures there, beside other benches'
  --page FILE          puts the table there, in its place between the marks
  --check              exit 1 when a key of tessh's takes 200 ms or longer
";

/// A run's choices.
struct Options {
    rounds: usize,
    keys: usize,
    clients: [(String, PathBuf); 2],
    sshd: PathBuf,
    check: bool,
    publication: Publication,
}

/// One client under one load.
struct Cell {
    load: Load,
    client: usize,
    /// Milliseconds of each key.
    keys: Vec<f64>,
    /// MiB/s of what floods, for each session.
    flood: Vec<f64>,
}

fn main() -> ExitCode {
    match parse() {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(options)) => match run(&options) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(why) => {
                eprintln!("forwards: {why}");
                ExitCode::FAILURE
            }
        },
        Err(why) => {
            eprintln!("forwards: {why}; try --help");
            ExitCode::from(2)
        }
    }
}

/// `None` where there is nothing to measure: help, or started as a test.
fn parse() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let tessh = PathBuf::from(env!("CARGO_BIN_EXE_tessh"));
    let clients = [("ssh".to_owned(), PathBuf::from("/usr/bin/ssh")), ("tessh".to_owned(), tessh)];
    let sshd = PathBuf::from("/usr/sbin/sshd");
    let publication = Publication::default();
    let mut options = Options { rounds: 5, keys: 200, clients, sshd, check: false, publication };
    let mut is_bench = false;
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("bench") => is_bench = true,
            Long("quick") => (options.rounds, options.keys) = (2, 100),
            Long("rounds") => options.rounds = parser.value()?.parse::<usize>()?.max(1),
            Long("keys") => options.keys = parser.value()?.parse::<usize>()?.max(1),
            Long("sshd") => options.sshd = parser.value()?.into(),
            Long("check") => options.check = true,
            Long("all") => {}
            Long("json") => options.publication.json = Some(parser.value()?.into()),
            Long("page") => options.publication.page = Some(parser.value()?.into()),
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

/// The whole run; whether the target was met, where that was asked.
fn run(options: &Options) -> Result<bool, Failure> {
    interrupt::catch()?;
    if cfg!(debug_assertions) {
        eprintln!("forwards: an unoptimised build; its numbers mean nothing");
    }
    let environment = environment::Environment::read();
    let site = Site::open(&options.sshd)?;
    let mut cells = Vec::new();
    for load in Load::ALL {
        for client in 0..options.clients.len() {
            cells.push(Cell { load, client, keys: Vec::new(), flood: Vec::new() });
        }
    }
    for round in 0..options.rounds {
        eprintln!("round {} of {}", round + 1, options.rounds);
        sit(options, &site, round, &mut cells)?;
    }
    let table = table(options, &cells);
    print!("{}\n{table}", environment.lines());
    let found = json!({"environment": environment.json(), "cells": cells_json(options, &cells)});
    options.publication.publish("forwards", &table, found)?;
    let slow = cells.iter().filter(|cell| options.clients[cell.client].0 == "tessh");
    let slowest = slow.flat_map(|cell| cell.keys.iter().copied()).fold(0.0, f64::max);
    Ok(!options.check || slowest < TARGET)
}

/// One session of each client, which take turns under every load.
fn sit(options: &Options, site: &Site, round: usize, cells: &mut [Cell]) -> Result<(), Failure> {
    let mut sessions = Vec::new();
    for (name, path) in &options.clients {
        let shell = Shell::open(path, site).map_err(|why| format!("{name}: {why}"))?;
        sessions.push(shell);
    }
    for load in Load::ALL {
        for turn in 0..sessions.len() {
            // Another client goes first next time.
            let client = (turn + round) % sessions.len();
            let session = &mut sessions[client];
            let running = Running::start(load, &session.forward)?;
            let begun = running.passed();
            let measured = session.press(options.keys);
            let (passed, seconds) = running.since(begun);
            drop(running);
            interrupt::check()?;
            let (name, _) = &options.clients[client];
            let keys = measured.map_err(|why| format!("{name}, {}: {why}", load.name()))?;
            let cell = cells.iter_mut().find(|cell| cell.load == load && cell.client == client);
            let cell = cell.expect("each load and client has a cell");
            cell.keys.extend(keys);
            cell.flood.push(passed as f64 / f64::from(1 << 20) / seconds);
        }
    }
    Ok(())
}

fn table(options: &Options, cells: &[Cell]) -> String {
    let mut text = String::new();
    text.push_str("### A key while forwards of the same connection flood and stall\n\n");
    text.push_str("| load | client | p50 ms | x ssh | p99 ms | max ms | x ssh | MiB/s | keys |\n");
    text.push_str("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for cell in cells {
        let ssh = cells.iter().find(|it| it.load == cell.load && it.client == 0).unwrap_or(cell);
        let most = |cell: &Cell| stats::range(&cell.keys).map_or(f64::NAN, |(_, most)| most);
        let half = |cell: &Cell| stats::median(&cell.keys).unwrap_or(f64::NAN);
        let flood = match cell.load.floods() {
            true => format!("{:.0}", stats::median(&cell.flood).unwrap_or(f64::NAN)),
            false => "-".to_owned(),
        };
        text.push_str(&format!(
            "| {} | {} | {:.2} | {:.2} | {:.1} | {:.1} | {:.2} | {flood} | {} |\n",
            cell.load.name(),
            options.clients[cell.client].0,
            half(cell),
            half(cell) / half(ssh),
            stats::percentile(&cell.keys, 99.0).unwrap_or(f64::NAN),
            most(cell),
            most(cell) / most(ssh),
            cell.keys.len(),
        ));
    }
    text
}

/// Every key of every cell.
fn cells_json(options: &Options, cells: &[Cell]) -> Vec<Value> {
    let json = cells.iter().map(|cell| {
        json!({
            "load": cell.load.name(),
            "client": options.clients[cell.client].0,
            "keys_ms": cell.keys,
            "flood_mib_per_s": cell.flood,
        })
    });
    json.collect()
}
