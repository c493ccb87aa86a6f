//! Writes PuTTY's private key format, version 3 (PuTTY manual, appendix C.1 to C.3).
//!
//! A passphrase always costs the same number of passes, so that a file opens equally fast
//! everywhere. PuTTY measures its machine instead, with a similar result.

use data_encoding::{BASE64, HEXLOWER};
use russh::keys::PrivateKey;
use russh::keys::key::safe_rng;
use russh::keys::ssh_key::Mpint;
use russh::keys::ssh_key::private::KeypairData;
use russh::keys::ssh_key::rand_core::Rng;
use zeroize::{Zeroize, Zeroizing};

use super::read::{PREFIX, base_name};
use super::seal::{BLOCK, Cost, PpkHeader, Seal};
use crate::error::Result;
use crate::keys::public::MAX_COMMENT;
use crate::keys::refusal::{fault, unsupported};
use crate::say;
use crate::secret::Secret;
use crate::wire_format::put_string;

/// Argon2's memory in KiB: PuTTY's default.
const MEMORY: u32 = 8_192;

/// Argon2's passes: what a usual machine does in PuTTY's tenth of a second.
const PASSES: u32 = 13;

/// Argon2's lanes: PuTTY's default.
const LANES: u32 = 1;

/// The length of the salt in bytes, as in PuTTY.
const SALT: usize = 16;

/// The characters of base64 in a line, as in PuTTY.
const LINE: usize = 64;

/// Encodes the key as the text of a file, encrypted if there is a passphrase.
///
/// # Errors
/// PuTTY has no private key file for this type of key.
pub fn write(key: &PrivateKey, passphrase: Option<&Secret>) -> Result<Zeroizing<String>> {
    let failed = || fault(say!(key_cannot_be_encoded));
    let mut private = numbers(key)?;
    let public = key.public_key().to_bytes().map_err(|_| failed())?;
    let algorithm = base_name(key);
    let comment = &crate::text::line_bytes(key.comment().as_bytes(), MAX_COMMENT);
    let mut salt = [0; SALT];
    safe_rng().fill_bytes(&mut salt);
    let cost =
        Cost { flavour: "Argon2id", memory: MEMORY, passes: PASSES, lanes: LANES, salt: &salt };
    let seal = match passphrase {
        None => Seal::open(3),
        Some(passphrase) => Seal::version_3(&cost, passphrase.expose()).ok_or_else(failed)?,
    };
    let encryption = if passphrase.is_some() { "aes256-cbc" } else { "none" };
    if passphrase.is_some() {
        pad(&mut private);
    }
    let mac =
        seal.mac(&PpkHeader { algorithm: &algorithm, encryption, comment }, &public, &private);
    if passphrase.is_some() {
        seal.encrypt(&mut private).ok_or_else(failed)?;
    }
    let sealed = passphrase.map(|_| &cost);
    let header = PpkHeader { algorithm: &algorithm, encryption, comment };
    Ok(text(&header, &public, sealed, &private, &mac))
}

/// Joins the lines of the file. The private part is given as it is stored.
fn text(
    header: &PpkHeader<'_>,
    public: &[u8],
    cost: Option<&Cost<'_>>,
    private: &[u8],
    mac: &[u8],
) -> Zeroizing<String> {
    let PpkHeader { algorithm, encryption, comment } = header;
    // Reserve the whole size at once: a growing string leaves copies of the key in memory.
    let room = 2 * (public.len() + private.len()) + comment.len() + 1_024;
    let mut out = Zeroizing::new(String::with_capacity(room));
    for part in [PREFIX, "3: ", algorithm, "\nEncryption: ", encryption, "\nComment: ", comment] {
        out.push_str(part);
    }
    out.push('\n');
    block(&mut out, "Public", public);
    if let Some(Cost { flavour, memory, passes, lanes, salt }) = cost {
        out.push_str(&format!(
            "Key-Derivation: {flavour}\nArgon2-Memory: {memory}\nArgon2-Passes: {passes}\n\
             Argon2-Parallelism: {lanes}\nArgon2-Salt: {}\n",
            HEXLOWER.encode(salt)
        ));
    }
    block(&mut out, "Private", private);
    out.push_str(&format!("Private-MAC: {}\n", HEXLOWER.encode(mac)));
    out
}

/// The private numbers in the encoding that PuTTY uses for the key's type.
fn numbers(key: &PrivateKey) -> Result<Zeroizing<Vec<u8>>> {
    // The largest key, RSA with five numbers of up to 16384 bits, fits in this.
    let mut out = Zeroizing::new(Vec::with_capacity(16 * 1_024));
    match key.key_data() {
        KeypairData::Ed25519(pair) => {
            // PuTTY stores the seed as a little-endian number, so zeros at its end are omitted.
            let seed = Zeroizing::new(pair.private.to_bytes());
            let length = seed.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            put_string(&mut out, &seed[..length]);
        }
        KeypairData::Ecdsa(pair) => {
            let mut number = Mpint::from_positive_bytes(pair.private_key_bytes());
            put_string(&mut out, number.as_bytes());
            number.zeroize();
        }
        KeypairData::Rsa(pair) => {
            let private = pair.private();
            for number in [private.d(), private.p(), private.q(), private.iqmp()] {
                put_string(&mut out, number.as_bytes());
            }
        }
        _ => return Err(unsupported(key.algorithm().as_str())),
    }
    Ok(out)
}

/// Appends random bytes up to the end of the cipher block.
fn pad(private: &mut Vec<u8>) {
    let mut padding = [0; BLOCK];
    safe_rng().fill_bytes(&mut padding);
    let missing = private.len().next_multiple_of(BLOCK) - private.len();
    private.extend_from_slice(&padding[..missing]);
}

fn block(out: &mut String, name: &str, bytes: &[u8]) {
    let text = Zeroizing::new(BASE64.encode(bytes));
    out.push_str(&format!("{name}-Lines: {}\n", text.len().div_ceil(LINE)));
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(LINE));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
}
