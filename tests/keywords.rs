//! Keywords of ssh_config(5) whose effect only the server sees.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::time::Duration;

use lab::{DEMO_USER, Demo, Home, arg};

/// What a client says first to a server that says nothing itself.
fn greeting(home: &Home, options: &[&str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let words = [options, &["-o", "BatchMode=yes", "-p", &port, "127.0.0.1", "true"]].concat();
    let child = home.tessh(&words).spawn();
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    drop(child);
    line
}

#[test]
fn version_addendum_is_sent_in_the_identification() {
    let home = Home::new();
    let plain = concat!("SSH-2.0-tessh_", env!("CARGO_PKG_VERSION"));
    assert_eq!(greeting(&home, &[]), format!("{plain}\r\n"));
    assert_eq!(greeting(&home, &["-o", "VersionAddendum=none"]), format!("{plain}\r\n"));
    let said = greeting(&home, &["-o", "VersionAddendum=for %h 100%%"]);
    assert_eq!(said, format!("{plain} for 127.0.0.1 100%\r\n"));

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let long = format!("VersionAddendum={}", "x".repeat(300));
    let words = ["-o", &long, "-o", "BatchMode=yes", "-p", &port, "127.0.0.1"];
    home.tessh(&words).output().expect_failure(&["VersionAddendum", "bytes"]);
    let broken = home.tessh(&["-G", "-o", "VersionAddendum=${X}", "h"]).env("X", "a\nSSH-2.0-b");
    broken.output().expect_failure(&["control characters"]);
}

#[test]
fn the_values_of_set_env_are_expanded_and_its_names_are_not() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let identity = demo.write_identity(&home, None);
    let (port, host) = (demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let words = ["-p", &port, "-i", arg(&identity), "-o", "SetEnv=LC_A=%n-%p-${FROM}", &host];
    let run = home.tessh(&[&words[..], &["echo $LC_A"]].concat()).env("FROM", "here");
    let said = run.output().expect_quiet_success().text();
    assert_eq!(said, format!("127.0.0.1-{port}-here\n"));
}

#[test]
fn every_file_of_revoked_host_keys_counts() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let identity = demo.write_identity(&home, None);
    let (port, host) = (demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let key = demo.known_hosts().split_once(' ').unwrap().1.to_owned();
    let (empty, full) = (home.write("none-127.0.0.1", ""), home.write("revoked", &key));
    let run = |files: &str| {
        let option = format!("RevokedHostKeys={files}");
        home.tessh(&["-p", &port, "-i", arg(&identity), "-o", &option, &host, "true"]).output()
    };
    let token = arg(&empty).replace("127.0.0.1", "%n");
    run(&token).expect_quiet_success();
    run(&format!("{token} {}", arg(&full))).expect_failure(&["revoked"]);
    run(&format!("{token} {}", arg(&home.path("missing")))).expect_failure(&["missing"]);
}

/// As with ssh, a changed key does not matter there, and nothing is written; what was said of the
/// key itself counts all the same.
#[test]
fn no_host_authentication_for_localhost_takes_any_key_of_this_machine() {
    let (demo, other, home) = (Demo::start(), Demo::start(), Home::new());
    let key = other.known_hosts().split_once(' ').unwrap().1.to_owned();
    let (port, host) = (demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let wrong = format!("[127.0.0.1]:{port} {key}");
    let known = home.write(".ssh/known_hosts", &wrong);
    let identity = demo.write_identity(&home, None);
    let run = |options: &[&str]| {
        let login = ["-p", &port, "-i", arg(&identity), "-o", "BatchMode=yes"];
        home.tessh(&[&login[..], options, &[&host, "true"]].concat()).output()
    };
    const ANY: [&str; 2] = ["-o", "NoHostAuthenticationForLocalhost=yes"];
    run(&[]).expect_code(255);
    run(&ANY).expect_quiet_success();
    assert_eq!(std::fs::read_to_string(&known).unwrap(), wrong, "nothing is written");
    let verbose = run(&[&ANY[..], &["-v"]].concat());
    verbose.expect_code(0);
    let why = "NoHostAuthenticationForLocalhost takes any key of this machine";
    assert!(verbose.stderr.contains(why), "{}", verbose.stderr);

    let pinned = format!("SHA256:{}", "A".repeat(43));
    run(&[&ANY[..], &["--host-key", &pinned]].concat()).expect_code(255);
    let shown = demo.known_hosts().split_once(' ').unwrap().1.to_owned();
    let revoked = format!("RevokedHostKeys={}", arg(&home.write("revoked", &shown)));
    run(&[&ANY[..], &["-o", &revoked]].concat()).expect_failure(&["revoked"]);
    run(&[&ANY[..], &["-o", "HostKeyAlias=other"]].concat()).expect_code(255);
}
