//! `-v` and LogVerbose: the messages of the named places in the source are shown whatever the
//! level, and nothing that the server sends can act on the terminal.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use lab::{Home, free_port, raw_server, say_and_leave};

/// What is said when nothing listens there.
fn said(options: &[&str]) -> String {
    let port = free_port().to_string();
    let fixed = ["-F", "none", "-o", "BatchMode=yes", "-p", &port, "127.0.0.1", "true"];
    let output = Home::new().tessh(&[options, &fixed].concat()).output();
    output.expect_code(255);
    output.stderr
}

#[test]
fn places_are_shown_with_their_messages_at_any_level() {
    let picked = said(&["-o", "LogVerbose=dial.rs:*"]);
    let first = picked.lines().next().unwrap();
    assert!(first.starts_with("debug1: dial.rs:dial():"), "{picked}");
    assert!(first.contains(" (pid=") && first.contains("): Connecting to 127.0.0.1"), "{picked}");
    assert_eq!(picked.lines().count(), 2, "that and the error: {picked}");
    // Several lists, as ssh takes them, and -q.
    let quiet = said(&["-q", "-o", "LogVerbose none.rs:* *dial*"]);
    assert!(quiet.starts_with("debug1: dial.rs:"), "{quiet}");
}

#[test]
fn what_no_list_picks_is_shown_at_its_level() {
    for nothing in ["LogVerbose=none", "LogVerbose=*,!dial.rs:*", "LogVerbose=dial.c:*"] {
        let said = said(&["-o", nothing]);
        assert_eq!(said.lines().count(), 1, "{nothing}: {said}");
    }
    let verbose = said(&["-v", "-o", "LogVerbose=wire.rs:*"]);
    assert!(verbose.contains("debug1: Connecting to 127.0.0.1"), "{verbose}");
}

#[test]
fn the_servers_identification_cannot_act_on_the_terminal_at_v() {
    for (evil, shown) in [
        ("x\u{202e}gpj.exe\u{2066}", "x\\u{202e}gpj.exe\\u{2066}"),
        ("x\u{200b}y\u{200f}", "x\\u{200b}y\\u{200f}"),
    ] {
        let greeting = format!("{evil} before\r\nSSH-2.0-{evil}\r\n");
        let server = raw_server(move |stream| say_and_leave(stream, greeting.as_bytes()));
        let port = server.port().to_string();
        for level in ["-v", "-vvv"] {
            let output =
                Home::new().tessh(&["-F", "none", level, "-p", &port, "127.0.0.1"]).output();
            output.expect_code(255);
            assert!(!output.stderr.contains(evil), "{output:?}");
            let line = format!("Remote protocol version 2.0, remote software version {shown}");
            assert!(output.stderr.contains(&line), "{output:?}");
        }
    }
}
