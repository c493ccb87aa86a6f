//! The queue of copies: what waits, runs and is done. Targets are fixed when a job is queued. The
//! queue is kept as JSON, so that it survives quitting; names are bytes there, too.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_encoding::HEXLOWER;
use serde_json::{Value, json};

/// The most jobs: more than a person queues by hand.
pub const MAX_JOBS: usize = 1000;

/// What is done with files that are there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExistingFiles {
    /// They stay.
    #[default]
    Keep,
    /// They are replaced if the source is newer.
    ReplaceOlder,
    /// They are replaced if their size or time is another.
    ReplaceDifferent,
    /// They are replaced.
    Replace,
    /// The person is asked about each.
    Ask,
}

/// The policies with the words that the file of the queue has for them.
const POLICIES: [(ExistingFiles, &str); 5] = [
    (ExistingFiles::Keep, "keep"),
    (ExistingFiles::ReplaceOlder, "older"),
    (ExistingFiles::ReplaceDifferent, "different"),
    (ExistingFiles::Replace, "replace"),
    (ExistingFiles::Ask, "ask"),
];

/// A question about a file that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobQuestion {
    /// The path of what is there.
    pub target: Vec<u8>,
    /// The size and the time of what is there, in seconds since 1970.
    pub there: (u64, Option<u32>),
    /// Those of what is to take its place.
    pub source: (u64, Option<u32>),
}

/// The answer to a [`JobQuestion`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobAnswer {
    /// Whether the file is replaced.
    pub replaces: bool,
    /// Whether that is the answer to all questions of the job that follow.
    pub for_all: bool,
}

/// One end of a job: a place, and a directory in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobEnd {
    /// The destination as it was typed; empty for this machine.
    pub place: String,
    /// The directory.
    pub directory: Vec<u8>,
}

/// What a job is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum JobTask {
    /// It waits for its turn.
    #[default]
    Waiting,
    /// It runs.
    Running,
    /// It was stopped by the person, and goes on when they say so.
    Paused,
    /// It is done; how many files were kept as they were.
    Done(usize),
    /// It failed, for this reason.
    Failed(String),
}

/// Files to be copied or moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedJob {
    /// The number by which the job is found again.
    pub id: u64,
    /// Whether the source is removed afterwards.
    pub moves: bool,
    /// Where the files are.
    pub from: JobEnd,
    /// Their names in that directory.
    pub names: Vec<Vec<u8>>,
    /// Where they go.
    pub to: JobEnd,
    /// Another name for a single file.
    pub new_name: Option<Vec<u8>>,
    /// What is done with files that are there already.
    pub existing: ExistingFiles,
    /// Whether the target is made like the source's directory, and then how many names that only
    /// the target has may be removed.
    pub sync: Option<usize>,
    /// What it asks.
    pub question: Option<JobQuestion>,
    /// What was answered.
    pub answer: Option<JobAnswer>,
    /// What it is doing.
    pub task: JobTask,
    /// How many bytes have been copied.
    pub copied: u64,
    /// How many bytes there are, as far as is known.
    pub total: u64,
    /// The file that is being copied, sanitised.
    pub current: String,
}

/// All jobs, in the order in which they run.
#[derive(Debug, Default)]
pub struct JobQueue {
    jobs: Vec<QueuedJob>,
    next: u64,
}

/// The queue, shared by the screen and whoever copies.
pub type SharedQueue = Arc<Mutex<JobQueue>>;

/// The queue; it is whole even after a panic, because each change is one step.
pub fn locked(queue: &SharedQueue) -> MutexGuard<'_, JobQueue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

impl QueuedJob {
    /// A job that waits.
    pub fn new(from: JobEnd, names: Vec<Vec<u8>>, to: JobEnd) -> QueuedJob {
        QueuedJob {
            id: 0,
            moves: false,
            from,
            names,
            to,
            new_name: None,
            existing: ExistingFiles::Keep,
            sync: None,
            question: None,
            answer: None,
            task: JobTask::Waiting,
            copied: 0,
            total: 0,
            current: String::new(),
        }
    }

    /// Whether there is still something to do.
    pub fn is_open(&self) -> bool {
        matches!(self.task, JobTask::Waiting | JobTask::Running | JobTask::Paused)
    }
}

impl JobQueue {
    /// Adds a job at the end; `None` if the queue is full.
    pub fn add(&mut self, job: QueuedJob) -> Option<u64> {
        if self.jobs.len() >= MAX_JOBS {
            self.jobs.retain(QueuedJob::is_open);
        }
        if self.jobs.len() >= MAX_JOBS {
            return None;
        }
        self.next += 1;
        self.jobs.push(QueuedJob { id: self.next, ..job });
        Some(self.next)
    }

