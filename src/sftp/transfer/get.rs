//! One file from the server: blocks asked for ahead, written in order, checked, renamed.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::sync::Arc;

use bytes::BytesMut;

use crate::os::tree::{self, TreeDirectory, TreeKind};
use crate::os::words;
use crate::say;
use crate::sftp::attributes::Attributes;
use crate::sftp::client::{OpenFlags, Pending, RemoteFile};
use crate::sftp::transfer::decide::reason_to_keep;
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::names;
use crate::sftp::transfer::observer::{RestartReason, SkipReason, TransferEvent, TransferFile};
use crate::sftp::transfer::options::OverwritePolicy;
use crate::sftp::transfer::task::{LocalPlace, Run, SourceFacts, TaskEnd, TransferLane};

/// Files up to this size are believed to be as large as their directory says, until they are read.
pub(crate) const SMALL: u64 = 1024 * 1024;
/// Blocks on the way at first; one more with each that arrives.
pub(crate) const FIRST_DEPTH: usize = 8;
/// The most blocks on the way for one file.
pub(crate) const MOST_DEPTH: usize = 64;
/// The mode of a file whose own is not to be kept.
pub(crate) const PLAIN_MODE: u32 = 0o644;

/// Transfers one file.
pub(crate) async fn get(
    run: &Run<'_>,
    lane: &TransferLane,
    file: &TransferFile,
    facts: SourceFacts,
    to: &LocalPlace,
) -> Result<TaskEnd, TransferFault> {
    let local = |error: io::Error| TransferFault::local(&file.to, &error);
    let directory = to.folder.open().map_err(local)?;
    let there = match directory.status(&to.name, false) {
        Ok(status) if status.kind == TreeKind::Directory => {
            return Err(TransferFault::about(&file.to, &say!(transfer_is_a_directory)));
        }
        Ok(status) => Some(SourceFacts::from(&status)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(local(error)),
    };
    if let Some(there) = &there
        && let Some(why) = reason_to_keep(run, file, &facts, there).await?
    {
        return Ok(TaskEnd::Skipped(why));
    }
    let _large = match facts.size.is_none_or(|size| size > SMALL) {
        true => lane.large.acquire().await.ok(),
        false => None,
    };
    let remote = lane.sftp.open_file(&file.from, OpenFlags::READ, &Attributes::default()).await?;
    let facts = match facts.size {
        Some(0..=SMALL) => facts,
        _ => SourceFacts::from(&remote.stat().await?),
    };
    let partial = LocalPartial::create(directory, to)?;
    run.tell(TransferEvent::Began { file, resumed: 0 });
    let mut reading = Reading::new(run, lane, file, &remote, &partial.file);
    let result = reading.whole(&facts).await;
    let received = reading.received;
    let attributes = match result {
        Ok(attributes) => attributes,
        Err(fault) => return Err(partial.left(fault, received)),
    };
    let facts = SourceFacts::from(&attributes);
    let mode = match run.options.keep_modes {
        true => facts.mode,
        false => there.and_then(|there| there.mode),
    };
    let times = facts.times.filter(|_| run.options.keep_times);
    if let Err(error) = tree::finish_file(&partial.file, Some(mode.unwrap_or(PLAIN_MODE)), times) {
        run.tell(TransferEvent::Noted { error: &local(error).error });
    }
    match partial.rename(&to.name, run.options.overwrite != OverwritePolicy::Never) {
        Ok(true) => Ok(TaskEnd::File { bytes: received, verified: false }),
        Ok(false) => Ok(TaskEnd::Skipped(SkipReason::Exists)),
        Err(fault) => Err(partial.left(fault, received)),
    }
}

/// The unfinished file of a get.
struct LocalPartial {
    directory: Arc<TreeDirectory>,
    name: OsString,
    path: Vec<u8>,
    file: File,
}

impl LocalPartial {
    /// Creates it; what an earlier transfer has left is removed.
    fn create(
        directory: Arc<TreeDirectory>,
        to: &LocalPlace,
    ) -> Result<LocalPartial, TransferFault> {
        let name = words::from_bytes(names::partial_of(to.name.as_encoded_bytes()));
        let path = to.folder.path_of(&name);
        let local = |error: io::Error| TransferFault::local(&path, &error);
        let file = match directory.create(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if let Ok(old) = directory.open_to_write(&name)
                    && !tree::claim(&old)
                {
                    return Err(TransferFault::about(&path, &say!(transfer_busy)));
                }
                directory.remove(&name).map_err(local)?;
                directory.create(&name)
            }
            other => other,
        };
        let file = file.map_err(local)?;
        if !tree::claim(&file) {
            return Err(TransferFault::about(&path, &say!(transfer_busy)));
        }
        Ok(LocalPartial { directory, name, path, file })
    }

    /// Gives it its name, if it is still the file that was written; `false` if that name is taken
    /// and is to be kept.
    fn rename(&self, name: &OsStr, replace: bool) -> Result<bool, TransferFault> {
        let local = |error: io::Error| TransferFault::local(&self.path, &error);
        let (written, named) =
            (tree::status_of(&self.file), self.directory.status(&self.name, false));
        let (written, named) = (written.map_err(local)?, named.map_err(local)?);
        if !written.is_same_file(&named) || written.links != 1 {
            return Err(TransferFault::about(&self.path, &say!(transfer_exchanged)));
        }
        match self.directory.rename(&self.name, name, replace) {
            Ok(()) => Ok(true),
            Err(error) if !replace && error.kind() == io::ErrorKind::AlreadyExists => {
                self.directory.remove(&self.name).map_err(local)?;
                Ok(false)
            }
            Err(error) => Err(local(error)),
        }
    }

    /// Names what is left of it in a failure; nothing is left if nothing has come.
    fn left(&self, fault: TransferFault, received: u64) -> TransferFault {
        if received == 0 && self.directory.remove(&self.name).is_ok() {
            return fault;
        }
        fault.leaving(&self.path)
    }
}

