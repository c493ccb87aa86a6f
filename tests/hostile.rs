//! Bad servers and bad input. Each ends in one line that names the cause, with exit code 255
//! and within a time limit.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs::{self, Permissions};
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::{Duration, Instant};

use lab::{
    DEMO_USER, Demo, Home, Output, RawServer, Run, arg, drain, free_port, kexinit, packet,
    raw_server, say_and_leave, send,
};
use russh::keys::ssh_key::rand_core::Rng;

/// What a server's silence may last in these tests.
const PATIENCE: &str = "ConnectTimeout=2";
/// For that patience and a loaded machine; far less than any of the program's own limits.
const SOON: Duration = Duration::from_secs(12);

/// Algorithms that every client has, for a KEXINIT with one fault.
const KEX: &str = "curve25519-sha256,kex-strict-s-v00@openssh.com";
const HOST_KEY: &str = "ssh-ed25519";
const CIPHER: &str = "aes128-ctr";
const MAC: &str = "hmac-sha2-256";

fn connect(server: &RawServer) -> Output {
    let home = Home::new();
    let port = server.port().to_string();
    let arguments = ["-o", "BatchMode=yes", "-o", PATIENCE, "--auth", "none", "-p", &port];
    let arguments = [&arguments[..], &["someone@127.0.0.1", "true"]].concat();
    home.tessh(&arguments).deadline(SOON).output()
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
    saying([b"SSH-2.0-hostile_1.0\r\n", bytes].concat())
}

fn reset(stream: TcpStream) {
    // A zero linger makes closing a reset.
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
}

#[test]
fn a_refused_connection_is_one_line() {
    let port = free_port().to_string();
    let arguments = ["-o", "BatchMode=yes", "-p", &port, "127.0.0.1", "true"];
    let output = Home::new().tessh(&arguments).deadline(SOON).output();
    output.expect_failure(&["refused", &port]);
}

#[test]
fn a_host_name_that_does_not_resolve_is_one_line() {
    let arguments = ["-o", "BatchMode=yes", "no-such-host.invalid", "true"];
    let output = Home::new().tessh(&arguments).output();
    output.expect_failure(&["no-such-host.invalid"]);
}

#[test]
fn a_connection_closed_at_once_is_one_line() {
    let server = raw_server(|stream| say_and_leave(stream, b""));
    connect(&server).expect_failure(&["closed", "greeting"]);
}

#[test]
fn a_server_that_says_nothing_is_left_in_time() {
    let server = saying("");
    let output = connect(&server);
    output.expect_failure(&["timed out", "said nothing"]);
    assert!(output.took >= Duration::from_secs(1), "gave up before its time: {output:?}");
}

#[test]
fn a_greeting_of_one_byte_every_half_second_is_left_in_time() {
    let server = raw_server(|mut stream| {
        // The pauses are what is tested: the limit must be on the total.
        while send(&mut stream, b"S") {
            std::thread::sleep(Duration::from_millis(500));
        }
    });
    connect(&server).expect_failure(&["timed out"]);
}

#[test]
fn a_packet_of_one_byte_every_half_second_is_left_in_time() {
    let server = raw_server(|mut stream| {
        send(&mut stream, b"SSH-2.0-hostile_1.0\r\n\0\0");
        while send(&mut stream, b"\x04") {
            std::thread::sleep(Duration::from_millis(500));
        }
    });
    connect(&server).expect_failure(&[]);
}

#[test]
fn a_server_silent_after_its_greeting_is_left_in_time() {
    connect(&greeting_then(b"")).expect_failure(&["key exchange"]);
}

#[test]
fn endless_lines_before_the_greeting_are_refused() {
    let server = raw_server(|mut stream| while send(&mut stream, b"not yet\r\n") {});
    connect(&server).expect_failure(&["20 lines", "not yet"]);
}

