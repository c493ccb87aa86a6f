//! Which algorithms are proposed, in which order, and how a user's list changes that.
//!
//! A name reaches the SSH library only through the tables here: it takes names for key
//! exchange, cipher and MAC that mean "none", and with those nothing would be verified or
//! encrypted.

use std::borrow::Cow;
use std::str::FromStr;

use russh::client::GexParams;
use russh::keys::ssh_key::{Algorithm, EcdsaCurve, HashAlg};
use russh::{Preferred, cipher, compression, kex, mac};

use super::observe::Offer;
use super::quirks::Quirks;
use crate::error::{Error, Kind, Result};
use crate::pattern::matches;
use crate::say;
use crate::trust::KnownTypes;

const CERTIFICATE: &str = "-cert-v01@openssh.com";
/// What the names for security keys have at their ends.
const DOMAIN: &str = "@openssh.com";

/// A kind of algorithm: the configuration keyword and what its lists may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// KexAlgorithms
    Kex,
    /// HostKeyAlgorithms
    HostKey,
    /// Ciphers
    Cipher,
    /// MACs
    Mac,
    /// PubkeyAcceptedAlgorithms
    Pubkey,
}

impl Family {
    /// What is proposed where nothing else is said, most preferred first.
    pub fn defaults(self) -> &'static [&'static str] {
        match self {
            Family::Kex => &KEX[..KEX_DEFAULTS],
            Family::Cipher if has_aes() => &CIPHERS[..CIPHER_DEFAULTS],
            Family::Cipher => &CIPHERS_WITHOUT_AES,
            Family::Mac => &MACS[..MAC_DEFAULTS],
            Family::HostKey | Family::Pubkey => &SIGNATURES[..SIGNATURE_DEFAULTS],
        }
    }

    /// Everything that can be asked for by name.
    pub fn supported(self) -> Vec<String> {
        let plain = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        match self {
            Family::Kex => plain(&KEX),
            Family::Cipher => plain(&CIPHERS),
            Family::Mac => plain(&MACS),
            Family::HostKey | Family::Pubkey => {
                let certificates = SIGNATURES.iter().map(|name| of_certificate(name));
                SIGNATURES.iter().map(|&name| name.to_owned()).chain(certificates).collect()
            }
        }
    }

    /// The name of the text that says what it is, and its keyword.
    fn described(self) -> (&'static str, &'static str) {
        match self {
            Family::Kex => ("error-client-key-exchange-algorithm", "KexAlgorithms"),
            Family::HostKey => ("error-client-host-key-algorithm", "HostKeyAlgorithms"),
            Family::Cipher => ("error-client-cipher", "Ciphers"),
            Family::Mac => ("error-client-mac", "MACs"),
            Family::Pubkey => ("error-client-public-key-algorithm", "PubkeyAcceptedAlgorithms"),
        }
    }
}

/// Whether a key exchange, of ours or of others, withstands a quantum computer.
pub(super) fn is_post_quantum(kex: &str) -> bool {
    kex.starts_with("mlkem") || kex.starts_with("sntrup")
}

const KEX_DEFAULTS: usize = 10;
const KEX: [&str; 14] = [
    "mlkem768x25519-sha256",
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group15-sha512",
    "diffie-hellman-group17-sha512",
    "diffie-hellman-group14-sha1",
    "diffie-hellman-group-exchange-sha1",
];

/// With AES in hardware, as nearly everywhere, GCM costs a third of ChaCha20.
const CIPHER_DEFAULTS: usize = 6;
const CIPHERS: [&str; 10] = [
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "aes128-cbc",
    "aes192-cbc",
    "aes256-cbc",
    "3des-cbc",
];
const CIPHERS_WITHOUT_AES: [&str; 6] = [
    "chacha20-poly1305@openssh.com",
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
];

const MAC_DEFAULTS: usize = 4;
const MACS: [&str; 6] = [
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-sha1-etm@openssh.com",
    "hmac-sha1",
];

const SIGNATURE_DEFAULTS: usize = 8;
const SIGNATURES: [&str; 10] = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-rsa",
    "ssh-dss",
];

/// Bits of the smallest and largest group that are accepted in a group exchange (RFC 8270).
const MIN_GROUP: usize = 2048;
const MAX_GROUP: usize = 8192;
/// What is asked for at most where larger groups fail.
const LARGE_GROUP: usize = 4096;

