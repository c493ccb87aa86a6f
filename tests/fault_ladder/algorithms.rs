//! The algorithms that are proposed: modern ones first, nothing that was broken, the oldest only by
//! name and with a warning.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;

use serde_json::Value;

use super::lab::{Bed, DEADLINE, Home, Setup, arg, free_port, python, raw_server};

/// The name-lists of the KEXINIT that is sent with these options: key exchange, host key, ciphers,
/// MACs and compression for each direction.
fn proposal(options: &[&str]) -> Vec<Vec<String>> {
    let (say, heard) = mpsc::channel();
    let server = raw_server(move |mut stream| {
        stream.write_all(b"SSH-2.0-quiet\r\n").unwrap();
        let mut reader = BufReader::new(stream);
        reader.read_line(&mut String::new()).unwrap();
        let mut length = [0; 4];
        reader.read_exact(&mut length).unwrap();
        let mut packet = vec![0; u32::from_be_bytes(length) as usize];
        reader.read_exact(&mut packet).unwrap();
        say.send(packet).unwrap();
    });
    let (home, port) = (Home::new(), server.port().to_string());
    let fixed = ["-o", "BatchMode=yes", "--auth", "none", "-p", &port, "someone@127.0.0.1", "true"];
    home.tessh(&[options, &fixed].concat()).output().expect_code(255);
    let packet = heard.recv_timeout(DEADLINE).unwrap();
    // The length of the padding, the message's number, the cookie; then ten lists.
    assert_eq!(packet[1], 20);
    let mut rest = &packet[18..];
    let mut lists = Vec::new();
    for _ in 0..10 {
        let (length, after) = rest.split_first_chunk::<4>().unwrap();
        let (names, after) = after.split_at(u32::from_be_bytes(*length) as usize);
        let names = std::str::from_utf8(names).unwrap();
        lists.push(names.split(',').map(str::to_owned).collect());
        rest = after;
    }
    lists
}

/// Whether a name stands for what is broken, or for nothing at all.
fn is_weak(name: &str) -> bool {
    let parts =
        ["sha1", "md5", "cbc", "3des", "arcfour", "blowfish", "ripemd", "ssh-dss", "group1-"];
    parts.iter().any(|part| name.contains(part)) || name.starts_with("ssh-rsa") || name == "none"
}

#[test]
fn what_is_proposed_is_modern_and_in_order() {
    // The same with names added that are better: neither changes what the defaults are.
    for options in [&[][..], &["-o", "KexAlgorithms=^mlkem768x25519-sha256"]] {
        let lists = proposal(options);
        let [kex, host_key, cipher, cipher_back, mac, mac_back, pack, pack_back, ..] = &lists[..]
        else {
            panic!("{lists:?}")
        };
        assert_eq!(kex[..2], ["mlkem768x25519-sha256", "curve25519-sha256"]);
        for marker in ["ext-info-c", "kex-strict-c-v00@openssh.com"] {
            assert!(kex.iter().any(|name| name == marker), "{marker} is not in {kex:?}");
        }
        assert_eq!(host_key[0], "ssh-ed25519");
        assert_eq!((cipher, mac), (cipher_back, mac_back));
        let aead = |name: &String| name.contains("gcm") || name.contains("poly1305");
        assert!(cipher[..3].iter().all(aead) && !cipher[3..].iter().any(aead), "{cipher:?}");
        let later = |name: &String| name.contains("-etm@");
        assert!(mac[..2].iter().all(later) && !mac[2..].iter().any(later), "{mac:?}");
        let weak: Vec<_> = [kex, host_key, cipher, mac].into_iter().flatten().collect();
        let weak: Vec<_> = weak.into_iter().filter(|name| is_weak(name)).collect();
        assert!(weak.is_empty(), "{weak:?}");
        assert_eq!(
            (&pack[..], &pack_back[..]),
            (&["none".to_owned()][..], &["none".to_owned()][..])
        );
    }
}

