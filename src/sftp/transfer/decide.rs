//! Whether a file that is there already is replaced, and whether an unfinished one is continued.

use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::observer::{
    OverwriteAnswer, OverwriteQuestion, ResumeAnswer, ResumeQuestion, SkipReason, TransferFile,
};
use crate::sftp::transfer::options::{OverwritePolicy, ResumePolicy};
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

/// Whether what an earlier transfer has left beside a file that is skipped is removed: there is
/// nothing to continue where the file has arrived whole.
pub(crate) fn is_done_with(run: &Run<'_>, why: SkipReason) -> bool {
    why == SkipReason::Same && run.options.resume == ResumePolicy::Always
}

/// What is done with what an earlier transfer has left.
pub(crate) enum EarlierUse {
    Resume,
    Restart,
    Skip,
}

/// Whether so many bytes of an earlier transfer are used.
pub(crate) async fn earlier_use(
    run: &Run<'_>,
    file: &TransferFile,
    have: u64,
) -> Result<EarlierUse, TransferFault> {
    Ok(match run.options.resume {
        ResumePolicy::Never => EarlierUse::Restart,
        ResumePolicy::Always => EarlierUse::Resume,
        ResumePolicy::Ask if have == 0 => EarlierUse::Restart,
        ResumePolicy::Ask => {
            let _one = run.asking.lock().await;
            match run.observer.resume(ResumeQuestion { file, have }).await {
                ResumeAnswer::Resume => EarlierUse::Resume,
                ResumeAnswer::Restart => EarlierUse::Restart,
                ResumeAnswer::Skip => EarlierUse::Skip,
                ResumeAnswer::Stop => return Err(TransferFault::stopped()),
            }
        }
    })
}
