//! `cargo bench --bench soak -- --minutes 20`: whether anything is lost or grows while much goes on
//! for long.
//!
//! One run starts a private sshd on loopback. Over one connection go a shell on a terminal,
//! commands, files by SFTP and three forwards at once, while keys are exchanged again and again;
//! connections of their own are made beside it, one after the other. Everything that crosses is
//! compared by SHA-256. Each part of the run has a new connection and another RekeyLimit. What is
//! here: the order of the run, and its table. The connection is in soak/master.rs, the work in
//! soak/work.rs.
//!
//! A difference, a failure, or a descriptor that is left ends the run with 1.

#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "soak/data.rs"]
mod data;
mod front;
#[path = "soak/master.rs"]
mod master;
#[allow(dead_code)] // namespaces are for another bench
#[path = "forwards/site.rs"]
mod site;
#[path = "soak/work.rs"]
mod work;

use front::{Bench, Environment, Failure, Found, interrupt};
use lexopt::{Parser, ValueExt};
use master::Master;
use serde_json::json;
use site::Site;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use work::{Tallies, Tally, Work};

/// After how many bytes keys are exchanged, one part of the run each.
const REKEY: [&str; 4] = ["32K", "128K", "512K", "1M"];
/// What memory may grow by between a quarter of a part and its end, besides a twentieth.
const SLACK: u64 = 1024;

/// A run's choices.
struct Options {
    time: Duration,
    connections: u64,
    client: PathBuf,
    sshd: PathBuf,
}

/// What one part of the run came to.
struct Part {
    rekey: &'static str,
    seconds: f64,
    exchanges: usize,
    work: [Tally; Work::ALL.len()],
    /// Resident KiB and open descriptors after a quarter of the time, and at the end.
    needs: [(u64, usize); 2],
}

impl Part {
    fn sum(&self, of: fn(&Tally) -> u64) -> u64 {
        self.work.iter().map(of).sum()
    }

    /// What was lost and what grew, a line each.
    fn faults(&self) -> Vec<String> {
        let [(before, open_before), (after, open_after)] = self.needs;
        let found = [
            (self.sum(|it| it.different) > 0, "what came differs from what was sent"),
            (self.sum(|it| it.failed) > 0, "something failed"),
            (after > before + before / 20 + SLACK, "memory grew"),
            (open_after > open_before, "the number of descriptors grew"),
        ];
        let told = found.into_iter().filter(|(is_so, _)| *is_so);
        told.map(|(_, what)| format!("RekeyLimit {}: {what}", self.rekey)).collect()
    }
}

fn main() -> ExitCode {
    front::lead::<Options>()
}

impl Default for Options {
    fn default() -> Options {
        let (client, sshd) = (front::TESSH.into(), front::SSHD.into());
        Options { time: Duration::from_secs(20 * 60), connections: 1000, client, sshd }
    }
}

impl Bench for Options {
    const NAME: &str = "soak";
    const FLAGS: &str = "  \
  --minutes N          the whole run (20)
  --connections N      connections of their own, one after the other, at most (1000)
  --quick              one minute, 50 connections
  --client PATH        another program than this tessh
  --sshd PATH          (/usr/sbin/sshd)
";

    fn take(&mut self, flag: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        match flag {
            "minutes" => self.time = Duration::from_secs(60 * parser.value()?.parse::<u64>()?),
            "connections" => self.connections = parser.value()?.parse()?,
            "quick" => (self.time, self.connections) = (Duration::from_secs(60), 50),
            "client" => self.client = parser.value()?.into(),
            "sshd" => self.sshd = parser.value()?.into(),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The whole run; it is good if nothing was lost and nothing grew.
    fn run(self, environment: &Environment) -> Result<Found, Failure> {
        let site = Site::open(&self.sshd)?;
        let mut parts = Vec::new();
        for rekey in REKEY {
            eprintln!("RekeyLimit {rekey}");
            let logins = self.connections / REKEY.len() as u64;
            let part = soak(&self, &site, rekey, logins)
                .map_err(|why| format!("RekeyLimit {rekey}: {why}"))?;
            parts.push(part);
        }
        Ok(Found {
            table: table(&parts),
            figures: json!({
                "environment": environment.json(),
                "parts": parts.iter().map(part_json).collect::<Vec<_>>(),
            }),
            faults: parts.iter().flat_map(Part::faults).collect(),
            missed: Vec::new(),
        })
    }
}

fn soak(options: &Options, site: &Site, rekey: &'static str, logins: u64) -> Result<Part, Failure> {
    let master = Master::open(&options.client, site, rekey)?;
    let (begun, time) = (Instant::now(), options.time / REKEY.len() as u32);
    let tallies = Tallies::default();
    // All that ever is open at once has been by then, and all work is over when it is looked at.
    work::work(&master, site, &tallies, begun + time / 4, logins);
    interrupt::check()?;
    let early = master.needs()?;
    work::work(&master, site, &tallies, begun + time, logins);
    interrupt::check()?;
    let exchanges = master.exchanges()?;
    let needs = [early, master.needs()?];
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Part { rekey, seconds, exchanges, work: tallies.now(), needs })
}

fn table(parts: &[Part]) -> String {
    let mut text = String::from("### Much at once, for long\n\n");
    text.push_str(
        "| RekeyLimit | minutes | key exchanges | GiB | different | failed | connections | \
         MiB | descriptors |\n",
    );
    text.push_str("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for part in parts {
        let [(before, open_before), (after, open_after)] = part.needs;
        text.push_str(&format!(
            "| {} | {:.1} | {} | {:.1} | {} | {} | {} | {:.1} → {:.1} | {open_before} → \
             {open_after} |\n",
            part.rekey,
            part.seconds / 60.0,
            part.exchanges,
            part.sum(|it| it.bytes) as f64 / f64::from(1 << 30),
            part.sum(|it| it.different),
            part.sum(|it| it.failed),
            part.work[Work::ALL.len() - 1].times,
            before as f64 / 1024.0,
            after as f64 / 1024.0,
        ));
    }
    let each = Work::ALL.iter().enumerate().map(|(number, work)| {
        let times: u64 = parts.iter().map(|part| part.work[number].times).sum();
        let bytes: u64 = parts.iter().map(|part| part.work[number].bytes).sum();
        format!("{} {times} times, {:.1} GiB", work.name(), bytes as f64 / f64::from(1 << 30))
    });
    text.push_str(&format!(
        "\nOver one connection at once, both directions counted: {}. Memory and descriptors of \
         the master are those after a quarter of the time and at the end.\n",
        each.collect::<Vec<_>>().join("; ")
    ));
    text
}

fn part_json(part: &Part) -> serde_json::Value {
    let work = Work::ALL.iter().zip(&part.work).map(|(work, tally)| {
        json!({
            "work": work.name(),
            "times": tally.times,
            "bytes": tally.bytes,
            "different": tally.different,
            "failed": tally.failed,
        })
    });
    json!({
        "rekey_limit": part.rekey,
        "seconds": part.seconds,
        "key_exchanges": part.exchanges,
        "work": work.collect::<Vec<_>>(),
        "resident_kib": part.needs.map(|(resident, _)| resident),
        "descriptors": part.needs.map(|(_, open)| open),
    })
}
