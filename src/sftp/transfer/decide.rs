//! Whether a file that is there already is replaced.

use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::observer::{
    OverwriteAnswer, OverwriteQuestion, SkipReason, TransferFile,
};
use crate::sftp::transfer::options::OverwritePolicy;
use crate::sftp::transfer::task::{Run, SourceFacts};

/// `None` if the file that is there is to be replaced.
pub(crate) async fn reason_to_keep(
    run: &Run<'_>,
    file: &TransferFile,
    source: &SourceFacts,
    there: &SourceFacts,
) -> Result<Option<SkipReason>, TransferFault> {
    let modified = |facts: &SourceFacts| facts.times.map(|(_, modified)| modified);
    let (source_time, target_time) = (modified(source), modified(there));
    Ok(match run.options.overwrite {
        OverwritePolicy::Always => None,
        OverwritePolicy::Never => Some(SkipReason::Exists),
        OverwritePolicy::Newer => Some(SkipReason::NotNewer).filter(|_| source_time <= target_time),
        OverwritePolicy::Different => {
            let same = source.size == there.size && source_time == target_time;
            Some(SkipReason::Same).filter(|_| same)
        }
        OverwritePolicy::Ask => {
            let _one = run.asking.lock().await;
            let target_size = there.size.unwrap_or_default();
            let question = OverwriteQuestion { file, source_time, target_size, target_time };
            match run.observer.overwrite(question).await {
                OverwriteAnswer::Replace => None,
                OverwriteAnswer::Skip => Some(SkipReason::Answered),
                OverwriteAnswer::Stop => return Err(TransferFault::stopped()),
            }
        }
    })
}
