//! A private ssh-agent.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::arg;

/// A running agent; it ends when dropped.
pub struct Agent {
    child: Child,
    dir: tempfile::TempDir,
}

impl Agent {
    /// Starts an agent that holds these keys, in this order.
    pub fn start(keys: &[&Path]) -> Agent {
        Agent::started(Command::new("/usr/bin/ssh-agent"), keys)
    }

    /// Starts an agent that can ask nobody.
    pub fn without_display() -> Agent {
        let mut program = Command::new("/usr/bin/ssh-agent");
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE"] {
            program.env_remove(name);
        }
        Agent::started(program, &[])
    }

    fn started(mut program: Command, keys: &[&Path]) -> Agent {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("agent");
        let mut child = program
            .args(["-D", "-a", arg(&socket)])
            .stdout(Stdio::piped())
            .spawn()
            .expect("ssh-agent starts");
        // It says where it listens as soon as it does.
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let agent = Agent { child, dir };
        for key in keys {
            agent.add(key);
        }
        agent
    }

    /// Adds a key without a passphrase.
    pub fn add(&self, key: &Path) {
        let output = Command::new("/usr/bin/ssh-add")
            .arg("-q")
            .arg(key)
            .env("SSH_AUTH_SOCK", self.socket())
            .output()
            .unwrap();
        assert!(output.status.success(), "ssh-add: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// What SSH_AUTH_SOCK must say.
    pub fn socket(&self) -> PathBuf {
        self.dir.path().join("agent")
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
