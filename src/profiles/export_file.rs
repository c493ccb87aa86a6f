//! A file that holds the sessions of another program: read once, when it is first needed. What it
//! says of a session is read when that is opened.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::error::{Error, Kind, Result};
use crate::os::user::UserId;
use crate::registry::{RegistryKey, RegistryTree, read_tree};
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

/// The keys of the sessions.
struct ExportedKeys {
    tree: RegistryTree,
    /// Their paths by the names of the sessions.
    paths: BTreeMap<String, String>,
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

    /// The names of the sessions, sorted. A fault between sessions is listed with the file's name;
    /// one within a session is found when that is opened.
    ///
    /// # Errors
    /// Those of [`read_tree`]; there is no such file.
    pub fn names(&self) -> Result<Vec<(String, Result<()>)>> {
        let ExportedKeys { tree, paths } = self.keys()?;
        let mut names: Vec<(String, Result<()>)> =
            paths.keys().map(|name| (name.clone(), Ok(()))).collect();
        if let Err(fault) = tree.check() {
            let file = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let at = names.partition_point(|(name, _)| *name <= file);
            names.insert(at, (file, Err(fault)));
        }
        Ok(names)
    }

    /// The key of the session of this name; `None` if there is none.
    ///
    /// # Errors
    /// Those of [`ExportFile::names`]; the key's fault.
    pub fn key(&self, name: &str) -> Result<Option<RegistryKey>> {
        let ExportedKeys { tree, paths } = self.keys()?;
        let key = paths.get(name).and_then(|path| tree.at(path));
        key.map(|key| key.check().map(|()| key)).transpose()
    }

    /// Whether there is a session of this name, with or without a fault.
    pub fn has(&self, name: &str) -> bool {
        self.keys().is_ok_and(|found| found.paths.contains_key(name))
    }

    fn keys(&self) -> Result<&ExportedKeys> {
        self.keys.get_or_init(|| self.read()).as_ref().map_err(Clone::clone)
    }

    fn read(&self) -> Result<ExportedKeys> {
        let missing = || {
            let path = text::path(&self.path);
            Error::new(Kind::Config, format!("{path}: {}", say!(os_no_such_file)))
        };
        let mut tree = read_tree(&self.path, self.user)?.ok_or_else(missing)?;
        tree.forget(self.forgotten);
        let mut paths = BTreeMap::new();
        for (name, path) in self.parents.iter().flat_map(|parent| tree.names(parent)) {
            paths.entry(name.to_owned()).or_insert_with(|| path.to_owned());
        }
        Ok(ExportedKeys { tree, paths })
    }
}

/// The error for a session of another program, with its name and file.
pub fn session_fault(name: &str, file: &Path, what: &str) -> Error {
    let name = text::line(name, MAX_SHOWN);
    Error::new(Kind::Config, say!(other_session_fault, name, path = text::path(file), what))
}
