//! What is to be measured, what was measured so far, and the time that is left for it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::child::RunFault;
use crate::bench::{BenchEnd, BenchFindings, BenchProgram};
use crate::cli::connect::measure::MeasuredHost;
use crate::client::Session;
use crate::say;

/// What was measured so far, for whoever ends it.
#[derive(Clone)]
pub(super) struct SoFar(Arc<Mutex<BenchFindings>>);

impl SoFar {
    pub(super) fn new(findings: BenchFindings) -> SoFar {
        SoFar(Arc::new(Mutex::new(findings)))
    }

    pub(super) fn noted(&self) -> MutexGuard<'_, BenchFindings> {
        // No code panics while it holds this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

/// How fast each direction is, in bytes per second.
#[derive(Clone, Copy)]
pub(super) struct Estimate {
    pub(super) download: f64,
    pub(super) upload: f64,
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
