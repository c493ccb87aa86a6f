//! What was connected to, newest first, one line each: `[user@]host[:port]`, a tab, and the time in
//! seconds since 1970; for a saved session `source:name`, the time, and `session`. A line may lack
//! the time.
//!
//! The file is replaced whole, with mode 0600, under a lock on its directory, so that neither a
//! kill nor a second tessh loses entries. The reader skips a line that is no destination. A
//! destination whose user contains `:` is not stored, because in `ssh://user:password@host` that
//! part is a password.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::file::{failed, lock, make, read_whole, replace};
use super::sources::qualified;
use crate::destination::Destination;
use crate::error::Result;
use crate::say;

/// The third field of a saved session's line.
const SESSION: &str = "session";
/// The most hosts kept: as many as Tera Term keeps.
pub const MAX_HISTORY: usize = 500;
/// The most bytes read from the file: room for 500 of the longest destinations.
const MAX_READ: u64 = 1 << 20;

/// One entry of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recent {
    /// What was connected to.
    pub target: RecentTarget,
    /// When, if it is known.
    pub when: Option<SystemTime>,
}

/// What was connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecentTarget {
    /// A destination, `[user@]host[:port]`.
    Host(String),
    /// A saved session, `source:name`.
    Session(String),
}

impl RecentTarget {
    /// Whether it may be written to the file.
    fn is_kept(&self) -> bool {
        match self {
            RecentTarget::Host(host) => Destination::parse(host)
                .is_ok_and(|it| it.user.is_none_or(|user| !user.contains(':'))),
            RecentTarget::Session(name) => {
                qualified(name).is_some() && !name.contains(char::is_control)
            }
        }
    }
}

impl Recent {
    /// The host, unless it is a saved session.
    pub fn destination(&self) -> Option<Destination> {
        match &self.target {
            RecentTarget::Host(host) => Destination::parse(host).ok(),
            RecentTarget::Session(_) => None,
        }
    }

    fn parse(line: &str) -> Option<Recent> {
        let mut fields = line.split('\t');
        let name = fields.next()?.trim().to_owned();
        let seconds = fields.next().map(|text| text.trim().parse::<u64>()).transpose().ok()?;
        let when = seconds.and_then(|at| UNIX_EPOCH.checked_add(Duration::from_secs(at)));
        let target = match (fields.next().map(str::trim), fields.next()) {
            (None, _) => RecentTarget::Host(name),
            (Some(SESSION), None) => RecentTarget::Session(name),
            _ => return None,
        };
        target.is_kept().then_some(Recent { target, when })
    }

    fn line(&self) -> String {
        let since = |when: SystemTime| when.duration_since(UNIX_EPOCH).ok();
        let seconds = self.when.and_then(since).map(|time| time.as_secs());
        match (&self.target, seconds) {
            (RecentTarget::Host(name), None) => format!("{name}\n"),
            (RecentTarget::Host(name), Some(at)) => format!("{name}\t{at}\n"),
            (RecentTarget::Session(name), at) => {
                format!("{name}\t{}\t{SESSION}\n", at.unwrap_or_default())
            }
        }
    }
}

/// The history file.
#[derive(Clone, Debug)]
pub struct History {
    path: PathBuf,
}

impl History {
    /// The history in this file, which need not exist.
    pub fn new(path: PathBuf) -> History {
        History { path }
    }

    /// The entries, newest first, without duplicates, at most [`MAX_HISTORY`]. The list is empty if
    /// the file cannot be read.
    pub fn list(&self) -> Vec<Recent> {
        self.read().unwrap_or_default()
    }

    /// Puts an entry first, with this time, and removes the older one of the same target. `false` if
    /// it is not one that is kept.
    ///
    /// # Errors
    /// [`Kind::Local`](crate::error::Kind::Local): the file or its directory cannot be written; the
    /// file is unchanged.
    pub fn add(&self, target: RecentTarget, when: SystemTime) -> Result<bool> {
        if !target.is_kept() {
            return Ok(false);
        }
        self.change(|all| {
            all.retain(|old| old.target != target);
            all.insert(0, Recent { target, when: Some(when) });
            all.truncate(MAX_HISTORY);
        })?;
        Ok(true)
    }

