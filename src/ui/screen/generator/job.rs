//! Work that takes its time, on a thread of its own, so that the dialog goes on.
//!
//! Looking for primes cannot be interrupted: what is not waited for any more runs to its end
//! and is thrown away.

use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::time::Instant;

use crate::error::{Error, Kind, Result};
use crate::say;

/// Work under way.
pub(super) struct Job<T> {
    result: Receiver<Result<T>>,
    start: Instant,
}

impl<T: Send + 'static> Job<T> {
    pub(super) fn start(work: impl FnOnce() -> Result<T> + Send + 'static) -> Job<T> {
        let (done, result) = mpsc::channel();
        std::thread::spawn(move || {
            // Nobody waits for it any more only where it was given up.
            let _ = done.send(work());
        });
        Job { result, start: Instant::now() }
    }

    /// The result, once there is one.
    pub(super) fn poll(&self) -> Option<Result<T>> {
        match self.result.try_recv() {
            Ok(result) => Some(result),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                Some(Err(Error::new(Kind::Local, say!(keygen_broken_off))))
            }
        }
    }

    /// For how many seconds it has been under way.
    pub(super) fn seconds(&self) -> u64 {
        self.start.elapsed().as_secs()
    }
}
