//! Raw mode and hidden input, and the one list from which every terminal is restored.
//!
//! A guard changes the terminal's settings and keeps the old ones in the list; dropping it removes
//! the entry and restores them. [`restore`] does so for all guards at once, at any time and any
//! number of times. A guard whose entry is gone does nothing when dropped.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use crate::os::descriptor::write_all;
use crate::os::terminal::{TerminalSettings, When, is_in_foreground, takes_output};
use crate::os::{AsDescriptor, BorrowedDescriptor, Descriptor};
use crate::say;
use crate::terminal::remote_modes::RemoteModes;

/// A terminal whose settings or screen were changed.
struct Changed {
    id: u64,
    // A duplicate: the guard's owner may close its own before the panic hook runs.
    fd: Descriptor,
    before: Before,
    /// Lines held back while a dialog has this screen.
    held: Held,
}

/// Lines that are written when the main screen is back.
#[derive(Default)]
struct Held {
    text: String,
    left_out: usize,
}

/// How the change is undone.
enum Before {
    Modes {
        before: TerminalSettings,
        after: TerminalSettings,
    },
    /// A control sequence is written to the terminal.
    Screen(&'static str),
    /// The modes are switched off that the server's programs have left on.
    Remote(RemoteModes),
}

/// The most bytes held back while a dialog is open: some hundred lines of `-v`, more than a person
/// reads afterwards.
const MAX_HELD: usize = 64 * 1024;

static CHANGED: Mutex<Vec<Changed>> = Mutex::new(Vec::new());
/// Whether no terminal is changed any more. It is read and set with [`CHANGED`] locked.
static IS_OVER: AtomicBool = AtomicBool::new(false);
static NEXT_ID: AtomicU64 = AtomicU64::new(0);
static HOOK: Once = Once::new();

/// Undoes all changes to terminals, the last one first. Does nothing if there are none; never
/// panics; can be called from a panic hook.
pub fn restore() {
    let mut changed = changed();
    while let Some(entry) = changed.pop() {
        entry.put_back();
    }
}

/// Does what [`restore`] does for a program that ends: from here on no terminal can be changed. A
/// question that is about to open on its thread would leave the terminal as a dialog has it.
pub fn restore_for_good() {
    {
        let _changed = changed();
        IS_OVER.store(true, Ordering::Relaxed);
    }
    restore();
}

/// Makes the last change of settings once more, where another program has undone it. Does nothing
/// in the background, where a program that changes the terminal is stopped.
pub fn renew() {
    let changed = changed();
    let modes = |entry: &Changed| match &entry.before {
        Before::Modes { after, .. } => Some((entry.fd.duplicate().ok()?, after.clone())),
        Before::Screen(_) | Before::Remote(_) => None,
    };
    if let Some((fd, after)) = changed.iter().rev().find_map(modes)
        && is_in_foreground(&fd)
    {
        // If the terminal has hung up, nothing can be changed.
        let _ = after.apply(&fd, When::Now);
    }
}

/// Whether tessh has changed any terminal. A line of its own then needs a carriage return, which does
/// no harm on other terminals. What the server's programs have switched on does not count.
pub fn is_changed() -> bool {
    changed().iter().any(|entry| !matches!(entry.before, Before::Remote(_)))
}

/// Holds a line, with its line break, until the main screen is back; `false` if no dialog has the
/// screen, so that the caller can write the line itself. Lines beyond 64 KiB are only counted.
pub fn hold(line: &str) -> bool {
    let mut changed = changed();
    let dialog = changed.iter_mut().rev().find(|entry| entry.before.is_dialogs());
    let Some(Changed { held, .. }) = dialog else { return false };
    match held.text.len() + line.len() <= MAX_HELD {
        true => held.text.push_str(&line.replace('\n', "\r\n")),
        false => held.left_out += line.matches('\n').count(),
    }
    true
}

/// Whether lines wait for the open dialog to close.
pub fn is_holding() -> bool {
    changed().iter().any(|it| !it.held.text.is_empty())
}

/// Makes a panic restore the terminal before the previously installed hook prints. Further calls do
/// nothing.
pub fn install_panic_hook() {
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            restore();
            previous(info);
        }));
    });
}

/// A terminal in raw mode as in ssh(1): each key is delivered at once, none is interpreted or
/// echoed, and output is sent unchanged. Dropping it restores the terminal.
#[derive(Debug)]
pub struct RawMode {
    fd: Descriptor,
    change: Option<Change>,
}

