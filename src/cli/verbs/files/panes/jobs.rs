//! Carries out the jobs of the queue, one after the other. Between this machine and a server the
//! transfer engine copies; within one place, and between two servers, [`copier`](super::copier).

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Notify;

use super::copier::{self, CopyProgress};
use super::place::{Said, local};
use super::server::{PanePlace, PaneServer};
use super::store::PanesStore;
use super::worker::EventOutlet;
use crate::say;
use crate::sftp::{
    OverwritePolicy, ResumePolicy, Transfer, TransferEvent, TransferJob, TransferObserver,
    TransferOptions,
};
use crate::text;
use crate::ui::panes::{
    ExistingFiles, JobTask, PaneSide, PanesEvent, QueuedJob, SharedQueue, locked, path,
};

/// How many characters of a name the queue shows.
const MAX_SHOWN: usize = 80;

/// What carries out jobs.
pub(super) struct JobRunner {
    pub(super) queue: SharedQueue,
    /// The places of the panes, by the words that the queue has for them.
    pub(super) places: [(String, PanePlace); 2],
    pub(super) outlet: EventOutlet,
    /// Told when the queue was changed by the person.
    pub(super) changed: Arc<Notify>,
    pub(super) store: PanesStore,
}

impl JobRunner {
    /// Works until it is dropped. A job that runs then is in the file as one that is not done.
    pub(super) async fn run(self) {
        loop {
            self.save().await;
            let next = locked(&self.queue).start_next(|job| !self.is_lost(job));
            let Some(job) = next else {
                self.changed.notified().await;
                continue;
            };
            self.save().await;
            let ended = tokio::select! {
                ended = self.carry_out(&job) => Some(ended),
                () = self.stopped(job.id) => None,
            };
            if let Some(ended) = ended
                && let Some(job) = locked(&self.queue).job(job.id)
            {
                job.task = match ended {
                    Ok(kept) => JobTask::Done(kept),
                    // It goes on once there is another connection.
                    Err(_) if self.is_lost(job) => JobTask::Waiting,
                    Err(why) => JobTask::Failed(why),
                };
            }
            for side in [PaneSide::Left, PaneSide::Right] {
                let place = &self.places[side.index()].0;
                if *place == job.to.place || job.moves && *place == job.from.place {
                    self.outlet.tell(PanesEvent::Changed(side)).await;
                }
            }
        }
    }

    /// Keeps the queue, so that it survives whatever ends this program.
    async fn save(&self) {
        let (store, jobs) = (self.store.clone(), locked(&self.queue).to_json());
        let saved = tokio::task::spawn_blocking(move || store.save_queue(&jobs)).await;
        if let Ok(Err(why)) = saved {
            self.outlet.tell(PanesEvent::Said(Err(why))).await;
        }
    }

    /// Waits until the person has paused or cancelled the job.
    async fn stopped(&self, id: u64) {
        while locked(&self.queue).goes_on(id) {
            self.changed.notified().await;
            self.save().await;
        }
    }

    /// Whether a connection that a job needs is lost.
    fn is_lost(&self, job: &QueuedJob) -> bool {
        let ends = [&job.from.place, &job.to.place];
        self.places.iter().any(|(words, place)| ends.contains(&words) && place.is_lost())
    }

    fn place(&self, words: &str) -> Said<&PanePlace> {
        let found = self.places.iter().find(|(place, _)| place == words);
        found
            .map(|(_, place)| place)
            .ok_or_else(|| say!(panes_place_elsewhere, place = text::line(words, MAX_SHOWN)))
    }

