//! OpenSSH's own private key format (PROTOCOL.key): decodes the file, opens the encrypted part, and
//! reads what is plain without the passphrase: key type, encryption and cost of opening.
//!
//! The ssh-key crate decodes all keys but some on P-256: it rejects as damaged one key in 256,
//! whose private number begins with eight zero bits and so is shorter. Those are decoded here.

use russh::keys::ssh_key::private::{EcdsaKeypair, EcdsaPrivateKey};
use russh::keys::ssh_key::public::EcdsaPublicKey;
use russh::keys::ssh_key::{Cipher, Kdf};
use russh::keys::{PrivateKey, PublicKey};
use zeroize::Zeroizing;

use super::public::is_supported;
use super::refusal::{damaged, too_costly, unknown_encryption, unsupported};
use crate::error::Result;
use crate::say;
use crate::wire_format::{take_string, take_uint32};

/// The most rounds of bcrypt taken: about five minutes of work. ssh-keygen's default is 16 (24
/// since 9.9), and `-a 100` is the usual advice.
pub(super) const MAX_ROUNDS: u32 = 10_000;

const MAGIC: &[u8] = b"openssh-key-v1\0";

/// Decodes the file; an encrypted key comes back still locked.
pub(super) fn decode(bytes: &[u8]) -> Result<PrivateKey> {
    let header = OpenSshHeader::read(bytes).ok_or_else(|| damaged(&say!(key_part_header)))?;
    let key_type = header.key_type;
    if !is_supported(&key_type) {
        return Err(unsupported(&key_type));
    }
    // The crate lists 3des-cbc but has no cipher behind the name.
    if Cipher::new(&header.cipher).is_err() || header.cipher == "3des-cbc" {
        return Err(unknown_encryption(&header.cipher));
    }
    let key = match PrivateKey::from_bytes(bytes) {
        Ok(key) => Some(key),
        Err(_) => plain_p256(bytes),
    };
    let key = key.ok_or_else(|| damaged(&say!(key_contents_inconsistent)))?;
    match key.kdf() {
        Kdf::Bcrypt { rounds, .. } if *rounds > MAX_ROUNDS => {
            Err(too_costly(say!(key_cost_bcrypt, rounds)))
        }
        _ => Ok(key),
    }
}

/// Opens a locked key; `None` if the passphrase is wrong.
pub(super) fn decrypt(key: &PrivateKey, passphrase: &str) -> Option<PrivateKey> {
    let cipher = key.cipher();
    let is_p256 = is_p256(key.public_key());
    if !is_p256 || matches!(cipher, Cipher::Aes256Gcm | Cipher::ChaCha20Poly1305) {
        return key.decrypt(passphrase).ok();
    }
    let (secret, vector) = key.kdf().derive_key_and_iv(cipher, passphrase).ok()?;
    let mut section = Zeroizing::new(key.key_data().encrypted()?.to_vec());
    cipher.decrypt(&secret, &vector, &mut section, None).ok()?;
    p256(&section, key.public_key())
}

fn is_p256(key: &PublicKey) -> bool {
    matches!(key.key_data().ecdsa(), Some(EcdsaPublicKey::NistP256(_)))
}

/// Decodes a P-256 key from a file that is not encrypted.
fn plain_p256(bytes: &[u8]) -> Option<PrivateKey> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let (cipher, _kdf, _options) =
        (take_string(&mut rest)?, take_string(&mut rest)?, take_string(&mut rest)?);
    let count = take_uint32(&mut rest)?;
    let public = PublicKey::from_bytes(take_string(&mut rest)?).ok()?;
    let section = take_string(&mut rest)?;
    let is_one = cipher == b"none" && count == 1 && rest.is_empty();
    if is_one { p256(section, &public) } else { None }
}

/// Decodes a P-256 key from the decrypted section: two equal numbers, names, point, number,
/// comment.
fn p256(section: &[u8], public: &PublicKey) -> Option<PrivateKey> {
    let Some(EcdsaPublicKey::NistP256(public)) = public.key_data().ecdsa() else { return None };
    let mut rest = section;
    let (first, second) = (take_uint32(&mut rest)?, take_uint32(&mut rest)?);
    let names = (take_string(&mut rest)?, take_string(&mut rest)?);
    let point = take_string(&mut rest)?;
    let expected: (&[u8], &[u8]) = (b"ecdsa-sha2-nistp256", b"nistp256");
    if first != second || names != expected || point != public.as_bytes() {
        return None;
    }
    let number = take_string(&mut rest)?;
    let number = match number.split_first() {
        Some((0, after)) => after,
        _ => number,
    };
    let comment = take_string(&mut rest)?;
    let mut fixed = Zeroizing::new([0; 32]);
    let missing = fixed.len().checked_sub(number.len())?;
    fixed[missing..].copy_from_slice(number);
    let private = EcdsaPrivateKey::from(*fixed);
    let pair = EcdsaKeypair::NistP256 { public: *public, private };
    PrivateKey::new(pair.into(), comment).ok()
}

/// The names at the front of the file.
struct OpenSshHeader {
    cipher: String,
    key_type: String,
}

impl OpenSshHeader {
    fn read(bytes: &[u8]) -> Option<OpenSshHeader> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let cipher = text(take_string(&mut rest)?);
        let _kdf = take_string(&mut rest)?;
        let _options = take_string(&mut rest)?;
        let _count = take_uint32(&mut rest)?;
        let mut public = take_string(&mut rest)?;
        Some(OpenSshHeader { cipher, key_type: text(take_string(&mut public)?) })
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
