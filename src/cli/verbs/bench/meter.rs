//! What a run is: a process with a login of its own, or, where a login asks, a channel of a connection
//! that is there.

use std::collections::HashMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::time;

use super::child::{self, RunFault};
use super::processes::{MeasuredProcesses, RemoteSide};
use crate::bench::{BenchMode, BenchProgram, BenchRun, Direction};
use crate::cli::connect::measure::MeasuredHost;
use crate::client::Session;
use crate::client::flow::Exit;
use crate::client::session::measured::{self, EchoRequest, TimedProgram};
use crate::error::{Error, Result};
use crate::os::usage;
use crate::say;

/// What a transfer reads and writes at once on the server: its amount is a whole number of these.
pub(super) const BLOCK: u64 = 64 * 1024;
/// What costs nothing on the server.
pub(super) const NOTHING: &str = "true";
/// What takes all that is sent. A restricted shell allows neither a redirection nor `exec`.
const TAKE: &str = "dd of=/dev/null bs=65536";
/// What prints nothing that a command line has, so that no echo of it is taken for it.
const READY: &[u8] = b"remote-is-raw";
/// What echoes each key as it comes.
const ECHO: &str = "stty raw -echo; printf 'remote-%s' is-raw; cat";
/// The most keys of one block, before the next program has its turn, and those before them that do not
/// count.
pub(super) const KEYS: usize = 50;
pub(super) const WARM_UP: usize = 10;

/// How runs are made.
pub(super) enum Meter<'a> {
    /// By processes, each until this time at most.
    Processes(MeasuredProcesses, time::Instant),
    /// On connections of this process, one for each cipher.
    Channels(ChannelMeter<'a>),
}

/// The connections that runs are channels of.
pub(super) struct ChannelMeter<'a> {
    host: &'a MeasuredHost,
    /// The first connection, and its cipher.
    first: (&'a Session, String),
    /// Those of other ciphers.
    others: HashMap<String, Session>,
}

impl<'a> ChannelMeter<'a> {
    /// Runs on this connection.
    pub(super) fn new(host: &'a MeasuredHost, session: &'a Session) -> ChannelMeter<'a> {
        let cipher = session.negotiated().map(|names| names.cipher).unwrap_or_default();
        ChannelMeter { host, first: (session, cipher), others: HashMap::new() }
    }

    /// The connection of a cipher; makes it if there is none.
    async fn session(&mut self, cipher: &str) -> Result<&Session> {
        if self.first.1 == cipher {
            return Ok(self.first.0);
        }
        if !self.others.contains_key(cipher) {
            let (session, _) = self.host.again(Some(cipher)).await?;
            self.others.insert(cipher.to_owned(), session);
        }
        Ok(self.others.get(cipher).unwrap_or(self.first.0))
    }
}

