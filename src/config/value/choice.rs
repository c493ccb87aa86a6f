//! Keywords whose value is one of a few words, and the meaning of each word.
//!
//! [`check`](crate::config::arguments::check) has refused all other words already, so a function
//! here returns the default for a word that it does not name.

use crate::config::fault::ConfigFault;

/// The value of StrictHostKeyChecking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrictHostKeyChecking {
    /// Accept only keys on record.
    Yes,
    /// Ask about keys that are not on record.
    Ask,
    /// Accept new hosts, refuse changed keys.
    AcceptNew,
    /// Accept new hosts, and changed keys with restrictions.
    No,
}

/// Parses StrictHostKeyChecking.
pub fn strict(text: &str) -> StrictHostKeyChecking {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => StrictHostKeyChecking::Yes,
        "no" | "false" | "off" => StrictHostKeyChecking::No,
        "accept-new" => StrictHostKeyChecking::AcceptNew,
        _ => StrictHostKeyChecking::Ask,
    }
}

/// The value of VerifyHostKeyDNS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyHostKeyDns {
    /// A match that DNSSEC proves is accepted.
    Yes,
    /// The DNS records are shown but accept no key.
    Ask,
    /// The DNS is not asked.
    No,
}

/// Parses VerifyHostKeyDNS.
pub fn verify_dns(text: &str) -> VerifyHostKeyDns {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => VerifyHostKeyDns::Yes,
        "ask" => VerifyHostKeyDns::Ask,
        _ => VerifyHostKeyDns::No,
    }
}

/// The value of UpdateHostKeys: whether the server may change the host keys on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateHostKeys {
    /// Announced keys are ignored.
    No,
    /// Keys that the server proves are added; keys that it no longer has are removed.
    Yes,
    /// Keys are updated as with `Yes`, but only after the user agrees.
    Ask,
}

/// Parses UpdateHostKeys.
pub fn update_host_keys(text: &str) -> UpdateHostKeys {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => UpdateHostKeys::Yes,
        "ask" => UpdateHostKeys::Ask,
        _ => UpdateHostKeys::No,
    }
}

/// The value of RequestTTY: when a terminal is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestTty {
    /// If a shell runs and standard input is a terminal.
    Auto,
    /// Never (`-T`).
    No,
    /// If standard input is a terminal (`-t`).
    Yes,
    /// Always (`-tt`).
    Force,
}

/// Parses RequestTTY.
pub fn request_tty(text: &str) -> RequestTty {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => RequestTty::Yes,
        "no" | "false" => RequestTty::No,
        "force" => RequestTty::Force,
        _ => RequestTty::Auto,
    }
}

/// The value of AddressFamily.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFamily {
    /// IPv4 and IPv6.
    Any,
    /// IPv4 only.
    Inet,
    /// IPv6 only.
    Inet6,
}

/// Parses AddressFamily.
pub fn address_family(text: &str) -> AddressFamily {
    match text.to_ascii_lowercase().as_str() {
        "inet" => AddressFamily::Inet,
        "inet6" => AddressFamily::Inet6,
        _ => AddressFamily::Any,
    }
}

/// The value of SessionType: the request on the session channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionType {
    /// A shell, or the command if there is one.
    Default,
    /// No session (`-N`).
    None,
    /// The command names a subsystem (`-s`).
    Subsystem,
}

/// Parses SessionType.
pub fn session_type(text: &str) -> SessionType {
    match text.to_ascii_lowercase().as_str() {
        "none" => SessionType::None,
        "subsystem" => SessionType::Subsystem,
        _ => SessionType::Default,
    }
}

/// The value of FingerprintHash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FingerprintHash {
    /// `MD5:aa:bb:…`
    Md5,
    /// `SHA256:…`
    Sha256,
}

/// Parses FingerprintHash.
pub fn fingerprint_hash(text: &str) -> FingerprintHash {
    if text.eq_ignore_ascii_case("md5") { FingerprintHash::Md5 } else { FingerprintHash::Sha256 }
}

/// The value of ControlMaster.
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
    /// Uses an existing master, or becomes one that asks before each use.
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

/// Parses WarnWeakCrypto: true unless it is switched off entirely or for key exchanges.
pub fn warns_of_weak_crypto(text: &str) -> bool {
    !["no", "false", "no-pq-kex"].iter().any(|off| off.eq_ignore_ascii_case(text))
}

/// Parses TCPKeepAlive: whether the connection to the server has keepalives.
pub fn keeps_alive(text: &str) -> bool {
    !["no", "false"].iter().any(|off| off.eq_ignore_ascii_case(text))
}

/// Parses PubkeyAuthentication as yes or no.
pub fn pubkey(text: &str) -> Result<bool, ConfigFault> {
    Ok(!matches!(text.to_ascii_lowercase().as_str(), "no" | "false"))
}
