//! A second login that has not happened yet: Ctrl-C gives up that attempt, and not the session
//! below, nor the program.
//!
//! The terminal is as it was found then, so Ctrl-C is a signal to the whole program. Whoever
//! waits for signals asks [`give_up`] first; a dialog or a question takes the key itself.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use crate::error::{Error, Kind, Result};
use crate::say;
use crate::terminal;

/// The number of the session that is being logged in to; 0 if none is.
static BEGUN: AtomicUsize = AtomicUsize::new(0);
static GIVEN_UP: Notify = Notify::const_new();

/// Runs a login as session `number`, until it ends or is given up.
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

/// The login is taken, or over: from here on a signal means the program again.
pub(super) fn logged_in() {
    BEGUN.store(0, Ordering::Relaxed);
}

/// Gives up the login that is under way; `false` if none is, or somebody is being asked.
pub(super) fn give_up() -> bool {
    let under_way = BEGUN.load(Ordering::Relaxed) != 0 && !terminal::is_changed();
    if under_way {
        GIVEN_UP.notify_waiters();
    }
    under_way
}
