//! Whether the person's terminal has gone away while it was used. The program then ends as after the
//! signal that says so, which it may have been started to ignore.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::os::descriptor::AsDescriptor;
use crate::os::keyboard::is_gone;

static GONE: AtomicBool = AtomicBool::new(false);

/// Notes it if the person's terminal, which is this, has gone away.
pub fn note_if_gone(terminal: impl AsDescriptor) {
    if is_gone(terminal) {
        GONE.store(true, Ordering::Relaxed);
    }
}

/// Whether the terminal has gone away.
pub fn has_gone() -> bool {
    GONE.load(Ordering::Relaxed)
}
