//! A sync: the plan, and what carries it out.

use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream;

use crate::error::{Error, Result};
use crate::os::words;
use crate::sftp::client::Sftp;
use crate::sftp::sync::compare::{CopyReason, SyncChange, SyncRules, SyncStep};
use crate::sftp::sync::contents;
use crate::sftp::sync::plan::{self, SyncPlan, in_order};
use crate::sftp::sync::side::{KeptNames, Side};
use crate::sftp::transfer::{
    LinkPolicy, OverwritePolicy, RemoteShell, Transfer, TransferClients, TransferDirection,
    TransferJob, TransferObserver, TransferOptions, TransferReport,
};

/// How many failures beside those of files a report keeps.
const MOST_FAILURES: usize = 10_000;
/// How many files are compared at once by what is in them: as many as a server of OpenSSH's has
/// sessions on one connection, with some to spare.
const COMPARED_AT_ONCE: usize = 4;

/// One directory that becomes like another.
pub struct Sync<'a> {
    /// What lists, makes and removes.
    pub sftp: Sftp,
    /// What the files go over.
    pub clients: TransferClients,
    /// The directory here.
    pub local: &'a Path,
    /// The directory on the server.
    pub remote: &'a [u8],
    /// Which one becomes like the other: with `Get` the one here.
    pub direction: TransferDirection,
    /// What differs.
    pub rules: SyncRules,
    /// How files are transferred. Which ones, and what happens to links and to what is there, is
    /// the sync's to say.
    pub options: TransferOptions,
    /// Has the server make hashes of its own files.
    pub shell: Option<Arc<dyn RemoteShell>>,
}

/// What a sync came to.
#[derive(Clone, Debug, Default)]
pub struct SyncReport {
    /// The files.
    pub transfer: TransferReport,
    /// Links that were made.
    pub links: u64,
    /// Names that were removed; a directory counts as one.
    pub removed: u64,
    /// What else could not be done, a line each.
    pub failures: Vec<Error>,
    /// How many names were not removed because something before had failed.
    pub kept: u64,
}

impl SyncReport {
    /// Whether both directories are now alike, but for what was left out on purpose.
    pub fn is_complete(&self) -> bool {
        self.transfer.is_complete() && self.failures.is_empty() && self.kept == 0
    }

    fn note(&mut self, result: Result<()>) -> bool {
        match result {
            Ok(()) => true,
            Err(error) => {
                if self.failures.len() < MOST_FAILURES {
                    self.failures.push(error);
                }
                false
            }
        }
    }
}

