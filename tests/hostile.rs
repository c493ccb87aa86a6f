//! Bad servers and bad input. Each ends in one line that names the cause and the next step, with
//! exit code 255 and within a time limit. The rows are those of docs/security.md.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

#[path = "hostile/exchange.rs"]
mod exchange;
#[path = "hostile/greeting.rs"]
mod greeting;
#[path = "hostile/host_key.rs"]
mod host_key;
#[path = "hostile/none.rs"]
mod none;
#[path = "hostile/tampered.rs"]
mod tampered;

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::Duration;

use lab::{DEMO_USER, Demo, Home, Output, Peer, RawServer, Row, Run, arg, drain, raw_server, send};

/// For a patience of two seconds and a loaded machine; far less than any of the program's own
/// limits.
const SOON: Duration = Duration::from_secs(12);
/// What has taken less has not waited for the ten seconds of [`Peer::command`].
const BEFORE_THE_CLOCK: Duration = Duration::from_secs(8);
/// The identification of these servers.
const GREETING: &[u8] = b"SSH-2.0-hostile_1.0\r\n";

/// Meets a row with a server that knows nobody and that nobody knows.
#[track_caller]
fn meet(row: &Row, server: &RawServer) -> Output {
    let peer = Peer::of(server.port(), "");
    row.met(|more| peer.command(&[more, &["--auth", "none"]].concat(), "true"))
}

/// [`meet`] where the server keeps the client waiting.
#[track_caller]
fn wait_out(row: &Row, server: &RawServer) -> Output {
    let peer = Peer::of(server.port(), "");
    let hasty = ["-o", "ConnectTimeout=3", "--auth", "none"];
    row.met(|more| peer.command(&[more, &hasty].concat(), "true"))
}

/// A server that says this at once and then waits for the client to leave.
fn saying(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> RawServer {
    raw_server(move |mut stream| {
        send(&mut stream, bytes.as_ref());
        drain(&mut stream);
    })
}

/// A server that greets, and then says this.
fn greeting_then(bytes: &[u8]) -> RawServer {
    saying([GREETING, bytes].concat())
}

/// Every line of the table belongs to a test: its input stands in one of their files.
#[test]
fn every_line_of_the_table_has_its_test() {
    fn sources(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| match path.is_dir() {
                true => sources(&path),
                false if path.extension().is_some_and(|it| it == "rs") => {
                    vec![fs::read_to_string(path).unwrap()]
                }
                false => Vec::new(),
            })
            .collect()
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = sources(&root.join("tests"));
    let page = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let table = page.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let mut seen = BTreeSet::new();
    for (number, rest) in table.filter(|(number, _)| number.parse::<u8>().is_ok()) {
        let input = rest.split(" | ").next().unwrap();
        let quoted = format!("\"{}\"", input.replace('\\', "\\\\").replace('"', "\\\""));
        let found = sources.iter().any(|source| source.contains(&quoted));
        assert!(found, "no test has the input of row {number}: {quoted}");
        seen.insert(number.parse::<u8>().unwrap());
    }
    let missing: Vec<u8> = (1..=23).filter(|number| !seen.contains(number)).collect();
    assert!(missing.is_empty(), "no line for the rows {missing:?}");
}

// ---- bad input that no server sees ------------------------------------------------------

/// A server that must not be reached, and the arguments to do so.
fn unreached(home: &Home, options: &[&str]) -> Output {
    let server = raw_server(drop);
    let port = server.port().to_string();
    let fixed = ["-o", "BatchMode=yes", "-p", &port];
    let arguments = [&fixed, options, &["someone@127.0.0.1", "true"]].concat();
    let output = home.tessh(&arguments).deadline(SOON).output();
    assert_eq!(server.connections(), 0, "connected in spite of {options:?}: {output:?}");
    output
}

/// An identity made here, so that no other program is needed.
fn identity(home: &Home) -> std::path::PathBuf {
    use russh::keys::key::safe_rng;
    use russh::keys::ssh_key::{Algorithm, LineEnding, PrivateKey};
    let key = PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).unwrap();
    home.write("identity", &key.to_openssh(LineEnding::LF).unwrap())
}

#[test]
fn an_unknown_keyword_is_one_line() {
    let output = unreached(&Home::new(), &["-o", "Nonsense=1"]);
    output.expect_failure(&["Bad configuration option: nonsense"]);
}

