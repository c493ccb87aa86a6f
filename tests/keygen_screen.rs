//! The dialog of the key generator on a terminal. ssh-keygen checks the files.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use lab::{Home, Pty, arg, tool};

const SSH_KEYGEN: &str = "/usr/bin/ssh-keygen";
const PASSPHRASE: &str = "correct horse";

fn started(home: &Home) -> Pty {
    let pty = home.on_pty(&["keygen"]);
    pty.resize(40, 80);
    pty.wait_for("Generate");
    pty.wait_for("Esc cancel");
    assert!(pty.on_alternate_screen());
    pty
}

/// Makes a key of the type chosen by these keys, with the defaults and a passphrase.
fn make(home: &Home, chosen: &str) -> Pty {
    let pty = started(home);
    pty.send(&format!("{chosen}<enter>"));
    pty.wait_for("not saved yet");
    pty.send(&format!("{PASSPHRASE}<tab>{PASSPHRASE}<enter>"));
    pty.wait_for("Public key in");
    pty.send("<enter>");
    assert_eq!(pty.exit_code(), 0);
    pty.expect_restored();
    assert!(!pty.written().contains("horse"), "the passphrase is masked");
    pty
}

#[test]
#[ignore = "needs peers: tests/run"]
fn ssh_keygen_agrees_about_every_type() {
    for (chosen, name, bits) in [
        ("", "ed25519", "256"),
        ("<right>", "ecdsa", "256"),
        ("<right><right>", "ecdsa", "384"),
        ("<right><right><right>", "ecdsa", "521"),
        // The default of 3072 bits can take a loaded machine long.
        ("<right><right><right><right><tab><c-u>2048", "rsa", "2048"),
    ] {
        let home = Home::new();
        let pty = make(&home, chosen);
        let file = home.path(&format!(".ssh/id_{name}"));
        let public = home.read(&format!(".ssh/id_{name}.pub"));
        let listed = tool(SSH_KEYGEN, &["-l", "-f", arg(&file)]);
        assert!(listed.starts_with(&format!("{bits} SHA256:")), "{listed}");
        assert!(listed.contains(&format!("({})", name.to_uppercase())), "{listed}");
        let derived = tool(SSH_KEYGEN, &["-y", "-P", PASSPHRASE, "-f", arg(&file)]);
        assert_eq!(derived, public, "{name}");
        // What is said afterwards stays on the main screen.
        let print = listed.split_whitespace().nth(1).unwrap();
        assert!(pty.screen().contains(print), "{}", pty.screen());
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn esc_leaves_without_a_trace() {
    for (keys, shows) in [
        ("", "Generate"),
        ("<enter>", "not saved yet"),
        ("<right><right><right><right><enter>", "is being made"),
    ] {
        let home = Home::new();
        let pty = started(&home);
        pty.send(keys);
        pty.wait_until(shows, |screen| screen.contains(shows) || screen.contains("not saved"));
        pty.send("<esc>");
        let said = ["Cancelled;", "nothing was written", "Close without saving"];
        let shown = pty.wait_until("the work's end, the program's, or a question", |screen| {
            said.iter().any(|said| screen.contains(said))
        });
        if shown.contains("Close without saving") {
            // Yes is not what Enter alone says.
            pty.send("<tab><enter>");
        } else if shown.contains("Cancelled;") {
            pty.send("<esc>");
        }
        assert_eq!(pty.exit_code(), 255);
        pty.expect_restored();
        assert_eq!(fs::read_dir(home.path(".ssh")).unwrap().count(), 0);
    }
}

#[test]
fn plain_and_every_flag_ask_in_lines() {
    for arguments in [&["keygen", "--plain"][..], &["keygen", "-t", "ed25519"]] {
        let home = Home::new();
        let pty = home.on_pty(arguments);
        pty.wait_for("Enter file in which to save the key");
        assert!(!pty.on_alternate_screen());
        pty.send("<c-c>");
        assert_eq!(pty.exit_code(), 130);
    }
}
