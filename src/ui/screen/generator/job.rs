//! Slow work on a thread of its own, so that the dialog stays usable.
//!
//! The search for primes cannot be interrupted: if the job is dropped, it runs to its end and the
//! result is discarded.

use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::time::Instant;

use crate::error::{Error, Kind, Result};
use crate::say;

/// The work in progress.
pub(super) struct Job<T> {
    result: Receiver<Result<T>>,
    start: Instant,
}

impl<T: Send + 'static> Job<T> {
    pub(super) fn start(work: impl FnOnce() -> Result<T> + Send + 'static) -> Job<T> {
        let (done, result) = mpsc::channel();
        std::thread::spawn(move || {
            // Sending fails only if the job was abandoned.
            let _ = done.send(work());
        });
        Job { result, start: Instant::now() }
    }

    /// The result, once the work is done.
    pub(super) fn poll(&self) -> Option<Result<T>> {
        match self.result.try_recv() {
            Ok(result) => Some(result),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                Some(Err(Error::new(Kind::Local, say!(keygen_broken_off))))
            }
        }
    }

    /// For how many seconds the work has been running.
    pub(super) fn seconds(&self) -> u64 {
        self.start.elapsed().as_secs()
    }
}
