//! Derives the verdict from the evidence: one pure function, and the only place that accepts a key.
//!
//! It implements StrictHostKeyChecking and VerifyHostKeyDNS (ssh_config(5)). The table combines
//! pins, finding, certificate, DNS and policy; a file that could not be read makes the verdict
//! stricter.

use super::evidence::{Evidence, Finding, KnownKey, Policy, Verdict};
use super::pin::Pin;
use super::place::Problem;
use super::sshfp::{Agreement, Sshfp, VerifyDns};
use super::{fingerprint, quote};
use crate::error::joined;
use crate::say;

/// The most keys on record that a reason names.
const NAMED_MAX: usize = 3;

/// Returns the verdict on the evidence under the policies. Every finding has one.
///
/// | finding         | DNS                        | `yes`  | `ask`  | `accept-new` | `no`       |
/// |-----------------|----------------------------|--------|--------|--------------|------------|
/// | revoked (any way)| (not asked)               | reject | reject | reject       | reject     |
/// | pinned          | (not asked)                | accept | accept | accept       | accept     |
/// | none of the pins| (not asked)                | reject | reject | reject       | reject     |
/// | not certified, for a host of a cluster | reject | reject | reject     | reject     |
/// | any, loopback   | (not asked)                | accept | accept | accept       | accept     |
/// | known, certified| (not asked)                | accept | accept | accept       | accept     |
/// | any other, and its certificate does not count | reject | ask | reject     | reject     |
/// | unknown         | proven match, DNS `yes`    | accept | accept | accept       | accept     |
/// |                 | proven mismatch            | reject | ask    | reject       | reject     |
/// |                 | anything else              | reject | ask    | record       | record     |
/// | other type only | proven match, DNS `yes`    | accept | accept | accept       | accept     |
/// |                 | proven mismatch            | reject | ask    | reject       | reject     |
/// |                 | anything else              | reject | ask    | reject       | restricted |
/// | changed         | proven mismatch            | reject | ask    | reject       | reject     |
/// |                 | anything else              | reject | ask    | reject       | restricted |
///
/// - Unknown: if a whole known_hosts file could not be read, it is not certain that the host is
///   new, so the policies that record without asking (`accept-new`, `no`) reject.
/// - Changed: if nobody can be asked, the caller rejects.
/// - Only other types known: treated as changed, as in ssh(1). The host is not new, and an impostor
///   only needs a key of a type that is not on record.
/// - DNS: only records that DNSSEC proves change a verdict; records that are not proven, invalid or
///   missing are shown to the user. A proven match accepts only under VerifyHostKeyDNS `yes`, and
///   then nothing is written. Fingerprints of other key types alone are a mismatch.
/// - Pins: as in PuTTY's `-hostkey`, only a pinned key is accepted, whatever else is known, and
///   nothing is written. A certificate does not change that.
/// - Cluster ([`Evidence::cluster`]): a host of a Teleport cluster proves itself by a certificate of
///   the cluster's authority and by nothing else, so nobody is asked. Pins apply as well.
/// - Loopback: under NoHostAuthenticationForLocalhost `yes`, any key from this machine itself is
///   accepted, and nothing is written.
/// - A certificate that does not count ([`Evidence::certificate_fault`]): an authority covers the
///   host, and the certificate is signed by another key or does not hold. Even if the key is on
///   record, only a person can accept it.
///
/// Two rules are stricter than in ssh(1). For a certificate that does not count, ssh(1) judges the
/// plain key as if there were no certificate, so it accepts one on record and records a new one.
/// And ssh(1) asks the DNS first: there, a proven match also accepts a key that is on record as
/// another one or `@revoked`, and a key whose certificate does not count; here it does not. There,
/// after a proven mismatch `accept-new` and `no` warn, continue and record; here they reject.
///
/// A reason to reject is one line and includes [`Evidence::certificate_fault`]; after any other
/// verdict the caller must report that fault itself.
pub fn decide(evidence: &Evidence, policy: Policy, dns: VerifyDns) -> Verdict {
    let is_faulty = evidence.certificate_fault.is_some();
    match &evidence.finding {
        Finding::Revoked(at) => reject(evidence, say!(known_hosts_revoked_at, at)),
        Finding::Forbidden(reason) => reject(evidence, reason.clone()),
        _ if !evidence.pins.is_empty() && evidence.pinned().is_none() => {
            reject(evidence, reason_pins(evidence))
        }
        Finding::Certified { .. } => Verdict::Accept,
        _ if evidence.cluster.is_some() => reject(evidence, reason_cluster(evidence)),
        _ if !evidence.pins.is_empty() => Verdict::Accept,
        _ if evidence.loopback.is_some() => Verdict::Accept,
        Finding::Known(_) if !is_faulty => Verdict::Accept,
        _ if is_faulty && policy == Policy::Ask => Verdict::Ask,
        _ if evidence.sshfp.is_secure_mismatch() => match policy {
            Policy::Ask => Verdict::Ask,
            Policy::Yes | Policy::AcceptNew | Policy::No => reject(evidence, reason_dns(evidence)),
        },
        Finding::Known(at) => reject(evidence, say!(trust_known_but_certificate, at)),
        Finding::Unknown if is_faulty => reject(evidence, reason_strict(evidence, policy)),
        Finding::OtherTypeKnown(known) if is_faulty => {
            reject(evidence, reason_other_type(evidence, policy, known))
        }
        Finding::Changed(known) if is_faulty => reject(evidence, reason_changed(evidence, known)),
        Finding::Unknown | Finding::OtherTypeKnown(_) if is_vouched_for(evidence, dns) => {
            Verdict::Accept
        }
        Finding::Unknown => decide_new(evidence, policy),
        Finding::OtherTypeKnown(known) => {
            decide_not_new(evidence, policy, || reason_other_type(evidence, policy, known))
        }
        Finding::Changed(known) => {
            decide_not_new(evidence, policy, || reason_changed(evidence, known))
        }
    }
}

