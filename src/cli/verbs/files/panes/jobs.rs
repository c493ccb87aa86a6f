//! Carries out the jobs of the queue, one after the other. Between this machine and a server the
//! transfer engine copies; within one place, and between two servers, [`copier`](super::copier).

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::compare;
use super::copier::{self, CopyProgress};
use super::place::{Said, local};
use super::server::{PanePlace, PaneServer};
use super::store::PanesStore;
use super::worker::EventOutlet;
use crate::say;
use crate::sftp::{
    Answering, OverwriteAnswer, OverwritePolicy, OverwriteQuestion, ResumePolicy, Sftp, SyncRules,
    SyncStep, Transfer, TransferDirection, TransferEvent, TransferJob, TransferObserver,
    TransferOptions, TransferReport,
};
use crate::text;
use crate::ui::panes::{
    ExistingFiles, JobAnswer, JobQuestion, JobTask, PaneSide, PanesEvent, QueuedJob, SharedQueue,
    locked, path,
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
    /// Told when there may be an answer for a job.
    pub(super) answered: Arc<Notify>,
    /// How files are transferred, but for what each job says itself.
    pub(super) options: TransferOptions,
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
            // There may be another connection by the time the job ends.
            let used = self.connections(&job);
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
                    Err(_) if used.iter().any(Sftp::is_gone) => JobTask::Waiting,
                    Err(why) => JobTask::Failed(why),
                };
            }
            self.outlet.tell(PanesEvent::JobEnded(job.id)).await;
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
        self.connections(job).iter().any(Sftp::is_gone)
    }

    /// The connections that a job would use now.
    fn connections(&self, job: &QueuedJob) -> Vec<Sftp> {
        let ends = [&job.from.place, &job.to.place];
        let places = self.places.iter().filter(|(words, _)| ends.contains(&words));
        places.filter_map(|(_, place)| place.sftp()).collect()
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
        let progress = QueueProgress {
            queue: Arc::clone(&self.queue),
            id: job.id,
            answered: Arc::clone(&self.answered),
            standing: Mutex::default(),
        };
        if let Some(most) = job.sync {
            return self.make_alike((from, to), job, most, &progress).await;
        }
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
                    let jobs = pairs.iter().map(get).collect();
                    transfer(server, jobs, self.options_of(job), &progress).await?
                }
                (PanePlace::Local, PanePlace::Remote(server)) => {
                    let put = |(from, to): &(Vec<u8>, Vec<u8>)| {
                        let from: PathBuf = local(from);
                        TransferJob::Put { from, to: to.clone() }
                    };
                    let jobs = pairs.iter().map(put).collect();
                    transfer(server, jobs, self.options_of(job), &progress).await?
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

    fn options_of(&self, job: &QueuedJob) -> TransferOptions {
        TransferOptions {
            recursive: true,
            overwrite: match job.existing {
                ExistingFiles::Keep => OverwritePolicy::Never,
                ExistingFiles::ReplaceOlder => OverwritePolicy::Newer,
                ExistingFiles::ReplaceDifferent => OverwritePolicy::Different,
                ExistingFiles::Replace => OverwritePolicy::Always,
                ExistingFiles::Ask => OverwritePolicy::Ask,
            },
            resume: ResumePolicy::Always,
            ..self.options.clone()
        }
    }

    /// Makes the target like the source's directory; how many names were left. No more than `most`
    /// names are removed, which the person was told.
    async fn make_alike(
        &self,
        (from, to): (&PanePlace, &PanePlace),
        job: &QueuedJob,
        most: usize,
        progress: &QueueProgress,
    ) -> Said<usize> {
        let (direction, server) = compare::direction(from, to)?;
        let (source, target) = (&job.from.directory[..], &job.to.directory[..]);
        let (here, there) = match direction {
            TransferDirection::Get => (local(target), source),
            TransferDirection::Put => (local(source), target),
        };
        let rules = SyncRules { delete: most > 0, ..SyncRules::default() };
        let options = self.options_of(job);
        let sync = compare::sync(server, direction, (&here, there), &rules, &options);
        let plan = sync.plan().await.map_err(|error| error.to_string())?;
        let removed = plan.count(|step| *step == SyncStep::Remove);
        if removed > most {
            return Err(say!(panes_sync_more, removed, most));
        }
        let report = sync.run(&plan, progress).await;
        let left = concluded(report.transfer)?;
        match report.failures.first() {
            Some(first) => Err(say!(
                panes_several_failed,
                count = report.failures.len(),
                first = first.to_string()
            )),
            None => Ok(left + usize::try_from(report.kept).unwrap_or(usize::MAX)),
        }
    }
}

/// Copies by the transfer engine, and goes on with what an earlier time has left.
async fn transfer(
    server: &PaneServer,
    jobs: Vec<TransferJob>,
    options: TransferOptions,
    progress: &QueueProgress,
) -> Said<usize> {
    let transfer = Transfer::new(vec![server.sftp()], options).with_shell(server.shell());
    concluded(transfer.run(&jobs, progress).await)
}

/// How many files were left as they were.
fn concluded(report: TransferReport) -> Said<usize> {
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
    answered: Arc<Notify>,
    /// The answer to all questions that follow.
    standing: Mutex<Option<bool>>,
}

impl QueueProgress {
    fn change(&self, change: impl FnOnce(&mut QueuedJob)) {
        if let Some(job) = locked(&self.queue).job(self.id) {
            change(job);
        }
    }

    /// Asks the person whether a file is replaced, and waits for the answer. A job that is paused
    /// or cancelled meanwhile is dropped with this question.
    async fn ask(&self, question: JobQuestion) -> bool {
        let standing = || self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(replaces) = *standing() {
            return replaces;
        }
        self.change(|job| (job.question, job.answer) = (Some(question), None));
        loop {
            let answer = locked(&self.queue).job(self.id).and_then(|job| job.answer.take());
            if let Some(JobAnswer { replaces, for_all }) = answer {
                self.change(|job| job.question = None);
                *standing() = for_all.then_some(replaces);
                return replaces;
            }
            self.answered.notified().await;
        }
    }
}

impl CopyProgress for QueueProgress {
    fn begins(&self, file: &[u8], bytes: u64) {
        self.change(|job| {
            job.current = text::name(path::name(file), MAX_SHOWN);
            job.total = job.total.saturating_add(bytes);
        });
    }

    async fn replaces(&self, question: JobQuestion) -> bool {
        self.ask(question).await
    }

    fn copied(&self, bytes: u64) {
        self.change(|job| job.copied = job.copied.saturating_add(bytes));
    }
}

impl TransferObserver for QueueProgress {
    fn overwrite<'a>(&'a self, question: OverwriteQuestion<'a>) -> Answering<'a, OverwriteAnswer> {
        let time = |time: Option<i64>| time.and_then(|time| u32::try_from(time).ok());
        let question = JobQuestion {
            target: question.file.to.clone(),
            there: (question.target_size, time(question.target_time)),
            source: (question.file.size, time(question.source_time)),
        };
        Box::pin(async move {
            match self.ask(question).await {
                true => OverwriteAnswer::Replace,
                false => OverwriteAnswer::Skip,
            }
        })
    }

    fn event(&self, event: TransferEvent<'_>) {
        match event {
            TransferEvent::Found { bytes, .. } => self.change(|job| job.total = bytes),
            TransferEvent::Began { file, resumed } => self.change(|job| {
                job.current = text::name(path::name(&file.from), MAX_SHOWN);
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