#[test]
fn a_bad_value_of_a_keyword_is_one_line() {
    for option in [
        "Port=0",
        "Port=65536",
        "StrictHostKeyChecking=perhaps",
        "Ciphers=foo",
        "ConnectTimeout=soon",
    ] {
        let output = unreached(&Home::new(), &["-o", option]);
        let value = option.split_once('=').unwrap().1;
        output.expect_failure(&[value]);
    }
}

#[test]
fn an_unknown_flag_or_a_missing_host_is_one_line() {
    let home = Home::new();
    for arguments in [&["--nonsense", "host"][..], &["-p"], &["-p", "notaport", "host"]] {
        let output = home.tessh(arguments).deadline(SOON).output();
        output.expect_code(255);
        assert!(output.stderr.starts_with("tessh: "), "{output:?}");
        assert_eq!(output.text(), "");
    }
}

#[test]
fn an_identity_that_cannot_be_used_is_one_line() {
    let home = Home::new();
    let missing = home.path("nowhere");
    let output = unreached(&home, &["--auth", "publickey", "-i", arg(&missing)]);
    output.expect_failure(&[arg(&missing), "no such file"]);

    fs::create_dir(home.path("directory")).unwrap();
    let output = unreached(&home, &["--auth", "publickey", "-i", arg(&home.path("directory"))]);
    output.expect_failure(&["directory"]);

    let key = identity(&home);
    for mode in [0o640, 0o604, 0o644, 0o660] {
        fs::set_permissions(&key, Permissions::from_mode(mode)).unwrap();
        let output = unreached(&home, &["--auth", "publickey", "-i", arg(&key)]);
        output.expect_failure(&[arg(&key), "chmod"]);
    }

    let junk = home.write(
        "junk",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
    );
    let output = unreached(&home, &["--auth", "publickey", "-i", arg(&junk)]);
    output.expect_failure(&[arg(&junk)]);

    let empty = home.write("empty", "");
    let output = unreached(&home, &["--auth", "publickey", "-i", arg(&empty)]);
    output.expect_failure(&[arg(&empty)]);

    let binary = home.path("binary");
    fs::write(&binary, [0xff; 5000]).unwrap();
    fs::set_permissions(&binary, Permissions::from_mode(0o600)).unwrap();
    let output = unreached(&home, &["--auth", "publickey", "-i", arg(&binary)]);
    output.expect_failure(&[arg(&binary)]);
}

#[test]
fn an_endless_identity_file_is_refused() {
    let home = Home::new();
    let link = home.path("endless");
    symlink("/dev/zero", &link).unwrap();
    let output = unreached(&home, &["--auth", "publickey", "-i", arg(&link)]);
    output.expect_failure(&[arg(&link)]);
}

#[test]
fn an_unreadable_identity_file_is_one_line() {
    let home = Home::new();
    let key = identity(&home);
    fs::set_permissions(&key, Permissions::from_mode(0o000)).unwrap();
    let fixed = ["-o", "BatchMode=yes", "-p", "1", "--auth", "publickey"];
    let arguments = [&fixed[..], &["-i", arg(&key), "someone@127.0.0.1", "true"]].concat();
    let output = home.unprivileged(&arguments).deadline(SOON).output();
    output.expect_failure(&[arg(&key), "permission denied"]);
}

/// A login to the demo server, which the home knows.
fn log_in(demo: &Demo, home: &Home, options: &[&str]) -> Run {
    let (port, host) = (demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let arguments = [options, &["-p", &port, &host, "echo here"]].concat();
    home.tessh(&arguments)
}

#[test]
fn locked_identity_without_anybody_to_ask() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let key = demo.write_identity(&home, Some("open sesame"));
    let options = ["-o", "BatchMode=yes", "--auth", "publickey", "-i", arg(&key)];
    log_in(&demo, &home, &options).output().expect_failure(&[arg(&key), "passphrase"]);
}

#[test]
fn a_wrong_passphrase_is_asked_for_three_times() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let key = demo.write_identity(&home, Some("open sesame"));
    let options = ["--auth", "publickey", "-i", arg(&key)];
    let ask = home.write("ask", "#!/bin/sh\necho asked >>\"$HOME/asked\"\ncat \"$HOME/answer\"\n");
    fs::set_permissions(&ask, Permissions::from_mode(0o700)).unwrap();
    let log_in = || {
        let run = log_in(&demo, &home, &options).env("SSH_ASKPASS", &ask);
        run.env("SSH_ASKPASS_REQUIRE", "force").output()
    };
    home.write("answer", "sesame, open\n");
    log_in().expect_failure(&[arg(&key), "passphrase"]);
    assert_eq!(home.read("asked"), "asked\n".repeat(3));
    home.write("answer", "open sesame\n");
    assert_eq!(log_in().expect_quiet_success().text(), "here\n");
}

