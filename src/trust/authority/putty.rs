//! Host CA records of PuTTY, as its Unix version keeps them in `sshhostcas`.
//!
//! Lines `key=value`; of a key that is there twice the first counts. `Validity` is escaped with
//! `%XX`. Where it is missing, `MatchHosts` of older versions, once for each pattern, takes its
//! place; a record with neither is trusted for nothing.

use data_encoding::HEXUPPER_PERMISSIVE;

use super::record::{FILE_MAX, RsaHashes, read_key};
use crate::say;
use crate::trust::validity::Validity;
use russh::keys::ssh_key::PublicKey;

/// What a record says; its name is the name of its file.
#[derive(Clone, Debug)]
pub struct PuttyAuthority {
    /// The authority's key.
    pub key: PublicKey,
    /// The hosts and ports that it is trusted for.
    pub validity: Validity,
    /// What it may sign with if its key is an RSA key.
    pub hashes: RsaHashes,
}

/// Reads a record.
///
/// # Errors
/// What is wrong, one line: the record must not be used.
pub fn read(text: &[u8]) -> Result<PuttyAuthority, String> {
    if text.len() > FILE_MAX {
        return Err(say!(authority_too_large, limit = FILE_MAX));
    }
    let text = str::from_utf8(text).map_err(|_| say!(authority_not_utf_8))?;
    let pairs: Vec<(&str, &str)> =
        text.split(['\n', '\r']).filter_map(|line| line.split_once('=')).collect();
    let first = |key: &str| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
    let missing = |field: &str| say!(authority_missing, field);
    let key = first("PublicKey").ok_or_else(|| missing("PublicKey"))?;
    let key = read_key(key).map_err(|what| format!("PublicKey: {what}"))?;
    let hosts = pairs.iter().filter(|(name, _)| *name == "MatchHosts");
    let hosts: Vec<String> = hosts.map(|(_, value)| unescaped(value)).collect();
    let validity = match first("Validity") {
        Some(text) => unescaped(text),
        None if hosts.is_empty() => return Err(missing("Validity")),
        None => hosts.join(" || "),
    };
    let validity = Validity::parse(&validity).map_err(|fault| format!("Validity: {fault}"))?;
    let flag = |key: &str, default: bool| match first(key) {
        Some(value) => number(value) != 0,
        None => default,
    };
    let default = RsaHashes::default();
    let hashes = RsaHashes {
        sha1: flag("PermitRSASHA1", default.sha1),
        sha256: flag("PermitRSASHA256", default.sha256),
        sha512: flag("PermitRSASHA512", default.sha512),
    };
    Ok(PuttyAuthority { key, validity, hashes })
}

/// The name of the record in a file of this name.
pub fn name(file: &str) -> String {
    unescaped(file)
}

/// `%XX` for a byte; what is no such thing stays.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        let digits = tail.get(..2).and_then(|two| HEXUPPER_PERMISSIVE.decode(two).ok());
        match digits.filter(|_| byte == b'%') {
            Some(decoded) => {
                bytes.extend(decoded);
                rest = &tail[2..];
            }
            None => bytes.push(byte),
        }
    }
    // What is no UTF-8 is no character of an expression either.
    String::from_utf8_lossy(&bytes).into_owned()
}

/// As atoi(3): the digits at the start, 0 where there are none.
fn number(text: &str) -> u32 {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().unwrap_or_default()
}
