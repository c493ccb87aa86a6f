//! `tessh trust`, as a person and a program use it: listing, adding, removing, and looking up a
//! host without logging in; also bad files, large files, and several commands at the same time.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use lab::{DEMO_USER, Demo, Home, Output, arg, drain, raw_server, send};
use serde_json::Value;

/// Two keys of one type, one of another.
const ONE: &str = include_str!("data/trust/certificates/host-ed25519.pub");
const TWO: &str = include_str!("data/trust/certificates/host-revoked.pub");
const RSA: &str = include_str!("data/trust/certificates/host-rsa.pub");
/// Of `web1`, as ssh-keygen -H writes it.
const HASHED: &str = "|1|wzM6Two+jLrqxBApBq3cSg0jpBM=|Z4Q5wLkJRioBZLlupBecqd1dfrg=";

/// Type and base64 of a public key file.
fn blob(text: &str) -> String {
    text.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

fn fingerprint(text: &str) -> String {
    let key = russh::keys::ssh_key::PublicKey::from_openssh(text).unwrap();
    key.fingerprint(russh::keys::HashAlg::Sha256).to_string()
}

fn trust(home: &Home, words: &[&str]) -> Output {
    home.tessh(&[&["trust"], words].concat()).output()
}

/// Runs it with `--json`, asserts the exit code, and gives what it said.
#[track_caller]
fn json(home: &Home, words: &[&str], code: i32) -> Value {
    let output = trust(home, &[words, &["--json"]].concat());
    output.expect_code(code);
    serde_json::from_str(&output.text()).unwrap_or_else(|_| panic!("{output:#?}"))
}

/// A home whose known_hosts has a line of every kind.
fn all_kinds() -> (Home, String) {
    let home = Home::new();
    let (one, two, rsa) = (blob(ONE), blob(TWO), blob(RSA));
    let text = format!(
        "# mine\n\nweb1,10.0.0.1 {one} of the rack\n[web1]:2222 {two}\n{HASHED} {rsa}\n\
         @cert-authority *.example.com {two}\n@revoked web1 {two}\n*.lan {one}\nweb1 not-a-key\n"
    );
    home.write(".ssh/known_hosts", &text);
    (home, text)
}

#[test]
fn the_list_has_every_line_with_its_place_type_fingerprint_marker_and_comment() {
    let (home, _) = all_kinds();
    let output = trust(&home, &["list"]);
    output.expect_code(0);
    let file = home.path(".ssh/known_hosts");
    let text = output.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 6, "{text}");
    let first =
        format!("{}:3  ED25519  {}  web1,10.0.0.1  # of the rack", arg(&file), fingerprint(ONE));
    assert_eq!(lines[0], first);
    assert!(lines[2].ends_with(&format!(":5  RSA  {}  (hashed)", fingerprint(RSA))), "{text}");
    assert!(lines[3].ends_with("@cert-authority *.example.com"), "{text}");
    assert!(lines[4].ends_with("@revoked web1"), "{text}");
    assert!(output.stderr.contains(":9: "), "the line without sense is named: {output:?}");
    assert_eq!(trust(&home, &["list", "--type", "rsa"]).text().lines().count(), 1);
    let told = json(&home, &["list"], 0);
    assert_eq!(told["keys"].as_array().unwrap().len(), 6);
    assert_eq!(told["keys"][2]["hashed"], true);
    assert_eq!(told["keys"][2]["hosts"], Value::Null);
    assert_eq!(told["keys"][3]["marker"], "cert-authority");
    assert_eq!(told["keys"][0]["comment"], "of the rack");
    assert_eq!(told["problems"][0]["line"], 9);
    // Another file.
    let other = home.write("other", &format!("h {}\n", blob(TWO)));
    assert_eq!(trust(&home, &["list", "--file", arg(&other)]).text().lines().count(), 1);
}

#[test]
fn a_file_that_is_named_and_missing_is_told() {
    let home = Home::new();
    let output = trust(&home, &["list", "--file", "absent"]);
    output.expect_failure(&["absent cannot be read: No such file", "--file"]);
    trust(&home, &["list", "--file"]).expect_failure(&["see tessh trust --help"]);
    // Without a name, no file at all is nothing wrong.
    assert_eq!(trust(&home, &["list"]).expect_quiet_success().text(), "");
}

