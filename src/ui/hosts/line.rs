//! What the list shows of a host: a mark for where it comes from, its name, its destination, and
//! what else is known of it.

use std::time::{Duration, SystemTime};

use super::{HostEntry, HostSummary, HostTarget, MAX_FAULT, MAX_SHOWN};
use crate::profiles::{SavedSession, Source};
use crate::{say, text};

/// How many characters of tags and note are shown.
const MAX_DETAIL: usize = 400;

/// Where an entry of the list comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostMark {
    /// It was connected to before.
    Recent,
    /// tessh's own saved session.
    Own,
    /// A host of ssh_config(5).
    Config,
    /// A session of another program, which its line names.
    Other,
}

/// One line of the list, sanitised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostLine {
    /// Where it comes from.
    pub mark: HostMark,
    /// The name.
    pub name: String,
    /// The destination, if it is another text than the name.
    pub destination: String,
    /// When it was used, its source, tags and note; or why it cannot be used.
    pub detail: String,
    /// Whether it cannot be used.
    pub is_broken: bool,
}

impl HostLine {
    /// The line of an entry; `directory` is that of the own sessions.
    pub(super) fn new(entry: &HostEntry, directory: &str) -> HostLine {
        let source = match (&entry.target, &entry.said) {
            (HostTarget::Session(_), Some(Ok(summary))) => Some(summary.source),
            (HostTarget::Session(at), _) => Some(at.source),
            (HostTarget::Host(_), _) => None,
        };
        let mark = match (&entry.recent, source) {
            (Some(_), _) => HostMark::Recent,
            (None, Some(Source::OpenSsh)) => HostMark::Config,
            (None, Some(Source::Own) | None) => HostMark::Own,
            (None, Some(_)) => HostMark::Other,
        };
        let mut details: Vec<String> = Vec::new();
        let when = entry.recent.as_ref().map(|recent| recent.when);
        details.extend(when.map(|when| when.map_or_else(|| say!(connection_recent), ago)));
        details.extend(source.and_then(name_of));
        let mut destination = String::new();
        match &entry.said {
            Some(Ok(summary)) => {
                destination.clone_from(&summary.destination);
                details.push(summary.words.clone());
            }
            Some(Err(error)) => {
                // The directory is the same for all sessions, and would leave no room for the
                // reason.
                let why = text::line(error.cause(), MAX_FAULT);
                let why = why.strip_prefix(directory).unwrap_or(&why);
                details.insert(0, say!(connection_broken, why = text::line(why, MAX_SHOWN)));
            }
            None => {}
        }
        details.retain(|part| !part.is_empty());
        let detail = details.join("  ");
        let is_broken = entry.fault().is_some();
        HostLine { mark, name: text::line(entry.name(), MAX_SHOWN), destination, detail, is_broken }
    }
}

/// Where a session that is not tessh's own comes from.
fn name_of(source: Source) -> Option<String> {
    match source {
        Source::Own => None,
        Source::OpenSsh => Some("~/.ssh/config".to_owned()),
        Source::Putty => Some("PuTTY".to_owned()),
        Source::WinScp => Some("WinSCP".to_owned()),
        Source::Teleport => Some("Teleport".to_owned()),
    }
}

/// How long ago this was, in one unit.
fn ago(when: SystemTime) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let past = SystemTime::now().duration_since(when).unwrap_or(Duration::ZERO).as_secs();
    match past {
        0..MINUTE => say!(connection_just_now),
        MINUTE..HOUR => say!(connection_minutes_ago, count = past / MINUTE),
        HOUR.. if past < 2 * DAY => say!(connection_hours_ago, count = past / HOUR),
        _ => say!(connection_days_ago, count = past / DAY),
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