#[test]
fn an_endless_line_before_the_greeting_is_refused() {
    let server = raw_server(|mut stream| while send(&mut stream, &[b'x'; 4096]) {});
    connect(&server).expect_failure(&["not an SSH server", "255"]);
}

#[test]
fn a_server_of_ssh_1_is_refused() {
    for greeting in ["SSH-1.5-OldServer\r\n", "SSH-1.5-OldServer\n"] {
        connect(&saying(greeting)).expect_failure(&["SSH-1", "1.5"]);
    }
}

#[test]
fn a_server_of_http_is_refused() {
    let reply = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>no</html>\r\n";
    // Some servers answer and stay, some answer and close.
    connect(&saying(reply)).expect_failure(&["HTTP/1.1 400 Bad Request"]);
    let server = raw_server(move |stream| say_and_leave(stream, reply.as_bytes()));
    connect(&server).expect_failure(&["HTTP/1.1 400 Bad Request"]);
}

#[test]
fn too_many_startups_is_shown_as_the_cause() {
    let server = raw_server(|stream| say_and_leave(stream, b"Exceeded MaxStartups\r\n"));
    connect(&server).expect_failure(&["Exceeded MaxStartups"]);
}

#[test]
fn text_before_the_greeting_cannot_write_on_the_terminal() {
    let text = b"\x1b]52;c;ZXZpbA==\x07\x1b[2J\xc2\x9b31m\xff\xfe \xe2\x80\xaetxt.exe\r\n";
    let server = raw_server(move |stream| say_and_leave(stream, text));
    // expect_failure refuses control characters of both sets.
    let output = connect(&server);
    let line = output.expect_failure(&["txt.exe"]);
    assert!(!line.contains('\u{202e}'), "turns the line around: {line:?}");
}

#[test]
fn broken_greetings_are_refused() {
    let long = format!("SSH-2.0-{}\r\n", "x".repeat(300));
    let faults: [&[u8]; 3] = [long.as_bytes(), b"SSH-2.0-a\0b\r\n", b"SSH-2.0-\xff\xfe\r\n"];
    for fault in faults {
        connect(&saying(fault.to_vec())).expect_failure(&["not an SSH server"]);
    }
}

#[test]
fn an_unknown_protocol_version_is_refused() {
    connect(&saying("SSH-3.0-future\r\n")).expect_failure(&["3.0"]);
}

#[test]
fn reset_at_once_and_after_the_greeting() {
    // Which of reading and writing meets the reset first is chance; it ends at once either way.
    // (or the connection itself is refused with it).
    connect(&raw_server(reset)).expect_failure(&["port"]);
    let server = raw_server(|mut stream| {
        send(&mut stream, b"SSH-2.0-hostile_1.0\r\n");
        // The client's own greeting shows that it has read this one.
        let mut byte = [0];
        let _ = std::io::Read::read(&mut stream, &mut byte);
        reset(stream);
    });
    connect(&server).expect_failure(&["reset"]);
}

#[test]
fn a_connection_closed_after_the_greeting_is_one_line() {
    let server = raw_server(|stream| say_and_leave(stream, b"SSH-2.0-hostile_1.0\r\n"));
    connect(&server).expect_failure(&["closed"]);
}

#[test]
fn a_packet_of_two_gibibytes_is_refused() {
    for length in [0x7fff_ffff_u32, u32::MAX, 300_000] {
        let server = greeting_then(&[&length.to_be_bytes()[..], &[4, 20, 0, 0]].concat());
        let output = connect(&server);
        output.expect_failure(&["packet"]);
        assert!(output.took < Duration::from_secs(2), "read on for {:?}", output.took);
    }
}

#[test]
fn a_packet_that_is_too_short_is_refused() {
    for length in [0_u32, 1, 3] {
        let server = greeting_then(&[&length.to_be_bytes()[..], &[4, 20, 0, 0]].concat());
        connect(&server).expect_failure(&[]);
    }
}

