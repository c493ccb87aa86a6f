//! Ranges of one file from the server, over several lanes.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use crate::say;
use crate::sftp::attributes::Attributes;
use crate::sftp::client::OpenFlags;
use crate::sftp::transfer::blocks::BlockReader;
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::lanes::{Each, TransferLane};
use crate::sftp::transfer::observer::{TransferEvent, TransferFile};
use crate::sftp::transfer::partial_here::LocalPartial;
use crate::sftp::transfer::ranges::OpenRanges;
use crate::sftp::transfer::spread::over_all;
use crate::sftp::transfer::task::Run;

/// Reads these ranges. A lane that is lost leaves its ranges to the others.
pub(crate) async fn get(
    run: &Run<'_>,
    lanes: Each<Arc<TransferLane>>,
    file: &TransferFile,
    partial: &LocalPartial,
    open: &OpenRanges,
) -> Result<(), TransferFault> {
    over_all(lanes, open, |lane| over(run, lane, file, partial, open)).await
}

/// Reads ranges over one lane, the next one asked for before the last one has come.
async fn over(
    run: &Run<'_>,
    lane: Arc<TransferLane>,
    file: &TransferFile,
    partial: &LocalPartial,
    open: &OpenRanges,
) -> Result<(), TransferFault> {
    let remote = lane.sftp.open_file(&file.from, OpenFlags::READ, &Attributes::default()).await?;
    let mut reader = BlockReader::new(&remote, &run.rate, lane.limits.read);
    // What this lane has taken: the range, and where it goes on.
    let mut taken: VecDeque<(Range<u64>, u64)> = VecDeque::new();
    loop {
        while reader.has_room()
            && let Some(range) = open.take()
        {
            reader.go_on(range.start, range.end);
            taken.push_back((range.clone(), range.start));
            reader.ask().await;
        }
        reader.ask().await;
        let block = match reader.take(None).await {
            Ok(Some(block)) => block,
            Ok(None) => return Ok(()),
            Err(fault) => {
                if let Some((range, at)) = taken.pop_front() {
                    partial.note_range(&(range.start..at))?;
                    open.give_back(std::iter::once(at..range.end));
                }
                open.give_back(taken.into_iter().map(|(range, _)| range));
                return Err(fault);
            }
        };
        if block.data.is_empty() {
            let (received, size) = (block.offset, file.size);
            return Err(TransferFault::about(&file.from, &say!(transfer_size, received, size)));
        }
        partial.write(&block.data, block.offset, run.options.sparse)?;
        let count = block.data.len() as u64;
        run.tell(TransferEvent::Bytes { file, count });
        if let Some((range, at)) = taken.front_mut() {
            *at = block.offset + count;
            if *at == range.end {
                partial.note_range(range)?;
                taken.pop_front();
            }
        }
        reader.give_back(block.data);
    }
}
