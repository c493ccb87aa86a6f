//! One file to the server: blocks sent ahead, checked, renamed.

use std::collections::VecDeque;
use std::fs::File;
use std::io;

use bytes::{Bytes, BytesMut};

use crate::os::tree::{self, TreeKind};
use crate::say;
use crate::sftp::attributes::{Attributes, FileType};
use crate::sftp::client::{OpenFlags, Pending, RemoteFile, Sftp};
use crate::sftp::failure::SftpFault;
use crate::sftp::transfer::decide::reason_to_keep;
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::get::{FIRST_DEPTH, MOST_DEPTH, PLAIN_MODE, SMALL};
use crate::sftp::transfer::names;
use crate::sftp::transfer::observer::{RestartReason, TransferEvent, TransferFile};
use crate::sftp::transfer::options::OverwritePolicy;
use crate::sftp::transfer::task::{
    LocalPlace, RemotePlace, Run, SourceFacts, TaskEnd, TransferLane,
};

/// The mode of a file until it is finished.
const PRIVATE: u32 = 0o600;

/// Transfers one file.
pub(crate) async fn put(
    run: &Run<'_>,
    lane: &TransferLane,
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
        false => what_is_there(run, lane, &to.path).await?,
    };
    if let Some(there) = &there
        && let Some(why) = reason_to_keep(run, file, &facts, there).await?
    {
        return Ok(TaskEnd::Skipped(why));
    }
    let is_large = status.size > SMALL;
    let _large = if is_large { lane.large.acquire().await.ok() } else { None };
    let (folder, name) = names::split(&to.path);
    let partial = [folder, &names::partial_of(name)].concat();
    let remote = create(&lane.sftp, &partial).await?;
    run.tell(TransferEvent::Began { file, resumed: 0 });
    let mut writing = Writing::new(run, lane, file, &remote, &source);
    let finishing = async {
        let size = writing.whole(is_large).await?;
        let mode = match run.options.keep_modes {
            true => facts.mode,
            false => there.and_then(|there| there.mode),
        };
        let times = facts.times.filter(|_| run.options.keep_times).and_then(remote_times);
        let permissions = Some(mode.unwrap_or(PLAIN_MODE));
        let attributes = Attributes { permissions, times, ..Attributes::default() };
        let (set, now) = (remote.set_stat(&attributes), remote.stat());
        writing.settle().await?;
        Ok::<_, TransferFault>((set, now, size))
    };
    let finished = finishing.await;
    let written = writing.written;
    let ending = async {
        let (set, now, size) = finished?;
        let close = remote.close();
        if let Err(failure) = set.await {
            note(run, failure.into())?;
        }
        let now = now.await?.size.unwrap_or(size);
        close.await?;
        if now != size {
            return Err(TransferFault::about(&partial, &say!(transfer_size, received = now, size)));
        }
        match run.options.overwrite {
            OverwritePolicy::Never => lane.sftp.rename_new(&partial, &to.path).await?,
            _ => replace(&lane.sftp, &partial, &to.path).await?,
        }
        Ok(TaskEnd::File { bytes: size, verified: false })
    };
    match ending.await {
        Err(fault) if written == 0 && !fault.lost => {
            let _ = lane.sftp.remove(&partial).await;
            Err(fault)
        }
        Err(fault) => Err(fault.leaving(&partial)),
        ended => ended,
    }
}

