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
pub mod rotation;
#[cfg(test)]
pub(crate) mod testing;
pub mod warning;

pub(super) use challenge::ChallengeDialog;
pub(super) use login::LoginDialog;

use std::any::Any;
use std::fs::File;
use std::io::{self, Write};
use std::time::Duration;

use crossterm::event::{self, Event};
use ratatui::{Terminal, backend::CrosstermBackend};

use crate::os::AsDescriptor;
use crate::terminal::{self, AlternateScreen};
use component::{Stack, StackOutcome};
use look::Look;

pub use component::{Component, DialogAction};

/// How often a busy component gets a turn.
const TURN: Duration = Duration::from_millis(80);
/// How long to wait for an event before a turn when no component is busy.
const IDLE: Duration = Duration::from_secs(1);

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
        let screen = AlternateScreen::enter(self.tty.as_descriptor())?;
        let pen = FrameWriter { screen: &screen, drawn: Vec::new() };
        let mut terminal = Terminal::new(CrosstermBackend::new(pen))?;
        let mut stack = Stack::new(Box::new(dialog));
        // The first poll starts to watch for size changes, which must happen before anything is
        // drawn. What was typed before is dropped, because nobody could see the dialog then.
        while event::poll(Duration::ZERO)? {
            event::read()?;
        }
        loop {
            terminal.draw(|frame| stack.draw(frame, self.look))?;
            let wait = if stack.is_busy() { TURN } else { IDLE };
            let act = match event::poll(wait)? {
                true => {
                    let event = event::read()?;
                    // A terminal that became smaller and larger again has lost its content, which
                    // its size alone does not show.
                    if matches!(event, Event::Resize(..)) {
                        terminal.resize(terminal.size()?.into())?;
                    }
                    stack.handle(&event)
                }
                false => stack.turn(),
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
}

/// Writes each frame at once when it is complete. This avoids flicker, and nothing is written after
/// a signal has restored the main screen.
struct FrameWriter<'a> {
    screen: &'a AlternateScreen,
    drawn: Vec<u8>,
}

impl Write for FrameWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.drawn.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.screen.write(&std::mem::take(&mut self.drawn))
    }
}