#[test]
fn show_finds_hashed_names_patterns_and_markers_and_nothing_else() {
    let (home, _) = all_kinds();
    let numbers = |words: &[&str], code| -> Vec<u64> {
        let told = json(&home, &[&["show"], words].concat(), code);
        told["keys"].as_array().unwrap().iter().map(|it| it["line"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers(&["web1"], 0), [3, 5, 7]);
    assert_eq!(numbers(&["WEB1"], 0), [3, 5, 7]);
    // Without a port, the other ports are told apart from what a connection would look at.
    let text = trust(&home, &["show", "web1"]).text();
    let (own, others) = text.split_once("on other ports:\n").unwrap_or_else(|| panic!("{text}"));
    assert!(own.lines().count() == 3 && others.lines().count() == 1, "{text}");
    assert!(others.contains("[web1]:2222"), "{text}");
    assert!(!trust(&home, &["show", "-p", "22", "web1"]).text().contains("other ports"));
    // What a connection to the port looks at: its own lines, and those of the bare name.
    assert_eq!(numbers(&["-p", "2222", "web1"], 0), [3, 4, 5, 7]);
    assert_eq!(numbers(&["10.0.0.1"], 0), [3]);
    assert_eq!(numbers(&["printer.lan"], 0), [8]);
    assert_eq!(numbers(&["a.example.com", "--type", "ed25519"], 0), [6]);
    assert_eq!(numbers(&["web2"], 1), [0_u64; 0]);
    let output = trust(&home, &["show", "web2"]);
    output.expect_code(1);
    assert!(output.stderr.contains("web2") && output.text().is_empty(), "{output:?}");
    // The configuration says which host is meant.
    home.write(".ssh/config", "Host rack\n HostName web1\n");
    assert_eq!(numbers(&["rack"], 0), [3, 5, 7]);
    home.write(".ssh/config", "Host rack\n HostKeyAlias 10.0.0.1\n Port 99\n");
    assert_eq!(numbers(&["rack"], 0), [3]);
}

#[test]
fn a_person_gets_a_table_that_fits_the_screen() {
    let (home, _) = all_kinds();
    let long = "a-host-with-a-name-that-is-rather-long.example.org,[192.168.100.200]:2222";
    let known = format!("{}{long} {}\n", home.read(".ssh/known_hosts"), blob(TWO));
    home.write(".ssh/known_hosts", &known);
    let pty = home.on_pty(&["trust", "list"]);
    let screen = pty.wait_for("rather-long.example.org");
    assert_eq!(pty.exit_code(), 0);
    assert!(screen.contains(" LINE  HOSTS"), "{screen}");
    let written = pty.written();
    let text = written.replace('\r', "");
    let (_, text) = text.split_once("the key is missing\n").unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let row = text.lines().find(|line| line.contains("web1,10.0.0.1")).unwrap();
    assert!(row.trim_start().starts_with("3  web1,10.0.0.1"), "{row}");
    assert!(row.ends_with(fingerprint(ONE).trim_start_matches("SHA256:")), "{row}");
}

#[test]
fn authorities_and_pins_are_on_record_too() {
    let home = Home::new();
    let (one, pin) = (blob(ONE), fingerprint(TWO));
    let add = ["authority", "add", "Rack", "--key", &one, "--validity", "*.lan && port:22"];
    trust(&home, &add).expect_code(0);
    fs::create_dir_all(home.path(".config/tessh/sessions")).unwrap();
    let session = format!("host = \"printer.lan\"\nfingerprints = [\"{pin}\"]\n");
    home.write(".config/tessh/sessions/printer.toml", &session);
    home.write(".config/tessh/authorities/broken.toml", "validity = 1\n");
    let output = trust(&home, &["list"]);
    output.expect_code(0);
    assert!(output.text().contains("authority Rack  for *.lan && port:22\n"), "{output:?}");
    assert!(output.text().contains(&format!("session printer  printer.lan  pinned {pin}")));
    assert!(output.stderr.contains("broken.toml"), "{output:?}");
    let shown = |host: &str, code| {
        let told = json(&home, &["show", host], code);
        (told["authorities"].as_array().unwrap().len(), told["pins"].as_array().unwrap().len())
    };
    assert_eq!(shown("printer.lan", 0), (1, 1));
    assert_eq!(shown("printer", 0), (1, 1));
    assert_eq!(shown("scanner.lan", 0), (1, 0));
    assert_eq!(shown("scanner.lan:23", 1), (0, 0));
}

#[test]
fn removing_keeps_every_other_byte() {
    let (home, before) = all_kinds();
    let dry = trust(&home, &["remove", "web1", "--dry-run"]);
    dry.expect_code(0);
    assert_eq!(home.read(".ssh/known_hosts"), before, "a dry run writes nothing");
    let change = dry.text();
    assert!(change.contains(&format!("known_hosts:3: web1,10.0.0.1 {}", blob(ONE))), "{change}");
    assert!(change.contains(&format!("+{}:3: 10.0.0.1 ", arg(&home.path(".ssh/known_hosts")))));
    assert!(dry.stderr.contains("@revoked web1"), "what stays is said: {dry:?}");

    trust(&home, &["remove", "web1"]).expect_code(0);
    let (one, two) = (blob(ONE), blob(TWO));
    let after = format!(
        "# mine\n\n10.0.0.1 {one} of the rack\n[web1]:2222 {two}\n\
         @cert-authority *.example.com {two}\n@revoked web1 {two}\n*.lan {one}\nweb1 not-a-key\n"
    );
    assert_eq!(home.read(".ssh/known_hosts"), after);
    trust(&home, &["remove", "web1"]).expect_code(1);
    // A line with a marker goes where its key is named, a pattern where it is written out.
    trust(&home, &["remove", "web1", "--fingerprint", &fingerprint(TWO)]).expect_code(0);
    assert!(!home.read(".ssh/known_hosts").contains("@revoked"));
    trust(&home, &["remove", "printer.lan"]).expect_code(1);
    trust(&home, &["remove", "*.lan"]).expect_code(0);
    assert!(!home.read(".ssh/known_hosts").contains("*.lan"));
    let told = json(&home, &["remove", "-p", "2222", "web1", "--type", "ssh-ed25519"], 0);
    assert_eq!(told["removed"][0]["line"], 4);
    assert_eq!(told["removed"][0]["fingerprint"], fingerprint(TWO).as_str());
}

#[test]
fn only_the_type_or_the_key_that_is_named_goes() {
    let home = Home::new();
    let (one, two, rsa) = (blob(ONE), blob(TWO), blob(RSA));
    let text = format!("h {one}\nh {two}\nh {rsa}");
    home.write(".ssh/known_hosts", &text);
    trust(&home, &["remove", "h", "--fingerprint", &fingerprint(ONE)]).expect_code(0);
    assert_eq!(home.read(".ssh/known_hosts"), format!("h {two}\nh {rsa}"));
    trust(&home, &["remove", "h", "--type", "RSA"]).expect_code(0);
    assert_eq!(home.read(".ssh/known_hosts"), format!("h {two}\n"));
    let wrong = trust(&home, &["remove", "h", "--fingerprint", "SHA256:short"]);
    wrong.expect_failure(&["SHA256:short", "not a whole fingerprint"]);
}

#[test]
fn a_key_that_is_given_is_written_once_and_never_over_another() {
    let home = Home::new();
    home.write(".ssh/config", "HashKnownHosts no\n");
    let key = home.write("key.pub", ONE);
    let dry = trust(&home, &["add", "h", arg(&key), "--dry-run"]);
    dry.expect_code(0);
    let line = format!("h {}\n", blob(ONE));
    assert_eq!(dry.text(), format!("+{}: {line}", arg(&home.path(".ssh/known_hosts"))));
    assert!(!home.path(".ssh/known_hosts").exists() && !home.path(".local").exists());

    trust(&home, &["add", "h", arg(&key)]).expect_quiet_success();
    trust(&home, &["add", "h", arg(&key)]).expect_quiet_success();
    assert_eq!(home.read(".ssh/known_hosts"), line);
    let two = blob(TWO);
    let words: Vec<&str> = [&["add", "h"][..], &two.split(' ').collect::<Vec<_>>()].concat();
    trust(&home, &words).expect_failure(&["another ED25519 key", "known_hosts:1", "--replace"]);
    trust(&home, &[&words[..], &["--replace"]].concat()).expect_quiet_success();
    assert_eq!(home.read(".ssh/known_hosts"), format!("h {two}\n"));

    // From standard input, as ssh-keyscan writes it.
    let scan = format!("# h:22 SSH-2.0-x\nh {}\n", blob(RSA));
    home.tessh(&["trust", "add", "h", "-"]).stdin(scan).output().expect_quiet_success();
    assert_eq!(home.read(".ssh/known_hosts"), format!("h {two}\nh {}\n", blob(RSA)));
    let since = json(&home, &["show", "h"], 0)["keys"][1]["first_seen"].clone();
    assert_eq!(since.as_str().map(str::len), Some("2026-11-21".len()));
    assert!(trust(&home, &["list"]).text().contains("  since 2"), "also shown to a person");
}

#[test]
fn what_is_no_key_or_must_not_be_one_is_refused() {
    let home = Home::new();
    home.write(".ssh/known_hosts", &format!("@revoked * {}\n", blob(ONE)));
    let before = home.read(".ssh/known_hosts");
    let key = home.write("key.pub", ONE);
    trust(&home, &["add", "h", arg(&key)]).expect_failure(&["@revoked", "known_hosts:1"]);
    let private = home.write("private", include_str!("data/keys/made/ed25519.openssh"));
    let certificate = home.write("cert.pub", include_str!("data/trust/certificates/good.cert"));
    let empty = home.write("empty", "# nothing\n");
    for path in [&private, &certificate, &empty, &home.path("missing"), &home.path(".ssh")] {
        trust(&home, &["add", "h", arg(path)]).expect_failure(&[]);
    }
    trust(&home, &["add", "h", "ssh-ed25519", "AAAA\x1b[2J"]).expect_failure(&["not a public key"]);
    let binary = home.tessh(&["trust", "add", "h", "-"]).stdin([0xff, 0, 1]).output();
    binary.expect_failure(&[]);
    trust(&home, &["add", "*.lan", arg(&home.write("two.pub", TWO))]).expect_failure(&["*.lan"]);
    assert_eq!(home.read(".ssh/known_hosts"), before);
}

/// Options that lead to the demo server.
fn at(demo: &Demo) -> [String; 3] {
    ["-p".to_owned(), demo.port(), "127.0.0.1".to_owned()]
}

fn words<'a>(verb: &'a str, at: &'a [String; 3], more: &[&'a str]) -> Vec<&'a str> {
    [&[verb][..], &at.each_ref().map(String::as_str), more].concat()
}

