//! The decision as a table: what is known, the verdict under each policy, what ssh(1) would do
//! (OpenSSH 9.2, read from its sources and tried), and the reason that is given.
//!
//! Nothing here is laxer than ssh(1), with two deliberate exceptions: a pinned key is accepted (ssh
//! has no pins; the comparison is with PuTTY), and under `ask` the user is asked about a changed
//! key. If nobody can be asked, that key is refused as in ssh.
//! changed key, which with nobody to ask is a refusal as in ssh.

use russh::keys::ssh_key::PublicKey;

use super::*;
use crate::catalogue::Language;
use crate::trust::explain;
use crate::trust::pin::Pin;
use crate::trust::place::FileLine;
use crate::trust::subject::Subject;

const KEY: &str = include_str!("../../../tests/data/trust/certificates/host-ed25519.pub");
const OLD: &str = include_str!("../../../tests/data/trust/certificates/host-revoked.pub");
const OTHER: &str = include_str!("../../../tests/data/trust/certificates/host-rsa.pub");

/// Verdicts under yes, ask, accept-new, no: a (accept), s (accept and save), r (restricted), ?
/// (ask), x (reject).
type Verdicts = &'static str;

/// The evidence's name; the evidence; VerifyHostKeyDNS; tessh's verdicts; ssh's; words of the
/// reason under `yes`.
type TableRow = (&'static str, Evidence, VerifyDns, Verdicts, Verdicts, &'static str);

/// The rows in which ssh refuses a changed key and tessh asks the user.
const ASKED: &[&str] = &[
    "changed",
    "changed, DNS proves it",
    "changed, DNS proves another",
    "changed, a file unread",
    "certificate fails, changed",
];

fn key(text: &str) -> PublicKey {
    PublicKey::from_openssh(text).expect("a key")
}

fn at(line: usize) -> FileLine {
    FileLine { file: "/kh".into(), line }
}

fn of(finding: Finding) -> Evidence {
    Evidence {
        subject: Subject { name: "h".into(), port: 22, alias: false },
        offered: key(KEY),
        pins: Vec::new(),
        certificate: None,
        authorities: Vec::new(),
        finding,
        certificate_fault: None,
        sshfp: Sshfp::NotLookedUp,
        searched: vec!["/kh".into()],
        problems: Vec::new(),
        authority_problems: Vec::new(),
        cluster: None,
        loopback: None,
        dates: Default::default(),
    }
}

fn known(text: &str) -> Vec<KnownKey> {
    vec![KnownKey { at: at(4), key: key(text) }]
}

fn certified() -> Finding {
    Finding::Certified { at: at(3), authority: "SHA256:x".into(), record: None }
}

fn changed() -> Finding {
    Finding::Changed(known(OLD))
}

fn other() -> Finding {
    Finding::OtherTypeKnown(known(OTHER))
}

fn pinned(finding: Finding, text: &str) -> Evidence {
    Evidence { pins: vec![Pin::parse(text, "--host-key").expect("a pin")], ..of(finding) }
}

fn faulty(finding: Finding) -> Evidence {
    Evidence { certificate_fault: Some("it expired".into()), ..of(finding) }
}

fn dns(evidence: Evidence, signer: Option<&str>, agreement: Agreement) -> Evidence {
    let signer = signer.map(str::to_owned);
    Evidence { sshfp: Sshfp::Found { name: "h.".into(), signer, agreement }, ..evidence }
}

fn proven(finding: Finding, agreement: Agreement) -> Evidence {
    dns(of(finding), Some("."), agreement)
}

fn unread(finding: Finding) -> Evidence {
    let reason = "is a directory".to_owned();
    let problem = Problem { file: "/etc/kh".into(), line: None, reason };
    Evidence { problems: vec![problem], ..of(finding) }
}

fn without_answer(finding: Finding) -> Evidence {
    let sshfp = Sshfp::Failed { name: "h.".into(), reason: "it is bogus".into() };
    Evidence { sshfp, ..of(finding) }
}

