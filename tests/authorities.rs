//! `tessh trust authority`, as a person at a terminal and as a script use it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use lab::{Home, Output, arg};
use serde_json::{Value, json};

const DIRECTORY: &str = ".config/tessh/authorities";
const KEY: &str = include_str!("data/trust/certificates/ca-ed25519.pub");
const RSA: &str = include_str!("data/trust/certificates/ca-rsa.pub");

fn run(home: &Home, words: &[&str]) -> Output {
    home.tessh(&[&["trust", "authority"], words].concat()).output()
}

fn json_of(home: &Home, words: &[&str]) -> Value {
    serde_json::from_str(&run(home, words).expect_quiet_success().text()).unwrap()
}

#[test]
fn an_expression_matches_does_not_or_is_wrong_at_a_place() {
    let home = Home::new();
    for (expression, host, code, said) in [
        ("*.example.com && port:22", "web1.example.com", 0, "match"),
        ("*.example.com && port:22", "web1.example.com:2222", 1, "no match"),
        ("*.example.com", "WEB1.EXAMPLE.COM", 1, "no match"),
        ("port:22", "[2001:db8::1]:22", 0, "match"),
        ("a || b && c", "a", 2, "&& and || on either side of this need parentheses: 'b'"),
        ("web[1", "web1", 2, "this class of characters is not closed"),
        ("10.0.0.0/8", "10.0.0.1", 2, "'10.0.0.0/8' at byte 1"),
        ("*", "h:99999", 2, "'h:99999' is not a host and port"),
    ] {
        let output = run(&home, &["test", expression, host]);
        output.expect_code(code);
        let (here, there) = match code {
            2 => (&output.stderr, output.text()),
            _ => (&output.text(), output.stderr.clone()),
        };
        assert!(here.contains(said), "{expression}: {output:#?}");
        assert_eq!(there, "", "{expression}");
    }
    let output = run(&home, &["test", "--json", "a, b", "a"]);
    output.expect_code(2);
    let object: Value = serde_json::from_str(&output.text()).unwrap();
    assert_eq!((&object["result"], &object["bytes"]), (&json!("error"), &json!([1, 2])));
    assert!(!home.path(".config").exists(), "to test is to write nothing");
    let marked = run(&home, &["test", "a || b && c", "a"]);
    assert!(marked.stderr.ends_with("\n  a || b && c\n       ^\n"), "{}", marked.stderr);
}

#[test]
fn an_authority_is_added_listed_shown_and_removed() {
    let home = Home::new();
    let key = home.write("ca.pub", KEY);
    let add = ["add", "Work", "--key", arg(&key), "--validity", "*.example.com"];
    run(&home, &[&add[..], &["--dry-run"]].concat()).expect_code(0);
    assert!(!home.path(DIRECTORY).exists());
    run(&home, &add).expect_code(0);
    let mode = |path: &str| fs::metadata(home.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(DIRECTORY), mode(&format!("{DIRECTORY}/Work.toml"))), (0o700, 0o600));
    let again = run(&home, &add);
    again.expect_failure(&["there is an authority Work already", "--force replaces it"]);
    run(&home, &[&add[..], &["--force"]].concat()).expect_code(0);

    let blob = RSA.split_whitespace().nth(1).unwrap();
    let hashes = ["--rsa-sha1", "--no-rsa-sha512"];
    let rsa = ["add", "a/b", "--key", blob, "--validity", "h && !port:22"];
    run(&home, &[&rsa[..], &hashes].concat()).expect_code(0);
    let all = json_of(&home, &["list", "--json"]);
    let names: Vec<&str> =
        all.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Work", "a/b"]);
    let shown = json_of(&home, &["show", "a/b", "--json"]);
    assert_eq!(shown["validity"], "h && !port:22");
    let flags = ["rsa_sha1", "rsa_sha256", "rsa_sha512"].map(|flag| shown[flag].clone());
    assert_eq!(flags, [json!(true), json!(true), json!(false)]);
    let list = run(&home, &["list"]).expect_quiet_success().text();
    assert_eq!(list.lines().count(), 2, "{list}");

    run(&home, &["remove", "a/b", "--dry-run"]).expect_code(0);
    run(&home, &["remove", "a/b"]).expect_code(0);
    run(&home, &["remove", "a/b"]).expect_code(1);
    run(&home, &["show", "a/b"]).expect_code(1);
    assert_eq!(fs::read_dir(home.path(DIRECTORY)).unwrap().count(), 1);
}

