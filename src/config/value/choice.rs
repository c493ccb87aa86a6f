//! Keywords whose value is one of a few words, and what each word means.
//!
//! [`check`](crate::config::arguments::check) has refused every other word before, so a word that
//! is not named here is the default.

use crate::config::fault::ConfigFault;

/// StrictHostKeyChecking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrictHostKeyChecking {
    /// Only what is on record.
    Yes,
    /// Ask about what is not.
    Ask,
    /// Take new hosts, refuse changed keys.
    AcceptNew,
    /// Take new hosts, and changed keys under restrictions.
    No,
}

/// StrictHostKeyChecking.
pub fn strict(text: &str) -> StrictHostKeyChecking {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => StrictHostKeyChecking::Yes,
        "no" | "false" | "off" => StrictHostKeyChecking::No,
        "accept-new" => StrictHostKeyChecking::AcceptNew,
        _ => StrictHostKeyChecking::Ask,
    }
}

/// VerifyHostKeyDNS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyHostKeyDns {
    /// A proven match is enough.
    Yes,
    /// What the DNS says is shown.
    Ask,
    /// The DNS is not asked.
    No,
}

/// VerifyHostKeyDNS.
pub fn verify_dns(text: &str) -> VerifyHostKeyDns {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => VerifyHostKeyDns::Yes,
        "ask" => VerifyHostKeyDns::Ask,
        _ => VerifyHostKeyDns::No,
    }
}

/// UpdateHostKeys: whether the server may change what is on record about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateHostKeys {
    /// Announced keys are ignored.
    No,
    /// Keys it proves are learnt, keys it no longer has are dropped.
    Yes,
    /// As `Yes`, after asking the person.
    Ask,
}

/// UpdateHostKeys.
pub fn update_host_keys(text: &str) -> UpdateHostKeys {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => UpdateHostKeys::Yes,
        "ask" => UpdateHostKeys::Ask,
        _ => UpdateHostKeys::No,
    }
}

/// RequestTTY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestTty {
    /// For a shell on a terminal.
    Auto,
    /// Never (`-T`).
    No,
    /// If standard input is a terminal (`-t`).
    Yes,
    /// Always (`-tt`).
    Force,
}

/// RequestTTY.
pub fn request_tty(text: &str) -> RequestTty {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => RequestTty::Yes,
        "no" | "false" => RequestTty::No,
        "force" => RequestTty::Force,
        _ => RequestTty::Auto,
    }
}

/// AddressFamily.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFamily {
    /// Either.
    Any,
    /// IPv4 only.
    Inet,
    /// IPv6 only.
    Inet6,
}

/// AddressFamily.
pub fn address_family(text: &str) -> AddressFamily {
    match text.to_ascii_lowercase().as_str() {
        "inet" => AddressFamily::Inet,
        "inet6" => AddressFamily::Inet6,
        _ => AddressFamily::Any,
    }
}

/// SessionType: what is asked for on the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionType {
    /// A shell, or the command if there is one.
    Default,
    /// Nothing (`-N`).
    None,
    /// The command names a subsystem (`-s`).
    Subsystem,
}

/// SessionType.
pub fn session_type(text: &str) -> SessionType {
    match text.to_ascii_lowercase().as_str() {
        "none" => SessionType::None,
        "subsystem" => SessionType::Subsystem,
        _ => SessionType::Default,
    }
}

/// FingerprintHash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FingerprintHash {
    /// `MD5:aa:bb:…`
    Md5,
    /// `SHA256:…`
    Sha256,
}

/// FingerprintHash.
pub fn fingerprint_hash(text: &str) -> FingerprintHash {
    if text.eq_ignore_ascii_case("md5") { FingerprintHash::Md5 } else { FingerprintHash::Sha256 }
}

/// ControlMaster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlMaster {
    /// Uses an existing master; never becomes one.
    No,
    /// Becomes the master.
    Yes,
    /// Becomes the master, and asks before each use.
    Ask,
    /// Uses an existing master, or becomes one.
    Auto,
    /// As `Auto`, and asks before each use.
    AutoAsk,
}

pub fn control_master(text: &str) -> ControlMaster {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => ControlMaster::Yes,
        "ask" => ControlMaster::Ask,
        "auto" => ControlMaster::Auto,
        "autoask" => ControlMaster::AutoAsk,
        _ => ControlMaster::No,
    }
}

/// WarnWeakCrypto: yes, unless it is switched off whole or for key exchanges.
pub fn warns_of_weak_crypto(text: &str) -> bool {
    !["no", "false", "no-pq-kex"].iter().any(|off| off.eq_ignore_ascii_case(text))
}

/// PubkeyAuthentication, as far as it is yes or no.
pub fn pubkey(text: &str) -> Result<bool, ConfigFault> {
    Ok(!matches!(text.to_ascii_lowercase().as_str(), "no" | "false"))
}
