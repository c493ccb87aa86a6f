//! Security keys, by way of OpenSSH's helper and the software device of OpenSSH's test suite;
//! and DSA keys, which are offered only where the configuration names them. The server is
//! OpenSSH's.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use lab::{Home, Run, Sshd, arg, strs};

/// A device that signs without a touch (Debian's openssh-tests).
const DEVICE: &str = "/usr/lib/openssh/regress/misc/sk-dummy/sk-dummy.so";

fn made(home: &Home, kind: &str) -> PathBuf {
    made_with(home, kind, &[])
}

fn made_with(home: &Home, kind: &str, options: &[&str]) -> PathBuf {
    let path = home.path(kind);
    let mut command = Command::new("/usr/bin/ssh-keygen");
    command.args(["-q", "-N", "", "-t", kind, "-f", arg(&path)]).args(options);
    let made = command.env("SSH_SK_PROVIDER", DEVICE).env("SSH_SK_HELPER", "").status().unwrap();
    assert!(made.success(), "{kind}");
    path
}

fn run(home: &Home, sshd: &Sshd, key: &Path, options: &[&str]) -> Run {
    let login = ["-o", "BatchMode=yes", "--auth", "publickey", "-i", arg(key)];
    let words = sshd.to(&[&login, options].concat(), &["echo in"]);
    home.tessh(&strs(&words))
}

fn device() -> String {
    format!("SecurityKeyProvider={DEVICE}")
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_on_a_device_logs_in_by_its_file() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    for kind in ["ed25519-sk", "ecdsa-sk"] {
        let key = made(&home, kind);
        sshd.authorize(&key, "");
        let output = run(&home, &sshd, &key, &["-o", &device()]).output();
        assert_eq!(output.text(), "in\n", "{kind}: {output:?}");
        let name = kind.to_uppercase();
        let asked = format!("tessh: Confirm user presence for key {name} SHA256:");
        assert!(output.stderr.starts_with(&asked), "{output:?}");
        // The variable that ssh takes in the place of a path.
        let named = run(&home, &sshd, &key, &["-o", "SecurityKeyProvider=$DEVICE"]);
        assert_eq!(named.env("DEVICE", DEVICE).output().text(), "in\n", "{kind}");
    }
}

