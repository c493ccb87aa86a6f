//! Files of keys.

use russh::keys::PublicKey;
use tessh::keys::{KeyFile, KeyFormat, certificate, listed};
use tessh::secret::Secret;

use super::made;

/// A file of any format, read as each thing that a file of keys can be. What is encrypted is opened
/// where that is not meant to cost anything.
pub fn key_file(input: &[u8]) {
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

/// A file of PuTTY's: what is behind its first words.
pub fn ppk(input: &[u8]) {
    const PREFIX: &[u8] = b"PuTTY-User-Key-File-";
    match input.starts_with(PREFIX) {
        true => key_file(input),
        false => key_file(&[PREFIX, input].concat()),
    }
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
