//! The terminal's settings: how it treats what is typed (termios(3)), and the terminal that
//! controls this process.

use std::fs::File;
use std::io;

use rustix::fs::{Mode, OFlags};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios, tcgetattr,
    tcsetattr,
};

use super::descriptor::AsDescriptor;

/// All settings of a terminal at one moment.
#[derive(Clone, Debug)]
pub struct TerminalSettings(Box<Termios>);

/// When new settings take effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At once.
    Now,
    /// Once pending output is written.
    Drained,
    /// Once pending output is written; what was typed and not read yet is discarded.
    Flushed,
}

/// Whether the file is a terminal.
pub fn is_terminal(fd: impl AsDescriptor) -> bool {
    rustix::termios::isatty(fd.as_descriptor().fd())
}

/// Opens the terminal that controls this process, for reading and writing.
///
/// # Errors
/// There is none, as in a daemon or under `setsid`.
pub fn open_controlling() -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open("/dev/tty", flags, Mode::empty())?))
}

impl TerminalSettings {
    /// The settings of this terminal now.
    ///
    /// # Errors
    /// It is not a terminal, or has gone away.
    pub fn of(terminal: impl AsDescriptor) -> io::Result<TerminalSettings> {
        Ok(TerminalSettings(Box::new(tcgetattr(terminal.as_descriptor().fd())?)))
    }

    /// Gives a terminal these settings.
    ///
    /// # Errors
    /// It is not a terminal, or has gone away.
    pub fn apply(&self, terminal: impl AsDescriptor, when: When) -> io::Result<()> {
        let when = match when {
            When::Now => OptionalActions::Now,
            When::Drained => OptionalActions::Drain,
            When::Flushed => OptionalActions::Flush,
        };
        Ok(tcsetattr(terminal.as_descriptor().fd(), when, &self.0)?)
    }

    /// The characters that send an interrupt and a quit signal, as far as they are bound.
    pub fn interrupting(&self) -> Vec<u8> {
        let codes = &self.0.special_codes;
        let codes = [codes[SpecialCodeIndex::VINTR], codes[SpecialCodeIndex::VQUIT]];
        // Nothing is bound to 0.
        codes.into_iter().filter(|code| *code != 0).collect()
    }

    /// Raw mode, as ssh(1) has it: each key is delivered as it is pressed, none is interpreted or
    /// echoed, and output goes out unchanged.
    pub fn make_raw(&mut self) {
        let tio = &mut *self.0;
        tio.input_modes.insert(InputModes::IGNPAR);
        tio.input_modes.remove(
            InputModes::ISTRIP
                | InputModes::INLCR
                | InputModes::IGNCR
                | InputModes::ICRNL
                | InputModes::IXON
                | InputModes::IXANY
                | InputModes::IXOFF
                | InputModes::IUCLC,
        );
        tio.local_modes.remove(
            LocalModes::ISIG
                | LocalModes::ICANON
                | LocalModes::ECHO
                | LocalModes::ECHOE
                | LocalModes::ECHOK
                | LocalModes::ECHONL
                | LocalModes::IEXTEN,
        );
        tio.output_modes.remove(OutputModes::OPOST);
        tio.special_codes[SpecialCodeIndex::VMIN] = 1;
        tio.special_codes[SpecialCodeIndex::VTIME] = 0;
    }

    /// What is typed is not shown.
    pub fn hide_input(&mut self) {
        let tio = &mut *self.0;
        tio.local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHOE | LocalModes::ECHOK | LocalModes::ECHONL);
        // A shell that brings the stopped program back would bring the echo back with it.
        tio.special_codes[SpecialCodeIndex::VSUSP] = 0;
    }

    /// The interrupt and quit characters end the line that is being typed, as characters of it,
    /// and send no signal.
    pub fn interrupt_ends_line(&mut self) {
        let tio = &mut *self.0;
        tio.local_modes.remove(LocalModes::ISIG);
        let codes = &mut tio.special_codes;
        codes[SpecialCodeIndex::VEOL] = codes[SpecialCodeIndex::VINTR];
        codes[SpecialCodeIndex::VEOL2] = codes[SpecialCodeIndex::VQUIT];
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! A pseudo-terminal to test against.

    use std::os::fd::{AsFd, OwnedFd};

    /// Opens a pair: the side a program sees, and the side a person sits at.
    pub(crate) fn pty() -> (OwnedFd, pty_process::blocking::Pty) {
        let (person, program) = pty_process::blocking::open().unwrap();
        (program.as_fd().try_clone_to_owned().unwrap(), person)
    }
}