fn rows() -> Vec<TableRow> {
    use Agreement::{Match, Mismatch, OtherTypes};
    use Finding::{Forbidden, Known, Revoked, Unknown};
    use VerifyDns::{Ask, No, Yes};
    vec![
        ("known", of(Known(at(1))), No, "aaaa", "aaaa", "known: /kh:1"),
        ("certified", of(certified()), No, "aaaa", "aaaa", "certified by SHA256:x: /kh:3"),
        ("unknown", of(Unknown), No, "x?ss", "x?ss", "no entry for 'h' in known_hosts"),
        ("other type known", of(other()), No, "x?xr", "x?ss", "no ED25519 key for 'h'"),
        ("changed", of(changed()), No, "x?xr", "xxxr", "the ED25519 key changed: known"),
        ("marked revoked", of(Revoked(at(2))), No, "xxxx", "xxxx", "marked @revoked at /kh:2"),
        ("in RevokedHostKeys", of(Forbidden("it is listed".into())), No, "xxxx", "xxxx", "listed"),
        // Pins, compared with plink.
        ("pinned, unknown", pinned(Unknown, KEY), No, "aaaa", "aaaa", "is pinned by --host-key"),
        ("pinned, changed", pinned(changed(), KEY), No, "aaaa", "aaaa", "is pinned by --host-key"),
        ("pinned, other type known", pinned(other(), KEY), No, "aaaa", "aaaa", "is pinned by"),
        ("pinned, known", pinned(Known(at(1)), KEY), No, "aaaa", "aaaa", "is pinned by --host-key"),
        ("pinned, marked revoked", pinned(Revoked(at(2)), KEY), No, "xxxx", "aaaa", "@revoked"),
        ("another pinned, known", pinned(Known(at(1)), OLD), No, "xxxx", "xxxx", "is none of"),
        ("another pinned, unknown", pinned(Unknown, OLD), No, "xxxx", "xxxx", "is none of those"),
        ("another pinned, changed", pinned(changed(), OLD), No, "xxxx", "xxxx", "is none of"),
        ("another pinned, certified", pinned(certified(), OLD), No, "xxxx", "aaaa", "is none of"),
        (
            "another pinned, DNS proves it",
            dns(pinned(Unknown, OLD), Some("."), Match),
            Yes,
            "xxxx",
            "xxxx",
            "is none of those that are pinned",
        ),
        (
            "pinned, certificate fails",
            Evidence { certificate_fault: Some("it expired".into()), ..pinned(Unknown, KEY) },
            No,
            "aaaa",
            "aaaa",
            "is pinned by --host-key",
        ),
        // Certificates that do not count: ssh(1) falls back to the plain key.
        ("certificate fails, known", faulty(Known(at(1))), No, "x?xx", "aaaa", "it expired"),
        ("certificate fails, unknown", faulty(Unknown), No, "x?xx", "x?ss", "it expired"),
        ("certificate fails, other type", faulty(other()), No, "x?xx", "x?ss", "it expired"),
        ("certificate fails, changed", faulty(changed()), No, "x?xx", "xxxr", "it expired"),
        (
            "certificate fails, DNS proves it",
            dns(faulty(Unknown), Some("."), Match),
            Yes,
            "x?xx",
            "aaaa",
            "it expired",
        ),
        // Answers of the DNS.
        ("unknown, DNS proves it", proven(Unknown, Match), Yes, "aaaa", "aaaa", "DNSSEC from ."),
        ("unknown, DNS proves it, ask", proven(Unknown, Match), Ask, "x?ss", "x?ss", "no entry"),
        ("unknown, DNS says it", dns(of(Unknown), None, Match), Yes, "x?ss", "x?ss", "no entry"),
        (
            "unknown, DNS proves another",
            proven(Unknown, Mismatch),
            Yes,
            "x?xx",
            "x?ss",
            "is not one that the DNS names",
        ),
        (
            "unknown, DNS proves other types",
            proven(Unknown, OtherTypes),
            Yes,
            "x?xx",
            "x?ss",
            "is not one that the DNS names",
        ),
        (
            "unknown, DNS says another",
            dns(of(Unknown), None, Mismatch),
            Yes,
            "x?ss",
            "x?ss",
            "no entry",
        ),
        ("unknown, DNS fails", without_answer(Unknown), Yes, "x?ss", "x?ss", "no entry"),
        ("other type, DNS proves it", proven(other(), Match), Yes, "aaaa", "aaaa", "proved by"),
        ("changed, DNS proves it", proven(changed(), Match), Yes, "x?xr", "aaaa", "key changed"),
        (
            "changed, DNS proves another",
            proven(changed(), Mismatch),
            Yes,
            "x?xx",
            "xxxr",
            "is not one that the DNS names",
        ),
        (
            "marked revoked, DNS proves it",
            proven(Revoked(at(2)), Match),
            Yes,
            "xxxx",
            "aaaa",
            "@revoked",
        ),
        // Files that could not be read.
        ("known, a file unread", unread(Known(at(1))), No, "aaaa", "aaaa", "known: /kh:1"),
        ("unknown, a file unread", unread(Unknown), No, "x?xx", "x?ss", "/etc/kh: is a directory"),
        (
            "changed, a file unread",
            unread(changed()),
            No,
            "x?xr",
            "xxxr",
            "the ED25519 key changed",
        ),
    ]
}

