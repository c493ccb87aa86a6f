//! Copies sessions into tessh's own files.

use std::collections::HashSet;
use std::path::PathBuf;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::trust::{ImportedTrust, TrustImport};
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
    /// How many sessions they are, besides their jump hosts.
    waiting: usize,
    /// The names of all that were copied.
    names: HashSet<String>,
    trust: TrustImport,
    done: Copied,
}

/// What was copied.
#[derive(Default)]
pub(super) struct Copied {
    /// How many sessions were written, besides their jump hosts.
    pub sessions: usize,
    /// How many were there already.
    pub kept: usize,
    /// The keys and authorities of their hosts.
    pub trust: ImportedTrust,
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
        Ok(SessionCopy {
            typed,
            context,
            files,
            store,
            force,
            directory,
            documents: Vec::new(),
            waiting: 0,
            names: HashSet::new(),
            trust: TrustImport::new(environment, force),
            done: Copied::default(),
        })
    }

    /// Copies sessions with the keys and authorities of their hosts, and tells what was copied, up to a
    /// fault if there is one.
    pub(super) fn put(
        mut self,
        mut sessions: impl Iterator<Item = ListedSession>,
    ) -> (Copied, Result<()>) {
        let outcome = sessions.try_for_each(|listed| self.add(listed)).and_then(|()| self.write());
        self.done.trust = self.trust.finish();
        (self.done, outcome)
    }

    /// Adds a session; says why if it cannot be copied.
    ///
    /// # Errors
    /// Those of [`SessionCopy::write`].
    fn add(&mut self, listed: ListedSession) -> Result<()> {
        let shown = text::line(&listed.name, MAX_SHOWN);
        let before = (self.documents.len(), self.trust.waiting());
        let added = listed.session.and_then(|session| match session.refusal.clone() {
            Some(refusal) => Err(refusal),
            None => self.session(session),
        });
        if let Err(error) = added {
            // A session's jump host comes only with it.
            self.documents.truncate(before.0);
            self.trust.truncate(before.1);
            self.done.notes.push(say!(import_not_imported, name = shown, error));
        }
        match self.documents.len() >= TOGETHER {
            true => self.write(),
            false => Ok(()),
        }
    }

    /// Writes the texts that were made, after the keys of their hosts.
    ///
    /// # Errors
    /// A file cannot be written.
    fn write(&mut self) -> Result<()> {
        self.trust.write_keys();
        self.store.save_all(&self.documents)?;
        self.trust.sessions_written();
        self.documents.clear();
        self.done.sessions += std::mem::take(&mut self.waiting);
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
        self.waiting += 1;
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
        self.trust.add(session);
        Ok(())
    }

    /// The jump host as `-J` takes it: as it is if a host, port and user are all there is to it, or
    /// else as a session of its own.
    fn jump(&mut self, name: &str, mut via: SavedSession) -> Result<String> {
        if let Some(refusal) = via.refusal.clone() {
            return Err(refusal);
        }
        if let (Some(typed), None) = (as_typed(&via.profile), &via.via) {
            self.trust.add(&via);
            return Ok(typed);
        }
        let own = self.jump_session(name)?;
        if let Some(before) = via.via.take() {
            via.profile.jump = Some(self.jump(&own, *before)?);
        }
        self.document(&own, &via)?;
        Ok(own)
    }

    /// The name of the session that the jump host of the session `name` becomes: one that no other
    /// session has, unless that session jumps there already.
    fn jump_session(&self, name: &str) -> Result<String> {
        let before = self.store.open(name)?.and_then(|document| document.profile().jump.clone());
        let own = jump_name(name);
        let is_free = before.as_ref() == Some(&own) || !self.store.has(&own);
        if is_free && !self.names.contains(&own) {
            return Ok(own);
        }
        // Another session has the name, or one that differs in letters that `-J` does not take.
        let digest = HEXLOWER.encode(&Sha256::digest(name)[..8]);
        Ok(format!("{own}-{digest}"))
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
    use std::path::Path;

    use super::*;
    use crate::os::user::UserId;
    use crate::profiles::TrustPlaces;
    use crate::trust::authority::AuthorityStore;

    const KEY: &str = "0x76d9b85d3d81ce3a67279654d8f92f3dacb8baef71770891a98af38a41fa7abe,0x7667ab14c4361dda09efe8f1b42a93093a8cd8d846e60f6d9d97b33901c045e3";

    /// A copy that writes within this directory.
    fn copy_to<'a>(home: &Path, typed: &'a Typed) -> SessionCopy<'a> {
        let mut copy = SessionCopy::new(typed, false, &ProcessEnvironment::find()).unwrap();
        copy.store = ProfileStore::new(home.join("sessions"), UserId::real());
        copy.trust.known_hosts = home.join("known_hosts");
        copy.trust.own = AuthorityStore::new(home.join("authorities"), UserId::real());
        copy
    }

    /// A session of PuTTY's, whose host's key is in a cache in this directory.
    fn listed(home: &Path, number: usize) -> ListedSession {
        let (name, source, place) = (format!("s{number}"), Source::Putty, home.join("putty"));
        let profile = Profile { host: format!("{name}.example.org"), ..Profile::default() };
        let mut session = SavedSession::new(source, &name, place.clone(), profile);
        session.trust = TrustPlaces { host_keys: vec![home.join("cache")], ..session.trust };
        ListedSession { name, source, place, session: Ok(session) }
    }

    #[test]
    fn a_jump_host_takes_no_other_sessions_place() {
        let home = tempfile::tempdir().unwrap();
        let typed = Typed::default();
        let store = copy_to(home.path(), &typed).store;
        let mut mine = store.create("a-b-jump").unwrap();
        mine.set(Profile { host: "mine".to_owned(), ..Profile::default() }).unwrap();
        store.save_all(&[mine.ready().unwrap()]).unwrap();
        let (source, place) = (Source::Putty, home.path().join("putty"));
        let saved = |name: &str, host: &str| {
            let options = vec!["Compression=yes".to_owned()];
            let profile = Profile { host: host.to_owned(), options, ..Profile::default() };
            SavedSession::new(source, name, place.clone(), profile)
        };
        // The second time each keeps the jump host that it has.
        for force in [false, true] {
            let mut copy = copy_to(home.path(), &typed);
            copy.force = force;
            let sessions = [("a b", "first"), ("a-b", "second")].map(|(name, via)| {
                let mut session = saved(name, "far");
                session.via = Some(Box::new(saved("via", via)));
                let (name, place, session) = (name.to_owned(), place.clone(), Ok(session));
                ListedSession { name, source, place, session }
            });
            let (done, outcome) = copy.put(sessions.into_iter());
            outcome.unwrap();
            assert_eq!((done.sessions, done.notes), (2, Vec::new()));
            let profile = |name: &str| store.open(name).unwrap().unwrap().profile().clone();
            assert_eq!(profile("a-b-jump").host, "mine");
            for (name, via) in [("a b", "first"), ("a-b", "second")] {
                assert_eq!(profile(&profile(name).jump.unwrap()).host, via, "{name}");
            }
            assert_eq!(store.names().unwrap().len(), 5);
        }
    }

    #[test]
    fn of_many_sessions_the_first_are_written_before_the_last_are_read() {
        let home = tempfile::tempdir().unwrap();
        let typed = Typed::default();
        let entry = format!("ssh-ed25519@22:s0.example.org {KEY}\n");
        std::fs::write(home.path().join("cache"), entry).unwrap();
        let mut copy = copy_to(home.path(), &typed);
        let store = copy.store.clone();
        let written = || store.names().unwrap().len();
        for number in 0..=TOGETHER {
            copy.add(listed(home.path(), number)).unwrap();
        }
        assert_eq!((written(), copy.documents.len()), (TOGETHER, 1));
        assert!(home.path().join("known_hosts").exists(), "with the keys of their hosts");
        let (done, outcome) = copy.put(std::iter::empty());
        outcome.unwrap();
        assert_eq!((done.sessions, written()), (TOGETHER + 1, TOGETHER + 1));
    }

    #[test]
    fn a_session_that_cannot_be_copied_leaves_no_jump_host_or_key_and_of_two_of_one_name_the_first_stays()
     {
        let home = tempfile::tempdir().unwrap();
        let typed = Typed::default();
        let entry = format!("ssh-ed25519@22:s2.example.org {KEY}\n");
        std::fs::write(home.path().join("cache"), entry).unwrap();
        let copy = copy_to(home.path(), &typed);
        let store = copy.store.clone();
        let [mut bad, one, mut two] = [0, 1, 1].map(|number| listed(home.path(), number));
        let session = bad.session.as_mut().unwrap();
        session.profile.port = Some(0);
        let mut via = listed(home.path(), 2).session.unwrap();
        via.profile.command = Some("id".to_owned());
        session.via = Some(Box::new(via));
        two.session.as_mut().unwrap().profile.host = "other.example.org".to_owned();
        let (done, outcome) = copy.put([bad, one, two].into_iter());
        outcome.unwrap();
        let names: Vec<String> = store.names().unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!((names, done.sessions, done.kept), (vec!["s1".to_owned()], 1, 1));
        assert_eq!(store.open("s1").unwrap().unwrap().profile().host, "s1.example.org");
        assert!(
            !home.path().join("known_hosts").exists(),
            "no key of a jump host that is not there"
        );
    }

    #[test]
    fn authorities_come_with_sessions_that_are_written() {
        let records =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/trust/authorities/putty");
        let home = tempfile::tempdir().unwrap();
        let typed = Typed::default();
        let session = || {
            let mut listed = listed(home.path(), 0);
            listed.session.as_mut().unwrap().trust.authorities = vec![records.clone()];
            std::iter::once(listed)
        };
        std::fs::write(home.path().join("sessions"), "in the way").unwrap();
        let (done, outcome) = copy_to(home.path(), &typed).put(session());
        assert!(outcome.is_err());
        assert_eq!((done.sessions, done.trust.authorities), (0, 0));
        std::fs::remove_file(home.path().join("sessions")).unwrap();
        let (done, outcome) = copy_to(home.path(), &typed).put(session());
        outcome.unwrap();
        assert!(done.sessions == 1 && done.trust.authorities > 0);
    }

    #[test]
    fn a_fault_in_the_middle_loses_neither_a_session_nor_the_key_of_its_host() {
        const LAST: usize = 2 * TOGETHER;
        let home = tempfile::tempdir().unwrap();
        let entry = |number: usize| format!("ssh-ed25519@22:s{number}.example.org {KEY}\n");
        std::fs::write(home.path().join("cache"), [0, TOGETHER, LAST].map(entry).concat()).unwrap();
        let typed = Typed::default();
        let all = || (0..=LAST).map(|number| listed(home.path(), number));
        let store = copy_to(home.path(), &typed).store;
        // Somebody else makes a session of this name before it is written.
        let taken = store.directory().join(format!("s{}.toml", TOGETHER + 1));
        let copy = copy_to(home.path(), &typed);
        let (done, outcome) = copy.put(all().inspect(|listed| {
            if listed.name == format!("s{}", TOGETHER + 2) {
                std::fs::write(&taken, "host = 'mine'").unwrap();
            }
        }));
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("changed since"), "{error}");
        assert_eq!((store.names().unwrap().len(), done.trust.keys), (TOGETHER + 2, 2));
        // The next import goes on where this one ended.
        let (done, outcome) = copy_to(home.path(), &typed).put(all());
        outcome.unwrap();
        assert_eq!((done.kept, done.sessions, done.trust.keys), (TOGETHER + 2, TOGETHER - 1, 1));
        assert_eq!(std::fs::read_to_string(&taken).unwrap(), "host = 'mine'");
        let known = std::fs::read_to_string(home.path().join("known_hosts")).unwrap();
        assert_eq!(known.lines().count(), 3, "{known}");
    }
}
