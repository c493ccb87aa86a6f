//! Copies sessions into tessh's own files.

use std::collections::HashSet;
use std::path::PathBuf;

use super::trust::TrustedHosts;
use crate::cli::args::Typed;
use crate::cli::environment::{self, ProcessEnvironment};
use crate::cli::resolve::{self, sources::store};
use crate::config::{Context, FileMemory};
use crate::destination::plain_form;
use crate::error::Result;
use crate::profiles::{
    ListedSession, MAX_NAME, Profile, ProfileStore, ReadyDocument, SavedSession, Source, TOGETHER,
};
use crate::say;
use crate::text;

/// How many characters of a name are shown.
const MAX_SHOWN: usize = 200;
/// What the name of a copied jump host ends with.
const JUMP: &str = "-jump";

/// The copy of sessions. Their texts are written together, [`TOGETHER`] at a time.
pub(super) struct SessionCopy<'a> {
    typed: &'a Typed,
    context: Context,
    /// The files of ssh_config(5), which are read for each of its hosts.
    files: FileMemory,
    store: ProfileStore,
    force: bool,
    directory: PathBuf,
    /// The texts that are not written yet.
    documents: Vec<ReadyDocument>,
    /// The names of all that were copied.
    names: HashSet<String>,
    done: Copied,
}

/// What was copied.
#[derive(Default)]
pub(super) struct Copied {
    /// How many sessions were written, besides their jump hosts.
    pub sessions: usize,
    /// How many were there already.
    pub kept: usize,
    /// The hosts whose keys and authorities are to be imported.
    pub trusted: TrustedHosts,
    /// What is to be said, one line each.
    pub notes: Vec<String>,
}

impl<'a> SessionCopy<'a> {
    /// A copy of nothing. With `force`, sessions that exist are replaced.
    ///
    /// # Errors
    /// The current directory has gone.
    pub(super) fn new(
        typed: &'a Typed,
        force: bool,
        environment: &ProcessEnvironment,
    ) -> Result<SessionCopy<'a>> {
        let directory = environment::working_directory()?;
        let context = environment.context();
        let (store, files) = (store(&context), FileMemory::default());
        let (documents, names, done) = (Vec::new(), HashSet::new(), Copied::default());
        let copy =
            SessionCopy { typed, context, files, store, force, directory, documents, names, done };
        Ok(copy)
    }

    /// Adds a session; says why if it cannot be copied.
    ///
    /// # Errors
    /// Those of [`SessionCopy::write`].
    pub(super) fn add(&mut self, listed: ListedSession) -> Result<()> {
        let shown = text::line(&listed.name, MAX_SHOWN);
        let before = self.documents.len();
        let added = listed.session.and_then(|session| match session.refusal.clone() {
            Some(refusal) => Err(refusal),
            None => self.session(session),
        });
        if let Err(error) = added {
            // A session's jump host comes only with it.
            self.documents.truncate(before);
            self.done.notes.push(say!(import_not_imported, name = shown, error));
        }
        match self.documents.len() >= TOGETHER {
            true => self.write(),
            false => Ok(()),
        }
    }

    /// Writes what is not written yet, and tells what was copied.
    ///
    /// # Errors
    /// Those of [`SessionCopy::write`].
    pub(super) fn put(mut self) -> Result<Copied> {
        self.write()?;
        Ok(self.done)
    }

    /// Writes the texts that were made.
    ///
    /// # Errors
    /// A file cannot be written.
    fn write(&mut self) -> Result<()> {
        self.store.save_all(&self.documents)?;
        self.documents.clear();
        Ok(())
    }

    fn session(&mut self, mut session: SavedSession) -> Result<()> {
        let name = std::mem::take(&mut session.name);
        let shown = text::line(&name, MAX_SHOWN);
        if self.names.contains(&name) || (!self.force && self.store.has(&name)) {
            self.done.notes.push(say!(import_kept, name = shown));
            self.done.kept += 1;
            return Ok(());
        }
        if session.source == Source::OpenSsh {
            let around = (&self.context, &self.files);
            session.profile = resolve::of_host(&name, self.typed, around, &self.directory)?;
        }
        if let Some(via) = session.via.take() {
            session.profile.jump = Some(self.jump(&name, *via)?);
        }
        self.document(&name, &session)?;
        self.done.sessions += 1;
        let notes = session.unhonoured.iter().map(|what| format!("{shown}: {what}"));
        self.done.notes.extend(notes);
        if session.proxy_password.is_some() {
            self.done.notes.push(say!(import_proxy_password, name = shown));
        }
        Ok(())
    }

    /// Makes the file of a session; fields that other programs do not have keep their values.
    fn document(&mut self, name: &str, session: &SavedSession) -> Result<()> {
        let mut document = match self.store.open(name)? {
            Some(document) => document,
            None => self.store.create(name)?,
        };
        let mut profile = session.profile.clone();
        profile.imported_from = Some(session.source.word().to_owned());
        if !document.is_new() {
            let old = document.profile();
            profile.note = profile.note.or_else(|| old.note.clone());
            profile.tags.clone_from(&old.tags);
            profile.confirm_paste = old.confirm_paste;
        }
        document.set(profile)?;
        self.documents.push(document.ready()?);
        self.names.insert(name.to_owned());
        self.done.trusted.add(session);
        Ok(())
    }

    /// The jump host as `-J` takes it: as it is if a host, port and user are all there is to it, or
    /// else as a session of its own.
    fn jump(&mut self, name: &str, mut via: SavedSession) -> Result<String> {
        if let Some(refusal) = via.refusal.clone() {
            return Err(refusal);
        }
        if let (Some(typed), None) = (as_typed(&via.profile), &via.via) {
            self.done.trusted.add(&via);
            return Ok(typed);
        }
        let own = jump_name(name);
        if let Some(before) = via.via.take() {
            via.profile.jump = Some(self.jump(&own, *before)?);
        }
        self.document(&own, &via)?;
        Ok(own)
    }
}

