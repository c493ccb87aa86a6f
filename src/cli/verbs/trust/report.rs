//! Formats records and judgements as lines and as JSON, for all verbs of `trust` and for `--json`
//! of a connection. JSON keys are not translated; nothing is decided here.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};

use super::host::HostLookup;
use super::words::usage;
use crate::cli::args::Typed;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::log;
use crate::cli::resolve::sources;
use crate::config::Options;
use crate::error::Result;
use crate::profiles::SavedSession;
use crate::say;
use crate::text;
use crate::trust::authority::{Authorities, Authority};
use crate::trust::entries::{self, KnownHostsEntry, Listing};
use crate::trust::fingerprint::{self, Comparison};
use crate::trust::{Dates, Marker, Problem};

/// How many characters of a saved session's value are shown.
const MAX_SHOWN: usize = 200;
/// How many unusable files and lines are named.
const MAX_PROBLEMS: usize = 20;

/// A file, and whether it is the user's or the system's.
pub(super) type Scoped = (PathBuf, &'static str);

/// The files in the order in which they are searched, or the one that was named.
pub(super) fn files(options: &Options, named: Option<&Path>) -> Vec<Scoped> {
    if let Some(file) = named {
        return vec![(file.to_owned(), "file")];
    }
    let user = options.user_known_hosts_files.iter().map(|file| (file.clone(), "user"));
    let global = options.global_known_hosts_files.iter().map(|file| (file.clone(), "global"));
    let mut files: Vec<Scoped> = Vec::new();
    for (file, scope) in user.chain(global) {
        if !files.iter().any(|(known, _)| *known == file) {
            files.push((file, scope));
        }
    }
    files
}

/// The lines about a host on other ports, where none was typed.
pub(super) fn on_other_ports(
    files: &[Scoped],
    host: &HostLookup,
    kind: Option<&str>,
) -> Vec<KnownHostsEntry> {
    let of_file = |(file, _): &Scoped| entries::list_other_ports(file, &host.bare, &host.names);
    let mut found: Vec<_> = files.iter().flat_map(of_file).collect();
    found.retain(|entry| kind.is_none_or(|kind| entries::is_of_type(&entry.key, kind)));
    found
}

/// A fingerprint pinned in a saved session.
pub(super) struct Pinned {
    pub(super) session: String,
    pub(super) host: String,
    pub(super) fingerprint: String,
}

/// The records that were found.
pub(super) struct Records {
    pub(super) files: Vec<(&'static str, Listing)>,
    pub(super) authorities: Authorities,
    pub(super) pins: Vec<Pinned>,
    dates: Dates,
    names: Option<Vec<String>>,
}

impl Records {
    /// Reads all lines of the files, or those about one of the names.
    pub(super) fn read(
        files: &[Scoped],
        names: Option<&[String]>,
        environment: &ProcessEnvironment,
    ) -> Records {
        let read = |(file, scope): &Scoped| (*scope, entries::list(file, names));
        Records {
            files: files.iter().map(read).collect(),
            authorities: Authorities::default(),
            pins: Vec::new(),
            dates: environment.first_seen().dates(),
            names: names.map(<[String]>::to_vec),
        }
    }

    pub(super) fn keep_type(&mut self, kind: Option<&str>) {
        let Some(kind) = kind else { return };
        for (_, listing) in &mut self.files {
            listing.entries.retain(|entry| entries::is_of_type(&entry.key, kind));
        }
    }

    /// Adds the fingerprints that saved sessions pin: all, or those for this host.
    pub(super) fn add_pins(&mut self, host: Option<&HostLookup>, environment: &ProcessEnvironment) {
        // `tessh sessions` reports sessions that cannot be read.
        let all = sources::sessions(&Typed::default(), &environment.context());
        for listed in all.unwrap_or_default().list().0 {
            let Ok(SavedSession { profile, .. }) = &listed.session else { continue };
            let is_of = |looked: &HostLookup| {
                let same = |name: &str| profile.host.eq_ignore_ascii_case(name);
                same(&looked.shown) || same(&looked.subject.name) || listed.name == looked.shown
            };
            if host.is_some_and(|host| !is_of(host)) {
                continue;
            }
            self.pins.extend(profile.fingerprints.iter().map(|fingerprint| Pinned {
                session: text::line(&listed.name, MAX_SHOWN),
                host: text::line(&profile.host, MAX_SHOWN),
                fingerprint: text::line(fingerprint, MAX_SHOWN),
            }));
        }
    }

    /// Adds the records of authorities: all, or those that cover this host.
    pub(super) fn add_authorities(
        &mut self,
        host: Option<&HostLookup>,
        environment: &ProcessEnvironment,
    ) {
        self.authorities = environment.authorities().load();
        if let Some(host) = host {
            let (name, port) = (host.subject.name.to_ascii_lowercase(), host.subject.port);
            self.authorities.records.retain(|it| it.validity.covers(&name, port));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let nothing_else = self.pins.is_empty() && self.authorities.records.is_empty();
        nothing_else && self.files.iter().all(|(_, listing)| listing.entries.is_empty())
    }

    /// One line for each record.
    pub(super) fn page(&self) -> String {
        let mut out = String::new();
        for entry in self.entries() {
            out.push_str(&row(entry, self.since(entry)));
            out.push('\n');
        }
        for authority in &self.authorities.records {
            let kind = fingerprint::type_name(&authority.key);
            let sha256 = fingerprint::sha256(&authority.key);
            let (place, name) = (&authority.at, authority.shown());
            let validity = text::line(authority.validity.as_str(), MAX_SHOWN);
            out.push_str(&say!(trust_authority, place, kind, sha256, name, validity));
            out.push('\n');
        }
        for Pinned { session, host, fingerprint } in &self.pins {
            out.push_str(&say!(trust_pin, session, host, fingerprint));
            out.push('\n');
        }
        out
    }

    /// Reports what could not be used, as far as a person can act on it.
    pub(super) fn complain(&self) {
        let problems: Vec<_> = self.problems().collect();
        for problem in problems.iter().take(MAX_PROBLEMS) {
            log::write(&format!("tessh: {problem}"));
        }
        if problems.len() > MAX_PROBLEMS {
            let more = problems.len() - MAX_PROBLEMS;
            log::write(&format!("tessh: {}", say!(trust_more_problems, more)));
        }
    }

    pub(super) fn json(&self) -> Map<String, Json> {
        let scoped = |(scope, listing): &(&'static str, Listing)| {
            let objects = listing.entries.iter().map(|it| {
                let mut object = entry(it, self.since(it));
                object["scope"] = json!(scope);
                object
            });
            objects.collect::<Vec<_>>()
        };
        let entries: Vec<Json> = self.files.iter().flat_map(scoped).collect();
        let pin = |it: &Pinned| json!({"session": it.session, "host": it.host, "fingerprint": it.fingerprint});
        let authority = |it: &Authority| {
            json!({
                "file": it.at.file.to_string_lossy(),
                "line": it.at.line,
                "name": it.name,
                "type": fingerprint::type_name(&it.key),
                "fingerprint": fingerprint::sha256(&it.key),
                "validity": it.validity.as_str(),
            })
        };
        let problems = self.problems().map(|problem| {
            let file = problem.file.to_string_lossy();
            json!({"file": file, "line": problem.line, "reason": problem.reason})
        });
        let mut all = Map::new();
        all.insert("keys".to_owned(), Json::Array(entries));
        let records = &self.authorities.records;
        all.insert("authorities".to_owned(), records.iter().map(authority).collect());
        all.insert("pins".to_owned(), self.pins.iter().map(pin).collect());
        all.insert("problems".to_owned(), problems.collect());
        all
    }

    fn problems(&self) -> impl Iterator<Item = &Problem> {
        let of_files = self.files.iter().flat_map(|(_, it)| &it.problems);
        of_files.chain(&self.authorities.problems)
    }

    fn entries(&self) -> impl Iterator<Item = &KnownHostsEntry> {
        self.files.iter().flat_map(|(_, listing)| &listing.entries)
    }

    /// The day on which the key was first written for a host of the entry.
    fn since(&self, entry: &KnownHostsEntry) -> Option<&str> {
        let listed = || entry.hosts.as_deref().unwrap_or_default().split(',');
        match (&self.names, &entry.hosts) {
            (Some(names), _) => names.iter().find_map(|name| self.dates.of(&entry.key, Some(name))),
            (None, Some(_)) => listed().find_map(|name| self.dates.of(&entry.key, Some(name))),
            // The entry does not show its host, so the date is found by the key.
            (None, None) => self.dates.of(&entry.key, None),
        }
    }
}

/// One line about an entry.
pub(super) fn row(entry: &KnownHostsEntry, since: Option<&str>) -> String {
    let hosts = entry.hosts.clone().unwrap_or_else(|| say!(trust_hashed));
    let marker = entry.marker_word().map(|word| format!("{word} ")).unwrap_or_default();
    let mut cells = vec![
        entry.place(),
        fingerprint::type_name(&entry.key).to_owned(),
        fingerprint::sha256(&entry.key),
        format!("{marker}{hosts}"),
    ];
    cells.extend(since.map(|since| say!(trust_since, since)));
    cells.extend((!entry.comment.is_empty()).then(|| format!("# {}", entry.comment)));
    cells.join("  ")
}

/// An entry as JSON.
pub(super) fn entry(entry: &KnownHostsEntry, since: Option<&str>) -> Json {
    json!({
        "file": entry.at.file.to_string_lossy(),
        "line": entry.at.line,
        "marker": match entry.marker {
            Marker::None => None,
            Marker::Authority => Some("cert-authority"),
            Marker::Revoked => Some("revoked"),
        },
        "hashed": entry.hosts.is_none(),
        "hosts": entry.hosts,
        "type": fingerprint::type_name(&entry.key),
        "algorithm": entry.key.algorithm().as_str(),
        "fingerprint": fingerprint::sha256(&entry.key),
        "comment": entry.comment,
        "first_seen": since,
    })
}

/// Refuses a fingerprint that is not complete.
pub(super) fn check_fingerprint(typed: &str) -> Result<()> {
    // Any key will do, because only the parsing is tested.
    let any = russh::keys::ssh_key::public::Ed25519PublicKey([0; 32]);
    let any = russh::keys::ssh_key::PublicKey::new(any.into(), "");
    match fingerprint::compare(&any, typed) {
        Comparison::Unreadable => {
            let shown = text::line(typed, MAX_SHOWN);
            Err(usage(say!(trust_no_fingerprint, shown)).hint(say!(trust_fingerprint_hint)))
        }
        Comparison::Same | Comparison::Other => Ok(()),
    }
}
