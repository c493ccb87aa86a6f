//! A client on a terminal, with a remote side that shows each key: from a key pressed to the
//! same key shown.
//!
//! The remote side is `cat` on a raw terminal without echo: a line editor would be measured
//! otherwise. Between two keys there is the pause of somebody who types fast.

use crate::front::{Failure, interrupt};
use crate::load::Forward;
use crate::site::Site;
use pty_process::Size;
use pty_process::blocking::{Command as PtyCommand, Pty, open};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, tcgetattr};
use std::io::{Read, Write};
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

/// For the session to stand, and for any one key.
const DEADLINE: Duration = Duration::from_secs(15);
/// Between two keys.
const PAUSE: Duration = Duration::from_millis(20);
/// Printed by the remote side once its terminal is raw; not in any command line.
const READY: &[u8] = b"remote-is-raw";
const REMOTE: &str = "stty raw -echo; printf 'remote-%s' is-raw; exec cat";

/// A session, ended on drop.
pub struct Shell {
    /// The forward of its connection.
    pub forward: Forward,
    terminal: Pty,
    client: Child,
    pressed: usize,
}

impl Shell {
    /// Logs in with this program.
    pub fn open(program: &Path, site: &Site) -> Result<Shell, Failure> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let forward = Forward::new()?;
        let (terminal, slave) = open().map_err(|error| said(&error))?;
        terminal.resize(Size::new(24, 80)).map_err(|error| said(&error))?;
        let mut command = site.program(program);
        command.args(site.login()).args(["-tt", "-L", &forward.spec()?]);
        command.args(["-p", &site.port.to_string()]);
        command.arg(format!("{}@127.0.0.1", site.user)).arg(REMOTE);
        let client = PtyCommand::from(command).spawn(slave).map_err(|error| said(&error))?;
        let mut shell = Shell { forward, terminal, client, pressed: 0 };
        shell.wait_until_ready()?;
        Ok(shell)
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
        // A key that this machine's own terminal echoed would be a splendid number.
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

    /// Presses so many keys; milliseconds of each.
    pub fn press(&mut self, count: usize) -> Result<Vec<f64>, Failure> {
        let mut samples = Vec::with_capacity(count);
        for _ in 0..count {
            // No line of the client's own begins with a digit.
            let key = b'0' + u8::try_from(self.pressed % 10).unwrap_or_default();
            self.pressed += 1;
            let start = Instant::now();
            self.terminal.write_all(&[key]).map_err(|error| error.to_string())?;
            self.wait_for(key, start + DEADLINE)?;
            samples.push(start.elapsed().as_secs_f64() * 1e3);
            std::thread::sleep(PAUSE);
        }
        Ok(samples)
    }

    /// What the client itself says meanwhile, such as that a forward was closed, is passed over.
    fn wait_for(&mut self, key: u8, until: Instant) -> Result<(), Failure> {
        let first = self.next_byte(until)?;
        if first == key {
            return Ok(());
        }
        let mut line = vec![first];
        while line.last() != Some(&b'\n') {
            line.push(self.next_byte(until)?);
        }
        eprintln!("  {}", String::from_utf8_lossy(&line).trim());
        self.wait_for(key, until)
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

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}
