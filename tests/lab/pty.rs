//! A program on a real terminal, its screen as a person sees it, and keys to press.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex};

use pty_process::Size;
use pty_process::blocking::{self, Pts, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use super::transcript::Transcript;
use super::{DEADLINE, signals};

const ROWS: u16 = 24;
const COLUMNS: u16 = 80;
/// Written to the terminal once the program has ended, so that all it wrote is known to have
/// been read when this has: a control string that terminals ignore.
const END: &str = "\x1b_the program has ended\x1b\\";

/// A program on a terminal; it is killed when dropped.
pub struct Pty {
    terminal: Arc<blocking::Pty>,
    /// Kept open, so that the terminal outlives the program and its modes can be compared.
    _pts: Arc<Pts>,
    pid: Pid,
    screen: Arc<Mutex<vt100::Parser>>,
    transcript: Transcript,
    ended: Arc<Mutex<Option<ExitStatus>>>,
    found: Termios,
    modes: String,
}

struct Reader(Arc<blocking::Pty>);

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Pty {
    /// Starts a program of 80 columns and 24 rows.
    pub fn spawn(command: impl FnOnce() -> blocking::Command) -> Pty {
        signals::mean_what_they_usually_do();
        let (terminal, pts) = open().unwrap();
        terminal.resize(Size::new(ROWS, COLUMNS)).unwrap();
        let found = tcgetattr(&pts).unwrap();
        let modes = format!("{found:?}");
        let mut child = command().spawn_borrowed(&pts).expect("the program starts");
        let pid = Pid::from_child(&child);
        let terminal = Arc::new(terminal);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(size(ROWS), size(COLUMNS), 1000)));
        let drawn = screen.clone();
        let transcript = Transcript::of(Reader(terminal.clone()), move |bytes| {
            drawn.lock().unwrap().process(bytes);
        });
        let ended = Arc::new(Mutex::new(None));
        let pts = Arc::new(pts);
        let (ending, marked) = (ended.clone(), pts.clone());
        std::thread::spawn(move || {
            *ending.lock().unwrap() = child.wait().ok();
            rustix::io::write(&*marked, END.as_bytes()).expect("the terminal is still there");
        });
        Pty { terminal, _pts: pts, pid, screen, transcript, ended, found, modes }
    }

    /// Presses keys: text as it is, `<enter>`, `<tab>`, `<esc>`, `<bs>`, `<up>`, `<down>`,
    /// `<left>`, `<right>`, `<end>`, `<f1>` to `<f9>`, `<c-x>` for Ctrl-X, `<lt>` for `<`.
    pub fn send(&self, keys: &str) {
        (&*self.terminal).write_all(&decode(keys)).unwrap();
    }

    /// Pastes a text, as a terminal with bracketed paste does.
    pub fn paste(&self, text: &str) {
        self.send(&format!("<esc>[200~{text}<esc>[201~"));
    }

    /// Gives the terminal another size, as dragging the window's edge does.
    pub fn resize(&self, rows: u16, columns: u16) {
        self.screen.lock().unwrap().screen_mut().set_size(size(rows), size(columns));
        self.terminal.resize(Size::new(rows, columns)).unwrap();
    }

    /// Sends the program a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).unwrap();
    }

    /// The program's process.
    pub fn pid(&self) -> u32 {
        u32::try_from(self.pid.as_raw_nonzero().get()).unwrap()
    }

    /// The screen's text, lines without trailing blanks.
    pub fn screen(&self) -> String {
        let screen = self.screen.lock().unwrap();
        let lines = screen.screen().rows(0, screen.screen().size().1.get());
        lines.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }

    /// Whether the program has switched to the alternate screen.
    pub fn on_alternate_screen(&self) -> bool {
        self.screen.lock().unwrap().screen().alternate_screen()
    }

    /// Every byte written so far, as text: for what has scrolled away.
    pub fn written(&self) -> String {
        self.transcript.text().replace(END, "")
    }

    /// [`Pty::written`] without line breaks: where a line is full, a text goes on in the next one.
    pub fn unbroken(&self) -> String {
        self.written().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Waits until the screen shows a text, and gives the screen.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(&format!("the text {text:?}"), |screen| screen.contains(text))
    }

    /// Waits until the screen is as wanted, and gives it.
    #[track_caller]
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let look = || Some(self.screen()).filter(|screen| wanted(screen));
        match self.transcript.wait(DEADLINE, look) {
            Some(screen) => screen,
            None => panic!("{what} did not come; the screen is\n{}", self.screen()),
        }
    }

    /// Waits until all bytes written hold a text, whether or not it is still on the screen.
    #[track_caller]
    pub fn wait_written(&self, text: &str) {
        let found = self.transcript.wait(DEADLINE, || self.written().contains(text).then_some(()));
        assert!(found.is_some(), "{text:?} was not written, but\n{}", self.written());
    }

    /// Waits for the program's end: its exit code, or 128 and its signal as a shell has it.
    #[track_caller]
    pub fn exit_code(&self) -> i32 {
        let all = self.transcript.wait(DEADLINE, || self.transcript.text().find(END));
        let status = all.and_then(|_| *self.ended.lock().unwrap());
        let Some(status) = status else {
            panic!("the program does not end; the screen is\n{}", self.screen());
        };
        status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
    }

    /// Leaves the shell at its prompt with this status, which becomes the program's, and asserts
    /// that the terminal is as it was.
    #[track_caller]
    pub fn leave_shell(&self, status: i32) {
        self.send(&format!("exit {status}<enter>"));
        assert_eq!(self.exit_code(), status);
        self.expect_restored();
    }

    /// Whether the program has put the terminal in another mode than it found it in.
    pub fn modes_differ(&self) -> bool {
        self.modes != format!("{:?}", tcgetattr(&*self.terminal).unwrap())
    }

    /// Puts the terminal back as the program found it, as a shell does when its job stops.
    pub fn put_modes_back(&self) {
        tcsetattr(&*self.terminal, OptionalActions::Now, &self.found).unwrap();
    }

    /// Asserts that the terminal is as the program found it.
    #[track_caller]
    pub fn expect_restored(&self) {
        let now = format!("{:?}", tcgetattr(&*self.terminal).unwrap());
        assert_eq!(self.modes, now, "the terminal's modes are not restored");
        assert!(!self.on_alternate_screen(), "left on the alternate screen");
        let hidden = self.screen.lock().unwrap().screen().hide_cursor();
        assert!(!hidden, "the cursor is left hidden");
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if self.ended.lock().unwrap().is_none() {
            let _ = kill_process(self.pid, Signal::KILL);
        }
    }
}

