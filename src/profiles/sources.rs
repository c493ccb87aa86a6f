//! All sources of saved sessions together. Nothing outside knows a source by name: a session is
//! found by its own name, or by `source:name` if several sources have it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::ScopedJoinHandle;

use super::near;
use super::session::{SavedSession, Source};
use crate::error::Result;

/// The most similar names that are suggested.
const MAX_NEAR: usize = 5;

/// A source of saved sessions.
pub trait SessionSource: Send + Sync {
    /// Which source it is; several may be of one kind, such as two exports of PuTTY's registry.
    fn source(&self) -> Source;

    /// Whether `word:NAME` with the word of this source looks here.
    fn serves(&self, wanted: Source) -> bool {
        self.source() == wanted
    }

    /// The folder or file of the sessions.
    fn place(&self) -> PathBuf;

    /// The names of all sessions, sorted; one that cannot be opened by a name has its error.
    ///
    /// # Errors
    /// The sessions cannot be listed.
    fn names(&self) -> Result<Vec<(String, Result<()>)>>;

    /// The session of this name; `None` if there is none.
    ///
    /// # Errors
    /// The session, or the file that holds it, cannot be read or makes no sense.
    fn open(&self, name: &str) -> Result<Option<SavedSession>>;

    /// Whether there is a session of this name, readable or not.
    fn has(&self, name: &str) -> bool;

    /// Where a session leads, as a person would type it, if that is known without opening it.
    fn destination(&self, _name: &str) -> Option<String> {
        None
    }
}

/// One entry of the list of saved sessions.
#[derive(Clone, Debug)]
pub struct ListedSession {
    /// The session's name; the file's name if it does not decode to one.
    pub name: String,
    /// Its source.
    pub source: Source,
    /// The folder or file it is in.
    pub place: PathBuf,
    /// The session, or why it cannot be used.
    pub session: Result<SavedSession>,
}

/// The place of a session that a name may mean.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionPlace {
    /// The source.
    pub source: Source,
    /// The name without the source.
    pub name: String,
    /// The folder or file.
    pub place: Arc<Path>,
    /// The number of the source among all of them.
    number: usize,
}

impl SessionPlace {
    /// The name with its source.
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.source.word(), self.name)
    }
}

/// All saved sessions.
#[derive(Default)]
pub struct Sessions {
    sources: Vec<Box<dyn SessionSource>>,
}

impl Sessions {
    /// The sessions of these sources.
    pub fn new(sources: Vec<Box<dyn SessionSource>>) -> Sessions {
        Sessions { sources }
    }

    /// The sessions that a name means, as [`Sessions::meant`], but a host of ssh_config(5) only if it
    /// is named with its source: without, it is a host as it is.
    pub fn meant_besides_hosts(&self, text: &str) -> Vec<SessionPlace> {
        let mut found = self.places(text, &|it| it.source() != Source::OpenSsh);
        if let Some((source, name)) = qualified(text) {
            found.extend(self.places(name, &|it| it.serves(source)));
        }
        found
    }

    /// The sessions that a name means: those of all sources, or for `source:name` those of one.
    pub fn meant(&self, text: &str) -> Vec<SessionPlace> {
        let mut found = self.places(text, &|_| true);
        if let Some((source, name)) = qualified(text) {
            found.extend(self.places(name, &|it| it.serves(source)));
        }
        found
    }

    /// The places of a name in the wanted sources.
    fn places(&self, name: &str, wanted: &dyn Fn(&dyn SessionSource) -> bool) -> Vec<SessionPlace> {
        let sources = self.sources.iter().enumerate().filter(|(_, it)| wanted(it.as_ref()));
        let having = sources.filter(|(_, source)| source.has(name));
        having
            .map(|(number, source)| SessionPlace {
                source: source.source(),
                name: name.to_owned(),
                place: source.place().into(),
                number,
            })
            .collect()
    }

    /// Opens the session at a place; `None` if it is gone.
    ///
    /// # Errors
    /// Those of [`SessionSource::open`].
    pub fn open(&self, at: &SessionPlace) -> Result<Option<SavedSession>> {
        self.sources[at.number].open(&at.name)
    }

