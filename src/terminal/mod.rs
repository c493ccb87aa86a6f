//! Everything that changes the terminal: raw mode, hidden input, size and terminal modes.
//!
//! Every change to a terminal is entered in one process-wide list, so that [`restore`] can undo all
//! of them wherever the program ends: in a guard's `Drop`, in the panic hook
//! ([`install_panic_hook`]) or in the task that waits for signals. This room does not decide when
//! raw mode is right or what is sent; the caller says which file is the terminal.

pub mod encoding;
mod gone;
pub mod raw;
pub mod record;
mod remote_modes;
pub mod secret;

pub use crate::os::modes::modes;
pub use crate::os::size::{WindowSize, window_size};
pub use crate::os::terminal::{is_terminal, open_controlling};
pub use gone::{has_gone, note_if_gone};
pub use raw::{
    AlternateScreen, LineKeys, NoEcho, RawMode, RemoteScreen, ScreenMode, hold, install_panic_hook,
    is_changed, is_holding, renew, restore, restore_for_good,
};
pub use remote_modes::{RemoteModes, RemoteModesWatch};

#[cfg(test)]
pub(crate) mod testing {
    //! Serialises the tests that change a terminal.

    use std::sync::{Mutex, MutexGuard, PoisonError};

    pub(crate) use crate::os::terminal::testing::pty;

    /// Held by tests that change a terminal, because [`restore`](super::restore) affects all of
    /// them.
    pub(crate) fn turn() -> MutexGuard<'static, ()> {
        static TURN: Mutex<()> = Mutex::new(());
        TURN.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
