//! Whether OpenSSH's server is trusted: which keys count as known, what is written, and which
//! certificates are accepted.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use lab::{Home, Output, Setup, Sshd, arg, fingerprint, tool};

/// A command on this server without anybody to ask; the key is taken where the host is.
fn batch(home: &Home, sshd: &Sshd, options: &[&str]) -> Output {
    let key = home.path("id");
    if !key.exists() {
        sshd.authorize(&home.key("id", &["ed25519"], ""), "");
    }
    let fixed = ["-o", "BatchMode=yes", "-i", arg(&key)];
    home.connect(sshd, &[&fixed, options].concat(), &["echo in"]).output()
}

/// Nothing of the user may leave before the host is accepted.
#[track_caller]
fn expect_nothing_told(sshd: &Sshd) {
    assert!(!sshd.log().contains("userauth-request"), "{}", sshd.log());
    assert!(!sshd.log().contains(lab::USER), "{}", sshd.log());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn an_unknown_host_is_refused_where_nobody_can_be_asked() {
    let (sshd, home) = (Sshd::start(&[]), Home::new());
    let offered = fingerprint(&sshd.path("host_ed25519.pub"));
    for options in
        [&[][..], &["-o", "StrictHostKeyChecking=yes"], &["-o", "StrictHostKeyChecking=ask"]]
    {
        batch(&home, &sshd, options).expect_failure(&["host key verification failed", &offered]);
    }
    assert!(!home.path(".ssh/known_hosts").exists());
    expect_nothing_told(&sshd);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn accept_new_writes_one_line_and_keeps_the_rest() {
    let (sshd, home) = (Sshd::start(&[]), Home::new());
    let accept = ["-o", "StrictHostKeyChecking=accept-new"];
    let output = batch(&home, &sshd, &accept);
    output.expect_code(0);
    assert_eq!(output.text(), "in\n");
    assert!(output.stderr.contains("Permanently added"), "{output:?}");
    let written = home.read(".ssh/known_hosts");
    let key = sshd.public("host_ed25519.pub");
    let key = key.split_whitespace().nth(1).unwrap();
    assert_eq!(written.lines().count(), 1);
    assert!(written.contains(key) && written.ends_with('\n'), "{written:?}");
    let mode = fs::metadata(home.path(".ssh/known_hosts")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // Known from now on, and not written again.
    batch(&home, &sshd, &accept).expect_quiet_success();
    assert_eq!(home.read(".ssh/known_hosts"), written);

    let before = "# mine\r\n\njunk \u{1}\nhost.example ssh-ed25519 AAAA";
    home.write(".ssh/known_hosts", before);
    batch(&home, &sshd, &accept).expect_code(0);
    let after = home.read(".ssh/known_hosts");
    let added = after.strip_prefix(&format!("{before}\n")).expect("what was there stays");
    assert_eq!(added.lines().count(), 1);
    assert!(added.contains(key));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn home_without_a_directory_for_it_gets_one() {
    let (sshd, home) = (Sshd::start(&[]), Home::new());
    fs::remove_dir(home.path(".ssh")).unwrap();
    batch(&home, &sshd, &["-o", "StrictHostKeyChecking=accept-new"]).expect_code(0);
    let mode = fs::metadata(home.path(".ssh")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    assert!(home.path(".ssh/known_hosts").exists());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_changed_host_key_is_refused() {
    let (sshd, home) = (Sshd::start(&[]), Home::new());
    let old = sshd.public("host_ca.pub");
    home.write(".ssh/known_hosts", &format!("# first\n[127.0.0.1]:{} {old}", sshd.port()));
    let before = home.read(".ssh/known_hosts");
    let (was, is) =
        (fingerprint(&sshd.path("host_ca.pub")), fingerprint(&sshd.path("host_ed25519.pub")));
    for checking in ["yes", "ask", "accept-new"] {
        let checking = format!("StrictHostKeyChecking={checking}");
        let output = batch(&home, &sshd, &["-o", &checking]);
        output.expect_last_line(&["host key verification failed", "changed", &was, &is]);
        assert!(output.stderr.contains("known_hosts:2"), "where is not said: {output:?}");
    }
    assert_eq!(home.read(".ssh/known_hosts"), before);
    expect_nothing_told(&sshd);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_revoked_host_key_is_refused() {
    let (sshd, home) = (Sshd::start(&[]), Home::new());
    let key = sshd.public("host_ed25519.pub");
    home.write(".ssh/known_hosts", &format!("{}@revoked * {key}", sshd.known_hosts()));
    for checking in ["yes", "no", "accept-new"] {
        let checking = format!("StrictHostKeyChecking={checking}");
        batch(&home, &sshd, &["-o", &checking]).expect_last_line(&["revoked"]);
    }
    expect_nothing_told(&sshd);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn key_type_that_is_known_is_asked_for_first() {
    let setup = Setup::new();
    let (rsa, ecdsa) = (setup.host_key("rsa"), setup.host_key("ecdsa"));
    let sshd = setup.start(&[&rsa, &ecdsa]);
    let home = Home::new();
    for name in ["host_rsa.pub", "host_ecdsa.pub", "host_ed25519.pub"] {
        let known = format!("[127.0.0.1]:{} {}", sshd.port(), sshd.public(name));
        home.write(".ssh/known_hosts", &known);
        batch(&home, &sshd, &[]).expect_quiet_success();
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_hashed_name_is_found() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    tool("/usr/bin/ssh-keygen", &["-q", "-H", "-f", arg(&home.path(".ssh/known_hosts"))]);
    assert!(home.read(".ssh/known_hosts").starts_with("|1|"));
    batch(&home, &sshd, &[]).expect_quiet_success();
}

/// Signs the host key with the options, trusts this authority, and connects in batch.
fn with_certificate(authority: &str, trusted: &str, how: &[&str]) -> Output {
    let setup = Setup::new();
    let line = setup.host_certificate(authority, how);
    let sshd = setup.start(&[&line]);
    let home = Home::new();
    let trusted = sshd.public(trusted);
    home.write(".ssh/known_hosts", &format!("@cert-authority 127.0.0.1,[127.0.0.1]:* {trusted}"));
    let output = batch(&home, &sshd, &[]);
    if !output.status.success() {
        expect_nothing_told(&sshd);
    }
    output
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_host_certificate_of_a_trusted_authority_is_accepted() {
    let good = ["-h", "-n", "127.0.0.1"];
    with_certificate("host_ca", "host_ca.pub", &good).expect_quiet_success();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn host_certificates_that_do_not_count() {
    let cases: &[(&str, &[&str], &str)] = &[
        ("host_ca", &["-h", "-n", "127.0.0.1", "-V", "20200101:20200201"], "expired"),
        ("host_ca", &["-h", "-n", "127.0.0.1", "-V", "20900101:20910101"], "not valid before"),
        ("host_ca", &["-h", "-n", "other.example"], "principal"),
        ("host_ca", &["-n", "127.0.0.1"], "user certificate"),
        ("user_ca", &["-h", "-n", "127.0.0.1"], ""),
    ];
    for (authority, how, word) in cases {
        let output = with_certificate(authority, "host_ca.pub", how);
        output.expect_last_line(&["host key verification failed"]);
        assert!(output.stderr.contains(word), "{how:?}: no {word:?}: {output:?}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_certificate_of_a_revoked_authority_is_refused() {
    let setup = Setup::new();
    let line = setup.host_certificate("host_ca", &["-h", "-n", "127.0.0.1"]);
    let sshd = setup.start(&[&line]);
    let home = Home::new();
    let authority = sshd.public("host_ca.pub");
    home.write(".ssh/known_hosts", &format!("@cert-authority * {authority}@revoked * {authority}"));
    batch(&home, &sshd, &[]).expect_last_line(&["revoked"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_in_the_file_of_revoked_host_keys_is_refused() {
    let setup = Setup::new();
    let certificate = setup.host_certificate("host_ca", &["-h", "-z", "7", "-n", "127.0.0.1"]);
    let sshd = setup.start(&[&certificate]);
    let plain = Home::knowing(&sshd);
    let certified = Home::new();
    let authority = sshd.public("host_ca.pub");
    certified.write(".ssh/known_hosts", &format!("@cert-authority * {authority}"));
    let krl = |name: &str, of: &str| {
        let file = sshd.path(name);
        tool("/usr/bin/ssh-keygen", &["-q", "-k", "-f", arg(&file), arg(&sshd.path(of))]);
        file
    };
    let text = |name: &str, text: &str| {
        fs::write(sshd.path(name), text).unwrap();
        sshd.path(name)
    };
    let key = sshd.public("host_ed25519.pub");
    // The list, and whether it forbids the plain key and the certificate.
    for (list, of_key, of_certificate) in [
        (krl("krl-other", "user_ca.pub"), false, false),
        (krl("krl-key", "host_ed25519.pub"), true, true),
        (krl("krl-certificate", "host_ed25519-cert.pub"), false, true),
        (krl("krl-authority", "host_ca.pub"), false, true),
        (text("empty", ""), false, false),
        (text("key", &key), true, true),
        (text("certificate", &sshd.public("host_ed25519-cert.pub")), true, true),
        (text("authority", &authority), false, true),
        (text("junk", "junk\n"), true, true),
        (text("cut", "SSHKRL\n\0\0"), true, true),
        (sshd.path("missing"), true, true),
    ] {
        let option = format!("RevokedHostKeys={}", arg(&list));
        for (home, forbidden) in [(&plain, of_key), (&certified, of_certificate)] {
            let output = batch(home, &sshd, &["-o", &option, "-o", "StrictHostKeyChecking=no"]);
            if forbidden {
                output.expect_failure(&["host key verification failed", arg(&list)]);
            } else {
                output.expect_quiet_success();
            }
        }
    }
}

/// A home without known_hosts, and a program in it with this text as the source of keys.
fn with_command(sshd: &Sshd, script: &str, arguments: &str, options: &[&str]) -> (Home, Output) {
    let home = Home::new();
    let program = home.write("keys", &format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    home.write("lines", &sshd.known_hosts());
    let command = format!("KnownHostsCommand={} {arguments}", arg(&program));
    let output = batch(&home, sshd, &[&["-o", &command], options].concat());
    (home, output)
}

#[test]
#[ignore = "needs peers: tests/run"]
fn known_hosts_command_is_a_source_and_named_as_one() {
    let sshd = Sshd::start(&[]);
    let (home, output) = with_command(&sshd, "cat lines", "", &["-v", "-o", "UpdateHostKeys=yes"]);
    output.expect_code(0);
    assert!(output.stderr.contains("Found key in KnownHostsCommand-HOSTNAME:1"), "{output:?}");
    assert!(!home.path(".ssh/known_hosts").exists());

    let other = format!("[127.0.0.1]:{} {}", sshd.port(), sshd.public("host_ca.pub"));
    let (_home, output) = with_command(&sshd, &format!("echo '{}'", other.trim()), "", &[]);
    output.expect_last_line(&["changed", "KnownHostsCommand-HOSTNAME:1"]);
    let (_home, output) = with_command(&sshd, "exit 0", "", &[]);
    output.expect_failure(&["no ED25519 host key is known"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn known_hosts_command_gets_its_words_without_a_shell() {
    let sshd = Sshd::start(&[]);
    let script = "printf '<%s>' \"$@\" >>said; echo >>said; cat lines";
    let words = "%I '%t %H' \"%f\" %K $(touch%%x);`id` %p-%h-%n-%r";
    let (home, output) = with_command(&sshd, script, words, &[]);
    output.expect_quiet_success();
    let blob = sshd.public("host_ed25519.pub").split(' ').nth(1).unwrap().to_owned();
    let (port, user) = (sshd.port(), lab::USER);
    let rest = format!("<$(touch%x);`id`><{port}-127.0.0.1-127.0.0.1-{user}>\n");
    let name = format!("[127.0.0.1]:{port}");
    let fingerprint = fingerprint(&sshd.path("host_ed25519.pub"));
    let order = format!("<ORDER><NONE {name}><NONE><NONE>{rest}");
    let judge = format!("<HOSTNAME><ssh-ed25519 {name}><{fingerprint}><{blob}>{rest}");
    assert_eq!(home.read("said"), format!("{order}{judge}"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn known_hosts_command_that_fails_refuses_the_host() {
    let sshd = Sshd::start(&[]);
    for (script, word) in [
        ("cat lines; exit 3", "exit status 3"),
        ("cat lines; kill -9 $$", "signal: 9"),
        ("cat lines; cat /dev/zero", "more than 16 MiB"),
        ("test $1 = ORDER || exit 1", "exit status 1"),
    ] {
        for known in ["StrictHostKeyChecking=yes", "StrictHostKeyChecking=no"] {
            let (_home, output) = with_command(&sshd, script, "%I", &["-o", known]);
            output.expect_failure(&["host key verification failed", "keys", word]);
        }
    }
    let none = "KnownHostsCommand=/nonexistent/keys";
    batch(&Home::knowing(&sshd), &sshd, &["-o", none]).expect_failure(&["did not start"]);
    expect_nothing_told(&sshd);
}
