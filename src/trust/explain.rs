//! Evidence and verdict told: as facts one by one, as one line, as JSON. All three are made of
//! the same data and say the same; nothing is decided here.
//!
//! [`facts`] lists what was looked at in the order in which the sources count, each with what
//! was looked up, where, what it said and how strong that is. [`because`] is the one line that
//! `-v` and `~i` show for a host that was trusted. [`object`] is the whole as JSON, with the
//! keys in English and the texts in the language of the process.

use serde_json::{Value as Json, json};

use super::fingerprint::{self, Hash};
use super::{Covering, Evidence, Finding, KnownKey, Place, Problem, Sshfp, Verdict, quote, sshfp};
use crate::catalogue::{Language, spoken, text_in};

/// How many keys, and how many lines that were skipped, are named for each file: enough to
/// find the place, and a file of junk cannot push the rest away.
const NAMED_MAX: usize = 4;

/// Where a fact comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `@revoked` lines and RevokedHostKeys.
    Revocation,
    /// Pinned keys.
    Pin,
    /// `@cert-authority` lines and records.
    Authority,
    /// SSHFP records.
    Dns,
    /// known_hosts files and KnownHostsCommand.
    KnownHosts,
    /// Nothing is known of the host.
    FirstUse,
}

impl Source {
    /// The word that JSON has for it.
    pub fn word(self) -> &'static str {
        match self {
            Source::Revocation => "revocation",
            Source::Pin => "pin",
            Source::Authority => "authority",
            Source::Dns => "dns",
            Source::KnownHosts => "known-hosts",
            Source::FirstUse => "first-use",
        }
    }
}

/// How strong a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It settles that the key is right, as far as the policy lets its source do so.
    Proof,
    /// It speaks for the key, and anybody on the way could have said it.
    Support,
    /// It says nothing about the key.
    Silence,
    /// It could not be used.
    Unusable,
    /// It speaks against the key, and there may be an innocent reason.
    Doubt,
    /// It says that the key is another one.
    Contradiction,
    /// It forbids the key, whatever else is known.
    Veto,
}

impl Weight {
    /// The word that JSON has for it.
    pub fn word(self) -> &'static str {
        match self {
            Weight::Proof => "proof",
            Weight::Support => "support",
            Weight::Silence => "silence",
            Weight::Unusable => "unusable",
            Weight::Doubt => "doubt",
            Weight::Contradiction => "contradiction",
            Weight::Veto => "veto",
        }
    }
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Where it comes from.
    pub source: Source,
    /// How strong it is.
    pub weight: Weight,
    /// What was looked up: the name that known_hosts has, or the one the DNS was asked for.
    pub looked_up: String,
    /// Where it stands: `file:line`, a file, a flag; `None` for the DNS.
    pub place: Option<String>,
    /// Who signed it: the zone of a DNS answer that DNSSEC proves, the fingerprint of an
    /// authority.
    pub signer: Option<String>,
    /// The name of the text of what it said.
    pub id: &'static str,
    /// The text's values by name, fit to be shown.
    pub values: Vec<(&'static str, String)>,
}

impl Fact {
    /// What it said, one line.
    pub fn text(&self, language: Language) -> String {
        let values: Vec<(&str, &dyn std::fmt::Display)> =
            self.values.iter().map(|(name, value)| (*name, value as _)).collect();
        text_in(language, self.id, &values)
    }

    fn json(&self) -> Json {
        json!({
            "source": self.source.word(),
            "weight": self.weight.word(),
            "looked_up": self.looked_up,
            "place": self.place,
            "signer": self.signer,
            "says": self.text(spoken()),
        })
    }
}

/// Everything that was looked at, in the order in which it counts; fingerprints are shown with
/// this hash. At least one fact, and never more than a screen or two.
pub fn facts(evidence: &Evidence, hash: Hash) -> Vec<Fact> {
    let mut telling = Telling { evidence, hash, facts: Vec::new() };
    telling.revocation();
    telling.pins();
    telling.loopback();
    telling.authorities();
    telling.dns();
    for file in files(evidence) {
        telling.known_hosts(&file);
    }
    if matches!(evidence.finding, Finding::Unknown) {
        telling.put(Source::FirstUse, Weight::Silence, None, "fact-first-use", Vec::new());
    }
    telling.facts
}

