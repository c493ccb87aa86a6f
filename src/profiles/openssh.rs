//! The hosts of ssh_config(5) as a source of sessions. Each is a host that can be typed as it is,
//! and its settings come from the files when it is used; here it is only a name in a list.

use std::path::PathBuf;

use super::profile::Profile;
use super::session::{SavedSession, Source};
use super::sources::SessionSource;
use crate::error::Result;

/// Finds the names of hosts, each with its file.
pub type AliasLookup = Box<dyn Fn() -> Vec<(String, PathBuf)> + Send + Sync>;

/// The hosts of ssh_config(5).
pub struct OpenSshHosts {
    /// The user's configuration file.
    pub place: PathBuf,
    /// Finds the names.
    pub find: AliasLookup,
}

impl SessionSource for OpenSshHosts {
    fn source(&self) -> Source {
        Source::OpenSsh
    }

    fn place(&self) -> PathBuf {
        self.place.clone()
    }

    fn names(&self) -> Result<Vec<(String, Result<()>)>> {
        let mut names: Vec<_> = (self.find)().into_iter().map(|(name, _)| (name, Ok(()))).collect();
        names.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(names)
    }

    fn open(&self, name: &str) -> Result<Option<SavedSession>> {
        let found = (self.find)().into_iter().find(|(alias, _)| alias == name);
        Ok(found.map(|(alias, file)| {
            let profile = Profile { host: alias, ..Profile::default() };
            SavedSession::new(Source::OpenSsh, name, file, profile)
        }))
    }

    fn has(&self, name: &str) -> bool {
        (self.find)().iter().any(|(alias, _)| alias == name)
    }
}
