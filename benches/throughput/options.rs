//! The bench's command line: what to measure, how often, with which clients. Cargo's own
//! arguments are understood here too; what the choices mean for a run is in rounds.rs and echo.rs.

use crate::Failure;
use crate::figures::Publication;
use lexopt::prelude::*;
use std::ffi::OsString;
use std::path::PathBuf;

/// What `--help` prints.
pub const HELP: &str = "\
cargo bench --bench throughput -- [options]

  --quick              under two minutes: 256 MiB; plink and dbclient one round, two ciphers, 10 logins
  --only LIST          of download,upload,setup,echo,memory
  --size MIB           bytes of each transfer (1024)
  --rounds N           transfers per cell (5)
  --peer-rounds N      the same for plink and dbclient (as --rounds)
  --logins N           runs of `host true` (40)
  --keys N             keystrokes per client (1000)
  --ciphers LIST       (aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com)
  --clients LIST       only these of ssh,tessh,plink,dbclient and those added
  --client NAME=PATH   another program; takes ssh's command line unless NAME starts with
                       plink or dbclient; an existing NAME is replaced. With
                       `--client again=/usr/bin/ssh` its ratios show this run's noise
  --sshd PATH          (/usr/sbin/sshd)
  --all                the figures of docs/benchmarks.md; what is measured without it, too
  --json FILE          puts every sample, median and ratio there, beside other benches'
  --page FILE          puts the tables there, in their place between the marks
  --check              exit 1 when a target is missed
";

/// The ciphers compared when `--ciphers` does not say otherwise: the AEADs that ssh proposes.
const CIPHERS: &str = "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com";

/// A part of the run that `--only` can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Server to client, to `/dev/null` per cipher; ssh and tessh also to a pipe.
    Download,
    /// A regular file to the server.
    Upload,
    /// `host true`.
    Setup,
    /// A key pressed to the same key shown.
    Echo,
    /// Peak resident memory of the runs above.
    Memory,
}

/// What the command line asks for.
pub enum Command {
    /// Started as a test, or without cargo's `--bench`: there is nothing to do.
    Nothing,
    /// Print [`HELP`].
    Help,
    /// Measure.
    Run(Box<Options>),
}

/// A run's choices. Counts are at least one.
pub struct Options {
    /// The parts to measure and show.
    pub only: Vec<Section>,
    /// MiB per transfer.
    pub size: u64,
    /// Transfers per cell, for ssh and tessh.
    pub rounds: usize,
    /// Transfers per cell, for plink and dbclient.
    pub peer_rounds: usize,
    /// Runs of `host true`, for ssh and tessh.
    pub logins: usize,
    /// Runs of `host true`, for plink and dbclient.
    pub peer_logins: usize,
    /// Keystrokes per client.
    pub keys: usize,
    /// Cipher names, in the order of the table.
    pub ciphers: Vec<String>,
    /// Names to keep; empty keeps all.
    pub clients: Vec<String>,
    /// `--client NAME=PATH`, in order.
    pub added: Vec<(String, PathBuf)>,
    /// The server program.
    pub sshd: PathBuf,
    /// Where the figures go, besides stdout.
    pub publication: Publication,
    /// A missed target fails the run.
    pub check: bool,
    /// `--quick` was given.
    pub quick: bool,
}

impl Options {
    /// Whether `section` was chosen.
    pub fn wants(&self, section: Section) -> bool {
        self.only.contains(&section)
    }

    /// Bytes per transfer.
    pub fn bytes(&self) -> u64 {
        self.size << 20
    }
}

/// Reads the command line (without the program's name).
pub fn parse(argv: Vec<OsString>) -> Result<Command, Failure> {
    // `cargo bench` passes --bench; `cargo test --benches` does not, and may pass anything
    // that its test harness understands.
    let asked = argv.iter().any(|arg| arg == "--bench" || arg == "--help" || arg == "-h");
    if !asked || argv.iter().any(|arg| arg == "--test") {
        return Ok(Command::Nothing);
    }
    read(argv).map_err(|error| error.to_string())
}

