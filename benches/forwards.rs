//! `cargo bench --bench forwards -- --quick`: keys in a shell while forwards of the same
//! connection flood and stall, tessh beside ssh.
//!
//! One run starts a private sshd on loopback. Both clients hold a session on a terminal with
//! the same forwards, and take turns under each load, so that the machine's mood falls on both
//! alike. What is here: the order of the run, and its table. The loads are in load.rs, the
//! terminal in shell.rs, the server in site.rs.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod front;
#[path = "forwards/load.rs"]
mod load;
#[path = "forwards/shell.rs"]
mod shell;
#[allow(dead_code)] // namespaces are for another bench
#[path = "forwards/site.rs"]
mod site;
#[path = "throughput/stats.rs"]
mod stats;

use front::{Bench, Environment, Failure, Found, Programs, count, interrupt};
use lexopt::Parser;
use load::{Load, Running};
use serde_json::{Value, json};
use shell::Shell;
use site::Site;
use std::process::ExitCode;

/// No key may take longer under any load, in milliseconds.
const LIMIT: f64 = 200.0;

/// A run's choices.
struct Options {
    rounds: usize,
    keys: usize,
    programs: Programs,
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
    front::lead::<Options>()
}

impl Default for Options {
    fn default() -> Options {
        Options { rounds: 5, keys: 200, programs: Programs::default() }
    }
}

impl Bench for Options {
    const NAME: &str = "forwards";
    const FLAGS: &str = "  \
  --quick              under a minute: 2 rounds of 100 keys
  --rounds N           sessions of each client (5)
  --keys N             keystrokes of each session under each load (200)
  --client NAME=PATH   another program in the place of NAME, ssh or tessh
  --sshd PATH          (/usr/sbin/sshd)
";

    fn take(&mut self, flag: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        match flag {
            "quick" => (self.rounds, self.keys) = (2, 100),
            "rounds" => self.rounds = count(parser)?,
            "keys" => self.keys = count(parser)?,
            _ => return self.programs.take(flag, parser),
        }
        Ok(true)
    }

    /// The whole run; it is good if the target was met, where that was asked.
    fn run(self, environment: &Environment) -> Result<Found, Failure> {
        let site = Site::open(&self.programs.sshd)?;
        let mut cells = Vec::new();
        for load in Load::ALL {
            for client in 0..self.programs.clients.len() {
                cells.push(Cell { load, client, keys: Vec::new(), flood: Vec::new() });
            }
        }
        for round in 0..self.rounds {
            eprintln!("round {} of {}", round + 1, self.rounds);
            sit(&self, &site, round, &mut cells)?;
        }
        let slow = cells.iter().filter(|cell| self.programs.clients[cell.client].0 == "tessh");
        let slowest = slow.flat_map(|cell| cell.keys.iter().copied()).fold(0.0, f64::max);
        let missed = match slowest < LIMIT {
            true => Vec::new(),
            false => vec![format!("a key of tessh's takes {slowest:.1} ms, over {LIMIT} ms")],
        };
        Ok(Found {
            table: table(&self, &cells),
            figures: json!({
                "environment": environment.json(),
                "cells": cells_json(&self, &cells),
            }),
            faults: Vec::new(),
            missed,
        })
    }
}

/// One session of each client, which take turns under every load.
fn sit(options: &Options, site: &Site, round: usize, cells: &mut [Cell]) -> Result<(), Failure> {
    let mut sessions = Vec::new();
    for (name, path) in &options.programs.clients {
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
            let (name, _) = &options.programs.clients[client];
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
            options.programs.clients[cell.client].0,
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
            "client": options.programs.clients[cell.client].0,
            "keys_ms": cell.keys,
            "flood_mib_per_s": cell.flood,
        })
    });
    json.collect()
}
