//! Thinking is free: a connection that is lost while a question is open is made again when the
//! answer comes, and what was typed counts.

use std::fs;

use russh::MethodKind::{KeyboardInteractive, Password};

use super::lab::{Home, PASSWORD, Sshd, arg};
use super::server::{Scripted, Step};
use super::{dialog, knowing, leave_shell, on_pty};

#[test]
fn an_answer_in_a_dialog_goes_over_a_new_connection() {
    let server = Scripted::start([Step::Refuse(&[Password]), Step::Refuse(&[Password])]);
    let home = knowing(&server);
    let pty = on_pty(&home, &server.to(&[]), &[]);
    dialog(&pty, &["(•) Password"]);
    pty.send("sec");
    dialog(&pty, &["Password:    ▸•••"]);
    server.cut();
    pty.send("ret<enter>");
    dialog(&pty, &["The server refused password."]);
    assert_eq!(server.log(), ["none root", "password root \"secret\""]);
    assert_eq!(server.connections(), 2);
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
    assert_eq!(server.log().len(), 2);
}

/// The person who leaves causes no connection.
#[test]
fn nobody_is_called_back_without_an_answer() {
    let server = Scripted::start([Step::Refuse(&[Password])]);
    let home = knowing(&server);
    let pty = on_pty(&home, &server.to(&[]), &[]);
    dialog(&pty, &["(•) Password"]);
    server.cut();
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 255);
    assert!(pty.screen().contains("cancelled"), "{}", pty.screen());
    assert_eq!((server.log().len(), server.connections()), (1, 1));
}

#[test]
fn answers_in_lines_go_over_a_new_connection() {
    let server = Scripted::start([
        Step::Refuse(&[Password, KeyboardInteractive]),
        Step::Refuse(&[KeyboardInteractive]),
    ]);
    let home = knowing(&server);
    let pty = on_pty(&home, &server.to(&["--plain"]), &[]);
    pty.wait_for("Method (1-4)");
    server.cut();
    pty.send("1<enter>");
    pty.wait_for("password:");
    pty.send("x<enter>");
    pty.wait_for("Use this next time");
    pty.send("<enter>");
    pty.wait_for("Remember");
    pty.send("<enter>");
    pty.wait_for("Method (1-4) [4]:");
    assert_eq!(server.log(), ["none root", "password root \"x\""]);
    assert_eq!(server.connections(), 2);
}

#[test]
fn answers_to_the_server_s_questions_are_kept() {
    let ask = || Step::Ask("", "", &[("Code: ", false)]);
    let server = Scripted::start([
        Step::Refuse(&[KeyboardInteractive]),
        ask(),
        // The new connection asks the same, and gets what was typed.
        ask(),
        Step::Refuse(&[KeyboardInteractive]),
    ]);
    let home = knowing(&server);
    let pty = on_pty(&home, &server.to(&[]), &[]);
    dialog(&pty, &["(•) Keyboard-interactive"]);
    pty.send("<enter>");
    dialog(&pty, &["Code:"]);
    server.cut();
    pty.send("123<enter>");
    dialog(&pty, &["The server refused keyboard-interactive."]);
    let challenge = "keyboard-interactive root";
    assert_eq!(server.log(), ["none root", challenge, challenge, "answers 123"]);
}

/// The questions that come where the method is named, under the name ssh too.
#[test]
fn a_passphrase_or_a_password_may_take_longer_than_the_server_waits() {
    let home = Home::new();
    let from = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/keys/made/ed25519.openssh-enc");
    let key = home.write("locked", &fs::read_to_string(from).unwrap());
    let ways: [(&[&str], &str, &str, &[&str]); 2] = [
        (
            &["-i", arg(&key)],
            "Enter passphrase",
            "correct horse",
            &["offer root", "offer root", "publickey root"],
        ),
        (
            &["-o", "PreferredAuthentications=password"],
            "password:",
            "pw",
            &["password root \"pw\""],
        ),
    ];
    for as_ssh in ["0", "1"] {
        for (options, question, answer, log) in ways {
            let server = Scripted::start([Step::Accept]);
            home.write(".ssh/known_hosts", server.known_hosts());
            let pty = on_pty(&home, &server.to(options), &[("TESSH_AS_SSH", as_ssh)]);
            pty.wait_for(question);
            server.cut();
            pty.send(&format!("{answer}<enter>"));
            // The server lets the user in and has no shell.
            assert_eq!(pty.exit_code(), 255);
            assert_eq!((&server.log()[..], server.connections()), (&strings(log)[..], 2));
        }
    }
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// A look at the host's key may take longer, too: it is asked about once.
#[test]
fn a_host_key_may_take_longer_than_the_server_waits() {
    let password: &[&str] = &["-o", "PreferredAuthentications=password"];
    let ways = [("1", password, "root@127.0.0.1's password:"), ("0", &["--plain"], "Method (1-4)")];
    for (as_ssh, options, next) in ways {
        let server = Scripted::start([Step::Refuse(&[Password])]);
        let home = Home::new();
        let pty = on_pty(&home, &server.to(options), &[("TESSH_AS_SSH", as_ssh)]);
        pty.wait_for("SHA256:");
        server.cut();
        pty.send("yes<enter>");
        pty.wait_for(next);
        assert_eq!(pty.unbroken().matches("SHA256:").count(), 1, "{}", pty.screen());
        assert_eq!(server.connections(), 2);
        pty.send("<c-c>");
        assert_ne!(pty.exit_code(), 0);
    }
}

/// A server that hangs up after the first key: the next connection is the person's choice.
#[test]
#[ignore = "needs peers: tests/run"]
fn after_a_server_that_hangs_up_the_next_connection_is_asked_about() {
    let sshd = Sshd::start(&["UsePAM yes", "MaxAuthTries 1"]);
    let home = Home::knowing(&sshd);
    home.key(".ssh/id_ed25519", &["ed25519"], "");
    for answer in ["", PASSWORD] {
        let pty = on_pty(&home, &sshd.to(&[], &[]), &[("TESSH_AS_SSH", "1")]);
        pty.wait_until("the question", |_| {
            let shown = pty.unbroken();
            shown.contains("ended the connection after publickey.") && shown.contains("password:")
        });
        pty.send(&format!("{answer}<enter>"));
        if answer.is_empty() {
            assert_eq!(pty.exit_code(), 255);
            assert!(pty.unbroken().contains("Too many authentication failures"));
        } else {
            leave_shell(&pty);
        }
    }
    assert_eq!(sshd.methods_tried(), ["publickey", "publickey", "password"]);
}