#[test]
fn an_askpass_program_that_fails_is_named_and_one_that_cancels_is_not() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let ask = home.write("ask", "#!/bin/sh\nexit $(cat \"$HOME/code\")\n");
    fs::set_permissions(&ask, Permissions::from_mode(0o700)).unwrap();
    let told = || {
        let run = log_in(&demo, &home, &["--auth", "password"]).env("SSH_ASKPASS", &ask);
        let output = run.env("SSH_ASKPASS_REQUIRE", "force").output();
        output.expect_code(255);
        output.stderr
    };
    home.write("code", "1");
    let cancelled = told();
    assert!(cancelled.contains("cancelled") && !cancelled.contains("SSH_ASKPASS"), "{cancelled}");
    home.write("code", "3");
    let failed = told();
    let line = format!("SSH_ASKPASS: {} has failed (exit status: 3)", arg(&ask));
    assert!(failed.contains(&line), "{failed}");
}

#[test]
fn wrong_password_names_what_the_server_accepts() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let options = ["--auth", "password", "--password-fd", "3"];
    let output = log_in(&demo, &home, &options).password("wrong").output();
    output.expect_failure(&["permission denied", "password", "publickey", "keyboard-interactive"]);
    let output = log_in(&demo, &home, &options).password(demo.password()).output();
    assert_eq!(output.expect_quiet_success().text(), "here\n");
}

#[test]
fn host_key_that_nobody_can_be_asked_about() {
    let (demo, other, home) = (Demo::start(), Demo::start(), Home::new());
    let options = ["-o", "BatchMode=yes", "--auth", "none"];
    let output = log_in(&demo, &home, &options).output();
    output.expect_failure(&["host key verification failed", &demo.fingerprint()]);
    assert!(!home.path(".ssh/known_hosts").exists(), "nothing is written unasked");

    let changed = other.known_hosts().replace(&other.port(), &demo.port());
    home.write(".ssh/known_hosts", &format!("# first\n{changed}"));
    let output = log_in(&demo, &home, &options).output();
    let words = ["changed", &demo.fingerprint(), &other.fingerprint(), "known_hosts:2"];
    output.expect_failure(&words);

    let known = demo.known_hosts();
    home.write(
        ".ssh/known_hosts",
        &format!("{known}@revoked * {}", known.split_once(' ').unwrap().1),
    );
    let output = log_in(&demo, &home, &options).output();
    output.expect_failure(&["revoked", "known_hosts:2"]);
    // Not even with the check switched off.
    let options = [&options[..], &["-o", "StrictHostKeyChecking=no"]].concat();
    log_in(&demo, &home, &options).output().expect_last_line(&["revoked"]);
}

#[test]
fn known_hosts_that_cannot_be_used() {
    let (demo, home) = (Demo::start(), Home::new());
    let key = demo.write_identity(&home, None);
    let options = ["-o", "BatchMode=yes", "--auth", "publickey", "-i", arg(&key)];
    fs::create_dir(home.path(".ssh/known_hosts")).unwrap();
    let output = log_in(&demo, &home, &options).output();
    output.expect_last_line(&["host key verification failed"]);
    assert!(output.stderr.contains("known_hosts"), "the cause is not named: {output:?}");
    fs::remove_dir(home.path(".ssh/known_hosts")).unwrap();

    // Junk spoils itself, and not the good line after it.
    let mut junk = vec![0xff, 0, 0x1b, b'[', b'2', b'J', b'\n'];
    junk.extend_from_slice(b"host ssh-ed25519 not-base64\nhost\n@nonsense host key\n");
    junk.extend_from_slice(&vec![b'x'; 100_000]);
    junk.push(b'\n');
    junk.extend_from_slice(demo.known_hosts().as_bytes());
    fs::write(home.path(".ssh/known_hosts"), &junk).unwrap();
    let output = log_in(&demo, &home, &options).output();
    output.expect_code(0);
    assert_eq!(output.text(), "here\n");
    assert!(!output.stderr.contains('\x1b'), "{output:?}");

    fs::write(home.path(".ssh/known_hosts"), &junk[..junk.len() - 60]).unwrap();
    let output = log_in(&demo, &home, &options).output();
    output.expect_last_line(&["host key verification failed"]);
}

