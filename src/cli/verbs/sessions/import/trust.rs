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

/// The hosts of imported sessions, by where their keys and authorities are on record. The sessions of
/// one file have the same places.
#[derive(Default)]
pub(super) struct TrustedHosts(Vec<(TrustPlaces, HashSet<Subject>)>);

impl TrustedHosts {
    /// Adds the host that the session's key must belong to.
    pub(super) fn add(&mut self, session: &SavedSession) {
        let profile = &session.profile;
        let subject = match &profile.host_key_name {
            Some(name) => Subject::named(name).ok(),
            None => Some(Subject {
                name: profile.host.to_ascii_lowercase(),
                port: profile.port.unwrap_or(22),
                alias: false,
            }),
        };
        match self.0.iter_mut().find(|(places, _)| *places == session.trust) {
            Some((_, hosts)) => hosts.extend(subject),
            None => self.0.push((session.trust.clone(), subject.into_iter().collect())),
        }
    }

    /// Whether a cache is the place of this host's keys.
    fn has(&self, cache: &PathBuf, host: &Subject) -> bool {
        let mut of_cache = self.0.iter().filter(|(places, _)| places.host_keys.contains(cache));
        of_cache.any(|(_, hosts)| hosts.contains(host))
    }

    /// The places, each once, in their order.
    fn places(&self, of: fn(&TrustPlaces) -> &Vec<PathBuf>) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = Vec::new();
        for place in self.0.iter().flat_map(|(places, _)| of(places)) {
            if !all.contains(place) {
                all.push(place.clone());
            }
        }
        all
    }
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

/// Adds the keys of these hosts to the user's known_hosts, and the authorities to tessh's own.
pub(super) fn import(
    hosts: &TrustedHosts,
    environment: &ProcessEnvironment,
    force: bool,
) -> ImportedTrust {
    let mut done = ImportedTrust::default();
    let known_hosts = config::user_directory(&environment.context()).join("known_hosts");
    for cache in hosts.places(|places| &places.host_keys) {
        let found = HostKeyCache::load(&cache);
        let wanted = found.keys.iter().filter(|entry| hosts.has(&cache, &entry.subject));
        done.add_keys(&known_hosts, &wanted.collect::<Vec<_>>());
        done.notes.extend(found.problems.iter().map(ToString::to_string));
    }
    let authorities = hosts.places(|places| &places.authorities);
    let found = putty::load(&authorities, UserId::real());
    done.notes.extend(found.problems.iter().map(ToString::to_string));
    let own = environment.authorities();
    for record in &found.records {
        done.add_authority(&own, record, force);
    }
    done
}

impl ImportedTrust {
    /// Adds keys, each unless known_hosts has one of its type for the host. There may be as many as
    /// sessions, so the file is read once and written once.
    fn add_keys(&mut self, known_hosts: &Path, keys: &[&CachedHostKey]) {
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