/// Bits of the group that is as strong as a cipher, by the table in OpenSSH's dh.c, which is
/// NIST SP 800-57's.
fn group_for(cipher: &str) -> usize {
    match cipher {
        "3des-cbc" => 3072,
        name if name.starts_with("aes128-") => 3072,
        name if name.starts_with("aes192-") => 7680,
        _ => MAX_GROUP,
    }
}

fn has_aes() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("aes");
    #[cfg(target_arch = "aarch64")]
    return std::arch::is_aarch64_feature_detected!("aes");
    #[allow(unreachable_code)]
    false
}

/// The list that a configuration value asks for: a list of its own, or the defaults with
/// names added (`+`), removed (`-`, patterns allowed) or put first (`^`).
///
/// # Errors
/// A name that is not supported, or a list that ends empty.
pub fn select(family: Family, spec: Option<&str>) -> Result<Vec<String>> {
    let defaults: Vec<String> = family.defaults().iter().map(|&name| name.to_owned()).collect();
    let Some(spec) = spec else { return Ok(defaults) };
    let supported = family.supported();
    let (operator, list) = match spec.as_bytes().first() {
        Some(b'+') => ('+', &spec[1..]),
        Some(b'-') => ('-', &spec[1..]),
        Some(b'^') => ('^', &spec[1..]),
        _ => ('=', spec),
    };
    let patterns: Vec<&str> = list.split(',').filter(|name| !name.is_empty()).collect();
    let chosen = match operator {
        '-' => defaults
            .into_iter()
            .filter(|name| !patterns.iter().any(|pattern| matches(pattern, name)))
            .collect(),
        _ => {
            let named = named(family, &patterns, &supported)?;
            let others = defaults.into_iter();
            match operator {
                '+' => distinct(others.chain(named)),
                '^' => distinct(named.into_iter().chain(others)),
                _ => distinct(named.into_iter()),
            }
        }
    };
    if chosen.is_empty() {
        return Err(bad(family, spec));
    }
    Ok(chosen)
}

fn named(family: Family, patterns: &[&str], supported: &[String]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for pattern in patterns {
        let before = names.len();
        names.extend(supported.iter().filter(|name| matches(pattern, name)).cloned());
        if names.len() == before {
            return Err(bad(family, pattern));
        }
    }
    Ok(names)
}

fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

fn bad(family: Family, spec: &str) -> Error {
    let (what, keyword) = family.described();
    let what = crate::catalogue::text(what, &[]);
    let spec = crate::text::line(spec, 100);
    Error::new(Kind::Config, say!("error-client-bad-ssh2-spec", what, spec)).hint(say!(
        "error-client-takes",
        keyword,
        family = family.supported().join(",")
    ))
}

/// What is proposed in KEXINIT.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Key exchange algorithms.
    pub kex: Vec<String>,
    /// Host key algorithms, certificates among them only where an authority covers the host.
    pub host_key: Vec<String>,
    /// Ciphers, for both directions.
    pub cipher: Vec<String>,
    /// MACs, for both directions.
    pub mac: Vec<String>,
    /// Whether compression is asked for (Compression, -C).
    pub compression: bool,
}

impl Proposal {
    /// Makes the proposal out of the configured lists and what is on record for the host.
    ///
    /// Where the host key list is not the user's own, types on record come first, so that a
    /// host with several keys shows the one that is known; a host with none on record gets
    /// the default order. As with ssh, the order tells an observer which.
    ///
    /// # Errors
    /// As [`select`].
    pub fn new(lists: &Lists<'_>, known: &KnownTypes) -> Result<Proposal> {
        let mut host_key = select(Family::HostKey, lists.host_key)?;
        if lists.follows_record() {
            if known.authority {
                let certificates: Vec<_> = host_key
                    .iter()
                    .filter(|name| !name.ends_with(CERTIFICATE))
                    .map(|name| of_certificate(name))
                    .collect();
                host_key.splice(0..0, certificates);
                host_key = distinct(host_key.into_iter());
            }
            host_key.sort_by_key(|name| !is_known(name, &known.keys));
        }
        Ok(Proposal {
            kex: select(Family::Kex, lists.kex)?,
            host_key,
            cipher: select(Family::Cipher, lists.cipher)?,
            mac: select(Family::Mac, lists.mac)?,
            compression: lists.compression,
        })
    }

