//! A private home directory, and programs that run in it.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{DEADLINE, Pty, Running, Sshd, arg, signals, strs, tool};

/// The program under test.
pub const TESSH: &str = env!("CARGO_BIN_EXE_tessh");
pub(super) const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// An empty home with a `.ssh`; it goes when dropped.
pub struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    /// A new one.
    pub fn new() -> Home {
        let home = Home { dir: tempfile::tempdir().unwrap() };
        fs::create_dir(home.path(".ssh")).unwrap();
        fs::set_permissions(home.path(".ssh"), Permissions::from_mode(0o700)).unwrap();
        home
    }

    /// One that knows this server's host keys.
    pub fn knowing(sshd: &Sshd) -> Home {
        let home = Home::new();
        home.write(".ssh/known_hosts", &sshd.known_hosts());
        home
    }

    /// A place in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file, 0600 as ssh wants its own.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// Reads a file.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Makes a key with ssh-keygen; `how` is the type and what else it needs.
    pub fn key(&self, name: &str, how: &[&str], passphrase: &str) -> PathBuf {
        let path = self.path(name);
        let mut arguments = vec!["-q", "-C", name, "-N", passphrase, "-f", arg(&path), "-t"];
        arguments.extend_from_slice(how);
        tool("/usr/bin/ssh-keygen", &arguments);
        path
    }

    /// The program with these arguments, to be run without a terminal.
    pub fn tessh(&self, arguments: &[&str]) -> Run {
        self.run(Path::new(TESSH), arguments)
    }

    /// The program without root's power over files: where the tests run as root, permissions
    /// would not apply to it.
    pub fn unprivileged(&self, arguments: &[&str]) -> Run {
        if !rustix::process::geteuid().is_root() {
            return self.tessh(arguments);
        }
        let dropped = ["--inh-caps=-all", "--bounding-set=-all", TESSH];
        self.run(Path::new("/usr/bin/setpriv"), &[&dropped, arguments].concat())
    }

    /// The program on its way to a server: these options, the server, then a command.
    pub fn connect(&self, sshd: &Sshd, options: &[&str], command: &[&str]) -> Run {
        self.tessh(&strs(&sshd.to(options, command)))
    }

    /// The program on its way to a server, on a terminal and with this in its environment.
    pub fn connect_on_pty(&self, sshd: &Sshd, options: &[&str], env: &[(&str, &str)]) -> Pty {
        self.on_pty_with(&strs(&sshd.to(options, &[])), env)
    }

    /// Any program in this home.
    pub fn run(&self, program: &Path, arguments: &[&str]) -> Run {
        let mut command = Command::new(program);
        command.args(arguments);
        self.prepare(&mut command);
        Run { command, stdin: Vec::new(), deadline: DEADLINE, password: None }
    }

    /// The program with these arguments on a terminal of 80 by 24.
    pub fn on_pty(&self, arguments: &[&str]) -> Pty {
        self.on_pty_with(arguments, &[])
    }

    /// [`Home::on_pty`] with these variables in the environment.
    pub fn on_pty_with(&self, arguments: &[&str], env: &[(&str, &str)]) -> Pty {
        self.run_on_pty(Path::new(TESSH), arguments, env)
    }

    /// Any program in this home, on a terminal of 80 by 24.
    pub fn run_on_pty(&self, program: &Path, arguments: &[&str], env: &[(&str, &str)]) -> Pty {
        let home = self.dir.path().to_owned();
        Pty::spawn(|| {
            let mut command = pty_process::blocking::Command::new(program).args(arguments);
            command = command.env_clear().env("PATH", PATH).env("HOME", &home);
            command.env("TERM", "xterm-256color").envs(env.iter().copied()).current_dir(&home)
        })
    }

    fn prepare(&self, command: &mut Command) {
        signals::mean_what_they_usually_do();
        command.env_clear().env("PATH", PATH).env("HOME", self.dir.path()).env("TERM", "dumb");
        command.current_dir(self.dir.path());
    }
}

/// A program about to be run.
pub struct Run {
    command: Command,
    stdin: Vec<u8>,
    deadline: Duration,
    password: Option<tempfile::NamedTempFile>,
}