#[test]
fn no_common_algorithm_shows_both_lists() {
    // What is offered instead, what the client would have had, and the option to change it.
    let cases = [
        (
            kexinit("foo-kex", HOST_KEY, CIPHER, MAC, "none"),
            "foo-kex",
            "curve25519-sha256",
            "KexAlgorithms",
        ),
        (
            kexinit(KEX, "foo-key", CIPHER, MAC, "none"),
            "foo-key",
            "ssh-ed25519",
            "HostKeyAlgorithms",
        ),
        (
            kexinit(KEX, HOST_KEY, "foo-cipher", MAC, "none"),
            "foo-cipher",
            "aes256-gcm@openssh.com",
            "Ciphers",
        ),
        (kexinit(KEX, HOST_KEY, CIPHER, "foo-mac", "none"), "foo-mac", "hmac-sha2-256", "MACs"),
    ];
    for (payload, theirs, ours, option) in cases {
        let server = greeting_then(&packet(&payload));
        let words =
            if option == "MACs" { vec![theirs, option] } else { vec![theirs, ours, option] };
        connect(&server).expect_failure(&words);
    }
}

#[test]
fn a_broken_kexinit_is_refused() {
    let whole = kexinit(KEX, HOST_KEY, CIPHER, MAC, "none");
    let names = vec!["name"; 10_000].join(",");
    let cases = [
        whole[..40].to_vec(),
        whole[..17].to_vec(),
        vec![20],
        [&whole[..], &[1, 2, 3]].concat(),
        // A name-list that claims to be longer than the packet.
        [&whole[..17], &u32::MAX.to_be_bytes()].concat(),
        kexinit(&names, HOST_KEY, CIPHER, MAC, "none"),
    ];
    for (case, payload) in cases.iter().enumerate() {
        let output = connect(&greeting_then(&packet(payload)));
        let line = output.expect_failure(&[]);
        assert!(!line.contains("timed out"), "case {case} is only noticed by the clock: {line}");
    }
}

#[test]
fn message_before_kexinit_under_strict_key_exchange() {
    let payload = kexinit(KEX, HOST_KEY, CIPHER, MAC, "none");
    // SSH_MSG_IGNORE, then the KEXINIT that makes the exchange strict from its beginning.
    let server = greeting_then(&[packet(&[2, 0, 0, 0, 0]), packet(&payload)].concat());
    connect(&server).expect_failure(&[]);
}

#[test]
fn a_disconnect_message_is_shown() {
    let text = "go away: maintenance";
    let mut payload = vec![1, 0, 0, 0, 7];
    payload.extend_from_slice(&u32::try_from(text.len()).unwrap().to_be_bytes());
    payload.extend_from_slice(text.as_bytes());
    payload.extend_from_slice(&[0; 4]);
    connect(&greeting_then(&packet(&payload))).expect_failure(&[text]);
}

#[test]
fn noise_in_place_of_packets_is_refused() {
    for _ in 0..8 {
        let mut noise = vec![0; 64 << 10];
        russh::keys::key::safe_rng().fill_bytes(&mut noise);
        let beginning = noise.clone();
        connect(&saying(beginning)).expect_failure(&[]);
        connect(&greeting_then(&noise)).expect_failure(&[]);
    }
}

#[test]
fn nothing_is_tried_twice() {
    let server = raw_server(drop);
    connect(&server).expect_failure(&[]);
    assert_eq!(server.connections(), 1);
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
    output.expect_failure(&["9"]);
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

#[test]
fn time_limits_hold_for_all_of_them() {
    // The slowest way to say nothing: the limits on greeting and key exchange do not add up.
    let server = raw_server(|mut stream| {
        std::thread::sleep(Duration::from_millis(1500));
        send(&mut stream, b"SSH-2.0-hostile_1.0\r\n");
        drain(&mut stream);
    });
    let start = Instant::now();
    connect(&server).expect_failure(&[]);
    assert!(start.elapsed() < SOON);
}
