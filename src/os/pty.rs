//! Pseudo-terminals: a server runs the programs of its sessions on them.

use std::io;

use pty_process::{Command as OnTerminal, Pts, Size};
use tokio::process::{Child, Command};

/// The controlling side, where a person would sit, and its writing half.
pub use pty_process::{OwnedWritePty as PtyWriter, Pty};

use super::modes::set_modes;
use super::size::WindowSize;

/// The side for a program, before one is started on it.
pub struct ProgramSide(Pts);

/// Opens a pair of this size, with these modes (RFC 4254 section 8). Sizes that the system cannot
/// represent become the largest one.
///
/// # Errors
/// There are too many pseudo-terminals.
pub fn open(size: WindowSize, modes: &[(russh::Pty, u32)]) -> io::Result<(Pty, ProgramSide)> {
    let (person, program) = pty_process::open().map_err(io::Error::other)?;
    person.resize(system_size(size)).map_err(io::Error::other)?;
    set_modes(&program, modes);
    Ok((person, ProgramSide(program)))
}

/// Changes the size. It fails only if the terminal is gone, which its reader notices anyway.
pub fn resize(terminal: &PtyWriter, size: WindowSize) {
    let _ = terminal.resize(system_size(size));
}

impl ProgramSide {
    /// Starts a program on the terminal, in a new session that the terminal controls.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn spawn(self, command: Command) -> io::Result<Child> {
        OnTerminal::from(command).spawn(self.0).map_err(io::Error::other)
    }
}

fn system_size(size: WindowSize) -> Size {
    let narrow = |value: u32| u16::try_from(value).unwrap_or(u16::MAX);
    let WindowSize { columns, rows, width, height } = size;
    Size::new_with_pixel(narrow(rows), narrow(columns), narrow(width), narrow(height))
}
