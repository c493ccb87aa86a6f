//! Reading one line from a person at a terminal, hidden or shown.
//!
//! The terminal keeps editing the line and sending signals, so Ctrl-C reaches the program as
//! SIGINT: whoever waits for signals calls [`restore`](crate::terminal::restore) and ends it.
//! Prompts are written as they are given; remote text in them has been sanitised before.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::say;
use crate::secret::Secret;
use crate::terminal::NoEcho;

/// The longest line read: what the kernel keeps of one typed at a terminal.
const LINE_MAX: usize = 4_096;

/// What stands for bytes that are not UTF-8 once a line is read.
const NOT_UTF8: char = '\u{fffd}';

/// Asks for a line and does not show it. `None` is end of file with nothing typed.
///
/// # Errors
/// The terminal failed, or the line is longer than 4096 bytes or is not UTF-8.
pub fn read_hidden(tty: &File, prompt: &str) -> io::Result<Option<Secret>> {
    let hidden = NoEcho::enter(tty.as_fd())?;
    let mut screen = tty;
    screen.write_all(prompt.as_bytes())?;
    let input = Typed::new(tty)?;
    let ended = input.ended.clone();
    let config = rpassword::ConfigBuilder::new().input_reader(input).output_discard().build();
    let typed = rpassword::read_password_with_config(config).map(Secret::new);
    drop(hidden);
    // The line break that was typed has not been shown either.
    screen.write_all(b"\n")?;
    let typed = typed?;
    if typed.expose().contains(NOT_UTF8) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            say!("error-terminal-what-typed-not-utf"),
        ));
    }
    let nothing = typed.is_empty() && ended.load(Ordering::Relaxed);
    Ok(if nothing { None } else { Some(typed) })
}

/// Asks for a line and shows it while it is typed. `None` is end of file with nothing typed.
///
/// # Errors
/// The terminal failed, or the line is longer than 4096 bytes or is not UTF-8.
pub fn read_shown(tty: &File, prompt: &str) -> io::Result<Option<String>> {
    let mut screen = tty;
    screen.write_all(prompt.as_bytes())?;
    let mut line = String::new();
    if BufReader::new(Typed::new(tty)?).read_line(&mut line)? == 0 {
        screen.write_all(b"\n")?;
        return Ok(None);
    }
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(Some(line))
}

/// What is typed, one byte at a time so that nothing after the line is taken.
struct Typed {
    tty: File,
    room: usize,
    ended: Arc<AtomicBool>,
}

impl Typed {
    fn new(tty: &File) -> io::Result<Typed> {
        Ok(Typed { tty: tty.try_clone()?, room: LINE_MAX, ended: Arc::default() })
    }
}

impl Read for Typed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(room) = self.room.checked_sub(1) else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                say!("error-terminal-line-too-long"),
            ));
        };
        let Some(byte) = buffer.get_mut(..1) else { return Ok(0) };
        let read = loop {
            match self.tty.read(byte) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.room = room;
        if read == 0 {
            self.ended.store(true, Ordering::Relaxed);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

    use super::*;
    use crate::terminal::testing::{pty, turn};

    // Types the keys once the prompt is on the screen, and gives the answer, whether the echo
    // was off by then, and the whole screen.
    fn typed<T: Send + 'static>(
        ask: fn(&File, &str) -> io::Result<T>,
        keys: &[u8],
    ) -> (io::Result<T>, bool, String) {
        let _turn = turn();
        let (tty, mut person) = pty();
        let tty = File::from(tty);
        let asked = tty.try_clone().unwrap();
        let asking = std::thread::spawn(move || ask(&asked, "Password: "));
        let mut screen = Vec::new();
        let read_some = |person: &mut pty_process::blocking::Pty, screen: &mut Vec<u8>| {
            let mut buffer = [0; 256];
            let n = person.read(&mut buffer).unwrap();
            screen.extend_from_slice(&buffer[..n]);
        };
        while !screen.ends_with(b"Password: ") {
            read_some(&mut person, &mut screen);
        }
        let hidden = !tcgetattr(&tty).unwrap().local_modes.contains(LocalModes::ECHO);
        person.write_all(keys).unwrap();
        let answer = asking.join().unwrap();
        (&tty).write_all(b"END").unwrap();
        while !screen.ends_with(b"END") {
            read_some(&mut person, &mut screen);
        }
        assert!(tcgetattr(&tty).unwrap().local_modes.contains(LocalModes::ECHO));
        (answer, hidden, String::from_utf8_lossy(&screen).into_owned())
    }

    #[test]
    fn a_hidden_line_is_read_and_not_shown() {
        let (answer, hidden, screen) = typed(read_hidden, "hunter\u{e9} 2\n".as_bytes());
        assert_eq!(answer.unwrap().unwrap().expose(), "hunter\u{e9} 2");
        assert!(hidden);
        assert_eq!(screen, "Password: \r\nEND");
    }

    #[test]
    fn the_terminal_edits_a_hidden_line() {
        let (answer, ..) = typed(read_hidden, b"wrong\x15rihg\x7f\x7fght\n");
        assert_eq!(answer.unwrap().unwrap().expose(), "right");
    }

    #[test]
    fn an_empty_line_is_an_answer_and_end_of_file_is_none() {
        assert!(typed(read_hidden, b"\n").0.unwrap().unwrap().is_empty());
        assert!(typed(read_hidden, b"\x04").0.unwrap().is_none());
        assert!(typed(read_shown, b"\x04").0.unwrap().is_none());
    }

    #[test]
    fn a_shown_line_is_read_and_shown() {
        let (answer, hidden, screen) = typed(read_shown, b"y\xc3\xa9s\n");
        assert_eq!(answer.unwrap().as_deref(), Some("y\u{e9}s"));
        assert!(!hidden);
        assert_eq!(screen, "Password: y\u{e9}s\r\nEND");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused_rather_than_changed() {
        let error = typed(read_hidden, b"gr\xfcn\n").0.err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let _turn = turn();
        // Without line editing nothing bounds a line but this.
        let (tty, mut person) = pty();
        let mut tio = tcgetattr(&tty).unwrap();
        tio.local_modes.remove(LocalModes::ICANON);
        tcsetattr(&tty, OptionalActions::Now, &tio).unwrap();
        let tty = File::from(tty);
        let (answer, answered) = std::sync::mpsc::channel();
        let asking = std::thread::spawn(move || answer.send(read_hidden(&tty, "? ").err()));
        let mut prompt = [0; 2];
        person.read_exact(&mut prompt).unwrap();
        for _ in 0..LINE_MAX / 64 {
            person.write_all(&[b'x'; 64]).unwrap();
        }
        // Nothing more is typed: the last byte allowed has been, and the next is not waited for.
        let error = answered.recv_timeout(Duration::from_secs(10)).expect("it stops reading");
        assert_eq!(error.unwrap().kind(), io::ErrorKind::InvalidData);
        asking.join().unwrap().unwrap();
    }
}
