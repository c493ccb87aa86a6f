//! Shows that a connection is being made, once that takes long, until there is something else to
//! show.
//!
//! A thread waits with the dialog, because the connection is made meanwhile. Before anything is
//! asked, and when the connection is made or has failed, the dialog is taken away.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use zeroize::{Zeroize, Zeroizing};

use super::screen::Screen;
use super::screen::connecting::{Connecting, Progress, SharedProgress, kept, locked};
use crate::prompt::ConnectStep;

/// How long nothing is shown: as long as a person takes it for at once.
const VISIBLE_AFTER: Duration = Duration::from_millis(300);

/// Shows the connection that is being made.
pub(super) struct Waiting {
    screen: Arc<Screen>,
    shown: Mutex<WaitingState>,
    gone: Arc<GivenUp>,
}

/// What is to be shown, and the thread that shows it.
#[derive(Default)]
struct WaitingState {
    progress: Option<SharedProgress>,
    /// What was typed during the last connection, for its session.
    typed: Zeroizing<Vec<u8>>,
    thread: Option<(Arc<Bell>, JoinHandle<()>)>,
}

/// Wakes the thread before the time has come to show something.
#[derive(Default)]
struct Bell {
    has_rung: Mutex<bool>,
    ring: Condvar,
}

/// Whether the person gave the connection up.
#[derive(Default)]
struct GivenUp {
    is_so: AtomicBool,
    changed: Notify,
}

/// While this lives, nothing is shown of the connection.
pub(super) struct ShownPause<'a>(&'a Waiting);

impl Drop for ShownPause<'_> {
    fn drop(&mut self) {
        self.0.resume();
    }
}

impl Waiting {
    pub fn new(screen: Arc<Screen>) -> Waiting {
        Waiting { screen, shown: Mutex::default(), gone: Arc::default() }
    }

    /// Notes a step of the connection to this host; the first one begins it.
    pub fn step(&self, host: &str, step: ConnectStep) {
        let mut shown = self.shown();
        match &shown.progress {
            Some(progress) => {
                let mut progress = locked(progress);
                host.clone_into(&mut progress.host);
                progress.step = step;
            }
            None => {
                let (host, began) = (host.to_owned(), Instant::now());
                let progress = Progress { host, step, began, is_over: false, typed: kept() };
                shown.typed.zeroize();
                shown.progress = Some(Arc::new(Mutex::new(progress)));
                self.show(&mut shown);
            }
        }
    }

    /// Takes the dialog away until the result is dropped, for a question. What was typed before may
    /// be an answer to it, and is for nobody else.
    pub fn pause(&self) -> ShownPause<'_> {
        self.hide();
        if let Some(progress) = &self.shown().progress {
            locked(progress).typed.zeroize();
        }
        ShownPause(self)
    }

    /// Takes the dialog away: the connection is made, or has failed.
    pub fn end(&self) {
        self.hide();
        // Whether this connection was given up says nothing about the next one.
        self.gone.is_so.store(false, Ordering::SeqCst);
        let mut shown = self.shown();
        if let Some(progress) = shown.progress.take() {
            shown.typed = std::mem::replace(&mut locked(&progress).typed, kept());
        }
    }

    /// What was typed while the connection was made.
    pub fn typed(&self) -> Vec<u8> {
        std::mem::take(&mut *self.shown().typed)
    }

    /// Returns once the person has given the connection up.
    pub async fn given_up(&self) {
        loop {
            let changed = self.gone.changed.notified();
            if self.gone.is_so.load(Ordering::SeqCst) {
                return;
            }
            changed.await;
        }
    }

    fn resume(&self) {
        let mut shown = self.shown();
        if let Some(progress) = &shown.progress {
            locked(progress).is_over = false;
            self.show(&mut shown);
        }
    }

    fn hide(&self) {
        let thread = {
            let mut shown = self.shown();
            if let Some(progress) = &shown.progress {
                locked(progress).is_over = true;
            }
            shown.thread.take()
        };
        if let Some((bell, thread)) = thread {
            *bell.has_rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
            bell.ring.notify_all();
            // A panic has been reported on the thread.
            let _ = thread.join();
        }
    }

    fn show(&self, shown: &mut WaitingState) {
        let Some(progress) = shown.progress.clone() else { return };
        let bell = Arc::new(Bell::default());
        let (screen, gone, wait) =
            (Arc::clone(&self.screen), Arc::clone(&self.gone), Arc::clone(&bell));
        let thread = thread::spawn(move || {
            if wait.is_rung_within(VISIBLE_AFTER) {
                return;
            }
            if screen.run(Connecting::new(progress)).is_ok_and(|it| it.is_given_up()) {
                gone.is_so.store(true, Ordering::SeqCst);
                gone.changed.notify_waiters();
            }
        });
        shown.thread = Some((bell, thread));
    }

    fn shown(&self) -> MutexGuard<'_, WaitingState> {
        // No code panics while it holds this lock.
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.hide();
    }
}

impl Bell {
    fn is_rung_within(&self, limit: Duration) -> bool {
        let rung = self.has_rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.ring.wait_timeout_while(rung, limit, |rung| !*rung);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
