//! Reads one line from a person at a terminal, hidden or shown.
//!
//! The terminal keeps editing the line and sending signals, so Ctrl-C reaches the program as
//! SIGINT; the task that waits for signals then calls [`restore`](crate::terminal::restore) and
//! ends the program. Within a session, [`Cancellable`] limits Ctrl-C to the open question. Prompts
//! are written as given; the caller has sanitised remote text in them.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::os::AsDescriptor;
use crate::os::terminal::takes_output;
use crate::say;
use crate::secret::Secret;
use crate::terminal::gone::note_if_gone;
use crate::terminal::raw::{LineKeys, NoEcho};

/// The longest line read, in bytes: the kernel's limit for a line typed at a terminal.
const LINE_MAX: usize = 4_096;

/// Stands for bytes that are not UTF-8 in a line that was read; such a line is refused.
const NOT_UTF8: char = '\u{fffd}';

/// How many [`Cancellable`]s exist.
static CANCELLABLE: AtomicUsize = AtomicUsize::new(0);

/// While one exists, Ctrl-C and Ctrl-\\ cancel the open question instead of sending a signal.
#[derive(Debug)]
pub struct Cancellable(());

impl Cancellable {
    /// Ctrl-C at a question asked from here on cancels that question only.
    pub fn begin() -> Cancellable {
        CANCELLABLE.fetch_add(1, Ordering::Relaxed);
        Cancellable(())
    }
}

impl Drop for Cancellable {
    fn drop(&mut self) {
        CANCELLABLE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How many questions are open.
static OPEN: AtomicUsize = AtomicUsize::new(0);

/// Counts a question while it is open.
struct OpenQuestion(());

impl OpenQuestion {
    fn begin() -> OpenQuestion {
        OPEN.fetch_add(1, Ordering::Relaxed);
        OpenQuestion(())
    }
}

impl Drop for OpenQuestion {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Ends the line of a question that is still open when a signal ends the program, so that the shell
/// begins in the first column.
pub fn end_open_line(tty: &File) {
    // The end of the program waits for no terminal.
    if OPEN.load(Ordering::Relaxed) > 0 && takes_output(tty) {
        let mut screen = tty;
        // A terminal that has gone needs no line.
        let _ = screen.write_all(b"\n");
    }
}

fn line_keys(tty: &File) -> io::Result<Option<LineKeys>> {
    match CANCELLABLE.load(Ordering::Relaxed) {
        0 => Ok(None),
        _ => LineKeys::enter(tty.as_descriptor()).map(Some),
    }
}

/// Asks for a line without showing it. `None` is end of file with nothing typed.
///
/// # Errors
/// The terminal failed, or the line is longer than 4096 bytes, is not UTF-8 or was cancelled.
pub fn read_hidden(tty: &File, prompt: &str) -> io::Result<Option<Secret>> {
    hidden(tty, prompt).inspect_err(|_| note_if_gone(tty))
}

fn hidden(tty: &File, prompt: &str) -> io::Result<Option<Secret>> {
    let _open = OpenQuestion::begin();
    let keys = line_keys(tty)?;
    let hidden = NoEcho::enter(tty.as_descriptor())?;
    let mut screen = tty;
    screen.write_all(prompt.as_bytes())?;
    let input = TypedBytes::new(tty, keys.as_ref())?;
    let ended = input.ended.clone();
    let config = rpassword::ConfigBuilder::new().input_reader(input).output_discard().build();
    let typed = rpassword::read_password_with_config(config).map(Secret::new);
    drop(hidden);
    drop(keys);
    // The typed line break was not echoed either.
    screen.write_all(b"\n")?;
    let typed = typed?;
    if typed.expose().contains(NOT_UTF8) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, say!(typed_not_utf8)));
    }
    let nothing = typed.is_empty() && ended.load(Ordering::Relaxed);
    Ok(if nothing { None } else { Some(typed) })
}

/// Asks for a line and shows it while it is typed. `None` is end of file with nothing typed.
///
/// # Errors
/// The terminal failed, or the line is longer than 4096 bytes, is not UTF-8 or was cancelled.
pub fn read_shown(tty: &File, prompt: &str) -> io::Result<Option<String>> {
    shown(tty, prompt).inspect_err(|_| note_if_gone(tty))
}

fn shown(tty: &File, prompt: &str) -> io::Result<Option<String>> {
    let _open = OpenQuestion::begin();
    let keys = line_keys(tty)?;
    let mut screen = tty;
    screen.write_all(prompt.as_bytes())?;
    let mut line = String::new();
    match BufReader::new(TypedBytes::new(tty, keys.as_ref())?).read_line(&mut line) {
        Ok(1..) => {}
        nothing => {
            screen.write_all(b"\n")?;
            return nothing.map(|_| None);
        }
    }
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(Some(line))
}

