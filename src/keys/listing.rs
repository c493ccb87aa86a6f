//! Lists the public keys that a file shows without a passphrase: private keys, public keys in both
//! forms, authorized_keys and known_hosts (sshd(8)).
//!
//! No key is unlocked, so the file's permissions are not checked.

use std::path::Path;

use russh::keys::PublicKey;

use super::file::{LoadedFile, quoted};
use super::key_file::{KeyFile, as_text, not_a_key, public_beside};
use super::public::{self, PublicKeyLine};
use super::refusal::fault;
use super::rfc4716;
use crate::error::{Error, Result};
use crate::say;

/// One key found in a file.
#[derive(Clone, Debug)]
pub struct ListedKey {
    /// The key, with its comment.
    pub key: PublicKey,
    /// Whether the key was found in a certificate.
    pub certified: bool,
}

/// Lists every key that the file shows, in order; at least one.
///
/// The comment of a private key comes from the `.pub` file beside it, if there is one. The comment
/// of a line that has none is the text before its key.
///
/// # Errors
/// The file cannot be read, is damaged, or shows no key: it is no key file, or its format hides the
/// public half and there is no `.pub` file beside it.
pub fn listed(path: &Path) -> Result<Vec<ListedKey>> {
    let at_file = |error: Error| error.context(say!(key_file_label, value = quoted(path)));
    let loaded = LoadedFile::read(path)?;
    let text = as_text(&loaded.bytes).map_err(at_file)?;
    if rfc4716::is_rfc4716(&text) {
        let key = rfc4716::parse(&text).map_err(at_file)?;
        return Ok(vec![ListedKey { key, certified: false }]);
    }
    if super::ppk::is_ppk(&text) || text.contains("PRIVATE KEY-----") {
        let file = KeyFile::from_private(path, text).map_err(at_file)?;
        return private(path, &file).map(|listed| vec![listed]).map_err(at_file);
    }
    let mut keys = Vec::new();
    let mut first_error = None;
    for line in text.lines() {
        let Some((before, rest)) = key_in(line) else { continue };
        match public::parse(rest) {
            Ok(PublicKeyLine::Key(mut key)) => {
                if key.comment().is_empty() {
                    key.set_comment(before);
                }
                keys.push(ListedKey { key, certified: false });
            }
            Ok(PublicKeyLine::Certificate(certificate)) => {
                let key = PublicKey::new(certificate.public_key().clone(), certificate.comment());
                keys.push(ListedKey { key, certified: true });
            }
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    match first_error {
        _ if !keys.is_empty() => Ok(keys),
        Some(error) => Err(at_file(error)),
        None => Err(at_file(not_a_key(&text))),
    }
}

/// The error of a private key file that does not show its public half.
pub fn unlisted() -> Error {
    fault(say!(key_public_hidden)).hint(say!(key_public_hidden_hint))
}

fn private(path: &Path, file: &KeyFile) -> Result<ListedKey> {
    let beside = public_beside(path).and_then(Result::ok);
    let key = match (file.public(), beside) {
        // A `.pub` file of another key is ignored.
        (Some(own), Some(beside)) if own.key_data() == beside.key_data() => beside,
        (Some(own), _) => {
            let mut own = own.clone();
            own.set_comment(file.comment());
            own
        }
        (None, Some(beside)) => beside,
        (None, None) => return Err(unlisted()),
    };
    Ok(ListedKey { key, certified: false })
}

/// Splits a line into the text before its key (options of authorized_keys, names of known_hosts)
/// and the rest from the key on.
fn key_in(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let starts = line.match_indices([' ', '\t']).map(|(at, _)| at + 1);
    let at = std::iter::once(0).chain(starts).find(|at| public::is_public(&line[*at..]))?;
    Some((line[..at].trim_end(), &line[at..]))
}
