//! A run: the walk hands tasks on, and on each lane several are worked on at once. All of it
//! is one future.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::{FuturesOrdered, FuturesUnordered};
use log::debug;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{self, Receiver};

use crate::error::{Error, Kind};
use crate::say;
use crate::sftp::attributes::Attributes;
use crate::sftp::client::Sftp;
use crate::sftp::extensions::Extension;
use crate::sftp::transfer::failure::{TransferFault, TransferReport};
use crate::sftp::transfer::lanes::{Each, TransferClients, TransferLane};
use crate::sftp::transfer::observer::{RemoteShell, TransferEvent, TransferObserver};
use crate::sftp::transfer::options::{TransferDirection, TransferJob, TransferOptions};
use crate::sftp::transfer::put::{note, remote_times};
use crate::sftp::transfer::task::{Run, Task, TaskEnd};
use crate::sftp::transfer::walk::{Findings, FolderToFinish, Unwanted};
use crate::sftp::transfer::{get, link, put, walk_local, walk_remote};

/// How far the walk is ahead of the transfers.
const AHEAD: usize = 4096;
/// How many directories are finished at once.
const FINISHED_AT_ONCE: usize = 64;

/// Transfers files over one or several clients of the same account.
pub struct Transfer {
    clients: TransferClients,
    options: TransferOptions,
    shell: Option<Arc<dyn RemoteShell>>,
}

impl Transfer {
    /// Transfers over these clients. Those that come later join in.
    pub fn new(clients: impl Into<TransferClients>, options: TransferOptions) -> Transfer {
        Transfer { clients: clients.into(), options, shell: None }
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
        let run = Run::new(&self.options, observer, self.shell.as_deref());
        let mut clients = self.clients.each();
        let mut lost = None;
        for _ in 0..self.clients.count() {
            if let Some(sftp) = clients.next().await
                && let Err(failure) = run.lanes.add(sftp).await
            {
                lost = Some(failure.into_error());
            }
        }
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
                () = join(&run, clients) => {}
                () = work => {}
            }
        } else {
            run.count(|report| report.stopped = lost);
        }
        run.report.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Makes lanes of the clients that come later; has no end, because it is not what is waited for.
async fn join(run: &Run<'_>, mut clients: Each<Sftp>) {
    while let Some(sftp) = clients.next().await {
        if let Err(failure) = run.lanes.add(sftp).await {
            debug!("a further client: {}", failure.into_error());
        }
    }
    run.lanes.complete();
    std::future::pending::<()>().await;
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
    let working = all_lanes(run, &receiver);
    tokio::pin!(walking, working);
    tokio::select! {
        folders = &mut walking => {
            working.await;
            folders
        }
        // All lanes are gone.
        () = &mut working => Vec::new(),
    }
}

/// Works on tasks on all lanes, until there are no more or all lanes are gone.
async fn all_lanes(run: &Run<'_>, tasks: &Mutex<Receiver<Task>>) {
    let (mut workers, mut lanes, mut coming) = (FuturesUnordered::new(), run.lanes.each(), true);
    loop {
        tokio::select! {
            biased;
            lane = lanes.next(), if coming => match lane {
                Some(lane) => {
                    let at_once = std::iter::repeat_n(lane, run.options.at_once.max(1));
                    workers.extend(at_once.map(|lane| work(run, lane, tasks)));
                }
                None => coming = false,
            },
            ended = workers.next() => if ended.is_none() {
                return;
            },
        }
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

/// Works on one task after the other, until there are no more or the lane is gone.
async fn work(run: &Run<'_>, lane: Arc<TransferLane>, tasks: &Mutex<Receiver<Task>>) {
    loop {
        let next = tasks.lock().await.recv().await;
        let Some(task) = next else { return };
        let (result, file) = match &task {
            Task::Get { file, facts, to } => {
                (get::get(run, &lane, file, *facts, to).await, Some(file))
            }
            Task::Put { file, from, to } => {
                (put::put(run, &lane, file, from, to).await, Some(file))
            }
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
async fn finish(run: &Run<'_>, sftp: &Sftp, mut folders: Vec<FolderToFinish>) {
    folders.sort_by_cached_key(|folder| std::cmp::Reverse(folder.depth()));
    let levels = folders.chunk_by(|one, other| one.depth() == other.depth());
    for some in levels.flat_map(|level| level.chunks(FINISHED_AT_ONCE)) {
        let ended: FuturesOrdered<_> =
            some.iter().map(|folder| finish_one(run, sftp, folder)).collect();
        for result in ended.collect::<Vec<_>>().await {
            if let Err(fault) = result
                && let Err(fault) = note(run, fault)
            {
                run.tell(TransferEvent::Noted { error: &fault.error });
                return;
            }
        }
    }
}

async fn finish_one(
    run: &Run<'_>,
    sftp: &Sftp,
    folder: &FolderToFinish,
) -> Result<(), TransferFault> {
    let (FolderToFinish::Local { facts, .. } | FolderToFinish::Remote { facts, .. }) = folder;
    let mode = facts.mode.filter(|_| run.options.keep_modes);
    let times = facts.times.filter(|_| run.options.keep_times);
    match folder {
        FolderToFinish::Local { folder, .. } => {
            let set = folder.open().and_then(|open| open.finish(mode, times));
            let path = folder.path.as_os_str().as_encoded_bytes();
            set.map_err(|error| TransferFault::local(path, &error))
        }
        FolderToFinish::Remote { folder, .. } => {
            let times = times.and_then(remote_times);
            let attributes = Attributes { permissions: mode, times, ..Attributes::default() };
            match folder.ensure(sftp).await {
                Ok(_) => Ok(sftp.set_stat(&folder.path, &attributes).await?),
                // That was told when it was to be made.
                Err(_) => Ok(()),
            }
        }
    }
}
