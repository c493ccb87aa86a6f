//! Ctrl-C during a login that was begun from somewhere else, a session (`~d`) or New connection: it
//! cancels that login, but neither the session below nor the program.
//!
//! During such a login the terminal is in its original mode, so Ctrl-C sends a signal to the
//! program. The signal handler calls [`give_up`] first. A dialog or a question reads the key
//! itself.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use crate::error::{Error, Kind, Result};
use crate::say;
use crate::terminal;

/// The number of the session whose login is in progress; 0 if there is none.
static BEGUN: AtomicUsize = AtomicUsize::new(0);
/// How many programs have the terminal.
static LENT: AtomicUsize = AtomicUsize::new(0);
static GIVEN_UP: Notify = Notify::const_new();

/// Runs a login as session `number`, until it ends or is cancelled.
pub(super) async fn run<T>(number: usize, work: impl Future<Output = Result<T>>) -> Result<T> {
    BEGUN.store(number, Ordering::Relaxed);
    let given_up = async {
        loop {
            GIVEN_UP.notified().await;
            if BEGUN.load(Ordering::Relaxed) == number {
                return;
            }
        }
    };
    let result = tokio::select! {
        result = work => result,
        () = given_up => Err(Error::new(Kind::Local, say!(again_cancelled))),
    };
    logged_in();
    result
}

/// Notes that no login is in progress any more: a signal ends the program again.
pub(super) fn logged_in() {
    BEGUN.store(0, Ordering::Relaxed);
}

/// While this lives, another program has the terminal, such as an editor, and Ctrl-C is for it.
pub(super) struct LentTerminal(());

/// Lends the terminal to another program.
pub(super) fn lend() -> LentTerminal {
    LENT.fetch_add(1, Ordering::Relaxed);
    LentTerminal(())
}

impl Drop for LentTerminal {
    fn drop(&mut self) {
        LENT.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Cancels the login in progress; `false` if there is none, or a question is on the screen. While another
/// program has the terminal, there is nothing to cancel, and nothing ends.
pub(super) fn give_up() -> bool {
    if LENT.load(Ordering::Relaxed) > 0 {
        return true;
    }
    let under_way = BEGUN.load(Ordering::Relaxed) != 0 && !terminal::is_changed();
    if under_way {
        GIVEN_UP.notify_waiters();
    }
    under_way
}
