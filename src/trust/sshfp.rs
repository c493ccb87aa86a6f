//! SSHFP: fingerprints of host keys in the DNS (RFC 4255, RFC 6594, RFC 7479).
//!
//! Compares records with an offered key, and prints the records for a host's own key. Nothing here
//! queries the DNS: the client queries it and checks DNSSEC, `decide` draws the conclusion, and
//! `dns_lines` words it.

use data_encoding::HEXLOWER;
use russh::keys::ssh_key::public::KeyData;
use russh::keys::ssh_key::{HashAlg, PublicKey};
use sha1::{Digest, Sha1};

/// The number of SHA-1 in the registry of fingerprint types (RFC 4255 section 3.1.2).
const SHA1: u8 = 1;
/// The number of SHA-256 there (RFC 6594 section 4), the only hash that counts as evidence.
const SHA256: u8 = 2;

/// The value of VerifyHostKeyDNS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerifyDns {
    /// The DNS is not asked.
    #[default]
    No,
    /// The DNS records are shown, but accept no key by themselves.
    Ask,
    /// A match that DNSSEC proves is accepted.
    Yes,
}

/// The DNS records' statement about the offered key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sshfp {
    /// The DNS was not asked: VerifyHostKeyDNS is off, the verdict was settled without it, or the
    /// host is an address.
    #[default]
    NotLookedUp,
    /// There is no usable record: none at all, or none with SHA-256.
    Nothing {
        /// The name that was queried.
        name: String,
        /// The number of records with other hashes or malformed data, which do not count.
        ignored: usize,
    },
    /// There are usable records.
    Found {
        /// The name that was queried.
        name: String,
        /// The zone whose signature proves all of the records, from a trust anchor down; `None` if
        /// DNSSEC does not prove them, so that an attacker on the network could have written them.
        signer: Option<String>,
        /// The result of comparing them with the key.
        agreement: Agreement,
    },
    /// There is no answer, or an invalid one: the signature is broken or missing, or the answer is
    /// too long or too late.
    Failed {
        /// The name that was queried.
        name: String,
        /// The reason, one sanitised line.
        reason: String,
    },
}

/// The result of comparing records with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Every fingerprint for keys of this type matches the key.
    Match,
    /// There is a fingerprint of another key of this type.
    Mismatch,
    /// There are only fingerprints for other types of keys.
    OtherTypes,
}

/// The data of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SshfpRecord {
    /// The number of the key's type.
    pub algorithm: u8,
    /// The number of the hash.
    pub hash: u8,
    /// The fingerprint.
    pub fingerprint: Vec<u8>,
}

impl Sshfp {
    /// Whether DNSSEC proves that the key is the host's.
    pub fn is_secure_match(&self) -> bool {
        self.is_secure() && self.agreement() == Some(Agreement::Match)
    }

    /// Whether DNSSEC proves that the host's zone does not list the key.
    pub fn is_secure_mismatch(&self) -> bool {
        self.is_secure() && self.agreement().is_some_and(|it| it != Agreement::Match)
    }

    fn is_secure(&self) -> bool {
        matches!(self, Sshfp::Found { signer: Some(_), .. })
    }

    /// The result of the comparison, if there are usable records.
    pub(super) fn agreement(&self) -> Option<Agreement> {
        match self {
            Sshfp::Found { agreement, .. } => Some(*agreement),
            _ => None,
        }
    }

    /// Whether to tell the user even if no question is asked: the records speak against the key, or
    /// the answer is invalid.
    pub fn is_trouble(&self) -> bool {
        match self {
            Sshfp::NotLookedUp | Sshfp::Nothing { .. } => false,
            Sshfp::Failed { .. } => true,
            Sshfp::Found { agreement, .. } => *agreement != Agreement::Match,
        }
    }
}

/// Compares the records of a name with a key; `signer` is that of [`Sshfp::Found`].
///
/// Only records with SHA-256 count. As in ssh(1), a single record of the key's type with another
/// fingerprint makes a mismatch.
pub fn compare(
    name: String,
    signer: Option<String>,
    records: &[SshfpRecord],
    key: &PublicKey,
) -> Sshfp {
    let own = key.fingerprint(HashAlg::Sha256);
    let usable = |record: &&SshfpRecord| {
        record.hash == SHA256 && record.fingerprint.len() == own.as_bytes().len()
    };
    let usable: Vec<&SshfpRecord> = records.iter().filter(usable).collect();
    if usable.is_empty() {
        return Sshfp::Nothing { name, ignored: records.len() };
    }
    let number = algorithm(key);
    let of_type: Vec<_> = usable.iter().filter(|record| Some(record.algorithm) == number).collect();
    let agreement = if of_type.is_empty() {
        Agreement::OtherTypes
    } else if of_type.iter().all(|record| record.fingerprint == own.as_bytes()) {
        Agreement::Match
    } else {
        Agreement::Mismatch
    };
    Sshfp::Found { name, signer, agreement }
}