    /// The same in the SSH library's types. It always proposes certificates first and plain
    /// keys after them, so the order seen on the wire is that of [`Proposal::on_the_wire`].
    pub(super) fn preferred(&self) -> Preferred {
        let algorithms = |certificates: bool| -> Cow<'static, [Algorithm]> {
            self.host_key
                .iter()
                .filter(|name| name.ends_with(CERTIFICATE) == certificates)
                .filter_map(|name| algorithm(name))
                .collect()
        };
        let mut kex: Vec<kex::Name> =
            self.kex.iter().filter_map(|name| kex::Name::try_from(name.as_str()).ok()).collect();
        kex.extend([kex::EXTENSION_SUPPORT_AS_CLIENT, kex::EXTENSION_OPENSSH_STRICT_KEX_AS_CLIENT]);
        Preferred {
            kex: Cow::Owned(kex),
            key: algorithms(false),
            host_key_certificates: algorithms(true),
            cipher: self
                .cipher
                .iter()
                .filter_map(|name| cipher::Name::try_from(name.as_str()).ok())
                .collect(),
            mac: self
                .mac
                .iter()
                .filter_map(|name| mac::Name::try_from(name.as_str()).ok())
                .collect(),
            // `ZLIB_LEGACY` is the library's name for zlib@openssh.com, the one that starts
            // after authentication; plain zlib decompresses before it and is not offered.
            compression: match self.compression {
                true => Cow::Borrowed(&[compression::ZLIB_LEGACY, compression::NONE]),
                false => Cow::Borrowed(&[compression::NONE]),
            },
        }
    }

    /// Leaves out what this server is known to get wrong.
    pub(super) fn adapt(&mut self, quirks: Quirks) {
        if quirks.curve25519_is_padded {
            self.kex.retain(|name| name != "curve25519-sha256@libssh.org");
        }
    }

    /// Whether the group to ask for depends on the cipher that will be agreed on.
    pub(super) fn asks_for_a_group(&self) -> bool {
        let first = self.cipher.first().map(|name| group_for(name));
        self.kex.iter().any(|name| name.contains("group-exchange"))
            && self.cipher.iter().any(|name| Some(group_for(name)) != first)
    }

    /// The group sizes to ask for in a group exchange (RFC 4419): as strong as the ciphers that
    /// will be agreed on; where the server's offer is not known, as the strongest of ours.
    ///
    /// # Errors
    /// None that can happen: the library wants the three sizes in order, and they are.
    pub(super) fn group_exchange(
        &self,
        offer: Option<&Offer>,
        quirks: Quirks,
    ) -> Result<GexParams, russh::Error> {
        let group = |name: &String| group_for(name);
        let agreed = |theirs: &Vec<String>| self.cipher.iter().find(|&name| theirs.contains(name));
        let wanted = match offer {
            Some(offer) => offer.ciphers.iter().filter_map(agreed).map(group).max(),
            None => self.cipher.iter().map(group).max(),
        };
        let limit = if quirks.large_groups_fail { LARGE_GROUP } else { MAX_GROUP };
        GexParams::new(MIN_GROUP, wanted.unwrap_or(MAX_GROUP).min(limit), MAX_GROUP)
    }

    /// Host key algorithms in the order in which they are sent.
    pub(super) fn on_the_wire(&self) -> Vec<String> {
        let (mut certificates, plain): (Vec<_>, Vec<_>) =
            self.host_key.iter().cloned().partition(|name| name.ends_with(CERTIFICATE));
        certificates.extend(plain);
        certificates
    }
}

/// The configured lists, as written; `None` is the default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lists<'a> {
    /// KexAlgorithms
    pub kex: Option<&'a str>,
    /// HostKeyAlgorithms
    pub host_key: Option<&'a str>,
    /// Ciphers
    pub cipher: Option<&'a str>,
    /// MACs
    pub mac: Option<&'a str>,
    /// Compression
    pub compression: bool,
}

impl Lists<'_> {
    /// Whether the order of host key algorithms follows what is on record for the host.
    pub fn follows_record(&self) -> bool {
        self.host_key.is_none_or(|spec| spec.starts_with(['+', '-']))
    }

    /// Whether every list can be used, so that a mistake costs no connection.
    ///
    /// # Errors
    /// As [`select`].
    pub fn check(&self) -> Result<()> {
        Proposal::new(self, &KnownTypes::default()).map(|_| ())
    }
}

