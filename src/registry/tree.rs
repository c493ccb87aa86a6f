//! The keys of a file that holds many: what regedit has written, or `WinSCP.ini`.
//!
//! Such a file may have tens of thousands of keys, of which a list shows the names. So the keys are
//! found first, and what a line says of a value is read when its key is asked for.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::escape::{registry_unescaped, winscp_unescaped};
use super::file::at_line;
use super::key::{NameCase, RegistryKey, RegistryPlace, ValueCoding};
use crate::error::{Error, Result};
use crate::say;

/// The most keys in one file: PuTTY and WinSCP have one for each session and authority.
pub const MAX_KEYS: usize = 100_000;
/// The longest path of a key, in bytes: more than the 16 383 characters that the registry allows.
const MAX_PATH: usize = 64 * 1024;
/// The key below which WinSCP keeps all of its own in the registry.
const WINSCP: &str = "\\martin prikryl\\winscp 2\\";

/// The keys of one file, by path. Parts of a path are separated by `\`, and case does not count.
pub struct RegistryTree {
    index: KeyIndex,
    text: Box<dyn KeyText>,
    /// The values that keys do not have, whatever the file says.
    forgotten: &'static [&'static str],
}

/// The text of a file, in which the lines of its keys are.
pub(super) trait KeyText: Send + Sync {
    /// Adds what these lines say to their key, which is of this file.
    fn read(&self, lines: &KeyLines, key: &mut RegistryKey);

    /// Overwrites those of these lines that give a value one of these names.
    fn forget(&mut self, lines: &KeyLines, names: &[&str]);
}

/// Lines that follow a header, without it, up to the next header or the end of the file.
pub(super) struct KeyLines {
    /// The number of the first, from 1.
    pub first: usize,
    /// Their place in the text.
    pub range: Range<usize>,
}

/// Where the keys of a file are.
pub(super) struct KeyIndex {
    file: PathBuf,
    /// What all texts of the file are written in, where their key does not say it.
    coding: ValueCoding,
    /// By path in lower case.
    keys: BTreeMap<String, FoundKey>,
    /// The key whose lines are being passed.
    open: Option<OpenKey>,
    fault: Option<Error>,
}

struct OpenKey {
    path: String,
    /// The number of its first line after the header, and where that starts.
    first: usize,
    start: usize,
}

struct FoundKey {
    /// The last part of its path, decoded.
    name: String,
    coding: ValueCoding,
    /// The line of its first header.
    line: usize,
    /// There are several where its header is repeated.
    lines: Vec<KeyLines>,
}

impl RegistryTree {
    /// The keys that were found in a text, which ends there.
    pub(super) fn new(mut index: KeyIndex, end: usize, text: Box<dyn KeyText>) -> RegistryTree {
        index.leave(end);
        RegistryTree { index, text, forgotten: &[] }
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.index.file
    }

    /// Whether the file could be read whole, apart from the faults of single keys.
    ///
    /// # Errors
    /// What is wrong in the file, with its line.
    pub fn check(&self) -> Result<()> {
        self.index.fault.clone().map_or(Ok(()), Err)
    }

    /// The key whose path ends with these parts, such as `SimonTatham\PuTTY\SshHostKeys`.
    pub fn key(&self, path: &str) -> Option<RegistryKey> {
        let wanted = path.to_lowercase();
        let mut keys = self.index.keys.iter();
        keys.find(|(path, _)| ends_with_parts(path, &wanted)).map(|(_, found)| self.read(found))
    }

    /// The keys directly below those whose path ends with these parts, such as
    /// `SimonTatham\PuTTY\Sessions`, sorted by path.
    pub fn children(&self, path: &str) -> impl Iterator<Item = RegistryKey> {
        self.found(path).map(|(_, found)| self.read(found))
    }

    /// The names of [`RegistryTree::children`], each with its path for [`RegistryTree::at`].
    pub fn names(&self, path: &str) -> impl Iterator<Item = (&str, &str)> {
        self.found(path).map(|(path, found)| (&found.name[..], &path[..]))
    }

    /// The key with this path, as [`RegistryTree::names`] has it.
    pub fn at(&self, path: &str) -> Option<RegistryKey> {
        self.index.keys.get(path).map(|found| self.read(found))
    }

