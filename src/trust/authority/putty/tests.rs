//! Tests of PuTTY's and WinSCP's records: what is read from where, what is refused, and PuTTY's own
//! decisions.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;
use russh::keys::PublicKeyOrCertificate;
use russh::keys::ssh_key::{Certificate, PublicKey};
use serde_json::Value as Json;
use tempfile::TempDir;

use super::*;
use crate::registry::unix_escaped;
use crate::trust::{Evidence, Finding, KnownHosts, Sources, Subject};

const VECTORS: &str = include_str!("../../../../tests/data/trust/authorities/hostca-records.jsonl");
const KEY: &str = include_str!("../../../../tests/data/trust/certificates/ca-ed25519.pub");
const DATA: &str = "tests/data/trust/authorities";
const REG: &str = "tests/data/putty/putty-export.reg";
const INI: &str = "tests/data/putty/WinSCP.ini";

fn blob() -> &'static str {
    KEY.split(' ').nth(1).expect("a blob").trim_end()
}

fn read(place: &Path) -> Authorities {
    load(&[place.to_owned()], UserId::real())
}

/// A folder with records, by name.
fn folder_of<'a>(records: impl IntoIterator<Item = (&'a str, &'a str)>) -> TempDir {
    let folder = tempfile::tempdir().expect("a directory");
    for (name, text) in records {
        fs::write(folder.path().join(unix_escaped(name)), text).expect("written");
    }
    folder
}

/// The faults of a folder with one record of this text.
fn faults(text: &str) -> Vec<String> {
    let folder = folder_of([("x", text)]);
    let all = read(folder.path());
    assert!(all.records.is_empty(), "{text}");
    all.problems.iter().map(ToString::to_string).collect()
}

fn decided(records: Authorities, certificate: Option<&str>, host: &str, port: u16) -> Evidence {
    let subject = Subject { name: host.into(), port, alias: false };
    let known = KnownHosts::load(&Sources::default()).with_authorities(records);
    let june_2025 = UNIX_EPOCH + Duration::from_secs(1_748_736_000);
    let file = certificate.unwrap_or("hc-ed25519-noprinc.pub");
    let text = fs::read_to_string(Path::new(DATA).join("certificates").join(file));
    let shown = Certificate::from_openssh(&text.expect("a certificate")).expect("a certificate");
    let offered = match certificate {
        Some(_) => PublicKeyOrCertificate::from(shown),
        None => PublicKeyOrCertificate::from(PublicKey::new(shown.public_key().clone(), "")),
    };
    known.lookup(&subject, &offered, june_2025)
}

