//! What differs in the directories of the two panes, and what making one like the other comes to.

use std::collections::HashMap;

use super::copier::CopyReader;
use super::place::{FilePlace, MAX_KEPT, OpenTrees, Said, local};
use super::server::{PanePlace, PaneServer};
use crate::say;
use crate::sftp::{
    Attributes, FileType, Sync, SyncPlan, SyncRules, SyncStep, TransferDirection, TransferOptions,
};
use crate::ui::panes::{PaneComparison, PaneEntry, PaneSide, SyncPreview, path};

/// Times that differ by less are the same: some servers keep even seconds only.
const SAME_TIME: u32 = 2;
/// How many names are compared: more than a person looks at, and few enough to be kept.
const MOST_NAMES: usize = 1_000_000;

/// Compares two directories with all that is in them.
pub(super) async fn compare(
    places: &[FilePlace; 2],
    paths: [Vec<u8>; 2],
    by_contents: bool,
) -> Said<PaneComparison> {
    let mut comparing = Comparing { places, by_contents, seen: 0 };
    let [left, right] = comparing.listed([&paths[0], &paths[1]]).await?;
    let mut others: HashMap<Vec<u8>, PaneEntry> =
        right.into_iter().map(|entry| (entry.name.clone(), entry)).collect();
    let mut names = [Vec::new(), Vec::new()];
    for one in left {
        let Some(other) = others.remove(&one.name) else {
            names[0].push(one.name);
            continue;
        };
        let at = [path::join(&paths[0], &one.name), path::join(&paths[1], &one.name)];
        let [marks_left, marks_right] = comparing.differ(&at, [&one, &other]).await?;
        if marks_left {
            names[0].push(one.name.clone());
        }
        if marks_right {
            names[1].push(one.name);
        }
    }
    names[1].extend(others.into_keys());
    Ok(PaneComparison { paths, names })
}

struct Comparing<'a> {
    places: &'a [FilePlace; 2],
    by_contents: bool,
    /// How many names have been seen.
    seen: usize,
}