impl Run {
    /// Gives it this as standard input; without, it has an empty one.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Run {
        self.stdin = bytes.into();
        self
    }

    /// Puts a variable in its environment.
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Run {
        self.command.env(name, value);
        self
    }

    /// Gives it less or more time than [`DEADLINE`].
    pub fn deadline(mut self, deadline: Duration) -> Run {
        self.deadline = deadline;
        self
    }

    /// Opens a file with this text as descriptor 3, for `--password-fd 3`.
    pub fn password(mut self, text: &str) -> Run {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "exec 3<\"$0\"; exec \"$@\""]).arg(file.path());
        shell.arg(self.command.get_program()).args(self.command.get_args());
        shell.env_clear();
        for (name, value) in self.command.get_envs() {
            shell.env(name, value.expect("nothing is removed from a cleared environment"));
        }
        shell.current_dir(self.command.get_current_dir().expect("set by the home"));
        self.command = shell;
        self.password = Some(file);
        self
    }

    /// Starts it and leaves it running, with pipes.
    pub fn spawn(mut self) -> Child {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.spawn().expect("the program starts")
    }

    /// Starts it beside the test.
    pub fn start(self) -> Running {
        Running::new(self.spawn())
    }

    /// Runs it to its end. Panics with what it wrote when the time is over.
    pub fn output(self) -> Output {
        self.output_beside(|_| ()).0
    }

    /// [`Run::output`], and what `begin` makes of the process once it has begun.
    pub(super) fn output_beside<T>(mut self, begin: impl FnOnce(u32) -> T) -> (Output, T) {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let asked = format!("{:?}", self.command);
        let start = Instant::now();
        let mut child = self.command.spawn().expect("the program starts");
        let (pid, begun) = (Pid::from_child(&child), begin(child.id()));
        let (mut to, stdin) = (child.stdin.take().unwrap(), std::mem::take(&mut self.stdin));
        std::thread::spawn(move || {
            // Fails when the program does not read all: its own choice.
            let _ = to.write_all(&stdin);
        });
        let (done, ended) = mpsc::channel();
        std::thread::spawn(move || done.send(child.wait_with_output()));
        let Ok(output) = ended.recv_timeout(self.deadline) else {
            let _ = kill_process(pid, Signal::KILL);
            let said = ended.recv_timeout(DEADLINE);
            panic!("not done after {:?}: {asked}\n{said:?}", self.deadline);
        };
        let output = output.unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let (status, stdout) = (output.status, output.stdout);
        (Output { status, stdout, stderr, took: start.elapsed(), asked }, begun)
    }
}

/// What a program did.
#[derive(Debug)]
pub struct Output {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: String,
    pub took: Duration,
    asked: String,
}

impl Output {
    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Asserts success and nothing on standard error.
    #[track_caller]
    pub fn expect_quiet_success(self) -> Output {
        self.expect_code(0);
        assert_eq!(self.stderr, "", "from {}", self.asked);
        self
    }

    /// Asserts the exit code.
    #[track_caller]
    pub fn expect_code(&self, code: i32) {
        let signal = self.status.signal();
        assert_eq!(self.status.code(), Some(code), "signal {signal:?}; {self:#?}");
    }

    /// Asserts a failure of the program's own: exit code 255, nothing on standard output and
    /// exactly one line that begins with the program's name. Gives the line.
    #[track_caller]
    pub fn expect_failure(&self, words: &[&str]) -> &str {
        self.expect_code(255);
        assert_eq!(self.text(), "", "standard output is the remote command's: {self:#?}");
        assert_eq!(self.stderr.lines().count(), 1, "not exactly one line: {self:#?}");
        self.expect_last_line(words)
    }

    /// Asserts a failure of the program's own after any number of warnings, each a line that
    /// begins with the program's name. Gives the last line, which must have the words.
    #[track_caller]
    pub fn expect_last_line(&self, words: &[&str]) -> &str {
        self.expect_code(255);
        for line in self.stderr.lines() {
            assert!(line.starts_with("tessh: "), "not from tessh: {self:#?}");
            assert!(!line.contains(char::is_control), "control characters: {self:#?}");
        }
        let Some(line) = self.stderr.lines().last() else { panic!("not a word: {self:#?}") };
        for word in words {
            let found = line.to_lowercase().contains(&word.to_lowercase());
            assert!(found, "no {word:?} in {line:?}, from {}", self.asked);
        }
        line
    }
}
