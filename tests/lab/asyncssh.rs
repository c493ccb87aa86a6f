//! A server made with AsyncSSH, for what OpenSSH's server never does but others do.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Before a script's own lines.
const BEFORE: &str = "
import asyncio, asyncssh, sys
key = asyncssh.generate_private_key('ssh-ed25519')
class Server(asyncssh.SSHServer):
    def begin_auth(self, user): return True
";
/// After them: says where it listens, and with which key.
const AFTER: &str = "
async def main():
    server = await asyncssh.create_server(Server, '127.0.0.1', 0, server_host_keys=[key])
    print(server.get_port(), key.export_public_key().decode().strip(), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
";

/// A running server; it ends when dropped.
pub struct AsyncSsh {
    child: Child,
    line: String,
}

impl AsyncSsh {
    /// Starts a server whose class `Server` has these methods more (indented by four).
    pub fn start(methods: &str) -> AsyncSsh {
        AsyncSsh::script(&format!("{BEFORE}{methods}{AFTER}"))
    }

    /// Starts a server by a whole script, also with another library, which says its port and a
    /// public key in one line.
    pub fn script(script: &str) -> AsyncSsh {
        let mut child = Command::new(super::python())
            .args(["-c", script])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("ssh-ed25519"), "the server does not start: {line:?}");
        AsyncSsh { child, line }
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> &str {
        self.line.split_once(' ').unwrap().0
    }

    /// The public key that it says, with its line feed.
    pub fn key(&self) -> &str {
        self.line.split_once(' ').unwrap().1
    }

    /// What known_hosts must have.
    pub fn known_hosts(&self) -> String {
        format!("[127.0.0.1]:{} {}", self.port(), self.key())
    }
}

impl Drop for AsyncSsh {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
