//! Host CA records of PuTTY, as its Unix version keeps them in `sshhostcas`.
//!
//! The lines are `key=value`; if a key occurs twice, the first counts. `Validity` is escaped with
//! `%XX`. Without it, `MatchHosts` of older versions takes its place, one line for each pattern. A
//! record with neither is refused.

use data_encoding::HEXUPPER_PERMISSIVE;

use super::record::{FILE_MAX, RsaHashes, read_key};
use crate::say;
use crate::trust::validity::Validity;
use russh::keys::ssh_key::PublicKey;

/// The content of a record; its name is the name of its file.
#[derive(Clone, Debug)]
pub struct PuttyAuthority {
    /// The authority's key.
    pub key: PublicKey,
    /// The hosts and ports for which the authority is trusted.
    pub validity: Validity,
    /// The hashes that the authority may sign with, if its key is an RSA key.
    pub hashes: RsaHashes,
}

/// Parses a record.
///
/// # Errors
/// The fault, one line: the record must not be used.
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

/// The name of the record in a file with this name.
pub fn name(file: &str) -> String {
    unescaped(file)
}

/// Replaces `%XX` by its byte; any other text stays.
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
    // Bytes that are not UTF-8 are not valid in an expression either.
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Parses a number as atoi(3) does: the digits at the start, or 0 without any.
fn number(text: &str) -> u32 {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().unwrap_or_default()
}