/// A host as `-J` takes it, if the session has nothing else.
fn as_typed(profile: &Profile) -> Option<String> {
    let Profile { host, port, user, .. } = profile;
    let nothing_else =
        Profile { host: host.clone(), port: *port, user: user.clone(), ..Profile::default() };
    if *profile != nothing_else {
        return None;
    }
    let port = port.or(host.contains(':').then_some(22));
    Some(plain_form(user.as_deref(), host, port))
}

/// The name of the jump host of a session: only letters that `-J` takes.
fn jump_name(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    let mut own: String =
        name.chars().map(|letter| if plain(letter) { letter } else { '-' }).collect();
    own.truncate(MAX_NAME / 2);
    format!("{}{JUMP}", own.trim_start_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::user::UserId;

    #[test]
    fn of_many_sessions_the_first_are_written_before_the_last_are_read() {
        let home = tempfile::tempdir().unwrap();
        let typed = Typed::default();
        let mut copy = SessionCopy::new(&typed, false, &ProcessEnvironment::find()).unwrap();
        copy.store = ProfileStore::new(home.path().join("sessions"), UserId::real());
        let store = copy.store.clone();
        let written = || store.names().unwrap().len();
        for number in 0..=TOGETHER {
            let (name, place) = (format!("s{number}"), home.path().join("putty"));
            let profile = Profile { host: "web.example.org".to_owned(), ..Profile::default() };
            let session = SavedSession::new(Source::Putty, &name, place.clone(), profile);
            let (source, session) = (Source::Putty, Ok(session));
            copy.add(ListedSession { name, source, place, session }).unwrap();
        }
        assert_eq!((written(), copy.documents.len()), (TOGETHER, 1));
        assert_eq!(copy.put().unwrap().sessions, TOGETHER + 1);
        assert_eq!(written(), TOGETHER + 1);
    }
}
