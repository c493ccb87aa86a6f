//! Waiting for a person at a terminal: for keys, for another size of the window, and for the
//! terminal to go away, which a wait for keys alone does not notice.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use signal_hook::SigId;
use signal_hook::low_level::{pipe, unregister};

use super::descriptor::AsDescriptor;
use super::signal::Signal;

/// What has happened at a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attention {
    /// There may be keys or another size.
    Wanted,
    /// Nothing has happened in time.
    NotWanted,
    /// The terminal has gone away, and nothing can come from it any more.
    Gone,
}

/// Whether the terminal has gone away.
pub fn is_gone(terminal: impl AsDescriptor) -> bool {
    let terminal = terminal.as_descriptor();
    let fd = terminal.fd();
    let mut asked = [PollFd::new(&fd, PollFlags::empty())];
    poll(&mut asked, Some(&Timespec::default())).is_ok_and(|count| count > 0)
        && asked[0].revents().contains(PollFlags::HUP)
}

/// Watches for the person as long as it lives.
pub struct KeyWatch {
    resized: UnixStream,
    id: SigId,
}

impl KeyWatch {
    /// Begins to watch.
    ///
    /// # Errors
    /// The system has no free descriptors.
    pub fn start() -> io::Result<KeyWatch> {
        let (resized, told) = UnixStream::pair()?;
        resized.set_nonblocking(true)?;
        told.set_nonblocking(true)?;
        let id = pipe::register(Signal::WindowChange.number().into(), told)?;
        Ok(KeyWatch { resized, id })
    }

    /// Waits until something happens, and no longer than this.
    ///
    /// # Errors
    /// The terminal cannot be waited for.
    pub fn wait(&self, terminal: impl AsDescriptor, limit: Duration) -> io::Result<Attention> {
        let terminal = terminal.as_descriptor();
        let fd = terminal.fd();
        let mut asked =
            [PollFd::new(&fd, PollFlags::IN), PollFd::new(&self.resized, PollFlags::IN)];
        let limit = Timespec::try_from(limit).map_err(|_| Errno::INVAL)?;
        match poll(&mut asked, Some(&limit)) {
            Ok(0) => return Ok(Attention::NotWanted),
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(Attention::Wanted),
            Err(error) => return Err(error.into()),
        }
        if asked[0].revents().contains(PollFlags::HUP) {
            return Ok(Attention::Gone);
        }
        while (&self.resized).read(&mut [0; 64]).is_ok_and(|count| count > 0) {}
        Ok(Attention::Wanted)
    }
}

impl Drop for KeyWatch {
    fn drop(&mut self) {
        unregister(self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn keys_nothing_and_the_end_of_the_terminal_are_told_apart() {
        let (tty, mut person) = crate::os::terminal::testing::pty();
        let watch = KeyWatch::start().unwrap();
        let wait = |limit| watch.wait(&tty, limit).unwrap();
        assert_eq!(wait(Duration::ZERO), Attention::NotWanted);
        person.write_all(b"key\n").unwrap();
        assert_eq!(wait(LONG), Attention::Wanted);
        assert!(!is_gone(&tty));
        drop(person);
        assert_eq!(wait(LONG), Attention::Gone);
        assert!(is_gone(&tty));
    }
}
