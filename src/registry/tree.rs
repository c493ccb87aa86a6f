//! The keys of a file that holds many: what regedit has written, or `WinSCP.ini`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::escape::{registry_unescaped, winscp_unescaped};
use super::file::at_line;
use super::key::{NameCase, RegistryKey, RegistryPlace, ValueCoding};
use crate::error::{Error, Result};
use crate::say;

/// The most keys in one file: PuTTY and WinSCP have one for each session and authority.
pub const MAX_KEYS: usize = 50_000;
/// The longest path of a key, in bytes: more than the 16 383 characters that the registry allows.
const MAX_PATH: usize = 64 * 1024;
/// The key below which WinSCP keeps all of its own in the registry.
const WINSCP: &str = "\\martin prikryl\\winscp 2\\";

/// The keys of one file, by path. Parts of a path are separated by `\`, and case does not count.
#[derive(Clone, Debug)]
pub struct RegistryTree {
    file: PathBuf,
    /// What all texts of the file are written in, where their key does not say it.
    coding: ValueCoding,
    keys: BTreeMap<String, RegistryKey>,
    fault: Option<Error>,
}

impl RegistryTree {
    /// A tree without keys, for this file.
    pub(super) fn new(file: &Path, coding: ValueCoding) -> RegistryTree {
        RegistryTree { file: file.to_owned(), coding, keys: BTreeMap::new(), fault: None }
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether the file could be read whole, apart from the faults of single keys.
    ///
    /// # Errors
    /// What is wrong in the file, with its line.
    pub fn check(&self) -> Result<()> {
        self.fault.clone().map_or(Ok(()), Err)
    }

    /// The key whose path ends with these parts, such as `SimonTatham\PuTTY\SshHostKeys`.
    pub fn key(&self, path: &str) -> Option<&RegistryKey> {
        let wanted = path.to_lowercase();
        self.keys.iter().find(|(path, _)| ends_with_parts(path, &wanted)).map(|(_, key)| key)
    }

    /// The keys directly below those whose path ends with these parts, such as
    /// `SimonTatham\PuTTY\Sessions`, sorted by path.
    pub fn children(&self, path: &str) -> impl Iterator<Item = &RegistryKey> {
        let wanted = path.to_lowercase();
        self.keys.iter().filter(move |(path, _)| is_within(path, &wanted)).map(|(_, key)| key)
    }

    /// Takes out the keys that [`RegistryTree::children`] has for this path.
    pub fn take_children(&mut self, path: &str) -> Vec<RegistryKey> {
        let wanted = path.to_lowercase();
        let mut taken = Vec::new();
        for (path, key) in std::mem::take(&mut self.keys) {
            match is_within(&path, &wanted) {
                true => taken.push(key),
                false => {
                    self.keys.insert(path, key);
                }
            }
        }
        taken
    }

    /// Removes the values of this name from all keys.
    pub fn forget(&mut self, name: &str) {
        self.keys.values_mut().for_each(|key| key.remove(name));
    }

    /// The key of this path, which is made if it is missing; `None` if it is refused.
    pub(super) fn enter(&mut self, path: &str, line: usize) -> Option<&mut RegistryKey> {
        let folded = path.to_lowercase();
        if path.len() > MAX_PATH {
            self.set_fault(line, &say!(registry_key_too_long, limit = MAX_PATH));
            return None;
        }
        if self.keys.len() >= MAX_KEYS && !self.keys.contains_key(&folded) {
            self.set_fault(line, &say!(registry_too_many_keys, limit = MAX_KEYS));
            return None;
        }
        let place = RegistryPlace { file: self.file.clone(), line };
        let coding = match folded.contains(WINSCP) {
            true => ValueCoding::WinScp,
            false => self.coding,
        };
        let coding = if folded.ends_with("\\sshhostkeys") { ValueCoding::Plain } else { coding };
        let last = path.rsplit('\\').next().unwrap_or_default();
        let name = match coding {
            ValueCoding::WinScp => winscp_unescaped(last),
            ValueCoding::Plain => registry_unescaped(last),
        };
        let key = || RegistryKey::new(name, place, NameCase::Insensitive).coded(coding);
        Some(self.keys.entry(folded).or_insert_with(key))
    }

    /// The key of a path in lower case, if it has been entered.
    pub(super) fn entered(&mut self, folded: &str) -> Option<&mut RegistryKey> {
        self.keys.get_mut(folded)
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

    /// Says what is wrong at a line of this key.
    pub(super) fn set_key_fault(&mut self, path: &str, line: usize, what: &str) {
        let fault = at_line(&self.file, line, what);
        match self.keys.get_mut(&path.to_lowercase()) {
            Some(key) => key.set_fault(fault),
            None => self.set_fault(line, what),
        }
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