impl Meter<'_> {
    /// How runs are made.
    pub(super) fn mode(&self) -> BenchMode {
        match self {
            Meter::Processes(..) => BenchMode::Processes,
            Meter::Channels(_) => BenchMode::Channels,
        }
    }

    /// Ends each run that is still there at this time. A channel is not ended: the next one would have
    /// to wait for its bytes.
    pub(super) fn end_by(&mut self, time: time::Instant) {
        if let Meter::Processes(_, end) = self {
            *end = time;
        }
    }

    /// The programs that are measured.
    pub(super) fn programs(&self) -> Vec<BenchProgram> {
        match self {
            Meter::Processes(processes, _) => processes.programs(),
            Meter::Channels(_) => vec![BenchProgram::Tessh],
        }
    }

    /// A run that transfers nothing.
    ///
    /// # Errors
    /// It failed, or its time was over.
    pub(super) async fn start(
        &mut self,
        program: BenchProgram,
        cipher: &str,
    ) -> Result<BenchRun, RunFault> {
        match self {
            Meter::Processes(processes, end) => {
                let command = processes.command(program, cipher, (NOTHING, RemoteSide::Plain));
                child::run(command, Stdio::null(), *end).await
            }
            Meter::Channels(channels) => {
                let session = channels.session(cipher).await.map_err(said)?;
                Ok(clocked(session, NOTHING, 0, 0).await?)
            }
        }
    }

    /// A run that transfers this much.
    ///
    /// # Errors
    /// It failed, or its time was over.
    pub(super) async fn transfer(
        &mut self,
        program: BenchProgram,
        cipher: &str,
        (direction, bytes): (Direction, u64),
    ) -> Result<BenchRun, RunFault> {
        match self {
            Meter::Processes(processes, end) => {
                let remote = remote(direction, bytes);
                let command = processes.command(program, cipher, (&remote, RemoteSide::Plain));
                let input = input(processes, direction, bytes).await?;
                let ran = child::run(command, input, *end).await?;
                Ok(BenchRun { bytes, ..ran })
            }
            Meter::Channels(channels) => {
                let session = channels.session(cipher).await.map_err(said)?;
                Ok(transferred(session, (direction, bytes)).await?)
            }
        }
    }

    /// Two transfers of tessh at once, on two connections; the time of both. `None` where a second
    /// login would ask.
    ///
    /// # Errors
    /// One of them failed, or their time was over.
    pub(super) async fn two(
        &mut self,
        cipher: &str,
        (direction, bytes): (Direction, u64),
    ) -> Result<Option<Duration>, RunFault> {
        let Meter::Processes(processes, end) = self else { return Ok(None) };
        let remote = remote(direction, bytes);
        let tessh = BenchProgram::Tessh;
        let command = || processes.command(tessh, cipher, (&remote, RemoteSide::Plain));
        let input = || input(processes, direction, bytes);
        let inputs = (input().await?, input().await?);
        let began = Instant::now();
        let (one, other) = tokio::join!(
            child::run(command(), inputs.0, *end),
            child::run(command(), inputs.1, *end)
        );
        one.and(other).map(|_| Some(began.elapsed()))
    }

    /// A block of keys, each until its echo is back.
    ///
    /// # Errors
    /// What went wrong, in one line.
    pub(super) async fn press(
        &mut self,
        program: BenchProgram,
        cipher: &str,
        keys: usize,
        samples: &mut Vec<Duration>,
    ) -> Result<(), String> {
        let echo = EchoRequest { command: ECHO, ready: READY, keys };
        match self {
            Meter::Processes(processes, _) => {
                let command = processes.command(program, cipher, (ECHO, RemoteSide::Terminal));
                child::press(command, echo, WARM_UP, samples).await
            }
            Meter::Channels(channels) => {
                let session = channels.session(cipher).await.map_err(said)?;
                measured::echoes(session, echo, samples).await.map_err(said)
            }
        }
    }
}

/// Transfers on a channel of a connection.
///
/// # Errors
/// The connection is lost, or the program on the server does something else.
pub(super) async fn transferred(
    session: &Session,
    (direction, bytes): (Direction, u64),
) -> Result<BenchRun, String> {
    let (input, expected) = match direction {
        Direction::Download => (0, bytes),
        Direction::Upload => (bytes, 0),
    };
    clocked(session, &remote(direction, bytes), input, expected).await
}

/// The command that sends or takes this much.
pub(super) fn remote(direction: Direction, bytes: u64) -> String {
    match direction {
        Direction::Download => format!("dd if=/dev/zero bs={BLOCK} count={}", bytes / BLOCK),
        Direction::Upload => TAKE.to_owned(),
    }
}

async fn input(
    processes: &MeasuredProcesses,
    direction: Direction,
    bytes: u64,
) -> Result<Stdio, String> {
    match direction {
        Direction::Download => Ok(Stdio::null()),
        Direction::Upload => processes.zeros(bytes).await.map(Stdio::from).map_err(said),
    }
}

/// Runs a command on a channel, as one run.
async fn clocked(
    session: &Session,
    command: &str,
    input: u64,
    expected: u64,
) -> Result<BenchRun, String> {
    let used = usage::own();
    let ran = measured::timed(session, command, input).await.map_err(said)?;
    match fault(&ran, command, expected) {
        Some(fault) => Err(fault),
        None => {
            let cpu = usage::own().saturating_sub(used);
            // Where output is all that is measured, its first byte tells when the transfer began.
            let start = ran.first_output.filter(|_| expected > 0);
            Ok(BenchRun { bytes: input.max(expected), start, wall: ran.ended, cpu })
        }
    }
}

/// Why a program has not done its work; `None` if it has.
pub(super) fn fault(ran: &TimedProgram, command: &str, expected: u64) -> Option<String> {
    let TimedProgram { received, exit, errors, .. } = ran;
    let command = command.split(' ').next().unwrap_or(command);
    match exit {
        Exit::Status(0) if *received == expected => None,
        Exit::Status(0) => Some(say!(bench_other_amount, command, received, expected)),
        _ if !errors.is_empty() => Some(errors.clone()),
        Exit::Status(status) => Some(say!(bench_status, command, status)),
        _ => Some(say!(bench_ended_otherwise, command)),
    }
}

fn said(error: Error) -> String {
    error.cause().to_owned()
}
