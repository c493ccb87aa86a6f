//! From a key pressed to the same key shown, through a real pty on both sides.
//!
//! Every client holds a session at once, and they take turns in blocks of keys. Each block has
//! a new session, because where the scheduler happens to place the processes of a session
//! moves its median by a third, for as long as it lives. The remote side is `cat` on a raw terminal without echo: a shell's line editor would be measured
//! otherwise. The next key is pressed when the last was shown. A key that this machine's own
//! terminal echoed would be a splendid number, so the local terminal must be raw first.

use crate::client::Client;
use crate::front::{Failure, interrupt};
use crate::options::Options;
use crate::server::Site;
use pty_process::Size;
use pty_process::blocking::{Command as PtyCommand, Pty, open};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, tcgetattr};
use std::io::{Read, Write};
use std::process::Child;
use std::time::{Duration, Instant};

/// Keys of one session, before the next client has its turn.
const BLOCK: usize = 50;
/// Keys at a session's start that are not counted.
const WARM_UP: usize = 10;
/// For the session to stand, and for any one key.
const DEADLINE: Duration = Duration::from_secs(15);
/// Printed by the remote side once its terminal is raw; not in any command line, which a
/// client or a terminal might echo.
const READY: &[u8] = b"remote-is-raw";
const REMOTE: &str = "stty raw -echo; printf 'remote-%s' is-raw; exec cat";

/// One client's keystrokes.
pub struct Echo {
    /// Index into the clients.
    pub client: usize,
    /// With which cipher; `None` when the client can use none.
    pub cipher: Option<String>,
    /// Microseconds per key, in the order pressed.
    pub samples: Vec<f64>,
    /// Why there are none.
    pub gap: Option<String>,
    /// What went wrong after a probe had succeeded; there is no number then.
    pub failure: Option<String>,
}

/// Opens sessions and presses keys, until every client has had its `--keys`.
pub fn measure(options: &Options, site: &Site, clients: &[Client]) -> Result<Vec<Echo>, Failure> {
    eprintln!("echo, {} keys", options.keys);
    let empty = |(index, client): (usize, &Client)| {
        let cipher = client.first_cipher(options).map(str::to_owned);
        let gap = if cipher.is_none() { client.gaps[0].clone() } else { None };
        Echo { client: index, cipher, samples: Vec::new(), gap, failure: None }
    };
    let mut echoes: Vec<_> = clients.iter().enumerate().map(empty).collect();
    for done in (0..options.keys).step_by(BLOCK) {
        sit(site, clients, &mut echoes, BLOCK.min(options.keys - done))?;
        // Another client goes first next time.
        echoes.rotate_left(1);
    }
    echoes.sort_by_key(|echo| echo.client);
    Ok(echoes)
}

/// One session per client that has not failed, and `keys` pressed in each.
fn sit(site: &Site, clients: &[Client], echoes: &mut [Echo], keys: usize) -> Result<(), Failure> {
    let mut sessions = Vec::new();
    for echo in echoes.iter_mut().filter(|echo| echo.failure.is_none()) {
        let Some(cipher) = echo.cipher.as_deref() else { continue };
        let opened = Session::open(&clients[echo.client], site, cipher);
        interrupt::check()?;
        match opened {
            Ok(session) => sessions.push((session, echo)),
            Err(why) => echo.failure = Some(why),
        }
    }
    for (session, echo) in &mut sessions {
        let outcome = session.press(keys);
        interrupt::check()?;
        match outcome {
            Ok(mut samples) => echo.samples.append(&mut samples),
            Err(why) => echo.failure = Some(why),
        }
    }
    Ok(())
}

/// A client on a terminal, ended on drop.
struct Session {
    terminal: Pty,
    client: Child,
    pressed: usize,
}

impl Session {
    fn open(client: &Client, site: &Site, cipher: &str) -> Result<Self, Failure> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let (terminal, slave) = open().map_err(|error| said(&error))?;
        terminal.resize(Size::new(24, 80)).map_err(|error| said(&error))?;
        let command = client.command(site, cipher, REMOTE, true);
        let child = PtyCommand::from(command).spawn(slave).map_err(|error| said(&error))?;
        let mut session = Self { terminal, client: child, pressed: 0 };
        session.wait_until_ready()?;
        session.press(WARM_UP)?;
        Ok(session)
    }

    fn wait_until_ready(&mut self) -> Result<(), Failure> {
        let until = Instant::now() + DEADLINE;
        let mut shown = Vec::new();
        while !shown.ends_with(READY) {
            match self.next_byte(until) {
                Ok(byte) => shown.push(byte),
                Err(why) => {
                    let text = String::from_utf8_lossy(&shown).replace(char::is_control, " ");
                    return Err(format!("no session: {why}: {}", text.trim()));
                }
            }
        }
        while self.local_echo()? {
            if Instant::now() > until {
                return Err("it leaves the local terminal echoing".to_owned());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn local_echo(&self) -> Result<bool, Failure> {
        let modes = tcgetattr(&self.terminal).map_err(|error| error.to_string())?.local_modes;
        Ok(modes.intersects(LocalModes::ECHO | LocalModes::ICANON))
    }

    /// Presses `count` keys, one after the other; microseconds of each.
    fn press(&mut self, count: usize) -> Result<Vec<f64>, Failure> {
        let mut samples = Vec::with_capacity(count);
        for _ in 0..count {
            let key = b'a' + u8::try_from(self.pressed % 26).unwrap_or_default();
            self.pressed += 1;
            let start = Instant::now();
            self.terminal.write_all(&[key]).map_err(|error| error.to_string())?;
            let shown = self.next_byte(start + DEADLINE)?;
            samples.push(start.elapsed().as_secs_f64() * 1e6);
            if shown != key {
                return Err(format!("pressed {:?}, shown {:?}", key as char, shown as char));
            }
        }
        Ok(samples)
    }

    fn next_byte(&mut self, until: Instant) -> Result<u8, Failure> {
        // Long enough that a key never waits for a second turn, short enough for Ctrl-C.
        let turn = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
        loop {
            interrupt::check()?;
            if Instant::now() > until {
                return Err(format!("nothing shown in {} s", DEADLINE.as_secs()));
            }
            let mut ready = [PollFd::new(&self.terminal, PollFlags::IN)];
            if matches!(poll(&mut ready, Some(&turn)), Ok(1..)) {
                let mut byte = [0];
                return match self.terminal.read(&mut byte) {
                    Ok(1..) => Ok(byte[0]),
                    // EIO: the client, which held the other side, is gone.
                    _ => Err("it ended".to_owned()),
                };
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}
