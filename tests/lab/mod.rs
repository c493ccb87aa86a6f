//! The laboratory: private servers, homes, terminals and agents for the integration tests.
//!
//! Everything runs on loopback with ports from the kernel, in directories of its own, and
//! ends when it is dropped. A test that needs root or programs of others is marked
//! `#[ignore = "needs peers: tests/run"]`: `cargo test` reports it as ignored, tests/run runs it
//! with `--include-ignored`, and then a missing peer is a failure.
#![allow(dead_code, unused_imports, clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod agent;
mod asyncssh;
mod bed;
pub mod conversation;
mod demo;
pub mod fault;
mod free_port;
mod home;
mod hosted;
mod loopback;
pub mod message;
pub mod mux;
mod pty;
mod raw;
mod running;
mod sftp_server;
pub mod signals;
mod sshd;
pub mod teleport;
mod tmux;
mod transcript;
mod wait;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub use agent::Agent;
pub use asyncssh::AsyncSsh;
pub use bed::{Bed, DemoBed, fingerprint};
pub use demo::{DEMO_USER, Demo};
pub use fault::{Peer, Row};
pub use free_port::free_port;
pub use home::{Home, Output, Run, TESSH};
pub use hosted::{Hosted, library_server};
pub use loopback::{echo, exchange, noise, try_exchange};
pub use pty::Pty;
pub use raw::{
    RawServer, drain, exchanging, kexinit, next_payload, packet, raw_server, say_and_leave, send,
    ssh_string,
};
pub use running::Running;
pub use sftp_server::sftp_server;
pub use sshd::{PASSWORD, Setup, Sshd, USER};
pub use tmux::Tmux;
pub use wait::{retry, wait_until, wait_within};

/// Long enough for a loaded machine; what needs it has failed.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// The Python that has AsyncSSH, Paramiko, Ansible and ssh-audit: the one that tests/run makes, or
/// `TESSH_PYTHON`.
pub fn python() -> PathBuf {
    let made = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/bin/python");
    let python = std::env::var_os("TESSH_PYTHON").map_or_else(made, PathBuf::from);
    assert!(python.exists(), "{} is missing: tests/run makes it", python.display());
    python
}

/// Runs a program to its successful end and gives its standard output.
pub fn tool(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Arguments as the functions here take them.
pub fn strs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// A path as an argument.
pub fn arg(path: &Path) -> &str {
    path.to_str().expect("paths of the laboratory are ASCII")
}
