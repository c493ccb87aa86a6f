//! The comparison of two directories: what has to be done so that one becomes like the other.

use std::cmp::Ordering;

use crate::sftp::attributes::FileType;
use crate::sftp::sync::filter::SyncFilter;
use crate::sftp::transfer::names;

/// One name of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncNode {
    /// The name, without `/`.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: FileType,
    /// The size in bytes.
    pub size: u64,
    /// The last modification, in seconds since 1970; `None` if the server does not say.
    pub modified: Option<i64>,
    /// The permission bits.
    pub mode: Option<u32>,
    /// What a symbolic link points to.
    pub link: Option<Vec<u8>>,
}

impl SyncNode {
    /// How many bytes its name takes, and what a link has in it.
    pub fn bytes(&self) -> u64 {
        (self.name.len() + self.link.as_ref().map_or(0, Vec::len)) as u64
    }
}

/// By which files are told apart. With none of them a file is copied only if it is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncCriteria {
    /// Their sizes.
    pub size: bool,
    /// The times of their last modification, to the second.
    pub time: bool,
    /// The hashes of what is in them.
    pub hash: bool,
}

impl Default for SyncCriteria {
    fn default() -> SyncCriteria {
        SyncCriteria { size: true, time: true, hash: false }
    }
}

/// CopyReason a file is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyReason {
    /// The target does not have it.
    New,
    /// The sizes differ; this is the target's.
    Size(u64),
    /// The source was modified later.
    Newer,
    /// The source was modified earlier.
    Older,
    /// The hashes differ.
    Contents,
    /// Something else has the name: a link, say.
    Kind,
}

/// What is to be done about one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncStep {
    /// The file is copied.
    Copy(CopyReason),
    /// Only the hashes can tell whether the file is copied.
    Hash,
    /// The directory is made.
    MakeDirectory,
    /// A link to this is made, in place of one that is there.
    Link(Vec<u8>),
    /// What only the target has is removed; a directory with all that is in it.
    Remove,
    /// Something stands in the way that is not removed without being asked to.
    Blocked,
    /// It is no file, directory or link, and stays.
    Special,
    /// It is what an interrupted transfer has left in the source, and stays.
    Partial,
}

/// One name and what is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncChange {
    /// The path below the compared directories.
    pub path: Vec<u8>,
    /// What has the name: of the target where it is removed, else of the source.
    pub kind: FileType,
    /// The size of the file.
    pub size: u64,
    /// What is to be done.
    pub step: SyncStep,
}

/// A directory of the source that is looked into next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncDirectory {
    /// The path below the compared directories.
    pub path: Vec<u8>,
    /// Whether the target has it, too.
    pub is_in_target: bool,
    /// The permission bits of the source.
    pub mode: Option<u32>,
    /// When the source was modified.
    pub modified: Option<i64>,
}

/// What one directory needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncComparison {
    /// In the order of the names.
    pub changes: Vec<SyncChange>,
    /// The directories in it.
    pub inner: Vec<SyncDirectory>,
    /// How many files and links are the same.
    pub same: u64,
}

/// How directories are compared.
#[derive(Clone, Debug, Default)]
pub struct SyncRules {
    /// By which files are told apart.
    pub criteria: SyncCriteria,
    /// Which names take part; others are neither copied nor removed.
    pub filter: SyncFilter,
    /// Whether what only the target has is removed.
    pub delete: bool,
}

/// Compares what is in a directory of the source with what is in the target's, both in any order.
/// `path` is the directory's below those that are compared, empty for these.
pub fn compare(
    rules: &SyncRules,
    path: &[u8],
    mut source: Vec<SyncNode>,
    mut target: Vec<SyncNode>,
) -> SyncComparison {
    source.sort_by(|one, other| one.name.cmp(&other.name));
    target.sort_by(|one, other| one.name.cmp(&other.name));
    let mut found = SyncComparison::default();
    let (mut source, mut target) = (source.into_iter().peekable(), target.into_iter().peekable());
    loop {
        let order = match (source.peek(), target.peek()) {
            (Some(one), Some(other)) => one.name.cmp(&other.name),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return found,
        };
        let from = if order.is_le() { source.next() } else { None };
        let to = if order.is_ge() { target.next() } else { None };
        found.add(rules, path, from, to);
    }
}