/// The name for a certificate: `ssh-ed25519-cert-v01@openssh.com` of `ssh-ed25519`.
pub fn of_certificate(name: &str) -> String {
    format!("{}{CERTIFICATE}", name.strip_suffix(DOMAIN).unwrap_or(name))
}

/// The name without a certificate, the other way round.
pub fn of_key(name: &str) -> Cow<'_, str> {
    match name.strip_suffix(CERTIFICATE) {
        Some(plain) if plain.starts_with("sk-") => Cow::Owned(format!("{plain}{DOMAIN}")),
        Some(plain) => Cow::Borrowed(plain),
        None => Cow::Borrowed(name),
    }
}

/// The library's type for a host key or signature algorithm, certificate suffix aside.
pub(super) fn algorithm(name: &str) -> Option<Algorithm> {
    let plain = of_key(name);
    match &*plain {
        "rsa-sha2-512" => Some(Algorithm::Rsa { hash: Some(HashAlg::Sha512) }),
        "rsa-sha2-256" => Some(Algorithm::Rsa { hash: Some(HashAlg::Sha256) }),
        "ssh-rsa" => Some(Algorithm::Rsa { hash: None }),
        "ssh-ed25519" => Some(Algorithm::Ed25519),
        "ecdsa-sha2-nistp256" => Some(Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 }),
        "ecdsa-sha2-nistp384" => Some(Algorithm::Ecdsa { curve: EcdsaCurve::NistP384 }),
        "ecdsa-sha2-nistp521" => Some(Algorithm::Ecdsa { curve: EcdsaCurve::NistP521 }),
        other => Algorithm::from_str(other).ok(),
    }
}

