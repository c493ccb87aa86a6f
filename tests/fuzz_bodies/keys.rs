//! Files of keys.

use aws_lc_rs::hmac;
use data_encoding::{BASE64, HEXLOWER};
use russh::keys::signature::{Signer, Verifier};
use russh::keys::ssh_key::HashAlg;
use russh::keys::ssh_key::private::KeypairData;
use russh::keys::ssh_key::public::RsaPublicKey;
use russh::keys::{PrivateKey, PublicKey};
use sha1::Digest;
use tessh::keys::{KeyFile, KeyFormat, certificate, listed, write};
use tessh::secret::Secret;
use tessh::wire_format::put_string;

use super::made;

/// The formats whose text is base64, by the first byte of an input that is what the text encodes.
const LABELS: [&str; 5] = [
    "OPENSSH PRIVATE KEY",
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
];

/// A file of any format: an input that begins with a small number is put into the text of one.
pub fn key_file(input: &[u8]) {
    match input {
        [label @ 1..=5, bytes @ ..] => read(&made::pem(LABELS[usize::from(label - 1)], bytes)),
        [6, blob @ ..] => read(format!("{} comment\n", made::key_text(blob)).as_bytes()),
        text => read(text),
    }
}

/// Reads a file as each thing that a file of keys can be. What is encrypted is opened where that is
/// not meant to cost anything; what is open signs, and comes back after it is written.
fn read(input: &[u8]) {
    let folder = made::folder();
    let path = made::file(&folder, "key", input);
    match KeyFile::read(&path) {
        Ok(key) => {
            made::one_safe_line(key.comment());
            let passphrase = is_cheap(&key, input).then(|| Secret::new("secret".to_owned()));
            for passphrase in [None, passphrase.as_ref()] {
                if let Ok(opened) = key.unlock(passphrase) {
                    let public = key.public().map(PublicKey::key_data);
                    assert!(public.is_none_or(|public| public == opened.public_key().key_data()));
                    signs(&opened);
                    comes_back(&opened);
                }
            }
        }
        Err(error) => made::one_safe_line(&error.to_string()),
    }
    if let Err(error) = certificate(&path) {
        made::one_safe_line(&error.to_string());
    }
    if let Err(error) = listed(&path) {
        made::one_safe_line(&error.to_string());
    }
}

/// A signature is made or refused. Where the halves of the key belong together it is a good one,
/// which no format promises of numbers that somebody else has written.
fn signs(key: &PrivateKey) {
    const DATA: &[u8] = b"signed";
    /// A larger key takes a second.
    const MOST_BITS: u32 = 2048;
    let bits = key.public_key().key_data().rsa().map_or(0, RsaPublicKey::key_size);
    if bits > MOST_BITS {
        return;
    }
    let signature = match key.key_data() {
        KeypairData::Rsa(pair) => (pair, Some(HashAlg::Sha512)).try_sign(DATA),
        other => other.try_sign(DATA),
    };
    if let Ok(signature) = signature {
        let _ = key.public_key().key_data().verify(DATA, &signature);
    }
}

/// The key is the same after it is written in each format.
fn comes_back(key: &PrivateKey) {
    let texts = [write::openssh(key, None, write::DEFAULT_ROUNDS), write::ppk(key, None)];
    for text in texts.into_iter().flatten() {
        let folder = made::folder();
        let path = made::file(&folder, "written", text.as_bytes());
        let read = KeyFile::read(&path).expect("what was written");
        let opened = read.unlock(None).expect("what has no passphrase");
        assert_eq!(opened.public_key().key_data(), key.public_key().key_data());
        assert!(opened.key_data() == key.key_data(), "another private half");
    }
}

/// A file of PuTTY's: what is behind its first words. An input that begins with the number of a
/// version has the length of its public half and the halves, and gets a text with a true checksum.
pub fn ppk(input: &[u8]) {
    const PREFIX: &[u8] = b"PuTTY-User-Key-File-";
    match input {
        [version @ 2..=3, high, low, halves @ ..] => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let (public, private) = halves.split_at(length.min(halves.len()));
            read(&sealed(*version, public, private));
        }
        whole if whole.starts_with(PREFIX) => read(whole),
        rest => read(&[PREFIX, rest].concat()),
    }
}

/// The text of a key of PuTTY's that is not encrypted (PuTTY manual, appendix C).
fn sealed(version: u8, public: &[u8], private: &[u8]) -> Vec<u8> {
    let kind = made::kind_of(public);
    let mut data = Vec::new();
    for part in [kind.as_bytes(), b"none", b"comment", public, private] {
        put_string(&mut data, part);
    }
    let key = match version {
        2 => {
            let name = b"putty-private-key-file-mac-key";
            hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &sha1::Sha1::digest(name))
        }
        _ => hmac::Key::new(hmac::HMAC_SHA256, b""),
    };
    let (public, private) = (BASE64.encode(public), BASE64.encode(private));
    let mac = HEXLOWER.encode(hmac::sign(&key, &data).as_ref());
    format!(
        "PuTTY-User-Key-File-{version}: {kind}\nEncryption: none\nComment: comment\n\
         Public-Lines: 1\n{public}\nPrivate-Lines: 1\n{private}\nPrivate-MAC: {mac}\n"
    )
    .into_bytes()
}

/// Whether opening the key takes no time: its format has no cost, or names a small one.
fn is_cheap(key: &KeyFile, input: &[u8]) -> bool {
    match key.format() {
        KeyFormat::PublicOnly | KeyFormat::Pem | KeyFormat::Ppk(2) => true,
        KeyFormat::Ppk(_) => {
            let text = String::from_utf8_lossy(input);
            let numbers = |name: &'static str| {
                let lines = text
                    .split(['\r', '\n'])
                    .filter_map(move |line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
                lines.max().unwrap_or(u64::MAX)
            };
            let memory = numbers("Argon2-Memory:");
            memory <= 1024 && numbers("Argon2-Passes:") <= 4 && numbers("Argon2-Parallelism:") <= 4
        }
        KeyFormat::OpenSsh | KeyFormat::Pkcs8 => !key.is_encrypted(),
    }
}
