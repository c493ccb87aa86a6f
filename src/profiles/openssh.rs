//! The hosts of ssh_config(5) as a source of sessions. Each is a host that can be typed as it is,
//! and its settings come from the files when it is used; here it is a name in a list, with what its
//! blocks say of the way there.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::profile::Profile;
use super::session::{SavedSession, Source};
use super::sources::SessionSource;
use crate::destination::plain_form;
use crate::error::Result;

/// A host of ssh_config(5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSshHost {
    /// The name.
    pub name: String,
    /// The file that names it.
    pub file: Arc<Path>,
    /// Where it is, if that is not its name.
    pub hostname: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// The port.
    pub port: Option<u16>,
}

/// Finds the hosts, each once.
pub type AliasLookup = Box<dyn Fn() -> Vec<OpenSshHost> + Send + Sync>;

/// The hosts, sorted by name.
struct SortedHosts(Vec<OpenSshHost>);

impl SortedHosts {
    fn new(mut hosts: Vec<OpenSshHost>) -> SortedHosts {
        hosts.sort_by(|one, other| one.name.cmp(&other.name));
        SortedHosts(hosts)
    }

    fn get(&self, name: &str) -> Option<&OpenSshHost> {
        let at = self.0.binary_search_by(|host| host.name.as_str().cmp(name));
        at.ok().map(|at| &self.0[at])
    }
}

/// The hosts of ssh_config(5). The files are read when they are listed, and else only the first
/// time.
pub struct OpenSshHosts {
    place: PathBuf,
    find: AliasLookup,
    found: Mutex<Option<Arc<SortedHosts>>>,
}

impl OpenSshHosts {
    /// The hosts that `find` finds; `place` is the user's configuration file.
    pub fn new(place: PathBuf, find: AliasLookup) -> OpenSshHosts {
        OpenSshHosts { place, find, found: Mutex::new(None) }
    }

    fn found(&self, again: bool) -> Arc<SortedHosts> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if again {
            *found = None;
        }
        Arc::clone(found.get_or_insert_with(|| Arc::new(SortedHosts::new((self.find)()))))
    }
}

impl SessionSource for OpenSshHosts {
    fn source(&self) -> Source {
        Source::OpenSsh
    }

    fn place(&self) -> PathBuf {
        self.place.clone()
    }

    fn names(&self) -> Result<Vec<(String, Result<()>)>> {
        Ok(self.found(true).0.iter().map(|host| (host.name.clone(), Ok(()))).collect())
    }

    fn open(&self, name: &str) -> Result<Option<SavedSession>> {
        Ok(self.found(false).get(name).map(|host| {
            let profile = Profile { host: host.name.clone(), ..Profile::default() };
            SavedSession::new(Source::OpenSsh, name, host.file.to_path_buf(), profile)
        }))
    }

    fn has(&self, name: &str) -> bool {
        self.found(false).get(name).is_some()
    }

    fn destination(&self, name: &str) -> Option<String> {
        let found = self.found(false);
        let host = found.get(name)?;
        let hostname = host.hostname.as_ref().unwrap_or(&host.name);
        Some(plain_form(host.user.as_deref(), hostname, host.port))
    }
}