fn is_known(name: &str, known: &[Algorithm]) -> bool {
    let Some(ours) = algorithm(name) else { return false };
    known.iter().any(|key| match (key, &ours) {
        (Algorithm::Rsa { .. }, Algorithm::Rsa { .. }) => true,
        (key, ours) => key == ours,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_tables_is_one_the_library_has() {
        let everything = Proposal {
            kex: Family::Kex.supported(),
            host_key: Family::HostKey.supported(),
            cipher: Family::Cipher.supported(),
            mac: Family::Mac.supported(),
            compression: true,
        };
        let preferred = everything.preferred();
        assert_eq!(preferred.kex.len(), KEX.len() + 2);
        assert_eq!(preferred.cipher.len(), CIPHERS.len());
        assert_eq!(preferred.mac.len(), MACS.len());
        assert_eq!(preferred.key.len(), SIGNATURES.len());
        assert_eq!(preferred.host_key_certificates.len(), SIGNATURES.len());
    }

    #[test]
    fn names_that_mean_no_protection_cannot_be_asked_for() {
        for name in ["none", "clear", "+none", "ext-info-c", "kex-strict-c-v00@openssh.com"] {
            for family in [Family::Kex, Family::Cipher, Family::Mac, Family::HostKey] {
                assert!(select(family, Some(name)).is_err(), "{name}");
            }
        }
    }

    #[test]
    fn operators_change_the_defaults() {
        let first = |spec| select(Family::Cipher, Some(spec)).unwrap();
        assert_eq!(first("aes256-ctr,aes128-ctr"), ["aes256-ctr", "aes128-ctr"]);
        assert_eq!(first("+aes128-cbc").last().unwrap(), "aes128-cbc");
        assert_eq!(first("^aes256-ctr")[0], "aes256-ctr");
        assert!(!first("-aes*-ctr").iter().any(|name| name.ends_with("ctr")));
        assert!(select(Family::Cipher, Some("-*")).is_err());
    }

    #[test]
    fn types_on_record_are_proposed_first() {
        let known = KnownTypes { keys: vec![Algorithm::Rsa { hash: None }], authority: false };
        let proposal = Proposal::new(&Lists::default(), &known).unwrap();
        assert_eq!(proposal.host_key[..2], ["rsa-sha2-512", "rsa-sha2-256"]);
        assert_eq!(proposal.host_key[2], "ssh-ed25519");
        assert!(!proposal.host_key.iter().any(|name| name == "ssh-rsa"));
    }

    #[test]
    fn certificates_are_asked_for_only_where_an_authority_covers_the_host() {
        let with = KnownTypes { keys: Vec::new(), authority: true };
        let proposal = Proposal::new(&Lists::default(), &with).unwrap();
        assert_eq!(proposal.on_the_wire()[0], "ssh-ed25519-cert-v01@openssh.com");
        let without = Proposal::new(&Lists::default(), &KnownTypes::default()).unwrap();
        assert!(without.preferred().host_key_certificates.is_empty());
    }

    #[test]
    fn a_group_is_as_strong_as_the_strongest_cipher() {
        for (ciphers, bits) in [
            ("aes128-ctr", 3072),
            ("aes128-cbc,aes192-ctr", 7680),
            ("3des-cbc", 3072),
            ("aes128-gcm@openssh.com,aes256-ctr", 8192),
            ("chacha20-poly1305@openssh.com", 8192),
        ] {
            let lists = Lists { cipher: Some(ciphers), ..Lists::default() };
            let proposal = Proposal::new(&lists, &KnownTypes::default()).unwrap();
            let sizes = proposal.group_exchange(None, Quirks::default()).unwrap();
            assert_eq!(sizes.preferred_group_size(), bits, "{ciphers}");
            assert_eq!((sizes.min_group_size(), sizes.max_group_size()), (2048, 8192));
        }
    }

    #[test]
    fn a_group_is_as_strong_as_the_cipher_that_will_be_agreed_on() {
        let cipher = Some("aes128-ctr,aes192-ctr,aes256-ctr");
        let lists = Lists { cipher, ..Lists::default() };
        let proposal = Proposal::new(&lists, &KnownTypes::default()).unwrap();
        assert!(proposal.asks_for_a_group());
        let cisco = Quirks::of("SSH-2.0-Cisco-1.25");
        for (to, from, quirks, bits) in [
            ("3des-cbc,aes128-ctr,aes256-ctr", "aes128-ctr", Quirks::default(), 3072),
            ("aes256-ctr", "aes128-ctr", Quirks::default(), 8192),
            ("aes192-ctr", "aes128-ctr", Quirks::default(), 7680),
            ("aes256-ctr", "aes256-ctr", cisco, 4096),
            ("aes128-ctr", "aes128-ctr", cisco, 3072),
            ("rot13", "rot13", Quirks::default(), 8192),
        ] {
            let list = |names: &str| names.split(',').map(str::to_owned).collect();
            let offer = Offer { ciphers: [list(to), list(from)], ..Offer::default() };
            let sizes = proposal.group_exchange(Some(&offer), quirks).unwrap();
            assert_eq!(sizes.preferred_group_size(), bits, "{to} {from}");
            assert_eq!((sizes.min_group_size(), sizes.max_group_size()), (2048, 8192));
        }
        for (kex, cipher) in [("curve25519-sha256", "aes128-ctr,aes256-ctr"), ("+", "aes128-ctr")] {
            let lists = Lists { kex: Some(kex), cipher: Some(cipher), ..Lists::default() };
            let proposal = Proposal::new(&lists, &KnownTypes::default()).unwrap();
            assert!(!proposal.asks_for_a_group(), "{kex} {cipher}");
        }
    }

    #[test]
    fn what_a_server_gets_wrong_is_not_proposed() {
        let mut proposal = Proposal::new(&Lists::default(), &KnownTypes::default()).unwrap();
        let padded = |proposal: &Proposal| proposal.kex.iter().any(|it| it.ends_with("libssh.org"));
        proposal.adapt(Quirks::of("SSH-2.0-OpenSSH_6.6.1p1"));
        assert!(padded(&proposal));
        proposal.adapt(Quirks::of("SSH-2.0-OpenSSH_6.6p1"));
        assert!(!padded(&proposal) && proposal.kex.len() > 3);
    }

    #[test]
    fn an_own_list_keeps_its_order() {
        let known = KnownTypes { keys: vec![Algorithm::Ed25519], authority: true };
        let lists = Lists { host_key: Some("rsa-sha2-512,ssh-ed25519"), ..Lists::default() };
        let proposal = Proposal::new(&lists, &known).unwrap();
        assert_eq!(proposal.host_key, ["rsa-sha2-512", "ssh-ed25519"]);
    }
}
