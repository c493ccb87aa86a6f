//! Messages about a host that was judged: refusals with their next step, other problems the person
//! should know of, and the lines of `-v`. Nothing is decided here.

use std::path::{Path, PathBuf};

use log::{debug, info};
use russh::keys::ssh_key::PublicKey;

use crate::catalogue::Language;
use crate::client::host_key::policy::HostPolicy;
use crate::error::{Error, Kind};
use crate::say;
use crate::text;
use crate::trust::{self, Evidence, Finding, KnownKey, fingerprint};

/// How many characters of a name are shown.
const SHOWN: usize = 255;

pub(crate) fn refused(reason: &str) -> Error {
    Error::new(Kind::HostKey, say!(host_key_refused, reason))
}

/// The refusal of a host of a cluster that has no certificate; `None` for any other host.
pub(crate) fn without_certificate(policy: &HostPolicy) -> Option<Error> {
    let cluster = text::line(&policy.cluster.as_ref()?.cluster, SHOWN);
    let host = format!("'{}'", text::line(&policy.subject.entry_name(), SHOWN));
    let reason = say!(cluster_no_certificate, cluster, host);
    Some(refused(&reason).hint(say!(cluster_refused_hint)))
}

/// Problems to report besides the finding: unreadable files, a certificate that does not count, and
/// DNS records that disagree or cannot be verified.
pub(crate) fn troubles(evidence: &Evidence) -> Vec<String> {
    let files = evidence.problems.iter().filter(|problem| problem.line.is_none());
    let fault = evidence.certificate_fault.iter();
    let authorities = evidence.authority_problems.iter();
    let dns = match evidence.sshfp.is_trouble() {
        true => trust::dns_lines(evidence),
        false => Vec::new(),
    };
    fault
        .map(|fault| say!(host_certificate_void, fault))
        .chain(files.chain(authorities).map(ToString::to_string))
        .chain(dns)
        .collect()
}

/// Logs for `-v` what was found, and which lines could not be used.
pub(crate) fn report(evidence: &Evidence) {
    for problem in evidence.problems.iter().filter(|problem| problem.line.is_some()) {
        info!("{problem}");
    }
    for line in trust::dns_lines_in(Language::English, evidence) {
        info!("{line}");
    }
    let kind = fingerprint::type_name(&evidence.offered);
    let name = &evidence.subject.name;
    match &evidence.finding {
        Finding::Known(place) => {
            debug!("Host '{name}' is known and matches the {kind} host key.");
            debug!("Found key in {}:{}", place.file.display(), place.line);
        }
        Finding::Certified { at, authority, .. } => {
            debug!("Host '{name}' is known and matches the {kind} host certificate.");
            debug!("Found CA key {authority} in {}:{}", at.file.display(), at.line);
        }
        _ => {}
    }
}

pub(crate) fn not_as_known(evidence: &Evidence, host: &str) -> String {
    match evidence.finding {
        Finding::OtherTypeKnown(_) => {
            let kind = fingerprint::type_name(&evidence.offered);
            say!(host_key_only_other_types, kind, host)
        }
        _ => say!(host_key_changed, host),
    }
}

pub(crate) fn cannot_ask(evidence: &Evidence) -> String {
    let kind = fingerprint::type_name(&evidence.offered);
    let offered = fingerprint::sha256(&evidence.offered);
    let name = &evidence.subject.name;
    match &evidence.finding {
        Finding::Known(_) => {
            let fault = evidence.certificate_fault.as_deref().unwrap_or_default();
            say!(host_certificate_void_unasked, fault)
        }
        Finding::Changed(known) => {
            say!(host_key_changed_unasked, kind, name, known = listed(known), offered)
        }
        Finding::OtherTypeKnown(known) => {
            say!(host_key_other_type_unasked, kind, name, known = listed(known), offered)
        }
        _ => say!(host_key_unknown_unasked, kind, name, offered),
    }
}

fn listed(known: &[KnownKey]) -> String {
    /// The most places that are listed; further ones tell the person nothing new.
    const SHOWN: usize = 3;
    let place = |file: &Path, line: usize| format!("{}:{line}", file.display());
    let one = |entry: &KnownKey| {
        let key: &PublicKey = &entry.key;
        let at = place(&entry.at.file, entry.at.line);
        say!(
            known_key_at,
            kind = fingerprint::type_name(key),
            fingerprint = fingerprint::sha256(key),
            at
        )
    };
    let list: Vec<_> = known.iter().take(SHOWN).map(one).collect();
    say!(known_keys, list = list.join(&say!(list_and)))
}

pub(crate) fn remedy(evidence: &Evidence) -> String {
    let unread = evidence.problems.iter().find(|problem| problem.line.is_none());
    match &evidence.finding {
        Finding::Forbidden(_) => say!(revoked_hint),
        Finding::Revoked(_) => say!(host_key_revoked_hint),
        _ if !evidence.pins.is_empty() && evidence.pinned().is_none() => say!(pin_mismatch_hint),
        _ if evidence.cluster.is_some() => say!(cluster_refused_hint),
        Finding::Known(_) => say!(host_certificate_void_hint),
        Finding::Changed(known) => {
            let file = known.first().map_or_else(PathBuf::new, |entry| entry.at.file.clone());
            say!(host_key_changed_hint, file = file.display())
        }
        _ if evidence.sshfp.is_secure_mismatch() => {
            say!(sshfp_rejected_hint)
        }
        _ if evidence.certificate_fault.is_some() => say!(host_certificate_void_hint),
        _ if unread.is_some() => say!(known_hosts_unreadable_hint),
        Finding::OtherTypeKnown(_) => say!(host_key_other_type_hint),
        _ => say!(host_key_unknown_hint),
    }
}
