//! What the keys a host announces mean for the known_hosts files, and the one rewrite for it.
//!
//! OpenSSH's PROTOCOL, section 2.5 (hostkeys-00@openssh.com), and ssh_config(5),
//! UpdateHostKeys. Asking for proof and asking a person is the client's; here are the
//! rules for when a file is clear enough to be changed by a program. Only the first file is
//! ever written.

use std::collections::HashSet;
use std::fmt;
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

/// A line with more names than a host name and its address was not written by a program.
const NAMES_MAX: usize = 2;

/// A host, the keys it announced, and the files that know it.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// Whose keys they are.
    pub subject: Subject,
    /// UserKnownHostsFile; the first is the one that is changed.
    pub files: Vec<PathBuf>,
    /// The key that the host has shown in this connection.
    pub current: PublicKey,
    /// The keys that count, `current` among them.
    pub keys: Vec<PublicKey>,
    /// Announced keys that are neither learnt nor dropped: their types cannot be used here.
    pub unusable: Vec<PublicKey>,
}

/// What would change.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// Announced, and not on record.
    pub new: Vec<PublicKey>,
    /// On record, and not announced.
    pub obsolete: Vec<KnownKey>,
}

impl Difference {
    /// Whether nothing would.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.obsolete.is_empty()
    }
}

/// Why the files stay as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RotationObstacle {
    /// As ssh(1) has it: the host is on record in a way only a person should change.
    Unclear(String),
    /// Something a person should know of.
    Trouble(String),
}

impl fmt::Display for RotationObstacle {
    /// The reason, one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RotationObstacle::Unclear(reason) | RotationObstacle::Trouble(reason) => {
                f.write_str(reason)
            }
        }
    }
}

/// Compares what is announced with what the files have for exactly this name.
///
/// # Errors
/// The host's current key is not on a plain line of the first file; a line about the host has
/// a marker, a wildcard or a list of names; a key in question is on record under another name;
/// an obsolete key is in a file that is never written; a file cannot be read.
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

/// Adds and drops in one step, as far as the first file is still what was compared.
///
/// Every byte of other lines stays. A line about this host alone goes with its key, a line
/// that has another name too keeps that.
///
/// # Errors
/// The host is no longer on record as it was, or the file cannot be changed; it is then as it
/// was.
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
        // Another connection may have done some of it meanwhile; what it did is not done twice,
        // and what was not compared before is left alone.
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

/// What the files have, as they are read.
struct Seen<'a> {
    announced: &'a Announcement,
    name: String,
    /// The blobs of [`Announcement::keys`] as known_hosts has them.
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
            // A line without sense says nothing of the host, and stays.
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

/// An obsolete key must be in the file that is written, and under no other name.
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

/// The lines with something to say, counted from 1.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, KnownHostsLine<'_>)> {
    text.split_inclusive(|&b| b == b'\n').enumerate().filter_map(|(index, raw)| {
        if raw.len() > LINE_MAX {
            return None;
        }
        Some((index + 1, KnownHostsLine::split(raw).ok()??))
    })
}

/// The text with the name gone from these lines.
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
