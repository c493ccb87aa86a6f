//! `tessh bench`: measures a server through tessh, and through ssh beside it.
//!
//! ```text
//!   words       the words after the verb
//!   picture     where the picture goes
//!   rounds      what is measured, in which order, for how long
//!   probe       what is found out before, and how runs are made
//!   task        what was measured so far, and the time that is left
//!   meter       what a run is: a process, or a channel
//!   processes   the command lines of the programs
//!   child       one process, measured
//!   processor   how much of a processor a program can have here
//! ```
//!
//! The login is that of `cli/connect/measure`; what follows from the figures, and how they are shown,
//! is in `bench`.

mod child;
mod meter;
mod picture;
mod probe;
mod processes;
mod processor;
mod rounds;
mod task;
mod words;

use std::path::PathBuf;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::{Instant, timeout, timeout_at};

use self::picture::PicturePlace;
use self::rounds::ciphers;
use self::task::{BenchTask, SoFar};
use self::words::{BenchWords, SshWanted};
use crate::bench::{
    self, BenchEnd, BenchFindings, BenchMode, BenchProgram, ChartStyle, SetupTimes,
};
use crate::cli::args::Typed;
use crate::cli::connect::measure::MeasuredHost;
use crate::cli::environment::{self, ProcessEnvironment};
use crate::cli::output::{print, print_json};
use crate::cli::{attempt, help, log, look, runtime};
use crate::client::Session;
use crate::client::session::{measured, relay};
use crate::error::{Error, Kind, Result};
use crate::os::descriptor;
use crate::os::process::is_program;
use crate::os::signal::Signal;
use crate::say;
use crate::{terminal, text};

/// How long `ssh -V` may take.
const FOR_VERSION: Duration = Duration::from_secs(5);
/// How many characters of a name and of a version are shown.
const SHOWN: usize = 200;
const VERSION: usize = 60;
/// The attempt that Ctrl-C gives up is the measurement.
const ATTEMPT: usize = 1;

pub(super) fn run(typed: &Typed, environment: ProcessEnvironment) -> Result<u8> {
    let words = BenchWords::read(&typed.rest)?;
    if words.help {
        return print(&help::bench_help());
    }
    let ssh = found(&words.ssh, &environment)?;
    let picture = words.svg.as_deref().map(PicturePlace::find).transpose()?;
    let host = MeasuredHost::prepare(&words.typed, environment)?;
    runtime::run_to_exit_code(async move { Box::pin(measure(host, &words, (ssh, picture))).await })
}

async fn measure(
    mut host: MeasuredHost,
    words: &BenchWords,
    (ssh, picture): (Option<PathBuf>, Option<PicturePlace>),
) -> Result<u8> {
    let (session, first) = host.first().await?;
    let ciphers = ciphers(&host, &session, words.algorithms)?;
    if ciphers.is_empty() {
        return Err(Error::new(Kind::KeyExchange, say!(bench_no_cipher)));
    }
    if words.algorithms && !host.is_silent() && ciphers.len() > 1 {
        relay::close(session).await;
        return Err(Error::new(Kind::Authentication, say!(bench_search_asks))
            .hint(say!(bench_search_asks_hint)));
    }
    let began = Instant::now();
    let mut findings = empty(&host, &session, ciphers, words.algorithms);
    if ssh.is_none() && words.ssh == SshWanted::OnPath {
        findings.without_ssh = Some(say!(bench_no_ssh));
    }
    let ssh = compared(ssh, &host, &mut findings).await;
    let so_far = SoFar::new(findings);
    if !words.typed.json && terminal::is_terminal(descriptor::stderr()) {
        log::write(&format!("tessh: {}", say!(bench_begins, seconds = words.seconds)));
    }
    let end = began + Duration::from_secs(words.seconds);
    let ended = bounded(&host, &session, first, (&so_far, ssh, words.bytes, (began, end))).await;
    let mut findings = so_far.shown();
    findings.elapsed = began.elapsed();
    findings.end = match ended {
        // A part may have been ended before, though all were begun.
        Ok(BenchEnd::Done) => findings.end,
        Ok(end) => end,
        Err(error) if findings.is_empty() => return Err(error),
        Err(error) => {
            findings.notes.push(error.cause().to_owned());
            BenchEnd::Done
        }
    };
    relay::close(session).await;
    if findings.end == BenchEnd::TimeOver && findings.is_empty() {
        return Err(Error::new(Kind::Timeout, say!(bench_nothing, seconds = words.seconds))
            .hint(say!(bench_nothing_hint)));
    }
    // Where one of them cannot be written, what was measured is not lost to the other.
    let drawn = picture.map_or(Ok(()), |place| place.write(&bench::svg(&findings)));
    match words.typed.json {
        true => print_json(&format!("{:#}\n", bench::json(&findings)))?,
        false => print(&bench::page(&findings, style(&host, words)))?,
    };
    drawn?;
    Ok(match findings.end {
        BenchEnd::Interrupted => 128 + Signal::Interrupt.number(),
        BenchEnd::Done | BenchEnd::TimeOver => 0,
    })
}

