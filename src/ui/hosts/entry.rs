//! An entry of the list of hosts: what it stands for, and what is known of it besides its name.

use crate::error::{Error, Result};
use crate::profiles::{Recent, SavedSession, SessionPlace, Source};
use crate::text;

/// How many characters of a name, a destination or an error are shown.
pub(super) const MAX_SHOWN: usize = 200;
/// How many characters of tags and note are shown.
const MAX_DETAIL: usize = 400;

/// What an entry of the list stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostTarget {
    /// A saved session.
    Session(SessionPlace),
    /// A host to which the person has connected before, `[user@]host[:port]`.
    Host(String),
}

/// An entry of the list.
#[derive(Clone, Debug)]
pub struct HostEntry {
    /// What it stands for.
    pub target: HostTarget,
    /// Its entry in the history, if it was connected to before.
    pub recent: Option<Box<Recent>>,
    /// What a session says once it has been read, or why it cannot be used.
    pub(super) said: Option<Box<Result<HostSummary>>>,
    /// Whether it can be opened by its name.
    pub(super) can_open: bool,
}

/// What is shown and found of a session besides its name.
#[derive(Clone, Debug)]
pub struct HostSummary {
    /// Its source: a file of tessh's own may be one of Teleport.
    pub(super) source: Source,
    /// The destination as a person would type it; empty if it is the name.
    pub(super) destination: String,
    /// Tags and note.
    pub(super) words: String,
    /// In lower case, for the search: the destination in so many bytes, then what else is known.
    pub(super) found: String,
    pub(super) host: usize,
}

impl HostEntry {
    /// The name in the list.
    pub fn name(&self) -> &str {
        match &self.target {
            HostTarget::Session(at) => &at.name,
            HostTarget::Host(name) => name,
        }
    }

    /// The saved session that it stands for.
    pub fn session(&self) -> Option<&SessionPlace> {
        match &self.target {
            HostTarget::Session(at) => Some(at),
            HostTarget::Host(_) => None,
        }
    }

    /// Why it cannot be used.
    pub fn fault(&self) -> Option<&Error> {
        self.said()?.as_ref().err()
    }

    /// What a session says, once it has been read.
    pub(super) fn said(&self) -> Option<&Result<HostSummary>> {
        self.said.as_deref()
    }
}

impl HostSummary {
    /// What is shown and found of a session.
    pub(super) fn new(session: &SavedSession) -> HostSummary {
        let profile = &session.profile;
        let destination = text::line(&profile.destination(), MAX_SHOWN);
        let tags: Vec<String> = profile.tags.iter().map(|tag| format!("#{tag}")).collect();
        let parts = [tags.join(" "), profile.note.clone().unwrap_or_default()].into_iter();
        let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
        HostSummary::of(session.source, &session.name, destination, &parts.join("  "))
    }

    /// A summary of these texts; a destination that is the name is not shown twice.
    pub(super) fn of(source: Source, name: &str, destination: String, words: &str) -> HostSummary {
        let words = text::line(words, MAX_DETAIL);
        let mut found = destination.to_lowercase();
        let host = found.len();
        let program = name_of(source).unwrap_or_default();
        found.push_str(&format!("{program} {words}").to_lowercase());
        let destination = if destination == name { String::new() } else { destination };
        HostSummary { source, destination, words, found, host }
    }

    /// The destination, as it is searched.
    pub(super) fn found_host(&self) -> &str {
        &self.found[..self.host]
    }

    /// The program, tags and note, as they are searched.
    pub(super) fn found_words(&self) -> &str {
        &self.found[self.host..]
    }
}

/// Where a session that is not tessh's own comes from.
pub(super) fn name_of(source: Source) -> Option<String> {
    match source {
        Source::Own => None,
        Source::OpenSsh => Some("~/.ssh/config".to_owned()),
        Source::Putty => Some("PuTTY".to_owned()),
        Source::WinScp => Some("WinSCP".to_owned()),
        Source::Teleport => Some("Teleport".to_owned()),
    }
}
