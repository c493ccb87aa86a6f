//! The data of New connection: saved sessions, recent hosts, the search among them, and the input.
//! The dialog (`screen/connection`) and its plain version (`plain_connection`) use it.
//!
//! Sessions are read a few files at a time, so that thousands of them do not delay the first
//! screen. The command line interprets what is typed, through [`EnteredCheck`].

use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::profiles::{
    Document, History, Profile, ProfileStore, SavedSession, SessionPlace, Sessions, Source,
};
use crate::{say, text};

/// How many characters of a name, a destination or an error are shown.
const MAX_SHOWN: usize = 200;
/// How many characters of an error are used; an error may contain a path.
const MAX_FAULT: usize = 600;

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
    /// The saved session that was chosen, with its source; it replaces the host.
    pub session: Option<String>,
    /// The port field; if it is empty, another setting determines the port.
    pub port: String,
    /// The address family.
    pub family: AddressChoice,
    /// Whether to ask about pastes of several lines; a setting in a saved session takes precedence.
    pub confirm_paste: bool,
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

/// A host or saved session in the list.
#[derive(Clone, Debug)]
pub enum HostEntry {
    /// A saved session.
    Session {
        /// Its name and source.
        at: SessionPlace,
        /// Its summary in one line once it has been read, or why it cannot be used.
        said: Option<Result<String>>,
    },
    /// A host to which the person has connected before.
    Recent(String),
}

impl HostEntry {
    /// The name in the list.
    pub fn name(&self) -> &str {
        match self {
            HostEntry::Session { at, .. } => &at.name,
            HostEntry::Recent(name) => name,
        }
    }

    /// Why it cannot be used.
    pub fn fault(&self) -> Option<&Error> {
        match self {
            HostEntry::Session { said: Some(Err(error)), .. } => Some(error),
            _ => None,
        }
    }
}

/// The saved sessions of all sources, and recent hosts.
pub struct Hosts {
    /// tessh's own saved sessions, which can be changed.
    pub store: ProfileStore,
    sessions: Sessions,
    /// The history of hosts.
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

    /// Lists sessions and hosts again.
    pub fn look_again(&mut self) {
        let (mut names, faults) = self.sessions.names();
        names.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
        self.fault = faults.into_iter().next();
        let session = |(at, fault): (SessionPlace, Result<()>)| HostEntry::Session {
            at,
            said: fault.err().map(Err),
        };
        let sessions = names.into_iter().map(session);
        self.entries =
            sessions.chain(self.history.list().into_iter().map(HostEntry::Recent)).collect();
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

    /// The saved sessions, by name, then the recent hosts, newest first.
    pub fn entries(&self) -> &[HostEntry] {
        &self.entries
    }

    /// An entry's name and its note, sanitised.
    pub fn shown(&self, entry: &HostEntry) -> (String, String) {
        let note = match entry {
            HostEntry::Session { said: None, .. } => String::new(),
            HostEntry::Session { said: Some(Ok(said)), .. } => said.clone(),
            HostEntry::Session { said: Some(Err(error)), .. } => {
                // The directory is the same for all sessions, and would leave no room for the
                // reason.
                let directory = format!("{}/", self.store.directory().display());
                let why = text::line(error.cause(), MAX_FAULT);
                let why = why.strip_prefix(&text::line(&directory, MAX_FAULT)).unwrap_or(&why);
                say!(connection_broken, why = text::line(why, MAX_SHOWN))
            }
            HostEntry::Recent(_) => say!(connection_recent),
        };
        (text::line(entry.name(), MAX_SHOWN), note)
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
            if let HostEntry::Session { at, said: said @ None } = entry {
                *said = Some(match self.sessions.open(at) {
                    Ok(Some(SavedSession { refusal: Some(refusal), .. })) => Err(refusal),
                    Ok(Some(session)) => Ok(summary(&session)),
                    Ok(None) => {
                        Err(Error::new(crate::error::Kind::Local, say!(connection_link_nowhere)))
                    }
                    Err(error) => Err(error),
                });
            }
            if Instant::now() >= end {
                return;
            }
        }
    }

    /// The numbers of the entries that match the typed letters, the best first; all of them if
    /// nothing is typed.
    pub fn matching(&self, typed: &str) -> Vec<usize> {
        let typed = typed.trim().to_lowercase();
        if typed.is_empty() {
            return (0..self.entries.len()).collect();
        }
        let score = |entry: &HostEntry| {
            let name = likeness(&typed, &entry.name().to_lowercase()).map(|score| 2 * score);
            let said = match entry {
                HostEntry::Session { said: Some(Ok(said)), .. } => {
                    likeness(&typed, &said.to_lowercase())
                }
                _ => None,
            };
            name.max(said)
        };
        let scored = self.entries.iter().enumerate();
        let mut scored: Vec<(u32, usize)> =
            scored.filter_map(|(at, entry)| Some((score(entry)?, at))).collect();
        scored.sort_by_key(|&(score, at)| (std::cmp::Reverse(score), at));
        scored.into_iter().map(|(_, at)| at).collect()
    }
}

/// A session's destination as a person would type it, its source, and its tags for the search.
fn summary(session: &SavedSession) -> String {
    let profile = &session.profile;
    let mut said = profile.destination();
    if session.source != Source::Own {
        said.push_str(&format!("  {}", session.source.word()));
    }
    for tag in &profile.tags {
        said.push_str(&format!(" #{tag}"));
    }
    text::line(&said, MAX_SHOWN)
}

