//! Homes, directories and environments that are not as they should be.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::lab::{DemoBed, Output, TESSH, arg, strs};
use super::{SOON, after, words};

/// Records a host's key where a home can be written.
const NEW: [&str; 2] = ["-o", "StrictHostKeyChecking=accept-new"];

/// A login with this environment changed by env(1), such as `HOME=/x` or `-u HOME`.
fn in_environment(bed: &DemoBed, changes: &[&str], options: &[&str]) -> Output {
    let words = words(bed, options, &["echo in"]);
    let all = [changes, &[TESSH], &strs(&words)].concat();
    bed.home.run(Path::new("/usr/bin/env"), &all).deadline(SOON).output()
}

#[test]
fn a_home_that_is_missing_or_no_directory_costs_no_session() {
    let bed = DemoBed::new();
    let known = format!("UserKnownHostsFile={}", arg(&bed.home.path(".ssh/known_hosts")));
    bed.home.write("file", "");
    let file = format!("HOME={}", arg(&bed.home.path("file")));
    for change in [&["HOME=/nowhere/at/all"][..], &["HOME="], &["-u", "HOME"]] {
        let output = in_environment(&bed, change, &["-o", &known]);
        output.expect_code(0);
        assert_eq!((&*output.text(), &*output.stderr), ("in\n", ""), "{change:?}");
    }
    let output = in_environment(&bed, &[&file], &["-o", &known]);
    output.expect_code(0);
    assert_eq!((&*output.text(), output.stderr.lines().count()), ("in\n", 1), "{output:?}");
    assert!(output.stderr.contains("authorities: cannot be read: Not a directory"), "{output:?}");
    // What cannot be recorded is said, and is no failure.
    let output = in_environment(&bed, &["HOME=/nowhere/at/all"], &NEW);
    output.expect_code(0);
    assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    assert!(output.stderr.contains("/nowhere/at/all/.ssh cannot be created"), "{output:?}");
    assert!(!Path::new("/nowhere").exists());
    // What cannot be looked at is no new host.
    let output = in_environment(&bed, &[&file], &NEW);
    output.expect_failure(&["known_hosts", "Not a directory", "UserKnownHostsFile"]);
}

