//! A terminal that goes away, as when its window is closed: in a session, in each dialog and in each
//! question the program ends in time, keeps the processor idle and leaves no process behind.

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::event::{PollFd, PollFlags, poll};

use super::lab::{DEADLINE, DemoBed, TESSH, signals, strs, wait_within};
use super::{SOON, used};

/// The processor time that it may take to notice and to end, of a debug build: nothing looks again
/// and again for keys that cannot come.
const MOST: Duration = Duration::from_millis(700);

/// What is on the terminal when it goes.
struct Scene<'a> {
    name: &'a str,
    words: Vec<String>,
    term: &'a str,
    /// Keys, each after the text that is waited for.
    steps: &'a [(&'a str, &'a str)],
    /// The text that is there when the terminal goes.
    last: &'a str,
}

/// A terminal whose last descriptor this is.
struct Window(Pty);

impl Window {
    /// Reads until the text has come.
    #[track_caller]
    fn wait_for(&mut self, text: &str, name: &str) {
        let (start, mut seen) = (Instant::now(), Vec::new());
        while !String::from_utf8_lossy(&seen).contains(text) {
            let shown = String::from_utf8_lossy(&seen).into_owned();
            assert!(start.elapsed() < DEADLINE, "{name}: no {text:?} in {shown:?}");
            let mut ready = [PollFd::new(&self.0, PollFlags::IN)];
            let pause = rustix::event::Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
            if poll(&mut ready, Some(&pause)).unwrap() == 1 {
                let mut buffer = [0; 8192];
                let count = self.0.read(&mut buffer);
                let count = count.unwrap_or_else(|error| panic!("{name}: {error}: {shown:?}"));
                seen.extend_from_slice(&buffer[..count]);
            }
        }
    }
}

/// Plays the scene and closes the terminal; with `deaf`, the program is not told by a signal.
/// Gives the exit code, 128 and more after a signal.
#[track_caller]
fn gone(bed: &DemoBed, scene: &Scene<'_>, deaf: bool) -> i32 {
    let (pty, pts) = open().unwrap();
    pty.resize(Size::new(24, 80)).unwrap();
    let first = if deaf { "trap '' HUP; " } else { "" };
    let script = format!("{first}exec \"$0\" \"$@\"");
    let words = [&["-c", &script, TESSH][..], &strs(&scene.words)].concat();
    signals::mean_what_they_usually_do();
    let home = bed.home.path("");
    let command = Command::new("/bin/sh").args(&words).env_clear().current_dir(&home);
    let command = command.env("PATH", "/usr/bin:/bin").env("HOME", &home).env("TERM", scene.term);
    let mut child = command.env("LANG", "C.UTF-8").spawn(pts).unwrap();
    let mut window = Window(pty);
    for (text, keys) in scene.steps {
        window.wait_for(text, scene.name);
        window.0.write_all(keys.as_bytes()).unwrap();
    }
    window.wait_for(scene.last, scene.name);
    let (pid, (before, _)) = (child.id(), used(child.id()));
    drop(window);
    let mut last = before;
    let what = format!("{}, deaf {deaf}: the program is over", scene.name);
    wait_within(SOON, &what, || {
        let (now, over) = used(pid);
        last = last.max(now);
        over
    });
    let status = child.wait().unwrap();
    let worked = last.saturating_sub(before);
    assert!(worked < MOST, "{}, deaf {deaf}: {worked:?} of the processor", scene.name);
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap())
}

/// Scenes of one home and server; `bed` knows the server or does not.
fn play(bed: &DemoBed, scenes: &[Scene<'_>]) {
    for scene in scenes {
        for deaf in [false, true] {
            let code = gone(bed, scene, deaf);
            assert_eq!(code, 129, "{}, deaf {deaf}", scene.name);
        }
    }
}

fn login(bed: &DemoBed, options: &[&str]) -> Vec<String> {
    bed.words(options, &[])
}

#[test]
fn in_a_session() {
    let bed = DemoBed::new();
    let plain = || login(&bed, &["--plain"]);
    let scene = |name, steps, last| Scene { name, words: plain(), term: "xterm", steps, last };
    play(
        &bed,
        &[
            scene("a session that waits", &[], "demo$"),
            scene("a program that ignores it", &[("demo$", "trap '' HUP; sleep 99\r")], "sleep"),
            scene("a program that writes", &[("demo$", "yes\r")], "y\r\ny"),
            scene("a page of lines", &[("demo$", "\r~I")], "demo"),
            scene("the help", &[("demo$", "\r~?")], "~."),
        ],
    );
}

#[test]
fn in_an_interlude() {
    let bed = DemoBed::new();
    let with = |options: &[&str]| login(&bed, options);
    play(
        &bed,
        &[
            Scene {
                name: "the page of the connection",
                words: with(&[]),
                term: "xterm",
                steps: &[("demo$", "\r~i")],
                last: "\x1b[?1049h",
            },
            Scene {
                name: "the command line",
                words: with(&["-o", "EnableEscapeCommandline=yes"]),
                term: "xterm",
                steps: &[("demo$", "\r~C")],
                last: "ssh>",
            },
            Scene {
                name: "a paste that is asked about",
                words: with(&["--confirm-paste"]),
                term: "xterm",
                steps: &[("demo$", "\x1b[200~one\rtwo\r\x1b[201~")],
                last: "\x1b[?1049h",
            },
        ],
    );
}

#[test]
fn in_a_question_before_the_session() {
    for term in ["xterm", "dumb"] {
        let bed = DemoBed::unknown();
        let scene = Scene {
            name: "an unknown host's key",
            words: login(&bed, &[]),
            term,
            steps: &[],
            last: &bed.demo.fingerprint()[..20],
        };
        play(&bed, &[scene]);
        assert!(!bed.home.path(".ssh/known_hosts").exists());

        let bed = DemoBed::locked("open sesame");
        let asked = |name, auth: &[&str], last| {
            let (port, host) = (bed.demo.port(), format!("{}@127.0.0.1", super::lab::DEMO_USER));
            let words = [auth, &["-p", &port, &host]].concat();
            let words = words.into_iter().map(str::to_owned).collect();
            Scene { name, words, term, steps: &[], last }
        };
        let key = super::lab::arg(&bed.key);
        play(
            &bed,
            &[
                asked("a password", &["--auth", "password"], "assword"),
                asked("a server's question", &["--auth", "keyboard-interactive"], "assword"),
                asked("a passphrase", &["--auth", "publickey", "-i", key], "assphrase"),
                asked("the choice of a method", &["--auth", "ask"], "assword"),
            ],
        );
    }
}

#[test]
fn in_the_dialogs_of_verbs() {
    let bed = DemoBed::new();
    let scene = |name, words: &[&str], term, last| {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        Scene { name, words, term, steps: &[], last }
    };
    play(
        &bed,
        &[
            scene("New connection", &[], "xterm", "\x1b[?1049h"),
            scene("the generator of keys", &["keygen"], "xterm", "\x1b[?1049h"),
            scene("a file to write a key to", &["keygen"], "dumb", ":"),
            scene("a passphrase", &["keygen", "-f", "new"], "dumb", "assphrase"),
            scene("two panes", &["files"], "xterm", "\x1b[?1049h"),
        ],
    );
    assert!(!bed.home.path("new").exists());
}
