//! The terminal's settings, which control how input is treated (termios(3)), and the terminal that
//! controls this process.

use std::fs::File;
use std::io;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios, tcgetattr,
    tcsetattr,
};

use super::descriptor::AsDescriptor;

/// All settings of a terminal, as a value.
#[derive(Clone, Debug)]
pub struct TerminalSettings(Box<Termios>);

/// When new settings take effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The settings take effect at once.
    Now,
    /// The settings take effect once pending output is written.
    Drained,
    /// The settings take effect once pending output is written; unread input is discarded.
    Flushed,
}

/// Whether the file is a terminal.
pub fn is_terminal(fd: impl AsDescriptor) -> bool {
    rustix::termios::isatty(fd.as_descriptor().fd())
}

/// Whether this process belongs to the job that has the terminal; another one that changes its
/// settings is stopped.
pub fn is_in_foreground(terminal: impl AsDescriptor) -> bool {
    rustix::termios::tcgetpgrp(terminal.as_descriptor().fd())
        .is_ok_and(|group| group == rustix::process::getpgrp())
}

/// Whether the terminal takes output now. One that the person has stopped with Ctrl-S does not, and a
/// write to it would wait.
pub fn takes_output(terminal: impl AsDescriptor) -> bool {
    let terminal = terminal.as_descriptor();
    let fd = terminal.fd();
    let mut asked = [PollFd::new(&fd, PollFlags::OUT)];
    poll(&mut asked, Some(&Timespec::default())).is_ok_and(|count| count > 0)
        && asked[0].revents().contains(PollFlags::OUT)
}

/// Opens the terminal that controls this process, for reading and writing.
///
/// # Errors
/// The process has none, as in a daemon or under `setsid`.
pub fn open_controlling() -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open("/dev/tty", flags, Mode::empty())?))
}

impl TerminalSettings {
    /// Reads the current settings of this terminal.
    ///
    /// # Errors
    /// It is not a terminal, or has gone away.
    pub fn of(terminal: impl AsDescriptor) -> io::Result<TerminalSettings> {
        Ok(TerminalSettings(Box::new(tcgetattr(terminal.as_descriptor().fd())?)))
    }

    /// Applies these settings to a terminal.
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

    /// The characters that send an interrupt and a quit signal, if they are bound.
    pub fn interrupting(&self) -> Vec<u8> {
        let codes = &self.0.special_codes;
        let codes = [codes[SpecialCodeIndex::VINTR], codes[SpecialCodeIndex::VQUIT]];
        // The value 0 means that the key is not bound.
        codes.into_iter().filter(|code| *code != 0).collect()
    }

    /// Sets raw mode as ssh(1) does: each key is delivered at once, none is interpreted or echoed,
    /// and output is sent unchanged.
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

    /// Turns the echo of input off.
    pub fn hide_input(&mut self) {
        let tio = &mut *self.0;
        tio.local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHOE | LocalModes::ECHOK | LocalModes::ECHONL);
        // Ctrl-Z is disabled: a shell that resumes the stopped program would restore the echo.
        tio.special_codes[SpecialCodeIndex::VSUSP] = 0;
    }

    /// Lets the interrupt and quit characters end the typed line, as characters of it, instead of
    /// sending a signal.
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
    //! A pseudo-terminal for tests.

    use std::os::fd::{AsFd, OwnedFd};

    /// Opens a pair: the side that a program sees, and the side where a person sits.
    pub(crate) fn pty() -> (OwnedFd, pty_process::blocking::Pty) {
        let (person, program) = pty_process::blocking::open().unwrap();
        (program.as_fd().try_clone_to_owned().unwrap(), person)
    }
}