/// Why the key was accepted, one line without "because"; what it names is where it stands.
/// `None` for a verdict that does not accept by itself.
pub fn because(evidence: &Evidence, verdict: &Verdict, language: Language) -> Option<String> {
    let tell = |id, values: &[(&str, &dyn std::fmt::Display)]| text_in(language, id, values);
    Some(match verdict {
        Verdict::Ask | Verdict::Reject(_) => return None,
        Verdict::AcceptRestricted => tell("trusted-not", &[]),
        Verdict::AcceptAndRecord => tell("trusted-new", &[]),
        Verdict::Accept => match (evidence.pinned(), &evidence.finding) {
            (Some(pin), _) => tell("trusted-pinned", &[("pin", pin), ("from", &pin.from())]),
            (None, _) if evidence.loopback.is_some() => tell("trusted-loopback", &[]),
            (None, Finding::Certified { at, authority, record: Some(record) }) => {
                let values: [(&str, &dyn std::fmt::Display); 3] =
                    [("authority", authority), ("record", record), ("at", at)];
                tell("trusted-certified-record", &values)
            }
            (None, Finding::Certified { at, authority, record: None }) => {
                tell("trusted-certified", &[("authority", authority), ("at", at)])
            }
            (None, Finding::Known(at)) => tell("trusted-known", &[("at", at)]),
            _ => match &evidence.sshfp {
                Sshfp::Found { name, signer: Some(zone), .. } => {
                    let (name, zone) = (quote::piece(name), quote::piece(zone));
                    tell("trusted-dns", &[("name", &name), ("zone", &zone)])
                }
                _ => return None,
            },
        },
    })
}

/// Evidence and verdict as one JSON object: the host, the key, the certificate, the verdict
/// with its reason, and every fact.
pub fn object(evidence: &Evidence, verdict: &Verdict) -> Json {
    let key = &evidence.offered;
    let reason = match verdict {
        Verdict::Reject(reason) => Some(reason.clone()),
        verdict => because(evidence, verdict, spoken()),
    };
    let all: Vec<Json> = facts(evidence, Hash::Sha256).iter().map(Fact::json).collect();
    json!({
        "name": quote::piece(&evidence.subject.entry_name()),
        "host": quote::piece(&evidence.subject.name),
        "port": evidence.subject.port,
        "key": {
            "type": fingerprint::type_name(key),
            "bits": fingerprint::bits(key),
            "sha256": fingerprint::sha256(key),
            "md5": fingerprint::md5(key),
        },
        "certificate": certificate(evidence),
        "finding": finding_word(&evidence.finding),
        "verdict": verdict.word(),
        "reason": reason,
        "evidence": all,
    })
}

fn certificate(evidence: &Evidence) -> Json {
    let Some(shown) = &evidence.certificate else { return Json::Null };
    let moment = |seconds: u64| (seconds != u64::MAX).then(|| super::certificate::date(seconds));
    json!({
        "key_id": shown.key_id,
        "serial": shown.serial,
        "principals": shown.principals,
        "principals_count": shown.principals_count,
        "valid_after": (shown.valid_after != 0).then(|| moment(shown.valid_after)),
        "valid_before": moment(shown.valid_before),
        "authority": fingerprint::sha256(&shown.authority),
        "signature": shown.signature,
        "fault": evidence.certificate_fault,
    })
}

fn finding_word(finding: &Finding) -> &'static str {
    match finding {
        Finding::Unknown => "unknown",
        Finding::OtherTypeKnown(_) => "other-type-known",
        Finding::Changed(_) => "changed",
        Finding::Revoked(_) | Finding::Forbidden(_) => "revoked",
        Finding::Known(_) => "known",
        Finding::Certified { .. } => "certified",
    }
}

/// The keys on record that the offered one is not.
pub fn others(evidence: &Evidence) -> &[KnownKey] {
    match &evidence.finding {
        Finding::Changed(known) | Finding::OtherTypeKnown(known) => known,
        _ => &[],
    }
}

/// The files searched, each once, and others that something was found in all the same.
fn files(evidence: &Evidence) -> Vec<std::path::PathBuf> {
    let known = match &evidence.finding {
        Finding::Known(at) => vec![&at.file],
        _ => others(evidence).iter().map(|known| &known.at.file).collect(),
    };
    let problems = evidence.problems.iter().map(|problem| &problem.file);
    let mut files = Vec::new();
    for file in evidence.searched.iter().chain(known).chain(problems) {
        if !files.contains(file) {
            files.push(file.clone());
        }
    }
    files
}

struct Telling<'a> {
    evidence: &'a Evidence,
    hash: Hash,
    facts: Vec<Fact>,
}