/// The records for a host's key, one line each as in a zone file, SHA-1 before SHA-256; `None` for
/// a type that has no number.
pub fn resource_records(host: &str, key: &PublicKey) -> Option<Vec<String>> {
    let algorithm = algorithm(key)?;
    let sha1 = Sha1::digest(key.to_bytes().expect("a key in memory has an encoding"));
    let sha256 = key.fingerprint(HashAlg::Sha256);
    let line = |hash: u8, digest: &[u8]| {
        format!("{host} IN SSHFP {algorithm} {hash} {}", HEXLOWER.encode(digest))
    };
    Some(vec![line(SHA1, &sha1), line(SHA256, sha256.as_bytes())])
}

/// The number of the key's type in the registry (RFC 4255 section 3.1.1, RFC 6594, RFC 7479).
/// Security keys have no number and are never looked up.
fn algorithm(key: &PublicKey) -> Option<u8> {
    match key.key_data() {
        KeyData::Rsa(_) => Some(1),
        KeyData::Dsa(_) => Some(2),
        KeyData::Ecdsa(_) => Some(3),
        KeyData::Ed25519(_) => Some(4),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED25519: &str = include_str!("../../tests/data/trust/certificates/host-ed25519.pub");
    const RSA: &str = include_str!("../../tests/data/trust/certificates/host-rsa.pub");

    fn key(text: &str) -> PublicKey {
        PublicKey::from_openssh(text).expect("a key")
    }

    fn record(algorithm: u8, hash: u8, fingerprint: &[u8]) -> SshfpRecord {
        SshfpRecord { algorithm, hash, fingerprint: fingerprint.to_vec() }
    }

    fn agreement(records: &[SshfpRecord]) -> Option<Agreement> {
        compare("h.".into(), None, records, &key(ED25519)).agreement()
    }

    #[test]
    fn only_sha256_of_the_keys_own_type_agrees() {
        let own = key(ED25519).fingerprint(HashAlg::Sha256);
        let own = own.as_bytes();
        let sha1 = Sha1::digest(key(ED25519).to_bytes().unwrap());
        let right = record(4, 2, own);
        let wrong = record(4, 2, &[7; 32]);
        let other = record(1, 2, &[7; 32]);
        let cases: &[(&[SshfpRecord], Option<Agreement>)] = &[
            (&[], None),
            (std::slice::from_ref(&right), Some(Agreement::Match)),
            (&[right.clone(), right.clone(), other.clone()], Some(Agreement::Match)),
            (&[right.clone(), wrong.clone()], Some(Agreement::Mismatch)),
            (&[wrong.clone(), right.clone()], Some(Agreement::Mismatch)),
            (std::slice::from_ref(&other), Some(Agreement::OtherTypes)),
            // The key's own fingerprint under the number of another type.
            (&[record(3, 2, own)], Some(Agreement::OtherTypes)),
            (&[record(0, 2, own)], Some(Agreement::OtherTypes)),
            (&[record(200, 2, own)], Some(Agreement::OtherTypes)),
            // SHA-1 records neither match nor mismatch.
            (&[record(4, 1, &sha1)], None),
            (&[record(4, 1, &sha1), wrong], Some(Agreement::Mismatch)),
            (&[record(4, 1, &[0; 20]), right.clone()], Some(Agreement::Match)),
            // Unknown hashes and fingerprints of a wrong length do not count either.
            (&[record(4, 3, own), record(4, 0, own), record(4, 255, own)], None),
            (&[record(4, 2, &own[..31])], None),
            (
                &[record(4, 2, &[]), record(4, 2, &[own, &[0]].concat()), right.clone()],
                Some(Agreement::Match),
            ),
        ];
        for (records, expected) in cases {
            assert_eq!(agreement(records), *expected, "{records:?}");
        }
        let ignored = compare("h.".into(), None, &[record(4, 1, &sha1)], &key(ED25519));
        assert_eq!(ignored, Sshfp::Nothing { name: "h.".into(), ignored: 1 });
    }

    #[test]
    fn a_type_without_a_number_matches_nothing() {
        let key = key(
            "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAICFo/k5LU8863u66YC9eUO2170QduohPURkQnbLa/dczAAAABHNzaDo=",
        );
        assert_eq!(resource_records("h", &key), None);
        let own = key.fingerprint(HashAlg::Sha256);
        let all: Vec<SshfpRecord> = (0..=255).map(|n| record(n, 2, own.as_bytes())).collect();
        let found = compare("h.".into(), Some(".".into()), &all, &key);
        assert!(found.is_secure_mismatch() && !found.is_secure_match(), "{found:?}");
    }

    #[test]
    fn records_of_a_key_agree_with_it() {
        for text in [ED25519, RSA] {
            let key = key(text);
            let lines = resource_records("host.example", &key).unwrap();
            let records: Vec<SshfpRecord> = lines
                .iter()
                .map(|line| {
                    let words: Vec<&str> = line.split(' ').collect();
                    assert_eq!(words[..3], ["host.example", "IN", "SSHFP"]);
                    let fingerprint = HEXLOWER.decode(words[5].as_bytes()).unwrap();
                    record(words[3].parse().unwrap(), words[4].parse().unwrap(), &fingerprint)
                })
                .collect();
            assert_eq!(records.iter().map(|it| it.hash).collect::<Vec<_>>(), [1, 2]);
            let found = compare("h.".into(), Some("example.".into()), &records, &key);
            assert!(found.is_secure_match(), "{found:?}");
            assert!(!compare("h.".into(), None, &records, &key).is_secure_match());
        }
    }
}
