//! `tessh sync`: one directory made like another.

use std::ffi::OsString;
use std::path::Path;

use indicatif::HumanBytes;
use log::{error, warn};

use super::connections::{self, Amount, Connections, Extent};
use super::place::{TypedPlace, looks_remote};
use super::progress::TransferDisplay;
use super::words::{FileWords, Operand, usage};
use super::{Places, SOME_FAILED, events, is_shown, jobs};
use crate::cli::args::Typed;
use crate::cli::connect::subsystem::{self, SftpTarget};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::flags::files::SYNC;
use crate::cli::output::print;
use crate::cli::{help, runtime};
use crate::error::Result;
use crate::say;
use crate::sftp::{
    CopyReason, FileType, ResumePolicy, Sync, SyncChange, SyncPlan, SyncReport, SyncStep,
    TransferDirection, TransferOptions,
};
use crate::text;

/// The most characters shown of a path.
const PATH_SHOWN: usize = 2_000;
/// From so many bytes or files on, several connections may be worth it.
const MUCH: u64 = 8 * 1024 * 1024;
const MANY: usize = 64;

/// The two directories that were typed.
struct TypedSync {
    direction: TransferDirection,
    local: OsString,
    remote: TypedPlace,
    /// How many words of connecting stand before the place on the server.
    at: usize,
}

pub fn run(typed: &Typed, environment: &ProcessEnvironment) -> Result<u8> {
    let words = FileWords::read(typed, SYNC)?;
    if words.help {
        return print(&help::sync_help());
    }
    let sync = places(&words, environment)?;
    let connecting = words.typed(sync.remote.destination.clone(), sync.at)?;
    let target = subsystem::prepare(&connecting, "sync", environment)?;
    runtime::run_to_exit_code(async move { synchronise(target, words, sync).await })
}

/// Which of the two places is the one on the server.
fn places(words: &FileWords, environment: &ProcessEnvironment) -> Result<TypedSync> {
    let [from, to] = &words.operands[..] else {
        return Err(usage(say!(sync_two_places)).hint(say!(sync_usage)));
    };
    let is_remote = |operand: &Operand| {
        let word = operand.word.as_encoded_bytes();
        looks_remote(word) || words.has_profile && word.starts_with(b":")
    };
    let (direction, local, remote) = match (is_remote(from), is_remote(to)) {
        (true, false) => (TransferDirection::Get, to, from),
        (false, true) => (TransferDirection::Put, from, to),
        (true, true) => return Err(usage(say!(sync_two_remote)).hint(say!(sync_usage))),
        (false, false) => return Err(usage(say!(sync_two_local)).hint(say!(sync_usage))),
    };
    let place = Places::new(words, environment.context())?.split(remote)?;
    Ok(TypedSync { direction, local: local.word.clone(), remote: place, at: remote.at })
}

/// Plans, and unless that was all, does what was planned; returns the exit code.
///
/// # Errors
/// The directories cannot be compared, or the transfer was stopped.
async fn synchronise(target: SftpTarget, words: FileWords, typed: TypedSync) -> Result<u8> {
    let first = target.open().await?;
    let remote = jobs::directory_named(&first.sftp, &typed.remote.path).await?;
    let local = jobs::without_slashes(&typed.local);
    let shell = connections::shell(&first);
    let mut sync = Sync {
        sftp: first.sftp.clone(),
        clients: vec![first.sftp.clone()].into(),
        local: Path::new(&local),
        remote: &remote,
        direction: typed.direction,
        rules: words.rules.clone(),
        options: TransferOptions {
            // What an interrupted run has left is compared and continued.
            resume: ResumePolicy::Always,
            verify: words.verify,
            fsync: words.fsync,
            rate: words.limit,
            ..TransferOptions::default()
        },
        shell: Some(shell),
    };
    let (round_trip, plan) = tokio::join!(connections::round_trip(&sync.sftp), sync.plan());
    let plan = plan?;
    if words.dry_run {
        let told = tell(&plan, words.json);
        drop(sync);
        Connections::alone(first).close().await;
        return told;
    }
    if words.json {
        plan.changes.iter().for_each(events::planned);
    }
    let is_much =
        plan.bytes() >= MUCH || plan.count(|step| matches!(step, SyncStep::Copy(_))) > MANY;
    let amount = if is_much { Amount::Much } else { Amount::Little };
    let extent =
        Extent { asked: words.connections, round_trip, direction: typed.direction, amount };
    let mut connections = Connections::begin(first, extent);
    sync.clients = connections.clients();
    let display = TransferDisplay::new(is_shown(), words.json);
    let report = sync.run(&plan, &display).await;
    display.finish(&report.transfer, connections.settle().await);
    let complete = report.is_complete();
    conclude(&report, &plan);
    drop(sync);
    connections.close().await;
    match report.transfer.stopped {
        Some(error) => Err(error),
        None => Ok(if complete { 0 } else { SOME_FAILED }),
    }
}

