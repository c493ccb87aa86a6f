//! One saved session of any source, as the rest of the program uses it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::profile::Profile;
use crate::error::Error;
use crate::secret::Secret;

/// Where saved sessions come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// tessh's own files.
    Own,
    /// The hosts of ssh_config(5).
    OpenSsh,
    /// PuTTY: its folder, or exports of the registry.
    Putty,
    /// WinSCP: its ini file, or exports of the registry.
    WinScp,
    /// tessh's own files about hosts of a Teleport cluster.
    Teleport,
}

impl Source {
    /// All sources.
    pub const ALL: [Source; 5] =
        [Source::Own, Source::OpenSsh, Source::Putty, Source::WinScp, Source::Teleport];

    /// The word before the colon in `putty:NAME`.
    pub fn word(self) -> &'static str {
        match self {
            Source::Own => "own",
            Source::OpenSsh => "openssh",
            Source::Putty => "putty",
            Source::WinScp => "winscp",
            Source::Teleport => "teleport",
        }
    }

    /// The source of a word.
    pub fn find(word: &str) -> Option<Source> {
        Source::ALL.into_iter().find(|source| source.word() == word)
    }
}

/// A key that tessh does not know. It stays in the file when the session is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKey {
    /// Its line in the file, from 1.
    pub line: usize,
    /// The key with its tables, sanitised.
    pub key: String,
}

/// A saved session.
#[derive(Clone)]
pub struct SavedSession {
    /// Its name, without the source.
    pub name: String,
    /// The source.
    pub source: Source,
    /// The file that it is in.
    pub place: PathBuf,
    /// Its settings, in tessh's own terms.
    pub profile: Profile,
    /// Settings that are not honoured, one line each; they are warnings when the session is used.
    pub unhonoured: Vec<String>,
    /// Why the session cannot be used, although it can be read and shown.
    pub refusal: Option<Error>,
    /// The jump host before the host, as a session of its own.
    pub via: Option<Box<SavedSession>>,
    /// Whether the way through a proxy or jump host is left out for a name of this machine: PuTTY
    /// looks the name up before it decides.
    pub spares_loopback: bool,
    /// Where else the host's keys and authorities are on record.
    pub trust: TrustPlaces,
    /// The password for the proxy server, if the source keeps one.
    pub proxy_password: Option<Arc<Secret>>,
    /// The keys in one of tessh's own files that tessh does not know.
    pub unknown: Vec<UnknownKey>,
}

/// Where a session's host keys and authorities are on record, besides known_hosts and tessh's own
/// authorities. The files are only read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustPlaces {
    /// Caches of host keys in PuTTY's format: the file `sshhostkeys`, an export of the registry, or
    /// `WinSCP.ini`.
    pub host_keys: Vec<PathBuf>,
    /// Records of authorities in PuTTY's format: the folder `sshhostcas`, an export of the
    /// registry, or `WinSCP.ini`.
    pub authorities: Vec<PathBuf>,
}

impl SavedSession {
    /// A session with these settings and nothing else.
    pub fn new(source: Source, name: &str, place: PathBuf, profile: Profile) -> SavedSession {
        SavedSession {
            name: name.to_owned(),
            source,
            place,
            profile,
            unhonoured: Vec::new(),
            refusal: None,
            via: None,
            spares_loopback: false,
            trust: TrustPlaces::default(),
            proxy_password: None,
            unknown: Vec::new(),
        }
    }

    /// The name with its source, which names this session alone.
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.source.word(), self.name)
    }
}

impl fmt::Debug for SavedSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SavedSession")
            .field("name", &self.full_name())
            .field("place", &self.place)
            .field("profile", &self.profile)
            .field("via", &self.via)
            .finish_non_exhaustive()
    }
}
