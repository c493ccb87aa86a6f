//! `tessh get`, `tessh put`, `tessh sync` and `tessh files`: files from and to a server.
//!
//! ```text
//!   words        the words after the verb: flags of its own, flags of connecting, places
//!   place        [user@]host:PATH into a destination and a path
//!   jobs, glob   places into sources and the names of their copies
//!   sync         `tessh sync`: one directory made like another
//!   connections  how many, and making them
//!   progress     what a person sees; questions; events for --json
//!   panes_or_batch  `tessh files`: panes, or a batch of commands
//! ```
//!
//! The way to the server is `cli/connect/subsystem`, the transfer itself `sftp/transfer`.

mod batch;
mod connections;
mod events;
mod glob;
mod jobs;
mod panes;
pub(super) mod panes_or_batch;
mod place;
mod progress;
mod questions;
pub(super) mod sync;
mod words;

use std::ffi::OsString;

use crate::cli::args::{Typed, Verb};
use crate::cli::connect::subsystem::{self, SftpTarget};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::flags::files::FILES;
use crate::cli::output::print;
use crate::cli::{help, log, runtime};
use crate::config::LogLevel;
use crate::error::Result;
use crate::os::descriptor;
use crate::say;
use crate::sftp::{OverwritePolicy, ResumePolicy, Transfer, TransferDirection, TransferOptions};
use crate::terminal;
use connections::{Amount, Connections, Extent};
use place::{Places, looks_remote, shown};
use progress::TransferDisplay;
use words::{FileWords, usage};

/// The exit code if a file failed and others went on.
const SOME_FAILED: u8 = 1;

/// What is to be transferred.
enum TypedPlaces {
    /// These places on the server, to this one here.
    Get(Vec<Vec<u8>>, OsString),
    /// These here, to this one on the server.
    Put(Vec<OsString>, Vec<u8>),
}

pub(super) fn run(typed: &Typed, environment: &ProcessEnvironment) -> Result<u8> {
    let words = FileWords::read(typed, FILES)?;
    if words.help {
        return print(&help::files_help());
    }
    let (verb, (places, connecting)) = match typed.verb {
        Verb::Put => ("put", put(&words, environment)?),
        _ => ("get", get(&words, environment)?),
    };
    let target = subsystem::prepare(&connecting, verb, environment)?;
    let options = options(&words, asks(&words, &target))?;
    runtime::run_to_exit_code(async move { transfer(target, &words, &places, options).await })
}

/// The places that `get` names, and the command line of the connection.
fn get(words: &FileWords, environment: &ProcessEnvironment) -> Result<(TypedPlaces, Typed)> {
    let (sources, local) = match &words.operands[..] {
        [] => return Err(usage(say!(files_nothing_to_get)).hint(say!(files_get_usage))),
        [one] => (std::slice::from_ref(one), OsString::from(".")),
        [sources @ .., last] => (sources, last.word.clone()),
    };
    let here = local.as_encoded_bytes();
    if words.operands.len() > 1
        && (looks_remote(here) || words.has_profile && here.starts_with(b":"))
    {
        let word = shown(here);
        let hint = say!(files_last_is_remote_hint, word);
        return Err(usage(say!(files_last_is_remote, word)).hint(hint));
    }
    let places = Places::new(words, environment.context())?;
    let first = places.split(&sources[0])?;
    let mut paths = vec![first.path];
    for operand in &sources[1..] {
        let place = places.split(operand)?;
        if place.destination != first.destination {
            let name = |place: Option<String>| shown(place.unwrap_or_default().as_bytes());
            let (first, other) = (name(first.destination), name(place.destination));
            return Err(usage(say!(files_one_host, first, other)).hint(say!(files_one_host_hint)));
        }
        paths.push(place.path);
    }
    let typed = words.typed(first.destination, sources[0].at)?;
    Ok((TypedPlaces::Get(paths, local), typed))
}

