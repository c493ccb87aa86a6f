//! What follows from the evidence: one pure function, and the one place that says Accept.
//!
//! ssh_config(5), StrictHostKeyChecking. The table is finding × policy; a file that could not
//! be read takes the side of caution.

use super::{Evidence, Finding, KnownKey, Policy, Problem, Verdict, fingerprint, quote};
use crate::error::joined;
use crate::say;

/// How many keys on record a reason names.
const NAMED_MAX: usize = 3;

/// The verdict on the evidence under the policy. Total: every finding has an answer.
///
/// - On record or certified: `Accept`. Revoked: `Reject`, whatever the policy.
/// - Unknown: `Reject`, `Ask`, or `AcceptAndRecord`. But where a whole known_hosts file could
///   not be read nobody can say that the host is new, so the policies that record without
///   asking (`accept-new`, `no`) reject.
/// - Changed: `Reject`, `Ask`, and under `no` `AcceptRestricted`. With nobody to ask the
///   caller rejects.
/// - Only other types known: as changed, like ssh(1). The host is not new, and whoever stands
///   in for it needs only a key of a type that is not on record.
///
/// A reason to reject is one line and includes [`Evidence::certificate_fault`]; after any other
/// verdict the caller has to say that fault itself.
pub fn decide(evidence: &Evidence, policy: Policy) -> Verdict {
    match &evidence.finding {
        Finding::Known(_) | Finding::Certified { .. } => Verdict::Accept,
        Finding::Revoked(at) => reject(evidence, say!("error-trust-key-marked-revoked", at)),
        Finding::Unknown => decide_new(evidence, policy),
        Finding::OtherTypeKnown(known) => {
            decide_not_new(evidence, policy, || reason_other_type(evidence, policy, known))
        }
        Finding::Changed(known) => {
            decide_not_new(evidence, policy, || reason_changed(evidence, known))
        }
    }
}

fn decide_new(evidence: &Evidence, policy: Policy) -> Verdict {
    match policy {
        Policy::Ask => Verdict::Ask,
        Policy::Yes => reject(evidence, reason_strict(evidence)),
        Policy::AcceptNew | Policy::No => match unread_file(evidence) {
            None => Verdict::AcceptAndRecord,
            Some(problem) => {
                let host = host(evidence);
                reject(evidence, say!("error-trust-cannot-tell-whether-new", host, problem))
            }
        },
    }
}

fn decide_not_new(evidence: &Evidence, policy: Policy, reason: impl FnOnce() -> String) -> Verdict {
    match policy {
        Policy::Ask => Verdict::Ask,
        Policy::No => Verdict::AcceptRestricted,
        Policy::Yes | Policy::AcceptNew => reject(evidence, reason()),
    }
}

fn reason_strict(evidence: &Evidence) -> String {
    let offered = fingerprint::sha256(&evidence.offered);
    let reason = say!("error-trust-no-entry-known-hosts", host = host(evidence), offered);
    with_unread_file(evidence, reason)
}

fn reason_other_type(evidence: &Evidence, policy: Policy, known: &[KnownKey]) -> String {
    let kind = fingerprint::type_name(&evidence.offered);
    let offered = fingerprint::sha256(&evidence.offered);
    let setting = match policy {
        Policy::Yes => "yes",
        _ => "accept-new",
    };
    let reason = say!(
        "error-trust-no-key-known-hosts",
        kind,
        host = host(evidence),
        name_keys = name_keys(known),
        offered,
        setting
    );
    with_unread_file(evidence, reason)
}

fn with_unread_file(evidence: &Evidence, reason: String) -> String {
    match unread_file(evidence) {
        Some(problem) => joined(&reason, &problem.to_string()),
        None => reason,
    }
}

fn reason_changed(evidence: &Evidence, known: &[KnownKey]) -> String {
    let kind = fingerprint::type_name(&evidence.offered);
    let offered = fingerprint::sha256(&evidence.offered);
    let keys: Vec<String> = known
        .iter()
        .take(NAMED_MAX)
        .map(|key| say!("error-trust-key-at", key = fingerprint::sha256(&key.key), at = key.at))
        .collect();
    let keys = with_rest(keys, known.len());
    say!("error-trust-key-changed-known-offered", kind, keys, offered)
}

