//! tessh's own sessions as a source.

use std::path::PathBuf;

use super::store::{Document, ProfileStore};
use crate::error::Result;
use crate::profiles::file::leads_nowhere;
use crate::profiles::session::{SavedSession, Source};
use crate::profiles::sources::SessionSource;

/// The sessions of a store.
pub struct OwnSessions(pub ProfileStore);

impl SessionSource for OwnSessions {
    fn source(&self) -> Source {
        Source::Own
    }

    fn serves(&self, wanted: Source) -> bool {
        matches!(wanted, Source::Own | Source::Teleport)
    }

    fn place(&self) -> PathBuf {
        self.0.directory().to_owned()
    }

    fn names(&self) -> Result<Vec<(String, Result<()>)>> {
        self.0.names()
    }

    fn open(&self, name: &str) -> Result<Option<SavedSession>> {
        match self.0.open(name)? {
            Some(document) => Ok(Some(of_document(&document))),
            None if self.0.has(name) => {
                Err(leads_nowhere(&self.0.directory().join(super::name::file_name(name)?)))
            }
            None => Ok(None),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.0.has(name)
    }
}

/// The session of a file.
fn of_document(document: &Document) -> SavedSession {
    let profile = document.profile().clone();
    let source = if profile.teleport.is_some() { Source::Teleport } else { Source::Own };
    let (name, place) = (document.name(), document.path().to_owned());
    let unknown = document.unknown().to_vec();
    SavedSession { unknown, ..SavedSession::new(source, name, place, profile) }
}
