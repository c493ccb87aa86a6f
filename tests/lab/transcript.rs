//! The text of a stream that grows while a test waits for words in it: a log, a terminal's
//! output.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// What a stream has said so far.
#[derive(Clone, Default)]
pub struct Transcript(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    ended: bool,
}

impl Transcript {
    /// Takes down all that a stream says, on a thread of its own; `each` sees every piece first.
    pub fn of(
        mut from: impl Read + Send + 'static,
        mut each: impl FnMut(&[u8]) + Send + 'static,
    ) -> Transcript {
        let transcript = Transcript::default();
        let writer = transcript.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(read @ 1..) = from.read(&mut buffer) {
                each(&buffer[..read]);
                writer.state().bytes.extend_from_slice(&buffer[..read]);
                writer.0.changed.notify_all();
            }
            writer.state().ended = true;
            writer.0.changed.notify_all();
        });
        transcript
    }

    /// All so far, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.state().bytes).into_owned()
    }

    /// Waits until `found` answers, looking again whenever something was said. `None` once
    /// the stream has ended or the time is over.
    pub fn wait<T>(&self, limit: Duration, mut found: impl FnMut() -> Option<T>) -> Option<T> {
        let end = Instant::now() + limit;
        let mut state = self.state();
        loop {
            let (seen, ended) = (state.bytes.len(), state.ended);
            drop(state);
            if let Some(value) = found() {
                return Some(value);
            }
            let left = end.saturating_duration_since(Instant::now());
            if ended || left.is_zero() {
                return None;
            }
            state = self.state();
            if state.bytes.len() == seen && !state.ended {
                state = self.0.changed.wait_timeout(state, left).unwrap().0;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }
}