impl Sync<'_> {
    fn sides(&self) -> (Side<'_>, Side<'_>) {
        let (remote, local) = (Side::Remote(&self.sftp, self.remote), Side::Local(self.local));
        match self.direction {
            TransferDirection::Get => (remote, local),
            TransferDirection::Put => (local, remote),
        }
    }

    /// Finds out what differs, and changes nothing.
    ///
    /// # Errors
    /// A directory that was named cannot be read, or a tree has no end.
    pub async fn plan(&self) -> Result<SyncPlan> {
        let (source, target) = self.sides();
        let mut plan = plan::plan(&self.rules, &source, &target, &KeptNames::new()).await?;
        self.compare_contents(&mut plan).await?;
        plan.keep_what_is_continued();
        Ok(plan)
    }

    /// Decides about the files that only what is in them tells apart.
    async fn compare_contents(&self, plan: &mut SyncPlan) -> Result<()> {
        let (sftp, shell) = (&self.sftp, self.shell.as_deref());
        let (here, there) = (Side::Local(self.local), Side::Remote(sftp, self.remote));
        let mut hashed = Vec::new();
        for (at, change) in plan.changes.iter().enumerate() {
            if change.step == SyncStep::Hash {
                let (path, remote) = (here.path(&change.path), there.path(&change.path));
                hashed.push((at, change.path.clone(), path, remote, change.size));
            }
        }
        let here = &here;
        let comparing = hashed.into_iter().map(|(at, below, path, remote, size)| async move {
            let Some(file) = here.open_here(&below)? else { return Ok(None) };
            let same = contents::are_same(sftp, shell, &remote, (&file, &path), size).await?;
            Ok::<_, Error>(Some(at).filter(|_| !same))
        });
        let mut comparing = stream::iter(comparing).buffer_unordered(COMPARED_AT_ONCE);
        while let Some(differs) = comparing.next().await {
            if let Some(at) = differs? {
                plan.changes[at].step = SyncStep::Copy(CopyReason::Contents);
            }
        }
        drop(comparing);
        let before = plan.changes.len();
        plan.changes.retain(|change| change.step != SyncStep::Hash);
        plan.same += (before - plan.changes.len()) as u64;
        Ok(())
    }

    /// Does what the plan says: what is in the way is removed first, what only the target has last,
    /// and that only if nothing has failed before.
    pub async fn run(&self, plan: &SyncPlan, observer: &dyn TransferObserver) -> SyncReport {
        let mut report = SyncReport::default();
        let (source, target) = self.sides();
        report.failures.clone_from(&plan.unread);
        let is_in_way = |at: usize| {
            plan.changes.get(at + 1).is_some_and(|next| next.path == plan.changes[at].path)
        };
        let whole = self.whole_directories(plan);
        let removals = plan.changes.iter().enumerate();
        let removals = removals.filter(|(_, change)| change.step == SyncStep::Remove);
        let (first, last): (Vec<_>, Vec<_>) = removals.partition(|(at, _)| is_in_way(*at));
        for (_, change) in first {
            report.remove(&target, change).await;
        }
        // They are in order, and none is in another one.
        let inside = |path: &[u8]| {
            let after = whole.partition_point(|directory| in_order(directory, path).is_le());
            after > 0 && is_within(path, whole[after - 1])
        };
        let rest = || plan.changes.iter().filter(|change| !inside(&change.path));
        for change in rest().filter(|change| change.step == SyncStep::MakeDirectory) {
            report.note(target.make_directory(&change.path).await);
        }
        let files = rest().filter(|change| matches!(change.step, SyncStep::Copy(_)));
        let jobs: Vec<TransferJob> = files
            .map(|change| change.path.as_slice())
            .chain(whole.iter().copied())
            .map(|path| self.job(&source, &target, path))
            .collect();
        report.transfer = self.transfer().run(&jobs, observer).await;
        for change in rest() {
            match &change.step {
                SyncStep::Link(to) if report.note(target.link(&change.path, to).await) => {
                    report.links += 1;
                }
                SyncStep::Blocked => {
                    report.note(Err(target.blocked(&change.path)));
                }
                _ => {}
            }
        }
        for made in plan.directories.iter().rev() {
            if !made.is_in_target && !inside(&made.path) {
                report.note(target.finish(&made.path, made.mode, made.modified).await);
            }
        }
        if report.is_complete() {
            for (_, change) in last {
                report.remove(&target, change).await;
            }
        } else {
            report.kept = last.len() as u64;
        }
        report
    }

    fn transfer(&self) -> Transfer {
        let options = TransferOptions {
            recursive: true,
            overwrite: OverwritePolicy::Always,
            links: LinkPolicy::Copy,
            follow_copies: false,
            ..self.options.clone()
        };
        let transfer = Transfer::new(self.clients.clone(), options);
        match &self.shell {
            Some(shell) => transfer.with_shell(Arc::clone(shell)),
            None => transfer,
        }
    }

    fn job(&self, source: &Side<'_>, target: &Side<'_>, path: &[u8]) -> TransferJob {
        let (from, to) = (source.path(path), target.path(path));
        match self.direction {
            TransferDirection::Get => TransferJob::Get { from, to: words::from_bytes(to).into() },
            TransferDirection::Put => TransferJob::Put { from: words::from_bytes(from).into(), to },
        }
    }

    /// The outermost directories that the target does not have and that are copied with all that is
    /// in them: one job in place of one for each file.
    fn whole_directories<'p>(&self, plan: &'p SyncPlan) -> Vec<&'p [u8]> {
        let mut whole: Vec<&[u8]> = Vec::new();
        if !self.rules.filter.is_empty() {
            return whole;
        }
        // A tree that is copied whole would fail at what the plan leaves out.
        let is_left = |step: &SyncStep| matches!(step, SyncStep::Special | SyncStep::Partial);
        let is_odd = plan.changes.iter().any(|change| is_left(&change.step));
        if is_odd || !plan.unread.is_empty() {
            return whole;
        }
        for change in plan.changes.iter().filter(|it| it.step == SyncStep::MakeDirectory) {
            // The compared directory itself is made in any case.
            let is_outermost = whole.last().is_none_or(|last| !is_within(&change.path, last));
            if !change.path.is_empty() && is_outermost {
                whole.push(&change.path);
            }
        }
        whole
    }
}

impl SyncReport {
    async fn remove(&mut self, target: &Side<'_>, change: &SyncChange) {
        if self.note(target.remove(&change.path, change.kind).await) {
            self.removed += 1;
        }
    }
}

/// Whether a path is a directory or below it.
fn is_within(path: &[u8], directory: &[u8]) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn of_failures_so_many_are_kept() {
        let mut report = SyncReport::default();
        for _ in 0..=MOST_FAILURES {
            assert!(!report.note(Err(Error::new(Kind::Local, "x"))));
        }
        assert_eq!(report.failures.len(), MOST_FAILURES);
    }
}
