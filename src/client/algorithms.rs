//! The algorithms that are proposed, their order, and how a configured list changes them.
//!
//! A name reaches the SSH library only if it is in the tables here: the library also accepts names
//! for key exchange, cipher and MAC that mean "none", with which nothing would be verified or
//! encrypted.

use std::borrow::Cow;
use std::str::FromStr;

use russh::client::GexParams;
use russh::keys::ssh_key::{Algorithm, EcdsaCurve, HashAlg};
use russh::{Preferred, cipher, compression, kex, mac};

use crate::catalogue::{FixedText, texts};
use crate::client::quirks::Quirks;
use crate::error::{Error, Kind, Result};
use crate::pattern::matches;
use crate::say;
use crate::trust::KnownTypes;

const CERTIFICATE: &str = "-cert-v01@openssh.com";
/// The domain suffix of algorithm names that OpenSSH defines, for example for security keys.
const DOMAIN: &str = "@openssh.com";

/// A kind of algorithm: the configuration keyword and what its lists may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlgorithmFamily {
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

impl AlgorithmFamily {
    /// The names proposed if the configuration says nothing, most preferred first.
    pub fn defaults(self) -> &'static [&'static str] {
        match self {
            AlgorithmFamily::Kex => &KEX[..KEX_DEFAULTS],
            AlgorithmFamily::Cipher if has_aes() => &CIPHERS[..CIPHER_DEFAULTS],
            AlgorithmFamily::Cipher => &CIPHERS_WITHOUT_AES,
            AlgorithmFamily::Mac => &MACS[..MAC_DEFAULTS],
            AlgorithmFamily::HostKey | AlgorithmFamily::Pubkey => &SIGNATURES[..SIGNATURE_DEFAULTS],
        }
    }

    /// Every name that a configured list may select.
    pub fn supported(self) -> Vec<String> {
        let plain = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        match self {
            AlgorithmFamily::Kex => plain(&KEX),
            AlgorithmFamily::Cipher => plain(&CIPHERS),
            AlgorithmFamily::Mac => plain(&MACS),
            AlgorithmFamily::HostKey | AlgorithmFamily::Pubkey => {
                let certificates = SIGNATURES.iter().map(|name| of_certificate(name));
                SIGNATURES.iter().map(|&name| name.to_owned()).chain(certificates).collect()
            }
        }
    }

    /// The names that ssh(1) has and this program does not implement.
    fn missing(self) -> &'static [&'static str] {
        match self {
            AlgorithmFamily::Kex => &MISSING_KEX,
            AlgorithmFamily::Cipher => &MISSING_CIPHERS,
            AlgorithmFamily::Mac => &MISSING_MACS,
            AlgorithmFamily::HostKey | AlgorithmFamily::Pubkey => &MISSING_SIGNATURES,
        }
    }

    /// The family's name for messages, and its configuration keyword.
    fn described(self) -> (FixedText, &'static str) {
        match self {
            AlgorithmFamily::Kex => (texts::kind_kex_algorithm, "KexAlgorithms"),
            AlgorithmFamily::HostKey => (texts::kind_host_key_algorithm, "HostKeyAlgorithms"),
            AlgorithmFamily::Cipher => (texts::kind_cipher, "Ciphers"),
            AlgorithmFamily::Mac => (texts::kind_mac, "MACs"),
            AlgorithmFamily::Pubkey => {
                (texts::kind_public_key_algorithm, "PubkeyAcceptedAlgorithms")
            }
        }
    }
}

/// Whether a key exchange resists a quantum computer. The name may be one that this program does
/// not implement.
pub(crate) fn is_post_quantum(kex: &str) -> bool {
    kex.starts_with("mlkem") || kex.starts_with("sntrup")
}

/// Whether an algorithm is kept for old servers alone: it rests on SHA-1, has a group of 1024 bits,
/// or a cipher in a mode or of a size that has been attacked. None is proposed unless the user names
/// it.
pub(crate) fn is_legacy(name: &str) -> bool {
    let plain = of_key(name);
    plain.contains("sha1") || plain.ends_with("-cbc") || [SSH_RSA, "ssh-dss"].contains(&&*plain)
}

/// The signature of an RSA key with SHA-1; as a key type, the name does not tell the hash.
pub(crate) const SSH_RSA: &str = "ssh-rsa";

