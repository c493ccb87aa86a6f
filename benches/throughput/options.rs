//! The bench's own flags: what to measure, how often, with which clients. What the choices mean
//! for a run is in rounds.rs and echo.rs.

use crate::front::{self, count, named_path, words};
use lexopt::Parser;
use std::path::PathBuf;

/// What `--help` has of them.
pub const FLAGS: &str = "  \
  --quick              under two minutes: 256 MiB, no longer ones; plink and dbclient one round, two
                       ciphers, 10 logins
  --only LIST          of download,length,upload,setup,echo,memory
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
";

/// The ciphers compared when `--ciphers` does not say otherwise: the AEADs that ssh proposes.
const CIPHERS: &str = "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com";

/// A part of the run that `--only` can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Server to client, to `/dev/null` per cipher; ssh and tessh also to a pipe.
    Download,
    /// Server to client, to `/dev/null`, of 1, 4 and 16 times the size; ssh and tessh alone.
    Length,
    /// A regular file to the server.
    Upload,
    /// `host true`.
    Setup,
    /// A key pressed to the same key shown.
    Echo,
    /// Peak resident memory of the runs above.
    Memory,
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
    /// `--quick` was given.
    pub quick: bool,
}

impl Options {
    /// Whether `section` was chosen.
    pub fn wants(&self, section: Section) -> bool {
        self.only.contains(&section)
    }
}

/// What was typed, before `--quick` and the defaults fill the rest.
#[derive(Default)]
pub struct Typed {
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
    quick: bool,
}

impl Typed {
    /// Takes a flag with its value; `false` if there is none of this name.
    pub fn choose(&mut self, flag: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        match flag {
            "quick" => self.quick = true,
            "only" => self.only = sections(&words(parser)?)?,
            "size" => self.size = Some(count(parser)? as u64),
            "rounds" => self.rounds = Some(count(parser)?),
            "peer-rounds" => self.peer_rounds = Some(count(parser)?),
            "logins" => self.logins = Some(count(parser)?),
            "keys" => self.keys = Some(count(parser)?),
            "ciphers" => self.ciphers = Some(words(parser)?),
            "clients" => self.clients = words(parser)?,
            "client" => self.added.push(named_path(parser)?),
            "sshd" => self.sshd = Some(parser.value()?.into()),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The run's choices.
    pub fn settle(self) -> Options {
        let quick = |short, long| if self.quick { short } else { long };
        let mut all = vec![
            Section::Download,
            Section::Upload,
            Section::Setup,
            Section::Echo,
            Section::Memory,
        ];
        if !self.quick {
            all.push(Section::Length);
        }
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
            sshd: self.sshd.unwrap_or_else(|| front::SSHD.into()),
            quick: self.quick,
        }
    }
}

fn sections(names: &[String]) -> Result<Vec<Section>, lexopt::Error> {
    names
        .iter()
        .map(|name| match name.as_str() {
            "download" => Ok(Section::Download),
            "length" => Ok(Section::Length),
            "upload" => Ok(Section::Upload),
            "setup" => Ok(Section::Setup),
            "echo" => Ok(Section::Echo),
            "memory" => Ok(Section::Memory),
            other => Err(format!("--only does not know {other:?}").into()),
        })
        .collect()
}
