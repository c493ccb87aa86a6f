//! One file to the server: continued or begun, written to its end, checked, renamed.

use std::fs::File;
use std::io;
use std::sync::Arc;

use crate::os::tree::{self, TreeKind};
use crate::say;
use crate::sftp::attributes::{Attributes, FileType};
use crate::sftp::client::RemoteFile;
use crate::sftp::extensions::Extension;
use crate::sftp::failure::SftpFault;
use crate::sftp::transfer::blocks::BlockWriter;
use crate::sftp::transfer::compare::BothSides;
use crate::sftp::transfer::decide::{EarlierUse, earlier_use, is_done_with, reason_to_keep};
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::lanes::{Each, TransferLane};
use crate::sftp::transfer::names;
use crate::sftp::transfer::observer::{RestartReason, SkipReason, TransferEvent, TransferFile};
use crate::sftp::transfer::options::{OverwritePolicy, ResumePolicy};
use crate::sftp::transfer::partial_there::{RemoteJournal, anew, create, earlier, replace};
use crate::sftp::transfer::ranges::{OpenRanges, Ranges};
use crate::sftp::transfer::spread_put;
use crate::sftp::transfer::task::{
    LocalPlace, PLAIN_MODE, RemotePlace, Run, SMALL, SPREAD, SourceFacts, TaskEnd, piece_of,
};

/// Transfers one file.
pub(crate) async fn put(
    run: &Run<'_>,
    lane: &Arc<TransferLane>,
    file: &TransferFile,
    from: &LocalPlace,
    to: &RemotePlace,
) -> Result<TaskEnd, TransferFault> {
    let local = |error: io::Error| TransferFault::local(&file.from, &error);
    let is_new = to.folder.ensure(&lane.sftp).await?;
    let source = from.folder.open().and_then(|it| it.open_to_read(&from.name, from.follow));
    let source = source.map_err(local)?;
    let status = tree::status_of(&source).map_err(local)?;
    if status.kind != TreeKind::File {
        return Err(TransferFault::about(&file.from, &say!(transfer_special)));
    }
    let facts = SourceFacts::from(&status);
    let there = match is_new {
        true => None,
        false => what_is_there(lane, &to.path).await?,
    };
    let (folder, name) = names::split(&to.path);
    let partial = [folder, &names::partial_of(name)].concat();
    let journal_path = [folder, &names::journal_of(name)].concat();
    if let Some(there) = &there
        && let Some(why) = reason_to_keep(run, file, &facts, there).await?
    {
        if is_done_with(run, why) {
            // Mostly there is neither.
            let (partial, journal) = (lane.sftp.remove(&partial), lane.sftp.remove(&journal_path));
            let _ = (partial.await, journal.await);
        }
        return Ok(TaskEnd::Skipped(why));
    }
    let is_spread = run.lanes.are_several() && status.size > SPREAD;
    let _permit = match (is_spread, status.size > SMALL) {
        (true, _) => run.spread.acquire().await.ok(),
        (false, true) => lane.large.acquire().await.ok(),
        (false, false) => None,
    };
    let journal = RemoteJournal::new(&lane.sftp, journal_path);
    let putting = Putting { run, lane, file, source: &source, facts, partial, journal };
    let (remote, have) = match create(&lane.sftp, &putting.partial).await? {
        Some(remote) => (remote, Ranges::default()),
        None => match putting.earlier().await? {
            Some(found) => found,
            None => return Ok(TaskEnd::Skipped(SkipReason::Answered)),
        },
    };
    run.tell(TransferEvent::Began { file, resumed: have.bytes() });
    let mode = if run.options.keep_modes { facts.mode } else { there.and_then(|it| it.mode) };
    let looks = Attributes {
        permissions: Some(mode.unwrap_or(PLAIN_MODE)),
        times: facts.times.filter(|_| run.options.keep_times).and_then(remote_times),
        // What replaces a file belongs to whom that belonged.
        owner: there.and_then(|there| there.owner),
        size: None,
    };
    match putting.finish(remote, have, is_spread, looks, &to.path).await {
        Ok(bytes) => Ok(TaskEnd::File { bytes, verified: run.options.verify }),
        Err(fault) => Err(putting.left(fault).await),
    }
}

