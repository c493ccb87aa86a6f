//! The laboratory itself, tested with OpenSSH's client. A failure here means that failures
//! elsewhere are the laboratory's.
#![allow(clippy::unwrap_used)]

mod lab;

use std::path::Path;

use lab::{Agent, Home, PASSWORD, Pty, Setup, Sshd, USER, arg, strs};

const SSH: &str = "/usr/bin/ssh";

fn ssh(home: &Home, sshd: &Sshd, options: &[&str], command: &[&str]) -> lab::Run {
    let known = format!("UserKnownHostsFile={}", arg(&home.path(".ssh/known_hosts")));
    let options = [&["-F", "none", "-o", &known], options].concat();
    let arguments = sshd.to(&options, command);
    home.run(Path::new(SSH), &strs(&arguments))
}

#[test]
#[ignore = "needs peers: tests/run"]
fn sshd_takes_a_key_and_logs_it() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let key = home.key("id", &["ed25519"], "");
    sshd.authorize(&key, "");
    let output =
        ssh(&home, &sshd, &["-i", arg(&key), "-o", "IdentitiesOnly=yes"], &["id -un; cat"]);
    let output = output.stdin("as is").output().expect_quiet_success();
    assert_eq!(output.text(), format!("{USER}\nas is"));
    sshd.wait_for_log("Accepted publickey for tester");
    let tried = sshd.methods_tried();
    assert!(!tried.is_empty() && tried.iter().all(|it| it.starts_with("publickey")), "{tried:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn agent_and_certificate_log_in() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let key = home.key("id", &["ed25519"], "");
    sshd.certify(&key, &["-n", USER]);
    let agent = Agent::start(&[&key]);
    let output = ssh(&home, &sshd, &[], &["true"]).env("SSH_AUTH_SOCK", agent.socket()).output();
    output.expect_quiet_success();
    assert!(sshd.log().contains("signed by ED25519 CA"), "{}", sshd.log());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn expired_password_is_asked_for_on_a_terminal() {
    let setup = Setup::new().password_expired();
    let sshd = setup.start(&["UsePAM yes", "AuthenticationMethods keyboard-interactive"]);
    let home = Home::knowing(&sshd);
    let known = format!("UserKnownHostsFile={}", arg(&home.path(".ssh/known_hosts")));
    let arguments = sshd.to(&["-F", "none", "-o", &known], &[]);
    let pty = Pty::spawn(|| pty_process::blocking::Command::new(SSH).args(&arguments));
    let at_start = pty.modes_differ();
    assert!(!at_start);
    pty.wait_for("Password:");
    assert!(pty.modes_differ(), "no echo while a password is asked for");
    pty.send(&format!("{PASSWORD}<enter>"));
    pty.wait_for("Current password:");
    pty.send(&format!("{PASSWORD}<enter>"));
    pty.wait_for("New password:");
    pty.send("another-horse-8<enter>");
    pty.wait_for("Retype new password:");
    pty.send("another-horse-8<enter>");
    pty.wait_for("\n$");
    pty.resize(30, 100);
    // The size takes its way by signals.
    pty.send("until [ \"$(stty size)\" = '30 100' ]; do :; done; exit 3<enter>");
    assert_eq!(pty.exit_code(), 3);
    pty.expect_restored();
}
