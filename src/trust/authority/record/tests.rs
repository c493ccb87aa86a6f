//! Tests of records: what is parsed, what is refused and on which line, and what is written.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::time::{Duration, UNIX_EPOCH};

use russh::keys::ssh_key::Certificate;
use tempfile::TempDir;

use super::*;
use crate::trust::authority::{AuthorityStore, Draft};
use crate::trust::{Finding, KnownHosts, Sources};

const KEY: &str = include_str!("../../../../tests/data/trust/certificates/ca-ed25519.pub");
const RSA: &str = include_str!("../../../../tests/data/trust/certificates/ca-rsa.pub");
const CERTIFICATE: &str = include_str!("../../../../tests/data/trust/certificates/good.cert");

fn read(text: &str) -> Result<Authority, String> {
    Authority::read(text.as_bytes(), Path::new("/a/x.toml"), "x").map_err(|it| it.to_string())
}

fn store() -> (TempDir, AuthorityStore) {
    let home = tempfile::tempdir().expect("a directory");
    let uid = fs::metadata(home.path()).expect("facts").uid().into();
    let store = AuthorityStore::new(directory(home.path()), uid);
    (home, store)
}

fn put(store: &AuthorityStore, file: &str, text: &[u8]) -> PathBuf {
    fs::create_dir_all(store.directory()).expect("made");
    let path = store.directory().join(file);
    fs::write(&path, text).expect("written");
    fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("set");
    path
}

#[test]
fn a_record_says_whom_to_trust_for_what() {
    let blob = KEY.split(' ').nth(1).expect("a blob").trim_end();
    for key in [KEY.trim_end(), blob] {
        let text = format!("# ours\npublic_key = \"{key}\"\nvalidity = \"*.example.com\" # all\n");
        let record = read(&text).expect("a record");
        assert_eq!((record.name.as_str(), record.at.line), ("x", 2));
        assert_eq!(record.hashes, RsaHashes { sha1: false, sha256: true, sha512: true });
        assert!(record.validity.covers("web1.example.com", 22));
    }
    let text = format!(
        "name = 'Work'\npublic_key = '{}'\nvalidity = 'h'\nrsa_sha1 = true\nrsa_sha512 = false\n",
        RSA.trim_end()
    );
    let record = read(&text).expect("a record");
    assert_eq!(record.name, "Work");
    assert_eq!(record.hashes, RsaHashes { sha1: true, sha256: true, sha512: false });
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let key = format!("public_key = '{}'\n", KEY.trim_end());
    let valid = "validity = '*'\n";
    let certificate = format!("public_key = '{}'\n{valid}", CERTIFICATE.trim_end());
    for (text, expected) in [
        (String::new(), "/a/x.toml:1: public_key is missing"),
        (key.clone(), "/a/x.toml:1: validity is missing"),
        (format!("{key}\nvalidity = ''\n"), "/a/x.toml:3: validity: a host name"),
        (format!("{key}validity = 'a, b'\n"), ":2: validity: this character has no meaning"),
        (format!("{key}validity = 'web[1'\n"), ":2: validity: this class of characters"),
        (format!("{valid}public_key = 'AAAA!'\n"), ":2: public_key: the key is not base64"),
        (format!("{valid}public_key = 'AAAA'\n"), ":2: public_key: the key is damaged"),
        (format!("{valid}public_key = ''\n"), ":2: public_key: the key is empty"),
        (format!("{valid}public_key = 7\n"), ":2: public_key is a text in quotes"),
        (certificate, ":1: public_key: a certificate cannot be an authority"),
        (
            format!("{valid}{}", key.replace("ssh-ed25519", "ssh-rsa")),
            ":2: public_key: the key is of another type",
        ),
        (format!("{key}{valid}rsa_sha1 = 'no'\n"), ":3: rsa_sha1 is true or false"),
        (format!("{key}{valid}expires = '2027'\n"), ":3: expires is not known here"),
        (format!("{key}{valid}[hosts]\nonly = 'h'\n"), ":3: hosts is not known here"),
        (format!("{key}{valid}{valid}"), ":3: duplicate key"),
        (format!("{key}{valid}name = \"a\\u001b\"\n"), ":3: the name has control characters"),
        (format!("{key}{valid}x\x1b[2J"), ":3: "),
    ] {
        let fault = read(&text).expect_err(&text);
        assert!(fault.contains(expected), "{fault} should say {expected}");
        assert!(fault.len() < 500 && !fault.contains(char::is_control), "{fault:?}");
    }
    let binary = [b"name = 'x'\n", &[0xff, 0xfe, 0][..]].concat();
    let fault = Authority::read(&binary, Path::new("/a/x.toml"), "x").expect_err("binary");
    assert_eq!(fault.to_string(), "/a/x.toml:2: this is not UTF-8 text");
}