/// Says what beside the files became of the plan.
fn conclude(report: &SyncReport, plan: &SyncPlan) {
    report.failures.iter().for_each(|failure| error!("{failure}"));
    if report.kept > 0 {
        warn!("{}", say!(sync_kept, count = report.kept));
    }
    let special = plan.count(|step| *step == SyncStep::Special);
    if special > 0 {
        warn!("{}", say!(sync_special_left, count = special));
    }
    let partial = plan.count(|step| *step == SyncStep::Partial);
    if partial > 0 {
        warn!("{}", say!(sync_partial_left, count = partial));
    }
}

/// Prints the plan: a line for each name, and one for all.
fn tell(plan: &SyncPlan, json: bool) -> Result<u8> {
    plan.unread.iter().for_each(|failure| error!("{failure}"));
    let code = if plan.unread.is_empty() { 0 } else { SOME_FAILED };
    if json {
        plan.changes.iter().for_each(events::planned);
        return Ok(code);
    }
    let mut lines = String::new();
    for change in &plan.changes {
        lines.push_str(&line(change));
        lines.push('\n');
    }
    let copied = plan.count(|step| matches!(step, SyncStep::Copy(_)));
    lines.push_str(&say!(
        sync_summary,
        files = copied,
        bytes = HumanBytes(plan.bytes()).to_string(),
        directories = plan.count(|step| *step == SyncStep::MakeDirectory),
        links = plan.count(|step| matches!(step, SyncStep::Link(_))),
        removed = plan.count(|step| *step == SyncStep::Remove),
        same = plan.same
    ));
    lines.push('\n');
    print(&lines)?;
    Ok(code)
}

/// One name of a plan: a sign, the path, and why.
fn line(change: &SyncChange) -> String {
    let path = match change.path.is_empty() {
        true => ".".to_owned(),
        false => text::name(&change.path, PATH_SHOWN),
    };
    let slash = if change.kind == FileType::Directory { "/" } else { "" };
    let size = || HumanBytes(change.size).to_string();
    match &change.step {
        SyncStep::Copy(CopyReason::New) => format!("+ {path}  ({})", size()),
        SyncStep::Copy(why) => format!("~ {path}  ({}, {})", reason(*why, change.size), size()),
        SyncStep::Hash => format!("~ {path}"),
        SyncStep::MakeDirectory => format!("+ {path}/"),
        SyncStep::Link(to) => format!("+ {path} -> {}", text::name(to, PATH_SHOWN)),
        SyncStep::Remove => format!("- {path}{slash}"),
        SyncStep::Blocked => format!("! {path}{slash}  ({})", say!(sync_blocked)),
        SyncStep::Special => format!("! {path}  ({})", say!(sync_special)),
        SyncStep::Partial => format!("! {path}{slash}  ({})", say!(sync_partial)),
    }
}

fn reason(why: CopyReason, size: u64) -> String {
    match why {
        CopyReason::New | CopyReason::Kind => say!(sync_why_kind),
        CopyReason::Size(target) => say!(sync_why_size, target, size),
        CopyReason::Newer => say!(sync_why_newer),
        CopyReason::Older => say!(sync_why_older),
        CopyReason::Contents => say!(sync_why_contents),
    }
}
