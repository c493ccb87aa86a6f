//! Compares the keys that a host announces with the known_hosts files, and updates them in one
//! rewrite.
//!
//! OpenSSH's PROTOCOL, section 2.5 (hostkeys-00@openssh.com), and ssh_config(5), UpdateHostKeys.
//! The client asks the host for proof and the user for consent; here are the rules for when a
//! program may change a file. Only the first file is ever written.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use data_encoding::BASE64;
use russh::keys::ssh_key::PublicKey;

use super::evidence::KnownKey;
use super::file::{LINE_MAX, read};
use super::fingerprint::is_same;
use super::line::{KnownHostsLine, Marker};
use super::place::FileLine;
use super::rewrite::rewrite;
use super::store::{append, line_for, without_name};
use super::subject::Subject;
use super::{pattern, quote};
use crate::error::{Error, Kind, Result};
use crate::say;

/// The most names on a line that a program may change: a host name and its address. A line with
/// more was written by a person.
const NAMES_MAX: usize = 2;

/// The most bytes of known_hosts that are compared in less time than a thread takes to start.
const SHORT_MAX: u64 = 64 * 1024;

/// A host, the keys it announced, and the files that know it.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// The host whose keys they are.
    pub subject: Subject,
    /// UserKnownHostsFile; only the first is changed.
    pub files: Vec<PathBuf>,
    /// The key that the host has used in this connection.
    pub current: PublicKey,
    /// The announced keys of supported types, `current` among them.
    pub keys: Vec<PublicKey>,
    /// Announced keys of unsupported types, which are neither added nor removed.
    pub unusable: Vec<PublicKey>,
}

/// The changes that an announcement asks for.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// Keys that are announced and not on record.
    pub new: Vec<PublicKey>,
    /// Keys that are on record and not announced.
    pub obsolete: Vec<KnownKey>,
}

impl Announcement {
    /// Whether [`compare`] takes no time to speak of: the files are plain and short.
    pub fn is_short(&self) -> bool {
        let length = |file: &PathBuf| match fs::metadata(file) {
            Ok(about) if about.is_file() => Some(about.len()),
            Err(error) if error.kind() == ErrorKind::NotFound => Some(0),
            _ => None,
        };
        self.files
            .iter()
            .map(length)
            .try_fold(0u64, |sum, length| sum.checked_add(length?))
            .is_some_and(|sum| sum <= SHORT_MAX)
    }
}

impl Difference {
    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.obsolete.is_empty()
    }
}

/// The reason why the files are not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RotationObstacle {
    /// As in ssh(1), the host is on record in a form that only a person should change.
    Unclear(String),
    /// A fault that the user should know of.
    Trouble(String),
}

impl fmt::Display for RotationObstacle {
    /// Writes the reason, one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RotationObstacle::Unclear(reason) | RotationObstacle::Trouble(reason) => {
                f.write_str(reason)
            }
        }
    }
}

/// Compares the announcement with the files' lines for exactly this name.
///
/// # Errors
/// The host's current key is not on a plain line of the first file; a line about the host has a
/// marker, a wildcard or a list of names; an announced or obsolete key is on record under another
/// name; an obsolete key is in a file that is never written; a file cannot be read.
pub fn compare(announced: &Announcement) -> Result<Difference, RotationObstacle> {
    let mut seen = Seen::new(announced);
    let mut texts = Vec::with_capacity(announced.files.len());
    for file in &announced.files {
        let text = read(file).map_err(|reason| {
            RotationObstacle::Trouble(format!("{} {reason}", quote::path(file)))
        })?;
        texts.push(text.unwrap_or_default());
    }
    for (index, text) in texts.iter().enumerate() {
        seen.take(index, text)?;
    }
    if !seen.current {
        let shown = "the key in use is not on record in the first UserKnownHostsFile";
        return Err(RotationObstacle::Unclear(shown.to_owned()));
    }
    let difference = seen.difference();
    if !difference.is_empty() {
        if let Some(at) = seen.elsewhere {
            return Err(RotationObstacle::Unclear(format!(
                "{at} has one of the keys under another name"
            )));
        }
        only_there(announced, &texts, &difference)?;
    }
    Ok(difference)
}

/// Adds and removes keys in one step, as far as the first file still has what was compared.
///
/// Every byte of other lines stays. A line about this host alone is removed with its key; a line
/// that has another name as well keeps that.
///
/// # Errors
/// The host is no longer on record as it was, or the file cannot be changed; the file is then
/// unchanged.
pub fn rotate(announced: &Announcement, difference: &Difference, hash: bool) -> Result<()> {
    let file = announced.files.first().ok_or_else(changed)?;
    let mut lines = Vec::with_capacity(difference.new.len());
    for key in &difference.new {
        lines.push((key, line_for(&announced.subject, key, hash)?));
    }
    let name = announced.subject.entry_name();
    rewrite(file, |old| {
        let mut seen = Seen::new(announced);
        seen.take(0, old).map_err(|_| changed())?;
        if !seen.current {
            return Err(changed());
        }
        // Another connection may have made some of the changes meanwhile: those are not repeated,
        // and keys that were not in the difference are left alone.
        let now = seen.difference();
        let is_asked =
            |key: &&KnownKey| difference.obsolete.iter().any(|o| is_same(&o.key, &key.key));
        let dropped = now.obsolete.iter().filter(is_asked).map(|key| key.at.line).collect();
        let is_missing = |key: &PublicKey| now.new.iter().any(|new| is_same(new, key));
        let missing = lines.iter().filter(|(key, _)| is_missing(key));
        let text = without(old, &name, &dropped);
        Ok(missing.fold(text, |text, (_, line)| append(text, line)))
    })
}