type Values = Vec<(&'static str, String)>;

impl Telling<'_> {
    fn put(
        &mut self,
        source: Source,
        weight: Weight,
        place: Option<String>,
        id: &'static str,
        values: Values,
    ) {
        let looked_up = quote::piece(&self.evidence.subject.entry_name());
        self.facts.push(Fact { source, weight, looked_up, place, signer: None, id, values });
    }

    fn revocation(&mut self) {
        match &self.evidence.finding {
            Finding::Revoked(at) => {
                let (place, at) = (Some(at.to_string()), at.to_string());
                self.put(Source::Revocation, Weight::Veto, place, "fact-revoked", vec![("at", at)]);
            }
            Finding::Forbidden(reason) => {
                let values = vec![("reason", reason.clone())];
                self.put(Source::Revocation, Weight::Veto, None, "fact-forbidden", values);
            }
            _ => {}
        }
    }

    fn pins(&mut self) {
        let Evidence { pins, .. } = self.evidence;
        let Some(first) = pins.first() else { return };
        let matching = self.evidence.pinned();
        let pin = matching.unwrap_or(first);
        let from = pin.from().to_owned();
        let (weight, id, values) = match matching {
            Some(pin) if pin.is_weak() => (Weight::Proof, "fact-pinned-md5", vec![]),
            Some(_) => (Weight::Proof, "fact-pinned", vec![]),
            None => {
                let named: Vec<String> =
                    pins.iter().take(NAMED_MAX).map(ToString::to_string).collect();
                let values = vec![("pins", named.join(", ")), ("count", pins.len().to_string())];
                (Weight::Contradiction, "fact-not-pinned", values)
            }
        };
        let pin = ("pin", pin.to_string());
        let values = match matching {
            Some(_) => vec![pin, ("from", from.clone())],
            None => [values, vec![("from", from.clone())]].concat(),
        };
        self.put(Source::Pin, weight, Some(from), id, values);
    }

    fn loopback(&mut self) {
        if let Some(address) = self.evidence.loopback {
            let values = vec![("address", address.to_string())];
            self.put(Source::KnownHosts, Weight::Silence, None, "fact-loopback", values);
        }
    }

    fn authorities(&mut self) {
        let evidence = self.evidence;
        let settled = match &evidence.finding {
            Finding::Certified { at, authority, record } => {
                self.certified(at, authority, record.as_deref());
                true
            }
            Finding::Revoked(_) | Finding::Forbidden(_) => true,
            _ => false,
        };
        if let Some(fault) = &evidence.certificate_fault {
            let values = vec![("fault", fault.clone())];
            self.put(Source::Authority, Weight::Doubt, None, "evidence-certificate", values);
        }
        if !settled {
            for covering in evidence.authorities.iter().take(NAMED_MAX) {
                self.covering(covering);
            }
        }
        if evidence.authorities.is_empty() && evidence.certificate.is_some() && !settled {
            let (weight, id) = (Weight::Silence, "fact-no-authority");
            self.put(Source::Authority, weight, None, id, Vec::new());
        }
        for problem in evidence.authority_problems.iter().take(NAMED_MAX) {
            let values = vec![("problem", problem.to_string())];
            let place = Some(quote::path(&problem.file));
            let (source, weight) = (Source::Authority, Weight::Unusable);
            self.put(source, weight, place, "fact-authority-unusable", values);
        }
    }

    fn certified(&mut self, at: &Place, authority: &str, record: Option<&str>) {
        let Some(shown) = &self.evidence.certificate else { return };
        let mut values = vec![
            ("at", at.to_string()),
            ("authority", authority.to_owned()),
            ("keyid", shown.key_id.clone()),
            ("holders", shown.holders()),
            ("period", shown.period()),
        ];
        let id = match record {
            Some(record) => {
                values.push(("record", record.to_owned()));
                "fact-certified-record"
            }
            None => "fact-certified",
        };
        self.put(Source::Authority, Weight::Proof, Some(at.to_string()), id, values);
        if let Some(fact) = self.facts.last_mut() {
            fact.signer = Some(authority.to_owned());
        }
    }

    /// An authority that covers the host, where no certificate of its own settled it.
    fn covering(&mut self, covering: &Covering) {
        let at = covering.at.to_string();
        let authority = self.hash.of(&covering.key);
        let mut values = vec![("at", at.clone()), ("authority", authority.clone())];
        let id = match &covering.record {
            Some(record) => {
                values.push(("record", record.clone()));
                "fact-covered-record"
            }
            None => "fact-covered",
        };
        self.put(Source::Authority, Weight::Silence, Some(at), id, values);
        if let Some(fact) = self.facts.last_mut() {
            fact.signer = Some(authority);
        }
    }

    fn dns(&mut self) {
        let asked = &self.evidence.sshfp;
        let (name, signer) = match asked {
            Sshfp::NotLookedUp => return,
            Sshfp::Nothing { name, .. } | Sshfp::Failed { name, .. } => (name, None),
            Sshfp::Found { name, signer, .. } => (name, signer.as_deref()),
        };
        let weight = match asked {
            _ if asked.is_secure_match() => Weight::Proof,
            _ if asked.is_secure_mismatch() => Weight::Contradiction,
            Sshfp::Failed { .. } => Weight::Unusable,
            Sshfp::Found { .. } if asked.is_trouble() => Weight::Doubt,
            Sshfp::Found { .. } => Weight::Support,
            _ => Weight::Silence,
        };
        let (looked_up, signer) = (quote::piece(name), signer.map(quote::piece));
        for text in sshfp::lines(self.evidence) {
            self.put(Source::Dns, weight, None, "evidence-dns", vec![("text", text)]);
            if let Some(fact) = self.facts.last_mut() {
                fact.looked_up.clone_from(&looked_up);
                fact.signer.clone_from(&signer);
            }
        }
    }

    /// What one file says, or why it says nothing.
    fn known_hosts(&mut self, file: &std::path::Path) {
        let evidence = self.evidence;
        let shown = quote::path(file);
        let problems: Vec<&Problem> =
            evidence.problems.iter().filter(|problem| problem.file == file).collect();
        if let Some(problem) = problems.iter().find(|problem| problem.line.is_none()) {
            let values = vec![("file", shown.clone()), ("reason", problem.reason.clone())];
            self.record(Weight::Unusable, shown, "evidence-unread", values);
            return;
        }
        let keys: Vec<&KnownKey> =
            others(evidence).iter().filter(|known| known.at.file == file).collect();
        self.keys(&keys, &shown);
        match &evidence.finding {
            Finding::Known(at) if at.file == file => {
                let (at, place) = (at.to_string(), at.to_string());
                self.record(Weight::Proof, place, "fact-known", vec![("at", at)]);
            }
            // What these files have was not looked at, or is told already.
            Finding::Certified { .. } | Finding::Revoked(_) | Finding::Forbidden(_) => {}
            Finding::Changed(_) if keys.is_empty() => {
                // Keys of other types may well be there.
                let kind = fingerprint::type_name(&evidence.offered).to_owned();
                let values = vec![("kind", kind), ("file", shown.clone())];
                self.record(Weight::Silence, shown.clone(), "evidence-none-of-type", values);
            }
            Finding::Known(_) => {}
            _ if keys.is_empty() => {
                let values = vec![("file", shown.clone())];
                self.record(Weight::Silence, shown.clone(), "evidence-nothing", values);
            }
            _ => {}
        }
        self.skipped(&problems, &shown);
    }

    fn keys(&mut self, keys: &[&KnownKey], file: &str) {
        let weight = match &self.evidence.finding {
            Finding::Changed(_) => Weight::Contradiction,
            _ => Weight::Doubt,
        };
        for known in keys.iter().take(NAMED_MAX) {
            let at = known.at.to_string();
            let values = vec![
                ("place", at.clone()),
                ("kind", fingerprint::type_name(&known.key).to_owned()),
                ("fingerprint", self.hash.of(&known.key)),
            ];
            self.record(weight, at, "evidence-key", values);
        }
        if keys.len() > NAMED_MAX {
            let count = (keys.len() - NAMED_MAX).to_string();
            let values = vec![("file", file.to_owned()), ("count", count)];
            self.record(weight, file.to_owned(), "evidence-more-keys", values);
        }
    }

    fn skipped(&mut self, problems: &[&Problem], file: &str) {
        for problem in problems.iter().take(NAMED_MAX) {
            let line = problem.line.unwrap_or_default();
            let values = vec![
                ("file", file.to_owned()),
                ("line", line.to_string()),
                ("reason", problem.reason.clone()),
            ];
            self.record(Weight::Unusable, format!("{file}:{line}"), "evidence-skipped", values);
        }
        if problems.len() > NAMED_MAX {
            let count = (problems.len() - NAMED_MAX).to_string();
            let values = vec![("file", file.to_owned()), ("count", count)];
            let (weight, id) = (Weight::Unusable, "evidence-more-skipped");
            self.record(weight, file.to_owned(), id, values);
        }
    }

    fn record(&mut self, weight: Weight, place: String, id: &'static str, values: Values) {
        self.put(Source::KnownHosts, weight, Some(place), id, values);
    }
}

#[cfg(test)]
mod tests;