    /// Removes the values of these names from all keys. They do not stay in memory, either, but for
    /// lines that make no sense, which are faults of their key.
    pub fn forget(&mut self, names: &'static [&'static str]) {
        self.forgotten = names;
        if names.is_empty() {
            return;
        }
        let lines = self.index.keys.values().flat_map(|found| &found.lines);
        lines.for_each(|lines| self.text.forget(lines, names));
    }

    fn found(&self, path: &str) -> impl Iterator<Item = (&String, &FoundKey)> {
        let wanted = path.to_lowercase();
        self.index.keys.iter().filter(move |(path, _)| is_within(path, &wanted))
    }

    fn read(&self, found: &FoundKey) -> RegistryKey {
        let place = RegistryPlace { file: self.index.file.clone(), line: found.line };
        let key = RegistryKey::new(found.name.clone(), place, NameCase::Insensitive);
        let mut key = key.coded(found.coding);
        found.lines.iter().for_each(|lines| self.text.read(lines, &mut key));
        self.forgotten.iter().for_each(|name| key.remove(name));
        key
    }
}

impl FoundKey {
    /// The key of this path, whose header is in this line.
    fn new(path: &str, folded: &str, line: usize, usual: ValueCoding) -> FoundKey {
        let coding = match folded {
            _ if folded.ends_with("\\sshhostkeys") => ValueCoding::Plain,
            _ if folded.contains(WINSCP) => ValueCoding::WinScp,
            _ => usual,
        };
        let last = path.rsplit('\\').next().unwrap_or_default();
        let name = match coding {
            ValueCoding::WinScp => winscp_unescaped(last),
            ValueCoding::Plain => registry_unescaped(last),
        };
        FoundKey { name, coding, line, lines: Vec::new() }
    }
}

impl fmt::Debug for RegistryTree {
    /// Shows the paths of the keys only: values may be passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths: Vec<&String> = self.index.keys.keys().collect();
        f.debug_struct("RegistryTree")
            .field("file", &self.index.file)
            .field("paths", &paths)
            .finish_non_exhaustive()
    }
}

impl KeyIndex {
    /// No keys yet, for this file.
    pub(super) fn new(file: &Path, coding: ValueCoding) -> KeyIndex {
        let (file, keys) = (file.to_owned(), BTreeMap::new());
        KeyIndex { file, coding, keys, open: None, fault: None }
    }

    /// A header with this path is in this line, and the lines of its key start there. `false` if
    /// the key is refused.
    pub(super) fn enter(&mut self, path: &str, line: usize, start: usize) -> bool {
        let folded = path.to_lowercase();
        if path.len() > MAX_PATH {
            self.set_fault(line, &say!(registry_key_too_long, limit = MAX_PATH));
            return false;
        }
        let is_full = self.keys.len() >= MAX_KEYS;
        if is_full && !self.keys.contains_key(&folded) {
            self.set_fault(line, &say!(registry_too_many_keys, limit = MAX_KEYS));
            return false;
        }
        let found = self.keys.entry(folded.clone());
        found.or_insert_with(|| FoundKey::new(path, &folded, line, self.coding));
        self.open = Some(OpenKey { path: folded, first: line + 1, start });
        true
    }

    /// Whether the lines here are those of a key.
    pub(super) fn is_within_key(&self) -> bool {
        self.open.is_some()
    }

    /// The lines of the key end there, if they are those of one.
    pub(super) fn leave(&mut self, end: usize) {
        let Some(OpenKey { path, first, start }) = self.open.take() else { return };
        if let Some(found) = self.keys.get_mut(&path) {
            // Nearly all have one header, and there may be tens of thousands.
            if found.lines.is_empty() {
                found.lines.reserve_exact(1);
            }
            found.lines.push(KeyLines { first, range: start..end });
        }
    }

    /// Removes a key and all keys below it.
    pub(super) fn remove(&mut self, path: &str) {
        let folded = path.to_lowercase();
        // `]` is the character after `\`, so the range holds the paths that go on with a `\`.
        let below = format!("{folded}\\")..format!("{folded}]");
        let below: Vec<String> = self.keys.range(below).map(|(path, _)| path.clone()).collect();
        for path in below.iter().chain([&folded]) {
            self.keys.remove(path);
        }
    }

    /// Says what is wrong at a line that belongs to no key; the first word counts.
    pub(super) fn set_fault(&mut self, line: usize, what: &str) {
        let file = &self.file;
        self.fault.get_or_insert_with(|| at_line(file, line, what));
    }
}

/// Whether a path is directly below one that ends with these parts.
fn is_within(path: &str, parts: &str) -> bool {
    path.rsplit_once('\\').is_some_and(|(parent, _)| ends_with_parts(parent, parts))
}

/// Whether a path ends with these parts, or is nothing else.
fn ends_with_parts(path: &str, parts: &str) -> bool {
    path.strip_suffix(parts).is_some_and(|before| before.is_empty() || before.ends_with('\\'))
}