#[test]
fn records_of_putty_are_taken_over() {
    let home = Home::new();
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/trust/authorities/putty");
    for file in ["rsa%20CA%20%231", "Legacy%20MatchHosts"] {
        run(&home, &["add", "--putty", arg(&records.join(file))]).expect_code(0);
    }
    let shown = json_of(&home, &["show", "rsa CA #1", "--json"]);
    assert_eq!(shown["validity"], "*.example.com && !(port:22 || port:2222)");
    let legacy = json_of(&home, &["show", "Legacy MatchHosts", "--json"]);
    assert_eq!(legacy["validity"], "*.foo || *.example.com");
    let bad = home.write("bad", "PublicKey=AAAA\nValidity=*\n");
    run(&home, &["add", "--putty", arg(&bad)]).expect_failure(&["PublicKey: the key is damaged"]);
    let none = home.write("none", &format!("PublicKey={}\n", KEY.split(' ').nth(1).unwrap()));
    run(&home, &["add", "--putty", arg(&none)]).expect_failure(&["Validity is missing"]);

    let home = Home::new();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/putty");
    let export = data.join("putty-export.reg");
    run(&home, &["add", "one", "--putty", arg(&export)]).expect_failure(&["has 3 records"]);
    run(&home, &["add", "--putty", arg(&export), "--dry-run"]).expect_code(0);
    assert!(!home.path(DIRECTORY).exists());
    run(&home, &["add", "--putty", arg(&export)]).expect_code(0);
    run(&home, &["add", "Sites", "--putty", arg(&data.join("WinSCP.ini"))]).expect_code(0);
    let list = run(&home, &["list"]).expect_quiet_success().text();
    let corp = list.lines().filter(|line| line.contains("*.corp.example && ")).count();
    assert_eq!((list.lines().count(), corp), (4, 2), "{list}");
    run(&home, &["add", "--putty", arg(&data.join("sshhostkeys"))])
        .expect_failure(&["PublicKey is missing"]);
}

#[test]
fn a_broken_file_is_named_with_its_line_and_can_go() {
    let home = Home::new();
    let key = home.write("ca.pub", KEY);
    let add = ["add", "Work", "--key", arg(&key), "--validity", "*"];
    run(&home, &add).expect_code(0);
    home.write(&format!("{DIRECTORY}/bad.toml"), "public_key = \"AAAA!\"\nvalidity = \"*\"\n");
    let list = run(&home, &["list"]);
    list.expect_code(0);
    assert_eq!(list.text().lines().count(), 1);
    assert!(list.stderr.contains("bad.toml:1: public_key: the key is not base64"), "{list:#?}");
    let open = home.write(&format!("{DIRECTORY}/open.toml"), "x");
    fs::set_permissions(open, Permissions::from_mode(0o622)).unwrap();
    let all: Value = serde_json::from_str(&run(&home, &["list", "--json"]).text()).unwrap();
    let faults: Vec<&str> =
        all.as_array().unwrap().iter().filter_map(|it| it["error"].as_str()).collect();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[1].contains("other users can write it"), "{faults:?}");
    run(&home, &["show", "bad"]).expect_failure(&["bad.toml:1: public_key"]);
    run(&home, &["remove", "bad"]).expect_code(0);
    run(&home, &["remove", "open"]).expect_code(0);
    run(&home, &["list"]).expect_quiet_success();
}

#[test]
fn what_makes_no_sense_is_refused_and_writes_nothing() {
    let home = Home::new();
    let key = home.write("ca.pub", KEY);
    let private = home.key("id", &["ed25519"], "");
    let key = arg(&key);
    for (words, said) in [
        (&["add"][..], "usage: tessh trust authority add"),
        (&["add", "x", "--key", key], "usage:"),
        (&["add", "x", "--key", key, "--validity"], "requires an argument"),
        (&["add", "x", "--key", key, "--validity", "a,b"], "--validity: this character"),
        (&["add", "", "--key", key, "--validity", "*"], "the name is empty"),
        (&["add", "x\n", "--key", key, "--validity", "*"], "the name has control characters"),
        (&["add", "x", "--key", arg(&private), "--validity", "*"], "one line with one key"),
        (&["add", "x", "--key", "AAAA", "--validity", "*"], "the key is damaged"),
        (&["add", "x", "--key", key, "--validity", "*", "--nonsense"], "--nonsense"),
        (&["add", "x", "--putty", "/nonexistent"], "/nonexistent: cannot"),
        (&["remove", "x", "--force"], "usage:"),
        (&["nonsense"], "unknown command of tessh trust authority: nonsense"),
        (&["test", "*"], "usage: tessh trust authority test EXPR HOST[:PORT]"),
    ] {
        run(&home, words).expect_failure(&[said]);
    }
    assert!(!home.path(DIRECTORY).exists());
}
