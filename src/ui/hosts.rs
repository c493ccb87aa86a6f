//! The data of New connection: saved sessions, recent hosts, the search among them, and the input.
//! The dialog (`screen/connection`) and its plain version (`plain_connection`) use it.
//!
//! Sessions are read a few files at a time, so that thousands of them do not delay the first
//! screen. `search` finds entries, `line` has what is shown of one. The command line interprets what
//! is typed, through [`EnteredCheck`].

mod entry;
mod line;
mod search;

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

pub use entry::{HostEntry, HostSummary, HostTarget};
pub use line::{HostLine, HostMark};
pub use search::HostSearch;

use crate::destination::port_or_service;
use crate::error::{Error, Kind, Result};
use crate::profiles::{
    Document, History, Profile, ProfileStore, Recent, RecentTarget, SavedSession, SessionPlace,
    Sessions, Source, qualified,
};
use crate::{say, text};

/// Which addresses of a host are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressChoice {
    /// Any.
    #[default]
    Auto,
    /// IPv4 alone.
    V4,
    /// IPv6 alone.
    V6,
}

/// The input of a new connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    /// The host field: a destination, or a whole `ssh` line.
    pub host: String,
    /// Whether the host field has a host, and never the name of a saved session.
    pub is_host: bool,
    /// The saved session that was chosen, with its source; it replaces the host.
    pub session: Option<String>,
    /// The port field; if it is empty, another setting determines the port.
    pub port: String,
    /// The address family.
    pub family: AddressChoice,
    /// Whether to ask about pastes of several lines; a setting in a saved session takes precedence.
    pub confirm_paste: bool,
}

impl Entered {
    /// The port of its field, in digits or as the name of a service; `None` if the field is empty.
    ///
    /// # Errors
    /// The field has no port.
    pub fn port_number(&self) -> Result<Option<u16>> {
        match self.port.trim() {
            "" => Ok(None),
            port => port_or_service(port).map(Some),
        }
    }
}

/// Interprets the input as a command line.
pub trait EnteredCheck: Send + Sync {
    /// Whether the input can be used to connect, as far as this is known without looking anything
    /// up.
    ///
    /// # Errors
    /// Why the input cannot be used.
    fn check(&self, entered: &Entered) -> Result<()>;

    /// Makes a saved session of the input.
    ///
    /// # Errors
    /// Why the input cannot be used, or cannot be stored in a saved session.
    fn profile(&self, entered: &Entered) -> Result<Profile>;

    /// Whether connecting with a saved session would start, as far as the session decides.
    ///
    /// # Errors
    /// The error that connecting would report.
    fn accepts(&self, document: &Document) -> Result<()>;
}

/// The saved sessions of all sources, and recent hosts.
pub struct Hosts {
    /// tessh's own saved sessions, which can be changed.
    pub store: ProfileStore,
    sessions: Sessions,
    /// What was connected to.
    pub history: History,
    entries: Vec<HostEntry>,
    /// How many entries have been read, from the start.
    read: usize,
    fault: Option<Error>,
}

impl Hosts {
    /// Lists sessions and hosts; the sessions' files are not read yet.
    pub fn find(store: ProfileStore, sessions: Sessions, history: History) -> Hosts {
        let entries = Vec::new();
        let mut hosts = Hosts { store, sessions, history, entries, read: 0, fault: None };
        hosts.look_again();
        hosts
    }

    /// Lists sessions and hosts again. What sessions said is kept until they are read again.
    pub fn look_again(&mut self) {
        let (names, faults) = self.sessions.names();
        self.fault = faults.into_iter().next();
        let mut known: HashMap<SessionPlace, Option<Box<Result<HostSummary>>>> = HashMap::new();
        for entry in std::mem::take(&mut self.entries) {
            if let HostTarget::Session(at) = entry.target {
                known.insert(at, entry.said);
            }
        }
        let session = |(at, fault): (SessionPlace, Result<()>)| {
            let can_open = fault.is_ok();
            let fault = fault.err().map(|fault| Box::new(Err(fault)));
            // To look a place up is to hash its path, even where nothing is known.
            let before = || if known.is_empty() { None } else { known.remove(&at).flatten() };
            let said = fault.or_else(before);
            HostEntry { target: HostTarget::Session(at), recent: None, said, can_open }
        };
        let history = self.history.list();
        let mut sessions = Vec::with_capacity(names.len() + history.len());
        sessions.extend(names.into_iter().map(session));
        self.entries = recents_first(sessions, history);
        self.read = 0;
    }