/// The warning about an algorithm that [`is_legacy`]; `keyword` is where the user has named it.
pub(crate) fn legacy_warning(family: AlgorithmFamily, name: &str) -> String {
    let (what, keyword) = family.described();
    say!(algorithm_legacy, what, name, keyword)
}

const KEX_DEFAULTS: usize = 10;
const KEX: [&str; 15] = [
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
    "diffie-hellman-group1-sha1",
];

/// Names that OpenSSH 9.2 to 10.6 has and the SSH library does not implement. A configured list may
/// contain them; the other names in the list are used.
const MISSING_KEX: [&str; 3] =
    ["sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com", "mlkem768nistp256-sha256"];
const MISSING_CIPHERS: [&str; 1] = ["rijndael-cbc@lysator.liu.se"];
const MISSING_MACS: [&str; 10] = [
    "hmac-md5",
    "hmac-md5-96",
    "hmac-sha1-96",
    "hmac-md5-etm@openssh.com",
    "hmac-md5-96-etm@openssh.com",
    "hmac-sha1-96-etm@openssh.com",
    "umac-64@openssh.com",
    "umac-128@openssh.com",
    "umac-64-etm@openssh.com",
    "umac-128-etm@openssh.com",
];
const MISSING_SIGNATURES: [&str; 6] = [
    "ssh-mldsa44-ed25519",
    "ssh-mldsa44-ed25519-cert",
    "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
    "webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ssh-xmss@openssh.com",
    "ssh-xmss-cert-v01@openssh.com",
];

/// The AES-GCM ciphers come first: with AES in hardware, which nearly every machine has, they cost
/// a third of ChaCha20.
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
/// Bits of the largest group that is requested from a server on which larger groups fail.
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

/// Resolves a configuration value to a list of names: a list of its own, or the defaults with names
/// added (`+`), removed (`-`, patterns allowed) or put first (`^`). Names that only ssh(1) has are
/// left out; [`missing`] gives them.
///
/// # Errors
/// A name is unknown, or the resulting list is empty.
pub fn select(family: AlgorithmFamily, spec: Option<&str>) -> Result<Vec<String>> {
    let defaults: Vec<String> = family.defaults().iter().map(|&name| name.to_owned()).collect();
    let Some(spec) = spec else { return Ok(defaults) };
    let supported = family.supported();
    let (operator, patterns) = parts(spec);
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
    match chosen.is_empty() {
        true if missing(family, Some(spec)).is_empty() => Err(bad(family, spec)),
        true => Err(not_here(family, spec)),
        false => Ok(chosen),
    }
}

/// Splits a list into its leading operator (`=` if it has none) and its names.
fn parts(spec: &str) -> (char, Vec<&str>) {
    let (operator, list) = match spec.as_bytes().first() {
        Some(b'+') => ('+', &spec[1..]),
        Some(b'-') => ('-', &spec[1..]),
        Some(b'^') => ('^', &spec[1..]),
        _ => ('=', spec),
    };
    (operator, list.split(',').filter(|name| !name.is_empty()).collect())
}

/// The supported names that a list mentions, whatever its operator; empty if only ssh(1) has them.
///
/// # Errors
/// A name is unknown.
pub fn named_in(family: AlgorithmFamily, spec: &str) -> Result<Vec<String>> {
    let (_, patterns) = parts(spec);
    Ok(distinct(named(family, &patterns, &family.supported())?.into_iter()))
}

/// The names of a list that ssh(1) has and this program has not.
pub fn missing(family: AlgorithmFamily, spec: Option<&str>) -> Vec<String> {
    let (operator, patterns) = parts(spec.unwrap_or_default());
    let supported = family.supported();
    let is_missing = |pattern: &&str| {
        !supported.iter().any(|name| matches(pattern, name))
            && family.missing().iter().any(|name| matches(pattern, name))
    };
    let patterns = patterns.into_iter().filter(|_| operator != '-').filter(is_missing);
    patterns.map(str::to_owned).collect()
}

/// One message for each list from which names are left out.
pub fn left_out(lists: &[(AlgorithmFamily, Option<&str>)]) -> Vec<String> {
    let line = |&(family, spec): &(AlgorithmFamily, Option<&str>)| {
        let names = missing(family, spec);
        let (_, keyword) = family.described();
        (!names.is_empty()).then(|| say!(algorithms_left_out, keyword, names = names.join(", ")))
    };
    lists.iter().filter_map(line).collect()
}