impl RawMode {
    /// Puts the terminal into raw mode once pending output is written.
    ///
    /// # Errors
    /// It is not a terminal, or has gone away.
    pub fn enter(fd: BorrowedDescriptor<'_>) -> io::Result<RawMode> {
        let fd = fd.duplicate()?;
        let change = Change::make(fd.as_descriptor(), When::Drained, TerminalSettings::make_raw)?;
        Ok(RawMode { fd, change: Some(change) })
    }

    /// Restores the terminal temporarily, for example before stopping on `~^Z`.
    pub fn suspend(&mut self) {
        self.change = None;
    }

    /// Enters raw mode again after [`suspend`](RawMode::suspend) or [`restore`]. The settings that
    /// the terminal has now are those restored later, because they may have been changed meanwhile.
    ///
    /// # Errors
    /// The terminal has gone away.
    pub fn resume(&mut self) -> io::Result<()> {
        if self.change.as_ref().is_some_and(Change::is_in_force) {
            return Ok(());
        }
        self.change =
            Some(Change::make(self.fd.as_descriptor(), When::Drained, TerminalSettings::make_raw)?);
        Ok(())
    }
}

/// A terminal that does not echo input, and otherwise edits lines and sends signals as before.
/// Dropping it restores the terminal.
#[derive(Debug)]
pub struct NoEcho {
    _change: Change,
}

impl NoEcho {
    /// Turns the echo off and discards unread input, as readpassphrase(3) does.
    ///
    /// # Errors
    /// It is not a terminal, or has gone away.
    pub fn enter(fd: BorrowedDescriptor<'_>) -> io::Result<NoEcho> {
        Ok(NoEcho { _change: Change::make(fd, When::Flushed, TerminalSettings::hide_input)? })
    }
}

/// A terminal on which Ctrl-C and Ctrl-\\ end the typed line, as characters of it, instead of
/// sending a signal. Dropping it restores the terminal.
#[derive(Debug)]
pub struct LineKeys {
    _change: Change,
    ending: Vec<u8>,
}

impl LineKeys {
    /// Changes what the two keys do; line editing and echo stay as they are.
    ///
    /// # Errors
    /// It is not a terminal, or has gone away.
    pub fn enter(fd: BorrowedDescriptor<'_>) -> io::Result<LineKeys> {
        let ending = TerminalSettings::of(fd)?.interrupting();
        let _change = Change::make(fd, When::Now, TerminalSettings::interrupt_ends_line)?;
        Ok(LineKeys { _change, ending })
    }

    /// The characters that end the line.
    pub fn ending(&self) -> Vec<u8> {
        self.ending.clone()
    }
}

/// The alternate screen, on which dialogs are drawn: raw mode, mouse clicks, and pastes that are
/// distinguished from typing. Dropping it shows the main screen again with its scrollback.
#[derive(Debug)]
pub struct AlternateScreen {
    screen: ScreenMode,
    _raw: RawMode,
}

/// Enables the alternate screen, bracketed paste, and mouse buttons and dragging with positions
/// beyond column 223.
const ENTER_SCREEN: &str = "\x1b[?1049h\x1b[?2004h\x1b[?1002h\x1b[?1006h\x1b[2J\x1b[H";
/// Disables them, shows the cursor and resets the colours.
const LEAVE_SCREEN: &str = "\x1b[?1006l\x1b[?1002l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l";

impl AlternateScreen {
    /// Switches to the alternate screen.
    ///
    /// # Errors
    /// It is not a terminal, or has gone away.
    pub fn enter(fd: BorrowedDescriptor<'_>) -> io::Result<AlternateScreen> {
        // Unread input is discarded, because it was typed before the dialog was visible.
        let change = Change::make(fd, When::Flushed, TerminalSettings::make_raw)?;
        let raw = RawMode { fd: fd.duplicate()?, change: Some(change) };
        Ok(AlternateScreen {
            screen: ScreenMode::enter(fd, ENTER_SCREEN, LEAVE_SCREEN)?,
            _raw: raw,
        })
    }

    /// Writes to the terminal. Writes nothing if [`restore`] has shown the main screen again,
    /// because a dialog's content must not appear there.
    ///
    /// # Errors
    /// The terminal has gone away.
    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        // Hold the lock, so that no restore happens between the check and the write.
        let changed = changed();
        match changed.iter().find(|entry| entry.id == self.screen.change.id) {
            Some(entry) => write_all(entry.fd.as_descriptor(), bytes),
            None => Ok(()),
        }
    }
}

/// A terminal mode that a control sequence switches on, such as bracketed paste. Dropping it
/// switches the mode off.
#[derive(Debug)]
pub struct ScreenMode {
    change: Change,
}

