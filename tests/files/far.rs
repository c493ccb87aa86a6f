//! A server that is far away: more channels on a connection, where the transfer is worth it.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::thread::{sleep, spawn};
use std::time::Duration;

use super::lab::{Bed, PASSWORD, Setup, arg, noise, wait_until};
use super::{SFTP, bed, bed_of, make, quiet, run, same, there};

/// How long each way to the server takes.
const DELAY: Duration = Duration::from_millis(15);

/// Puts a way with delay before the server, as `far` in the configuration.
fn far(bed: &Bed) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, server) = (listener.local_addr().unwrap().port(), bed.sshd.port());
    spawn(move || {
        for near in listener.incoming() {
            let (Ok(near), Ok(far)) = (near, TcpStream::connect(("127.0.0.1", server))) else {
                return;
            };
            let back = (far.try_clone().unwrap(), near.try_clone().unwrap());
            spawn(move || carry(near, far));
            spawn(move || carry(back.0, back.1));
        }
    });
    let config = bed.home.path(".ssh/config");
    let block = format!(
        "Host far\n Port {port}\n HostKeyAlias [127.0.0.1]:{server}\n{}",
        bed.host_block("srv far", &["PreferredAuthentications publickey"])
    );
    fs::write(config, block).unwrap();
}

fn carry(mut from: TcpStream, mut to: TcpStream) {
    let mut bytes = vec![0; 1 << 20];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        sleep(DELAY);
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// How many SFTP servers and logins there were.
fn counted(bed: &Bed) -> (usize, usize) {
    let log = bed.sshd.log();
    let logins = ["Accepted publickey for", "Accepted keyboard-interactive"];
    let logins = logins.iter().map(|line| log.matches(line).count()).sum();
    (log.matches("Starting session: subsystem 'sftp'").count(), logins)
}

/// What is worth a second channel.
fn large(bed: &Bed) {
    make(&bed.home.path("here/f"), &noise(9_000_000), 0o644, 1_000_000_000);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_put_has_two_channels_on_each_connection_and_a_get_one() {
    let bed = bed(&["LogLevel VERBOSE"]);
    large(&bed);
    far(&bed);
    quiet(&bed, &["put", "-P", "2", "here/f", "far:up"]);
    same(&bed.home.path("here/f"), &there(&bed, "up"));
    assert_eq!(counted(&bed), (4, 2));
    quiet(&bed, &["get", "-P", "1", "far:up", "here/down"]);
    same(&bed.home.path("here/f"), &bed.home.path("here/down"));
    assert_eq!(counted(&bed), (5, 3));
    // With little to transfer there is one.
    make(&bed.home.path("here/small"), b"little", 0o644, 1_000_000_000);
    quiet(&bed, &["put", "-P", "1", "here/small", "far:small"]);
    assert_eq!(counted(&bed), (6, 4));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_server_that_takes_one_channel_gets_one_in_silence() {
    let bed = bed(&["LogLevel VERBOSE", "MaxSessions 1"]);
    large(&bed);
    far(&bed);
    quiet(&bed, &["put", "-P", "2", "here/f", "far:up"]);
    same(&bed.home.path("here/f"), &there(&bed, "up"));
    assert_eq!(counted(&bed), (2, 2));
    let output = run(&bed, &["put", "-v", "-P", "1", "here/f", "far:up"]);
    output.expect_code(0);
    assert!(output.stderr.contains("fewer channels"), "{}", output.stderr);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_login_that_cannot_be_repeated_has_two_channels() {
    let lines = [SFTP, "LogLevel VERBOSE", "UsePAM yes", "KbdInteractiveAuthentication yes"];
    let bed = bed_of(Setup::new().start(&lines));
    large(&bed);
    far(&bed);
    let words = ["put", "--plain", "--auth", "keyboard-interactive", "-P", "3", "here/f", "far:up"];
    let pty = bed.home.on_pty(&words);
    pty.wait_for("assword");
    pty.send(&format!("{PASSWORD}\r"));
    pty.wait_for("1 of 3");
    assert_eq!(pty.exit_code(), 0);
    same(&bed.home.path("here/f"), &there(&bed, "up"));
    assert_eq!(counted(&bed), (2, 1));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_master_has_two_sessions_each_way() {
    let bed = bed(&["LogLevel VERBOSE"]);
    large(&bed);
    far(&bed);
    let config = arg(&bed.home.path(".ssh/config")).to_owned();
    for (round, program) in (1..).zip([None, Some("/usr/bin/ssh")]) {
        let socket = bed.home.path(&format!("master{round}"));
        let path = format!("ControlPath={}", arg(&socket));
        let words = ["-F", &config, "-M", "-N", "-o", &path, "far"];
        let master = match program {
            None => bed.home.tessh(&words[2..]),
            Some(program) => bed.home.run(Path::new(program), &words),
        };
        let master = master.start();
        wait_until("the master listens", || socket.exists());
        // Slow enough for the second session to be there before the end.
        let words = ["-o", &path, "--limit", "5M"];
        quiet(&bed, &[&["put"], &words[..], &["here/f", "far:up"]].concat());
        quiet(&bed, &[&["get"], &words[..], &["far:up", "here/down"]].concat());
        same(&bed.home.path("here/f"), &bed.home.path("here/down"));
        assert_eq!(counted(&bed), (4 * round, round));
        drop(master);
    }
}