fn size(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).expect("a terminal has cells")
}

fn decode(keys: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = keys;
    while let Some(start) = rest.find('<') {
        bytes.extend_from_slice(&rest.as_bytes()[..start]);
        let end = start + rest[start..].find('>').expect("a key name ends with >");
        match &rest[start + 1..end] {
            "enter" => bytes.push(b'\r'),
            "tab" => bytes.push(b'\t'),
            "esc" => bytes.push(0x1b),
            "end" => bytes.extend_from_slice(b"\x1b[F"),
            "f1" => bytes.extend_from_slice(b"\x1bOP"),
            "f2" => bytes.extend_from_slice(b"\x1bOQ"),
            "f3" => bytes.extend_from_slice(b"\x1bOR"),
            "f4" => bytes.extend_from_slice(b"\x1bOS"),
            "f5" => bytes.extend_from_slice(b"\x1b[15~"),
            "f6" => bytes.extend_from_slice(b"\x1b[17~"),
            "f7" => bytes.extend_from_slice(b"\x1b[18~"),
            "f8" => bytes.extend_from_slice(b"\x1b[19~"),
            "f9" => bytes.extend_from_slice(b"\x1b[20~"),
            "bs" => bytes.push(0x7f),
            "lt" => bytes.push(b'<'),
            "up" => bytes.extend_from_slice(b"\x1b[A"),
            "down" => bytes.extend_from_slice(b"\x1b[B"),
            "right" => bytes.extend_from_slice(b"\x1b[C"),
            "left" => bytes.extend_from_slice(b"\x1b[D"),
            name => match name.strip_prefix("c-").map(str::as_bytes) {
                Some([letter]) => bytes.push(letter.to_ascii_uppercase() ^ 0x40),
                _ => panic!("no key is called <{name}>"),
            },
        }
        rest = &rest[end + 1..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}
