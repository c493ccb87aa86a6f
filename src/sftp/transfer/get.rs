//! One file from the server: continued or begun, read to its end, checked, renamed.

use std::ffi::OsStr;
use std::io;
use std::sync::Arc;

use crate::os::tree::{self, TreeDirectory, TreeKind};
use crate::say;
use crate::sftp::attributes::Attributes;
use crate::sftp::client::{OpenFlags, RemoteFile};
use crate::sftp::transfer::blocks::BlockReader;
use crate::sftp::transfer::compare::BothSides;
use crate::sftp::transfer::decide::{EarlierUse, earlier_use, is_done_with, reason_to_keep};
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::lanes::{Each, TransferLane};
use crate::sftp::transfer::observer::{RestartReason, SkipReason, TransferEvent, TransferFile};
use crate::sftp::transfer::options::{OverwritePolicy, ResumePolicy};
use crate::sftp::transfer::partial_here::LocalPartial;
use crate::sftp::transfer::ranges::{OpenRanges, Ranges};
use crate::sftp::transfer::spread_get;
use crate::sftp::transfer::task::{
    LocalPlace, PLAIN_MODE, Run, SMALL, SPREAD, SourceFacts, TaskEnd, piece_of,
};

/// Transfers one file.
pub(crate) async fn get(
    run: &Run<'_>,
    lane: &Arc<TransferLane>,
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
        Ok(status) if is_special(&directory, &to.name, status.kind) => {
            return Err(TransferFault::special(&file.to));
        }
        Ok(status) => Some(SourceFacts::from(&status)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(local(error)),
    };
    if let Some(there) = &there
        && let Some(why) = reason_to_keep(run, file, &facts, there).await?
    {
        if is_done_with(run, why) {
            LocalPartial::discard(&directory, to);
        }
        return Ok(TaskEnd::Skipped(why));
    }
    let is_spread = run.lanes.are_several() && facts.size.is_some_and(|size| size > SPREAD);
    let _permit = match (is_spread, facts.size.is_none_or(|size| size > SMALL)) {
        (true, _) => run.spread.acquire().await.ok(),
        (false, true) => lane.large.acquire().await.ok(),
        (false, false) => None,
    };
    let remote = lane.sftp.open_file(&file.from, OpenFlags::READ, &Attributes::default()).await?;
    let facts = match facts.size {
        Some(0..=SMALL) => facts,
        _ => SourceFacts::from(&remote.stat().await?),
    };
    let getting = Getting { run, lane, file, remote: &remote };
    let (partial, have) = match LocalPartial::create(&directory, to)? {
        Some(partial) => (partial, Ranges::default()),
        None => match getting.earlier(&directory, to).await? {
            Some(found) => found,
            None => return Ok(TaskEnd::Skipped(SkipReason::Answered)),
        },
    };
    let finishing = async {
        run.tell(TransferEvent::Began { file, resumed: have.bytes() });
        let attributes = match have.prefix() {
            Some(prefix) if !is_spread => getting.whole(&partial, prefix, &facts).await?,
            _ => getting.ranges(&partial, have, is_spread, &facts).await?,
        };
        let bytes = tree::status_of(&partial.file).map_err(local)?.size;
        getting.verify(&partial, bytes).await?;
        let facts = SourceFacts::from(&attributes);
        let mode = match run.options.keep_modes {
            true => facts.mode,
            false => there.and_then(|there| there.mode),
        };
        let times = facts.times.filter(|_| run.options.keep_times);
        let mode = Some(mode.unwrap_or(PLAIN_MODE));
        // What replaces a file belongs to whom that belonged.
        let given = match there.and_then(|there| there.owner) {
            Some(owner) => tree::give_to(&partial.file, owner),
            None => Ok(()),
        };
        if let Err(error) = given.and(tree::finish_file(&partial.file, mode, times)) {
            run.tell(TransferEvent::Noted { error: &local(error).error });
        }
        if run.options.fsync {
            partial.sync().await?;
        }
        let replace = run.options.overwrite != OverwritePolicy::Never;
        Ok(match partial.rename(&to.name, replace)? {
            true => TaskEnd::File { bytes, verified: run.options.verify },
            false => TaskEnd::Skipped(SkipReason::Exists),
        })
    };
    finishing.await.map_err(|fault| partial.left(fault))
}

/// Whether a device, a pipe or a socket has this name, or a link with this name leads to one, as
/// `/dev/stdout` does: it is not to be replaced by a file.
fn is_special(directory: &TreeDirectory, name: &OsStr, kind: TreeKind) -> bool {
    let leads_to = || directory.status(name, true).is_ok_and(|it| it.kind == TreeKind::Other);
    kind == TreeKind::Other || kind == TreeKind::Link && leads_to()
}

/// One file on its way here.
struct Getting<'a> {
    run: &'a Run<'a>,
    lane: &'a Arc<TransferLane>,
    file: &'a TransferFile,
    remote: &'a RemoteFile,
}

