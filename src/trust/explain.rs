//! Presents evidence and verdict in three forms: single facts, one line, JSON. All three are made
//! from one [`Evidence`]; nothing is decided here.
//!
//! [`facts`] lists what was checked in the order in which the sources count: for each, what was
//! looked up, where, what it said and how strong that is. [`because`] is the one line that `-v` and
//! `~i` show for a trusted host. [`object`] is everything as JSON, with keys in English and texts
//! in the language of the process.

mod statement;

use serde_json::{Value as Json, json};

pub use statement::Statement;

use super::dns_lines::dns_lines;
use super::evidence::{Covering, Evidence, Finding, KnownKey, Verdict};
use super::fingerprint::{self, Hash};
use super::place::{FileLine, Problem};
use super::quote;
use super::sshfp::Sshfp;
use crate::catalogue::{Language, spoken};
use crate::say_in;

/// The most keys, and the most skipped lines, that are named for each file: enough to find the
/// place, without letting a malformed file fill the screen.
const NAMED_MAX: usize = 4;

/// The source of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvidenceSource {
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
    /// No source knows the host.
    FirstUse,
}

impl EvidenceSource {
    /// The source's word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            EvidenceSource::Revocation => "revocation",
            EvidenceSource::Pin => "pin",
            EvidenceSource::Authority => "authority",
            EvidenceSource::Dns => "dns",
            EvidenceSource::KnownHosts => "known-hosts",
            EvidenceSource::FirstUse => "first-use",
        }
    }
}

/// The strength of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Proves the key, if the policy accepts this source.
    Proof,
    /// Supports the key, but an attacker on the network could have written it.
    Support,
    /// Says nothing about the key.
    Silence,
    /// The source could not be used.
    Unusable,
    /// Speaks against the key, but may have a harmless reason.
    Doubt,
    /// Says that the host has another key.
    Contradiction,
    /// Forbids the key, whatever other sources say.
    Veto,
}

impl Weight {
    /// The weight's word in JSON.
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
    /// The source of the fact.
    pub source: EvidenceSource,
    /// The strength of the fact.
    pub weight: Weight,
    /// The name that was looked up in known_hosts or the DNS.
    pub looked_up: String,
    /// The place of the fact: `file:line`, a file, or a flag; `None` for the DNS.
    pub place: Option<String>,
    /// The signer: the zone of a DNS answer that DNSSEC proves, or the fingerprint of an authority.
    pub signer: Option<String>,
    /// The content of the fact.
    pub statement: Statement,
}

impl Fact {
    /// The content as one line.
    pub fn text(&self, language: Language) -> String {
        self.statement.text(language)
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

/// All facts in the order in which they count, with fingerprints in this hash. At least one fact,
/// and at most a screen or two.
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
        telling.put(EvidenceSource::FirstUse, Weight::Silence, None, Statement::NothingOnRecord);
    }
    telling.facts
}

/// The reason why the key was accepted, one line without "because", which names the place of the
/// evidence. `None` if the verdict does not accept the key by itself.
pub fn because(evidence: &Evidence, verdict: &Verdict, language: Language) -> Option<String> {
    Some(match verdict {
        Verdict::Ask | Verdict::Reject(_) => return None,
        Verdict::AcceptRestricted => say_in!(language, trusted_not),
        Verdict::AcceptAndRecord => say_in!(language, trusted_new),
        Verdict::Accept => match (evidence.pinned(), &evidence.finding) {
            (Some(pin), _) => say_in!(language, trusted_pinned, pin, from = pin.from()),
            (None, _) if evidence.loopback.is_some() => say_in!(language, trusted_loopback),
            (None, Finding::Certified { at, authority, record: Some(record) }) => {
                say_in!(language, trusted_certified_record, authority, record, at)
            }
            (None, Finding::Certified { at, authority, record: None }) => {
                say_in!(language, trusted_certified, authority, at)
            }
            (None, Finding::Known(at)) => say_in!(language, trusted_known, at),
            _ => match &evidence.sshfp {
                Sshfp::Found { name, signer: Some(zone), .. } => {
                    let (name, zone) = (quote::piece(name), quote::piece(zone));
                    say_in!(language, trusted_dns, name, zone)
                }
                _ => return None,
            },
        },
    })
}

/// Evidence and verdict as one JSON object: the host, the key, the certificate, the verdict with
/// its reason, and every fact.
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

/// The keys on record that differ from the offered one.
pub fn others(evidence: &Evidence) -> &[KnownKey] {
    match &evidence.finding {
        Finding::Changed(known) | Finding::OtherTypeKnown(known) => known,
        _ => &[],
    }
}

/// The files searched, without duplicates, then other files in which something was found.
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

