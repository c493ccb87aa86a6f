//! Whose keys are trusted: known_hosts, authorities, revoked keys and records of the DNS.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use hickory_proto::op::Message;
use hickory_proto::rr::RData;
use russh::keys::PublicKeyOrCertificate;
use tessh::os::user::UserId;
use tessh::trust::authority::{Authority, putty};
use tessh::trust::entries::{LinesToRemove, list, would_remove};
use tessh::trust::sshfp::{SshfpRecord, compare};
use tessh::trust::validity::Validity;
use tessh::trust::{
    HostKeyCache, KnownHosts, Policy, RevokedKeys, Sources, Subject, VerifyDns, decide, dns_lines,
};

use super::made;

fn subject(name: &str, port: u16) -> Subject {
    Subject { name: name.to_owned(), port, alias: false }
}

fn offered() -> [PublicKeyOrCertificate; 3] {
    let key = |key: &russh::keys::PublicKey| PublicKeyOrCertificate::PublicKey {
        key: key.clone(),
        hash_alg: None,
    };
    [
        key(&made::ED25519),
        key(&made::RSA),
        PublicKeyOrCertificate::Certificate(made::CERTIFICATE.clone()),
    ]
}

/// Searches for several hosts with several keys; whatever is found is told in safe lines.
fn searched(known: &KnownHosts) {
    for subject in [subject("host.example", 22), subject("h", 2222), subject("2001:db8::1", 22)] {
        known.known_types(&subject);
        for offered in &offered() {
            let evidence = known.lookup(&subject, offered, SystemTime::UNIX_EPOCH);
            for problem in &evidence.problems {
                made::one_safe_line(&problem.to_string());
            }
            for dns in [VerifyDns::No, VerifyDns::Yes] {
                let _ = decide(&evidence, Policy::Ask, dns);
            }
            if let Some(fault) = &evidence.certificate_fault {
                made::one_safe_line(fault);
            }
        }
    }
}

/// One line, as a program prints it for KnownHostsCommand. Behind a one stand the length of what
/// is before the key, that, and the key itself, not in base64.
pub fn known_hosts_line(input: &[u8]) {
    let mut line = match input {
        [1, length, rest @ ..] => {
            let (hosts, blob) = rest.split_at(rest.len().min(usize::from(*length)));
            [hosts, b" ", made::key_text(blob).as_bytes()].concat()
        }
        text => text.to_vec(),
    };
    line.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b' ');
    let mut known = KnownHosts::load(&Sources::default());
    known.add_output("program", line);
    searched(&known);
}

/// A file, read as each kind of file that has host keys: known_hosts, PuTTY's cache, and
/// RevokedHostKeys as text.
pub fn known_hosts_file(input: &[u8]) {
    let folder = made::folder();
    let path = made::file(&folder, "known_hosts", input);
    let sources =
        Sources { user: vec![path.clone()], global: Vec::new(), caches: vec![path.clone()] };
    searched(&KnownHosts::load(&sources));
    let listing = list(&path, None);
    for problem in &listing.problems {
        made::one_safe_line(&problem.to_string());
    }
    let names = [String::from("host.example")];
    let _ = list(&path, Some(&names));
    let wanted = LinesToRemove { names: names.into(), kind: None, fingerprint: None };
    if let Ok(removal) = would_remove(&path, &wanted) {
        assert!(removal.struck.len() <= input.len());
    }
    let cache = HostKeyCache::load(&path);
    for problem in &cache.problems {
        made::one_safe_line(&problem.to_string());
    }
    forbids(&path);
    assert_eq!(std::fs::read(&path).expect("the file"), input, "reading changes nothing");
}

fn forbids(path: &Path) {
    let revoked = RevokedKeys::load(path);
    for offered in &offered() {
        if let Some(reason) = revoked.forbids(offered) {
            made::one_safe_line(&reason);
        }
    }
}

/// OpenSSH's binary list of revoked keys; what is behind its first words.
pub fn krl(input: &[u8]) {
    const MAGIC: &[u8] = b"SSHKRL\n\0";
    let list = match input.starts_with(MAGIC) {
        true => input.to_vec(),
        false => [MAGIC, input].concat(),
    };
    let folder = made::folder();
    forbids(&made::file(&folder, "krl", &list));
}

/// An expression that says for which hosts an authority counts. What stands before a line break is
/// the expression, what follows is the host.
pub fn validity(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let (text, host) = text.split_once('\n').unwrap_or((&text, "web1.example.org"));
    let host: String = host.chars().take(1025).collect();
    match Validity::parse(text) {
        Ok(validity) => {
            assert_eq!(validity.as_str(), text);
            let (here, there) = (validity.covers(&host, 22), validity.covers("", 65535));
            // Twice no is yes.
            if let Ok(twice) = Validity::parse(&format!("!(!({text}))")) {
                assert_eq!((twice.covers(&host, 22), twice.covers("", 65535)), (here, there));
            }
        }
        Err(fault) => {
            assert!(fault.at.start <= fault.at.end && fault.at.end <= text.len(), "{fault:?}");
            made::one_safe_line(&fault.to_string());
        }
    }
}

/// A file of an authority, in tessh's own form and in PuTTY's.
pub fn authority(input: &[u8]) {
    let path = PathBuf::from("/authorities/a.toml");
    match Authority::read(input, &path, "a") {
        Ok(_) => {}
        Err(problem) => made::one_safe_line(&problem.to_string()),
    }
    let folder = made::folder();
    let inner = folder.path().join("sshhostcas");
    std::fs::create_dir(&inner).expect("a folder");
    std::fs::write(inner.join("a"), input).expect("written");
    let export = made::file(&folder, "export.reg", input);
    let found = putty::load(&[inner, export], UserId::real());
    for host in ["web1.example.org", "h"] {
        found.covering(&subject(host, 22)).for_each(drop);
    }
}

/// An answer of the DNS, or the data of one SSHFP record.
pub fn sshfp(input: &[u8]) {
    let mut records = Vec::new();
    for answer in [input.to_vec(), answer_with(input)] {
        let Ok(message) = Message::from_vec(&answer) else { continue };
        for record in &message.answers {
            if let RData::SSHFP(data) = &record.data {
                records.push(SshfpRecord {
                    algorithm: data.algorithm.into(),
                    hash: data.fingerprint_type.into(),
                    fingerprint: data.fingerprint.clone(),
                });
            }
        }
    }
    let name = String::from_utf8_lossy(input);
    for key in [&*made::ED25519, &*made::RSA] {
        let found = compare(name.clone().into_owned(), None, &records, key);
        assert!(!found.is_secure_match(), "nobody has signed it");
        let known = KnownHosts::load(&Sources::default());
        let mut evidence = known.lookup(&subject("h", 22), &offered()[0], SystemTime::UNIX_EPOCH);
        evidence.sshfp = found;
        dns_lines(&evidence).iter().for_each(|line| made::one_safe_line(line));
        let verdict = decide(&evidence, Policy::Yes, VerifyDns::Yes);
        assert_ne!(verdict.word(), "accept", "an answer that is not proven accepts nothing");
    }
}

/// An answer with one record, whose data this is (RFC 1035 section 4.1).
fn answer_with(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let head = [0, 0, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0];
    let record = [1, b'h', 0, 0, 44, 0, 1, 0, 0, 0, 0];
    [&head[..], &record, &length.to_be_bytes(), &data[..usize::from(length)]].concat()
}
