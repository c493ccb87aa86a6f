//! The laboratory: private servers, homes, terminals and agents for the integration tests.
//!
//! Everything runs on loopback with ports from the kernel, in directories of its own, and
//! ends when it is dropped. What needs a real server is asked for with [`peers`]: tests/run
//! sets `TESSH_PEERS=1`, and then a missing peer is a failure and not a reason to skip.
#![allow(dead_code, unused_imports, clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod agent;
mod asyncssh;
mod demo;
mod home;
pub mod mux;
mod pty;
mod raw;
mod sshd;
mod tmux;
mod transcript;

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

pub use agent::Agent;
pub use asyncssh::AsyncSsh;
pub use demo::{DEMO_USER, Demo};
pub use home::{Home, Output, Run};
pub use pty::Pty;
pub use raw::{RawServer, drain, kexinit, packet, raw_server, say_and_leave, send};
pub use sshd::{PASSWORD, Setup, Sshd, USER};
pub use tmux::Tmux;

/// Long enough for a loaded machine; what needs it has failed.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Whether the tests with real peers run.
pub fn peers() -> bool {
    static CHECKED: OnceLock<bool> = OnceLock::new();
    *CHECKED.get_or_init(|| {
        if std::env::var_os("TESSH_PEERS").is_none_or(|value| value != "1") {
            eprintln!("skipped: needs tests/run, which sets TESSH_PEERS=1");
            return false;
        }
        assert!(rustix::process::geteuid().is_root(), "the tests with real peers need root");
        for program in ["/usr/sbin/sshd", "/usr/bin/ssh-keygen", "/usr/bin/ssh-agent"] {
            assert!(Path::new(program).exists(), "{program} is missing: tests/run installs it");
        }
        true
    })
}

/// Runs a program to its successful end and gives its standard output.
pub fn tool(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// A path as an argument.
pub fn arg(path: &Path) -> &str {
    path.to_str().expect("paths of the laboratory are ASCII")
}