impl Telling<'_> {
    fn put(
        &mut self,
        source: EvidenceSource,
        weight: Weight,
        place: Option<String>,
        said: Statement,
    ) {
        let looked_up = quote::piece(&self.evidence.subject.entry_name());
        let fact = Fact { source, weight, looked_up, place, signer: None, statement: said };
        self.facts.push(fact);
    }

    fn revocation(&mut self) {
        let (place, said) = match &self.evidence.finding {
            Finding::Revoked(at) => {
                (Some(at.to_string()), Statement::Revoked { at: at.to_string() })
            }
            Finding::Forbidden(reason) => (None, Statement::Forbidden { reason: reason.clone() }),
            _ => return,
        };
        self.put(EvidenceSource::Revocation, Weight::Veto, place, said);
    }

    fn pins(&mut self) {
        let Evidence { pins, .. } = self.evidence;
        let Some(first) = pins.first() else { return };
        let matching = self.evidence.pinned();
        let from = matching.unwrap_or(first).from().to_owned();
        let place = Some(from.clone());
        let (weight, said) = match matching {
            Some(pin) => {
                let is_weak = pin.is_weak();
                (Weight::Proof, Statement::Pinned { pin: pin.to_string(), from, is_weak })
            }
            None => {
                let named: Vec<String> =
                    pins.iter().take(NAMED_MAX).map(ToString::to_string).collect();
                let (pins, count) = (named.join(", "), pins.len());
                (Weight::Contradiction, Statement::NotPinned { pins, count, from })
            }
        };
        self.put(EvidenceSource::Pin, weight, place, said);
    }

    fn loopback(&mut self) {
        if let Some(address) = self.evidence.loopback {
            let said = Statement::Loopback { address: address.to_string() };
            self.put(EvidenceSource::KnownHosts, Weight::Silence, None, said);
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
            let said = Statement::CertificateVoid { fault: fault.clone() };
            self.put(EvidenceSource::Authority, Weight::Doubt, None, said);
        }
        if !settled {
            for covering in evidence.authorities.iter().take(NAMED_MAX) {
                self.covering(covering);
            }
        }
        if evidence.authorities.is_empty() && evidence.certificate.is_some() && !settled {
            self.put(EvidenceSource::Authority, Weight::Silence, None, Statement::NoAuthority);
        }
        for problem in evidence.authority_problems.iter().take(NAMED_MAX) {
            let said = Statement::AuthorityUnusable { problem: problem.to_string() };
            let place = Some(quote::path(&problem.file));
            self.put(EvidenceSource::Authority, Weight::Unusable, place, said);
        }
    }

    fn certified(&mut self, at: &FileLine, authority: &str, record: Option<&str>) {
        let Some(shown) = &self.evidence.certificate else { return };
        let said = Statement::Certified {
            at: at.to_string(),
            authority: authority.to_owned(),
            record: record.map(str::to_owned),
            key_id: shown.key_id.clone(),
            holders: shown.holders(),
            period: shown.period(),
        };
        self.put(EvidenceSource::Authority, Weight::Proof, Some(at.to_string()), said);
        if let Some(fact) = self.facts.last_mut() {
            fact.signer = Some(authority.to_owned());
        }
    }

    /// Records an authority that covers the host, if its certificate did not settle the verdict.
    fn covering(&mut self, covering: &Covering) {
        let at = covering.at.to_string();
        let authority = self.hash.of(&covering.key);
        let said = Statement::Covered {
            at: at.clone(),
            authority: authority.clone(),
            record: covering.record.clone(),
        };
        self.put(EvidenceSource::Authority, Weight::Silence, Some(at), said);
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
        for text in dns_lines(self.evidence) {
            self.put(EvidenceSource::Dns, weight, None, Statement::Dns { text });
            if let Some(fact) = self.facts.last_mut() {
                fact.looked_up.clone_from(&looked_up);
                fact.signer.clone_from(&signer);
            }
        }
    }

    /// Records what one file says, or why it could not be used.
    fn known_hosts(&mut self, file: &std::path::Path) {
        let evidence = self.evidence;
        let shown = quote::path(file);
        let problems: Vec<&Problem> =
            evidence.problems.iter().filter(|problem| problem.file == file).collect();
        if let Some(problem) = problems.iter().find(|problem| problem.line.is_none()) {
            let said =
                Statement::FileUnread { file: shown.clone(), reason: problem.reason.clone() };
            self.record(Weight::Unusable, shown, said);
            return;
        }
        let keys: Vec<&KnownKey> =
            others(evidence).iter().filter(|known| known.at.file == file).collect();
        self.keys(&keys, &shown);
        match &evidence.finding {
            Finding::Known(at) if at.file == file => {
                self.record(Weight::Proof, at.to_string(), Statement::Known { at: at.to_string() });
            }
            // The keys in these files were not searched, or another fact reports them already.
            Finding::Certified { .. } | Finding::Revoked(_) | Finding::Forbidden(_) => {}
            Finding::Changed(_) if keys.is_empty() => {
                // The file may still have keys of other types.
                let kind = fingerprint::type_name(&evidence.offered).to_owned();
                let said = Statement::NoneOfType { file: shown.clone(), kind };
                self.record(Weight::Silence, shown.clone(), said);
            }
            Finding::Known(_) => {}
            _ if keys.is_empty() => {
                let said = Statement::NoEntry { file: shown.clone() };
                self.record(Weight::Silence, shown.clone(), said);
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
            let place = known.at.to_string();
            let said = Statement::OtherKey {
                place: place.clone(),
                kind: fingerprint::type_name(&known.key).to_owned(),
                fingerprint: self.hash.of(&known.key),
            };
            self.record(weight, place, said);
        }
        if keys.len() > NAMED_MAX {
            let said = Statement::MoreKeys { file: file.to_owned(), count: keys.len() - NAMED_MAX };
            self.record(weight, file.to_owned(), said);
        }
    }

    fn skipped(&mut self, problems: &[&Problem], file: &str) {
        for problem in problems.iter().take(NAMED_MAX) {
            let line = problem.line.unwrap_or_default();
            let (file, reason) = (file.to_owned(), problem.reason.clone());
            let place = format!("{file}:{line}");
            self.record(Weight::Unusable, place, Statement::LineSkipped { file, line, reason });
        }
        if problems.len() > NAMED_MAX {
            let count = problems.len() - NAMED_MAX;
            let said = Statement::MoreLinesSkipped { file: file.to_owned(), count };
            self.record(Weight::Unusable, file.to_owned(), said);
        }
    }

    fn record(&mut self, weight: Weight, place: String, said: Statement) {
        self.put(EvidenceSource::KnownHosts, weight, Some(place), said);
    }
}

#[cfg(test)]
mod tests;
