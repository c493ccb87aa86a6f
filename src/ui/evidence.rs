//! Formats the evidence about a host key for a person: which files were searched, what was found,
//! and what could not be used. The security dialog and its plain version show the same lines, each
//! with its meaning for the decision.
//!
//! `trust` decides what follows from the evidence; nothing is decided here.

use crate::catalogue::spoken;
use crate::say;
use crate::text;
use crate::trust::explain::{self, EvidenceSource, Fact, Weight};
use crate::trust::fingerprint::{self, Hash};
use crate::trust::{Evidence, Finding, KnownKey};
use crate::ui::screen::look::Tone;

/// The keys on record that differ from the offered one.
pub use crate::trust::explain::others as known;

/// How many characters of a name are shown; no DNS name is longer.
const NAME_MAX: usize = 255;

/// One line in the language of the process, with its tone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceLine {
    /// The text, sanitised.
    pub text: String,
    /// The meaning for the decision.
    pub tone: Tone,
}

/// Two lines: the finding, and what it can mean.
pub fn summary(host: &str, evidence: &Evidence) -> [EvidenceLine; 2] {
    let host = text::line(host, NAME_MAX);
    let kind = fingerprint::type_name(&evidence.offered);
    let port = evidence.subject.port;
    let (tone, headline, meaning) = match &evidence.finding {
        Finding::Changed(_) => {
            (Tone::Danger, say!(warning_changed, host, port), say!(warning_changed_means))
        }
        _ if evidence.is_alarming() => {
            (Tone::Danger, say!(warning_dns, host, port), say!(warning_changed_means))
        }
        Finding::Known(_) => {
            (Tone::Warn, say!(warning_certificate, host, port), say!(warning_certificate_means))
        }
        Finding::OtherTypeKnown(_) => {
            (Tone::Warn, say!(warning_other, host, port), say!(warning_other_means, kind))
        }
        _ => (Tone::Strong, say!(warning_unknown, host, port), say!(warning_unknown_means)),
    };
    [EvidenceLine { text: headline, tone }, EvidenceLine { text: meaning, tone: Tone::Plain }]
}

/// The command that shows the key's fingerprint on the server's own console, where OpenSSH's server
/// has its keys.
pub fn command(evidence: &Evidence) -> String {
    let kind = fingerprint::type_name(&evidence.offered).to_ascii_lowercase();
    format!("ssh-keygen -lf /etc/ssh/ssh_host_{kind}_key.pub")
}

/// All findings, in order of importance. That there is no record of the host gives no line,
/// because the summary says so.
pub fn lines(evidence: &Evidence, hash: Hash) -> Vec<EvidenceLine> {
    let name = text::line(&evidence.subject.entry_name(), NAME_MAX);
    let facts = explain::facts(evidence, hash).into_iter();
    let facts = facts.filter(|fact| fact.source != EvidenceSource::FirstUse);
    let mut lines = vec![EvidenceLine { text: say!(evidence_name, name), tone: Tone::Dim }];
    lines.extend(facts.map(|fact| EvidenceLine { text: fact.text(spoken()), tone: tone(&fact) }));
    lines
}

/// The day on which this program first wrote the key for the host, if it did.
pub fn first_written<'a>(evidence: &'a Evidence, known: &KnownKey) -> Option<&'a str> {
    evidence.dates.of(&known.key, Some(&evidence.subject.entry_name()))
}