impl SyncComparison {
    fn add(
        &mut self,
        rules: &SyncRules,
        base: &[u8],
        from: Option<SyncNode>,
        to: Option<SyncNode>,
    ) {
        let kept = |node: &SyncNode| {
            rules.filter.keeps(&names::join(base, &node.name), node.kind == FileType::Directory)
        };
        let (from, to) = (from.filter(kept), to.filter(kept));
        match (from, to) {
            (Some(from), to) => self.source_has(rules, base, from, to),
            (None, Some(to)) if rules.delete => self.change(base, &to, SyncStep::Remove),
            (None, _) => {}
        }
    }

    fn source_has(&mut self, rules: &SyncRules, base: &[u8], from: SyncNode, to: Option<SyncNode>) {
        let is_directory = |node: &SyncNode| node.kind == FileType::Directory;
        if matches!(from.kind, FileType::Special | FileType::Unknown) {
            return self.change(base, &from, SyncStep::Special);
        }
        if names::is_partial(&from.name) {
            return self.change(base, &from, SyncStep::Partial);
        }
        // A directory gives way to something else, and something else to a directory, only where
        // what the source does not have is removed.
        let to = match to {
            Some(to) if is_directory(&to) != is_directory(&from) => {
                if !rules.delete {
                    return self.change(base, &from, SyncStep::Blocked);
                }
                self.change(base, &to, SyncStep::Remove);
                None
            }
            to => to,
        };
        match from.kind {
            FileType::Directory => {
                let path = names::join(base, &from.name);
                let (mode, modified) = (from.mode, from.modified);
                let is_in_target = to.is_some();
                self.inner.push(SyncDirectory { path, is_in_target, mode, modified });
                if to.is_none() {
                    self.change(base, &from, SyncStep::MakeDirectory);
                }
            }
            FileType::Symlink => match to {
                Some(to) if to.kind == FileType::Symlink && to.link == from.link => self.same += 1,
                _ => {
                    let link = from.link.clone().unwrap_or_default();
                    self.change(base, &from, SyncStep::Link(link));
                }
            },
            _ => match file_step(rules.criteria, &from, to.as_ref()) {
                Some(step) => self.change(base, &from, step),
                None => self.same += 1,
            },
        }
    }

    fn change(&mut self, base: &[u8], node: &SyncNode, step: SyncStep) {
        let path = names::join(base, &node.name);
        self.changes.push(SyncChange { path, kind: node.kind, size: node.size, step });
    }
}

/// What is to be done about a file; `None` if it is the same.
fn file_step(criteria: SyncCriteria, from: &SyncNode, to: Option<&SyncNode>) -> Option<SyncStep> {
    let Some(to) = to else { return Some(SyncStep::Copy(CopyReason::New)) };
    if to.kind != FileType::Regular {
        return Some(SyncStep::Copy(CopyReason::Kind));
    }
    // Files of different sizes have different hashes.
    if (criteria.size || criteria.hash) && from.size != to.size {
        return Some(SyncStep::Copy(CopyReason::Size(to.size)));
    }
    if criteria.time {
        // A time that is not known is no difference: it would be one in every run.
        if let (Some(source), Some(target)) = (from.modified, to.modified) {
            match source.cmp(&target) {
                Ordering::Greater => return Some(SyncStep::Copy(CopyReason::Newer)),
                Ordering::Less => return Some(SyncStep::Copy(CopyReason::Older)),
                Ordering::Equal => {}
            }
        }
    }
    criteria.hash.then_some(SyncStep::Hash)
}
