//! All that touches the terminal: raw mode, hidden input, size and terminal modes.
//!
//! Every change to a terminal is entered in one process-wide list before it is made, so that
//! [`restore`] puts everything back from wherever the program ends: the guards' `Drop`, the
//! panic hook ([`install_panic_hook`]) or the task that waits for signals. Nothing here decides
//! when raw mode is right or what is sent; the caller says which file is the terminal.

pub mod encoding;
pub mod modes;
pub mod raw;
pub mod record;
pub mod secret;
pub mod size;

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use rustix::fs::{Mode, OFlags};

pub use modes::modes;
pub use raw::{
    AlternateScreen, LineKeys, NoEcho, RawMode, ScreenMode, hold, install_panic_hook, is_changed,
    restore,
};
pub use size::{Winsize, winsize};

/// Whether the file is a terminal.
pub fn is_terminal(fd: impl AsFd) -> bool {
    rustix::termios::isatty(fd)
}

/// Opens the controlling terminal (`/dev/tty`) for reading and writing.
///
/// # Errors
/// There is none, as in a daemon or under `setsid`.
pub fn open_controlling() -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open("/dev/tty", flags, Mode::empty())?))
}

#[cfg(test)]
pub(crate) mod testing {
    //! A pseudo-terminal to test against.

    use std::os::fd::{AsFd, OwnedFd};
    use std::sync::{Mutex, MutexGuard, PoisonError};

    /// Held by tests that change a terminal: [`restore`](super::restore) is for them all.
    pub(crate) fn turn() -> MutexGuard<'static, ()> {
        static TURN: Mutex<()> = Mutex::new(());
        TURN.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a pair: the side a program sees, and the side a person sits at.
    pub(crate) fn pty() -> (OwnedFd, pty_process::blocking::Pty) {
        let (person, program) = pty_process::blocking::open().unwrap();
        (program.as_fd().try_clone_to_owned().unwrap(), person)
    }
}
