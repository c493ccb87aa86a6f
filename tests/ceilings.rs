//! What the release build may cost at most, in figures that do not depend on the machine's load:
//! instructions, counted by valgrind, and pages of memory. A ceiling is raised only with a reason.
//!
//! `cargo build --release` comes before; tests/run does it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lab::{Bed, Home, arg, noise, strs};

/// What is carried to count what a byte costs.
const CARRIED: usize = 16 << 20;
/// valgrind is some fifty times slower than the processor.
const PATIENCE: Duration = Duration::from_secs(120);

/// The key exchange and cipher that the ceilings were measured with, which every server has.
const ALGORITHMS: [&str; 4] =
    ["-o", "KexAlgorithms=curve25519-sha256", "-o", "Ciphers=aes128-gcm@openssh.com"];

fn release() -> PathBuf {
    let debug = Path::new(env!("CARGO_BIN_EXE_tessh"));
    let built = debug.parent().unwrap().parent().unwrap().join("release/tessh");
    assert!(built.exists(), "cargo build --release comes first: {}", built.display());
    built
}

/// How many instructions the release build runs for this, in millions.
fn millions(home: &Home, words: &[&str], stdin: Vec<u8>) -> u64 {
    let counts = home.path("counts");
    let (file, program) = (format!("--callgrind-out-file={}", arg(&counts)), release());
    let tool = ["--quiet", "--tool=callgrind", &file, arg(&program)];
    let valgrind = home.run(Path::new("/usr/bin/valgrind"), &[&tool, words].concat());
    valgrind.stdin(stdin).deadline(PATIENCE).output().expect_code(0);
    let counts = fs::read_to_string(counts).unwrap();
    let total = counts.lines().find_map(|line| line.strip_prefix("summary: ")).unwrap();
    total.trim().parse::<u64>().unwrap() / 1_000_000
}

#[track_caller]
fn expect_at_most(ceiling: u64, found: u64) {
    assert!(found <= ceiling, "{found} where {ceiling} is the ceiling");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_login_and_a_command_run_few_instructions() {
    let bed = Bed::new(&[]);
    let words = bed.words(&ALGORITHMS, &["true"]);
    expect_at_most(7, millions(&bed.home, &strs(&words), Vec::new()));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn bytes_that_come_are_copied_once() {
    let bed = Bed::new(&[]);
    let words = bed.words(&ALGORITHMS, &[&format!("head -c {CARRIED} /dev/zero")]);
    expect_at_most(130, millions(&bed.home, &strs(&words), Vec::new()));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn bytes_that_go_are_copied_once() {
    let bed = Bed::new(&[]);
    let words = bed.words(&ALGORITHMS, &["cat > /dev/null"]);
    expect_at_most(130, millions(&bed.home, &strs(&words), noise(CARRIED)));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_long_ssh_config_is_read_fast() {
    let home = Home::new();
    let mut config = String::new();
    for host in 0..2000 {
        writeln!(config, "Host web{host} alias{host}\n HostName 10.0.0.{host}\n User u{host}")
            .unwrap();
    }
    home.write(".ssh/config", &config);
    expect_at_most(40, millions(&home, &["-G", "web1999"], Vec::new()));
}

/// Memory of one session, in KiB: its own, and pages of files that all share.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_session_has_few_pages() {
    let bed = Bed::new(&[]);
    let words = bed.words(&ALGORITHMS, &["echo on; cat"]);
    let mut session = bed.home.run(&release(), &strs(&words)).start();
    session.stdout().read_exact(&mut [0; 3]).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", session.id())).unwrap();
    let field = |name: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    };
    expect_at_most(1_300, field("RssAnon:"));
    expect_at_most(8_500, field("RssFile:"));
}