    /// Removes the entry of a target.
    ///
    /// # Errors
    /// Those of [`History::add`].
    pub fn remove(&self, target: &RecentTarget) -> Result<()> {
        self.change(|all| all.retain(|old| old.target != *target))
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Recent>)) -> Result<()> {
        let directory = self.path.parent().unwrap_or(Path::new("."));
        make(directory)?;
        let _lock = lock(directory)?;
        // If reading fails, stop: to go on would overwrite the history with an empty one.
        let mut all = self.read()?;
        change(&mut all);
        let text: String = all.iter().map(Recent::line).collect();
        replace(&self.path, text.as_bytes())
            .map_err(|error| failed(&self.path, &say!(file_not_written), &error))
    }

    fn read(&self) -> Result<Vec<Recent>> {
        let bytes = read_whole(&self.path, MAX_READ)?;
        let mut all: Vec<Recent> = Vec::new();
        for line in bytes.split(|&byte| byte == b'\n') {
            let Ok(line) = std::str::from_utf8(line) else { continue };
            let Some(recent) = Recent::parse(line) else { continue };
            if !all.iter().any(|known| known.target == recent.target) {
                all.push(recent);
            }
            if all.len() == MAX_HISTORY {
                break;
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn history() -> (tempfile::TempDir, History) {
        let dir = tempfile::tempdir().unwrap();
        let history = History::new(dir.path().join("state/tessh/history"));
        (dir, history)
    }

    fn host(name: &str) -> RecentTarget {
        RecentTarget::Host(name.to_owned())
    }

    fn add(history: &History, name: &str) -> bool {
        history.add(host(name), UNIX_EPOCH + Duration::from_secs(1_000)).unwrap()
    }

    fn names(history: &History) -> Vec<String> {
        let name = |recent: Recent| match recent.target {
            RecentTarget::Host(name) | RecentTarget::Session(name) => name,
        };
        history.list().into_iter().map(name).collect()
    }

    #[test]
    fn newest_first_and_no_doubles() {
        let (_dir, history) = history();
        assert_eq!(names(&history), [""; 0]);
        for host in ["a", "u@b:2222", "a"] {
            assert!(add(&history, host));
        }
        assert_eq!(names(&history), ["a", "u@b:2222"]);
        history.remove(&host("a")).unwrap();
        assert_eq!(names(&history), ["u@b:2222"]);
    }

    #[test]
    fn a_saved_session_is_another_entry_than_a_host_and_times_are_kept() {
        let (_dir, history) = history();
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        make(history.path.parent().unwrap()).unwrap();
        fs::write(&history.path, "old\n").unwrap();
        history.add(host("web"), at(7)).unwrap();
        let session = RecentTarget::Session("putty:old web".to_owned());
        history.add(session.clone(), at(9)).unwrap();
        let (one, two) = (Some(at(9)), Some(at(7)));
        let wanted = [(session, one), (host("web"), two), (host("old"), None)];
        let wanted = wanted.map(|(target, when)| Recent { target, when });
        assert_eq!(history.list(), wanted);
        for name in ["web", "nowhere:web", "own:we\tb", "own:we\nb"] {
            assert!(!history.add(RecentTarget::Session(name.to_owned()), at(1)).unwrap(), "{name}");
        }
    }

    #[test]
    fn only_the_owner_sees_it_and_nothing_is_left_beside_it() {
        let (_dir, history) = history();
        add(&history, "h");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&history.path), 0o600);
        let directory = history.path.parent().unwrap();
        assert_eq!(mode(directory), 0o700);
        assert_eq!(fs::read_dir(directory).unwrap().count(), 1);
    }

    #[test]
    fn of_a_large_file_the_beginning_is_read() {
        let (_dir, history) = history();
        make(history.path.parent().unwrap()).unwrap();
        let blank = "\n".repeat(usize::try_from(MAX_READ).unwrap());
        fs::write(&history.path, format!("near\n{blank}far\n")).unwrap();
        assert_eq!(names(&history), ["near"]);
    }

    #[test]
    fn it_ends_at_its_bound() {
        let (_dir, history) = history();
        make(history.path.parent().unwrap()).unwrap();
        let text: String = (0..MAX_HISTORY + 7).map(|n| format!("host{n}\n")).collect();
        fs::write(&history.path, text).unwrap();
        assert_eq!(history.list().len(), MAX_HISTORY);
        add(&history, "newest");
        let all = names(&history);
        assert_eq!((all.len(), all[0].as_str()), (MAX_HISTORY, "newest"));
        assert!(!fs::read_to_string(&history.path).unwrap().contains("host499"));
    }

    #[test]
    fn junk_is_passed_over() {
        let (_dir, history) = history();
        make(history.path.parent().unwrap()).unwrap();
        let junk = b"good\n\n \xff\xfe\nevil\x1b[2J\n-oProxyCommand=x\nh;rm\n  spaced  \r\n\
            good\nh\tlater\nh\t1\tother\nh\t1\tsession\nlast\t5";
        fs::write(&history.path, junk).unwrap();
        assert_eq!(names(&history), ["good", "spaced", "last"]);
    }

    #[test]
    fn what_may_be_a_password_is_not_kept() {
        let (_dir, history) = history();
        for destination in ["ssh://u:secret@h", "u:secret@h", "h\nx", ""] {
            assert!(!add(&history, destination), "{destination}");
        }
        assert!(!history.path.exists());
    }

    #[test]
    fn what_cannot_be_read_is_not_overwritten() {
        let (_dir, history) = history();
        fs::create_dir_all(&history.path).unwrap();
        assert_eq!(names(&history), [""; 0]);
        assert!(history.add(host("h"), UNIX_EPOCH).is_err());
        assert!(history.path.is_dir());
    }

    #[test]
    fn several_at_once_lose_nothing() {
        let (_dir, history) = history();
        std::thread::scope(|scope| {
            for n in 0..8 {
                let history = &history;
                scope.spawn(move || add(history, &format!("host{n}")));
            }
        });
        assert_eq!(history.list().len(), 8);
    }
}