/// What is under the final name, if it matters.
async fn what_is_there(
    run: &Run<'_>,
    lane: &TransferLane,
    path: &[u8],
) -> Result<Option<SourceFacts>, TransferFault> {
    if run.options.overwrite == OverwritePolicy::Always && run.options.keep_modes {
        return Ok(None);
    }
    match lane.sftp.lstat(path).await {
        Ok(attributes) if attributes.file_type() == FileType::Directory => {
            Err(TransferFault::about(path, &say!(transfer_is_a_directory)))
        }
        Ok(attributes) => Ok(Some(SourceFacts::from(&attributes))),
        Err(failure) if failure.fault() == SftpFault::NoSuchFile => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// Creates the unfinished file; what an earlier transfer has left is removed.
async fn create(sftp: &Sftp, partial: &[u8]) -> Result<RemoteFile, TransferFault> {
    let flags = OpenFlags::READ | OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
    let mode = Attributes { permissions: Some(PRIVATE), ..Attributes::default() };
    let failure = match sftp.open_file(partial, flags, &mode).await {
        Ok(file) => return Ok(file),
        Err(failure) => failure,
    };
    // Version 3 has no code for a file that is there.
    match sftp.lstat(partial).await.map(|attributes| attributes.file_type()) {
        Ok(FileType::Directory) => {
            Err(TransferFault::about(partial, &say!(transfer_is_a_directory)))
        }
        Ok(_) => {
            sftp.remove(partial).await?;
            Ok(sftp.open_file(partial, flags, &mode).await?)
        }
        Err(_) => Err(failure.into()),
    }
}

/// Renames over what is there; in two steps on a server that cannot do it in one.
async fn replace(sftp: &Sftp, from: &[u8], to: &[u8]) -> Result<(), TransferFault> {
    let failure = match sftp.rename(from, to).await {
        Ok(()) => return Ok(()),
        Err(failure) => failure,
    };
    let can_replace = sftp.extensions().has(crate::sftp::extensions::Extension::PosixRename);
    let there = sftp.lstat(to).await.map(|attributes| attributes.file_type());
    match there {
        Ok(FileType::Directory) => Err(TransferFault::about(to, &say!(transfer_is_a_directory))),
        Ok(_) if !can_replace && failure.fault() != SftpFault::ConnectionLost => {
            sftp.remove(to).await?;
            Ok(sftp.rename_new(from, to).await?)
        }
        _ => Err(failure.into()),
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

/// The blocks of one file on their way to the server.
struct Writing<'a> {
    run: &'a Run<'a>,
    file: &'a TransferFile,
    remote: &'a RemoteFile,
    source: &'a File,
    block: u32,
    depth: usize,
    ahead: VecDeque<(Pending<()>, Bytes)>,
    spare: Vec<BytesMut>,
    /// Where the next block begins.
    next: u64,
    /// All before this has been written.
    written: u64,
}

impl<'a> Writing<'a> {
    fn new(
        run: &'a Run<'a>,
        lane: &TransferLane,
        file: &'a TransferFile,
        remote: &'a RemoteFile,
        source: &'a File,
    ) -> Writing<'a> {
        let block = run.rate.block(lane.limits.write);
        let (ahead, spare, depth) = (VecDeque::new(), Vec::new(), FIRST_DEPTH);
        Writing { run, file, remote, source, block, depth, ahead, spare, next: 0, written: 0 }
    }

    /// Sends the whole file; its size. The answers to the last blocks are outstanding afterwards
    /// unless `settled`.
    async fn whole(&mut self, settled: bool) -> Result<u64, TransferFault> {
        let local = |error: io::Error| TransferFault::local(&self.file.from, &error);
        let mut again = false;
        let mut size = tree::status_of(self.source).map_err(local)?.size;
        loop {
            self.send_to_end(size).await?;
            let local = |error: io::Error| TransferFault::local(&self.file.from, &error);
            size = tree::status_of(self.source).map_err(local)?.size;
            // Files that have no size may have bytes, as those of the kernel.
            if size == self.next || size == 0 {
                break;
            }
            if again {
                let read = self.next;
                let cause = say!(transfer_size, received = read, size);
                return Err(TransferFault::about(&self.file.from, &cause));
            }
            again = true;
            if size < self.next {
                self.settle().await?;
                self.restart().await?;
            }
        }
        if settled {
            self.settle().await?;
        }
        Ok(self.next)
    }

    async fn restart(&mut self) -> Result<(), TransferFault> {
        self.remote.set_stat(&Attributes { size: Some(0), ..Attributes::default() }).await?;
        let (file, bytes, why) = (self.file, self.written, RestartReason::Changed);
        self.run.tell(TransferEvent::Restarted { file, bytes, why });
        (self.next, self.written) = (0, 0);
        Ok(())
    }

    /// Sends all up to the end of the source, which is expected at `size`.
    async fn send_to_end(&mut self, size: u64) -> Result<(), TransferFault> {
        loop {
            if self.ahead.len() >= self.depth {
                self.one_answer().await?;
                continue;
            }
            // A byte more than expected: what fills less is the end.
            let left = size.saturating_sub(self.next).saturating_add(1);
            let wanted = match size {
                0 => self.block,
                _ => u32::try_from(left).unwrap_or(u32::MAX).min(self.block),
            } as usize;
            let mut buffer = self.spare.pop().unwrap_or_default();
            buffer.resize(wanted, 0);
            let count = tree::read_at(self.source, &mut buffer, self.next)
                .map_err(|error| TransferFault::local(&self.file.from, &error))?;
            if count > 0 {
                buffer.truncate(count);
                self.run.rate.take(count as u64).await;
                let block = buffer.freeze();
                let done = self.remote.write_at(self.next, block.clone());
                self.ahead.push_back((done, block));
                self.next += count as u64;
            }
            if count < wanted {
                return Ok(());
            }
        }
    }

    /// Waits for the answer to the oldest block.
    async fn one_answer(&mut self) -> Result<(), TransferFault> {
        let Some((done, block)) = self.ahead.pop_front() else { return Ok(()) };
        done.await?;
        let count = block.len() as u64;
        self.depth = (self.depth + 1).min(MOST_DEPTH);
        self.written += count;
        if let Ok(buffer) = block.try_into_mut() {
            self.spare.push(buffer);
        }
        self.run.tell(TransferEvent::Bytes { file: self.file, count });
        Ok(())
    }

    /// Waits for all answers.
    async fn settle(&mut self) -> Result<(), TransferFault> {
        while !self.ahead.is_empty() {
            self.one_answer().await?;
        }
        Ok(())
    }
}
