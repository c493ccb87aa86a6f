//! A file that holds the sessions of another program: read once, when it is first needed.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::error::{Error, Kind, Result};
use crate::os::user::UserId;
use crate::registry::{RegistryKey, RegistryTree, read_tree};
use crate::say;
use crate::text;

/// The most characters of a name or path that a message shows.
const MAX_SHOWN: usize = 300;

/// An export of the registry, or `WinSCP.ini`.
pub struct ExportFile {
    path: PathBuf,
    user: UserId,
    /// The names of values that are not kept in memory.
    forgotten: &'static [&'static str],
    tree: OnceLock<Result<RegistryTree>>,
}

impl ExportFile {
    /// The file at this path. It is refused if others than this user can write it. Values with
    /// these names are not kept in memory.
    pub fn new(path: PathBuf, user: UserId, forgotten: &'static [&'static str]) -> ExportFile {
        ExportFile { path, user, forgotten, tree: OnceLock::new() }
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The keys of the file.
    ///
    /// # Errors
    /// Those of [`read_tree`]; there is no such file.
    pub fn tree(&self) -> Result<&RegistryTree> {
        let read = || {
            let missing = || {
                let path = shown(&self.path);
                Error::new(Kind::Config, format!("{path}: {}", say!(os_no_such_file)))
            };
            let mut tree = read_tree(&self.path, self.user)?.ok_or_else(missing)?;
            self.forgotten.iter().for_each(|name| tree.forget(name));
            Ok(tree)
        };
        self.tree.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// The names of the keys below these paths, sorted. A key with a fault has it, and a fault
    /// between keys is listed with the file's name.
    ///
    /// # Errors
    /// Those of [`ExportFile::tree`].
    pub fn names(&self, paths: &[&str]) -> Result<Vec<(String, Result<()>)>> {
        let tree = self.tree()?;
        let keys = paths.iter().flat_map(|path| tree.children(path));
        let mut names: Vec<(String, Result<()>)> =
            keys.map(|key| (key.name().to_owned(), key.check())).collect();
        if let Err(fault) = tree.check() {
            let file = self.path.file_name().unwrap_or_default();
            names.push((file.to_string_lossy().into_owned(), Err(fault)));
        }
        names.sort_by(|one, other| one.0.cmp(&other.0));
        names.dedup_by(|one, other| one.0 == other.0);
        Ok(names)
    }

    /// The key of this name below these paths; `None` if there is none.
    ///
    /// # Errors
    /// Those of [`ExportFile::tree`]; the key's fault.
    pub fn key(&self, paths: &[&str], name: &str) -> Result<Option<RegistryKey>> {
        let Some(key) = self.find(paths, name)? else { return Ok(None) };
        key.check()?;
        Ok(Some(key.clone()))
    }

    /// Whether there is a key of this name below these paths, with or without a fault.
    pub fn has(&self, paths: &[&str], name: &str) -> bool {
        self.find(paths, name).is_ok_and(|key| key.is_some())
    }

    fn find(&self, paths: &[&str], name: &str) -> Result<Option<&RegistryKey>> {
        let tree = self.tree()?;
        Ok(paths.iter().flat_map(|path| tree.children(path)).find(|key| key.name() == name))
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