    /// All jobs.
    pub fn jobs(&self) -> &[QueuedJob] {
        &self.jobs
    }

    /// The job with this number, to change it.
    pub fn job(&mut self, id: u64) -> Option<&mut QueuedJob> {
        self.jobs.iter_mut().find(|job| job.id == id)
    }

    /// Takes the first job that waits and is ready, which runs from now on.
    pub fn start_next(&mut self, is_ready: impl Fn(&QueuedJob) -> bool) -> Option<QueuedJob> {
        let mut waiting = self.jobs.iter_mut().filter(|job| job.task == JobTask::Waiting);
        let job = waiting.find(|job| is_ready(job))?;
        job.task = JobTask::Running;
        (job.question, job.answer) = (None, None);
        (job.copied, job.total) = (0, 0);
        Some(job.clone())
    }

    /// Whether the job is to go on: it is in the queue, and was not paused.
    pub fn goes_on(&self, id: u64) -> bool {
        self.jobs.iter().any(|job| job.id == id && job.task == JobTask::Running)
    }

    /// Pauses a job that waits or runs, or lets a paused or failed one wait for its turn.
    pub fn pause_or_resume(&mut self, id: u64) {
        let Some(job) = self.job(id) else { return };
        job.task = match &job.task {
            JobTask::Waiting | JobTask::Running => JobTask::Paused,
            JobTask::Paused | JobTask::Failed(_) => JobTask::Waiting,
            JobTask::Done(kept) => JobTask::Done(*kept),
        };
    }

    /// Pauses all jobs that wait or run, or lets all paused ones wait.
    pub fn pause_or_resume_all(&mut self) {
        let busy = |job: &QueuedJob| matches!(job.task, JobTask::Waiting | JobTask::Running);
        let pauses = self.jobs.iter().any(busy);
        for job in &mut self.jobs {
            match job.task {
                JobTask::Waiting | JobTask::Running if pauses => job.task = JobTask::Paused,
                JobTask::Paused if !pauses => job.task = JobTask::Waiting,
                _ => {}
            }
        }
    }

    /// Removes a job; one that runs stops, and the part of its file stays.
    pub fn remove(&mut self, id: u64) {
        self.jobs.retain(|job| job.id != id);
    }

    /// Removes the jobs that are done.
    pub fn remove_done(&mut self) {
        self.jobs.retain(|job| !matches!(job.task, JobTask::Done(_)));
    }

    /// Moves a job up or down; its new place.
    pub fn shift(&mut self, id: u64, down: bool) -> Option<usize> {
        let at = self.jobs.iter().position(|job| job.id == id)?;
        let to = at.saturating_add_signed(if down { 1 } else { -1 }).min(self.jobs.len() - 1);
        self.jobs.swap(at, to);
        Some(to)
    }

    /// The question that is open, with the job that asks it.
    pub fn asked(&self) -> Option<(u64, JobQuestion)> {
        let mut running = self.jobs.iter().filter(|job| job.task == JobTask::Running);
        let asking = running.find(|job| job.question.is_some() && job.answer.is_none())?;
        asking.question.clone().map(|question| (asking.id, question))
    }

    /// How many jobs are still to be done.
    pub fn open(&self) -> usize {
        self.jobs.iter().filter(|job| job.is_open()).count()
    }

    /// How many jobs have failed.
    pub fn failed(&self) -> usize {
        self.jobs.iter().filter(|job| matches!(job.task, JobTask::Failed(_))).count()
    }

    /// The job that runs.
    pub fn running(&self) -> Option<&QueuedJob> {
        self.jobs.iter().find(|job| job.task == JobTask::Running)
    }

    /// The jobs that are not done, as JSON.
    pub fn to_json(&self) -> String {
        let kept = self.jobs.iter().filter(|job| !matches!(job.task, JobTask::Done(_)));
        let jobs: Vec<Value> = kept.map(job_value).collect();
        json!({ "version": 1, "jobs": jobs }).to_string()
    }

    /// Adds the jobs of a JSON text, paused. Whatever is no job is passed over.
    pub fn add_json(&mut self, text: &str, is_wanted: impl Fn(&QueuedJob) -> bool) -> usize {
        let Ok(value) = serde_json::from_str::<Value>(text) else { return 0 };
        let jobs = value["jobs"].as_array().into_iter().flatten().filter_map(job_of);
        jobs.filter(is_wanted).filter_map(|job| self.add(job)).count()
    }
}