impl Comparing<'_> {
    async fn listed(&mut self, at: [&[u8]; 2]) -> Said<[Vec<PaneEntry>; 2]> {
        let [left, right] = self.places;
        let both = tokio::try_join!(left.names_in(at[0]), right.names_in(at[1]))?;
        self.seen += both.0.len() + both.1.len();
        match self.seen > MOST_NAMES {
            true => Err(say!(panes_compare_too_much, most = MOST_NAMES)),
            false => Ok([both.0, both.1]),
        }
    }

    /// Whether two entries of one name differ, as each side sees it: of two files that differ in
    /// their time only, the newer one does.
    async fn differ(&mut self, at: &[Vec<u8>; 2], entries: [&PaneEntry; 2]) -> Said<[bool; 2]> {
        let [one, other] = entries.map(|entry| entry.attributes);
        if one.file_type() != other.file_type() {
            return Ok([true; 2]);
        }
        match one.file_type() {
            FileType::Directory => Ok([self.trees_differ(at).await?; 2]),
            FileType::Symlink => {
                let [left, right] = self.places;
                let links = tokio::try_join!(left.read_link(&at[0]), right.read_link(&at[1]))?;
                Ok([links.0 != links.1; 2])
            }
            FileType::Special => Ok([false; 2]),
            _ if one.size != other.size => Ok([true; 2]),
            _ if self.by_contents => Ok([!self.same_contents(at).await?; 2]),
            _ => Ok(newer(&one, &other)),
        }
    }

    /// Whether anything in two directories differs.
    async fn trees_differ(&mut self, at: &[Vec<u8>; 2]) -> Said<bool> {
        // Paths from the two directories on.
        let mut open = OpenTrees::at_most(MAX_KEPT);
        open.push(Vec::new(), 0)?;
        while let Some((inside, depth)) = open.pop() {
            let at = at.each_ref().map(|root| match inside.is_empty() {
                true => root.clone(),
                false => path::join(root, &inside),
            });
            let [mut left, mut right] = self.listed([&at[0], &at[1]]).await?;
            if left.len() != right.len() {
                return Ok(true);
            }
            left.sort_unstable_by(|a, b| a.name.cmp(&b.name));
            right.sort_unstable_by(|a, b| a.name.cmp(&b.name));
            for (one, other) in left.iter().zip(&right) {
                if one.name != other.name {
                    return Ok(true);
                }
                let at = [path::join(&at[0], &one.name), path::join(&at[1], &one.name)];
                let types = [one, other].map(|entry| entry.attributes.file_type());
                if types == [FileType::Directory; 2] {
                    let inside = match inside.is_empty() {
                        true => one.name.clone(),
                        false => path::join(&inside, &one.name),
                    };
                    open.push(inside, depth + 1)?;
                } else if Box::pin(self.differ(&at, [one, other])).await? != [false; 2] {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    async fn same_contents(&self, at: &[Vec<u8>; 2]) -> Said<bool> {
        let [left, right] = self.places;
        let mut left = CopyReader::open(left, &at[0]).await?;
        let mut right = CopyReader::open(right, &at[1]).await?;
        let (mut ours, mut theirs) = (Default::default(), Default::default());
        loop {
            tokio::try_join!(left.fill(&mut ours), right.fill(&mut theirs))?;
            let common = ours.len().min(theirs.len());
            if common == 0 {
                return Ok(ours.is_empty() && theirs.is_empty());
            }
            if ours.split_to(common) != theirs.split_to(common) {
                return Ok(false);
            }
        }
    }
}

/// Which of two files is the newer one.
fn newer(one: &Attributes, other: &Attributes) -> [bool; 2] {
    let modified = |of: &Attributes| of.times.map_or(0, |(_, modified)| modified);
    let (one, other) = (modified(one), modified(other));
    [one > other.saturating_add(SAME_TIME), other > one.saturating_add(SAME_TIME)]
}

/// What making the other directory like this side's comes to.
pub(super) async fn plan_sync(
    places: &[PanePlace; 2],
    from: PaneSide,
    paths: [Vec<u8>; 2],
) -> Said<SyncPreview> {
    let (direction, server) = direction(&places[from.index()], &places[from.other().index()])?;
    let ends = [&paths[from.index()][..], &paths[from.other().index()][..]];
    // What only the target has is counted, too.
    let rules = SyncRules { delete: true, ..SyncRules::default() };
    let plan = plan(server, direction, ends, &rules, &TransferOptions::default()).await?;
    if let Some(error) = plan.unread.first() {
        return Err(error.to_string());
    }
    let copies = plan.count(|step| matches!(step, SyncStep::Copy(_)));
    let made = |step: &SyncStep| matches!(step, SyncStep::MakeDirectory | SyncStep::Link(_));
    Ok(SyncPreview {
        from,
        paths,
        copies: (copies, plan.bytes()),
        made: plan.count(made),
        surplus: plan.count(|step| *step == SyncStep::Remove),
    })
}

/// Which way files go between this machine and a server.
pub(super) fn direction<'a>(
    from: &'a PanePlace,
    to: &'a PanePlace,
) -> Said<(TransferDirection, &'a PaneServer)> {
    match (from, to) {
        (PanePlace::Remote(server), PanePlace::Local) => Ok((TransferDirection::Get, server)),
        (PanePlace::Local, PanePlace::Remote(server)) => Ok((TransferDirection::Put, server)),
        _ => Err(say!(panes_sync_places)),
    }
}

async fn plan(
    server: &PaneServer,
    direction: TransferDirection,
    [from, to]: [&[u8]; 2],
    rules: &SyncRules,
    options: &TransferOptions,
) -> Said<SyncPlan> {
    let (here, there) = match direction {
        TransferDirection::Get => (to, from),
        TransferDirection::Put => (from, to),
    };
    let here = local(here);
    let sync = sync(server, direction, (&here, there), rules, options);
    sync.plan().await.map_err(|error| error.to_string())
}

/// A sync of a directory here and one on a server.
pub(super) fn sync<'a>(
    server: &PaneServer,
    direction: TransferDirection,
    (here, there): (&'a std::path::Path, &'a [u8]),
    rules: &SyncRules,
    options: &TransferOptions,
) -> Sync<'a> {
    Sync {
        sftp: server.sftp(),
        clients: vec![server.sftp()].into(),
        local: here,
        remote: there,
        direction,
        rules: rules.clone(),
        options: options.clone(),
        shell: Some(server.shell()),
    }
}