#[test]
fn patterns_do_not_bring_in_what_is_weak() {
    // A pattern in a list of removals, and one that names what is modern.
    for (option, at) in [("Ciphers=-chacha20*", 2), ("MACs=-*-etm@openssh.com", 4)] {
        let lists = proposal(&["-o", option]);
        assert!(!lists[at].is_empty() && !lists[at].iter().any(|name| is_weak(name)), "{lists:?}");
    }
    for (option, at) in [
        ("KexAlgorithms=+diffie-hellman-group1-sha1", 0),
        ("HostKeyAlgorithms=+ssh-rsa", 1),
        ("Ciphers=+3des-cbc", 2),
        ("MACs=+hmac-sha1", 4),
    ] {
        let lists = proposal(&["-o", option]);
        let named = option.split_once('+').unwrap().1;
        let weak: Vec<_> = lists[at].iter().filter(|name| is_weak(name)).collect();
        assert_eq!(weak, [named], "{option}");
        assert_ne!(lists[at][0], named, "what is added comes last");
        let others = [0, 1, 2, 4].into_iter().filter(|other| *other != at);
        for other in others {
            assert!(!lists[other].iter().any(|name| is_weak(name)), "{option}: {:?}", lists[other]);
        }
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn ssh_audit_finds_no_fault_but_curves() {
    let home = Home::new();
    let port = free_port().to_string();
    let audit = Command::new(python())
        .args(["-m", "ssh_audit", "--client-audit", "--json", "--port", &port, "--timeout", "30"])
        .env("HOME", home.path(""))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python starts");
    super::lab::wait_until("ssh-audit listens", || {
        let login =
            ["-o", "BatchMode=yes", "--auth", "none", "-p", &port, "someone@127.0.0.1", "x"];
        !home.tessh(&login).output().stderr.contains("refused")
    });
    let audit = audit.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&audit.stdout).into_owned();
    let found: Value =
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    let mut seen = 0;
    for list in ["kex", "key", "enc", "mac"] {
        for algorithm in found[list].as_array().unwrap() {
            let name = algorithm["algorithm"].as_str().unwrap();
            seen += 1;
            let fails = &algorithm["notes"]["fail"];
            assert!(fails.is_null() || name.contains("nistp"), "{name}: {fails}");
        }
    }
    assert!(seen > 20, "{said}");
    assert_eq!(found["cves"], serde_json::json!([]), "{said}");
    let notes = found["additional_notes"].to_string();
    assert!(notes.contains("properly supports the strict key exchange"), "{notes}");
}

/// A server that has one old algorithm and nothing newer of its kind, and the words with which it is
/// used.
const OLD: [(&str, &str, &str); 9] = [
    ("KexAlgorithms", "diffie-hellman-group1-sha1", "KexAlgorithms"),
    ("KexAlgorithms", "diffie-hellman-group14-sha1", "KexAlgorithms"),
    ("KexAlgorithms", "diffie-hellman-group-exchange-sha1", "KexAlgorithms"),
    ("HostKeyAlgorithms", "ssh-rsa", "HostKeyAlgorithms"),
    ("Ciphers", "aes128-cbc", "Ciphers"),
    ("Ciphers", "aes256-cbc", "Ciphers"),
    ("Ciphers", "3des-cbc", "Ciphers"),
    ("MACs", "hmac-sha1", "MACs"),
    ("MACs", "hmac-sha1-etm@openssh.com", "MACs"),
];

#[test]
#[ignore = "needs peers: tests/run"]
fn what_is_old_is_used_only_by_name_and_each_with_a_warning() {
    for (line, name, keyword) in OLD {
        let setup = Setup::new();
        let key = setup.host_key("rsa");
        let line = format!("{line} {name}");
        // A MAC counts only where the cipher has none of its own.
        let more = if keyword == "MACs" { "Ciphers aes128-ctr" } else { "" };
        let bed = Bed::of(setup.start(&[&key, &line, more]));
        // The warnings about key exchanges that quantum computers could break are another matter.
        let run = |options: &[&str]| {
            let quiet = ["-o", "WarnWeakCrypto=no"];
            let fixed: &[&str] = if options.is_empty() { &quiet } else { &[] };
            bed.run(&[options, fixed].concat(), &["echo in"]).output()
        };
        run(&[]).expect_failure(&[name, keyword]);
        let named = format!("{keyword}=+{name}");
        let output = run(&["-o", &named]);
        output.expect_code(0);
        assert_eq!(output.text(), "in\n");
        let warned: Vec<&str> =
            output.stderr.lines().filter(|line| line.starts_with("tessh: ")).collect();
        assert_eq!(warned.len(), 1, "{name}: {output:?}");
        let words = [name, "old and weak", &format!("{keyword} names it"), "take it out"];
        assert!(words.iter().all(|word| warned[0].contains(word)), "{warned:?}");
        for quiet in [&["-q"][..], &["-o", "WarnWeakCrypto=no"]] {
            run(&[quiet, &["-o", &named]].concat()).expect_quiet_success();
        }
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_signature_with_sha1_is_made_only_by_name_and_with_a_warning() {
    let bed = Bed::new(&["PubkeyAcceptedAlgorithms +ssh-rsa"]);
    let key = bed.home.key("rsa", &["rsa", "-b", "2048"], "");
    bed.sshd.authorize(&key, "");
    let run = |options: &[&str]| {
        let login = ["-o", "BatchMode=yes", "--auth", "publickey", "-i", arg(&key)];
        bed.home.connect(&bed.sshd, &[&login, options].concat(), &["echo in"]).output()
    };
    run(&["-o", "PubkeyAcceptedAlgorithms=+ssh-rsa"]).expect_code(0);
    let only = ["-o", "PubkeyAcceptedAlgorithms=ssh-rsa"];
    let output = run(&only);
    output.expect_code(0);
    let words = ["public key algorithm ssh-rsa", "PubkeyAcceptedAlgorithms names it"];
    assert!(words.iter().all(|word| output.stderr.contains(word)), "{output:?}");
    run(&[&only[..], &["-o", "WarnWeakCrypto=no"]].concat()).expect_quiet_success();
    // What the server has is better where it may be: nothing to warn of.
    let output = run(&["-o", "PubkeyAcceptedAlgorithms=+ssh-rsa"]);
    assert!(!output.stderr.contains("old and weak"), "{output:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_block_for_old_servers_in_the_guide_is_enough() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    let page = std::fs::read_to_string(page).unwrap();
    let block = page.split("```").find(|part| part.contains("Host old-*")).expect("the block");
    let setup = Setup::new();
    let host_key = setup.host_key("rsa");
    let sshd = setup.start(&[
        &host_key,
        "HostKeyAlgorithms ssh-rsa",
        "KexAlgorithms diffie-hellman-group1-sha1",
        "Ciphers 3des-cbc",
        "MACs hmac-sha1",
    ]);
    let bed = Bed::of(sshd);
    let key = bed.home.key("rsa", &["rsa", "-b", "2048"], "");
    bed.sshd.authorize(&key, "");
    bed.home.write(".ssh/config", &format!("{block}\nHostName 127.0.0.1\n"));
    let port = bed.sshd.port().to_string();
    let to = ["-p", &port, "-l", super::lab::USER];
    let login =
        [&["-o", "BatchMode=yes", "--auth", "publickey", "-i", arg(&key)], &to[..]].concat();
    let output = bed.home.tessh(&[&login[..], &["127.0.0.1", "echo in"]].concat()).output();
    output.expect_last_line(&["KexAlgorithms"]);
    let output = bed.home.tessh(&[&login[..], &["old-switch", "echo in"]].concat()).output();
    output.expect_code(0);
    assert_eq!(output.text(), "in\n");
    let warned = output.stderr.lines().filter(|line| line.contains("old and weak")).count();
    // The signature of the login is newer: this server announces that it can.
    assert_eq!(warned, 4, "{output:?}");
}