impl ScreenMode {
    /// Writes `on` to the terminal now, and `off` when the mode is dropped or restored.
    ///
    /// # Errors
    /// The terminal has gone away.
    pub fn enter(
        fd: BorrowedDescriptor<'_>,
        on: &str,
        off: &'static str,
    ) -> io::Result<ScreenMode> {
        Ok(ScreenMode { change: Change::write(fd, on, Before::Screen(off))? })
    }
}

/// A terminal on which the server's programs switch modes. Dropping it switches off those that are
/// on and not forgotten.
#[derive(Debug)]
pub struct RemoteScreen {
    modes: RemoteModes,
    _change: Change,
}

impl RemoteScreen {
    /// From now on the modes that are switched on count as what is to be put back.
    ///
    /// # Errors
    /// There are too many descriptors.
    pub fn enter(fd: BorrowedDescriptor<'_>) -> io::Result<RemoteScreen> {
        RemoteScreen::with(fd, RemoteModes::default())
    }

    /// Does what [`RemoteScreen::enter`] does where another process writes to the terminal: all modes
    /// count as switched on that can be switched off without harm.
    ///
    /// # Errors
    /// There are too many descriptors.
    pub fn enter_unseen(fd: BorrowedDescriptor<'_>) -> io::Result<RemoteScreen> {
        RemoteScreen::with(fd, RemoteModes::unseen())
    }

    fn with(fd: BorrowedDescriptor<'_>, modes: RemoteModes) -> io::Result<RemoteScreen> {
        let change = Change::write(fd, "", Before::Remote(modes.clone()))?;
        Ok(RemoteScreen { modes, _change: change })
    }

    /// The modes that are switched on.
    pub fn modes(&self) -> &RemoteModes {
        &self.modes
    }
}

/// One entry in the list. Dropping it restores the terminal unless [`restore`] already did.
#[derive(Debug)]
struct Change {
    id: u64,
}

impl Change {
    fn make(
        fd: BorrowedDescriptor<'_>,
        when: When,
        alter: fn(&mut TerminalSettings),
    ) -> io::Result<Change> {
        let before = TerminalSettings::of(fd)?;
        let mut after = before.clone();
        alter(&mut after);
        let fd = fd.duplicate()?;
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        // Hold the lock, so that no restore happens between the change and the entry.
        let mut changed = changed_before_the_end()?;
        after.apply(&fd, when)?;
        let before = Before::Modes { before, after };
        changed.push(Changed { id, fd, before, held: Held::default() });
        Ok(Change { id })
    }

    fn write(fd: BorrowedDescriptor<'_>, on: &str, before: Before) -> io::Result<Change> {
        let fd = fd.duplicate()?;
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        let mut changed = changed_before_the_end()?;
        write_all(fd.as_descriptor(), on.as_bytes())?;
        changed.push(Changed { id, fd, before, held: Held::default() });
        Ok(Change { id })
    }

    fn is_in_force(&self) -> bool {
        changed().iter().any(|entry| entry.id == self.id)
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        let mut changed = changed();
        if let Some(at) = changed.iter().position(|entry| entry.id == self.id) {
            changed.remove(at).put_back();
        }
    }
}

impl Changed {
    fn put_back(self) {
        // If the terminal has hung up, nothing can be restored, so errors are ignored.
        match self.before {
            Before::Modes { before, .. } => {
                // What waits in a terminal that is stopped may wait for ever.
                let when = if takes_output(&self.fd) { When::Drained } else { When::Now };
                drop(before.apply(&self.fd, when));
            }
            Before::Screen(off) => {
                let text = [off, &self.held.text, &self.held.rest()].concat();
                drop(write_all(self.fd.as_descriptor(), text.as_bytes()));
            }
            Before::Remote(modes) => {
                drop(write_all(self.fd.as_descriptor(), modes.back().as_bytes()));
            }
        }
    }
}

impl Before {
    fn is_dialogs(&self) -> bool {
        matches!(self, Before::Screen(off) if *off == LEAVE_SCREEN)
    }
}

impl Held {
    fn rest(&self) -> String {
        match self.left_out {
            0 => String::new(),
            lines => say!(screen_lines_left_out, lines) + "\r\n",
        }
    }
}

/// Locks the list to add to it.
///
/// # Errors
/// The program ends.
fn changed_before_the_end() -> io::Result<MutexGuard<'static, Vec<Changed>>> {
    let changed = changed();
    match IS_OVER.load(Ordering::Relaxed) {
        true => Err(io::ErrorKind::NotConnected.into()),
        false => Ok(changed),
    }
}

/// Locks the list. If a thread panicked while holding the lock, the list is still consistent,
/// because each entry is added and removed in one step.
fn changed() -> MutexGuard<'static, Vec<Changed>> {
    CHANGED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
