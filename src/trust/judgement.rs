//! What was found of a host and what followed from it, for whoever tells it: `-v`, `--json` and
//! `tessh trust check`. It is made where the decision is, and decides nothing.

use super::{Evidence, Finding, Verdict, fingerprint, quote};
use crate::say;

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

/// What a judgement comes to, where nobody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// What is on record, certified or proved says that the key is the host's.
    Trusted,
    /// Nothing says so, or something speaks against it.
    NotTrusted,
    /// A file that could not be read might have said.
    CannotTell,
}

impl Standing {
    /// The word that `--json` prints.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Trusted => "trusted",
            Standing::NotTrusted => "not-trusted",
            Standing::CannotTell => "cannot-tell",
        }
    }
}

impl Verdict {
    /// The word that `--json` prints.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Accept => "accept",
            Verdict::AcceptAndRecord => "accept-and-record",
            Verdict::AcceptRestricted => "accept-restricted",
            Verdict::Ask => "ask",
            Verdict::Reject(_) => "reject",
        }
    }
}

impl Judgement {
    /// Whether the evidence alone carries the key, whatever a person would say to it.
    pub fn standing(&self) -> Standing {
        let is_settled = !matches!(self.evidence.finding, Finding::Unknown);
        let is_unread = self.evidence.problems.iter().any(|problem| problem.line.is_none());
        match &self.verdict {
            Verdict::Accept => Standing::Trusted,
            _ if is_unread && !is_settled => Standing::CannotTell,
            _ => Standing::NotTrusted,
        }
    }

    /// One line for `-v`, in English: that the host is trusted, and why. `None` where it is not.
    pub fn told(&self) -> Option<String> {
        if self.verdict != Verdict::Accept {
            return None;
        }
        let evidence = &self.evidence;
        let why = match &evidence.finding {
            Finding::Known(at) => format!("on record at {at}"),
            Finding::Certified { at, authority } => {
                format!("certified by the authority {authority} at {at}")
            }
            _ => {
                let (name, signer) = evidence.sshfp.proof().unwrap_or_default();
                format!("proved by DNSSEC: SSHFP of {name}, signed by {signer}")
            }
        };
        let kind = fingerprint::type_name(&evidence.offered);
        let sha256 = fingerprint::sha256(&evidence.offered);
        let name = quote::piece(&evidence.subject.entry_name());
        Some(format!("Host '{name}' is trusted: {kind} key {sha256} is {why}"))
    }

    /// Why the host is trusted, and where that stands; `None` where it is not.
    pub fn because(&self) -> Option<String> {
        if self.verdict != Verdict::Accept {
            return None;
        }
        Some(match &self.evidence.finding {
            Finding::Known(at) => say!("trusted-known", at),
            Finding::Certified { at, authority } => say!("trusted-certified", authority, at),
            // No other finding is accepted as it stands but what the DNS proves.
            _ => {
                let (name, signer) = self.evidence.sshfp.proof().unwrap_or_default();
                say!("trusted-dns", name, signer)
            }
        })
    }

    /// The whole as JSON.
    pub fn json(&self) -> serde_json::Value {
        let key = &self.evidence.offered;
        serde_json::json!({
            "name": quote::piece(&self.evidence.subject.entry_name()),
            "key": {"type": fingerprint::type_name(key), "sha256": fingerprint::sha256(key)},
            "verdict": self.verdict.word(),
        })
    }
}
