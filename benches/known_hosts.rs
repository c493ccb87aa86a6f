//! `cargo bench --bench known_hosts`: what a connection waits for where known_hosts has a
//! hundred thousand lines, plain or hashed: reading the file, and looking up a host that is not
//! in it, on another port than 22, which is the longest. Prints the best of several rounds,
//! because the rest of the machine has its own work. A look-up's limit is 20 ms.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]

mod front;

use front::{Bench, Environment, Failure, Found, interrupt};
use lexopt::Parser;
use serde_json::json;
use std::fmt::Write;
use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use russh::keys::PublicKeyOrCertificate;
use russh::keys::ssh_key::PublicKey;
use tessh::trust::{Finding, KnownHosts, Sources, Subject, store};

const LINES: usize = 100_000;
const ROUNDS: u16 = 30;
const LIMIT: Duration = Duration::from_millis(20);
const KEY: &str = include_str!("../tests/data/trust/certificates/host-ed25519.pub");
const RSA: &str = include_str!("../tests/data/trust/certificates/host-rsa.pub");

fn main() -> ExitCode {
    front::lead::<Options>()
}

/// A run's choices.
struct Options {
    rounds: u16,
}

impl Default for Options {
    fn default() -> Options {
        Options { rounds: ROUNDS }
    }
}

impl Bench for Options {
    const NAME: &str = "known_hosts";
    const FLAGS: &str = "  --quick              a tenth of the rounds\n";

    fn take(&mut self, flag: &str, _: &mut Parser) -> Result<bool, lexopt::Error> {
        if flag == "quick" {
            self.rounds = ROUNDS / 10;
        }
        Ok(flag == "quick")
    }

    fn run(self, _: &Environment) -> Result<Found, Failure> {
        let directory = tempfile::tempdir().unwrap();
        let mut missed = Vec::new();
        let mut table = format!("### known_hosts with {LINES} lines\n\n");
        table.push_str("| lines | read ms | look-up ms |\n| --- | ---: | ---: |\n");
        let mut files = Vec::new();
        for (kind, hashed) in [("plain", false), ("hashed", true)] {
            let file = directory.path().join(kind);
            fs::write(&file, text(&directory.path().join("line"), hashed)).unwrap();
            let sources = Sources { user: vec![file], global: Vec::new(), caches: Vec::new() };
            let (mut read, mut found) = (Duration::MAX, Duration::MAX);
            for round in 0..self.rounds {
                interrupt::check()?;
                let start = Instant::now();
                let known = KnownHosts::load(&sources);
                read = read.min(start.elapsed());
                let port = 1024 + round;
                let subject = Subject { name: "unknown.example.com".into(), port, alias: false };
                let offered = PublicKeyOrCertificate::from(PublicKey::from_openssh(KEY).unwrap());
                let start = Instant::now();
                let evidence = known.lookup(&subject, &offered, SystemTime::now());
                found = found.min(start.elapsed());
                assert!(matches!(evidence.finding, Finding::Unknown));
            }
            let ms = |time: Duration| time.as_secs_f64() * 1000.0;
            writeln!(table, "| {kind} | {:.1} | {:.1} |", ms(read), ms(found)).unwrap();
            files.push(json!({"lines": kind, "read_ms": ms(read), "look_up_ms": ms(found)}));
            if found > LIMIT {
                missed.push(format!("{kind} lines: a look-up takes longer than {LIMIT:?}"));
            }
        }
        let figures = json!({"count": LINES, "files": files});
        Ok(Found { table, figures, faults: Vec::new(), missed })
    }
}

/// A file of keys of hosts that nobody asks for.
fn text(scratch: &std::path::Path, hashed: bool) -> String {
    let key = RSA.trim_end();
    if !hashed {
        let line = |n: usize| format!("host{n}.example.com,10.0.{}.{} {key}\n", n / 256, n % 256);
        return (0..LINES).map(line).collect();
    }
    // Some hundred names hashed as the program does it, again and again: each line is searched.
    let key = PublicKey::from_openssh(KEY).unwrap();
    for n in 0..100 {
        let subject = Subject { name: format!("host{n}"), port: 22, alias: false };
        store::add(scratch, &subject, &key, true).unwrap();
    }
    fs::read_to_string(scratch).unwrap().repeat(LINES / 100)
}
