//! The plan of a sync: everything that differs in two trees, before anything is changed.

use std::collections::HashSet;

use futures_util::StreamExt;
use futures_util::stream;

use crate::error::{Error, Kind, Result};
use crate::say;
use crate::sftp::attributes::FileType;
use crate::sftp::sync::compare::{
    SyncChange, SyncComparison, SyncDirectory, SyncRules, SyncStep, compare,
};
use crate::sftp::sync::side::Side;
use crate::sftp::transfer::names;

/// How many directories are listed at once.
const AT_ONCE: usize = 16;
/// How many directories deep a tree may be.
const MOST_DEPTH: usize = 100;
/// How many names a tree may have.
pub(crate) const MOST_NAMES: u64 = 10_000_000;

/// What a sync is going to do.
#[derive(Clone, Debug, Default)]
pub struct SyncPlan {
    /// What is done about each name, sorted by path.
    pub changes: Vec<SyncChange>,
    /// The source's directories, each before those in it.
    pub directories: Vec<SyncDirectory>,
    /// How many files and links are the same on both sides.
    pub same: u64,
    /// Directories that could not be read. Nothing is removed then: what they have is not known.
    pub unread: Vec<Error>,
}

impl SyncPlan {
    /// How many changes meet a condition.
    pub fn count(&self, of: impl Fn(&SyncStep) -> bool) -> usize {
        self.changes.iter().filter(|change| of(&change.step)).count()
    }

    /// The bytes of all files that are copied.
    pub fn bytes(&self) -> u64 {
        let copied = self.changes.iter().filter(|it| matches!(it.step, SyncStep::Copy(_)));
        copied.fold(0, |sum, change| sum.saturating_add(change.size))
    }

    /// Takes out the removal of what an interrupted transfer has left of a file that is copied now:
    /// the transfer continues it.
    pub(crate) fn keep_what_is_continued(&mut self) {
        let copied = self.changes.iter().filter(|it| matches!(it.step, SyncStep::Copy(_)));
        let continued: HashSet<Vec<u8>> = copied
            .flat_map(|change| {
                let (directory, name) = names::split(&change.path);
                [names::partial_of(name), names::journal_of(name)]
                    .map(|name| [directory, &name].concat())
            })
            .collect();
        self.changes.retain(|it| it.step != SyncStep::Remove || !continued.contains(&it.path));
    }

    fn add(&mut self, found: SyncComparison) {
        self.changes.extend(found.changes);
        self.same += found.same;
    }
}

/// Lists both trees, level by level, and compares them.
///
/// # Errors
/// The source's directory cannot be read, or the target's.
pub(crate) async fn plan(
    rules: &SyncRules,
    source: &Side<'_>,
    target: &Side<'_>,
) -> Result<SyncPlan> {
    let mut plan = SyncPlan::default();
    let Some(from) = source.list(b"", MOST_NAMES).await? else {
        let cause =
            say!(sftp_about, file = names::shown(&source.path(b"")), cause = say!(sync_no_source));
        return Err(Error::new(Kind::Usage, cause).hint(say!(sync_no_source_hint)));
    };
    let to = target.list(b"", MOST_NAMES).await?;
    if to.is_none() {
        let (path, kind) = (Vec::new(), FileType::Directory);
        plan.changes.push(SyncChange { path, kind, size: 0, step: SyncStep::MakeDirectory });
    }
    let mut names = (from.len() + to.as_ref().map_or(0, Vec::len)) as u64;
    let mut found = compare(rules, b"", from, to.unwrap_or_default());
    for _ in 0..MOST_DEPTH {
        let level = std::mem::take(&mut found.inner);
        plan.add(std::mem::take(&mut found));
        if level.is_empty() {
            plan.changes.sort_by(|one, other| in_order(&one.path, &other.path));
            return Ok(plan);
        }
        let lists = level.clone().into_iter().map(|directory| both(directory, source, target));
        let mut lists = stream::iter(lists).buffered(AT_ONCE);
        let mut next = SyncComparison::default();
        for directory in &level {
            let Some(listed) = lists.next().await else { break };
            match listed {
                Ok((from, to)) => {
                    names += (from.len() + to.len()) as u64;
                    if names > MOST_NAMES {
                        let most = MOST_NAMES;
                        return Err(too_much(source, say!(transfer_too_many, most = most)));
                    }
                    let compared = compare(rules, &directory.path, from, to);
                    next.changes.extend(compared.changes);
                    next.inner.extend(compared.inner);
                    next.same += compared.same;
                }
                Err(error) => plan.unread.push(error),
            }
        }
        drop(lists);
        plan.directories.extend(level);
        found = next;
    }
    Err(too_much(source, say!(transfer_too_deep, most = MOST_DEPTH)))
}

type Names = Vec<crate::sftp::sync::compare::SyncNode>;

async fn both(
    directory: SyncDirectory,
    source: &Side<'_>,
    target: &Side<'_>,
) -> Result<(Names, Names)> {
    let from = source.list(&directory.path, MOST_NAMES).await?.unwrap_or_default();
    let to = match directory.is_in_target {
        true => target.list(&directory.path, MOST_NAMES).await?.unwrap_or_default(),
        false => Vec::new(),
    };
    Ok((from, to))
}

fn too_much(source: &Side<'_>, cause: String) -> Error {
    let file = names::shown(&source.path(b""));
    Error::new(Kind::Local, say!(sftp_about, file, cause))
}

/// The order of a listing: a directory before what is in it, and that before the next name.
fn in_order(one: &[u8], other: &[u8]) -> std::cmp::Ordering {
    one.split(|&byte| byte == b'/').cmp(other.split(|&byte| byte == b'/'))
}