/// Measures until all is done, the time is over, or the person ends it.
async fn bounded(
    host: &MeasuredHost,
    session: &Session,
    first: SetupTimes,
    (so_far, ssh, bytes, (began, end)): (&SoFar, Option<PathBuf>, u64, (Instant, Instant)),
) -> Result<BenchEnd> {
    let so_far = so_far.clone();
    let task = BenchTask { host, session, so_far, began, end, bytes, ssh };
    // What a task returns is within, so that the outer error is Ctrl-C's alone.
    let work = async { Ok(timeout_at(end, Box::pin(task.run(first))).await) };
    match attempt::run(ATTEMPT, work).await {
        Ok(Ok(done)) => done.map(|()| BenchEnd::Done),
        Ok(Err(_)) => Ok(BenchEnd::TimeOver),
        Err(_) => Ok(BenchEnd::Interrupted),
    }
}

/// Nothing is measured yet.
fn empty(
    host: &MeasuredHost,
    session: &Session,
    ciphers: Vec<String>,
    is_search: bool,
) -> BenchFindings {
    let login = format!("{}@{}", session.user(), host.plan.host);
    BenchFindings {
        login: text::line(&login, SHOWN),
        server: session.facts().server,
        kex: session.negotiated().map(|names| names.kex).unwrap_or_default(),
        mode: BenchMode::Channels,
        programs: vec![(BenchProgram::Tessh, env!("CARGO_PKG_VERSION").to_owned())],
        without_ssh: None,
        ciphers,
        is_search,
        setups: Vec::new(),
        round_trips: Vec::new(),
        starts: Vec::new(),
        transfers: Vec::new(),
        two_at_once: Vec::new(),
        echoes: Vec::new(),
        receive_window: measured::receive_window(session),
        cpu_available: None,
        notes: Vec::new(),
        elapsed: Duration::ZERO,
        end: BenchEnd::Done,
    }
}

/// The program that is called ssh, if it is wanted and there.
///
/// # Errors
/// [`Kind::Usage`]: it was named and is not there.
fn found(wanted: &SshWanted, environment: &ProcessEnvironment) -> Result<Option<PathBuf>> {
    match wanted {
        SshWanted::Without => Ok(None),
        SshWanted::At(path) if is_program(path) => environment::absolute(path).map(Some),
        SshWanted::At(path) => {
            let path = text::path(path);
            Err(Error::new(Kind::Usage, say!(bench_no_such_ssh, path)))
        }
        SshWanted::OnPath => {
            let path = environment.get("PATH");
            Ok(environment::on_path("ssh", path.as_deref().map(AsRef::as_ref)))
        }
    }
}

/// The ssh to compare with, and its version among the findings; or why it cannot be compared with.
async fn compared(
    ssh: Option<PathBuf>,
    host: &MeasuredHost,
    findings: &mut BenchFindings,
) -> Option<PathBuf> {
    let ssh = ssh?;
    if let Some(obstacle) = processes::obstacle_for_ssh(host) {
        findings.without_ssh = Some(obstacle);
        return None;
    }
    let mut command = Command::new(&ssh);
    command.arg("-V");
    let version = timeout(FOR_VERSION, child::version(command)).await.unwrap_or_default();
    if version.starts_with("tessh") {
        findings.without_ssh = Some(say!(bench_ssh_is_tessh));
        return None;
    }
    let version = version.split(',').next().unwrap_or_default();
    let version = text::line(version, VERSION);
    let version = if version.is_empty() { "ssh".to_owned() } else { version };
    findings.programs.push((BenchProgram::Ssh, version));
    Some(ssh)
}

fn style(host: &MeasuredHost, words: &BenchWords) -> ChartStyle {
    match look::bars(host.environment()).filter(|_| !words.typed.plain) {
        Some(look) => ChartStyle {
            columns: terminal::window_size(descriptor::stdout()).map(|size| size.columns as usize),
            colour: look.colour,
            unicode: look.unicode,
        },
        None => ChartStyle::default(),
    }
}
