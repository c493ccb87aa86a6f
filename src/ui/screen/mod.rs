//! Full-screen dialogs: a stack of components, of which the top one gets the keys.
//!
//! A dialog is a [`Component`], usually made of one [`form::DialogForm`]. [`Screen::run`] switches
//! to the alternate screen, shows a dialog until it closes, and returns it with its answer inside;
//! the main screen and its scrollback are unchanged afterwards. `terminal` handles raw mode, the
//! screens and their restoration.

mod challenge;
pub mod component;
pub(super) mod connecting;
pub mod connection;
pub mod editor;
pub mod facts;
pub mod field;
mod files;
pub mod form;
pub mod generator;
mod keys_help;
mod login;
pub mod look;
pub mod nodes;
pub mod panes;
pub mod paste;
#[cfg(test)]
mod pictures;
mod replies;
pub mod rotation;
#[cfg(test)]
pub(crate) mod testing;
pub mod warning;

pub(super) use challenge::ChallengeDialog;
pub(super) use login::LoginDialog;

use std::any::Any;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, Write};
use std::time::Duration;

use crossterm::event::{self, Event};
use ratatui::{Terminal, backend::CrosstermBackend};

use crate::os::keyboard::{Attention, KeyWatch};
use crate::os::{AsDescriptor, BorrowedDescriptor, descriptor};
use crate::say;
use crate::terminal::{self, AlternateScreen};
use component::{Stack, StackOutcome};
use look::Look;
use replies::Replies;

pub use component::{Component, DialogAction};

/// How often a busy component gets a turn.
const TURN: Duration = Duration::from_millis(80);
/// How long to wait for an event before a turn when no component is busy.
const IDLE: Duration = Duration::from_secs(1);
/// How long to look for an event that is there, or is none because more keys belong to it.
const LOOK: Duration = Duration::from_millis(1);

/// The person's terminal, on which dialogs are shown.
pub struct Screen {
    tty: File,
    look: Look,
}

impl Screen {
    /// Opens the controlling terminal.
    ///
    /// # Errors
    /// There is no controlling terminal.
    pub fn open(look: Look) -> io::Result<Screen> {
        Ok(Screen { tty: terminal::open_controlling()?, look })
    }

    /// Shows a dialog until it closes, and returns it.
    ///
    /// # Errors
    /// The terminal failed or is gone.
    pub fn run<C: Component>(&self, dialog: C) -> io::Result<C> {
        self.shown(dialog).inspect_err(|_| terminal::note_if_gone(self.keys()))
    }

    fn shown<C: Component>(&self, dialog: C) -> io::Result<C> {
        let screen = AlternateScreen::enter(self.tty.as_descriptor())?;
        let is_over = Cell::new(false);
        let pen = FrameWriter { screen: &screen, drawn: Vec::new(), is_over: &is_over };
        let mut terminal = Terminal::new(CrosstermBackend::new(pen))?;
        let closed = self.answered(&screen, &mut terminal, dialog);
        is_over.set(closed.is_err());
        closed
    }

    fn answered<C: Component>(
        &self,
        screen: &AlternateScreen,
        terminal: &mut Terminal<CrosstermBackend<FrameWriter<'_>>>,
        dialog: C,
    ) -> io::Result<C> {
        let mut stack = Stack::new(Box::new(dialog));
        let watch = KeyWatch::start()?;
        // The first poll starts to watch for size changes, which must happen before anything is
        // drawn. What was typed before is dropped, because nobody could see the dialog then.
        let mut replies = Replies::default();
        while replies.has_event() || event::poll(Duration::ZERO)? {
            replies.without(read)?;
        }
        loop {
            terminal.draw(|frame| stack.draw(frame, self.look))?;
            let wait = if stack.is_busy() { TURN } else { IDLE };
            let act = match self.event(&watch, &mut replies, wait)? {
                Some(event) => {
                    // A terminal that became smaller and larger again has lost its content, which
                    // its size alone does not show.
                    if matches!(event, Event::Resize(..)) {
                        terminal.resize(terminal.size()?.into())?;
                    }
                    stack.handle(&event)
                }
                None => stack.turn(),
            };
            match act {
                StackOutcome::No => {}
                StackOutcome::Write(bytes) => screen.write(&bytes)?,
                StackOutcome::Yes(root) => {
                    let root: Box<dyn Any> = root;
                    return root
                        .downcast()
                        .map(|root| *root)
                        .map_err(|_| io::Error::other("another dialog closed than was opened"));
                }
            }
        }
    }

    /// Waits for the next event, and no longer than this. The wait is not left to the library that
    /// reads the keys: it would look again and again at a terminal that has gone.
    ///
    /// # Errors
    /// The terminal failed or is gone.
    fn event(
        &self,
        watch: &KeyWatch,
        replies: &mut Replies,
        limit: Duration,
    ) -> io::Result<Option<Event>> {
        if !replies.has_event() && !event::poll(LOOK)? {
            if watch.wait(self.keys(), limit)? == Attention::Gone {
                return Err(io::Error::other(say!(terminal_gone)));
            }
            if !event::poll(LOOK)? {
                return Ok(None);
            }
        }
        replies.without(read)
    }

    /// Where the keys come from, as the library that reads them chooses.
    fn keys(&self) -> BorrowedDescriptor<'_> {
        let stdin = descriptor::stdin();
        if terminal::is_terminal(stdin) { stdin } else { self.tty.as_descriptor() }
    }
}

/// The next event, if there is one within this time.
fn read(limit: Duration) -> io::Result<Option<Event>> {
    match event::poll(limit)? {
        true => event::read().map(Some),
        false => Ok(None),
    }
}

/// Writes each frame at once when it is complete. This avoids flicker, and nothing is written after
/// a signal has restored the main screen.
struct FrameWriter<'a> {
    screen: &'a AlternateScreen,
    drawn: Vec<u8>,
    /// The terminal has failed and is left alone. The library would show the cursor once more, and
    /// panic where it can neither do that nor say so.
    is_over: &'a Cell<bool>,
}

impl Write for FrameWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.drawn.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_over.get() {
            return Ok(());
        }
        self.screen.write(&std::mem::take(&mut self.drawn))
    }
}