#[test]
fn putty_s_decisions_on_its_own_records() {
    let mut count = 0;
    for line in VECTORS.lines() {
        let case: Json = serde_json::from_str(line).expect("JSON");
        let id = case["id"].as_str().expect("a name");
        let texts: BTreeMap<String, String> =
            serde_json::from_value(case["records"].clone()).expect("records");
        let folder = folder_of(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let port = u16::try_from(case["port"].as_u64().expect("a port")).expect("a port");
        let host = case["host"].as_str().expect("a host");
        let records = read(folder.path());
        let evidence = decided(records, case["host_certificate"].as_str(), host, port);
        // In PuTTY, a certificate without principals is valid for every host of the authority.
        let answer = case["plink_0_78"].as_str().expect("an answer");
        let is_nameless = evidence.certificate.as_ref().is_some_and(|it| it.principals_count == 0);
        let is_stricter = is_nameless && answer == "accept";
        let plink = if is_stricter { "reject-cert" } else { answer };
        let accepted = matches!(evidence.finding, Finding::Certified { .. });
        assert_eq!(accepted, plink == "accept", "{id}: {evidence:?}");
        // A record without a valid key is refused here, while PuTTY still offers certificates for
        // it.
        if id != "publickey-truncated-base64" && id != "server-without-cert" {
            let offered = plink == "accept" || plink == "reject-cert";
            assert_eq!(!evidence.authorities.is_empty(), offered, "{id}");
            assert_eq!(evidence.certificate_fault.is_some(), plink == "reject-cert", "{id}");
        }
        let fault = evidence.certificate_fault.unwrap_or_default();
        let expected = match id {
            "rsa-ca-sha1-default" => "signed it with SHA-1",
            "principal-mismatch" => "its principals are web1.example.com, web1, not other",
            "expired" => "it expired at 2020-",
            "wrong-ca-for-host" => "no authority that covers",
            _ if is_stricter => "it has no principals, and so is for no host",
            _ => "",
        };
        assert!(fault.contains(expected), "{id}: {fault}");
        count += 1;
    }
    assert_eq!(count, 16);
}

#[test]
fn records_are_read_from_a_folder_a_file_an_export_and_winscp_s_settings() {
    let folder = Path::new(DATA).join("putty");
    let sha1 = RsaHashes { sha1: true, sha256: true, sha512: false };
    for (place, count, name, host, port, hashes) in [
        (folder.clone(), 3, "Legacy MatchHosts", "x.example.com:x.example.org", 22, None),
        (folder.clone(), 3, "Legacy MatchHosts", "x.foo:x.bar", 22, None),
        (folder.clone(), 3, "rsa CA #1", "web1.example.com:web1", 443, Some(sha1)),
        (folder.join("rsa%20CA%20%231"), 1, "rsa CA #1", "a.example.com:a", 1, Some(sha1)),
        (REG.into(), 3, "TeleportHostCA-legacy-0", "host1:host2", 22, None),
        (REG.into(), 3, "Corp CA", "a.corp.example:a", 22, None),
        (INI.into(), 1, "Corp CA", "a.corp.example:a", 22, None),
    ] {
        let all = read(&place);
        assert_eq!((all.records.len(), all.problems.len()), (count, 0), "{:?}", all.problems);
        let record = all.records.iter().find(|it| it.name == name).expect("the record");
        let (inside, outside) = host.split_once(':').expect("two hosts");
        assert!(record.validity.covers(inside, port), "{name}");
        assert!(!record.validity.covers(outside, port), "{name}");
        assert_eq!(record.hashes, hashes.unwrap_or_default(), "{name}");
    }
    let corp = read(Path::new(INI)).records.remove(0);
    assert_eq!((corp.at.file, corp.at.line), (PathBuf::from(INI), 45));
    assert!(read(Path::new("/nonexistent/sshhostcas")).problems.is_empty());
}

#[test]
fn a_record_that_makes_no_sense_is_ignored_and_named() {
    let key = blob();
    for (bad, expected) in [
        (format!("PublicKey={key}\n"), "Validity is missing"),
        ("Validity=*\n".to_owned(), "PublicKey is missing"),
        (format!("PublicKey={key}\nValidity=web[1\n"), "Validity: this class"),
        (format!("PublicKey={key}\nValidity=*[\n"), "Validity: this class"),
        (format!("PublicKey={key}\nValidity=\nMatchHosts=*\n"), "Validity: a host name"),
        (format!("PublicKey={key}\nMatchHosts=a, b\n"), "Validity: this character"),
        (format!("PublicKey={key}\nvalidity=*\n"), "Validity is missing"),
        (format!("PublicKey=ssh-ed25519 {key}\nValidity=*\n"), "PublicKey: the key is not base64"),
        (format!("PublicKey={}\nValidity=*\n", &key[..60]), "PublicKey: the key is damaged"),
        (format!("PublicKey=\nValidity=*\n{key}"), "PublicKey: the key is empty"),
        (format!("PublicKey={key}\nValidity=h%FF\n"), "Validity: "),
        (format!("PublicKey={key}\nValidity=*\u{0}\n"), "line 2"),
        (format!("PublicKey={key}\rValidity=*\r"), "line 1"),
        ("x".repeat(300_000), "larger"),
    ] {
        let faults = faults(&bad);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].contains(expected) && faults[0].contains("/x:"), "{faults:?}");
        assert_eq!(faults[0].matches("/x").count(), 1, "{faults:?}");
        assert!(!faults[0].contains(char::is_control), "{faults:?}");
    }
    // The first of two lines with one key counts.
    let twice = format!("Validity=a\nValidity=b\r\nPublicKey={key}\nPermitRSASHA256= 0x\n");
    let folder = folder_of([("x", twice.as_str())]);
    let record = read(folder.path()).records.remove(0);
    assert!(record.validity.covers("a", 22) && !record.validity.covers("b", 22));
    assert!(!record.hashes.sha256);
}

