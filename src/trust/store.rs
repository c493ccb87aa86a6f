//! Writes known_hosts: adds a key, or replaces others by it.
//!
//! sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". Lines are written whole and every other byte of the file
//! is kept; `rewrite` changes a file safely.

use std::collections::HashSet;
use std::path::Path;

use data_encoding::BASE64;
use russh::keys::key::safe_rng;
use russh::keys::ssh_key::PublicKey;
use russh::keys::ssh_key::public::KeyData;
use russh::keys::ssh_key::rand_core::Rng;

use super::file::LINE_MAX;
use super::fingerprint::is_same;
use super::line::{KnownHostsLine, Marker};
use super::rewrite::rewrite;
use super::subject::Subject;
use super::{pattern, quote};
use crate::error::{Error, Kind, Result};
use crate::say;

/// The longest host name: getaddrinfo(3)'s limit (NI_MAXHOST).
const NAME_MAX: usize = 1025;

/// Adds a line for the subject and key at the end of the file, with the name hashed if `hash` is
/// set.
///
/// A missing file is created with mode 0600 and its directory (but no parent) with 0700. Every
/// existing byte stays; other writers of this program wait; the line is appended in one write. A
/// line that exists already is not added again.
///
/// # Errors
/// The name or key cannot be written as a known_hosts line, or the file cannot be changed; the file
/// is then unchanged.
pub fn add(file: &Path, subject: &Subject, key: &PublicKey, hash: bool) -> Result<()> {
    let line = line_for(subject, key, hash)?;
    rewrite(file, |old| {
        let is_there = old.split_inclusive(|&b| b == b'\n').any(|raw| raw == line.as_bytes());
        Ok(if is_there { old.to_vec() } else { append(old.to_vec(), &line) })
    })
}

/// Adds lines, as [`line()`] makes them, that the file does not have, all in one write.
///
/// # Errors
/// Those of [`add`] for the file.
pub fn add_lines(file: &Path, lines: &[String]) -> Result<()> {
    rewrite(file, |old| {
        let mut missing: HashSet<&[u8]> = lines.iter().map(String::as_bytes).collect();
        for raw in old.split_inclusive(|&b| b == b'\n') {
            missing.remove(raw);
        }
        let mut new = old.to_vec();
        for line in lines.iter().filter(|line| missing.remove(line.as_bytes())) {
            new = append(new, line);
        }
        Ok(new)
    })
}

/// Adds the key and removes the keys of its type that are on record for exactly this subject.
///
/// Returns the number of lines from which the subject was removed: a line about it alone is
/// deleted, and a line that lists other names keeps those. Lines with a marker, a wildcard or a
/// negation stay, and so do other key types. A key that is already on record is not added again.
///
/// # Errors
/// Those of [`add`].
pub fn replace(file: &Path, subject: &Subject, key: &PublicKey, hash: bool) -> Result<usize> {
    let line = line_for(subject, key, hash)?;
    let mut dropped = 0;
    rewrite(file, |old| {
        let (kept, count, is_known) = drop_others(old, &subject.entry_name(), key);
        dropped = count;
        Ok(if is_known { kept } else { append(kept, &line) })
    })?;
    Ok(dropped)
}

/// The line that [`add`] would write, with its newline; a hashed name gets a different salt each
/// time.
///
/// # Errors
/// The name or key cannot be written as a known_hosts line.
pub fn line(subject: &Subject, key: &PublicKey, hash: bool) -> Result<String> {
    line_for(subject, key, hash)
}

/// The line, with its newline.
pub(super) fn line_for(subject: &Subject, key: &PublicKey, hash: bool) -> Result<String> {
    let name = subject.entry_name();
    check_name(&subject.name)?;
    if matches!(key.key_data(), KeyData::Certificate(_) | KeyData::Other(_)) {
        return Err(Error::new(Kind::HostKey, say!(known_hosts_type_unfit)));
    }
    let blob =
        key.to_bytes().map_err(|_| Error::new(Kind::HostKey, say!(host_key_cannot_be_encoded)))?;
    let field = if hash { pattern::hash_field(&salt(), &name) } else { name };
    Ok(format!("{field} {} {}\n", key.algorithm(), BASE64.encode(&blob)))
}

/// Refuses a name that would be read back as something else.
fn check_name(name: &str) -> Result<()> {
    let is_special =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | '*' | '?' | '!');
    let is_bad = name.is_empty()
        || name.len() > NAME_MAX
        || name.contains(is_special)
        || name.starts_with(['#', '@', '|', '[']);
    if is_bad {
        let shown = quote::piece(name);
        return Err(Error::new(Kind::HostKey, say!(known_hosts_name_unfit, shown))
            .hint(say!(known_hosts_name_unfit_hint)));
    }
    Ok(())
}

pub(super) fn salt() -> [u8; pattern::HASH_LEN] {
    let mut salt = [0; pattern::HASH_LEN];
    safe_rng().fill_bytes(&mut salt);
    salt
}

pub(super) fn append(mut text: Vec<u8>, line: &str) -> Vec<u8> {
    if text.last().is_some_and(|&b| b != b'\n') {
        text.push(b'\n');
    }
    text.extend_from_slice(line.as_bytes());
    text
}

/// Removes the name from lines with another key of this type. Returns the text, the number of those
/// lines, and whether a line has the name and this key.
fn drop_others(text: &[u8], name: &str, key: &PublicKey) -> (Vec<u8>, usize, bool) {
    let (mut kept, mut dropped, mut is_known) = (Vec::with_capacity(text.len()), 0, false);
    for raw in text.split_inclusive(|&b| b == b'\n') {
        match key_for(raw, name) {
            Some((_, found)) if is_same(&found, key) => {
                is_known = true;
                kept.extend_from_slice(raw);
            }
            Some((hosts, found)) if found.algorithm() == key.algorithm() => {
                dropped += 1;
                kept.extend(without_name(raw, hosts, name).unwrap_or_default());
            }
            _ => kept.extend_from_slice(raw),
        }
    }
    (kept, dropped, is_known)
}

/// The host field and key of a line that lists exactly this name, without marker or pattern.
fn key_for<'a>(raw: &'a [u8], name: &str) -> Option<(&'a [u8], PublicKey)> {
    if raw.len() > LINE_MAX {
        return None;
    }
    let line = KnownHostsLine::split(raw).ok()??;
    let is_pattern = line.hosts.contains(&b'!') || pattern::has_wildcard(line.hosts);
    if line.marker != Marker::None || is_pattern || !pattern::matches_field(line.hosts, name) {
        return None;
    }
    Some((line.hosts, line.key().ok()?))
}

/// The line with the name removed from its host field; `None` if no other name is left.
pub(super) fn without_name(raw: &[u8], hosts: &[u8], name: &str) -> Option<Vec<u8>> {
    if hosts.starts_with(pattern::HASH_MAGIC) {
        return None;
    }
    let is_other = |part: &&[u8]| !part.is_empty() && !part.eq_ignore_ascii_case(name.as_bytes());
    let others: Vec<&[u8]> = hosts.split(|&b| b == b',').filter(is_other).collect();
    if others.is_empty() {
        return None;
    }
    let blank = raw.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let mut line = raw[..blank].to_vec();
    line.extend(others.join(&b','));
    line.extend_from_slice(&raw[blank + hosts.len()..]);
    Some(line)
}

#[cfg(test)]
mod tests;