fn tone(fact: &Fact) -> Tone {
    match fact.weight {
        Weight::Proof => Tone::Good,
        Weight::Support => Tone::Plain,
        Weight::Silence => Tone::Dim,
        Weight::Unusable if fact.statement.is_about_skipped_lines() => Tone::Dim,
        Weight::Unusable | Weight::Doubt => Tone::Warn,
        // The old keys are shown next to the new one already.
        Weight::Contradiction if fact.source == EvidenceSource::KnownHosts => Tone::Warn,
        Weight::Contradiction | Weight::Veto => Tone::Danger,
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Evidence of every kind, for tests of the code that shows it.

    use russh::keys::ssh_key::PublicKey;

    use crate::prompt::HostKeyQuestion;
    use crate::trust::{
        Dates, Evidence, FileLine, Finding, FirstSeen, KnownKey, Problem, Sshfp, Subject,
    };

    const OFFERED: &str = include_str!("../../tests/data/trust/certificates/host-ed25519.pub");
    const OLD: &str = include_str!("../../tests/data/trust/certificates/host-revoked.pub");
    const OTHER: &str = include_str!("../../tests/data/trust/certificates/host-rsa.pub");

    pub(crate) fn key(text: &str) -> PublicKey {
        PublicKey::from_openssh(text).expect("a key")
    }

    pub(crate) fn known(line: usize, text: &str) -> KnownKey {
        let at = FileLine { file: "/home/anna/.ssh/known_hosts".into(), line };
        KnownKey { at, key: key(text) }
    }

    pub(crate) fn changed() -> Evidence {
        evidence(Finding::Changed(vec![known(12, OLD)]))
    }

    pub(crate) fn other_type() -> Evidence {
        evidence(Finding::OtherTypeKnown(vec![known(3, OTHER)]))
    }

    pub(crate) fn evidence(finding: Finding) -> Evidence {
        Evidence {
            subject: Subject { name: "web1".into(), port: 2222, alias: false },
            offered: key(OFFERED),
            pins: Vec::new(),
            certificate: None,
            authorities: Vec::new(),
            finding,
            certificate_fault: None,
            sshfp: Sshfp::NotLookedUp,
            searched: vec!["/home/anna/.ssh/known_hosts".into(), "/etc/ssh/ssh_known_hosts".into()],
            problems: Vec::new(),
            dates: Dates::default(),
            authority_problems: Vec::new(),
            cluster: None,
            loopback: None,
        }
    }

    /// Adds faults: a file that cannot be read, one with invalid lines, and a certificate that does
    /// not count.
    pub(crate) fn with_faults(mut evidence: Evidence) -> Evidence {
        let bad = |line: usize| Problem {
            file: evidence.searched[0].clone(),
            line: Some(line),
            reason: "the key is damaged".into(),
        };
        let mut problems: Vec<_> = (20..27).map(bad).collect();
        problems.push(Problem {
            file: evidence.searched[1].clone(),
            line: None,
            reason: "is a directory".into(),
        });
        evidence.problems = problems;
        evidence.certificate_fault = Some("it expired on 2020-02-01".into());
        evidence
    }

    /// Notes that the known keys were written today.
    pub(crate) fn with_dates(mut evidence: Evidence) -> Evidence {
        let directory = tempfile::tempdir().expect("a directory");
        let seen = FirstSeen::at(directory.path().join("first-seen"));
        for known in super::known(&evidence) {
            seen.note(&evidence.subject, &known.key).expect("noted");
        }
        evidence.dates = seen.dates();
        evidence
    }

    pub(crate) fn question(evidence: &Evidence) -> HostKeyQuestion<'_> {
        HostKeyQuestion::new("web1", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{changed, evidence, other_type, with_faults};
    use super::*;

    fn texts(evidence: &Evidence, hash: Hash) -> Vec<String> {
        lines(evidence, hash).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn every_file_is_named_in_order_with_what_it_has() {
        let unknown = texts(&evidence(Finding::Unknown), Hash::Sha256);
        assert_eq!(
            unknown,
            [
                "Looked for [web1]:2222:",
                "/home/anna/.ssh/known_hosts: no entry",
                "/etc/ssh/ssh_known_hosts: no entry",
            ]
        );
        let changed = changed();
        let shown = texts(&changed, Hash::Md5);
        let old = fingerprint::md5(&known(&changed)[0].key);
        assert_eq!(shown[1], format!("/home/anna/.ssh/known_hosts:12: ED25519 {old}"));
        assert_eq!(shown[2], "/etc/ssh/ssh_known_hosts: no ED25519 key of it");
        let other = texts(&other_type(), Hash::Sha256);
        assert!(other[1].starts_with("/home/anna/.ssh/known_hosts:3: RSA SHA256:"), "{other:?}");
        assert_eq!(other[2], "/etc/ssh/ssh_known_hosts: no entry");
    }

    #[test]
    fn what_could_not_be_used_is_named_and_bounded() {
        let shown = texts(&with_faults(evidence(Finding::Unknown)), Hash::Sha256);
        let all = shown.join("\n");
        assert!(all.contains("known_hosts:20 was skipped: the key is damaged"), "{all}");
        assert!(all.contains("known_hosts: 3 more lines were skipped"), "{all}");
        assert!(all.contains("/etc/ssh/ssh_known_hosts was not searched: is a directory"), "{all}");
        assert!(!all.contains("ssh_known_hosts: no entry"), "nobody knows that: {all}");
        assert!(all.contains("certificate does not count: it expired on 2020-02-01"), "{all}");
    }

    #[test]
    fn a_file_full_of_other_keys_does_not_fill_the_screen() {
        let mut evidence = changed();
        let one = known(&evidence)[0].clone();
        evidence.finding = Finding::Changed(vec![one; 5_000]);
        let shown = texts(&evidence, Hash::Sha256);
        assert!(shown.len() < 10, "{shown:?}");
        assert!(shown.join("\n").contains("4996 more keys"), "{shown:?}");
    }

    #[test]
    fn nothing_that_was_found_is_left_out() {
        let mut evidence = with_faults(changed());
        evidence.searched = vec!["/home/anna/.ssh/a".into(), "/home/anna/.ssh/a".into()];
        let shown = texts(&evidence, Hash::Sha256).join("\n");
        assert_eq!(shown.matches("/.ssh/a: no ED25519 key").count(), 1, "{shown}");
        assert!(shown.contains("known_hosts:12: ED25519"), "{shown}");
        assert!(shown.contains("was not searched"), "{shown}");
    }

    #[test]
    fn names_of_files_cannot_draw() {
        let mut evidence = evidence(Finding::Unknown);
        evidence.searched = vec!["/tmp/\x1b[2J\nevil".into()];
        let all = texts(&evidence, Hash::Sha256).join(" ");
        assert!(!all.contains(char::is_control), "{all:?}");
    }
}
