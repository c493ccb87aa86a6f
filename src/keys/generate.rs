//! Generates keys: the types and sizes on offer, and the reasons why others are refused.
//!
//! The random numbers come from the operating system through the SSH library. `write` encodes a key
//! and `save` writes it to disk.

use russh::keys::key::safe_rng;
use russh::keys::ssh_key::private::RsaKeypair;
use russh::keys::{Algorithm, EcdsaCurve, PrivateKey};

use super::refusal::{fault, shown};
use crate::error::{Error, Kind, Result};
use crate::say;

/// ssh-keygen's own default since OpenSSH 8.0.
const DEFAULT_RSA_BITS: u32 = 3_072;

/// NIST SP 800-131A has disallowed shorter keys since 2014.
const MIN_NEW_RSA_BITS: u32 = 2_048;

/// Larger keys take minutes to make and slow every login, with no practical gain.
const MAX_NEW_RSA_BITS: u32 = 8_192;

/// What kind of key to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// Ed25519 (RFC 8709).
    Ed25519,
    /// ECDSA on a NIST curve (RFC 5656).
    Ecdsa(EcdsaCurve),
    /// RSA with a modulus of this many bits, 2048 to 8192.
    Rsa(u32),
}

impl KeyType {
    /// Parses the name of a type, as ssh-keygen takes it (`ed25519`, `ecdsa`, `rsa`) or as in
    /// public key files. Without a size: 256 bits for ECDSA, 3072 for RSA.
    ///
    /// # Errors
    /// [`Kind::Usage`], with the reason: the type is unknown or refused, or does not have this
    /// size.
    pub fn parse(name: &str, bits: Option<u32>) -> Result<KeyType> {
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "ed25519" | "ssh-ed25519" => Ok(KeyType::Ed25519),
            "rsa" | "ssh-rsa" | "rsa-sha2-256" | "rsa-sha2-512" => rsa(bits),
            "ecdsa" => ecdsa(bits.unwrap_or(256)),
            "ecdsa-sha2-nistp256" => ecdsa(256),
            "ecdsa-sha2-nistp384" => ecdsa(384),
            "ecdsa-sha2-nistp521" => ecdsa(521),
            other => Err(refused(other)),
        }
    }

    /// The usual name of the file in `~/.ssh`, such as `id_ed25519`.
    pub fn file_name(self) -> String {
        format!("id_{}", self.name())
    }

    /// The short name: `ed25519`, `ecdsa` or `rsa`.
    pub fn name(self) -> &'static str {
        match self {
            KeyType::Ed25519 => "ed25519",
            KeyType::Ecdsa(_) => "ecdsa",
            KeyType::Rsa(_) => "rsa",
        }
    }

    /// Makes a key. RSA takes from a second up to minutes, so run it on a thread that may block.
    ///
    /// # Errors
    /// No primes were found, which does not happen with a working random source.
    pub fn generate(self, comment: &str) -> Result<PrivateKey> {
        let mut random = safe_rng();
        let key = match self {
            KeyType::Ed25519 => PrivateKey::random(&mut random, Algorithm::Ed25519),
            KeyType::Ecdsa(curve) => PrivateKey::random(&mut random, Algorithm::Ecdsa { curve }),
            KeyType::Rsa(bits) => RsaKeypair::random(&mut random, bits as usize)
                .and_then(|pair| PrivateKey::new(pair.into(), "")),
        };
        let mut key = key.map_err(|error| fault(say!(key_not_made_because, error)))?;
        key.set_comment(comment);
        Ok(key)
    }
}

fn rsa(bits: Option<u32>) -> Result<KeyType> {
    match bits.unwrap_or(DEFAULT_RSA_BITS) {
        bits if bits < MIN_NEW_RSA_BITS => {
            Err(usage(say!(rsa_too_short_to_make, bits)).hint(say!(rsa_too_short_to_make_hint)))
        }
        bits if bits > MAX_NEW_RSA_BITS => {
            Err(usage(say!(rsa_too_long_to_make, bits)).hint(say!(rsa_too_short_to_make_hint)))
        }
        bits => Ok(KeyType::Rsa(bits)),
    }
}

fn ecdsa(bits: u32) -> Result<KeyType> {
    let curve = match bits {
        256 => EcdsaCurve::NistP256,
        384 => EcdsaCurve::NistP384,
        521 => EcdsaCurve::NistP521,
        other => {
            return Err(usage(say!(ecdsa_size_unknown, other)).hint(say!(ecdsa_size_hint)));
        }
    };
    Ok(KeyType::Ecdsa(curve))
}

fn refused(name: &str) -> Error {
    let types = || say!(key_types_hint);
    match name {
        "dsa" | "ssh-dss" => usage(say!(dsa_not_made)).hint(types()),
        "ed448" | "ssh-ed448" => usage(say!(ed448_not_made)).hint(types()),
        "mldsa44-ed25519" | "ssh-mldsa44-ed25519" => {
            usage(say!(key_type_unsupported, value = name)).hint(types())
        }
        "rsa1" => usage(say!(ssh1_key_not_made)).hint(types()),
        "ed25519-sk" | "ecdsa-sk" => {
            usage(say!(security_key_not_made)).hint(say!(security_key_not_made_hint, name))
        }
        other => usage(say!(key_type_unknown, other = shown(other))).hint(types()),
    }
}

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_sizes_are_those_of_ssh_keygen() {
        let parsed = |name, bits| KeyType::parse(name, bits).unwrap();
        assert_eq!(parsed("ed25519", Some(4_096)), KeyType::Ed25519);
        assert_eq!(parsed("rsa", None), KeyType::Rsa(3_072));
        assert_eq!(parsed("RSA", Some(8_192)), KeyType::Rsa(8_192));
        assert_eq!(parsed("ecdsa", None), KeyType::Ecdsa(EcdsaCurve::NistP256));
        assert_eq!(parsed("ecdsa", Some(521)), KeyType::Ecdsa(EcdsaCurve::NistP521));
        assert_eq!(parsed("ecdsa-sha2-nistp384", None), KeyType::Ecdsa(EcdsaCurve::NistP384));
    }

    #[test]
    fn what_is_not_made_is_refused_with_its_reason() {
        for (name, bits, reason) in [
            ("dsa", None, "1024 bits at most"),
            ("ed448", None, "OpenSSH servers do not know"),
            ("rsa", Some(1_024), "the least is 2048"),
            ("rsa", Some(2_047), "the least is 2048"),
            ("rsa", Some(16_384), "the most is 8192"),
            ("ecdsa", Some(512), "no ECDSA key of 512 bits"),
            ("ed25519-sk", None, "security key"),
            ("mldsa44-ed25519", None, "keys of type mldsa44-ed25519 are not supported"),
            ("e\x1b[1m", None, "unknown key type e\\x1b[1m"),
        ] {
            let error = KeyType::parse(name, bits).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage);
            assert!(error.to_string().contains(reason), "{error}");
            assert!(error.next_step().is_some(), "{error}");
        }
    }
}
