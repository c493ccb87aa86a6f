//! What is to be measured, what was measured so far, and the time that is left for it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::child::RunFault;
use crate::bench::{
    BenchEnd, BenchFindings, BenchMode, BenchProgram, Direction, StartSeries, TransferSeries,
};
use crate::cli::connect::measure::MeasuredHost;
use crate::client::Session;
use crate::say;

/// What was measured so far, for whoever ends it.
#[derive(Clone)]
pub(super) struct SoFar {
    findings: Arc<Mutex<BenchFindings>>,
    /// The starts and transfers of the probe, where those of processes take their place.
    probed: Arc<Mutex<(Vec<StartSeries>, Vec<TransferSeries>)>>,
}

impl SoFar {
    pub(super) fn new(findings: BenchFindings) -> SoFar {
        SoFar { findings: Arc::new(Mutex::new(findings)), probed: Arc::default() }
    }

    pub(super) fn noted(&self) -> MutexGuard<'_, BenchFindings> {
        locked(&self.findings)
    }

    /// Keeps what the probe has measured, before it is replaced.
    pub(super) fn keep_probed(&self) {
        let noted = self.noted();
        *locked(&self.probed) = (noted.starts.clone(), noted.transfers.clone());
    }

    /// What there is to show: where no process has transferred anything, what the probe has, which are runs
    /// of tessh alone on channels.
    pub(super) fn shown(&self) -> BenchFindings {
        let findings = self.noted().clone();
        let (starts, transfers) = locked(&self.probed).clone();
        if !findings.is_empty() || transfers.is_empty() {
            return findings;
        }
        let mut programs = findings.programs;
        programs.retain(|(program, _)| *program == BenchProgram::Tessh);
        let echoes = Vec::new();
        BenchFindings { mode: BenchMode::Channels, programs, starts, transfers, echoes, ..findings }
    }

    /// Notes what went wrong with a program.
    pub(super) fn complain(&self, program: BenchProgram, fault: &str) {
        let note = say!(bench_run_failed, program = program.name(), fault);
        let mut noted = self.noted();
        if !noted.notes.contains(&note) {
            noted.notes.push(note);
        }
    }

    /// Notes why a run was not made: something went wrong with a program, or a part's time was over.
    pub(super) fn note_fault(&self, program: BenchProgram, fault: &RunFault) {
        match fault {
            RunFault::Late => self.noted().end = BenchEnd::TimeOver,
            RunFault::Failed(fault) => self.complain(program, fault),
        }
    }
}

/// What is to be measured.
pub(super) struct BenchTask<'a> {
    pub(super) host: &'a MeasuredHost,
    pub(super) session: &'a Session,
    pub(super) so_far: SoFar,
    /// The beginning and the end of all time.
    pub(super) began: Instant,
    pub(super) end: Instant,
    /// The most bytes of a run.
    pub(super) bytes: u64,
    /// The ssh to compare with.
    pub(super) ssh: Option<PathBuf>,
}

/// How fast each direction is that the server does, in bytes per second.
pub(super) struct Estimate(pub(super) Vec<(Direction, f64)>);

fn locked<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code panics while it holds such a lock.
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl BenchTask<'_> {
    /// The end of a part that has this share of the time that is left.
    pub(super) fn until(&self, share: f64) -> Instant {
        Instant::now() + self.end.saturating_duration_since(Instant::now()).mul_f64(share)
    }

    /// Whether one more round fits that takes as long as the last one.
    pub(super) fn fits(until: Instant, last: Duration) -> bool {
        Instant::now() + last <= until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::testing::{findings, run};

    #[test]
    fn what_the_probe_has_found_is_shown_until_a_process_has_transferred() {
        let so_far = SoFar::new(BenchFindings { mode: BenchMode::Channels, ..findings() });
        so_far.keep_probed();
        let mut noted = so_far.noted();
        noted.mode = BenchMode::Processes;
        noted.starts[0].runs = vec![run(900, 10)];
        noted.transfers.iter_mut().for_each(|series| series.runs.clear());
        drop(noted);
        so_far.complain(BenchProgram::Tessh, "a fault");
        let shown = so_far.shown();
        assert_eq!((shown.mode, shown.notes.len()), (BenchMode::Channels, 1));
        assert_eq!(shown.transfers[0].runs, findings().transfers[0].runs);
        assert_eq!(shown.starts[0].runs, findings().starts[0].runs);
        assert!(shown.programs.iter().all(|(program, _)| *program == BenchProgram::Tessh));
        so_far.noted().transfers[0].runs.push(run(1000, 10));
        let shown = so_far.shown();
        assert_eq!((shown.mode, shown.programs.len()), (BenchMode::Processes, 2));
        assert_eq!(shown.transfers[0].runs, [run(1000, 10)]);
    }
}
