//! The front of every bench: its command line, the environment that its numbers are from, where
//! they are put, and how it ends. A bench says what flags it has of its own and measures.

#![allow(dead_code)] // each bench has a use for its own part

pub mod environment;
mod figures;
pub mod interrupt;
pub mod loopback;

pub use environment::Environment;

use figures::Publication;
use lexopt::Parser;
use lexopt::prelude::*;
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;

/// What went wrong, in one line; a bench has nobody to match on kinds.
pub type Failure = String;

/// The flags of all benches, as `--help` has them.
const FLAGS: &str = "  \
  --all                the figures of docs/benchmarks.md; what is measured without it, too
  --json FILE          puts the figures there, beside other benches'
  --page FILE          puts the tables there, in their place between the marks
  --check              exit 1 when a limit is missed, which is told without it too
";

/// A bench: the choices of its command line, and what it measures.
pub trait Bench: Default {
    /// Its name, as cargo knows it.
    const NAME: &'static str;
    /// Its own flags, as `--help` has them.
    const FLAGS: &'static str;

    /// Takes a flag, and from the parser its value; `false` if it is none of this bench's own.
    fn take(&mut self, flag: &str, parser: &mut Parser) -> Result<bool, lexopt::Error>;

    /// Measures. The environment is that before it began.
    fn run(self, environment: &Environment) -> Result<Found, Failure>;
}

/// What a bench found.
pub struct Found {
    /// For a person, in Markdown.
    pub table: String,
    /// For a program.
    pub figures: Value,
    /// What went wrong while the rest was measured, a line each; the bench fails.
    pub faults: Vec<String>,
    /// The limits that are missed, a line each; the bench fails with `--check`, because cargo runs
    /// no further bench after one that fails.
    pub missed: Vec<String>,
}

/// What the command line asks for.
enum Asked<B> {
    /// Nothing: this was started as a test.
    Nothing,
    /// What the flags are.
    Help,
    /// To measure, and to put the figures there.
    Run(B, Conclusion),
}

/// Runs a bench from its command line to its exit code.
pub fn lead<B: Bench>() -> ExitCode {
    let outcome = match asked::<B>() {
        Ok(Asked::Nothing) => Ok(true),
        Ok(Asked::Help) => {
            print!("cargo bench --bench {} -- [options]\n\n{}{FLAGS}", B::NAME, B::FLAGS);
            Ok(true)
        }
        Ok(Asked::Run(bench, conclusion)) => run(bench, &conclusion),
        Err(why) => {
            eprintln!("{}: {why}; try --help", B::NAME);
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("{}: {why}", B::NAME);
            ExitCode::FAILURE
        }
    }
}

/// What becomes of what was found.
#[derive(Default)]
struct Conclusion {
    publication: Publication,
    /// A missed limit is a failure.
    checks: bool,
}

/// Measures, shows what was found, and publishes it; whether the bench succeeds.
fn run<B: Bench>(bench: B, conclusion: &Conclusion) -> Result<bool, Failure> {
    interrupt::catch()?;
    if cfg!(debug_assertions) {
        eprintln!("{}: an unoptimised build; its numbers mean nothing", B::NAME);
    }
    let environment = Environment::read();
    print!("{}", environment.lines());
    let Found { table, figures, faults, missed } = bench.run(&environment)?;
    print!("\n{table}");
    for line in faults.iter().chain(&missed) {
        eprintln!("{}: {line}", B::NAME);
    }
    conclusion.publication.publish(B::NAME, &table, figures)?;
    Ok(faults.is_empty() && (missed.is_empty() || !conclusion.checks))
}

/// Reads the command line. `cargo bench` passes `--bench`; `cargo test --benches` does not, and may
/// pass anything that its test harness understands.
fn asked<B: Bench>() -> Result<Asked<B>, lexopt::Error> {
    let typed: Vec<_> = std::env::args_os().skip(1).collect();
    let has = |flags: &[&str]| typed.iter().any(|it| flags.iter().any(|flag| it == flag));
    if has(&["--help", "-h"]) {
        return Ok(Asked::Help);
    }
    if !has(&["--bench"]) || has(&["--test"]) {
        return Ok(Asked::Nothing);
    }
    let (mut bench, mut conclusion) = (B::default(), Conclusion::default());
    let mut parser = Parser::from_args(typed);
    while let Some(argument) = parser.next()? {
        let Long(flag) = argument else { return Err(argument.unexpected()) };
        let flag = flag.to_owned();
        // The bench comes first: `--all` may mean something to it.
        if bench.take(&flag, &mut parser)? {
            continue;
        }
        match flag.as_str() {
            "bench" | "all" => {}
            "json" => conclusion.publication.json = Some(parser.value()?.into()),
            "page" => conclusion.publication.page = Some(parser.value()?.into()),
            "check" => conclusion.checks = true,
            _ => return Err(lexopt::Error::UnexpectedOption(format!("--{flag}"))),
        }
    }
    Ok(Asked::Run(bench, conclusion))
}

/// The programs that are compared, and their server.
pub struct Programs {
    /// Name and path of each client; the others are compared with the first.
    pub clients: Vec<(String, PathBuf)>,
    /// The server.
    pub sshd: PathBuf,
}

impl Programs {
    /// These programs, tessh among them, and the system's server.
    pub fn new(clients: &[(&str, &str)]) -> Programs {
        let client = |&(name, path): &(&str, &str)| (name.to_owned(), path.into());
        Programs { clients: clients.iter().map(client).collect(), sshd: SSHD.into() }
    }

    /// Takes `--client NAME=PATH`, another program in the place of one of these, and `--sshd PATH`.
    pub fn take(&mut self, flag: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        match flag {
            "sshd" => self.sshd = parser.value()?.into(),
            "client" => {
                let (name, path) = named_path(parser)?;
                let known = self.clients.iter_mut().find(|(known, _)| *known == name);
                known.ok_or_else(|| format!("--client does not know {name:?}"))?.1 = path;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// Ssh and tessh, in this order.
impl Default for Programs {
    fn default() -> Programs {
        Programs::new(&[("ssh", "/usr/bin/ssh"), ("tessh", TESSH)])
    }
}

/// The program that cargo has built for this bench.
pub const TESSH: &str = env!("CARGO_BIN_EXE_tessh");
/// The system's server.
pub const SSHD: &str = "/usr/sbin/sshd";

/// The value `NAME=PATH` of a flag.
pub fn named_path(parser: &mut Parser) -> Result<(String, PathBuf), lexopt::Error> {
    let value = parser.value()?.string()?;
    let (name, path) = value.split_once('=').ok_or("--client takes NAME=PATH")?;
    Ok((name.to_owned(), path.into()))
}

/// The value of a flag that counts something, at least one.
pub fn count(parser: &mut Parser) -> Result<usize, lexopt::Error> {
    parser.value()?.parse_with(|text| match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("not a number above zero"),
    })
}

/// The words of a flag's value that has commas between them, at least one.
pub fn words(parser: &mut Parser) -> Result<Vec<String>, lexopt::Error> {
    let value = parser.value()?.string()?;
    let words: Vec<_> =
        value.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    if words.is_empty() { Err("an empty list".into()) } else { Ok(words) }
}
