//! Tests of each fact's source and weight, and that all three forms agree.

use russh::keys::ssh_key::PublicKey;

use super::*;
use crate::trust::sshfp::Agreement;
use crate::trust::{Pin, Policy, Presented, Subject, VerifyDns, decide};

const OFFERED: &str = include_str!("../../../tests/data/trust/certificates/host-ed25519.pub");
const OLD: &str = include_str!("../../../tests/data/trust/certificates/host-revoked.pub");
const CA: &str = include_str!("../../../tests/data/trust/certificates/ca-ed25519.pub");

fn key(text: &str) -> PublicKey {
    PublicKey::from_openssh(text).expect("a key")
}

fn at(file: &str, line: usize) -> FileLine {
    FileLine { file: file.into(), line }
}

fn evidence(finding: Finding) -> Evidence {
    Evidence {
        subject: Subject { name: "web1".into(), port: 2222, alias: false },
        offered: key(OFFERED),
        pins: Vec::new(),
        certificate: None,
        authorities: Vec::new(),
        finding,
        certificate_fault: None,
        sshfp: Sshfp::NotLookedUp,
        searched: vec!["/kh".into(), "/etc/kh".into()],
        problems: Vec::new(),
        authority_problems: Vec::new(),
        cluster: None,
        loopback: None,
        dates: Default::default(),
    }
}

fn presented() -> Presented {
    Presented {
        key_id: "web one".into(),
        serial: 7,
        principals: vec!["web1".into()],
        principals_count: 1,
        valid_after: 0,
        valid_before: 1_767_225_600,
        authority: key(CA),
        signature: "ssh-ed25519".into(),
    }
}

fn certified(record: Option<&str>) -> Evidence {
    let authority = fingerprint::sha256(&key(CA));
    let finding =
        Finding::Certified { at: at("/ca", 2), authority, record: record.map(str::to_owned) };
    Evidence { certificate: Some(presented()), ..evidence(finding) }
}

fn rows(evidence: &Evidence) -> Vec<(&'static str, &'static str, String)> {
    let facts = facts(evidence, Hash::Sha256);
    let word = |it: &Fact| (it.source.word(), it.weight.word(), it.text(Language::English));
    facts.iter().map(word).collect()
}

fn reason(evidence: &Evidence) -> Option<String> {
    because(evidence, &decide(evidence, Policy::Yes, VerifyDns::Yes), Language::English)
}

#[test]
fn every_source_has_its_fact_in_the_order_in_which_it_counts() {
    let mut all = evidence(Finding::Changed(vec![KnownKey { at: at("/kh", 3), key: key(OLD) }]));
    all.pins = vec![Pin::parse(OLD, "--host-key").expect("a pin")];
    all.certificate = Some(presented());
    all.certificate_fault = Some("it expired".into());
    all.authorities =
        vec![Covering { at: at("/ca", 2), record: Some("Work".into()), key: key(CA) }];
    let signer = Some("example.".to_owned());
    all.sshfp = Sshfp::Found { name: "web1.".into(), signer, agreement: Agreement::Mismatch };
    let reason = "the key is damaged".to_owned();
    all.problems = vec![Problem { file: "/etc/kh".into(), line: Some(9), reason: reason.clone() }];
    all.authority_problems = vec![Problem { file: "/a/x.toml".into(), line: Some(2), reason }];
    let found = rows(&all);
    let order: Vec<_> = found.iter().map(|(source, weight, _)| (*source, *weight)).collect();
    assert_eq!(
        order,
        [
            ("pin", "contradiction"),
            ("authority", "doubt"),
            ("authority", "silence"),
            ("authority", "unusable"),
            ("dns", "contradiction"),
            ("dns", "contradiction"),
            ("dns", "contradiction"),
            ("known-hosts", "contradiction"),
            ("known-hosts", "silence"),
            ("known-hosts", "unusable"),
        ]
    );
    let text = |at: usize| found[at].2.as_str();
    assert!(text(0).starts_with("Not one of the 1 keys that are pinned by --host-key: SHA256:"));
    assert_eq!(text(1), "Its certificate does not count: it expired");
    assert!(text(2).starts_with("/ca:2: the authority Work (SHA256:"), "{}", text(2));
    assert!(text(3).contains("/a/x.toml:2: the key is damaged"), "{}", text(3));
    assert!(text(7).starts_with("/kh:3: ED25519 SHA256:"), "{}", text(7));
    let dns = &facts(&all, Hash::Sha256)[4];
    assert_eq!((dns.looked_up.as_str(), dns.signer.as_deref()), ("web1.", Some("example.")));
}

