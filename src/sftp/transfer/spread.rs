//! Ranges of one file over several connections, until all of them are done.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::ranges::OpenRanges;
use crate::sftp::transfer::task::TransferLane;

/// Has each connection take ranges by `over` until none are open. A connection that is lost leaves
/// its ranges to the others, which go round once more.
///
/// # Errors
/// The last connection is lost, or something else fails on any of them.
pub(crate) async fn over_all<'a, F>(
    mut lanes: Vec<&'a TransferLane>,
    open: &OpenRanges,
    over: impl Fn(&'a TransferLane) -> F,
) -> Result<(), TransferFault>
where
    F: Future<Output = Result<(), TransferFault>>,
{
    loop {
        let mut working: FuturesUnordered<_> = lanes
            .iter()
            .map(|&lane| {
                let work = over(lane);
                async move { (lane, work.await) }
            })
            .collect();
        let (mut left, mut lost) = (Vec::new(), None);
        while let Some((lane, result)) = working.next().await {
            match result {
                Ok(()) => left.push(lane),
                Err(fault) if fault.lost => lost = Some(fault),
                Err(fault) => return Err(fault),
            }
        }
        drop(working);
        match lost {
            Some(fault) if left.is_empty() => return Err(fault),
            _ if open.is_empty() => return Ok(()),
            _ => lanes = left,
        }
    }
}
