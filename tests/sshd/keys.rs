//! Logins with several keys, of which one cannot be used.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::lab::{Agent, Bed, arg};

/// As in ssh; a script with several keys has nobody to ask for the passphrase of one.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_that_cannot_be_used_is_no_reason_not_to_offer_the_next() {
    let bed = Bed::new(&[]);
    let locked = bed.home.key("locked", &["ed25519"], "open sesame");
    let sealed = bed.home.key("sealed", &["rsa", "-b", "2048", "-m", "PEM"], "open sesame");
    fs::remove_file(sealed.with_extension("pub")).unwrap();
    let public = bed.home.key("public", &["ed25519"], "").with_extension("pub");
    // The server would take these two.
    bed.sshd.authorize(&locked, "");
    bed.sshd.authorize(&public.with_extension(""), "");
    bed.sshd.authorize(&bed.key, "");
    for (first, said) in [(&locked, "passphrase"), (&sealed, "passphrase"), (&public, "agent")] {
        let files = [first, &bed.key].map(|file| format!("IdentityFile={}", arg(file)));
        for name in ["", "1"] {
            let options = ["-o", &files[0], "-o", &files[1], "-o", "BatchMode=yes"];
            let run = bed.home.connect(&bed.sshd, &options, &["echo in"]);
            let output = run.env("TESSH_AS_SSH", name).output();
            output.expect_code(0);
            assert_eq!(output.text(), "in\n", "{output:?}");
            assert!(output.stderr.contains(said), "{}: {output:?}", first.display());
        }
        let alone = ["-o", &files[0], "-o", "BatchMode=yes"];
        let output = bed.home.connect(&bed.sshd, &alone, &["echo in"]).output();
        output.expect_failure(&[said]);
    }
    // An agent that does not have the key is not asked to sign with it.
    let agent = Agent::without_display();
    let files = [&public, &bed.key].map(|file| format!("IdentityFile={}", arg(file)));
    let options = ["-o", &files[0], "-o", &files[1], "-o", "IdentitiesOnly=yes"];
    let run = bed.home.connect(&bed.sshd, &options, &["echo in"]);
    let output = run.env("SSH_AUTH_SOCK", agent.socket()).output();
    assert_eq!(output.text(), "in\n", "{output:?}");
    assert!(output.stderr.contains("the agent does not hold"), "{output:?}");
}

/// A person may have refused with what the first key says; only callers of ssh expect the next one.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_that_was_not_unlocked_makes_way_only_under_the_name_ssh() {
    let bed = Bed::new(&[]);
    let locked = bed.home.key("locked", &["ed25519"], "open sesame");
    bed.sshd.authorize(&locked, "");
    let wrong = bed.home.write("askpass", "#!/bin/sh\necho no\n");
    // With 1 a program for secrets says that the person has cancelled.
    let none = bed.home.write("askpass-cancelled", "#!/bin/sh\nexit 1\n");
    let asked = bed.home.key("asked", &["ed25519"], "");
    bed.sshd.authorize(&asked, "");
    let agent = Agent::without_display();
    // It has no display to ask on, so it refuses to sign.
    let mut add = Command::new("ssh-add");
    add.args(["-q", "-c", arg(&asked)]).env("SSH_AUTH_SOCK", agent.socket());
    assert!(add.status().unwrap().success());
    for program in [&wrong, &none] {
        fs::set_permissions(program, Permissions::from_mode(0o700)).unwrap();
    }
    let public = asked.with_extension("pub");
    for (first, answer, said) in [
        (&locked, &wrong, "wrong passphrase"),
        (&locked, &none, "no passphrase given"),
        (&public, &wrong, "the agent refused to sign"),
    ] {
        let files = [first, &bed.key].map(|file| format!("IdentityFile={}", arg(file)));
        for (name, code) in [("", 255), ("1", 0)] {
            let options = ["-o", &files[0], "-o", &files[1], "-o", "IdentitiesOnly=yes"];
            let run = bed.home.connect(&bed.sshd, &options, &["echo in"]);
            let run = run.env("SSH_ASKPASS", answer).env("SSH_ASKPASS_REQUIRE", "force");
            let run = run.env("SSH_AUTH_SOCK", agent.socket()).env("TESSH_AS_SSH", name);
            let output = run.output();
            output.expect_code(code);
            assert!(output.stderr.contains(said), "{}: {output:?}", first.display());
        }
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn why_a_key_was_not_used_is_behind_the_refusal_of_another() {
    let bed = Bed::new(&[]);
    let locked = bed.home.key("locked", &["ed25519"], "open sesame");
    let other = bed.home.key("other", &["ed25519"], "");
    bed.sshd.authorize(&locked, "");
    let run = |bed: &Bed, options: &[&str]| {
        let words = [&["-o", "BatchMode=yes", "--auth", "publickey"], options].concat();
        bed.home.connect(&bed.sshd, &words, &["true"]).output()
    };
    let (first, second) = (["-i", arg(&locked)], ["-i", arg(&other)]);
    let locked_said = "locked needs a passphrase and nobody can be asked";
    for level in ["INFO", "ERROR"] {
        let level = format!("LogLevel={level}");
        let output = run(&bed, &[&first[..], &second, &["-o", &level]].concat());
        output.expect_last_line(&["Permission denied", "was refused", locked_said]);
        assert_eq!(output.stderr.matches(locked_said).count(), 2, "{output:?}");
    }
    // Nothing was offered, so nothing was refused.
    let short = ["one", "two"].map(|name| bed.home.key(name, &["rsa", "-b", "2048"], ""));
    let files = ["-i", arg(&short[0]), "-i", arg(&short[1]), "-o", "RequiredRSASize=3072"];
    let output = run(&bed, &files);
    output.expect_failure(&["2048", "3072"]);
    assert!(!output.stderr.contains("refused"), "{output:?}");

    let bed = Bed::new(&["AuthenticationMethods publickey,publickey"]);
    let locked = bed.home.key("locked", &["ed25519"], "open sesame");
    bed.sshd.authorize(&locked, "");
    let output = run(&bed, &["-i", arg(&bed.key), "-i", arg(&locked)]);
    output.expect_last_line(&["Permission denied", locked_said]);
}