impl Getting<'_> {
    fn sides<'b>(&'b self, partial: &'b LocalPartial) -> BothSides<'b> {
        let Getting { run, lane, file, remote } = self;
        BothSides { run, lane, file, path: &partial.path, local: &partial.file, remote }
    }

    /// What an earlier transfer has left, if it is to be used and is right; else a new file.
    /// `None` if this file is to be left out.
    async fn earlier(
        &self,
        directory: &Arc<TreeDirectory>,
        to: &LocalPlace,
    ) -> Result<Option<(LocalPartial, Ranges)>, TransferFault> {
        let earlier = LocalPartial::earlier(directory, to).await?;
        if let Some(partial) = earlier
            && self.run.options.resume != ResumePolicy::Never
        {
            let facts = SourceFacts::from(&self.remote.stat().await?);
            let have = partial.have(&facts)?;
            let bytes = have.as_ref().map_or(0, Ranges::bytes);
            match earlier_use(self.run, self.file, bytes).await? {
                EarlierUse::Skip => return Ok(None),
                EarlierUse::Restart => {}
                EarlierUse::Resume => {
                    if let Some(have) = have.filter(|have| Some(have.end()) <= facts.size)
                        && self.sides(&partial).are_same(&have).await?
                    {
                        return Ok(Some((partial, have)));
                    }
                    let (file, why) = (self.file, RestartReason::Mismatch);
                    self.run.tell(TransferEvent::Restarted { file, bytes: 0, why });
                }
            }
        }
        Ok(Some((LocalPartial::anew(directory, to)?, Ranges::default())))
    }

    async fn verify(&self, partial: &LocalPartial, size: u64) -> Result<(), TransferFault> {
        if self.run.options.verify && !self.sides(partial).is_verified(size).await? {
            return Err(TransferFault::about(&self.file.from, &say!(transfer_differs)));
        }
        Ok(())
    }

    /// Reads what is missing of a file of which several parts are there, over all lanes or one.
    async fn ranges(
        &self,
        partial: &LocalPartial,
        have: Ranges,
        is_spread: bool,
        facts: &SourceFacts,
    ) -> Result<Attributes, TransferFault> {
        let lanes = match is_spread {
            true => self.run.lanes.each(),
            false => Each::only(Arc::clone(self.lane)),
        };
        partial.begin_journal(facts, &have)?;
        let size = facts.size.unwrap_or_default();
        let missing = OpenRanges::new(have.missing(size), piece_of(size));
        spread_get::get(self.run, lanes, self.file, partial, &missing).await?;
        let attributes = self.remote.stat().await?;
        match attributes.size {
            Some(now) if now != size => Err(self.wrong_size(size, now)),
            _ => Ok(attributes),
        }
    }

    fn wrong_size(&self, received: u64, size: u64) -> TransferFault {
        TransferFault::about(&self.file.from, &say!(transfer_size, received, size))
    }

    /// Reads the file from where it is continued to its end; the attributes that it has then. A
    /// file that is changed meanwhile is read on, or once more.
    async fn whole(
        &self,
        partial: &LocalPartial,
        from: u64,
        facts: &SourceFacts,
    ) -> Result<Attributes, TransferFault> {
        let block = self.lane.limits.read;
        let mut reader = BlockReader::new(self.remote, &self.run.rate, block);
        let (mut received, mut size, mut again) = (from, facts.size, false);
        loop {
            let (after, attributes) = self.up_to(&mut reader, partial, received, size).await?;
            received = after;
            let now = attributes.size.filter(|size| *size > 0).unwrap_or(received);
            if now == received {
                return Ok(attributes);
            }
            if again {
                return Err(self.wrong_size(received, now));
            }
            again = true;
            if now < received {
                partial.restart()?;
                let (file, bytes, why) = (self.file, received, RestartReason::Changed);
                self.run.tell(TransferEvent::Restarted { file, bytes, why });
                received = 0;
            }
            size = Some(now);
        }
    }

    /// Reads to the end of the file, which is expected at `size`, and asks for its attributes in
    /// the same flight. One byte more is asked for than expected: a file that has grown has it.
    async fn up_to(
        &self,
        reader: &mut BlockReader<'_>,
        partial: &LocalPartial,
        from: u64,
        size: Option<u64>,
    ) -> Result<(u64, Attributes), TransferFault> {
        let goal = match size {
            None => u64::MAX,
            // Files that have no size may have bytes, as those of the kernel.
            Some(0) => u64::from(self.lane.limits.read),
            Some(size) => size.saturating_add(1),
        };
        reader.begin(from, goal);
        let (mut received, mut attributes) = (from, None);
        loop {
            reader.ask().await;
            if reader.is_asked() && attributes.is_none() {
                attributes = Some(self.remote.stat());
            }
            let Some(block) = reader.take(size.filter(|size| *size > 0)).await? else {
                // All that was asked for has come. Only a file that has no size is read on.
                if size.is_some_and(|size| size > 0) {
                    break;
                }
                reader.begin(received, u64::MAX);
                attributes = None;
                continue;
            };
            if block.data.is_empty() {
                break;
            }
            partial.write(&block.data, block.offset, self.run.options.sparse)?;
            let count = block.data.len() as u64;
            received = block.offset + count;
            reader.give_back(block.data);
            self.run.tell(TransferEvent::Bytes { file: self.file, count });
        }
        reader.begin(received, received);
        match attributes {
            Some(attributes) => Ok((received, attributes.await?)),
            None => Ok((received, self.remote.stat().await?)),
        }
    }
}