/// What is under the final name.
async fn what_is_there(
    lane: &TransferLane,
    path: &[u8],
) -> Result<Option<SourceFacts>, TransferFault> {
    let there = lane.sftp.lstat(path).await;
    let kind = there.as_ref().map(Attributes::file_type);
    let leads_to = match kind {
        Ok(FileType::Symlink) => lane.sftp.stat(path).await.ok().map(|it| it.file_type()),
        _ => None,
    };
    match there {
        _ if matches!(kind, Ok(FileType::Directory)) => {
            Err(TransferFault::about(path, &say!(transfer_is_a_directory)))
        }
        _ if matches!(kind, Ok(FileType::Special)) || leads_to == Some(FileType::Special) => {
            Err(TransferFault::special(path))
        }
        Ok(attributes) => Ok(Some(SourceFacts::from(&attributes))),
        Err(failure) if failure.fault() == SftpFault::NoSuchFile => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// Tells of a failure of little weight.
pub(crate) fn note(run: &Run<'_>, fault: TransferFault) -> Result<(), TransferFault> {
    if fault.lost {
        return Err(fault);
    }
    run.tell(TransferEvent::Noted { error: &fault.error });
    Ok(())
}

/// Times as the server takes them: up to 2106, and not before 1970.
pub(crate) fn remote_times((access, modified): (i64, i64)) -> Option<(u32, u32)> {
    Some((u32::try_from(access.max(0)).unwrap_or(u32::MAX), u32::try_from(modified).ok()?))
}

/// One file on its way to the server.
struct Putting<'a> {
    run: &'a Run<'a>,
    lane: &'a Arc<TransferLane>,
    file: &'a TransferFile,
    source: &'a File,
    facts: SourceFacts,
    /// The path of the unfinished file.
    partial: Vec<u8>,
    journal: RemoteJournal<'a>,
}

impl Putting<'_> {
    fn sides<'b>(&'b self, remote: &'b RemoteFile) -> BothSides<'b> {
        let Putting { run, lane, file, source, .. } = self;
        BothSides { run, lane, file, path: &file.from, local: source, remote }
    }

    /// What an earlier transfer has left, if it is to be used and is right; else a new file.
    /// `None` if this file is to be left out.
    async fn earlier(&self) -> Result<Option<(RemoteFile, Ranges)>, TransferFault> {
        let sftp = &self.lane.sftp;
        if self.run.options.resume != ResumePolicy::Never
            && let Some((remote, size)) = earlier(sftp, &self.partial).await?
        {
            let have = self.journal.have(&self.facts, size).await?;
            let bytes = have.as_ref().map_or(0, Ranges::bytes);
            match earlier_use(self.run, self.file, bytes).await? {
                EarlierUse::Skip => return Ok(None),
                EarlierUse::Restart => {}
                EarlierUse::Resume => {
                    if let Some(have) = have.filter(|have| Some(have.end()) <= self.facts.size)
                        && self.sides(&remote).are_same(&have).await?
                    {
                        return Ok(Some((remote, have)));
                    }
                    let (file, why) = (self.file, RestartReason::Mismatch);
                    self.run.tell(TransferEvent::Restarted { file, bytes: 0, why });
                }
            }
        }
        Ok(Some((anew(sftp, &self.partial, &self.journal).await?, Ranges::default())))
    }

    /// Writes what is missing, checks it, and gives it its name; the size.
    async fn finish(
        &self,
        remote: RemoteFile,
        have: Ranges,
        is_spread: bool,
        looks: Attributes,
        to: &[u8],
    ) -> Result<u64, TransferFault> {
        let Putting { run, lane, .. } = self;
        let mut writer = BlockWriter::new(&remote, &run.rate, lane.limits.write);
        let size = match have.prefix() {
            Some(prefix) if !is_spread => self.whole(&remote, &mut writer, prefix).await?,
            _ => self.ranges(have, is_spread).await?,
        };
        if size > SMALL {
            self.settle(&mut writer).await?;
        }
        if run.options.verify {
            self.settle(&mut writer).await?;
            if !self.sides(&remote).is_verified(size).await? {
                return Err(TransferFault::about(&self.partial, &say!(transfer_differs)));
            }
        }
        // With a small file, these are on their way together with its blocks.
        let set = remote.set_stat(&Attributes { owner: None, ..looks });
        // By itself, because a server may do nothing else if it may not do that.
        let owner = Attributes { owner: looks.owner, ..Attributes::default() };
        let given = looks.owner.map(|_| remote.set_stat(&owner));
        let now = remote.stat();
        self.settle(&mut writer).await?;
        drop(writer);
        if run.options.fsync && lane.sftp.extensions().has(Extension::Fsync) {
            remote.fsync().await?;
        }
        let close = remote.close();
        if let Err(failure) = set.await {
            note(run, failure.into())?;
        }
        if let Some(given) = given
            && let Err(failure) = given.await
        {
            note(run, failure.into())?;
        }
        let mut now = now.await?.size;
        close.await?;
        if now.is_some_and(|now| now != size) {
            // A server that works on several requests at once may have been too early.
            now = lane.sftp.lstat(&self.partial).await?.size;
        }
        if let Some(received) = now.filter(|now| *now != size) {
            let cause = say!(transfer_size, received, size);
            return Err(TransferFault::about(&self.partial, &cause));
        }
        let journal = self.journal.end();
        match run.options.overwrite {
            OverwritePolicy::Never => lane.sftp.rename_new(&self.partial, to).await?,
            _ => replace(&lane.sftp, &self.partial, to).await?,
        }
        if let Some(removed) = journal
            && let Err(failure) = removed.await
        {
            note(run, failure.into())?;
        }
        Ok(size)
    }

    /// Names what is left in a failure; nothing is left if nothing has been written.
    async fn left(&self, fault: TransferFault) -> TransferFault {
        if fault.lost {
            return fault.leaving(&self.partial);
        }
        match self.lane.sftp.lstat(&self.partial).await.map(|attributes| attributes.size) {
            Ok(Some(0)) if self.lane.sftp.remove(&self.partial).await.is_ok() => fault,
            _ => fault.leaving(&self.partial),
        }
    }

    /// Writes what is missing of a file of which several parts are there, over all lanes or one.
    async fn ranges(&self, have: Ranges, is_spread: bool) -> Result<u64, TransferFault> {
        let lanes = match is_spread {
            true => self.run.lanes.each(),
            false => Each::only(Arc::clone(self.lane)),
        };
        let size = self.facts.size.unwrap_or_default();
        let missing = OpenRanges::new(have.missing(size), piece_of(size));
        let spread = spread_put::SpreadPut {
            run: self.run,
            file: self.file,
            source: self.source,
            partial: &self.partial,
            journal: &self.journal,
            facts: &self.facts,
            have: &have,
        };
        spread.put(lanes, &missing).await?;
        match self.source_size()? {
            now if now != size => Err(self.wrong_size(size, now)),
            _ => Ok(size),
        }
    }

    fn source_size(&self) -> Result<u64, TransferFault> {
        let status = tree::status_of(self.source);
        status.map(|it| it.size).map_err(|error| TransferFault::local(&self.file.from, &error))
    }

    fn wrong_size(&self, received: u64, size: u64) -> TransferFault {
        TransferFault::about(&self.file.from, &say!(transfer_size, received, size))
    }

    /// Sends the file from where it is continued to its end; its size. The answers to the last
    /// blocks are outstanding afterwards. A file that is changed meanwhile is sent on, or once
    /// more.
    async fn whole(
        &self,
        remote: &RemoteFile,
        writer: &mut BlockWriter<'_>,
        from: u64,
    ) -> Result<u64, TransferFault> {
        let (mut next, mut size, mut again) = (from, self.facts.size.unwrap_or_default(), false);
        loop {
            next = self.send_to_end(writer, next, size).await?;
            size = self.source_size()?;
            // Files that have no size may have bytes, as those of the kernel.
            if size == next || size == 0 {
                return Ok(next);
            }
            if again {
                return Err(self.wrong_size(next, size));
            }
            again = true;
            if size < next {
                self.settle(writer).await?;
                remote.set_stat(&Attributes { size: Some(0), ..Attributes::default() }).await?;
                let (file, bytes, why) = (self.file, next, RestartReason::Changed);
                self.run.tell(TransferEvent::Restarted { file, bytes, why });
                next = 0;
            }
        }
    }

    /// Sends all up to the end of the source, which is expected at `size`.
    async fn send_to_end(
        &self,
        writer: &mut BlockWriter<'_>,
        from: u64,
        size: u64,
    ) -> Result<u64, TransferFault> {
        let mut next = from;
        loop {
            if writer.is_full() {
                self.answer(writer).await?;
                continue;
            }
            // A byte more than expected: what fills less is the end.
            let left = if size == 0 { u64::MAX } else { size.saturating_sub(next) + 1 };
            let wanted = left.min(writer.block.into()) as usize;
            let mut buffer = writer.buffer(wanted);
            let count = tree::read_at(self.source, &mut buffer, next)
                .map_err(|error| TransferFault::local(&self.file.from, &error))?;
            if count > 0 {
                buffer.truncate(count);
                writer.send(next, buffer).await;
                next += count as u64;
            }
            if count < wanted {
                return Ok(next);
            }
        }
    }

    async fn answer(&self, writer: &mut BlockWriter<'_>) -> Result<u64, TransferFault> {
        let count = writer.answer().await?;
        if count > 0 {
            self.run.tell(TransferEvent::Bytes { file: self.file, count });
        }
        Ok(count)
    }

    /// Waits for all answers.
    async fn settle(&self, writer: &mut BlockWriter<'_>) -> Result<(), TransferFault> {
        while self.answer(writer).await? > 0 {}
        Ok(())
    }
}