/// Whether to query the DNS: known_hosts has not settled the verdict, and some answer could avoid a
/// rejection.
pub fn wants_sshfp(evidence: &Evidence, policy: Policy, dns: VerifyDns) -> bool {
    let settled = match evidence.finding {
        Finding::Certified { .. } | Finding::Revoked(_) | Finding::Forbidden(_) => true,
        Finding::Known(_) => evidence.certificate_fault.is_none(),
        _ => !evidence.pins.is_empty() || evidence.cluster.is_some(),
    };
    if dns == VerifyDns::No || settled || evidence.loopback.is_some() {
        return false;
    }
    let sshfp = Sshfp::Found {
        name: String::new(),
        signer: Some(String::new()),
        agreement: Agreement::Match,
    };
    let at_best = Evidence { sshfp, ..evidence.clone() };
    !matches!(decide(&at_best, policy, dns), Verdict::Reject(_))
}

fn is_vouched_for(evidence: &Evidence, dns: VerifyDns) -> bool {
    dns == VerifyDns::Yes && evidence.sshfp.is_secure_match()
}

fn decide_new(evidence: &Evidence, policy: Policy) -> Verdict {
    match policy {
        Policy::Ask => Verdict::Ask,
        Policy::Yes => reject(evidence, reason_strict(evidence, policy)),
        Policy::AcceptNew | Policy::No => match unread_file(evidence) {
            None => Verdict::AcceptAndRecord,
            Some(problem) => {
                let host = host(evidence);
                reject(evidence, say!(known_hosts_cannot_tell, host, problem))
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

/// The reason that the offered key is not among the pinned ones.
fn reason_pins(evidence: &Evidence) -> String {
    let kind = fingerprint::type_name(&evidence.offered);
    let offered = fingerprint::sha256(&evidence.offered);
    let of = evidence.pins.len();
    let pins = evidence.pins.iter().take(NAMED_MAX).map(ToString::to_string).collect();
    let from = evidence.pins.first().map_or("", Pin::from);
    let reason = say!(pin_mismatch, kind, offered, from, pins = with_rest(pins, of));
    match &evidence.finding {
        Finding::Changed(known) => joined(&reason, &reason_changed(evidence, known)),
        _ => reason,
    }
}

/// The reason that a host of a cluster is refused; the certificate's fault is added by [`reject`].
fn reason_cluster(evidence: &Evidence) -> String {
    let (cluster, host) = (evidence.cluster.as_deref().unwrap_or_default(), host(evidence));
    match &evidence.certificate {
        Some(_) => say!(cluster_not_proved, cluster, host),
        None => say!(cluster_no_certificate, cluster, host),
    }
}

fn reason_strict(evidence: &Evidence, policy: Policy) -> String {
    let offered = fingerprint::sha256(&evidence.offered);
    let host = host(evidence);
    let reason = match policy {
        Policy::Yes => say!(known_hosts_no_entry_strict, host, offered),
        _ => say!(trust_no_entry, host, offered),
    };
    with_unread_file(evidence, reason)
}

fn reason_other_type(evidence: &Evidence, policy: Policy, known: &[KnownKey]) -> String {
    let kind = fingerprint::type_name(&evidence.offered);
    let offered = fingerprint::sha256(&evidence.offered);
    let setting = match policy {
        Policy::Yes => "yes",
        Policy::No => "no",
        _ => "accept-new",
    };
    let reason = say!(
        known_hosts_no_such_type,
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
        .map(|key| say!(known_hosts_key_at, key = fingerprint::sha256(&key.key), at = key.at))
        .collect();
    let keys = with_rest(keys, known.len());
    say!(known_hosts_key_changed, kind, keys, offered)
}

fn reason_dns(evidence: &Evidence) -> String {
    let kind = fingerprint::type_name(&evidence.offered);
    let offered = fingerprint::sha256(&evidence.offered);
    let reason = say!(sshfp_rejected, kind, host = host(evidence), offered);
    match &evidence.finding {
        Finding::Changed(known) => joined(&reason, &reason_changed(evidence, known)),
        _ => reason,
    }
}

fn name_keys(known: &[KnownKey]) -> String {
    let keys: Vec<String> = known
        .iter()
        .take(NAMED_MAX)
        .map(|key| say!(known_hosts_key_at, key = fingerprint::type_name(&key.key), at = key.at))
        .collect();
    with_rest(keys, known.len())
}

fn with_rest(mut shown: Vec<String>, of: usize) -> String {
    if of > shown.len() {
        shown.push(say!(list_more, more = of - shown.len()));
    }
    shown.join(", ")
}

fn reject(evidence: &Evidence, mut reason: String) -> Verdict {
    if let Some(fault) = &evidence.certificate_fault {
        reason = joined(&reason, &say!(certificate_void, fault));
    }
    Verdict::Reject(reason)
}

fn host(evidence: &Evidence) -> String {
    format!("'{}'", quote::piece(&evidence.subject.entry_name()))
}

/// The first file that could not be read at all.
fn unread_file(evidence: &Evidence) -> Option<&Problem> {
    evidence.problems.iter().find(|problem| problem.line.is_none())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use russh::keys::ssh_key::PublicKey;

    use super::*;
    use crate::trust::{FileLine, Subject};

    const KEY: &str = include_str!("../../tests/data/trust/certificates/host-ed25519.pub");
    const OLD: &str = include_str!("../../tests/data/trust/certificates/host-revoked.pub");
    const OTHER: &str = include_str!("../../tests/data/trust/certificates/host-rsa.pub");

    fn key(text: &str) -> PublicKey {
        PublicKey::from_openssh(text).expect("a key")
    }

    fn place(line: usize) -> FileLine {
        FileLine { file: PathBuf::from("/kh"), line }
    }

    fn known(text: &str) -> Vec<KnownKey> {
        vec![KnownKey { at: place(4), key: key(text) }]
    }

    fn evidence(finding: Finding) -> Evidence {
        Evidence {
            subject: Subject { name: "h".into(), port: 22, alias: false },
            offered: key(KEY),
            pins: Vec::new(),
            certificate: None,
            authorities: Vec::new(),
            finding,
            certificate_fault: None,
            sshfp: Sshfp::NotLookedUp,
            searched: vec![PathBuf::from("/kh")],
            problems: Vec::new(),
            dates: Default::default(),
            authority_problems: Vec::new(),
            cluster: None,
            loopback: None,
        }
    }

    /// Every finding, each with a fault in one line beside it, which must not change the verdict.
    fn findings() -> Vec<(&'static str, Evidence)> {
        let mut all = vec![
            ("unknown", evidence(Finding::Unknown)),
            ("other", evidence(Finding::OtherTypeKnown(known(OTHER)))),
            ("changed", evidence(Finding::Changed(known(OLD)))),
            ("revoked", evidence(Finding::Revoked(place(2)))),
            ("forbidden", evidence(Finding::Forbidden("listed".into()))),
            ("known", evidence(Finding::Known(place(1)))),
            (
                "certified",
                evidence(Finding::Certified {
                    at: place(3),
                    authority: "SHA256:x".into(),
                    record: None,
                }),
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

    /// The columns of the table: yes, ask, accept-new, no.
    const POLICIES: [Policy; 4] = [Policy::Yes, Policy::Ask, Policy::AcceptNew, Policy::No];
    const TABLE: [(&str, [&str; 4]); 7] = [
        ("unknown", ["reject", "ask", "record", "record"]),
        ("other", ["reject", "ask", "reject", "restricted"]),
        ("changed", ["reject", "ask", "reject", "restricted"]),
        ("revoked", ["reject", "reject", "reject", "reject"]),
        ("forbidden", ["reject", "reject", "reject", "reject"]),
        ("known", ["accept", "accept", "accept", "accept"]),
        ("certified", ["accept", "accept", "accept", "accept"]),
    ];
    const TABLE_UNREAD: [(&str, [&str; 4]); 7] = [
        ("unknown", ["reject", "ask", "reject", "reject"]),
        ("other", ["reject", "ask", "reject", "restricted"]),
        ("changed", ["reject", "ask", "reject", "restricted"]),
        ("revoked", ["reject", "reject", "reject", "reject"]),
        ("forbidden", ["reject", "reject", "reject", "reject"]),
        ("known", ["accept", "accept", "accept", "accept"]),
        ("certified", ["accept", "accept", "accept", "accept"]),
    ];

    fn assert_table(cases: Vec<(&str, Evidence)>, table: [(&str, [&str; 4]); 7]) {
        for ((name, evidence), (row, expected)) in cases.into_iter().zip(table) {
            assert_eq!(name, row);
            let found = POLICIES.map(|policy| word(&decide(&evidence, policy, VerifyDns::Yes)));
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

    /// Every possible answer of the DNS, from the best to the worst.
    fn answers() -> Vec<(&'static str, Sshfp)> {
        let found = |signer: Option<&str>, agreement| Sshfp::Found {
            name: "h.".into(),
            signer: signer.map(str::to_owned),
            agreement,
        };
        vec![
            ("secure match", found(Some("."), Agreement::Match)),
            ("match", found(None, Agreement::Match)),
            ("not asked", Sshfp::NotLookedUp),
            ("nothing", Sshfp::Nothing { name: "h.".into(), ignored: 2 }),
            ("failed", Sshfp::Failed { name: "h.".into(), reason: "it is bogus".into() }),
            ("mismatch", found(None, Agreement::Mismatch)),
            ("other types", found(None, Agreement::OtherTypes)),
            ("secure mismatch", found(Some("."), Agreement::Mismatch)),
            ("secure other types", found(Some("."), Agreement::OtherTypes)),
        ]
    }

    const MATCHED: [(&str, [&str; 4]); 7] = [
        ("unknown", ["accept", "accept", "accept", "accept"]),
        ("other", ["accept", "accept", "accept", "accept"]),
        ("changed", ["reject", "ask", "reject", "restricted"]),
        ("revoked", ["reject", "reject", "reject", "reject"]),
        ("forbidden", ["reject", "reject", "reject", "reject"]),
        ("known", ["accept", "accept", "accept", "accept"]),
        ("certified", ["accept", "accept", "accept", "accept"]),
    ];
    const MISMATCHED: [(&str, [&str; 4]); 7] = [
        ("unknown", ["reject", "ask", "reject", "reject"]),
        ("other", ["reject", "ask", "reject", "reject"]),
        ("changed", ["reject", "ask", "reject", "reject"]),
        ("revoked", ["reject", "reject", "reject", "reject"]),
        ("forbidden", ["reject", "reject", "reject", "reject"]),
        ("known", ["accept", "accept", "accept", "accept"]),
        ("certified", ["accept", "accept", "accept", "accept"]),
    ];

    #[test]
    fn every_answer_of_the_dns_under_every_policy() {
        for (answer, sshfp) in answers() {
            for dns in [VerifyDns::No, VerifyDns::Ask, VerifyDns::Yes] {
                let table = match (answer, dns) {
                    ("secure match", VerifyDns::Yes) => MATCHED,
                    ("secure mismatch" | "secure other types", _) => MISMATCHED,
                    _ => TABLE,
                };
                for ((row, evidence), (expected_row, expected)) in findings().into_iter().zip(table)
                {
                    assert_eq!(row, expected_row);
                    let evidence = Evidence { sshfp: sshfp.clone(), ..evidence };
                    let found = POLICIES.map(|policy| word(&decide(&evidence, policy, dns)));
                    assert_eq!(found, expected, "{row}, {answer}, {dns:?}");
                }
            }
        }
    }

    #[test]
    fn a_certificate_that_does_not_count_is_not_saved_by_the_dns() {
        let (_, sshfp) = answers().swap_remove(0);
        let mut evidence = Evidence { sshfp, ..evidence(Finding::Unknown) };
        evidence.certificate_fault = Some("it expired".into());
        let found = POLICIES.map(|policy| word(&decide(&evidence, policy, VerifyDns::Yes)));
        assert_eq!(found, ["reject", "ask", "reject", "reject"]);
    }

    #[test]
    fn the_dns_is_asked_only_where_its_answer_matters() {
        use VerifyDns::{Ask, Yes};
        let rows = [
            ("unknown", Yes, [true, true, true, true]),
            ("unknown", Ask, [false, true, true, true]),
            ("other", Yes, [true, true, true, true]),
            ("other", Ask, [false, true, false, true]),
            ("changed", Yes, [false, true, false, true]),
            ("changed", Ask, [false, true, false, true]),
            ("revoked", Yes, [false; 4]),
            ("known", Yes, [false; 4]),
            ("certified", Yes, [false; 4]),
        ];
        for (name, dns, expected) in rows {
            let (_, evidence) = findings().into_iter().find(|(row, _)| *row == name).unwrap();
            let asked = POLICIES.map(|policy| wants_sshfp(&evidence, policy, dns));
            assert_eq!(asked, expected, "{name}, {dns:?}");
            assert!(
                POLICIES.iter().all(|it| !wants_sshfp(&evidence, *it, VerifyDns::No)),
                "{name}"
            );
        }
    }

    #[test]
    fn a_mismatch_in_the_dns_is_the_reason() {
        let (_, sshfp) = answers().swap_remove(7);
        let mut mismatch = Evidence { sshfp, ..evidence(Finding::Unknown) };
        let offered = fingerprint::sha256(&mismatch.offered);
        let expected = format!(
            "the ED25519 key is not one that the DNS names for 'h' (offered {offered}; \
             its SSHFP records are validated by DNSSEC)"
        );
        assert_eq!(reason(&mismatch, Policy::AcceptNew), expected);
        mismatch.finding = Finding::Changed(known(OLD));
        let text = reason(&mismatch, Policy::No);
        assert!(text.starts_with(&expected) && text.contains("changed: known"), "{text}");
    }

    fn reason(evidence: &Evidence, policy: Policy) -> String {
        match decide(evidence, policy, VerifyDns::No) {
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
                "no ED25519 key for 'h' in known_hosts (known RSA at /kh:4; \
                 offered {offered}), and StrictHostKeyChecking is yes"
            )
        );
        assert_eq!(
            reason(&evidence(Finding::OtherTypeKnown(known(OTHER))), Policy::AcceptNew),
            format!(
                "no ED25519 key for 'h' in known_hosts (known RSA at /kh:4; \
                 offered {offered}), and StrictHostKeyChecking is accept-new"
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

#[cfg(test)]
mod table;