    /// Carries out a job; how many files were left as they were.
    async fn carry_out(&self, job: &QueuedJob) -> Said<usize> {
        let (from, to) = (self.place(&job.from.place)?, self.place(&job.to.place)?);
        let progress = QueueProgress { queue: Arc::clone(&self.queue), id: job.id };
        let mut kept = 0;
        // What is moved is removed name by name, only after all of it has arrived.
        let parts: Vec<Vec<Vec<u8>>> = match job.moves {
            true => job.names.iter().map(|name| vec![name.clone()]).collect(),
            false => vec![job.names.clone()],
        };
        for names in parts {
            let pairs: Vec<(Vec<u8>, Vec<u8>)> = names
                .iter()
                .map(|name| {
                    let new_name = job.new_name.as_deref().unwrap_or(name);
                    let source = path::join(&job.from.directory, name);
                    (source, path::join(&job.to.directory, new_name))
                })
                .collect();
            let is_same_place = job.from.place == job.to.place;
            let (from_now, to_now) = (&from.now(), &to.now());
            let left = match (from, to) {
                (PanePlace::Remote(server), PanePlace::Local) => {
                    let get = |(from, to): &(Vec<u8>, Vec<u8>)| TransferJob::Get {
                        from: from.clone(),
                        to: local(to),
                    };
                    transfer(server, pairs.iter().map(get).collect(), job, &progress).await?
                }
                (PanePlace::Local, PanePlace::Remote(server)) => {
                    let put = |(from, to): &(Vec<u8>, Vec<u8>)| {
                        let from: PathBuf = local(from);
                        TransferJob::Put { from, to: to.clone() }
                    };
                    transfer(server, pairs.iter().map(put).collect(), job, &progress).await?
                }
                _ if is_same_place && job.moves => {
                    let mut left = 0;
                    for (source, target) in &pairs {
                        left +=
                            copier::move_within(from_now, source, target, job.existing, &progress)
                                .await?;
                    }
                    kept += left;
                    continue;
                }
                _ => {
                    let mut left = 0;
                    for (source, target) in &pairs {
                        left += copier::copy(
                            (from_now, source),
                            (to_now, target),
                            job.existing,
                            &progress,
                        )
                        .await?;
                    }
                    left
                }
            };
            kept += left;
            if job.moves && left == 0 {
                for (source, _) in &pairs {
                    from_now.remove(source).await?;
                }
            }
        }
        Ok(kept)
    }
}

/// Copies by the transfer engine, and goes on with what an earlier time has left.
async fn transfer(
    server: &PaneServer,
    jobs: Vec<TransferJob>,
    job: &QueuedJob,
    progress: &QueueProgress,
) -> Said<usize> {
    let options = TransferOptions {
        recursive: true,
        overwrite: match job.existing {
            ExistingFiles::Keep => OverwritePolicy::Never,
            ExistingFiles::ReplaceOlder => OverwritePolicy::Newer,
            ExistingFiles::Replace => OverwritePolicy::Always,
        },
        resume: ResumePolicy::Always,
        ..TransferOptions::default()
    };
    let transfer = Transfer::new(vec![server.sftp()], options).with_shell(server.shell());
    let report = transfer.run(&jobs, progress).await;
    if let Some(error) = report.stopped {
        return Err(error.to_string());
    }
    match (report.failures.first(), report.failed) {
        (None, 0) => Ok(usize::try_from(report.skipped).unwrap_or(usize::MAX)),
        (Some(first), 1) => Err(first.error.to_string()),
        (first, count) => {
            let first = first.map(|it| it.error.to_string()).unwrap_or_default();
            Err(say!(panes_several_failed, count, first))
        }
    }
}

/// Puts how far a job is into the queue, where the screen sees it.
pub(super) struct QueueProgress {
    queue: SharedQueue,
    id: u64,
}

impl QueueProgress {
    fn change(&self, change: impl FnOnce(&mut QueuedJob)) {
        if let Some(job) = locked(&self.queue).job(self.id) {
            change(job);
        }
    }
}

impl CopyProgress for QueueProgress {
    fn begins(&self, file: &[u8], bytes: u64) {
        self.change(|job| {
            job.current = text::line_bytes(path::name(file), MAX_SHOWN);
            job.total = job.total.saturating_add(bytes);
        });
    }

    fn copied(&self, bytes: u64) {
        self.change(|job| job.copied = job.copied.saturating_add(bytes));
    }
}

impl TransferObserver for QueueProgress {
    fn event(&self, event: TransferEvent<'_>) {
        match event {
            TransferEvent::Found { bytes, .. } => self.change(|job| job.total = bytes),
            TransferEvent::Began { file, resumed } => self.change(|job| {
                job.current = text::line_bytes(path::name(&file.from), MAX_SHOWN);
                job.copied = job.copied.saturating_add(resumed);
            }),
            TransferEvent::Bytes { count, .. } => self.copied(count),
            TransferEvent::Restarted { bytes, .. } => {
                self.change(|job| job.copied = job.copied.saturating_sub(bytes));
            }
            TransferEvent::Skipped { file, .. } => self.copied(file.size),
            _ => {}
        }
    }
}
