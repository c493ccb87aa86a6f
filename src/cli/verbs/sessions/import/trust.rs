//! The host keys and authorities of imported sessions.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use russh::keys::ssh_key::{Algorithm, PublicKey};

use crate::cli::environment::ProcessEnvironment;
use crate::config;
use crate::os::user::UserId;
use crate::profiles::{SavedSession, TrustPlaces};
use crate::say;
use crate::text;
use crate::trust::authority::{Authority, AuthorityStore, Draft, putty};
use crate::trust::entries::{self, KnownHostsEntry};
use crate::trust::{CachedHostKey, HostKeyCache, Marker, Subject, store};

/// How many characters of a name are shown.
const MAX_SHOWN: usize = 200;

/// A host of an imported session.
struct TrustedHost {
    /// Where its keys and authorities are on record.
    places: TrustPlaces,
    /// The name that its key must belong to, if it is a host's name.
    subject: Option<Subject>,
}

impl TrustedHost {
    /// The host that the session's key must belong to.
    fn of(session: &SavedSession) -> TrustedHost {
        let profile = &session.profile;
        let subject = match &profile.host_key_name {
            Some(name) => Subject::named(name).ok(),
            None => Some(Subject {
                name: profile.host.to_ascii_lowercase(),
                port: profile.port.unwrap_or(22),
                alias: false,
            }),
        };
        TrustedHost { places: session.trust.clone(), subject }
    }
}

/// The hosts of imported sessions, by where their keys and authorities are on record. The sessions of
/// one file have the same places.
struct TrustedHosts<'a>(Vec<(&'a TrustPlaces, HashSet<&'a Subject>)>);

impl<'a> TrustedHosts<'a> {
    /// These hosts.
    fn of(all: &'a [TrustedHost]) -> TrustedHosts<'a> {
        let mut by_places: Vec<(&TrustPlaces, HashSet<&Subject>)> = Vec::new();
        for TrustedHost { places, subject } in all {
            match by_places.iter_mut().find(|(known, _)| *known == places) {
                Some((_, hosts)) => hosts.extend(subject),
                None => by_places.push((places, subject.iter().collect())),
            }
        }
        TrustedHosts(by_places)
    }

    /// Whether a cache is the place of this host's keys.
    fn has(&self, cache: &PathBuf, host: &Subject) -> bool {
        let mut of_cache = self.0.iter().filter(|(places, _)| places.host_keys.contains(cache));
        of_cache.any(|(_, hosts)| hosts.contains(host))
    }

    /// The places of keys, each once, in their order.
    fn caches(&self) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = Vec::new();
        for place in self.0.iter().flat_map(|(places, _)| &places.host_keys) {
            if !all.contains(place) {
                all.push(place.clone());
            }
        }
        all
    }
}

/// The import of host keys and authorities. The keys of some hosts are written before the sessions that
/// lead to them: an import that is repeated after a fault passes over the sessions that are there.
/// Authorities, which stand for more than these hosts, follow only sessions that are written.
pub(super) struct TrustImport {
    pub(super) known_hosts: PathBuf,
    pub(super) own: AuthorityStore,
    force: bool,
    /// The hosts of the sessions that are not written yet.
    hosts: Vec<TrustedHost>,
    /// The keys of each cache that was read, without those that were wanted.
    caches: HashMap<PathBuf, Vec<CachedHostKey>>,
    /// Where the authorities of the hosts of all written sessions are.
    authorities: Vec<PathBuf>,
    done: ImportedTrust,
}

/// What was imported.
#[derive(Default)]
pub(super) struct ImportedTrust {
    /// How many host keys were added to known_hosts.
    pub keys: usize,
    /// How many authorities were added.
    pub authorities: usize,
    /// What is to be said, one line each.
    pub notes: Vec<String>,
}

impl TrustImport {
    /// An import of nothing. With `force`, authorities that exist are replaced.
    pub(super) fn new(environment: &ProcessEnvironment, force: bool) -> TrustImport {
        TrustImport {
            known_hosts: config::user_directory(&environment.context()).join("known_hosts"),
            own: environment.authorities(),
            force,
            hosts: Vec::new(),
            caches: HashMap::new(),
            authorities: Vec::new(),
            done: ImportedTrust::default(),
        }
    }

