//! The hosts that the files name, for lists: every Host pattern without a wildcard.
//!
//! Nothing is evaluated: Match lines are passed over, so no command runs, and blocks do not restrict
//! what is found. Lines and files that cannot be read are passed over, too; connecting reports them.

use std::path::{Path, PathBuf};

use super::file::{ConfigFile, FileKind, MAX_DEPTH, MAX_FILE, MAX_FILES};
use super::glob::glob;
use crate::config::keyword::Keyword;
use crate::config::line;
use crate::config::pattern::matches;

/// The most names that are listed.
const MAX_ALIASES: usize = 10_000;

/// The names in the Host lines of the files and their includes, in order, each with its file; a
/// name counts once.
pub fn host_aliases(files: &[ConfigFile], home: &Path) -> Vec<(String, PathBuf)> {
    let mut search = AliasSearch { home, files: 0, found: Vec::new(), wanted: None };
    for file in files {
        let user = file.kind != FileKind::System;
        search.file(&file.path, user, 0);
    }
    search.found
}

/// Whether a Host line of the files or their includes means this host, by its name or by a pattern
/// other than `*` alone.
pub fn is_named(files: &[ConfigFile], home: &Path, host: &str) -> bool {
    let mut search = AliasSearch { home, files: 0, found: Vec::new(), wanted: Some(host) };
    for file in files {
        search.file(&file.path, file.kind != FileKind::System, 0);
    }
    !search.found.is_empty()
}

struct AliasSearch<'a> {
    home: &'a Path,
    files: usize,
    found: Vec<(String, PathBuf)>,
    /// The only host that is looked for, if not all names are.
    wanted: Option<&'a str>,
}

impl AliasSearch<'_> {
    fn file(&mut self, path: &Path, user: bool, depth: usize) {
        self.files += 1;
        let regular = std::fs::metadata(path).is_ok_and(|it| it.is_file() && it.len() <= MAX_FILE);
        if self.files > MAX_FILES || depth > MAX_DEPTH || !regular {
            return;
        }
        let Ok(bytes) = std::fs::read(path) else { return };
        for text in String::from_utf8_lossy(&bytes).lines() {
            let Some((typed, rest)) = line::keyword(text) else { continue };
            let Ok(words) = line::words(rest) else { continue };
            match Keyword::find(typed) {
                Some(Keyword::Host) => words.into_iter().for_each(|name| self.add(name, path)),
                Some(Keyword::Include) => {
                    for word in &words {
                        let included = self.included(word, user);
                        glob(&included).iter().for_each(|file| self.file(file, user, depth + 1));
                    }
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, name: String, path: &Path) {
        if let Some(wanted) = self.wanted {
            if name != "*" && matches(&name, wanted) {
                self.found.push((name, path.to_owned()));
            }
            return;
        }
        let literal = !name.contains(['*', '?', '!']) && !name.is_empty();
        if literal
            && self.found.len() < MAX_ALIASES
            && !self.found.iter().any(|(known, _)| *known == name)
        {
            self.found.push((name, path.to_owned()));
        }
    }

    /// The path of an Include: relative ones start from the directory of the kind of file.
    fn included(&self, word: &str, user: bool) -> PathBuf {
        match word.strip_prefix("~/") {
            Some(rest) => self.home.join(rest),
            None if user => self.home.join(".ssh").join(word),
            None => Path::new("/etc/ssh").join(word),
        }
    }
}