#[test]
fn a_file_that_cannot_be_used_leaves_the_others() {
    let (_home, store) = store();
    assert!(store.load().records.is_empty() && store.load().problems.is_empty());
    let good = format!("public_key = '{}'\nvalidity = '*'\n", KEY.trim_end());
    put(&store, "good.toml", good.as_bytes());
    put(&store, "large.toml", &vec![b'#'; FILE_MAX + 1]);
    put(&store, "junk.toml", &[0, 255, 1, 2]);
    let open = put(&store, "open.toml", good.as_bytes());
    fs::set_permissions(open, Permissions::from_mode(0o666)).expect("set");
    fs::create_dir(store.directory().join("dir.toml")).expect("made");
    put(&store, ".hidden.toml", b"x");
    put(&store, "good.toml~", b"x");
    let all = store.load();
    assert_eq!(all.records.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["good"]);
    let told: Vec<String> = all.problems.iter().map(ToString::to_string).collect();
    let file = |name: &str| store.directory().join(name).display().to_string();
    for (problem, (name, what)) in told.iter().zip([
        ("dir.toml", "not a regular file"),
        ("junk.toml:1", "not UTF-8"),
        ("large.toml", "larger than 65536 bytes"),
        ("open.toml", "other users can write it"),
    ]) {
        assert!(problem.starts_with(&file(name)) && problem.contains(what), "{problem}");
    }
    assert_eq!(told.len(), 4, "{told:?}");
}

#[test]
fn of_too_many_files_none_counts() {
    let (_home, store) = store();
    let good = format!("public_key = '{}'\nvalidity = '*'\n", KEY.trim_end());
    for n in 0..1001 {
        put(&store, &format!("{n}.toml"), good.as_bytes());
    }
    let all = store.load();
    assert!(all.records.is_empty());
    assert_eq!(all.problems.len(), 1);
    fs::remove_file(store.directory().join("1.toml")).expect("removed");
    assert_eq!(store.load().records.len(), 1000);
}

#[test]
fn what_is_written_is_read_again_and_comments_stay() {
    let (_home, store) = store();
    let key = read_key(KEY).expect("a key");
    let validity = Validity::parse("*.example.com && port:22").expect("an expression");
    let hashes = RsaHashes { sha1: true, sha256: true, sha512: false };
    let draft = Draft { name: "../.ssh/Work é", key: &key, validity: &validity, hashes };
    let path = store.write(&draft, false).expect("written");
    assert_eq!(path, store.directory().join("%2E.%2F.ssh%2FWork%20%C3%A9.toml"));
    let mode = |path: &Path| fs::metadata(path).expect("facts").permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(store.directory())), (0o600, 0o700));
    let found = &store.load().records[0];
    assert_eq!((found.name.as_str(), found.hashes), ("../.ssh/Work é", hashes));
    assert_eq!(found.validity, validity);
    assert_eq!(found.key.key_data(), key.key_data());

    let text = fs::read_to_string(&path).expect("text");
    let commented = format!("# ask Anna\n{}", text.replace("port:22\"", "port:22\" # or 2222"));
    fs::write(&path, &commented).expect("written");
    assert!(store.write(&draft, false).expect_err("there").to_string().contains("already"));
    assert_eq!(fs::read_to_string(&path).expect("text"), commented);
    let validity = Validity::parse("*.example.org").expect("an expression");
    store.write(&Draft { validity: &validity, ..draft.clone() }, true).expect("written");
    let text = fs::read_to_string(&path).expect("text");
    assert!(text.starts_with("# ask Anna\n") && text.contains("example.org\" # or 2222"), "{text}");
    store.remove(&path).expect("removed");
    assert!(store.load().records.is_empty());
    for name in ["", " ", &"x".repeat(81), "a\nb"] {
        assert!(store.write(&Draft { name, ..draft.clone() }, false).is_err(), "{name:?}");
    }
}

#[test]
fn each_hash_is_permitted_for_itself() {
    let key =
        read_key(&fs::read_to_string("tests/data/trust/certificates/ca-rsa.pub").expect("a key"));
    let key = key.expect("a key");
    let subject = Subject { name: "web1.example.com".into(), port: 22, alias: false };
    let june_2025 = UNIX_EPOCH + Duration::from_secs(1_748_736_000);
    for (file, mine) in [("sha1", 0), ("sha2-256", 1), ("sha2-512", 2)] {
        let path = format!("tests/data/trust/certificates/ca-rsa-{file}.cert");
        let text = fs::read_to_string(path).expect("a certificate");
        let shown = Certificate::from_openssh(&text).expect("a certificate").into();
        for bits in 0_u8..8 {
            let is_on = |bit: u8| bits & (1 << bit) != 0;
            let hashes = RsaHashes { sha1: is_on(0), sha256: is_on(1), sha512: is_on(2) };
            let validity = Validity::parse("*").expect("an expression");
            let at = FileLine { file: "/a".into(), line: 1 };
            let record = Authority { name: "x".into(), key: key.clone(), validity, hashes, at };
            let records = Authorities { records: vec![record], problems: Vec::new() };
            let known = KnownHosts::load(&Sources::default()).with_authorities(records);
            let evidence = known.lookup(&subject, &shown, june_2025);
            let certified = matches!(evidence.finding, Finding::Certified { .. });
            assert_eq!(
                certified,
                is_on(mine),
                "{file} {hashes:?}: {:?}",
                evidence.certificate_fault
            );
        }
    }
}
