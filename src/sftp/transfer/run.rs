//! A run: the walk hands tasks on, and on each connection several are worked on at once. All of it
//! is one future.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc::{self, Receiver};
use tokio::sync::{Mutex, Semaphore};

use crate::error::{Error, Kind};
use crate::say;
use crate::sftp::attributes::Attributes;
use crate::sftp::client::Sftp;
use crate::sftp::extensions::Extension;
use crate::sftp::transfer::failure::{TransferFault, TransferReport};
use crate::sftp::transfer::observer::{RemoteShell, TransferEvent, TransferObserver};
use crate::sftp::transfer::options::{TransferDirection, TransferJob, TransferOptions};
use crate::sftp::transfer::put::{note, remote_times};
use crate::sftp::transfer::task::{Run, Task, TaskEnd, TransferLane};
use crate::sftp::transfer::walk::{Findings, FolderToFinish, Unwanted};
use crate::sftp::transfer::{get, link, put, walk_local, walk_remote};

/// How far the walk is ahead of the transfers.
const AHEAD: usize = 4096;
/// How many larger files are on the way at once on each connection: while one ends, the next one
/// begins.
const LARGE_AT_ONCE: usize = 2;

/// Transfers files over one or several connections to the same account.
pub struct Transfer {
    connections: Vec<Sftp>,
    options: TransferOptions,
    shell: Option<Arc<dyn RemoteShell>>,
}

impl Transfer {
    /// Transfers over these connections. All of them see the same files; the first one also reads
    /// directories.
    pub fn new(connections: Vec<Sftp>, options: TransferOptions) -> Transfer {
        Transfer { connections, options, shell: None }
    }

    /// Has the server make hashes of its own files where that is possible.
    #[must_use]
    pub fn with_shell(mut self, shell: Arc<dyn RemoteShell>) -> Transfer {
        self.shell = Some(shell);
        self
    }

    /// Carries out all jobs, in their order as far as several are not on the way at once.
    ///
    /// Dropping the future stops everything at once; unfinished files stay.
    pub async fn run(
        &self,
        jobs: &[TransferJob],
        observer: &dyn TransferObserver,
    ) -> TransferReport {
        let mut lanes = Vec::new();
        let mut lost = None;
        for sftp in &self.connections {
            match sftp.limits().await {
                Ok(limits) => lanes.push(TransferLane {
                    sftp: sftp.clone(),
                    limits,
                    large: Semaphore::new(LARGE_AT_ONCE),
                }),
                Err(failure) => lost = Some(failure.into_error()),
            }
        }
        let run = Run::new(&self.options, observer, self.shell.as_deref(), lanes);
        if let Some(first) = run.lanes.first() {
            let puts = || jobs.iter().any(|job| matches!(job, TransferJob::Put { .. }));
            if run.options.fsync && !first.sftp.extensions().has(Extension::Fsync) && puts() {
                let error = Error::new(Kind::Channel, say!(transfer_no_fsync));
                run.tell(TransferEvent::Noted { error: &error });
            }
            let work = async {
                let folders = all(&run, jobs).await;
                finish(&run, &first.sftp, folders).await;
            };
            tokio::select! {
                biased;
                () = run.stop.notified() => {}
                () = work => {}
            }
        } else {
            run.count(|report| report.stopped = lost);
        }
        run.report.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Walks and transfers; the directories that are to be finished.
async fn all(run: &Run<'_>, jobs: &[TransferJob]) -> Vec<FolderToFinish> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let receiver = Mutex::new(receiver);
    let walking = async {
        let mut found = Findings::new(run, sender);
        let walked = walk(&mut found, jobs).await;
        if walked.is_ok() {
            found.tell(true);
        }
        found.folders
    };
    let mut workers: FuturesUnordered<_> = run
        .lanes
        .iter()
        .flat_map(|lane| std::iter::repeat_n(lane, run.options.at_once.max(1)))
        .map(|lane| work(run, lane, &receiver))
        .collect();
    let working = async { while workers.next().await.is_some() {} };
    tokio::pin!(walking, working);
    tokio::select! {
        folders = &mut walking => {
            working.await;
            folders
        }
        // All connections are gone.
        () = &mut working => Vec::new(),
    }
}

async fn walk(found: &mut Findings<'_>, jobs: &[TransferJob]) -> Result<(), Unwanted> {
    let Some(first) = found.run.lanes.first() else { return Ok(()) };
    for job in jobs {
        match job {
            TransferJob::Get { from, to } => {
                walk_remote::walk(found, &first.sftp, from, to).await?;
            }
            TransferJob::Put { from, to } => walk_local::walk(found, from, to).await?,
        }
    }
    Ok(())
}

/// Works on one task after the other, until there are no more or the connection is gone.
async fn work(run: &Run<'_>, lane: &TransferLane, tasks: &Mutex<Receiver<Task>>) {
    loop {
        let next = tasks.lock().await.recv().await;
        let Some(task) = next else { return };
        let (result, file) = match &task {
            Task::Get { file, facts, to } => {
                (get::get(run, lane, file, *facts, to).await, Some(file))
            }
            Task::Put { file, from, to } => (put::put(run, lane, file, from, to).await, Some(file)),
            Task::GetLink { file, to } => (link::get(run, &lane.sftp, file, to).await, Some(file)),
            Task::PutLink { file, from, to } => {
                (link::put(run, &lane.sftp, file, from, to).await, Some(file))
            }
            Task::MakeFolder { folder, .. } => {
                (folder.ensure(&lane.sftp).await.map(|_| TaskEnd::Folder), None)
            }
        };
        let lost = result.as_ref().is_err_and(|fault| fault.lost);
        match (result, file, &task) {
            (Ok(end), Some(file), _) => run.ended(file, &end),
            (Err(fault), Some(file), _) => run.failed(file.direction, &file.from, &file.to, fault),
            (Err(fault), _, Task::MakeFolder { from, folder }) => {
                run.failed(TransferDirection::Put, from, &folder.path, fault);
            }
            _ => {}
        }
        if lost {
            return;
        }
    }
}

/// Sets the modes and times of directories, the innermost first.
async fn finish(run: &Run<'_>, sftp: &Sftp, folders: Vec<FolderToFinish>) {
    let options = run.options;
    for folder in folders.into_iter().rev() {
        let result = match folder {
            FolderToFinish::Local { folder, facts } => {
                let mode = facts.mode.filter(|_| options.keep_modes);
                let times = facts.times.filter(|_| options.keep_times);
                let set = folder.open().and_then(|open| open.finish(mode, times));
                let path = folder.path.as_os_str().as_encoded_bytes();
                set.map_err(|error| TransferFault::local(path, &error))
            }
            FolderToFinish::Remote { folder, facts } => {
                let permissions = facts.mode.filter(|_| options.keep_modes);
                let times = facts.times.filter(|_| options.keep_times).and_then(remote_times);
                let attributes = Attributes { permissions, times, ..Attributes::default() };
                match folder.ensure(sftp).await {
                    Ok(_) => {
                        sftp.set_stat(&folder.path, &attributes).await.map_err(TransferFault::from)
                    }
                    // That was told when it was to be made.
                    Err(_) => Ok(()),
                }
            }
        };
        if let Err(fault) = result
            && let Err(fault) = note(run, fault)
        {
            run.tell(TransferEvent::Noted { error: &fault.error });
            return;
        }
    }
}