fn read(argv: Vec<OsString>) -> Result<Command, lexopt::Error> {
    let mut typed = Typed::default();
    let mut parser = lexopt::Parser::from_args(argv);
    while let Some(arg) = parser.next()? {
        match arg {
            Long("bench") => {}
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("quick") => typed.quick = true,
            Long("check") => typed.check = true,
            Long("only") => typed.only = sections(&list(parser.value()?)?)?,
            Long("size") => typed.size = Some(parser.value()?.parse_with(at_least_one)? as u64),
            Long("rounds") => typed.rounds = Some(parser.value()?.parse_with(at_least_one)?),
            Long("peer-rounds") => {
                typed.peer_rounds = Some(parser.value()?.parse_with(at_least_one)?);
            }
            Long("logins") => typed.logins = Some(parser.value()?.parse_with(at_least_one)?),
            Long("keys") => typed.keys = Some(parser.value()?.parse_with(at_least_one)?),
            Long("ciphers") => typed.ciphers = Some(list(parser.value()?)?),
            Long("clients") => typed.clients = list(parser.value()?)?,
            Long("client") => {
                let pair = parser.value()?.string()?;
                let (name, path) = pair.split_once('=').ok_or("--client wants NAME=PATH")?;
                typed.added.push((name.to_owned(), path.into()));
            }
            Long("sshd") => typed.sshd = Some(parser.value()?.into()),
            Long("all") => {}
            Long("json") => typed.publication.json = Some(parser.value()?.into()),
            Long("page") => typed.publication.page = Some(parser.value()?.into()),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Run(Box::new(typed.settle())))
}

/// What was typed, before `--quick` and the defaults fill the rest.
#[derive(Default)]
struct Typed {
    only: Vec<Section>,
    size: Option<u64>,
    rounds: Option<usize>,
    peer_rounds: Option<usize>,
    logins: Option<usize>,
    keys: Option<usize>,
    ciphers: Option<Vec<String>>,
    clients: Vec<String>,
    added: Vec<(String, PathBuf)>,
    sshd: Option<PathBuf>,
    publication: Publication,
    check: bool,
    quick: bool,
}

impl Typed {
    fn settle(self) -> Options {
        let quick = |short, long| if self.quick { short } else { long };
        let all = vec![
            Section::Download,
            Section::Upload,
            Section::Setup,
            Section::Echo,
            Section::Memory,
        ];
        let rounds = self.rounds.unwrap_or(5);
        let logins = self.logins.unwrap_or(40);
        Options {
            only: if self.only.is_empty() { all } else { self.only },
            size: self.size.unwrap_or(if self.quick { 256 } else { 1024 }),
            rounds,
            // plink and dbclient take most of the time and set no target.
            peer_rounds: self.peer_rounds.unwrap_or(quick(1, rounds)).min(rounds),
            logins,
            peer_logins: quick(10, logins).min(logins),
            keys: self.keys.unwrap_or(1000),
            ciphers: self
                .ciphers
                .unwrap_or_else(|| CIPHERS.split(',').map(str::to_owned).collect()),
            clients: self.clients,
            added: self.added,
            sshd: self.sshd.unwrap_or_else(|| "/usr/sbin/sshd".into()),
            publication: self.publication,
            check: self.check,
            quick: self.quick,
        }
    }
}

fn list(value: OsString) -> Result<Vec<String>, lexopt::Error> {
    let names: Vec<_> =
        value.string()?.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    if names.is_empty() { Err("an empty list".into()) } else { Ok(names) }
}

fn sections(names: &[String]) -> Result<Vec<Section>, lexopt::Error> {
    names
        .iter()
        .map(|name| match name.as_str() {
            "download" => Ok(Section::Download),
            "upload" => Ok(Section::Upload),
            "setup" => Ok(Section::Setup),
            "echo" => Ok(Section::Echo),
            "memory" => Ok(Section::Memory),
            other => Err(format!("--only does not know {other:?}").into()),
        })
        .collect()
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("not a number above zero".to_owned()),
    }
}
