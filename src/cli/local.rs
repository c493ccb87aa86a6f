//! The local terminal during a session: raw mode, its size, and the console for escapes.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

use super::log;
use crate::client::channel::WindowSize;
use crate::client::relay::Console;
use crate::error::{Error, Kind, Result, told};
use crate::say;
use crate::terminal::{self, RawMode};

/// The person's terminal, in raw mode if the session is interactive.
pub(super) struct Terminal {
    raw: Option<RawMode>,
    resize: UnboundedSender<WindowSize>,
}

impl Terminal {
    /// Takes the terminal over; everything is put back when it is dropped.
    pub fn enter(raw: bool, resize: UnboundedSender<WindowSize>) -> Result<Terminal> {
        let raw = match raw {
            false => None,
            true => Some(RawMode::enter(rustix::stdio::stdin()).map_err(|error| {
                Error::new(
                    Kind::Local,
                    say!("error-cli-cannot-set-up-terminal", error = told(&error)),
                )
            })?),
        };
        Ok(Terminal { raw, resize })
    }

    /// Gives the terminal back.
    pub fn leave(&mut self) {
        self.raw = None;
    }
}

impl Console for Terminal {
    fn say(&mut self, text: &str) {
        use std::io::Write;
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    fn suspend(&mut self) {
        if let Some(raw) = &mut self.raw {
            raw.suspend();
        }
        let this = rustix::process::getpid();
        let _ = rustix::process::kill_process(this, rustix::process::Signal::TSTP);
        // Here the process stands still until it is continued.
        if let Some(raw) = &mut self.raw {
            let _ = raw.resume();
        }
        if let Some(size) = window_size() {
            let _ = self.resize.send(size);
        }
    }

    fn verbosity(&mut self, more: bool) -> String {
        log::shift(more).to_string()
    }
}

/// The size of the terminal that standard input is, as the protocol has it.
pub(super) fn window_size() -> Option<WindowSize> {
    let size = terminal::winsize(rustix::stdio::stdin())?;
    Some(WindowSize {
        columns: size.cols,
        rows: size.rows,
        width: size.x_pixels,
        height: size.y_pixels,
    })
}

/// Sends the new size on every SIGWINCH, until dropped.
pub(super) fn window_changes(resize: UnboundedSender<WindowSize>) -> Watcher {
    Watcher(tokio::spawn(async move {
        let Ok(mut changes) = signal(SignalKind::window_change()) else { return };
        while changes.recv().await.is_some() {
            if let Some(size) = window_size()
                && resize.send(size).is_err()
            {
                return;
            }
        }
    }))
}

/// A task that ends with its owner.
pub(super) struct Watcher(JoinHandle<()>);

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.abort();
    }
}