fn job_value(job: &QueuedJob) -> Value {
    let bytes = |bytes: &[u8]| HEXLOWER.encode(bytes);
    let end = |end: &JobEnd| json!({ "place": end.place, "directory": bytes(&end.directory) });
    json!({
        "moves": job.moves,
        "from": end(&job.from),
        "names": job.names.iter().map(|name| bytes(name)).collect::<Vec<_>>(),
        "to": end(&job.to),
        "new_name": job.new_name.as_deref().map(bytes),
        "existing": POLICIES.iter().find(|it| it.0 == job.existing).map(|it| it.1),
        "sync": job.sync,
    })
}

fn job_of(value: &Value) -> Option<QueuedJob> {
    let bytes = |value: &Value| HEXLOWER.decode(value.as_str()?.as_bytes()).ok();
    let end = |value: &Value| {
        let place = value["place"].as_str()?.to_owned();
        Some(JobEnd { place, directory: bytes(&value["directory"])? })
    };
    let names = value["names"].as_array()?.iter().map(bytes).collect::<Option<Vec<_>>>()?;
    let mut job = QueuedJob::new(end(&value["from"])?, names, end(&value["to"])?);
    job.moves = value["moves"].as_bool()?;
    job.new_name = bytes(&value["new_name"]);
    let existing = value["existing"].as_str()?;
    // A word that is not known yet replaces nothing.
    job.existing = POLICIES.iter().find(|it| it.1 == existing).map(|it| it.0).unwrap_or_default();
    job.sync = value["sync"].as_u64().map(|most| usize::try_from(most).unwrap_or(0));
    job.task = JobTask::Paused;
    Some(job)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(place: &str, directory: &[u8]) -> JobEnd {
        JobEnd { place: place.into(), directory: directory.to_vec() }
    }

    fn job(name: &[u8]) -> QueuedJob {
        QueuedJob::new(end("", b"/a\xff"), vec![name.to_vec()], end("anna@web1", b"/b"))
    }

    #[test]
    fn jobs_run_in_order_and_can_be_moved_paused_and_removed() {
        let mut queue = JobQueue::default();
        let ids: Vec<u64> = [b"1", b"2", b"3"].map(|name| queue.add(job(name)).unwrap()).to_vec();
        assert_eq!(queue.start_next(|_| true).unwrap().id, ids[0]);
        assert!(queue.goes_on(ids[0]));
        queue.pause_or_resume(ids[0]);
        assert!(!queue.goes_on(ids[0]));
        assert_eq!(queue.shift(ids[2], false), Some(1));
        assert_eq!(queue.start_next(|_| true).unwrap().id, ids[2]);
        queue.remove(ids[2]);
        assert!(!queue.goes_on(ids[2]));
        queue.pause_or_resume_all();
        assert_eq!(queue.start_next(|_| true), None);
        queue.pause_or_resume_all();
        assert_eq!(queue.start_next(|_| true).unwrap().id, ids[0]);
    }

    #[test]
    fn what_is_not_done_comes_back_paused_with_its_bytes() {
        let mut queue = JobQueue::default();
        queue.add(job(b"n\xff\n"));
        let moved = QueuedJob {
            moves: true,
            new_name: Some(b"x".to_vec()),
            existing: ExistingFiles::Ask,
            sync: Some(3),
            ..job(b"2")
        };
        queue.add(moved.clone());
        let done = queue.add(job(b"3")).unwrap();
        queue.job(done).unwrap().task = JobTask::Done(0);
        let mut back = JobQueue::default();
        assert_eq!(back.add_json(&queue.to_json(), |job| job.to.place == "anna@web1"), 2);
        assert_eq!(back.jobs()[0].names, [b"n\xff\n".to_vec()]);
        assert_eq!(back.jobs()[1], QueuedJob { id: 2, task: JobTask::Paused, ..moved });
        assert_eq!(back.add_json(&queue.to_json(), |_| false), 0);
    }

    #[test]
    fn damaged_queues_have_no_jobs() {
        proptest::proptest!(|(text: String)| {
            proptest::prop_assert_eq!(JobQueue::default().add_json(&text, |_| true), 0);
        });
        for text in ["{\"jobs\":[{}]}", "{\"jobs\":[{\"names\":[\"zz\"]}]}", "{\"jobs\":3}"] {
            assert_eq!(JobQueue::default().add_json(text, |_| true), 0);
        }
    }
}