fn letter(verdict: &Verdict) -> char {
    match verdict {
        Verdict::Accept => 'a',
        Verdict::AcceptAndRecord => 's',
        Verdict::AcceptRestricted => 'r',
        Verdict::Ask => '?',
        Verdict::Reject(_) => 'x',
    }
}

/// The strictness of a verdict; to accept and save counts as to accept.
fn strictness(letter: char) -> usize {
    "asr?x".find(letter).expect("a verdict").max(1)
}

#[test]
fn every_row_under_every_policy_is_what_it_says_and_no_laxer_than_ssh() {
    let rows = rows();
    assert!(rows.len() >= 24);
    for (name, evidence, dns, ours, theirs, reason) in rows {
        let policies = [Policy::Yes, Policy::Ask, Policy::AcceptNew, Policy::No];
        let verdicts = policies.map(|policy| decide(&evidence, policy, dns));
        let found: String = verdicts.iter().map(letter).collect();
        assert_eq!(found, ours, "{name}");
        for (own, other) in found.chars().zip(theirs.chars()) {
            let asks = own == '?' && other == 'x' && ASKED.contains(&name);
            let is_as_strict = strictness(own) >= strictness(other);
            assert!(asks || is_as_strict, "{name}: {found} is laxer than {theirs}");
        }
        let told = match &verdicts[0] {
            Verdict::Reject(reason) => reason.clone(),
            verdict => explain::because(&evidence, verdict, Language::English).unwrap_or_default(),
        };
        assert!(told.contains(reason), "{name}: {told}");
        assert!(!told.contains('\n') && told.len() < 1000, "{name}: {told}");
    }
}

#[test]
fn the_rows_have_names_of_their_own() {
    let rows = rows();
    let names: std::collections::BTreeSet<_> = rows.iter().map(|row| row.0).collect();
    assert_eq!(names.len(), rows.len());
    assert!(ASKED.iter().all(|name| names.contains(name)));
}

#[test]
fn the_dns_is_not_asked_where_pins_settle_it() {
    for evidence in [pinned(Finding::Unknown, KEY), pinned(Finding::Unknown, OLD)] {
        assert!(!wants_sshfp(&evidence, Policy::Ask, VerifyDns::Yes));
    }
    assert!(wants_sshfp(&faulty(Finding::Known(at(1))), Policy::Ask, VerifyDns::Yes));
}

/// `docs/trust.md` shows this table to users.
#[test]
fn the_page_has_the_same_table() {
    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/trust.md");
    const BEGIN: &str = "<!-- The table begins. -->\n";
    const END: &str = "<!-- The table ends. -->\n";
    let words = |verdicts: &str| -> Vec<&str> {
        let word = |letter| match letter {
            'a' => "accept",
            's' => "accept, save",
            'r' => "restricted",
            '?' => "ask",
            _ => "reject",
        };
        verdicts.chars().map(word).collect()
    };
    let mut table = String::from(
        "| known | VerifyHostKeyDNS | `yes` | `ask` | `accept-new` | `no` | others, where they differ |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for (name, _, dns, ours, theirs, _) in rows() {
        let dns = format!("{dns:?}").to_lowercase();
        let other = match ours == theirs {
            true => String::new(),
            false => words(theirs).join(" · "),
        };
        let ours = words(ours).join(" | ");
        table.push_str(&format!("| {name} | {dns} | {ours} | {other} |\n"));
    }
    let page = std::fs::read_to_string(PAGE).expect("the page");
    let between = page.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END));
    let (between, _) = between.expect("where the table begins and ends");
    assert_eq!(between.trim(), table.trim(), "the page must have:\n{table}");
}
