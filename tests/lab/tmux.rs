//! A shell in a window of tmux: the test presses keys and reads the window's text.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use super::home::{PATH, TESSH};
use super::{DEADLINE, Home, arg, tool};

const TMUX: &str = "/usr/bin/tmux";
/// How often the window is looked at: tmux does not tell when it is drawn.
const LOOK: Duration = Duration::from_millis(20);

/// A window of 80 by 24 with a server of its own, which ends when it is dropped.
pub struct Tmux {
    socket: PathBuf,
}

impl Tmux {
    /// A shell whose prompt is `laptop$`, in this home and locale, that finds `tessh`.
    pub fn start(home: &Home, locale: &str) -> Tmux {
        let tmux = Tmux { socket: home.path("tmux") };
        let programs = PathBuf::from(TESSH);
        let programs = arg(programs.parent().expect("a program is in a directory")).to_owned();
        let root = home.path("");
        let variables = [
            format!("HOME={}", arg(&root).trim_end_matches('/')),
            format!("PATH={programs}:{PATH}"),
            format!("LANG={locale}"),
            "TERM=screen-256color".to_owned(),
            "PS1=laptop$ ".to_owned(),
        ];
        let variables: Vec<_> = variables.iter().map(String::as_str).collect();
        let window = ["-f", "/dev/null", "-u", "new-session", "-d", "-x", "80", "-y", "24"];
        let shell = [&["-c", arg(&root), "/usr/bin/env", "-i"], &variables[..], &["/bin/sh"]];
        tmux.run(&[&window[..], &shell.concat()].concat());
        tmux.wait_for("laptop$");
        tmux
    }

    /// Types a text as it is.
    pub fn text(&self, text: &str) {
        self.run(&["send-keys", "-l", "--", text]);
    }

    /// Presses keys by tmux's names, such as `Enter`, `Escape`, `BTab`, `PageDown`.
    pub fn keys(&self, keys: &[&str]) {
        self.run(&[&["send-keys"], keys].concat());
    }

    /// The window, without the blanks at its end.
    pub fn screen(&self) -> String {
        self.run(&["capture-pane", "-p"]).trim_end().to_owned() + "\n"
    }

    /// The window and what has scrolled out of it.
    pub fn all(&self) -> String {
        self.run(&["capture-pane", "-p", "-S", "-"]).trim_end().to_owned() + "\n"
    }

    /// Waits until the window shows a text, and gives it.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(text, |screen| screen.contains(text))
    }

    /// Waits until the window is as wanted, and gives it.
    #[track_caller]
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + DEADLINE;
        loop {
            let screen = self.screen();
            if wanted(&screen) {
                return screen;
            }
            assert!(Instant::now() < end, "{what:?} did not come; the window is\n{screen}");
            std::thread::sleep(LOOK);
        }
    }

    fn run(&self, words: &[&str]) -> String {
        let mut command = vec!["-i", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", TMUX];
        command.extend(["-S", arg(&self.socket)]);
        command.extend_from_slice(words);
        tool("/usr/bin/env", &command)
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = Command::new(TMUX).args(["-S", arg(&self.socket), "kill-server"]).output();
    }
}
