//! Logins to OpenSSH's server and commands on it: one method, one key, and bytes that arrive
//! unchanged.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "sshd/keys.rs"]
mod keys;
mod lab;

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lab::{Agent, AsyncSsh, Bed, Home, PASSWORD, Setup, Sshd, USER, arg, fingerprint, tool};

/// The program, logging in to this server.
/// What sshd saw: this one method, and with it this one key.
#[track_caller]
fn expect_one_key(sshd: &Sshd, key: &Path) {
    sshd.wait_for_log("Accepted publickey for tester");
    let tried = sshd.methods_tried();
    let ours = ["publickey", "publickey-hostbound-v00@openssh.com"];
    assert!(tried.iter().all(|method| ours.contains(&method.as_str())), "{tried:?}");
    // A question whether the key would do, and a signature.
    assert!(tried.len() <= 2, "{tried:?}");
    assert_eq!(sshd.keys_shown(), [fingerprint(key)]);
}

// ---- commands ---------------------------------------------------------------------------

#[test]
#[ignore = "needs peers: tests/run"]
fn output_errors_and_status_are_apart() {
    let bed = Bed::new(&[]);
    let output = bed.run(&[], &["printf out; printf err >&2; exit 7"]).output();
    output.expect_code(7);
    assert_eq!((output.text().as_str(), output.stderr.as_str()), ("out", "err"));
    for code in [0, 1, 127, 254, 255] {
        let output = bed.run(&[], &[&format!("exit {code}")]).output();
        output.expect_code(code);
        assert_eq!(output.stderr, "");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_type_of_the_terminal_is_the_one_of_set_env() {
    let bed = Bed::new(&[]);
    for (options, kind) in [
        (&["-tt"][..], "local"),
        (&["-tt", "-o", "SetEnv=TERM=named"], "named"),
        (&["-tt", "-o", "SetEnv=TERM="], "local"),
    ] {
        let output = bed.run(options, &["echo $TERM"]).env("TERM", "local").output();
        output.expect_code(0);
        assert_eq!(output.text(), format!("{kind}\r\n"), "{options:?}: {output:?}");
    }
}

/// As in ssh, they belong to the terminal of the server, and not to the one here.
#[test]
#[ignore = "needs peers: tests/run"]
fn escapes_count_in_a_pipe_where_a_terminal_is_forced() {
    let bed = Bed::new(&[]);
    // What the command writes for a line, after what is no part of it.
    for (options, typed, written) in [
        (&["-tt"][..], "~~one\n\x04", "~one"),
        (&["-tt"], "~?\n\x04", ""),
        (&["-tt", "-e", "%"], "~.\n\x04", "~."),
        (&["-tt", "-e", "%"], "%%one\n\x04", "%one"),
        (&["-tt", "-e", "none"], "~.\n\x04", "~."),
        // They are tessh's own, and for a person.
        (&["-tt"], "~i\n\x04", "~i"),
        (&["-T"], "~.\n", "~."),
    ] {
        // Without the terminal's echo, each line comes once.
        let command = ["stty -echo 2>/dev/null; exec cat"];
        let output = bed.run(options, &command).stdin(typed).output();
        output.expect_code(0);
        // An end of input that comes before the echo is off is echoed.
        let text = output.text().replace("^D\u{8}\u{8}", "");
        let lines: Vec<_> = text.lines().map(|line| line.trim_end_matches('\r')).collect();
        let last = lines.last().copied().unwrap_or_default();
        assert_eq!(last, written, "{options:?} {typed:?}: {output:?}");
        let helped = output.stderr.contains("Supported escape sequences");
        assert_eq!(helped, typed.starts_with("~?"), "{options:?} {typed:?}: {output:?}");
    }
    for (options, typed) in [(&["-tt"][..], "one\n~.\n"), (&["-tt", "-e", "%"], "one\n%.\n")] {
        let output = bed.run(options, &["cat"]).stdin(typed).output();
        output.expect_code(255);
        let end = output.stderr.lines().last().unwrap_or_default();
        assert!(end.contains("Connection to ") && end.contains(" closed"), "{options:?}: {end}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn signal_becomes_128_and_its_number() {
    let bed = Bed::new(&[]);
    for (signal, code) in [("TERM", 143), ("KILL", 137), ("INT", 130)] {
        bed.run(&[], &[&format!("kill -{signal} $$")]).output().expect_code(code);
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn bytes_come_back_as_they_went() {
    let bed = Bed::new(&[]);
    let sent: Vec<u8> =
        (0..8_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let output = bed.run(&[], &["cat"]).stdin(sent.clone()).output();
    output.expect_code(0);
    assert!(output.stdout == sent, "{} bytes of {}", output.stdout.len(), sent.len());
    assert_eq!(output.stderr, "");
    let output = bed.run(&[], &["cat >&2"]).stdin("on the other way").output();
    assert_eq!((output.text().as_str(), output.stderr.as_str()), ("", "on the other way"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn end_of_input_reaches_the_command_while_its_output_goes_on() {
    let bed = Bed::new(&[]);
    let output = bed.run(&[], &["wc -c; printf after"]).stdin("12345").output();
    assert_eq!(output.text(), "5\nafter");
    let output = bed.run(&["-n"], &["wc -c"]).stdin("not sent").output();
    assert_eq!(output.text(), "0\n");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn command_that_reads_nothing_does_not_hold_up() {
    let bed = Bed::new(&[]);
    let output = bed.run(&[], &["exit 4"]).stdin(vec![b'x'; 10_000_000]).output();
    output.expect_code(4);
    assert_eq!(output.stderr, "");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn reader_that_leaves_ends_it_quietly() {
    let bed = Bed::new(&[]);
    let mut child = bed.run(&[], &["yes"]).spawn();
    drop(child.stdin.take());
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, "y\n");
    drop(reader);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn output_of_one_hundred_megabytes_is_complete() {
    let bed = Bed::new(&[]);
    let output = bed.run(&[], &["head -c 100000000 /dev/zero; echo end"]).output();
    output.expect_code(0);
    assert_eq!(output.stdout.len(), 100_000_004);
    assert!(output.stdout.ends_with(b"\0end\n"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn words_of_a_command_are_joined_by_blanks() {
    let bed = Bed::new(&[]);
    let login = ["-o", "BatchMode=yes", "-i", arg(&bed.key)];
    let words = ["printf", "'%s|'", "a", "-l", "'b  c'"];
    let output = bed.home.connect(&bed.sshd, &login, &words).output();
    assert_eq!(output.text(), "a|-l|b  c|");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn variables_that_are_asked_for_arrive() {
    let bed = Bed::new(&[]);
    let options = ["-o", "SetEnv=LC_ONE=1", "-o", "SendEnv=LC_T*"];
    let run = bed.run(&options, &["echo $LC_ONE $LC_TWO $LC_UNASKED"]);
    let output = run.env("LC_TWO", "2").env("LANG", "C").output();
    assert_eq!(output.expect_quiet_success().text(), "1 2\n");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn terminal_only_where_there_is_one_or_it_is_forced() {
    let bed = Bed::new(&[]);
    let tty = "tty >/dev/null && echo terminal || echo none";
    assert_eq!(bed.run(&["-T"], &[tty]).output().text(), "none\n");
    assert_eq!(bed.run(&[], &[tty]).output().text(), "none\n");
    let forced = bed.run(&["-tt"], &[tty]).output();
    assert_eq!(forced.text(), "terminal\r\n");
    assert!(forced.stderr.contains("Connection to 127.0.0.1 closed."), "{forced:?}");
    // As ssh, it names the HostName and not what was typed.
    let elsewhere = ["-tt", "-o", "HostName=localhost", "-o", "StrictHostKeyChecking=no"];
    let forced = bed.run(&elsewhere, &[tty]).output();
    assert!(forced.stderr.contains("Connection to localhost closed."), "{forced:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_lost_connection_is_reported() {
    let bed = Bed::new(&[]);
    // The shell's parent is the unprivileged sshd that holds the connection.
    let output = bed.run(&[], &["kill -KILL $PPID; sleep 60"]).output();
    output.expect_failure(&["connection"]);
}

// ---- methods ----------------------------------------------------------------------------

#[test]
#[ignore = "needs peers: tests/run"]
fn the_right_password_logs_in_and_no_key_is_tried() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    // An identity that could be tried, and must not be.
    home.key(".ssh/id_ed25519", &["ed25519"], "");
    let options = ["--auth", "password", "--password-fd", "3"];
    let output = home.connect(&sshd, &options, &["echo in"]).password(PASSWORD).output();
    assert_eq!(output.expect_quiet_success().text(), "in\n");
    assert_eq!(sshd.methods_tried(), ["password"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_wrong_password_is_tried_once_and_nothing_else_is() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let key = home.key(".ssh/id_ed25519", &["ed25519"], "");
    sshd.authorize(&key, "");
    let options = ["--auth", "password", "--password-fd", "3"];
    let output = home.connect(&sshd, &options, &["true"]).password("wrong").output();
    output.expect_failure(&["permission denied", "password", "publickey"]);
    sshd.wait_for_log("Failed password");
    assert_eq!(sshd.methods_tried(), ["password"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_method_that_the_server_does_not_accept_is_one_line() {
    let sshd = Sshd::start(&["PasswordAuthentication no", "KbdInteractiveAuthentication no"]);
    let home = Home::knowing(&sshd);
    let key = home.key(".ssh/id_ed25519", &["ed25519"], "");
    sshd.authorize(&key, "");
    let options = ["--auth", "password", "--password-fd", "3"];
    let output = home.connect(&sshd, &options, &["true"]).password(PASSWORD).output();
    output.expect_failure(&[
        "denied (publickey)",
        "password was refused",
        "the server accepts only",
    ]);
    assert!(sshd.methods_tried().iter().all(|method| method == "password"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_of_every_type_and_format_logs_in() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let cases: &[&[&str]] = &[
        &["ed25519"],
        &["ecdsa", "-b", "256"],
        &["ecdsa", "-b", "384"],
        &["ecdsa", "-b", "521"],
        &["rsa", "-b", "2048"],
        &["rsa", "-b", "2048", "-m", "PEM"],
        &["rsa", "-b", "2048", "-m", "PKCS8"],
        &["ecdsa", "-b", "256", "-m", "PEM"],
        &["ecdsa", "-b", "384", "-m", "PKCS8"],
    ];
    let mut keys = Vec::new();
    for (number, how) in cases.iter().enumerate() {
        let key = home.key(&format!("id{number}"), how, "");
        sshd.authorize(&key, "");
        keys.push((key.clone(), how));
        if how.contains(&"PKCS8") {
            continue; // puttygen does not read it.
        }
        for version in ["2", "3"] {
            let ppk = home.path(&format!("id{number}.v{version}.ppk"));
            let version = format!("version={version}");
            let arguments = [arg(&key), "-O", "private", "--ppk-param", &version, "-o", arg(&ppk)];
            tool("/usr/bin/puttygen", &arguments);
            keys.push((ppk, how));
        }
    }
    for (key, how) in keys {
        let options = ["-o", "BatchMode=yes", "--auth", "publickey", "-i", arg(&key)];
        let output = home.connect(&sshd, &options, &["echo in"]).output();
        assert_eq!(output.text(), "in\n", "{how:?} {}: {output:?}", key.display());
    }
    assert!(!sshd.log().contains("ssh-rsa [preauth]"), "an RSA key signed with SHA-1");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_locked_key_of_every_format_logs_in() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let ask = home.write("ask", "#!/bin/sh\necho 'open sesame'\n");
    fs::set_permissions(&ask, Permissions::from_mode(0o700)).unwrap();
    let mut keys: Vec<PathBuf> = Vec::new();
    let cases: &[&[&str]] = &[
        &["ed25519"],
        &["ed25519", "-Z", "chacha20-poly1305@openssh.com"],
        &["ed25519", "-Z", "aes256-gcm@openssh.com"],
        &["rsa", "-b", "2048", "-m", "PKCS8"],
        &["rsa", "-b", "2048", "-m", "PEM"],
    ];
    for (number, how) in cases.iter().enumerate() {
        let key = home.key(&format!("id{number}"), how, "open sesame");
        sshd.authorize(&key, "");
        keys.push(key);
    }
    let phrase = home.write("phrase", "open sesame");
    for version in ["2", "3"] {
        let ppk = home.path(&format!("id.v{version}.ppk"));
        let version = format!("version={version}");
        let old = ["--old-passphrase", arg(&phrase), "--new-passphrase", arg(&phrase)];
        let what = [arg(&keys[0]), "-O", "private", "--ppk-param", &version, "-o", arg(&ppk)];
        tool("/usr/bin/puttygen", &[&what[..], &old].concat());
        keys.push(ppk);
    }
    for key in keys {
        let run = home.connect(&sshd, &["--auth", "publickey", "-i", arg(&key)], &["echo in"]);
        let output = run.env("SSH_ASKPASS", &ask).env("SSH_ASKPASS_REQUIRE", "force").output();
        assert_eq!(output.text(), "in\n", "{}: {output:?}", key.display());
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_program_for_secrets_that_cannot_be_run_is_named() {
    let (sshd, home) = (Sshd::start(&[]), Home::new());
    home.write(".ssh/known_hosts", &sshd.known_hosts());
    let run = home.connect(&sshd, &["--auth", "password"], &["true"]);
    let run = run.env("SSH_ASKPASS", "/nonexistent/ask").env("SSH_ASKPASS_REQUIRE", "force");
    let output = run.output();
    output.expect_code(255);
    let named = "ssh_askpass: exec(/nonexistent/ask): No such file or directory\n";
    assert!(output.stderr.contains(named), "{output:?}");
}

/// As in ssh; a program for secrets may keep each one under its question.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_password_is_asked_for_by_the_host_name_that_is_reached() {
    let (sshd, home) = (Sshd::start(&[]), Home::new());
    home.write(".ssh/known_hosts", &sshd.known_hosts());
    let asked = home.path("asked");
    let ask = home.write("ask", &format!("#!/bin/sh\necho \"$1\" >{}\n", arg(&asked)));
    fs::set_permissions(&ask, Permissions::from_mode(0o700)).unwrap();
    let config = format!("Host web\n HostName 127.0.0.1\n Port {}\n", sshd.port());
    let config = home.write("config", &config);
    let once = ["-o", "NumberOfPasswordPrompts=1", "--auth", "password"];
    let run = home.tessh(&[&["-F", arg(&config)], &once[..], &["me@web", "true"]].concat());
    let output = run.env("SSH_ASKPASS", &ask).env("SSH_ASKPASS_REQUIRE", "force").output();
    assert_eq!(fs::read_to_string(&asked).unwrap(), "me@127.0.0.1's password: \n");
    output.expect_failure(&["me@127.0.0.1: Permission denied"]);
}

/// Twenty keys in an agent, and the one that the server takes, which is the last.
fn twenty_keys(home: &Home, sshd: &Sshd) -> (Agent, PathBuf) {
    let agent = Agent::start(&[]);
    for number in 0..19 {
        agent.add(&home.key(&format!("other{number}"), &["ed25519"], ""));
    }
    let key = home.key("mine", &["ed25519"], "");
    agent.add(&key);
    sshd.authorize(&key, "");
    (agent, key)
}

#[test]
#[ignore = "needs peers: tests/run"]
fn one_key_of_twenty_in_the_agent_logs_in_with_one_try() {
    let sshd = Sshd::start(&["MaxAuthTries 1"]);
    let home = Home::knowing(&sshd);
    let (agent, key) = twenty_keys(&home, &sshd);
    let public = format!("{}.pub", arg(&key));
    let options = ["-o", "BatchMode=yes", "--auth", "agent", "-i", &public];
    let run = home.connect(&sshd, &options, &["echo in"]);
    let output = run.env("SSH_AUTH_SOCK", agent.socket()).output();
    assert_eq!(output.expect_quiet_success().text(), "in\n");
    expect_one_key(&sshd, &key);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_file_beside_a_full_agent_logs_in_with_one_try() {
    let sshd = Sshd::start(&["MaxAuthTries 1"]);
    let home = Home::knowing(&sshd);
    let (agent, key) = twenty_keys(&home, &sshd);
    let options = ["-o", "BatchMode=yes", "-i", arg(&key)];
    let run = home.connect(&sshd, &options, &["echo in"]);
    let output = run.env("SSH_AUTH_SOCK", agent.socket()).output();
    assert_eq!(output.expect_quiet_success().text(), "in\n");
    expect_one_key(&sshd, &key);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn agent_offers_its_first_key_and_no_other() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let (agent, _) = twenty_keys(&home, &sshd);
    let options = ["-o", "BatchMode=yes", "--auth", "agent"];
    let run = home.connect(&sshd, &options, &["true"]);
    let output = run.env("SSH_AUTH_SOCK", agent.socket()).output();
    let first = fingerprint(&home.path("other0"));
    output.expect_failure(&["permission denied", "publickey"]);
    assert_eq!(sshd.keys_shown().into_iter().filter(|it| *it != first).count(), 0);
    assert!(sshd.methods_tried().len() <= 1, "{:?}", sshd.methods_tried());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn an_agent_that_is_not_there_is_one_line() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let options = ["-o", "BatchMode=yes", "--auth", "agent"];
    home.connect(&sshd, &options, &["true"]).output().expect_failure(&["agent"]);
    let nowhere = home.path("nowhere");
    let output = home.connect(&sshd, &options, &["true"]).env("SSH_AUTH_SOCK", nowhere).output();
    output.expect_failure(&["agent"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_certificate_of_every_key_type_logs_in() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    for (name, how) in
        [("ed", &["ed25519"][..]), ("ec", &["ecdsa", "-b", "256"]), ("rsa", &["rsa", "-b", "2048"])]
    {
        let key = home.key(name, how, "");
        sshd.certify(&key, &["-n", USER]);
        let options = ["-o", "BatchMode=yes", "--auth", "publickey", "-i", arg(&key)];
        let output = home.connect(&sshd, &options, &["echo in"]).output();
        assert_eq!(output.text(), "in\n", "{name}: {output:?}");
    }
    let accepted = sshd.log().matches("Accepted publickey for tester").count();
    assert_eq!((accepted, sshd.log().matches("-CERT SHA256:").count() >= 3), (3, true));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_certificate_named_by_an_option_logs_in() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let key = home.key("id", &["ed25519"], "");
    sshd.certify(&key, &["-n", USER]);
    fs::rename(home.path("id-cert.pub"), home.path("elsewhere.pub")).unwrap();
    let named = format!("CertificateFile={}", arg(&home.path("elsewhere.pub")));
    let options = ["-o", "BatchMode=yes", "-i", arg(&key), "-o", &named];
    let output = home.connect(&sshd, &options, &["echo in"]).output();
    assert_eq!(output.expect_quiet_success().text(), "in\n");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_certificate_file_with_its_key_in_the_agent_logs_in() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    let key = home.key("id", &["ed25519"], "");
    let agent = Agent::start(&[&key]);
    sshd.certify(&key, &["-n", USER]);
    let named = home.path("id-cert.pub");
    let options = ["-o", "BatchMode=yes", "--auth", "agent", "-i", arg(&named)];
    let run = home.connect(&sshd, &options, &["echo in"]);
    let output = run.env("SSH_AUTH_SOCK", agent.socket()).output();
    assert_eq!(output.expect_quiet_success().text(), "in\n");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn chain_takes_its_steps_in_order() {
    let bed = Bed::new(&["AuthenticationMethods publickey,password"]);
    let options = ["--auth", "publickey,password", "--password-fd", "3", "-i", arg(&bed.key)];
    let run = bed.home.connect(&bed.sshd, &options, &["echo in"]);
    let output = run.password(PASSWORD).output();
    assert_eq!(output.expect_quiet_success().text(), "in\n");
    let mut tried = bed.sshd.methods_tried();
    tried.dedup();
    assert_eq!(tried, ["publickey", "password"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn second_step_is_not_taken_unasked() {
    let bed = Bed::new(&["AuthenticationMethods publickey,password"]);
    let output = bed.run(&[], &["true"]).output();
    output.expect_failure(&["publickey", "succeeded", "--auth publickey,password"]);
    assert!(!bed.sshd.methods_tried().contains(&"password".to_owned()));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_connection_lost_while_a_password_is_asked_for_is_made_again() {
    let sshd = Sshd::start(&["LoginGraceTime 1"]);
    let home = Home::knowing(&sshd);
    // The answer to the password is longer on its way than the server waits.
    let ask = home.write("ask", "#!/bin/sh\nsleep 3\necho late\n");
    fs::set_permissions(&ask, Permissions::from_mode(0o700)).unwrap();
    let once = ["--auth", "password", "-o", "NumberOfPasswordPrompts=1"];
    let run = home.connect(&sshd, &once, &["true"]);
    let output = run.env("SSH_ASKPASS", &ask).env("SSH_ASKPASS_REQUIRE", "force").output();
    // The server did see the answer: its refusal is about the password and not about the time.
    output.expect_failure(&["Permission denied", "password was refused"]);
    assert_eq!(sshd.log().matches("Failed password").count(), 1);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn an_expired_password_does_not_hang() {
    let setup = Setup::new().password_expired();
    let sshd = setup.start(&["UsePAM yes"]);
    let home = Home::knowing(&sshd);
    let options = ["--auth", "password", "--password-fd", "3"];
    let start = Instant::now();
    // OpenSSH lets the login pass and wants the change from the session.
    let output = home.connect(&sshd, &options, &["echo in"]).password(PASSWORD).output();
    assert!(!output.status.success() && output.text() != "in\n", "{output:?}");
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn change_request_for_a_password_does_not_hang() {
    let server = AsyncSsh::start(
        "
    def password_auth_supported(self): return True
    def validate_password(self, user, password): raise asyncssh.PasswordChangeRequired('change it')
",
    );
    let home = Home::new();
    home.write(".ssh/known_hosts", &server.known_hosts());
    let host = format!("{USER}@127.0.0.1");
    let options = ["--auth", "password", "--password-fd", "3", "-p", server.port(), &host, "true"];
    let output = home.tessh(&options).password(PASSWORD).output();
    output.expect_failure(&["password", "expired"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn plain_prompts_are_answered_by_askpass() {
    let sshd = Setup::new().start(&["UsePAM yes"]);
    let home = Home::knowing(&sshd);
    let ask = home.write("ask", &format!("#!/bin/sh\necho '{PASSWORD}'\n"));
    fs::set_permissions(&ask, Permissions::from_mode(0o700)).unwrap();
    let run = home.connect(&sshd, &["--auth", "keyboard-interactive"], &["echo in"]);
    let output = run.env("SSH_ASKPASS", &ask).env("SSH_ASKPASS_REQUIRE", "force").output();
    assert_eq!(output.text(), "in\n", "{output:?}");
    assert_eq!(sshd.methods_tried(), ["keyboard-interactive"]);
}
