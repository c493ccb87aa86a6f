//! Encodes a key as the text of a file: private in OpenSSH's or PuTTY's format, public as a line or
//! in the form of RFC 4716.
//!
//! `save` writes the files.

use russh::keys::key::safe_rng;
use russh::keys::ssh_key::rand_core::Rng;
use russh::keys::ssh_key::{Cipher, Kdf, LineEnding};
use russh::keys::{PrivateKey, PublicKey};
use zeroize::Zeroizing;

use super::openssh::MAX_ROUNDS;
use super::public::MAX_COMMENT;
use super::refusal::fault;
use super::{ppk, rfc4716};
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::secret::Secret;
use crate::text;

/// ssh-keygen's default since OpenSSH 9.9.
pub const DEFAULT_ROUNDS: u32 = 24;

/// The length of the salt in bytes, as in OpenSSH.
const SALT: usize = 16;

/// Encodes the private key in OpenSSH's own format (PROTOCOL.key), encrypted with AES-256-CTR and
/// this many rounds of bcrypt if there is a passphrase.
///
/// # Errors
/// The rounds are zero or more than [`KeyFile`](super::KeyFile) opens, or the key has no encoding.
pub fn openssh(
    key: &PrivateKey,
    passphrase: Option<&Secret>,
    rounds: u32,
) -> Result<Zeroizing<String>> {
    check_rounds(rounds)?;
    let failed = |_| fault(say!(key_cannot_be_encoded));
    let Some(passphrase) = passphrase else {
        return key.to_openssh(LineEnding::LF).map_err(failed);
    };
    let mut random = safe_rng();
    let mut salt = vec![0; SALT];
    random.fill_bytes(&mut salt);
    let kdf = Kdf::Bcrypt { salt, rounds };
    let check = random.next_u32();
    let sealed = key.encrypt_with(Cipher::Aes256Ctr, kdf, check, passphrase.expose());
    sealed.and_then(|key| key.to_openssh(LineEnding::LF)).map_err(failed)
}

/// Checks that this number of bcrypt rounds is at least one and not too slow to open.
///
/// # Errors
/// [`Kind::Usage`]: the number is out of range.
pub fn check_rounds(rounds: u32) -> Result<()> {
    if (1..=MAX_ROUNDS).contains(&rounds) {
        return Ok(());
    }
    Err(Error::new(Kind::Usage, say!(keygen_rounds_out_of_range, rounds, limit = MAX_ROUNDS))
        .hint(say!(keygen_rounds_hint, default_rounds = DEFAULT_ROUNDS)))
}

/// Encodes the private key in PuTTY's format, version 3, encrypted if there is a passphrase.
///
/// # Errors
/// PuTTY has no keys of this type.
pub fn ppk(key: &PrivateKey, passphrase: Option<&Secret>) -> Result<Zeroizing<String>> {
    ppk::write(key, passphrase)
}

/// The public key as one line with its line break: type, base64, comment.
pub fn public_line(key: &PublicKey) -> String {
    let mut bare = key.clone();
    bare.set_comment("");
    let line = bare.to_string();
    match comment(key) {
        comment if comment.is_empty() => format!("{}\n", line.trim_end()),
        comment => format!("{} {comment}\n", line.trim_end()),
    }
}

/// The public key in the form of RFC 4716, several lines.
pub fn rfc4716(key: &PublicKey) -> String {
    let blob = key.to_bytes().expect("a key in memory has an encoding");
    rfc4716::write(&blob, &comment(key))
}

/// The comment, sanitised for one line.
pub fn comment(key: &PublicKey) -> String {
    text::line_bytes(key.comment().as_bytes(), MAX_COMMENT)
}
