//! Describes the DNS records about a host key in lines for the user.

use super::evidence::Evidence;
use super::quote;
use super::sshfp::{Agreement, Sshfp};
use crate::catalogue::{Language, spoken};
use crate::say_in;

/// The lines about the DNS records; empty if the DNS was not asked.
pub fn dns_lines(evidence: &Evidence) -> Vec<String> {
    dns_lines_in(spoken(), evidence)
}

/// The lines of [`dns_lines`] in this language: the output of `-v` is always in English.
pub fn dns_lines_in(language: Language, evidence: &Evidence) -> Vec<String> {
    match &evidence.sshfp {
        Sshfp::NotLookedUp => Vec::new(),
        Sshfp::Nothing { name, ignored: 0 } => {
            vec![say_in!(language, sshfp_nothing, name = quote::piece(name))]
        }
        Sshfp::Nothing { name, ignored } => {
            vec![say_in!(language, sshfp_nothing_counts, name = quote::piece(name), ignored)]
        }
        Sshfp::Failed { name, reason } => {
            vec![say_in!(language, sshfp_failed, name = quote::piece(name), reason)]
        }
        Sshfp::Found { name, signer, agreement } => {
            found(language, &quote::piece(name), signer.as_deref(), *agreement)
        }
    }
}

fn found(
    language: Language,
    name: &str,
    signer: Option<&str>,
    agreement: Agreement,
) -> Vec<String> {
    let proof = match signer {
        Some(zone) => say_in!(language, sshfp_secure, zone = quote::piece(zone)),
        None => say_in!(language, sshfp_insecure),
    };
    let said = match agreement {
        Agreement::Match => say_in!(language, sshfp_match, name, proof),
        Agreement::Mismatch => say_in!(language, sshfp_mismatch, name, proof),
        Agreement::OtherTypes => say_in!(language, sshfp_other_types, name, proof),
    };
    if signer.is_none() || agreement == Agreement::Match {
        return vec![said];
    }
    vec![say_in!(language, sshfp_warning), said, say_in!(language, sshfp_warning_means)]
}