#[test]
fn what_settled_it_is_told_and_is_the_reason() {
    let pin = |text: &str| vec![Pin::parse(text, "the saved session web").expect("a pin")];
    let sha256 = fingerprint::sha256(&key(OFFERED));
    let md5 = fingerprint::md5(&key(OFFERED));
    let pinned = |text: &str| Evidence { pins: pin(text), ..evidence(Finding::Unknown) };
    let dns = Sshfp::Found {
        name: "web1.".into(),
        signer: Some("example.".into()),
        agreement: Agreement::Match,
    };
    let named = Evidence { sshfp: dns, ..evidence(Finding::Unknown) };
    let ca = fingerprint::sha256(&key(CA));
    for (evidence, source, says, because) in [
        (
            pinned(OFFERED),
            "pin",
            format!("Pinned by the saved session web: {sha256}"),
            format!("the key {sha256} is pinned by the saved session web"),
        ),
        (
            pinned(&md5),
            "pin",
            format!(
                "Pinned by the saved session web: {md5} (MD5 is out of date; SHA256 is better)"
            ),
            format!("the key {md5} is pinned by the saved session web"),
        ),
        (
            certified(Some("Work")),
            "authority",
            format!(
                "/ca:2: the authority Work ({ca}) signed its certificate \"web one\" for web1, \
                 valid until 2026-01-01T00:00:00Z"
            ),
            format!("certified by Work ({ca}): /ca:2"),
        ),
        (
            certified(None),
            "authority",
            format!(
                "/ca:2: the authority {ca} signed its certificate \"web one\" for web1, \
                 valid until 2026-01-01T00:00:00Z"
            ),
            format!("certified by {ca}: /ca:2"),
        ),
        (
            evidence(Finding::Known(at("/kh", 4))),
            "known-hosts",
            "/kh:4: this key".to_owned(),
            "known: /kh:4".to_owned(),
        ),
        (
            named,
            "dns",
            String::new(),
            "the DNS names it for web1., proved by DNSSEC from example.".to_owned(),
        ),
    ] {
        let found = rows(&evidence);
        let proof: Vec<_> = found.iter().filter(|(_, weight, _)| *weight == "proof").collect();
        assert_eq!(proof.len(), 1, "{found:?}");
        assert_eq!(proof[0].0, source);
        assert!(says.is_empty() || proof[0].2 == says, "{found:?}");
        assert_eq!(reason(&evidence), Some(because));
    }
    assert_eq!(reason(&evidence(Finding::Unknown)), None);
}

#[test]
fn revocation_stands_first_and_first_use_last() {
    let revoked = rows(&evidence(Finding::Revoked(at("/kh", 2))));
    assert_eq!(revoked, [("revocation", "veto", "Marked @revoked at /kh:2".to_owned())]);
    let forbidden = rows(&evidence(Finding::Forbidden("it is listed".into())));
    assert_eq!(forbidden[0], ("revocation", "veto", "it is listed".to_owned()));
    let unknown = rows(&evidence(Finding::Unknown));
    assert_eq!(unknown.last().expect("facts").0, "first-use");
    let known = rows(&evidence(Finding::Known(at("/etc/kh", 1))));
    assert_eq!(known, [("known-hosts", "proof", "/etc/kh:1: this key".to_owned())]);
}

#[test]
fn the_object_has_all_of_it() {
    let mut shown = certified(Some("Work"));
    shown.subject.name = "web1\x1b[2J".into();
    let object = object(&shown, &Verdict::Accept);
    assert_eq!(object["verdict"], "accept");
    assert_eq!(object["finding"], "certified");
    assert_eq!(object["name"], "[web1\\x1b[2j]:2222");
    assert_eq!(object["key"]["sha256"], fingerprint::sha256(&key(OFFERED)));
    assert_eq!(object["certificate"]["valid_before"], "2026-01-01T00:00:00Z");
    assert_eq!(object["certificate"]["valid_after"], Json::Null);
    assert_eq!(object["certificate"]["principals"][0], "web1");
    assert_eq!(object["evidence"][0]["source"], "authority");
    assert_eq!(object["evidence"][0]["place"], "/ca:2");
    assert_eq!(object["evidence"][0]["signer"], fingerprint::sha256(&key(CA)));
    let text = object.to_string();
    assert!(!text.contains('\x1b') && !text.contains("\\u001b"), "{text}");
    let rejected = super::object(&evidence(Finding::Unknown), &Verdict::Reject("why".into()));
    assert_eq!((&rejected["verdict"], &rejected["reason"]), (&json!("reject"), &json!("why")));
}

#[test]
fn what_is_told_is_bounded() {
    let one = KnownKey { at: at("/kh", 3), key: key(OLD) };
    let mut many = evidence(Finding::Changed(vec![one; 5000]));
    many.pins = vec![Pin::parse(OLD, "--host-key").expect("a pin"); 100];
    let covering = Covering { at: at("/ca", 2), record: None, key: key(CA) };
    many.authorities = vec![covering; 1000];
    let problem = Problem { file: "/kh".into(), line: Some(1), reason: "x".repeat(80) };
    many.problems = vec![problem.clone(); 1000];
    many.authority_problems = vec![problem; 1000];
    let found = rows(&many);
    assert!(found.len() < 30, "{}", found.len());
    assert!(found.iter().all(|(_, _, text)| text.len() < 800), "{found:?}");
}
