//! Pseudo-terminals: a terminal whose other side is a program, as a server gives to its sessions.

use std::io;

use pty_process::{Command as OnTerminal, Pts, Size};
use tokio::process::{Child, Command};

/// The side that a person would sit at, and the half of it that is written to.
pub use pty_process::{OwnedWritePty as PtyWriter, Pty};

use super::modes::set_modes;
use super::size::WindowSize;

/// The side that a program sees, until one is started there.
pub struct ProgramSide(Pts);

/// Opens a pair of this size, with these modes (RFC 4254 section 8). What does not fit is no size
/// that a terminal has, and becomes the largest.
///
/// # Errors
/// There are too many.
pub fn open(size: WindowSize, modes: &[(russh::Pty, u32)]) -> io::Result<(Pty, ProgramSide)> {
    let (person, program) = pty_process::open().map_err(io::Error::other)?;
    person.resize(system_size(size)).map_err(io::Error::other)?;
    set_modes(&program, modes);
    Ok((person, ProgramSide(program)))
}

/// Changes the size; fails only when the terminal is gone, which its reader is told.
pub fn resize(terminal: &PtyWriter, size: WindowSize) {
    let _ = terminal.resize(system_size(size));
}

impl ProgramSide {
    /// Starts a program on the terminal, in a session of its own that the terminal controls.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn spawn(self, command: Command) -> io::Result<Child> {
        OnTerminal::from(command).spawn(self.0).map_err(io::Error::other)
    }
}

fn system_size(size: WindowSize) -> Size {
    let narrow = |value: u32| u16::try_from(value).unwrap_or(u16::MAX);
    let WindowSize { columns, rows, width, height } = size;
    Size::new_with_pixel(narrow(rows), narrow(columns), narrow(width), narrow(height))
}