/// Reads typed bytes one at a time, so that nothing after the line is consumed.
struct TypedBytes {
    tty: File,
    room: usize,
    ended: Arc<AtomicBool>,
    /// The characters that cancel the question.
    cancel: Vec<u8>,
}

impl TypedBytes {
    fn new(tty: &File, keys: Option<&LineKeys>) -> io::Result<TypedBytes> {
        let cancel = keys.map(LineKeys::ending).unwrap_or_default();
        Ok(TypedBytes { tty: tty.try_clone()?, room: LINE_MAX, ended: Arc::default(), cancel })
    }
}

impl Read for TypedBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(room) = self.room.checked_sub(1) else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, say!(typed_too_long)));
        };
        let Some(byte) = buffer.get_mut(..1) else { return Ok(0) };
        let read = loop {
            match self.tty.read(byte) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        if !matches!(read, Ok(1..)) {
            note_if_gone(&self.tty);
        }
        let read = read?;
        self.room = room;
        if read > 0 && self.cancel.contains(&byte[0]) {
            // `ErrorKind::Interrupted` would make the caller try again.
            return Err(io::Error::other(say!(auth_cancelled)));
        }
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

    // Types the keys once the prompt is on the screen. Returns the answer, whether the echo was off
    // by then, and the whole screen.
    fn typed<T: Send + 'static>(
        ask: fn(&File, &str) -> io::Result<T>,
        keys: &[u8],
    ) -> (io::Result<T>, bool, String) {
        typed_while(false, ask, keys)
    }

    fn typed_while<T: Send + 'static>(
        cancellable: bool,
        ask: fn(&File, &str) -> io::Result<T>,
        keys: &[u8],
    ) -> (io::Result<T>, bool, String) {
        let _turn = turn();
        let _cancellable = cancellable.then(Cancellable::begin);
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
        let modes = tcgetattr(&tty).unwrap().local_modes;
        assert!(modes.contains(LocalModes::ECHO | LocalModes::ISIG));
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
    fn ctrl_c_cancels_a_question_where_it_may_and_ends_nothing_else() {
        for keys in [&b"half\x03"[..], b"\x03", b"a\x1c"] {
            for ask in [
                |tty: &File, prompt: &str| read_hidden(tty, prompt).map(|_| ()),
                |tty: &File, prompt: &str| read_shown(tty, prompt).map(|_| ()),
            ] {
                let (answer, _, screen) = typed_while(true, ask, keys);
                assert!(answer.is_err(), "{keys:?}");
                assert!(screen.ends_with("\r\nEND"), "{screen:?}");
            }
        }
        let (answer, ..) = typed_while(true, read_shown, b"yes\n");
        assert_eq!(answer.unwrap().as_deref(), Some("yes"));
    }

    #[test]
    fn the_line_of_an_open_question_is_ended_where_a_signal_ends_the_program() {
        for ask in [
            |tty: &File, prompt: &str| read_hidden(tty, prompt).map(|_| ()),
            |tty: &File, prompt: &str| read_shown(tty, prompt).map(|_| ()),
        ] {
            let _turn = turn();
            let (tty, mut person) = pty();
            let tty = File::from(tty);
            let asked = tty.try_clone().unwrap();
            let asking = std::thread::spawn(move || ask(&asked, "? "));
            let mut screen = [0; 2];
            person.read_exact(&mut screen).unwrap();
            end_open_line(&tty);
            (&tty).write_all(b"$").unwrap();
            let mut screen = [0; 3];
            person.read_exact(&mut screen).unwrap();
            assert_eq!(&screen, b"\r\n$");
            person.write_all(b"\n").unwrap();
            asking.join().unwrap().unwrap();
        }
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let _turn = turn();
        // Without line editing in the kernel, only `LINE_MAX` bounds the line.
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
        // Exactly the allowed bytes were typed, so the reader must stop without waiting for
        // another.
        let error = answered.recv_timeout(Duration::from_secs(10)).expect("it stops reading");
        assert_eq!(error.unwrap().kind(), io::ErrorKind::InvalidData);
        asking.join().unwrap().unwrap();
    }

    #[test]
    fn the_end_of_the_program_waits_for_no_terminal_that_is_stopped() {
        use rustix::termios::{Action, tcflow};
        let _turn = turn();
        let (tty, _person) = pty();
        let tty = File::from(tty);
        let _open = OpenQuestion::begin();
        tcflow(&tty, Action::OOff).unwrap();
        let (stopped, (done, ended)) = (tty.try_clone().unwrap(), std::sync::mpsc::channel());
        std::thread::spawn(move || {
            end_open_line(&stopped);
            done.send(()).unwrap();
        });
        let ended = ended.recv_timeout(Duration::from_secs(20));
        tcflow(&tty, Action::OOn).unwrap();
        assert!(ended.is_ok(), "it waits for the terminal");
    }
}
