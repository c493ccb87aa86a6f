//! The questions of a login asked in lines: numbered, each below the last, and nothing is drawn
//! over.

use russh::MethodKind::{KeyboardInteractive, Password};

use super::lab::{DEMO_USER, Demo, Home};
use super::server::{Scripted, Step};
use super::{knowing, leave_shell, on_pty};

/// The login is asked for in lines: methods that are off are marked, and nothing draws.
#[test]
fn in_lines_it_is_the_same() {
    let server = Scripted::start([
        Step::Refuse(&[Password, KeyboardInteractive]),
        Step::Refuse(&[KeyboardInteractive]),
        Step::Ask("Bank", "Two things", &[("Card: ", true), ("PIN: ", false)]),
        Step::Further(&[Password]),
        Step::Refuse(&[Password]),
    ]);
    let home = knowing(&server);
    let pty = on_pty(&home, &server.to(&["--plain"]), &[]);
    let shown = pty.wait_for("Method (1-4) [1]:");
    assert!(shown.contains("- 2  Key file  (not accepted by the server)"), "{shown}");
    pty.send("2<enter>");
    pty.wait_for("Key file: not accepted by the server.");
    pty.send("<enter>");
    pty.wait_for("root@127.0.0.1's password:");
    pty.send("secret<enter>");
    pty.wait_for("Use this next time (yes/no) [yes]?");
    pty.send("no<enter>");
    pty.wait_for("Remember it in memory");
    pty.send("<enter>");
    let shown = pty.wait_for("Method (1-4) [4]:");
    assert!(shown.contains("Authentication failed. Please retry."), "{shown}");
    pty.send("<enter>");
    pty.wait_for("Use this next time (yes/no) [no]?");
    pty.send("<enter>");
    pty.wait_for("Card:");
    pty.send("4711<enter>");
    pty.wait_for("PIN:");
    pty.send("0815<enter>");
    let shown = pty.wait_for("Further authentication required.");
    assert!(shown.contains("| Two things"), "{shown}");
    pty.wait_for("Method (1-4) [1]:");
    pty.send("<c-c>");
    assert_ne!(pty.exit_code(), 0);
    pty.expect_restored();
    let written = pty.written();
    assert!(!written.contains("secret") && !written.contains("0815"), "{written}");
    assert!(!written.contains('\x1b'), "{written:?}");
}

#[test]
fn in_lines_a_key_file_is_asked_for_and_unlocked_first() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    demo.write_identity(&home, Some("open sesame"));
    let arguments =
        ["--plain".to_owned(), "-p".to_owned(), demo.port(), format!("{DEMO_USER}@127.0.0.1")];
    let pty = on_pty(&home, &arguments, &[]);
    pty.wait_for("Method (1-4)");
    pty.send("2<enter>");
    pty.wait_for("Key file:");
    pty.send("~/missing<enter>");
    pty.wait_for("No such file or directory");
    pty.send("~/identity<enter>");
    pty.wait_for("ED25519 256");
    pty.wait_for("Enter passphrase for key '~/identity':");
    pty.send("sesame<enter>");
    pty.wait_for("wrong passphrase");
    pty.wait_until("a second question", |screen| screen.matches("Enter passphrase").count() > 1);
    pty.send("open sesame<enter>");
    pty.wait_for("Use this next time");
    pty.send("<enter>");
    pty.wait_for("Remember it in memory");
    pty.send("no<enter>");
    leave_shell(&pty);
    assert!(!pty.written().contains("sesame"));
}
