//! Whether the person's terminal has gone away while it was used. The program then ends as after the
//! signal that says so, which it may have been started to ignore.

use std::sync::atomic::{AtomicBool, Ordering};

static GONE: AtomicBool = AtomicBool::new(false);

/// Notes that the terminal has gone away.
pub fn note_gone() {
    GONE.store(true, Ordering::Relaxed);
}

/// Whether the terminal has gone away.
pub fn has_gone() -> bool {
    GONE.load(Ordering::Relaxed)
}
