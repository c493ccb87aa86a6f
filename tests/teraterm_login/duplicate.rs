//! Duplicate sessions: which part of a login is remembered, and which is not.

use super::lab::{Home, Sshd};
use super::{connect, dialog};

/// 20. A duplicate session reuses what was remembered, and asks where nothing was.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_duplicate_asks_unless_the_login_was_remembered() {
    let sshd = Sshd::start(&["PasswordAuthentication no", "KbdInteractiveAuthentication no"]);
    for remember in [true, false] {
        let home = Home::knowing(&sshd);
        let key = home.key(".ssh/id_ed25519", &["ed25519"], "open sesame");
        sshd.authorize(&key, "");
        let pty = connect(&home, &sshd, &[]);
        dialog(&pty, &["(•) Key file", "[ ] Remember"]);
        if remember {
            // Over the buttons up to the box, and back.
            pty.send("<up><up><up><up> ");
            dialog(&pty, &["[x] Remember"]);
            pty.send("<down><down><down><down>");
        }
        pty.send("open sesame<enter>");
        pty.wait_until("the shell", |screen| !screen.contains("Authentication"));
        pty.send("echo fir''st<enter>");
        pty.wait_written("first");
        pty.send("<enter>~d");
        if !remember {
            // The method is the one that the session used.
            pty.wait_for("Enter passphrase");
            pty.send("open sesame<enter>");
        }
        pty.wait_written("[session 2, on top of this one]");
        pty.wait_until("the second login", |_| {
            pty.written().matches("authenticated to").count() == 2
        });
        pty.send("echo sec''ond; exit<enter>");
        pty.wait_written("second");
        pty.wait_written("this is session 1 again]");
        pty.send("exit<enter>");
        assert_eq!(pty.exit_code(), 0);
        assert!(!pty.written().contains("sesame"));
    }
}
