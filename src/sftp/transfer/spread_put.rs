//! Ranges of one file to the server, over several lanes.

use std::collections::VecDeque;
use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use tokio::sync::OnceCell;

use crate::os::tree;
use crate::say;
use crate::sftp::attributes::Attributes;
use crate::sftp::client::{OpenFlags, RemoteFile};
use crate::sftp::transfer::blocks::BlockWriter;
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::lanes::{Each, TransferLane};
use crate::sftp::transfer::observer::{TransferEvent, TransferFile};
use crate::sftp::transfer::partial_there::RemoteJournal;
use crate::sftp::transfer::ranges::{OpenRanges, Ranges};
use crate::sftp::transfer::spread::over_all;
use crate::sftp::transfer::task::{Run, SourceFacts};

/// A file that is written in ranges.
pub(crate) struct SpreadPut<'a> {
    pub run: &'a Run<'a>,
    pub file: &'a TransferFile,
    pub source: &'a File,
    pub partial: &'a [u8],
    pub journal: &'a RemoteJournal<'a>,
    pub facts: &'a SourceFacts,
    /// What is there.
    pub have: &'a Ranges,
}

/// What a lane has taken: the range, and where it goes on.
type TakenRanges = VecDeque<(Range<u64>, u64)>;

impl SpreadPut<'_> {
    /// Writes these ranges. A lane that is lost leaves its ranges to the others.
    pub async fn put(
        &self,
        lanes: Each<Arc<TransferLane>>,
        open: &OpenRanges,
    ) -> Result<(), TransferFault> {
        let begun = OnceCell::new();
        over_all(lanes, open, |lane| self.over(lane, open, &begun)).await
    }

    /// Writes ranges over one lane.
    async fn over(
        &self,
        lane: Arc<TransferLane>,
        open: &OpenRanges,
        begun: &OnceCell<()>,
    ) -> Result<(), TransferFault> {
        let mut taken = TakenRanges::new();
        let flags = OpenFlags::WRITE;
        let remote = lane.sftp.open_file(self.partial, flags, &Attributes::default());
        // The journal is there before anything is written.
        begun.get_or_try_init(|| self.journal.begin(self.facts, self.have)).await?;
        let result = self.write(&lane, remote.await?, open, &mut taken).await;
        if result.is_err() {
            if let Some((range, at)) = taken.pop_front() {
                self.journal.note_range(&(range.start..at));
                open.give_back(std::iter::once(at..range.end));
            }
            open.give_back(taken.into_iter().map(|(range, _)| range));
        }
        result
    }

    async fn write(
        &self,
        lane: &TransferLane,
        remote: RemoteFile,
        open: &OpenRanges,
        taken: &mut TakenRanges,
    ) -> Result<(), TransferFault> {
        let mut writer = BlockWriter::new(&remote, &self.run.rate, lane.limits.write);
        // What is being sent of the last range that was taken.
        let mut sending = 0..0;
        loop {
            while !writer.is_full() {
                if sending.is_empty() {
                    let Some(range) = open.take() else { break };
                    sending = range.clone();
                    let start = range.start;
                    taken.push_back((range, start));
                }
                let wanted = (sending.end - sending.start).min(writer.block.into()) as usize;
                let mut buffer = writer.buffer(wanted);
                let count = tree::read_at(self.source, &mut buffer, sending.start)
                    .map_err(|error| TransferFault::local(&self.file.from, &error))?;
                if count < wanted {
                    let (received, size) = (sending.start + count as u64, self.file.size);
                    let cause = say!(transfer_size, received, size);
                    return Err(TransferFault::about(&self.file.from, &cause));
                }
                writer.send(sending.start, buffer).await;
                sending.start += count as u64;
            }
            let count = writer.answer().await?;
            if count == 0 {
                remote.close().await?;
                return Ok(());
            }
            self.run.tell(TransferEvent::Bytes { file: self.file, count });
            if let Some((range, at)) = taken.front_mut() {
                *at += count;
                if *at == range.end {
                    self.journal.note_range(range);
                    taken.pop_front();
                }
            }
        }
    }
}
