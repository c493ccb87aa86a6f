//! Evidence and verdict of one host together, as `-v`, `--json` and `tessh trust check` show them.
//! A judgement is made where the decision is made; nothing is decided here.

use serde_json::{Value as Json, json};

use super::evidence::{Evidence, Finding, Verdict};
use super::{explain, fingerprint, quote};
use crate::catalogue::{Language, spoken};

/// A host key, everything known of it, and the verdict.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The host as the person knows it, ready to show.
    pub host: String,
    /// The negotiated algorithm: how the key was proved.
    pub algorithm: String,
    /// What is known.
    pub evidence: Evidence,
    /// What follows.
    pub verdict: Verdict,
}

/// What a judgement says of the host while nobody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostStanding {
    /// The key is on record, certified, or proved by the DNS.
    Trusted,
    /// Nothing says so, or something speaks against it.
    NotTrusted,
    /// A file that could not be read might have said.
    CannotTell,
}

impl HostStanding {
    /// The word that `--json` prints.
    pub fn word(self) -> &'static str {
        match self {
            HostStanding::Trusted => "trusted",
            HostStanding::NotTrusted => "not-trusted",
            HostStanding::CannotTell => "cannot-tell",
        }
    }
}

impl Judgement {
    /// Whether the evidence alone carries the key, whatever a person would say to it.
    pub fn standing(&self) -> HostStanding {
        let is_settled =
            !matches!(self.evidence.finding, Finding::Unknown) || !self.evidence.pins.is_empty();
        let evidence = &self.evidence;
        let is_unread = evidence.problems.iter().any(|problem| problem.line.is_none())
            || (evidence.certificate.is_some() && !evidence.authority_problems.is_empty());
        match &self.verdict {
            Verdict::Accept => HostStanding::Trusted,
            _ if is_unread && !is_settled => HostStanding::CannotTell,
            _ => HostStanding::NotTrusted,
        }
    }

    /// One line for `-v`, in English: that the host is trusted, and why. `None` where it is not.
    pub fn told(&self) -> Option<String> {
        let evidence = &self.evidence;
        let why = match (&self.verdict, evidence.pinned(), &evidence.finding) {
            (Verdict::Accept, None, Finding::Known(at)) => format!(" is on record at {at}"),
            _ => explain::because(evidence, &self.verdict, Language::English)
                .filter(|_| self.verdict == Verdict::Accept)
                .map(|why| format!("; {why}"))?,
        };
        let kind = fingerprint::type_name(&evidence.offered);
        let sha256 = fingerprint::sha256(&evidence.offered);
        let name = quote::piece(&evidence.subject.entry_name());
        Some(format!("Host '{name}' is trusted: {kind} key {sha256}{why}"))
    }

    /// Why the host is trusted, and where that stands; `None` where it is not.
    pub fn because(&self) -> Option<String> {
        let why = explain::because(&self.evidence, &self.verdict, spoken());
        why.filter(|_| self.verdict == Verdict::Accept)
    }

    /// The whole as JSON: [`explain::object`], how the key was proved, and what it comes to.
    pub fn json(&self) -> Json {
        let mut told = explain::object(&self.evidence, &self.verdict);
        told["shown"] = json!(self.host);
        told["algorithm"] = json!(self.algorithm);
        told["standing"] = json!(self.standing().word());
        told
    }
}
