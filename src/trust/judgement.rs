//! Evidence and verdict of one host together, as `-v`, `--json` and `tessh trust check` show them.
//! Nothing is decided here; the code that decides makes the judgement.

use serde_json::{Value as Json, json};

use super::evidence::{Evidence, Finding, Verdict};
use super::{explain, fingerprint, quote};
use crate::catalogue::{Language, spoken};

/// A host key, the evidence about it, and the verdict.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The host as the user named it, sanitised.
    pub host: String,
    /// The negotiated algorithm, by which the host proved that it has the key.
    pub algorithm: String,
    /// The evidence about the key.
    pub evidence: Evidence,
    /// The verdict on the evidence.
    pub verdict: Verdict,
}

/// The result of a judgement if nobody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostStanding {
    /// The key is on record, certified, or proved by the DNS.
    Trusted,
    /// No evidence proves the key, or some speaks against it.
    NotTrusted,
    /// A file that could have decided it could not be read.
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
    /// Whether the evidence alone suffices to trust the key, before any answer of the user.
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

    /// One line for `-v`, in English: that the host is trusted, and why. `None` if it is not.
    pub fn to_line(&self) -> Option<String> {
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

    /// The reason why the host is trusted, and the place of the evidence; `None` if it is not.
    pub fn because(&self) -> Option<String> {
        let why = explain::because(&self.evidence, &self.verdict, spoken());
        why.filter(|_| self.verdict == Verdict::Accept)
    }

    /// Everything as JSON: [`explain::object`], the negotiated algorithm, and the standing.
    pub fn json(&self) -> Json {
        let mut told = explain::object(&self.evidence, &self.verdict);
        told["shown"] = json!(self.host);
        told["algorithm"] = json!(self.algorithm);
        told["standing"] = json!(self.standing().word());
        told
    }
}