#[test]
fn check_says_what_a_connection_would_and_writes_nothing() {
    let (demo, other, home) = (Demo::start(), Demo::start(), Home::new());
    let at = at(&demo);
    let output = trust(&home, &words("check", &at, &[]));
    output.expect_code(1);
    assert!(output.text().contains(&demo.fingerprint()), "{output:?}");
    assert!(output.text().contains("\nnot trusted: "), "{output:?}");
    assert!(!home.path(".ssh/known_hosts").exists() && !home.path(".local").exists());
    // Not even where a connection would.
    let accept = ["-o", "StrictHostKeyChecking=accept-new"];
    let told = json(&home, &words("check", &at, &accept), 1);
    assert_eq!(
        (&told["verdict"], &told["standing"]),
        (&"accept-and-record".into(), &"not-trusted".into())
    );
    assert!(!home.path(".ssh/known_hosts").exists());

    home.write(".ssh/known_hosts", &format!("\n{}", demo.known_hosts()));
    let output = trust(&home, &words("check", &at, &[]));
    output.expect_code(0);
    assert!(output.stderr.is_empty(), "{output:?}");
    let place = format!("trusted: known: {}:2\n", arg(&home.path(".ssh/known_hosts")));
    assert!(output.text().ends_with(&place), "{output:?}");
    let told = json(&home, &words("check", &at, &[]), 0);
    assert_eq!(told["standing"], "trusted");
    assert_eq!(told["key"]["sha256"], demo.fingerprint().as_str());
    assert!(told["evidence"].to_string().contains("known_hosts:2"), "{told}");

    let changed = other.known_hosts().replace(&other.port(), &demo.port());
    home.write(".ssh/known_hosts", &changed);
    let told = json(&home, &words("check", &at, &[]), 1);
    assert_eq!(told["finding"], "changed");
    let known = demo.known_hosts();
    home.write(".ssh/known_hosts", &format!("@revoked * {}", known.split_once(' ').unwrap().1));
    let told = json(&home, &words("check", &at, &[]), 1);
    assert_eq!((&told["finding"], &told["verdict"]), (&"revoked".into(), &"reject".into()));
}

