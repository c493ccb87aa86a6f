//! OpenSSH's own private key format (PROTOCOL.key), as far as it is plain without the
//! passphrase: type, encryption and what opening it costs.

use russh::keys::PrivateKey;
use russh::keys::ssh_key::{Cipher, Kdf};

use super::public::is_supported;
use super::refusal::{damaged, too_costly, unknown_encryption, unsupported};
use crate::error::Result;

/// The most rounds of bcrypt: about five minutes. ssh-keygen's default is 16 (24 since 9.9),
/// and `-a 100` is the usual advice.
pub(super) const MAX_ROUNDS: u32 = 10_000;

const MAGIC: &[u8] = b"openssh-key-v1\0";

/// Decodes the file; an encrypted key comes back still locked.
pub(super) fn decode(bytes: &[u8]) -> Result<PrivateKey> {
    let header = Header::read(bytes).ok_or_else(|| damaged("its header is"))?;
    let key_type = header.key_type;
    if !is_supported(&key_type) {
        return Err(unsupported(&key_type));
    }
    // One is built in but has no cipher behind it.
    if Cipher::new(&header.cipher).is_err() || header.cipher == "3des-cbc" {
        return Err(unknown_encryption(&header.cipher));
    }
    let key =
        PrivateKey::from_bytes(bytes).map_err(|_| damaged("its contents do not fit together"))?;
    match key.kdf() {
        Kdf::Bcrypt { rounds, .. } if *rounds > MAX_ROUNDS => {
            Err(too_costly(format!("{rounds} rounds of bcrypt")))
        }
        _ => Ok(key),
    }
}

/// The names at the front of the file.
struct Header {
    cipher: String,
    key_type: String,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Header> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let cipher = text(string(&mut rest)?);
        let _kdf = string(&mut rest)?;
        let _options = string(&mut rest)?;
        let (_count, after) = rest.split_at_checked(4)?;
        rest = after;
        let mut public = string(&mut rest)?;
        Some(Header { cipher, key_type: text(string(&mut public)?) })
    }
}

/// Takes a `string` (RFC 4251 section 5) off the front.
pub(super) fn string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (value, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(value)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
