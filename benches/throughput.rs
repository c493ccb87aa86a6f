//! `cargo bench --bench throughput -- --quick`: tessh beside ssh, plink and dbclient.
//!
//! One run starts a private sshd on loopback and drives every installed client against it,
//! interleaved, so that the machine's mood falls on all of them alike: bulk transfer each way
//! per cipher, `host true`, keystroke echo over a pty, peak memory. Only medians of one run
//! are compared; the table and `--json` carry the ratios to ssh. What is here: the order of
//! the run. What is not: any number that a client reports about itself.

#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "throughput/client.rs"]
mod client;
#[path = "throughput/echo.rs"]
mod echo;
mod front;
#[path = "throughput/options.rs"]
mod options;
#[path = "throughput/report.rs"]
mod report;
#[path = "throughput/rounds.rs"]
mod rounds;
#[path = "throughput/server.rs"]
mod server;
#[path = "throughput/stats.rs"]
mod stats;
#[path = "throughput/watch.rs"]
mod watch;

use front::{Bench, Environment, Failure, Found};
use lexopt::Parser;
use options::Typed;
use std::process::ExitCode;

fn main() -> ExitCode {
    let argv: Vec<_> = std::env::args_os().skip(1).collect();
    // Before anything else: these two must stay small processes (see watch.rs).
    match argv.first().and_then(|arg| arg.to_str()) {
        Some(watch::WATCH) => return watch::watch(&argv[1..]),
        Some(watch::KEEP) => return watch::keep(&argv[1..]),
        _ => {}
    }
    front::lead::<Typed>()
}

impl Bench for Typed {
    const NAME: &str = "throughput";
    const FLAGS: &str = options::FLAGS;

    fn take(&mut self, flag: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        self.choose(flag, parser)
    }

    /// The whole run. A cell that failed and should have a number is a fault.
    fn run(self, environment: &Environment) -> Result<Found, Failure> {
        let options = self.settle();
        let site = server::Site::open(&options)?;
        let mut clients = client::find(&options, &site)?;
        rounds::probe(&options, &site, &mut clients)?;

        let cells = rounds::measure(&options, &site, &clients)?;
        let echoes = match options.wants(options::Section::Echo) {
            true => echo::measure(&options, &site, &clients)?,
            false => Vec::new(),
        };

        let report = report::Report::new(&options, environment, &clients, &cells, &echoes);
        print!("{}", report.facts());
        Ok(Found {
            table: report.table(),
            figures: report.json(),
            faults: report.failures(),
            missed: report.missed(),
        })
    }
}
