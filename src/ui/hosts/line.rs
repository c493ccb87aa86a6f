//! What the list shows of a host: a mark for where it comes from, its name, its destination, and
//! what else is known of it.

use std::time::{Duration, SystemTime};

use super::entry::{HostEntry, HostTarget, MAX_SHOWN, name_of};
use crate::profiles::Source;
use crate::{say, text};

/// How many characters of an error are used; an error may contain a path.
pub(super) const MAX_FAULT: usize = 600;

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
        let source = match (&entry.target, entry.said()) {
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
        match entry.said() {
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
