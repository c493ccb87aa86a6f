//! LogVerbose: messages of places in the source, whatever the level.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::net::TcpListener;

use lab::Home;

/// What is said when nothing listens there.
fn said(options: &[&str]) -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let fixed = ["-F", "none", "-o", "BatchMode=yes", "-p", &port, "127.0.0.1", "true"];
    let output = Home::new().tessh(&[options, &fixed].concat()).output();
    output.expect_code(255);
    output.stderr
}

#[test]
fn places_are_shown_with_their_messages_at_any_level() {
    let picked = said(&["-o", "LogVerbose=connect.rs:*"]);
    let first = picked.lines().next().unwrap();
    assert!(first.starts_with("debug1: connect.rs:connect():"), "{picked}");
    assert!(first.contains(" (pid=") && first.contains("): Connecting to 127.0.0.1"), "{picked}");
    assert_eq!(picked.lines().count(), 2, "that and the error: {picked}");
    // Several lists, as ssh takes them, and -q.
    let quiet = said(&["-q", "-o", "LogVerbose none.rs:* *connect*"]);
    assert!(quiet.starts_with("debug1: connect.rs:"), "{quiet}");
}

#[test]
fn what_no_list_picks_is_shown_at_its_level() {
    for nothing in ["LogVerbose=none", "LogVerbose=*,!connect.rs:*", "LogVerbose=connect.c:*"] {
        let said = said(&["-o", nothing]);
        assert_eq!(said.lines().count(), 1, "{nothing}: {said}");
    }
    let verbose = said(&["-v", "-o", "LogVerbose=wire.rs:*"]);
    assert!(verbose.contains("debug1: Connecting to 127.0.0.1"), "{verbose}");
}