fn named(family: AlgorithmFamily, patterns: &[&str], supported: &[String]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for pattern in patterns {
        let before = names.len();
        names.extend(supported.iter().filter(|name| matches(pattern, name)).cloned());
        let is_missing = || family.missing().iter().any(|name| matches(pattern, name));
        if names.len() == before && !is_missing() {
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

fn bad(family: AlgorithmFamily, spec: &str) -> Error {
    let (what, keyword) = family.described();
    let spec = crate::text::line(spec, 100);
    Error::new(Kind::Config, say!(algorithms_bad_spec, what, spec)).hint(say!(
        algorithms_known,
        keyword,
        family = family.supported().join(",")
    ))
}

fn not_here(family: AlgorithmFamily, spec: &str) -> Error {
    let (_, keyword) = family.described();
    let names = missing(family, Some(spec)).join(", ");
    Error::new(Kind::Config, say!(algorithms_missing, keyword, names)).hint(say!(
        algorithms_known,
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
    /// the default order. As with ssh, the order tells an observer which. Where only certificates
    /// count, those for the keys in the list are proposed and nothing else.
    ///
    /// # Errors
    /// As [`select`].
    pub fn new(lists: &Lists<'_>, known: &KnownTypes) -> Result<Proposal> {
        let mut host_key = select(AlgorithmFamily::HostKey, lists.host_key)?;
        if known.only_certificates {
            host_key = distinct(host_key.iter().map(|name| of_certificate(&of_key(name))));
        } else if lists.follows_record() {
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
            kex: select(AlgorithmFamily::Kex, lists.kex)?,
            host_key,
            cipher: select(AlgorithmFamily::Cipher, lists.cipher)?,
            mac: select(AlgorithmFamily::Mac, lists.mac)?,
            compression: lists.compression,
        })
    }

    /// The proposal in the SSH library's types. It always proposes certificates first and plain
    /// keys after them, so the order seen on the wire is that of [`Proposal::on_the_wire`].
    pub(crate) fn preferred(&self) -> Preferred {
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

    /// Leaves out algorithms that this server is known to implement wrongly.
    pub(crate) fn adapt(&mut self, quirks: Quirks) {
        if quirks.curve25519_is_padded {
            self.kex.retain(|name| name != "curve25519-sha256@libssh.org");
        }
    }

    /// Whether the group size to ask for depends on the cipher that will be agreed on.
    pub(crate) fn asks_for_a_group(&self) -> bool {
        let first = self.cipher.first().map(|name| group_for(name));
        self.kex.iter().any(|name| name.contains("group-exchange"))
            && self.cipher.iter().any(|name| Some(group_for(name)) != first)
    }

    /// The group sizes to ask for in a group exchange (RFC 4419): as strong as the ciphers that
    /// will be agreed on. If the server's offer is not known, as strong as the strongest cipher
    /// proposed.
    ///
    /// # Errors
    /// None in practice: the library requires the three sizes to be in order, and they are.
    pub(crate) fn group_exchange(
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
    pub(crate) fn on_the_wire(&self) -> Vec<String> {
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

/// The algorithm name for certificates of a key type: `ssh-ed25519-cert-v01@openssh.com` for
/// `ssh-ed25519`.
pub fn of_certificate(name: &str) -> String {
    format!("{}{CERTIFICATE}", name.strip_suffix(DOMAIN).unwrap_or(name))
}

/// The plain key's algorithm name for a certificate's; the inverse of [`of_certificate`].
pub fn of_key(name: &str) -> Cow<'_, str> {
    match name.strip_suffix(CERTIFICATE) {
        Some(plain) if plain.starts_with("sk-") => Cow::Owned(format!("{plain}{DOMAIN}")),
        Some(plain) => Cow::Borrowed(plain),
        None => Cow::Borrowed(name),
    }
}

/// The library's type for a host key or signature algorithm, certificate suffix aside.
pub(crate) fn algorithm(name: &str) -> Option<Algorithm> {
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

/// The name-lists of the server's KEXINIT (RFC 4253 section 7.1), MACs and languages aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offer {
    /// `kex_algorithms`
    pub kex: Vec<String>,
    /// `server_host_key_algorithms`
    pub host_key: Vec<String>,
    /// Encryption to the server, and from it.
    pub ciphers: [Vec<String>; 2],
    /// Compression to the server, and from it.
    pub compression: [Vec<String>; 2],
}

#[cfg(test)]
mod tests;