/// A block that was asked for.
struct AskedBlock {
    offset: u64,
    length: u32,
    data: Pending<BytesMut>,
}

/// The blocks of one file on their way here.
struct Reading<'a> {
    run: &'a Run<'a>,
    file: &'a TransferFile,
    remote: &'a RemoteFile,
    local: &'a File,
    block: u32,
    depth: usize,
    ahead: VecDeque<AskedBlock>,
    spare: Vec<BytesMut>,
    /// Where the next block to ask for begins.
    next: u64,
    /// All before this has been written.
    received: u64,
}

impl<'a> Reading<'a> {
    fn new(
        run: &'a Run<'a>,
        lane: &TransferLane,
        file: &'a TransferFile,
        remote: &'a RemoteFile,
        local: &'a File,
    ) -> Reading<'a> {
        let block = run.rate.block(lane.limits.read);
        let (ahead, spare) = (VecDeque::new(), Vec::new());
        let depth = FIRST_DEPTH;
        Reading { run, file, remote, local, block, depth, ahead, spare, next: 0, received: 0 }
    }

    /// Reads the whole file; the attributes that it has at the end.
    async fn whole(&mut self, facts: &SourceFacts) -> Result<Attributes, TransferFault> {
        let mut size = facts.size;
        let mut again = false;
        loop {
            let attributes = self.up_to(size).await?;
            let now = attributes.size.filter(|size| *size > 0).unwrap_or(self.received);
            if now == self.received {
                return Ok(attributes);
            }
            if again {
                let (received, size) = (self.received, now);
                return Err(TransferFault::about(
                    &self.file.from,
                    &say!(transfer_size, received, size),
                ));
            }
            again = true;
            if now < self.received {
                self.restart()?;
            }
            size = Some(now);
        }
    }

    fn restart(&mut self) -> Result<(), TransferFault> {
        self.local.set_len(0).map_err(|error| TransferFault::local(&self.file.to, &error))?;
        let (file, bytes, why) = (self.file, self.received, RestartReason::Changed);
        self.run.tell(TransferEvent::Restarted { file, bytes, why });
        self.received = 0;
        Ok(())
    }

    /// Reads to the end of the file, which is expected at `size`, and asks for its attributes in
    /// the same flight. One byte more is asked for than expected: a file that has grown has it.
    async fn up_to(&mut self, size: Option<u64>) -> Result<Attributes, TransferFault> {
        self.next = self.received;
        let mut goal = match size {
            None => u64::MAX,
            // Files that have no size may have bytes, as those of the kernel.
            Some(0) => u64::from(self.block),
            Some(size) => size.saturating_add(1),
        };
        let mut attributes = None;
        loop {
            self.ask(goal).await;
            if self.next >= goal && attributes.is_none() {
                attributes = Some(self.remote.stat());
            }
            let Some(AskedBlock { offset, length, data }) = self.ahead.pop_front() else {
                // All that was asked for has come, and there is more.
                (goal, attributes) = (u64::MAX, None);
                continue;
            };
            let data = data.await?;
            self.depth = (self.depth + 1).min(MOST_DEPTH);
            if data.is_empty() {
                break;
            }
            let count = data.len() as u64;
            tree::write_at(self.local, &data, offset)
                .map_err(|error| TransferFault::local(&self.file.to, &error))?;
            self.spare.push(data);
            self.received = offset + count;
            self.run.tell(TransferEvent::Bytes { file: self.file, count });
            if count < u64::from(length) {
                let is_end = size.is_some_and(|size| size > 0 && self.received == size);
                if is_end && self.received + 1 == goal {
                    break;
                }
                self.ask_rest(offset + count, length - count as u32);
            }
        }
        self.ahead.clear();
        match attributes {
            Some(attributes) => Ok(attributes.await?),
            None => Ok(self.remote.stat().await?),
        }
    }

    /// Asks for blocks up to the depth.
    async fn ask(&mut self, goal: u64) {
        let depth = if goal == u64::MAX { 2 } else { self.depth };
        while self.next < goal && self.ahead.len() < depth {
            let length = u32::try_from(goal - self.next).unwrap_or(u32::MAX).min(self.block);
            self.run.rate.take(length.into()).await;
            let data = self.read(self.next, length);
            self.ahead.push_back(AskedBlock { offset: self.next, length, data });
            self.next += u64::from(length);
        }
    }

    /// Asks for what a short read has left out, ahead of all others.
    fn ask_rest(&mut self, offset: u64, length: u32) {
        let data = self.read(offset, length);
        self.ahead.push_front(AskedBlock { offset, length, data });
    }

    fn read(&mut self, offset: u64, length: u32) -> Pending<BytesMut> {
        let mut buffer = self.spare.pop().unwrap_or_default();
        buffer.clear();
        self.remote.read_into(offset, length, buffer)
    }
}
