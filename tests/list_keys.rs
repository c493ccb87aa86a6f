//! `-Z` lists the keys that a login would try, in their order, without a connection.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::process::Command;

use lab::{Agent, Home, arg};

/// The first two words of each line, with the home directory taken off, and the flags.
fn summary(home: &Home, text: &str) -> Vec<String> {
    let base = format!("{}/", home.path("").display());
    let line = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        assert!(words[2].starts_with("SHA256:"), "{line}");
        let flags = words[3..].join(" ");
        format!("{} {} {flags}", words[0], words[1]).replace(base.trim_end_matches('/'), "~")
    };
    text.lines().map(line).collect()
}

#[test]
fn the_files_that_were_named_are_listed_and_nothing_is_connected_to() {
    let home = Home::new();
    let (one, two) = (home.key("one", &["ed25519"], ""), home.key("two", &["ecdsa"], "secret"));
    // Nobody could be connected to under this name.
    let words = ["-Z", "-i", arg(&one), "-i", arg(&two), "host.invalid"];
    let listed = home.tessh(&words).output().expect_quiet_success().text();
    assert_eq!(
        summary(&home, &listed),
        ["~/one ED25519 explicit", "~/two ECDSA explicit"],
        "{listed}"
    );
    home.tessh(&["-Z"]).output().expect_failure(&["host"]);
    home.tessh(&["-Z", "-i", "/none", "h"]).output().expect_failure(&["/none"]);
}

/// As ssh does it: a file of `-i` that is not there leaves the default identities.
#[test]
fn under_the_name_ssh_a_missing_file_leaves_the_default_ones() {
    let home = Home::new();
    let key = home.key("default", &["ed25519"], "");
    home.write(".ssh/id_ed25519", &std::fs::read_to_string(key).unwrap());
    let run = |name: &str, named: &[&str]| {
        let words = [&["-Z"], named, &["host.invalid"]].concat();
        home.tessh(&words).env("TESSH_AS_SSH", name).output()
    };
    let listed = run("1", &["-i", "/none"]);
    assert!(listed.text().contains("/.ssh/id_ed25519 ED25519 SHA256:"), "{listed:?}");
    assert!(!listed.text().contains("explicit"), "{listed:?}");
    let warned = "Warning: Identity file /none not accessible: No such file or directory.\n";
    assert!(listed.stderr.contains(warned), "{listed:?}");
    // Another one that was named is still named, there or not.
    let both = run("1", &["-i", "/none", "-o", "IdentityFile=/nor/this"]);
    both.expect_code(255);
    assert!(both.stderr.contains("/nor/this"), "{both:?}");
    run("1", &["-o", "IdentityFile=/none"]).expect_failure(&["/none"]);
    run("", &["-i", "/none"]).expect_failure(&["/none"]);
}

/// The order of OpenSSH 10.6: named keys that the agent holds, the agent's certificates, its
/// other keys, then files.
#[test]
#[ignore = "needs peers: tests/run"]
fn the_agents_keys_come_as_ssh_orders_them() {
    let home = Home::new();
    let key = |name: &str| home.key(name, &["ed25519"], "");
    let [authority, plain, certified, named, file] =
        ["ca", "plain", "certified", "named", "file"].map(key);
    let signed = Command::new("/usr/bin/ssh-keygen")
        .args(["-q", "-s", arg(&authority), "-I", "id", "-n", "root", arg(&certified)])
        .status();
    assert!(signed.unwrap().success());
    let agent = Agent::start(&[&plain, &certified, &named]);
    let run = |options: &[&str]| {
        let words =
            [options, &["-Z", "-i", arg(&file), "-i", arg(&named), "host.invalid"]].concat();
        let run = home.tessh(&words).env("SSH_AUTH_SOCK", agent.socket());
        summary(&home, &run.output().expect_quiet_success().text())
    };
    let kinds = |lines: Vec<String>| -> Vec<String> {
        let kind = |line: &String| line.split_once(' ').unwrap().1.to_owned();
        lines.iter().map(kind).collect()
    };
    let listed = run(&[]);
    assert_eq!(listed[0], "~/named ED25519 explicit agent");
    assert_eq!(listed[4], "~/file ED25519 explicit");
    let wanted = [
        "ED25519 explicit agent",
        "ED25519-CERT agent",
        "ED25519 agent",
        "ED25519 agent",
        "ED25519 explicit",
    ];
    assert_eq!(kinds(listed), wanted);
    // The agent's keys count where no file that was named is there, as under ssh's name.
    let words = ["-Z", "-o", "IdentityFile=/none", "host.invalid"];
    let run_without = home.tessh(&words).env("SSH_AUTH_SOCK", agent.socket()).output();
    assert_eq!(run_without.text().lines().count(), 4, "{run_without:?}");
    let only = run(&["-o", "IdentitiesOnly=yes"]);
    assert_eq!(only, ["~/file ED25519 explicit", "~/named ED25519 explicit"]);
}