#[test]
fn check_that_could_not_tell_exits_with_2() {
    let home = Home::new();
    let silent = raw_server(|mut stream| drain(&mut stream));
    let loud = raw_server(|mut stream| while send(&mut stream, b"HTTP/1.1 400\r\n") {});
    for port in [silent.port(), loud.port()] {
        let port = port.to_string();
        let words = ["check", "-o", "ConnectTimeout=2", "-p", &port, "127.0.0.1"];
        let told = json(&home, &words, 2);
        assert_eq!(told["standing"], "cannot-tell");
        let output = trust(&home, &words);
        output.expect_code(2);
        assert!(output.stderr.starts_with("tessh: ") && output.text().is_empty(), "{output:?}");
    }
    // A file that is none might have known the host.
    let demo = Demo::start();
    fs::create_dir(home.path(".ssh/known_hosts")).unwrap();
    let told = json(&home, &words("check", &at(&demo), &[]), 2);
    assert_eq!(told["standing"], "cannot-tell");
    trust(&home, &["check", "--lang"]).expect_code(255);
}

#[test]
fn a_jump_host_must_be_known_and_is_logged_in_to() {
    let (jump, demo, home) = (Demo::start(), Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let through = format!("{DEMO_USER}@127.0.0.1:{}", jump.port());
    let at = at(&demo);
    let told = json(&home, &words("check", &at, &["-J", &through]), 1);
    assert!(told["cause"].as_str().unwrap().contains("jump host"), "{told}");
    assert_eq!(home.read(".ssh/known_hosts"), demo.known_hosts(), "nothing is written");
}

#[test]
fn a_host_that_is_asked_needs_a_person_or_a_fingerprint() {
    let (demo, home) = (Demo::start(), Home::new());
    let at = at(&demo);
    let nobody = trust(&home, &words("add", &at, &[]));
    nobody.expect_failure(&[&demo.fingerprint(), "--fingerprint"]);
    let wrong = fingerprint(ONE);
    let output = trust(&home, &words("add", &at, &["--fingerprint", &wrong]));
    output.expect_failure(&[&demo.fingerprint(), &wrong]);
    assert!(!home.path(".ssh/known_hosts").exists());
    let right = demo.fingerprint();
    trust(&home, &words("add", &at, &["--fingerprint", &right])).expect_quiet_success();
    let told = json(&home, &words("add", &at, &["--fingerprint", &right]), 0);
    assert_eq!(told["known"][0]["line"], 1);
    trust(&home, &words("check", &at, &[])).expect_code(0);
}

#[test]
fn a_person_is_asked_and_may_say_no() {
    let (demo, home) = (Demo::start(), Home::new());
    let at = at(&demo);
    let asked = [&["trust"][..], &words("add", &at, &["--plain"])].concat();
    let pty = home.on_pty(&asked);
    pty.wait_for("(yes/once/no/");
    pty.send("no<enter>");
    pty.wait_written("the key was not added; nothing is written");
    assert!(!home.path(".ssh/known_hosts").exists());
    let pty = home.on_pty(&asked);
    pty.wait_for("(yes/once/no/");
    pty.send("yes<enter>");
    pty.wait_written("added ED25519");
    trust(&home, &words("check", &at, &[])).expect_code(0);
}

#[test]
fn a_hundred_thousand_lines_and_binary_junk() {
    let home = Home::new();
    let (one, two) = (blob(ONE), blob(TWO));
    let mut text: Vec<u8> =
        (0..100_000).flat_map(|n| format!("host{n} {one}\n").into_bytes()).collect();
    text.extend_from_slice(&[0xff, 0, 0x1b, b'[', b'2', b'J', b'\n']);
    text.extend_from_slice(&vec![b'x'; 100_000]);
    text.extend_from_slice(format!("\nlast {two}\n").as_bytes());
    fs::write(home.path(".ssh/known_hosts"), &text).unwrap();
    let begun = Instant::now();
    let output = trust(&home, &["list"]);
    output.expect_code(0);
    assert_eq!(output.text().lines().count(), 100_001);
    assert!(!output.stderr.contains('\x1b') && output.stderr.contains("known_hosts:100001"));
    let told = json(&home, &["show", "last"], 0);
    assert_eq!(told["keys"][0]["line"], 100_003);
    trust(&home, &["remove", "host99999"]).expect_code(0);
    let after = fs::read(home.path(".ssh/known_hosts")).unwrap();
    let line = format!("host99999 {one}\n");
    assert_eq!(after.len(), text.len() - line.len());
    assert!(after.ends_with(format!("\nlast {two}\n").as_bytes()));
    // Without optimization it takes some seconds.
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn files_that_cannot_be_written_or_read() {
    let (home, before) = all_kinds();
    let file = home.path(".ssh/known_hosts");
    // A directory in its place cannot be read by anybody.
    let output = trust(&home, &["remove", "web1", "--file", arg(&home.path(".ssh"))]);
    output.expect_failure(&["directory"]);
    trust(
        &home,
        &[
            "add",
            "h",
            "--file",
            arg(&home.path(".ssh")),
            "ssh-ed25519",
            ONE.split(' ').nth(1).unwrap(),
        ],
    )
    .expect_failure(&["directory"]);
    fs::set_permissions(&file, Permissions::from_mode(0o400)).unwrap();
    home.unprivileged(&["trust", "remove", "web1"]).output().expect_last_line(&["known_hosts"]);
    assert_eq!(home.read(".ssh/known_hosts"), before);
    home.unprivileged(&["trust", "show", "web1"]).output().expect_code(0);
    fs::set_permissions(&file, Permissions::from_mode(0o000)).unwrap();
    let output = home.unprivileged(&["trust", "list"]).output();
    output.expect_code(0);
    assert!(output.stderr.contains("known_hosts"), "{output:?}");
    home.unprivileged(&["trust", "remove", "web1"]).output().expect_last_line(&["known_hosts"]);
}

#[test]
fn several_at_once_lose_nothing() {
    let home = Home::new();
    home.write(".ssh/config", "HashKnownHosts no\n");
    home.write(
        ".ssh/known_hosts",
        &(0..8).map(|n| format!("old{n} {}\n", blob(TWO))).collect::<String>(),
    );
    std::thread::scope(|scope| {
        for n in 0..8 {
            let home = &home;
            scope.spawn(move || {
                let key = blob(ONE);
                let (kind, base64) = key.split_once(' ').unwrap();
                trust(home, &["add", &format!("new{n}"), kind, base64]).expect_quiet_success();
                trust(home, &["remove", &format!("old{n}")]).expect_code(0);
            });
        }
    });
    let after = home.read(".ssh/known_hosts");
    assert_eq!(after.lines().count(), 8, "{after}");
    for n in 0..8 {
        assert!(after.contains(&format!("new{n} {}\n", blob(ONE))), "{after}");
    }
    assert_eq!(home.read(".local/state/tessh/first-seen").lines().count(), 8);
}

#[test]
fn words_that_mean_nothing_are_errors() {
    let home = Home::new();
    for (words, named) in [
        (&[][..], "list, show"),
        (&["frobnicate"], "frobnicate"),
        (&["show"], "show"),
        (&["show", "a", "b"], "\"b\""),
        (&["list", "a"], "no host"),
        (&["check", "a", "--dry-run"], "--dry-run"),
        (&["show", "a", "--fingerprint", "x"], "--fingerprint"),
        (&["remove", "a", "--file"], "--file"),
        (&["list", "--json=yes"], "--json"),
        (&["show", "--frobnicate", "a"], "frobnicate"),
        (&["remove", "a b"], "no saved session is called 'a b'"),
    ] {
        let output = trust(&home, words);
        output.expect_code(255);
        assert!(output.stderr.contains(named), "{words:?}: {output:?}");
    }
    let help = trust(&home, &["--help"]).expect_quiet_success().text();
    assert!(help.contains("--dry-run") && help.contains("check host"), "{help}");
}

#[test]
fn a_connection_tells_its_trust_as_json_and_with_v() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let identity = demo.write_identity(&home, None);
    let (port, host) = (demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let base = ["--auth", "publickey", "-i", arg(&identity), "-p", &port, &host, "echo here"];
    let run = |more: &[&str]| home.tessh(&[more, &base[..]].concat()).output();
    let output = run(&["--json"]);
    output.expect_code(0);
    assert_eq!(output.text(), "here\n", "standard output is the remote command's");
    let told: Value = serde_json::from_str(output.stderr.trim()).unwrap();
    assert_eq!((&told["event"], &told["accepted"]), (&"host-key".into(), &true.into()));
    assert!(told["because"].as_str().unwrap().contains("known_hosts:1"), "{told}");
    let said = run(&["-v"]).stderr;
    let line = format!(
        "Host '[127.0.0.1]:{port}' is trusted: ED25519 key {} is on record at {}:1\n",
        demo.fingerprint(),
        arg(&home.path(".ssh/known_hosts"))
    );
    assert!(said.contains(&line), "{said}");

    fs::remove_file(home.path(".ssh/known_hosts")).unwrap();
    let output = run(&["--json", "-o", "BatchMode=yes"]);
    output.expect_code(255);
    let lines: Vec<Value> =
        output.stderr.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let [event, error] = &lines[..] else { panic!("{output:?}") };
    assert_eq!((&event["accepted"], &event["finding"]), (&false.into(), &"unknown".into()));
    assert_eq!(error["error"], "host-key");
}