/// What is kept of a file may be as large as the file, and not many times that.
#[test]
fn large_files_of_keys_are_read_within_memory() {
    let (demo, home) = (Demo::start(), Home::new());
    let key = demo.write_identity(&home, None);
    let string =
        |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
    let names: Vec<u8> =
        (0..1_000_000).flat_map(|at| string(format!("{at:07}").as_bytes())).collect();
    let part = [&[0; 8], &[0x23][..], &string(&names)].concat();
    let head = [b"SSHKRL\n\0", &1_u32.to_be_bytes()[..], &[0; 32]].concat();
    let revoked = [head, vec![1], string(&part)].concat();
    let line = demo.known_hosts();
    let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    let row = |input, known: String, revoked: &[u8]| {
        home.write(".ssh/known_hosts", &known);
        fs::write(home.path("revoked"), revoked).unwrap();
        let list = format!("RevokedHostKeys={}", arg(&home.path("revoked")));
        let options = ["-o", "BatchMode=yes", "--auth", "publickey", "-i", arg(&key), "-o", &list];
        let row = Row::new(21, input).code(0).silent().unlisted();
        row.met(|more| log_in(&demo, &home, &[more, &options].concat()));
    };
    row("a list of a million revoked names", line.clone(), &revoked);
    row(
        "a list of 200,000 revoked keys",
        line.clone(),
        format!("{other}\n").repeat(200_000).as_bytes(),
    );
    row("200,000 times the host's line", line.repeat(200_000), b"");
}

#[test]
fn an_identity_of_unknown_type_is_one_line() {
    let home = Home::new();
    // An unencrypted container whose only key calls itself ssh-fancy.
    let field =
        |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat();
    let public = [field(b"ssh-fancy"), field(b"x")].concat();
    let mut private = [&[1, 2, 3, 4, 1, 2, 3, 4][..], &public, &field(b""), &field(b"")].concat();
    private.extend((1..=(8 - private.len() % 8) as u8).collect::<Vec<_>>());
    let container = [
        b"openssh-key-v1\0".to_vec(),
        field(b"none"),
        field(b"none"),
        field(b""),
        1_u32.to_be_bytes().to_vec(),
        field(&public),
        field(&private),
    ];
    let text = data_encoding::BASE64.encode(&container.concat());
    let key = home.write(
        "fancy",
        &format!(
            "-----BEGIN OPENSSH PRIVATE KEY-----\n{text}\n-----END OPENSSH PRIVATE KEY-----\n"
        ),
    );
    let output = unreached(&home, &["--auth", "publickey", "-i", arg(&key)]);
    output.expect_failure(&[arg(&key)]);
}

#[test]
fn password_descriptor_that_is_not_open() {
    let output = unreached(&Home::new(), &["--auth", "password", "--password-fd", "9"]);
    output.expect_failure(&["--password-fd 9: no such descriptor is open; open"]);
}

#[test]
fn an_unknown_authentication_method_is_one_line() {
    let output = unreached(&Home::new(), &["--auth", "telepathy"]);
    output.expect_failure(&["telepathy"]);
}

#[test]
fn a_host_name_with_forbidden_characters_is_refused() {
    let home = Home::new();
    for host in [
        "-oProxyCommand=touch x",
        "ho\nst",
        "ho\x1b[2Jst",
        "host\u{7f}",
        "",
        "someone@",
        "someone@-host",
        "a b",
    ] {
        let output =
            home.tessh(&["-o", "BatchMode=yes", "--", host, "true"]).deadline(SOON).output();
        output.expect_failure(&[]);
    }
    assert!(!home.path("x").exists());
}

#[test]
fn configuration_file_that_cannot_be_used() {
    let home = Home::new();
    let missing = home.path("nowhere");
    unreached(&home, &["-F", arg(&missing)]).expect_failure(&[arg(&missing)]);
    let wrong = home.write("config", "Host *\n  Nonsense 1\n");
    let output = unreached(&home, &["-F", arg(&wrong)]);
    assert!(output.stderr.contains("line 2") || output.stderr.contains(":2"), "{output:?}");
    output.expect_code(255);
}