    /// Adds the host that the session's key must belong to.
    pub(super) fn add(&mut self, session: &SavedSession) {
        self.hosts.push(TrustedHost::of(session));
    }

    /// How many hosts were added whose sessions are not written yet.
    pub(super) fn waiting(&self) -> usize {
        self.hosts.len()
    }

    /// Drops all but the first of the hosts whose sessions are not written yet.
    pub(super) fn truncate(&mut self, waiting: usize) {
        self.hosts.truncate(waiting);
    }

    /// Adds the keys of the hosts to the user's known_hosts.
    pub(super) fn write_keys(&mut self) {
        let hosts = TrustedHosts::of(&self.hosts);
        for place in hosts.caches() {
            let keys = self.caches.entry(place.clone()).or_insert_with(|| {
                let found = HostKeyCache::load(&place);
                self.done.notes.extend(found.problems.iter().map(ToString::to_string));
                found.keys
            });
            let is_wanted = |entry: &CachedHostKey| hosts.has(&place, &entry.subject);
            let (wanted, others): (Vec<_>, _) =
                std::mem::take(keys).into_iter().partition(is_wanted);
            *keys = others;
            self.done.add_keys(&self.known_hosts, &wanted);
        }
    }

    /// The sessions of the hosts are written.
    pub(super) fn sessions_written(&mut self) {
        for place in self.hosts.drain(..).flat_map(|host| host.places.authorities) {
            if !self.authorities.contains(&place) {
                self.authorities.push(place);
            }
        }
    }

    /// Adds the authorities, and tells what was imported.
    pub(super) fn finish(mut self) -> ImportedTrust {
        let found = putty::load(&self.authorities, UserId::real());
        self.done.notes.extend(found.problems.iter().map(ToString::to_string));
        for record in &found.records {
            self.done.add_authority(&self.own, record, self.force);
        }
        self.done
    }
}

impl ImportedTrust {
    /// Adds keys, each unless known_hosts has one of its type for the host. There may be many, so the
    /// file is read once and written once.
    fn add_keys(&mut self, known_hosts: &Path, keys: &[CachedHostKey]) {
        if keys.is_empty() {
            return;
        }
        let names: Vec<String> = keys.iter().map(|it| it.subject.entry_name()).collect();
        let known = entries::list_each(known_hosts, &names);
        let mut lines: Vec<String> = Vec::new();
        let mut added: HashMap<(&str, Algorithm), &PublicKey> = HashMap::new();
        for (entry, name) in keys.iter().zip(&names) {
            let (key, kind) = (&entry.key, entry.key.algorithm());
            let of_type =
                |it: &&Rc<KnownHostsEntry>| it.marker == Marker::None && it.key.algorithm() == kind;
            let on_record = known.get(name).into_iter().flatten().find(of_type);
            let (there, place) = match (on_record, added.get(&(&**name, kind.clone()))) {
                (Some(known), _) => (&known.key, known.place()),
                (None, Some(key)) => (*key, text::path(known_hosts)),
                (None, None) => {
                    lines.push(entry.known_hosts.clone());
                    added.insert((name, kind), key);
                    continue;
                }
            };
            if there.key_data() != key.key_data() {
                self.notes.push(say!(import_other_key, name, place));
            }
        }
        // Without keys, no file is made.
        let written = if lines.is_empty() { Ok(()) } else { store::add_lines(known_hosts, &lines) };
        match written {
            Ok(()) => self.keys += lines.len(),
            Err(error) => self.notes.push(error.to_string()),
        }
    }

    /// Adds an authority unless there is one of its name.
    fn add_authority(&mut self, own: &AuthorityStore, record: &Authority, force: bool) {
        let there = own.load();
        let known = there.records.iter().find(|it| it.name == record.name);
        let is_same = known.is_some_and(|known| {
            known.key.key_data() == record.key.key_data()
                && known.validity.as_str() == record.validity.as_str()
                && known.hashes == record.hashes
        });
        if is_same {
            return;
        }
        let draft = Draft {
            name: &record.name,
            key: &record.key,
            validity: &record.validity,
            hashes: record.hashes,
        };
        match own.write(&draft, force) {
            Ok(_) => self.authorities += 1,
            Err(error) => {
                let name = text::line(&record.name, MAX_SHOWN);
                self.notes.push(say!(import_not_imported, name, error));
            }
        }
    }
}