    /// Opens a session of the list; `None` if it is gone.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn open(&self, at: &SessionPlace) -> Result<Option<SavedSession>> {
        self.sessions.open(at)
    }

    /// Why the saved sessions cannot be listed, if so.
    pub fn fault(&self) -> Option<&Error> {
        self.fault.as_ref()
    }

    /// What was connected to, newest first, then the other saved sessions by name.
    pub fn entries(&self) -> &[HostEntry] {
        &self.entries
    }

    /// What the list shows of an entry.
    pub fn line(&self, entry: &HostEntry) -> HostLine {
        let directory = format!("{}/", self.store.directory().display());
        HostLine::new(entry, &text::line(&directory, line::MAX_FAULT))
    }

    /// Whether all sessions have been read.
    pub fn is_complete(&self) -> bool {
        self.read == self.entries.len()
    }

    /// Reads sessions for about this long, but at least one.
    pub fn read_more(&mut self, time: Duration) {
        self.read_until(time, usize::MAX);
    }

    /// Reads sessions before the first screen, but no more than it shows.
    pub fn read_first(&mut self, time: Duration, shown: usize) {
        self.read_until(time, shown);
    }

    fn read_until(&mut self, time: Duration, most: usize) {
        let end = Instant::now() + time;
        while let Some(entry) = self.entries.get_mut(self.read).filter(|_| self.read < most) {
            self.read += 1;
            if let HostTarget::Session(at) = &entry.target
                && entry.can_open
            {
                entry.said = Some(Box::new(summary(&self.sessions, at)));
            }
            if Instant::now() >= end {
                return;
            }
        }
    }

    /// The numbers of the entries in which every typed word is found, the best first; all of them if
    /// nothing is typed.
    pub fn matching(&self, search: &HostSearch) -> Vec<usize> {
        if search.is_empty() {
            return (0..self.entries.len()).collect();
        }
        let mut buffer = String::new();
        let mut score = |entry: &HostEntry| {
            let summary = entry.said().and_then(|said| said.as_ref().ok());
            search.score(entry.name(), summary, &mut buffer)
        };
        let scored = self.entries.iter().enumerate();
        let mut scored: Vec<(u32, usize)> =
            scored.filter_map(|(at, entry)| Some((score(entry)?, at))).collect();
        scored.sort_by_key(|&(score, at)| (std::cmp::Reverse(score), at));
        scored.into_iter().map(|(_, at)| at).collect()
    }
}

/// Reads what a session says.
fn summary(sessions: &Sessions, at: &SessionPlace) -> Result<HostSummary> {
    if at.source == Source::OpenSsh {
        // To open it is to read the files, which have been read for the list.
        let destination = sessions.destination(at).unwrap_or_default();
        let destination = text::line(&destination, entry::MAX_SHOWN);
        return Ok(HostSummary::of(at.source, &at.name, destination, ""));
    }
    match sessions.open(at)? {
        Some(SavedSession { refusal: Some(refusal), .. }) => Err(refusal),
        Some(session) => Ok(HostSummary::new(&session)),
        None => Err(Error::new(Kind::Local, say!(connection_link_nowhere))),
    }
}

/// Puts what was connected to before the sessions, which are sorted by name, newest first. A saved
/// session that is gone is left out. A host of ssh_config(5) is the same thing as the host of that
/// name that was typed.
fn recents_first(mut sessions: Vec<HostEntry>, history: Vec<Recent>) -> Vec<HostEntry> {
    // The ranks in the history of those sessions that are in it, by their numbers.
    let mut ranks: BTreeMap<usize, usize> = BTreeMap::new();
    for (rank, recent) in history.iter().enumerate() {
        let meant = match &recent.target {
            RecentTarget::Host(name) => Some((Source::OpenSsh, name.as_str())),
            // Those of Teleport are files of tessh's own.
            RecentTarget::Session(name) => qualified(name).map(|(source, name)| match source {
                Source::Teleport => (Source::Own, name),
                source => (source, name),
            }),
        };
        let Some((source, name)) = meant else { continue };
        let from = sessions.partition_point(|entry| entry.name() < name);
        let named = sessions[from..].iter().take_while(|entry| entry.name() == name);
        let mut of_source =
            named.enumerate().filter(|(_, it)| it.session().is_some_and(|at| at.source == source));
        if let Some((at, _)) = of_source.next() {
            ranks.entry(from + at).or_insert(rank);
        }
    }
    let mut first: Vec<Option<HostEntry>> = history.iter().map(|_| None).collect();
    let (mut number, mut ranked) = (0, ranks.keys().peekable());
    let is_ranked = |_: &mut HostEntry| {
        number += 1;
        ranked.next_if(|&&at| at + 1 == number).is_some()
    };
    for (entry, &rank) in sessions.extract_if(.., is_ranked).zip(ranks.values()) {
        let recent = Some(Box::new(history[rank].clone()));
        first[rank] = Some(HostEntry { recent, ..entry });
    }
    let as_host = |recent: Recent| match &recent.target {
        RecentTarget::Host(name) => Some(HostEntry {
            target: HostTarget::Host(name.clone()),
            recent: Some(Box::new(recent)),
            said: None,
            can_open: false,
        }),
        RecentTarget::Session(_) => None,
    };
    let recents = first.into_iter().zip(history);
    let recents = recents.filter_map(|(entry, recent)| entry.or_else(|| as_host(recent)));
    sessions.splice(0..0, recents.collect::<Vec<_>>());
    sessions
}

#[cfg(test)]
mod tests;