#[test]
fn one_bad_record_leaves_the_others() {
    let good = format!("PublicKey={}\nValidity=*\n", blob());
    let folder = folder_of([("a", "x"), ("b c", good.as_str()), ("open", good.as_str())]);
    fs::write(folder.path().join("not canonical"), &good).expect("written");
    fs::create_dir(folder.path().join("dir")).expect("made");
    let open = folder.path().join("open");
    fs::set_permissions(open, Permissions::from_mode(0o666)).expect("set");
    let all = read(folder.path());
    let names: Vec<&str> = all.records.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["b c"]);
    assert_eq!(all.problems.len(), 4, "{:?}", all.problems);

    // WinSCP does not know MatchHosts, so its record has no validity.
    let ini = folder.path().join("b c.ini");
    let text = format!(
        "[SshHostCAs\\one]\nPublicKey={0}\nMatchHosts=*\n[SshHostCAs\\two]\nPublicKey={0}\nValidity=h\n",
        blob()
    );
    fs::write(&ini, text).expect("written");
    let all = read(&ini);
    assert_eq!(all.records.len(), 1);
    assert!(all.problems[0].to_string().contains(".ini:1: Validity is missing"));
    let cut = fs::read(REG).expect("an export");
    fs::write(&ini, &cut[..cut.len() / 2 + 1]).expect("written");
    assert!(!read(&ini).problems.is_empty());
}

#[test]
fn of_too_many_records_none_counts_and_one_of_two_with_a_key_suffices() {
    let record = |name: usize| format!("[SshHostCAs\\{name}]\nPublicKey={}\nValidity=*\n", blob());
    let folder = tempfile::tempdir().expect("a directory");
    let ini = folder.path().join("WinSCP.ini");
    fs::write(&ini, (0..=RECORDS_MAX).map(record).collect::<String>()).expect("written");
    let all = read(&ini);
    assert!(all.records.is_empty());
    assert!(all.problems[0].to_string().contains("more than 1000 records"), "{:?}", all.problems);

    let line = VECTORS.lines().find(|line| line.contains("\"principal-match\"")).expect("a case");
    let case: Json = serde_json::from_str(line).expect("JSON");
    let text = case["records"].as_object().and_then(|it| it.values().next());
    let text = text.and_then(Json::as_str).expect("a record");
    let elsewhere = text.replace("Validity=", "Validity=nowhere && ");
    let folder = folder_of([("1", elsewhere.as_str()), ("2", text), ("3", elsewhere.as_str())]);
    let evidence = decided(
        read(folder.path()),
        case["host_certificate"].as_str(),
        case["host"].as_str().expect("a host"),
        22,
    );
    assert!(matches!(evidence.finding, Finding::Certified { .. }), "{evidence:?}");
}

proptest! {
    #[test]
    fn no_damage_panics(
        place in 0..2_usize,
        at in 0..2000_usize,
        with in proptest::collection::vec(any::<u8>(), 0..6),
    ) {
        let record = format!("PublicKey={}\nValidity=a && !(b || port:22)\n", blob());
        let text = [record.clone(), format!("[SshHostCAs\\x]\n{record}")][place].clone();
        let folder = tempfile::tempdir().expect("a directory");
        let file = folder.path().join("x");
        let mut bytes = text.into_bytes();
        let at = at.min(bytes.len());
        bytes.splice(at..(at + with.len() / 2).min(bytes.len()), with);
        fs::write(&file, &bytes).expect("written");
        let all = read(&file);
        prop_assert!(all.records.len() <= 1);
        for problem in &all.problems {
            prop_assert!(!problem.to_string().contains(char::is_control), "{problem:?}");
        }
    }
}
