//! Ranges of one file over several lanes, until all of them are done.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::lanes::{Each, TransferLane};
use crate::sftp::transfer::ranges::OpenRanges;

/// Has each lane take ranges by `over` until none are open, those that come meanwhile too. A lane
/// that is lost leaves its ranges to the others, which go round once more.
///
/// # Errors
/// The last lane is lost, or something else fails on any of them.
pub(crate) async fn over_all<F>(
    mut lanes: Each<Arc<TransferLane>>,
    open: &OpenRanges,
    over: impl Fn(Arc<TransferLane>) -> F,
) -> Result<(), TransferFault>
where
    F: Future<Output = Result<(), TransferFault>>,
{
    let (mut working, mut idle, mut lost) = (FuturesUnordered::new(), Vec::new(), None);
    let begin = |lane: Arc<TransferLane>| {
        let work = over(Arc::clone(&lane));
        async move { (lane, work.await) }
    };
    let mut coming = true;
    loop {
        if !open.is_empty() {
            working.extend(idle.drain(..).map(begin));
        }
        tokio::select! {
            biased;
            next = lanes.next(), if coming && !open.is_empty() => match next {
                Some(lane) => working.push(begin(lane)),
                None => coming = false,
            },
            done = working.next() => match done {
                Some((lane, Ok(()))) => idle.push(lane),
                Some((_, Err(fault))) if fault.lost => lost = Some(fault),
                Some((_, Err(fault))) => return Err(fault),
                None => break,
            },
        }
    }
    match lost {
        Some(fault) if !open.is_empty() => Err(fault),
        _ => Ok(()),
    }
}
