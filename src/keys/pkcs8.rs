//! The cost of opening an encrypted PKCS#8 file (RFC 8018 PBES2, RFC 7914 scrypt), checked before
//! the key is derived.
//!
//! The file names its own key derivation and the parameters, so a hostile one could ask for any
//! amount of work. russh decrypts the file.

use super::refusal::{damaged, too_costly, unknown_encryption};
use crate::error::Result;
use crate::say;

/// The most PBKDF2 rounds: several seconds of work. OpenSSL's default is 2048, and password stores
/// use up to about a million.
const MAX_ITERATIONS: u64 = 10_000_000;

/// The most memory that scrypt may take: 128 · N · r bytes.
const MAX_SCRYPT_MEMORY: u64 = 1 << 30;

/// The most that scrypt's parallelisation parameter may be; OpenSSL's default is 1.
const MAX_SCRYPT_PARALLEL: u64 = 16;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;

// Object identifiers in DER, without tag and length.
const PBES2: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d";
const PBKDF2: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c";
const SCRYPT: &[u8] = b"\x2b\x06\x01\x04\x01\xda\x47\x04\x0b";
const HMAC: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x02";
const AES: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x01";

/// Refuses a file that cannot be opened or costs too much to open.
pub(super) fn check(der: &[u8]) -> Result<()> {
    let damaged = || damaged(&say!(key_encryption_unsaid));
    let scheme = Scheme::read(der).ok_or_else(damaged)?;
    if scheme.pbes != PBES2 {
        return Err(unknown_encryption(&say!(key_encryption_pkcs5_1)));
    }
    let (kdf, cipher) = scheme.parts().ok_or_else(damaged)?;
    // AES-CBC and AES-GCM with the three key sizes, which the last byte of the identifier tells
    // apart; 3DES and DES are the only others in use.
    if cipher.strip_prefix(AES).is_none_or(|last| !matches!(last, [2 | 6 | 22 | 26 | 42 | 46])) {
        return Err(unknown_encryption(&say!(key_encryption_not_aes)));
    }
    kdf.check()
}

impl Kdf<'_> {
    /// Refuses what would take too long or too much memory.
    fn check(&self) -> Result<()> {
        match *self {
            Kdf::Pbkdf2 { iterations, prf } => match prf.strip_prefix(HMAC) {
                Some([8..=11]) if iterations <= MAX_ITERATIONS => Ok(()),
                Some([8..=11]) => Err(too_costly(say!(key_cost_pbkdf2, iterations))),
                _ => Err(unknown_encryption(&say!(key_encryption_pbkdf2_hash))),
            },
            Kdf::Scrypt { n, r, p } => {
                let memory = n.saturating_mul(r).saturating_mul(128);
                if memory > MAX_SCRYPT_MEMORY || p > MAX_SCRYPT_PARALLEL {
                    return Err(too_costly(say!(key_cost_scrypt, n, r, p)));
                }
                Ok(())
            }
            Kdf::Other => Err(unknown_encryption(&say!(key_encryption_unknown))),
        }
    }
}

/// EncryptedPrivateKeyInfo: the encryption algorithm and its parameters.
struct Scheme<'a> {
    pbes: &'a [u8],
    parameters: &'a [u8],
}

enum Kdf<'a> {
    Pbkdf2 { iterations: u64, prf: &'a [u8] },
    Scrypt { n: u64, r: u64, p: u64 },
    Other,
}

impl<'a> Scheme<'a> {
    fn read(mut der: &'a [u8]) -> Option<Scheme<'a>> {
        let mut info = take(&mut der, SEQUENCE)?;
        let mut algorithm = take(&mut info, SEQUENCE)?;
        take(&mut info, OCTETS)?;
        let pbes = take(&mut algorithm, OID)?;
        Some(Scheme { pbes, parameters: algorithm })
    }

    fn parts(&self) -> Option<(Kdf<'a>, &'a [u8])> {
        let mut rest = self.parameters;
        let mut both = take(&mut rest, SEQUENCE)?;
        let mut kdf = take(&mut both, SEQUENCE)?;
        let mut encryption = take(&mut both, SEQUENCE)?;
        let cipher = take(&mut encryption, OID)?;
        let name = take(&mut kdf, OID)?;
        if name != PBKDF2 && name != SCRYPT {
            return Some((Kdf::Other, cipher));
        }
        let mut parameters = take(&mut kdf, SEQUENCE)?;
        take(&mut parameters, OCTETS)?;
        let first = integer(&mut parameters)?;
        if name == SCRYPT {
            let (r, p) = (integer(&mut parameters)?, integer(&mut parameters)?);
            return Some((Kdf::Scrypt { n: first, r, p }, cipher));
        }
        if parameters.first() == Some(&INTEGER) {
            integer(&mut parameters)?;
        }
        // The standard's default, if none is named, is HMAC-SHA-1.
        let prf = match take(&mut parameters, SEQUENCE) {
            Some(mut algorithm) => take(&mut algorithm, OID)?,
            None => &[],
        };
        Some((Kdf::Pbkdf2 { iterations: first, prf }, cipher))
    }
}

/// Takes the contents of the next element off the front if the element has this tag.
fn take<'a>(der: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let (&[found, length], mut rest) = der.split_first_chunk()?;
    if found != tag {
        return None;
    }
    let mut size = usize::from(length);
    if length & 0x80 != 0 {
        let (digits, after) = rest.split_at_checked(usize::from(length & 0x7f))?;
        // A key file has at most 1 MiB, so no length needs more than three bytes.
        if digits.is_empty() || digits.len() > 3 {
            return None;
        }
        size = digits.iter().fold(0, |size, digit| size << 8 | usize::from(*digit));
        rest = after;
    }
    let (contents, after) = rest.split_at_checked(size)?;
    *der = after;
    Some(contents)
}

/// Takes an unsigned number off the front; one too large for a `u64` counts as the largest.
fn integer(der: &mut &[u8]) -> Option<u64> {
    let digits = take(der, INTEGER)?;
    if digits.first()? & 0x80 != 0 {
        return None;
    }
    let number = digits.iter().try_fold(0u64, |number, digit| {
        number.checked_mul(256).map(|number| number | u64::from(*digit))
    });
    Some(number.unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_passphrase_costs_is_bounded() {
        let scrypt = |n, p| Kdf::Scrypt { n, r: 8, p }.check().is_ok();
        let most = MAX_SCRYPT_MEMORY / 8 / 128;
        assert!(scrypt(most, MAX_SCRYPT_PARALLEL));
        assert!(!scrypt(most + 1, 1) && !scrypt(u64::MAX, 1));
        assert!(!scrypt(1024, MAX_SCRYPT_PARALLEL + 1));
        let sha256 = [HMAC, &[9]].concat();
        let rounds = |iterations| Kdf::Pbkdf2 { iterations, prf: &sha256 }.check().is_ok();
        assert!(rounds(MAX_ITERATIONS) && !rounds(MAX_ITERATIONS + 1));
    }
}