/// Rates how well typed letters match a text, both in lower case. A substring is best, at the start
/// of a word even more so; otherwise the letters must occur in this order. The lists are short, so
/// no crate is used for this.
fn likeness(typed: &str, text: &str) -> Option<u32> {
    const PART: u32 = 1_000;
    let starts_word =
        |at: usize| text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
    if let Some(at) = text.match_indices(typed).map(|(at, _)| at).max_by_key(|&at| {
        // Prefers the first place at the start of a word.
        (starts_word(at), std::cmp::Reverse(at))
    }) {
        let early = 100_u32.saturating_sub(u32::try_from(at).unwrap_or(u32::MAX));
        return Some(PART + early + if starts_word(at) { PART } else { 0 });
    }
    let (mut score, mut rest, mut gap) = (0, typed.chars().peekable(), true);
    for (at, c) in text.char_indices() {
        let fits = rest.next_if_eq(&c).is_some();
        if fits {
            score += 1 + if gap { 0 } else { 2 } + if starts_word(at) { 3 } else { 0 };
        }
        gap = !fits;
    }
    // A few scattered letters are no match.
    let close = score >= 2 * u32::try_from(typed.chars().count()).unwrap_or(u32::MAX);
    (rest.peek().is_none() && close).then_some(score.min(PART - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::user::UserId;
    use crate::profiles::OwnSessions;

    fn hosts(sessions: &[(&str, &str)], recent: &[&str]) -> (tempfile::TempDir, Hosts) {
        let dir = tempfile::tempdir().unwrap();
        let uid = UserId::real();
        let store = ProfileStore::new(dir.path().join("sessions"), uid);
        for (name, host) in sessions {
            let mut document = store.create(name).unwrap();
            let profile = Profile { host: (*host).to_owned(), ..Profile::default() };
            document.set(profile).unwrap();
            store.save(&mut document).unwrap();
        }
        let history = History::new(dir.path().join("history"));
        for host in recent.iter().rev() {
            history.add(host).unwrap();
        }
        (dir, found_in(store, history))
    }

    fn found_in(store: ProfileStore, history: History) -> Hosts {
        let sessions = Sessions::new(vec![Box::new(OwnSessions(store.clone()))]);
        Hosts::find(store, sessions, history)
    }

    fn found<'a>(hosts: &'a Hosts, typed: &str) -> Vec<&'a str> {
        hosts.matching(typed).into_iter().map(|at| hosts.entries()[at].name()).collect()
    }

    #[test]
    fn sessions_by_name_then_recent_hosts_newest_first() {
        let (_dir, hosts) = hosts(&[("web", "w"), ("db", "d")], &["z", "a"]);
        assert_eq!(found(&hosts, ""), ["db", "web", "z", "a"]);
    }

    #[test]
    fn a_few_letters_find_what_is_meant() {
        let all = [("web-prod", "10.0.0.1"), ("web-test", "10.0.0.2"), ("cobweb", "10.0.0.3")];
        let (_dir, mut hosts) = hosts(&all, &["root@db.example.org"]);
        hosts.read_more(Duration::from_secs(60));
        assert!(hosts.is_complete());
        for (typed, names) in [
            ("web", &["web-prod", "web-test", "cobweb"][..]),
            ("WEB-T", &["web-test"]),
            ("wp", &["web-prod"]),
            ("0.0.3", &["cobweb"]),
            ("db.ex", &["root@db.example.org"]),
            ("zzz", &[]),
        ] {
            assert_eq!(found(&hosts, typed), names, "{typed}");
        }
    }

    #[test]
    fn thousands_of_sessions_are_not_read_before_the_first_screen() {
        let names: Vec<String> = (0..2_000).map(|n| format!("s{n:04}")).collect();
        let (dir, _) = hosts(&[("s0000", "h")], &[]);
        let directory = dir.path().join("sessions");
        for name in &names {
            std::fs::write(directory.join(format!("{name}.toml")), "host = \"h\"\n").unwrap();
        }
        let uid = UserId::real();
        let history = History::new(dir.path().join("history"));
        let mut hosts = found_in(ProfileStore::new(directory, uid), history);
        let unread = |hosts: &Hosts| {
            let unread =
                |entry: &&HostEntry| matches!(entry, HostEntry::Session { said: None, .. });
            hosts.entries().iter().filter(unread).count()
        };
        assert_eq!(unread(&hosts), 2_000);
        hosts.read_more(Duration::ZERO);
        assert_eq!(unread(&hosts), 1_999);
        hosts.read_first(Duration::from_secs(60), 30);
        assert_eq!(unread(&hosts), 1_970);
        assert_eq!(found(&hosts, "s1999"), ["s1999"], "found by name all the same");
    }

    #[test]
    fn a_broken_file_is_there_with_its_line_and_the_others_work() {
        let (dir, _) = hosts(&[("good", "h")], &[]);
        let directory = dir.path().join("sessions");
        std::fs::write(directory.join("bad.toml"), "host = \"h\"\nport = \"x\"\n").unwrap();
        std::fs::write(directory.join("b@d.toml"), "host = \"h\"\n").unwrap();
        let uid = UserId::real();
        let history = History::new(dir.path().join("history"));
        let mut hosts = found_in(ProfileStore::new(directory, uid), history);
        hosts.read_more(Duration::from_secs(60));
        let faults: Vec<_> = hosts.entries().iter().map(|it| it.fault().is_some()).collect();
        assert_eq!(found(&hosts, ""), ["b@d.toml", "bad", "good"]);
        assert_eq!(faults, [true, true, false]);
        assert!(
            hosts.shown(&hosts.entries()[1]).1.starts_with("! cannot be used: bad.toml line 2: ")
        );
    }
}