    /// Where the session at a place leads, see [`SessionSource::destination`].
    pub fn destination(&self, at: &SessionPlace) -> Option<String> {
        self.sources[at.number].destination(&at.name)
    }

    /// The places of all sessions, sorted by name, without reading them; the error is why one cannot
    /// be opened. A source that cannot be listed has its error in the second list.
    pub fn names(&self) -> (Vec<(SessionPlace, Result<()>)>, Vec<crate::error::Error>) {
        // Each waits for its own files.
        let listed: Vec<_> = std::thread::scope(|scope| {
            let sources = self.sources.iter();
            let listing: Vec<_> = sources.map(|it| scope.spawn(|| it.names())).collect();
            listing.into_iter().map(ScopedJoinHandle::join).collect()
        });
        let listed = listed
            .into_iter()
            .map(|it| it.unwrap_or_else(|fault| std::panic::resume_unwind(fault)))
            .collect::<Vec<_>>();
        let count = listed.iter().flatten().map(Vec::len).sum();
        let (mut all, mut faults) = (Vec::with_capacity(count), Vec::new());
        for ((number, source), listed) in self.sources.iter().enumerate().zip(listed) {
            let (kind, place): (_, Arc<Path>) = (source.source(), source.place().into());
            let at = |name| {
                let place = Arc::clone(&place);
                SessionPlace { source: kind, name, place, number }
            };
            match listed {
                Ok(names) => all.extend(names.into_iter().map(|(name, fault)| (at(name), fault))),
                Err(error) => faults.push(error),
            }
        }
        // Each source has sorted its own; this merges them.
        all.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
        (all, faults)
    }

    /// All sessions, sorted by name, and the errors of sources that cannot be listed. One that
    /// cannot be read is listed with its error.
    pub fn list(&self) -> (Vec<ListedSession>, Vec<crate::error::Error>) {
        let (names, faults) = self.names();
        (self.opened(names).collect(), faults)
    }

    /// Opens the sessions of [`Sessions::names`] one after the other, for whoever has no need of all
    /// of them at once. One that has gone is left out.
    pub fn opened(
        &self,
        names: Vec<(SessionPlace, Result<()>)>,
    ) -> impl Iterator<Item = ListedSession> {
        names.into_iter().filter_map(|(at, fault)| {
            let session = fault.and_then(|()| self.open(&at)).transpose()?;
            let source = session.as_ref().map_or(at.source, |session| session.source);
            let place =
                session.as_ref().map_or_else(|_| at.place.to_path_buf(), |it| it.place.clone());
            Some(ListedSession { name: at.name, source, place, session })
        })
    }

    /// Why a source cannot be looked through, where a name may be that was not found.
    pub fn unread(&self) -> Option<crate::error::Error> {
        let (names, mut faults) = self.names();
        let whole = |at: &SessionPlace| {
            at.place.file_name().is_some_and(|file| file.to_string_lossy() == at.name[..])
        };
        let cut = names.into_iter().filter(|(at, _)| whole(at)).find_map(|(_, fault)| fault.err());
        faults.extend(cut);
        faults.into_iter().next()
    }

    /// Why a session that is listed with this name, with or without its source, cannot be opened by
    /// it.
    pub fn fault_of(&self, text: &str) -> Option<crate::error::Error> {
        let is_meant = |at: &SessionPlace| {
            at.name == text
                || qualified(text).is_some_and(|(source, name)| {
                    name == at.name && self.sources[at.number].serves(source)
                })
        };
        let mut names = self.names().0.into_iter();
        names.find_map(|(at, fault)| fault.err().filter(|_| is_meant(&at)))
    }

    /// The names of the sessions that are listed without a fault.
    pub fn openable(&self) -> impl Iterator<Item = String> {
        let names = self.names().0.into_iter().filter(|(_, fault)| fault.is_ok());
        names.map(|(at, _)| at.name)
    }

    /// Names similar to this one, the most similar first.
    pub fn near(&self, wanted: &str) -> Vec<String> {
        near::most_similar(wanted, self.openable(), MAX_NEAR)
    }
}

/// The source and the name of `source:name`.
pub fn qualified(text: &str) -> Option<(Source, &str)> {
    let (word, name) = text.split_once(':')?;
    Source::find(word).map(|source| (source, name)).filter(|(_, name)| !name.is_empty())
}