fn name_keys(known: &[KnownKey]) -> String {
    let keys: Vec<String> = known
        .iter()
        .take(NAMED_MAX)
        .map(|key| say!("error-trust-key-at", key = fingerprint::type_name(&key.key), at = key.at))
        .collect();
    with_rest(keys, known.len())
}

fn with_rest(mut shown: Vec<String>, of: usize) -> String {
    if of > shown.len() {
        shown.push(say!("error-trust-more", more = of - shown.len()));
    }
    shown.join(", ")
}

fn reject(evidence: &Evidence, mut reason: String) -> Verdict {
    if let Some(fault) = &evidence.certificate_fault {
        reason = joined(&reason, &say!("error-trust-certificate-does-not-count", fault));
    }
    Verdict::Reject(reason)
}

fn host(evidence: &Evidence) -> String {
    format!("'{}'", quote::piece(&evidence.subject.entry_name()))
}

/// The first file that could not be used at all.
fn unread_file(evidence: &Evidence) -> Option<&Problem> {
    evidence.problems.iter().find(|problem| problem.line.is_none())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use russh::keys::ssh_key::PublicKey;

    use super::*;
    use crate::trust::{Place, Subject};

    const KEY: &str = include_str!("../../tests/data/trust/certificates/host-ed25519.pub");
    const OLD: &str = include_str!("../../tests/data/trust/certificates/host-revoked.pub");
    const OTHER: &str = include_str!("../../tests/data/trust/certificates/host-rsa.pub");

    fn key(text: &str) -> PublicKey {
        PublicKey::from_openssh(text).expect("a key")
    }

    fn place(line: usize) -> Place {
        Place { file: PathBuf::from("/kh"), line }
    }

    fn known(text: &str) -> Vec<KnownKey> {
        vec![KnownKey { at: place(4), key: key(text) }]
    }

    fn evidence(finding: Finding) -> Evidence {
        Evidence {
            subject: Subject { name: "h".into(), port: 22, alias: false },
            offered: key(KEY),
            is_certificate: false,
            finding,
            certificate_fault: None,
            searched: vec![PathBuf::from("/kh")],
            problems: Vec::new(),
        }
    }

    /// Every finding, and a line-level problem beside it, which must not matter.
    fn findings() -> Vec<(&'static str, Evidence)> {
        let mut all = vec![
            ("unknown", evidence(Finding::Unknown)),
            ("other", evidence(Finding::OtherTypeKnown(known(OTHER)))),
            ("changed", evidence(Finding::Changed(known(OLD)))),
            ("revoked", evidence(Finding::Revoked(place(2)))),
            ("known", evidence(Finding::Known(place(1)))),
            (
                "certified",
                evidence(Finding::Certified { at: place(3), authority: "SHA256:x".into() }),
            ),
        ];
        for (_, evidence) in &mut all {
            let reason = "the key is damaged".to_owned();
            evidence.problems.push(Problem { file: "/kh".into(), line: Some(9), reason });
        }
        all
    }

    fn past_unread_file(mut evidence: Evidence) -> Evidence {
        evidence.problems.push(Problem {
            file: "/etc/kh".into(),
            line: None,
            reason: "is a directory".into(),
        });
        evidence
    }

    fn word(verdict: &Verdict) -> &'static str {
        match verdict {
            Verdict::Accept => "accept",
            Verdict::AcceptAndRecord => "record",
            Verdict::AcceptRestricted => "restricted",
            Verdict::Ask => "ask",
            Verdict::Reject(_) => "reject",
        }
    }

    /// Columns: yes, ask, accept-new, no.
    const POLICIES: [Policy; 4] = [Policy::Yes, Policy::Ask, Policy::AcceptNew, Policy::No];
    const TABLE: [(&str, [&str; 4]); 6] = [
        ("unknown", ["reject", "ask", "record", "record"]),
        ("other", ["reject", "ask", "reject", "restricted"]),
        ("changed", ["reject", "ask", "reject", "restricted"]),
        ("revoked", ["reject", "reject", "reject", "reject"]),
        ("known", ["accept", "accept", "accept", "accept"]),
        ("certified", ["accept", "accept", "accept", "accept"]),
    ];
    const TABLE_UNREAD: [(&str, [&str; 4]); 6] = [
        ("unknown", ["reject", "ask", "reject", "reject"]),
        ("other", ["reject", "ask", "reject", "restricted"]),
        ("changed", ["reject", "ask", "reject", "restricted"]),
        ("revoked", ["reject", "reject", "reject", "reject"]),
        ("known", ["accept", "accept", "accept", "accept"]),
        ("certified", ["accept", "accept", "accept", "accept"]),
    ];

    fn assert_table(cases: Vec<(&str, Evidence)>, table: [(&str, [&str; 4]); 6]) {
        for ((name, evidence), (row, expected)) in cases.into_iter().zip(table) {
            assert_eq!(name, row);
            let found = POLICIES.map(|policy| word(&decide(&evidence, policy)));
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn every_finding_under_every_policy() {
        assert_table(findings(), TABLE);
    }

    #[test]
    fn nothing_is_recorded_past_a_file_that_could_not_be_read() {
        let cases = findings().into_iter().map(|(name, e)| (name, past_unread_file(e))).collect();
        assert_table(cases, TABLE_UNREAD);
    }

    fn reason(evidence: &Evidence, policy: Policy) -> String {
        match decide(evidence, policy) {
            Verdict::Reject(reason) => reason,
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn reasons_name_the_cause() {
        let offered = fingerprint::sha256(&evidence(Finding::Unknown).offered);
        assert_eq!(
            reason(&evidence(Finding::Unknown), Policy::Yes),
            format!(
                "no entry for 'h' in known_hosts (offered {offered}), \
                 and StrictHostKeyChecking is yes"
            )
        );
        assert_eq!(
            reason(&evidence(Finding::OtherTypeKnown(known(OTHER))), Policy::Yes),
            format!(
                "no ED25519 key for 'h' in known_hosts (known RSA at /kh:4) \
                 (offered {offered}), and StrictHostKeyChecking is yes"
            )
        );
        assert_eq!(
            reason(&evidence(Finding::OtherTypeKnown(known(OTHER))), Policy::AcceptNew),
            format!(
                "no ED25519 key for 'h' in known_hosts (known RSA at /kh:4) \
                 (offered {offered}), and StrictHostKeyChecking is accept-new"
            )
        );
        let (old, new) = (fingerprint::sha256(&key(OLD)), fingerprint::sha256(&key(KEY)));
        assert_eq!(
            reason(&evidence(Finding::Changed(known(OLD))), Policy::AcceptNew),
            format!("the ED25519 key changed: known {old} at /kh:4, offered {new}")
        );
        assert_eq!(
            reason(&evidence(Finding::Revoked(place(2))), Policy::No),
            "the key is marked @revoked at /kh:2"
        );
        assert_eq!(
            reason(&past_unread_file(evidence(Finding::Unknown)), Policy::AcceptNew),
            "cannot tell whether 'h' is new: /etc/kh: is a directory"
        );
    }

    #[test]
    fn a_reason_is_one_bounded_line_with_the_certificate_fault() {
        let mut many = evidence(Finding::Changed(vec![known(OLD)[0].clone(); 50]));
        many.certificate_fault = Some("it expired".into());
        many.subject.name = "h\n\x1b[2J".repeat(1000);
        let text = reason(&many, Policy::Yes);
        assert!(text.ends_with("; the certificate does not count: it expired"), "{text}");
        assert!(text.contains("47 more"), "{text}");
        let text = reason(&Evidence { finding: Finding::Unknown, ..many }, Policy::Yes);
        assert!(text.len() < 1000 && !text.contains(char::is_control), "{text}");
    }
}