/// Whoever is asked for a PIN and gives none does not want to log in with another key. ssh offers
/// the next one all the same.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_pin_that_is_not_given_ends_the_login_and_nobody_to_ask_offers_the_next_key() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let key = made_with(&home, "ed25519-sk", &["-O", "verify-required"]);
    let next = home.key("next", &["ed25519"], "");
    sshd.authorize(&key, "");
    sshd.authorize(&next, "");
    let device = device();
    let options = ["-i", arg(&next), "-o", &device];
    let output = run(&home, &sshd, &key, &options).output();
    assert_eq!(output.text(), "in\n", "{output:?}");
    assert!(output.stderr.contains("needs a PIN and nobody can be asked"), "{output:?}");
    // With 1 a program for secrets says that the person has cancelled.
    let no = home.write("askpass", "#!/bin/sh\necho \"tessh: $1\" >&2\nexit 1\n");
    fs::set_permissions(&no, Permissions::from_mode(0o700)).unwrap();
    for (name, code, text) in [("", 255, ""), ("1", 0, "in\n")] {
        let login = [&["--auth", "publickey", "-i", arg(&key)], &options[..]].concat();
        let run = home.connect(&sshd, &login, &["echo in"]).env("TESSH_AS_SSH", name);
        let output = run.env("SSH_ASKPASS", &no).env("SSH_ASKPASS_REQUIRE", "force").output();
        output.expect_code(code);
        for said in ["Enter PIN for", "no PIN given"] {
            assert!(output.stderr.contains(said), "{output:?}");
        }
        assert_eq!(output.text(), text, "{output:?}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_security_key_that_is_not_plugged_in_makes_way_for_the_next_key() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let key = made(&home, "ed25519-sk");
    let next = home.key("next", &["ed25519"], "");
    sshd.authorize(&key, "");
    sshd.authorize(&next, "");
    // The helper's answer, 9 bytes long: version 5, a failure, SSH_ERR_DEVICE_NOT_FOUND.
    let answer = r"\0\0\0\011\005\0\0\0\0\0\0\0\074";
    let helper = format!("#!/bin/sh\nprintf '{answer}'\nexec cat >/dev/null\n");
    let helper = home.write("helper", &helper);
    fs::set_permissions(&helper, Permissions::from_mode(0o700)).unwrap();
    let said = "no security key that has this key is plugged in";
    let output = run(&home, &sshd, &key, &["-i", arg(&next)]).env("SSH_SK_HELPER", &helper);
    let output = output.output();
    assert_eq!(output.text(), "in\n", "{output:?}");
    assert!(output.stderr.contains(said), "{output:?}");
    let alone = run(&home, &sshd, &key, &[]).env("SSH_SK_HELPER", &helper).output();
    alone.expect_last_line(&[said, "plug it in"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn each_pin_that_is_asked_for_is_tried() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let key = made_with(&home, "ed25519-sk", &["-O", "verify-required"]);
    sshd.authorize(&key, "");
    let (asked, tried) = (home.path("asked"), home.path("tried"));
    // The helper's answer, 9 bytes long: version 5, a failure, SSH_ERR_KEY_WRONG_PASSPHRASE.
    let answer = r"\0\0\0\011\005\0\0\0\0\0\0\0\053";
    let wrong = format!("printf '{answer}'\necho >>{}\nexec cat >/dev/null\n", arg(&tried));
    let helper = home.write("helper", &format!("#!/bin/sh\n{wrong}"));
    let pin = format!("#!/bin/sh\necho >>{}\necho 1234\n", arg(&asked));
    let pin = home.write("askpass", &pin);
    for program in [&helper, &pin] {
        fs::set_permissions(program, Permissions::from_mode(0o700)).unwrap();
    }
    let run = home.connect(&sshd, &["--auth", "publickey", "-i", arg(&key)], &["true"]);
    let run = run.env("SSH_ASKPASS", &pin).env("SSH_ASKPASS_REQUIRE", "force");
    let output = run.env("SSH_SK_HELPER", &helper).output();
    output.expect_last_line(&["the PIN of the security key was not taken"]);
    let lines = |path: &Path| fs::read_to_string(path).unwrap().lines().count();
    assert_eq!((lines(&asked), lines(&tried)), (3, 3), "{output:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_device_that_cannot_be_reached_is_said() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let key = made(&home, "ed25519-sk");
    sshd.authorize(&key, "");
    let gone = run(&home, &sshd, &key, &["-o", "SecurityKeyProvider=/nowhere.so"]).output();
    gone.expect_last_line(&["the security key could not sign", "ssh-sk-helper"]);
    let none = run(&home, &sshd, &key, &["-o", "SecurityKeyProvider=none"]).output();
    none.expect_last_line(&["SecurityKeyProvider none"]);
    let helper = run(&home, &sshd, &key, &["-o", &device()]).env("SSH_SK_HELPER", "/nowhere");
    helper.output().expect_last_line(&["'/nowhere'", "No such file or directory"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_dsa_key_is_offered_only_where_it_is_named() {
    let sshd = Sshd::start(&["PubkeyAcceptedAlgorithms +ssh-dss"]);
    let home = Home::knowing(&sshd);
    let key = home.key("id", &["dsa"], "");
    sshd.authorize(&key, "");
    run(&home, &sshd, &key, &[]).output().expect_failure(&["DSA", "+ssh-dss"]);
    let named = ["-o", "PubkeyAcceptedAlgorithms=+ssh-dss"];
    let output = run(&home, &sshd, &key, &named).output();
    output.expect_code(0);
    assert_eq!(output.text(), "in\n");
    assert!(output.stderr.contains("ssh-dss: old and weak"), "{}", output.stderr);
    assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
    // Beside another key it is passed over.
    let other = home.key("other", &["ed25519"], "");
    sshd.authorize(&other, "");
    let output = run(&home, &sshd, &key, &["-i", arg(&other)]).output();
    assert_eq!(output.expect_quiet_success().text(), "in\n");
}