#[test]
fn a_home_that_cannot_be_written_costs_no_session() {
    let bed = DemoBed::unknown();
    let closed = |mode| fs::set_permissions(bed.home.path(""), Permissions::from_mode(mode));
    fs::remove_dir(bed.home.path(".ssh")).unwrap();
    closed(0o500).unwrap();
    let words = words(&bed, &NEW, &["echo in"]);
    let output = bed.home.unprivileged(&strs(&words)).output();
    output.expect_code(0);
    assert_eq!(output.text(), "in\n");
    let line = output.stderr.trim_end();
    assert!(line.contains(".ssh cannot be created: Permission denied"), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    let save = ["sessions", "save", "web", "someone@127.0.0.1"];
    bed.home.unprivileged(&save).output().expect_failure(&["Permission denied"]);
    let keygen = ["keygen", "-q", "-t", "ed25519", "-N", "", "-f", "new"];
    bed.home.unprivileged(&keygen).output().expect_failure(&["new", "Permission denied"]);
    closed(0o700).unwrap();
}

#[test]
fn a_path_without_programs_costs_no_session() {
    let bed = DemoBed::new();
    for change in [&["PATH="][..], &["-u", "PATH"], &["PATH=/nowhere"]] {
        let words = words(&bed, &[], &["echo in"]);
        let all = [change, &[TESSH], &strs(&words)].concat();
        let output = bed.home.run(Path::new("/usr/bin/env"), &all).output();
        assert_eq!(output.expect_quiet_success().text(), "in\n", "{change:?}");
        let proxy = ["-o", "ProxyCommand=no-such-program %h"];
        in_environment(&bed, change, &proxy).expect_code(255);
    }
    let output = in_environment(&bed, &["PATH=/nowhere"], &["-o", "ProxyCommand=nc %h %p"]);
    let line = output.stderr.lines().last().unwrap();
    assert!(line.starts_with("tessh: ") && line.contains("ProxyCommand"), "{output:?}");
}

#[test]
fn no_locale_is_english_without_letters_that_it_lacks() {
    let bed = DemoBed::new();
    for change in [
        &["-u", "LANG"][..],
        &["LC_ALL=C"],
        &["LC_ALL=POSIX"],
        &["LC_ALL=bogus"],
        &["LC_ALL="],
        &["LANG=ja_JP.EUC-JP"],
        &["LANG=ja_JP.SJIS"],
        &["LC_ALL=\u{fffd}"],
        &["LC_ALL=../../etc/passwd"],
    ] {
        let wrong = [change, &[TESSH, "-p", "1", "127.0.0.1", "true"]].concat();
        let output = bed.home.run(Path::new("/usr/bin/env"), &wrong).output();
        let line = output.expect_failure(&["Connection refused", "check host and port"]);
        assert!(line.is_ascii(), "{change:?}: {line}");
        assert_eq!(in_environment(&bed, change, &[]).expect_quiet_success().text(), "in\n");
    }
}

#[test]
fn a_terminal_of_any_name_gets_a_session_and_questions() {
    let long = "x".repeat(5000);
    for term in ["", "bogus", "dumb", "unknown", "vt52", &long, "x\u{1b}[2J", "../x", "日本"] {
        let bed = DemoBed::new();
        let password = strs_of(&bed, &["--auth", "password"]);
        let pty = bed.home.on_pty_with(&strs(&password), &[("TERM", term)]);
        pty.wait_for("assword");
        pty.send(&format!("{}<enter>", bed.demo.password()));
        pty.wait_for("demo$");
        pty.leave_shell(4);
    }
}

/// Words of a login with a password: no key is named.
fn strs_of(bed: &DemoBed, options: &[&str]) -> Vec<String> {
    let (port, host) = (bed.demo.port(), format!("{}@127.0.0.1", super::lab::DEMO_USER));
    let words = [options, &["-p", &port, &host]].concat();
    words.into_iter().map(str::to_owned).collect()
}

#[test]
fn no_terminal_type_at_all_is_none_for_the_server() {
    let bed = DemoBed::new();
    let words = words(&bed, &["-tt"], &["echo type=$TERM"]);
    let all = [&["-u", "TERM", TESSH][..], &strs(&words)].concat();
    let output = bed.home.run(Path::new("/usr/bin/env"), &all).output();
    output.expect_code(0);
    assert_eq!(output.text(), "type=\r\n");
}

#[test]
fn a_working_directory_that_has_gone_costs_no_session() {
    let bed = DemoBed::new();
    let gone = "mkdir gone; cd gone; rmdir ../gone";
    let run = |words: &[&str]| after(&bed.home, gone, words).output();
    let login = words(&bed, &[], &["echo in"]);
    assert_eq!(run(&strs(&login)).expect_quiet_success().text(), "in\n");
    run(&["keygen", "-q", "-t", "ed25519", "-N", "", "-f", "new"])
        .expect_failure(&["'new'", "No such file"]);
    run(&["sessions", "save", "web", "-i", "id", "someone@127.0.0.1"])
        .expect_failure(&["working directory"]);
    run(&["--log", "here", "someone@127.0.0.1", "true"]).expect_failure(&["no such directory"]);
    run(&["-E", "here", "someone@127.0.0.1", "true"]).expect_failure(&["here", "-E"]);
}

#[test]
fn a_temporary_directory_that_cannot_be_written_costs_no_session() {
    let bed = DemoBed::new();
    for place in ["TMPDIR=/nowhere", "TMPDIR=/proc", "TMPDIR="] {
        let output = in_environment(&bed, &[place], &["-A", "-M", "-S", "socket"]);
        assert_eq!(output.expect_quiet_success().text(), "in\n", "{place}");
    }
}

/// As in a container that a command is sent into: the session that the command belongs to has no
/// number inside.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_proxy_command_ends_without_a_word_where_its_session_is_outside_of_the_namespace() {
    let bed = DemoBed::new();
    let reach = "exec 3<>/dev/tcp/%h/%p; cat <&3 & cat >&3; kill $!";
    let proxy = format!("ProxyCommand=/bin/bash -c '{reach}'");
    let words = words(&bed, &["-o", &proxy], &["echo in"]);
    let inside = ["--pid", "--fork", "--mount-proc", "--kill-child", TESSH];
    let all = [&inside[..], &strs(&words)].concat();
    let output = bed.home.run(Path::new("/usr/bin/unshare"), &all).output();
    assert_eq!(output.expect_quiet_success().text(), "in\n");
}