fn changed() -> Error {
    Error::new(Kind::HostKey, say!(rotation_changed)).hint(say!(rotation_tries_again))
}

/// The lines about the host, collected while the files are read.
struct Seen<'a> {
    announced: &'a Announcement,
    name: String,
    /// The blobs of [`Announcement::keys`], in the base64 of known_hosts.
    blobs: HashSet<Vec<u8>>,
    known: Vec<bool>,
    obsolete: Vec<KnownKey>,
    current: bool,
    elsewhere: Option<FileLine>,
}

impl<'a> Seen<'a> {
    fn new(announced: &'a Announcement) -> Seen<'a> {
        Seen {
            announced,
            name: announced.subject.entry_name(),
            blobs: announced.keys.iter().map(blob).collect(),
            known: vec![false; announced.keys.len()],
            obsolete: Vec::new(),
            current: false,
            elsewhere: None,
        }
    }

    fn difference(&self) -> Difference {
        let unknown = self.announced.keys.iter().zip(&self.known).filter(|(_, known)| !**known);
        Difference {
            new: unknown.map(|(key, _)| key.clone()).collect(),
            obsolete: self.obsolete.clone(),
        }
    }

    fn take(&mut self, index: usize, text: &[u8]) -> Result<(), RotationObstacle> {
        for (number, line) in lines(text) {
            let at = || FileLine { file: self.announced.files[index].clone(), line: number };
            if !pattern::matches_field(line.hosts, &self.name) {
                if self.elsewhere.is_none() && self.blobs.contains(line.blob()) {
                    self.elsewhere = Some(at());
                }
                continue;
            }
            if line.marker != Marker::None || is_complex(line.hosts) {
                let at = at();
                let what = "has a marker, a wildcard or a list of names for the host";
                return Err(RotationObstacle::Unclear(format!("{at} {what}")));
            }
            // A malformed line says nothing about the host, and stays.
            let Ok(key) = line.key() else { continue };
            self.current |= index == 0 && is_same(&key, &self.announced.current);
            match self.announced.keys.iter().position(|known| is_same(known, &key)) {
                Some(which) => self.known[which] = true,
                None if self.announced.unusable.iter().any(|known| is_same(known, &key)) => {}
                None => self.obsolete.push(KnownKey { at: at(), key }),
            }
        }
        Ok(())
    }
}

/// Checks that an obsolete key is only in the file that is written, and under no other name.
fn only_there(
    announced: &Announcement,
    texts: &[Vec<u8>],
    difference: &Difference,
) -> Result<(), RotationObstacle> {
    if let Some(key) = difference.obsolete.iter().find(|key| key.at.file != announced.files[0]) {
        return Err(RotationObstacle::Trouble(say!(rotation_read_only, at = key.at)));
    }
    let blobs: HashSet<Vec<u8>> = difference.obsolete.iter().map(|key| blob(&key.key)).collect();
    if blobs.is_empty() {
        return Ok(());
    }
    let name = announced.subject.entry_name();
    for (file, text) in announced.files.iter().zip(texts) {
        for (line, read) in lines(text) {
            if blobs.contains(read.blob()) && !pattern::matches_field(read.hosts, &name) {
                let at = FileLine { file: file.clone(), line };
                let what = "has an obsolete key under another name";
                return Err(RotationObstacle::Unclear(format!("{at} {what}")));
            }
        }
    }
    Ok(())
}

fn is_complex(hosts: &[u8]) -> bool {
    pattern::has_wildcard(hosts)
        || hosts.contains(&b'!')
        || hosts.split(|&b| b == b',').count() > NAMES_MAX
}

/// The lines with a key, with their numbers counted from 1.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, KnownHostsLine<'_>)> {
    text.split_inclusive(|&b| b == b'\n').enumerate().filter_map(|(index, raw)| {
        if raw.len() > LINE_MAX {
            return None;
        }
        Some((index + 1, KnownHostsLine::split(raw).ok()??))
    })
}

/// The text with the name removed from these lines.
fn without(text: &[u8], name: &str, dropped: &HashSet<usize>) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    for (index, raw) in text.split_inclusive(|&b| b == b'\n').enumerate() {
        match KnownHostsLine::split(raw) {
            Ok(Some(line)) if dropped.contains(&(index + 1)) => {
                kept.extend(without_name(raw, line.hosts, name).unwrap_or_default());
            }
            _ => kept.extend_from_slice(raw),
        }
    }
    kept
}

/// The key's blob in base64.
fn blob(key: &PublicKey) -> Vec<u8> {
    BASE64.encode(&key.to_bytes().unwrap_or_default()).into_bytes()
}

#[cfg(test)]
mod tests;
