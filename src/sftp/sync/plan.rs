//! The plan of a sync: everything that differs in two trees, before anything is changed.

use std::collections::HashSet;

use futures_util::StreamExt;
use futures_util::stream;

use crate::error::{Error, Kind, Result};
use crate::say;
use crate::sftp::attributes::FileType;
use crate::sftp::sync::compare::{
    SyncChange, SyncComparison, SyncDirectory, SyncNode, SyncRules, SyncStep, compare,
};
use crate::sftp::sync::side::{KeptNames, Side};
use crate::sftp::transfer::names;

/// How many directories are listed at once.
const AT_ONCE: usize = 16;
/// How many directories deep a tree may be.
const MOST_DEPTH: usize = 100;
/// How many directories that cannot be read are told.
const MOST_UNREAD: usize = 10_000;

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
        let removed = self.changes.iter().filter(|it| it.step == SyncStep::Remove);
        let left = removed.map(|it| names::split(&it.path));
        let directories: HashSet<&[u8]> =
            left.filter(|(_, name)| names::is_partial(name)).map(|(path, _)| path).collect();
        let copied = self.changes.iter().filter(|it| matches!(it.step, SyncStep::Copy(_)));
        let copied = copied.map(|change| names::split(&change.path));
        // Hardly any directory has something that was left.
        let continued: HashSet<Vec<u8>> = copied
            .filter(|(directory, _)| directories.contains(directory))
            .flat_map(|(directory, name)| {
                [names::partial_of(name), names::journal_of(name)]
                    .map(|name| [directory, &name].concat())
            })
            .collect();
        self.changes.retain(|it| it.step != SyncStep::Remove || !continued.contains(&it.path));
    }

    /// Notes a directory that cannot be read; of very many, the first ones are told.
    fn note_unread(&mut self, error: Error) {
        if self.unread.len() < MOST_UNREAD {
            self.unread.push(error);
        }
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
    kept: &KeptNames,
) -> Result<SyncPlan> {
    let mut plan = SyncPlan::default();
    let Some(from) = source.list(b"", kept).await? else {
        let cause =
            say!(sftp_about, file = names::shown(&source.path(b"")), cause = say!(sync_no_source));
        return Err(Error::new(Kind::Usage, cause).hint(say!(sync_no_source_hint)));
    };
    let to = target.list(b"", kept).await?;
    if to.is_none() {
        let (path, kind) = (Vec::new(), FileType::Directory);
        plan.changes.push(SyncChange { path, kind, size: 0, step: SyncStep::MakeDirectory });
    }
    let mut found = compared(rules, b"", from, to.unwrap_or_default(), kept);
    for _ in 0..MOST_DEPTH {
        let level = std::mem::take(&mut found.inner);
        plan.add(std::mem::take(&mut found));
        if level.is_empty() {
            plan.changes.sort_by(|one, other| in_order(&one.path, &other.path));
            return Ok(plan);
        }
        let lists = level.clone().into_iter();
        let lists = lists.map(|directory| both(directory, source, target, kept));
        let mut lists = stream::iter(lists).buffered(AT_ONCE);
        let mut next = SyncComparison::default();
        for directory in &level {
            let Some(listed) = lists.next().await else { break };
            match listed {
                Ok((from, to)) => {
                    let compared = compared(rules, &directory.path, from, to, kept);
                    next.changes.extend(compared.changes);
                    next.inner.extend(compared.inner);
                    next.same += compared.same;
                }
                Err(error) if kept.excess().is_some() => return Err(error),
                Err(error) => plan.note_unread(error),
            }
            if let Some(cause) = kept.excess() {
                return Err(too_much(source, &directory.path, cause));
            }
        }
        drop(lists);
        plan.directories.extend(level);
        found = next;
    }
    Err(too_much(source, b"", say!(transfer_too_deep, most = MOST_DEPTH)))
}

/// Compares a directory, of which only what differs is kept.
fn compared(
    rules: &SyncRules,
    path: &[u8],
    from: Names,
    to: Names,
    kept: &KeptNames,
) -> SyncComparison {
    kept.let_go(from.iter().chain(&to));
    let found = compare(rules, path, from, to);
    for change in &found.changes {
        let link = if let SyncStep::Link(to) = &change.step { to.len() } else { 0 };
        kept.keep(change.path.len() + link);
    }
    found.inner.iter().for_each(|directory| kept.keep(directory.path.len()));
    found
}

type Names = Vec<SyncNode>;

async fn both(
    directory: SyncDirectory,
    source: &Side<'_>,
    target: &Side<'_>,
    kept: &KeptNames,
) -> Result<(Names, Names)> {
    let from = source.list(&directory.path, kept).await?.unwrap_or_default();
    let to = match directory.is_in_target {
        true => target.list(&directory.path, kept).await?.unwrap_or_default(),
        false => Vec::new(),
    };
    Ok((from, to))
}

fn too_much(source: &Side<'_>, below: &[u8], cause: String) -> Error {
    let file = names::shown(&source.path(below));
    Error::new(Kind::Local, say!(sftp_about, file, cause))
}

/// The order of a listing: a directory before what is in it, and that before the next name.
pub(crate) fn in_order(one: &[u8], other: &[u8]) -> std::cmp::Ordering {
    one.split(|&byte| byte == b'/').cmp(other.split(|&byte| byte == b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_directories_that_cannot_be_read_so_many_are_told() {
        let mut plan = SyncPlan::default();
        for number in 0..MOST_UNREAD + 10 {
            plan.note_unread(Error::new(Kind::Local, number.to_string()));
        }
        assert_eq!(plan.unread.len(), MOST_UNREAD);
        assert_eq!(plan.unread[0].cause(), "0");
    }
}