/// The places that `put` names, and the command line of the connection.
fn put(words: &FileWords, environment: &ProcessEnvironment) -> Result<(TypedPlaces, Typed)> {
    let [sources @ .., last] = &words.operands[..] else {
        return Err(usage(say!(files_nothing_to_put)).hint(say!(files_put_usage)));
    };
    let places = Places::new(words, environment.context())?;
    let to = places.split(last)?;
    if sources.is_empty() {
        return Err(usage(say!(files_nothing_to_put)).hint(say!(files_put_usage)));
    }
    let sources = sources.iter().map(|operand| operand.word.clone()).collect();
    Ok((TypedPlaces::Put(sources, to.path), words.typed(to.destination, last.at)?))
}

/// Transfers; returns the exit code.
///
/// # Errors
/// Nothing can be transferred, or the transfer was stopped.
async fn transfer(
    target: SftpTarget,
    words: &FileWords,
    places: &TypedPlaces,
    options: TransferOptions,
) -> Result<u8> {
    let first = target.open().await?;
    let wanted = async {
        match places {
            TypedPlaces::Get(sources, local) => jobs::get(&first.sftp, sources, local).await,
            TypedPlaces::Put(sources, to) => jobs::put(&first.sftp, sources, to).await,
        }
    };
    let (round_trip, jobs) = tokio::join!(connections::round_trip(&first.sftp), wanted);
    let jobs = jobs?;
    let extent = Extent {
        asked: words.connections,
        round_trip,
        direction: match places {
            TypedPlaces::Get(..) => TransferDirection::Get,
            TypedPlaces::Put(..) => TransferDirection::Put,
        },
        amount: Amount::of(&jobs, words.recursive),
    };
    let mut connections = Connections::begin(first, extent);
    let display = TransferDisplay::new(is_shown(), words.json);
    let transfer = Transfer::new(connections.clients(), options).with_shell(connections.shell());
    let report = transfer.run(&jobs, &display).await;
    display.finish(&report, connections.settle().await);
    drop(transfer);
    let lost = connections.close().await;
    match (report.stopped, lost) {
        (Some(error), _) => Err(error),
        (None, Some(lost)) if report.failed > 0 => Err(lost.hint(say!(files_lost_hint))),
        _ => Ok(if report.failed > 0 { SOME_FAILED } else { 0 }),
    }
}

/// How files are transferred, as the words say.
///
/// # Errors
/// [`Kind::Usage`](crate::error::Kind::Usage): nobody can be asked.
fn options(words: &FileWords, asks: bool) -> Result<TransferOptions> {
    // What has arrived whole is not transferred once more.
    let plain = match words.resume {
        true => OverwritePolicy::Different,
        false => OverwritePolicy::default(),
    };
    let overwrite = words.overwrite.unwrap_or(plain);
    if overwrite == OverwritePolicy::Ask && !asks {
        return Err(
            usage(say!(files_ask_without_terminal)).hint(say!(files_ask_without_terminal_hint))
        );
    }
    Ok(TransferOptions {
        recursive: words.recursive,
        overwrite,
        links: words.links.unwrap_or_default(),
        resume: match (words.resume, asks) {
            (true, _) => ResumePolicy::Always,
            (false, true) => ResumePolicy::Ask,
            (false, false) => ResumePolicy::Never,
        },
        verify: words.verify,
        fsync: words.fsync,
        rate: words.limit,
        ..TransferOptions::default()
    })
}

/// Whether a person at a terminal can be asked about files.
fn asks(words: &FileWords, target: &SftpTarget) -> bool {
    let terminals = [descriptor::stdin(), descriptor::stderr()];
    terminals.into_iter().all(terminal::is_terminal) && !words.json && !target.is_batch()
}

/// Whether a person sees how far a transfer is.
fn is_shown() -> bool {
    terminal::is_terminal(descriptor::stderr()) && log::level() >= LogLevel::Info
}
