//! A file that holds the sessions of another program: read once, when it is first needed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::error::{Error, Kind, Result};
use crate::os::user::UserId;
use crate::registry::{RegistryKey, read_tree};
use crate::say;
use crate::text;

/// The most characters of a name or path that a message shows.
const MAX_SHOWN: usize = 300;

/// The sessions' keys in an export of the registry, or in `WinSCP.ini`.
pub struct ExportFile {
    path: PathBuf,
    user: UserId,
    parents: &'static [&'static str],
    forgotten: &'static [&'static str],
    keys: OnceLock<Result<ExportedKeys>>,
}

/// The keys of the sessions by their names.
struct ExportedKeys {
    keys: BTreeMap<String, RegistryKey>,
    /// What is wrong in the file beside them.
    fault: Result<()>,
}

impl ExportFile {
    /// The file at this path, where sessions are directly below the keys `parents`. It is refused if
    /// others than this user can write it. Values with the names `forgotten` are not kept in memory.
    pub fn new(
        path: PathBuf,
        user: UserId,
        parents: &'static [&'static str],
        forgotten: &'static [&'static str],
    ) -> ExportFile {
        ExportFile { path, user, parents, forgotten, keys: OnceLock::new() }
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the sessions, sorted. One with a fault has it, and a fault between sessions is
    /// listed with the file's name.
    ///
    /// # Errors
    /// Those of [`read_tree`]; there is no such file.
    pub fn names(&self) -> Result<Vec<(String, Result<()>)>> {
        let ExportedKeys { keys, fault } = self.keys()?;
        let mut names: Vec<(String, Result<()>)> =
            keys.iter().map(|(name, key)| (name.clone(), key.check())).collect();
        if let Err(fault) = fault {
            let file = self.path.file_name().unwrap_or_default();
            names.push((file.to_string_lossy().into_owned(), Err(fault.clone())));
        }
        names.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(names)
    }

    /// The key of the session of this name; `None` if there is none.
    ///
    /// # Errors
    /// Those of [`ExportFile::names`]; the key's fault.
    pub fn key(&self, name: &str) -> Result<Option<RegistryKey>> {
        let Some(key) = self.keys()?.keys.get(name) else { return Ok(None) };
        key.check()?;
        Ok(Some(key.clone()))
    }

    /// Whether there is a session of this name, with or without a fault.
    pub fn has(&self, name: &str) -> bool {
        self.keys().is_ok_and(|found| found.keys.contains_key(name))
    }

    fn keys(&self) -> Result<&ExportedKeys> {
        self.keys.get_or_init(|| self.read()).as_ref().map_err(Clone::clone)
    }

    fn read(&self) -> Result<ExportedKeys> {
        let missing = || {
            let path = shown(&self.path);
            Error::new(Kind::Config, format!("{path}: {}", say!(os_no_such_file)))
        };
        let mut tree = read_tree(&self.path, self.user)?.ok_or_else(missing)?;
        self.forgotten.iter().for_each(|name| tree.forget(name));
        let mut keys = BTreeMap::new();
        for key in self.parents.iter().flat_map(|path| tree.take_children(path)) {
            keys.entry(key.name().to_owned()).or_insert(key);
        }
        Ok(ExportedKeys { keys, fault: tree.check() })
    }
}

/// The error for a session of another program, with its name and file.
pub fn session_fault(name: &str, file: &Path, what: &str) -> Error {
    let name = text::line(name, MAX_SHOWN);
    Error::new(Kind::Config, say!(other_session_fault, name, path = shown(file), what))
}

fn shown(path: &Path) -> String {
    text::line(&path.to_string_lossy(), MAX_SHOWN)
}
