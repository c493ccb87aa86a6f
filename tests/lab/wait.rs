//! Waiting for what announces itself nowhere, such as a file that another program makes: the
//! test looks again and again until a time limit.

use std::time::{Duration, Instant};

use super::DEADLINE;

/// The pause between two looks.
pub(super) const LOOK: Duration = Duration::from_millis(5);

/// Waits until something is so.
#[track_caller]
pub fn wait_until(what: &str, met: impl FnMut() -> bool) {
    wait_within(DEADLINE, what, met);
}

/// Waits until something is so, within a time of the test's own.
#[track_caller]
pub fn wait_within(limit: Duration, what: &str, mut met: impl FnMut() -> bool) {
    look_for(limit, what, || met().then_some(()));
}

/// Tries something until it works, such as connecting to a program that has just been started,
/// and gives what came of it.
#[track_caller]
pub fn retry<T, E: std::fmt::Debug>(what: &str, mut attempt: impl FnMut() -> Result<T, E>) -> T {
    look_for(DEADLINE, what, || attempt().ok())
}

#[track_caller]
fn look_for<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::sleep(LOOK);
    }
}
