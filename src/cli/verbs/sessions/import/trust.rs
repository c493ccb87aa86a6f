//! The host keys and authorities of imported sessions.

use std::path::{Path, PathBuf};

use crate::cli::environment::ProcessEnvironment;
use crate::config;
use crate::os::user::UserId;
use crate::profiles::{SavedSession, TrustPlaces};
use crate::say;
use crate::text;
use crate::trust::authority::{Authority, AuthorityStore, Draft, putty};
use crate::trust::{CachedHostKey, HostKeyCache, Marker, Subject, entries, store};

/// How many characters of a name are shown.
const MAX_SHOWN: usize = 200;

/// A host of an imported session, and where its keys and authorities are on record.
pub(super) struct TrustedHost {
    subject: Option<Subject>,
    places: TrustPlaces,
}

impl TrustedHost {
    /// The host that the session's key must belong to.
    pub(super) fn of(session: &SavedSession) -> TrustedHost {
        let profile = &session.profile;
        let subject = match &profile.host_key_name {
            Some(name) => Subject::named(name).ok(),
            None => Some(Subject {
                name: profile.host.to_ascii_lowercase(),
                port: profile.port.unwrap_or(22),
                alias: false,
            }),
        };
        TrustedHost { subject, places: session.trust.clone() }
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
    hosts: &[TrustedHost],
    environment: &ProcessEnvironment,
    force: bool,
) -> ImportedTrust {
    let mut done = ImportedTrust::default();
    let known_hosts = config::user_directory(&environment.context()).join("known_hosts");
    for cache in places(hosts, |places| &places.host_keys) {
        let found = HostKeyCache::load(&cache);
        for entry in &found.keys {
            let wanted = hosts.iter().any(|host| {
                host.places.host_keys.contains(&cache)
                    && host.subject.as_ref() == Some(&entry.subject)
            });
            if wanted {
                done.add_key(&known_hosts, entry);
            }
        }
        done.notes.extend(found.problems.iter().map(ToString::to_string));
    }
    let authorities = places(hosts, |places| &places.authorities);
    let found = putty::load(&authorities, UserId::real());
    done.notes.extend(found.problems.iter().map(ToString::to_string));
    let own = environment.authorities();
    for record in &found.records {
        done.add_authority(&own, record, force);
    }
    done
}

/// The places of all hosts, each once, in their order.
fn places(hosts: &[TrustedHost], of: fn(&TrustPlaces) -> &Vec<PathBuf>) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = Vec::new();
    for place in hosts.iter().flat_map(|host| of(&host.places)) {
        if !all.contains(place) {
            all.push(place.clone());
        }
    }
    all
}

impl ImportedTrust {
    /// Adds a key unless known_hosts has one of its type for the host.
    fn add_key(&mut self, known_hosts: &Path, entry: &CachedHostKey) {
        let name = entry.subject.entry_name();
        let known = entries::list(known_hosts, Some(std::slice::from_ref(&name))).entries;
        let of_type = known
            .iter()
            .find(|it| it.marker == Marker::None && it.key.algorithm() == entry.key.algorithm());
        match of_type {
            Some(known) if known.key.key_data() == entry.key.key_data() => {}
            Some(known) => self.notes.push(say!(import_other_key, name, place = known.place())),
            None => match store::add(known_hosts, &entry.subject, &entry.key, false) {
                Ok(()) => self.keys += 1,
                Err(error) => self.notes.push(error.to_string()),
            },
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
