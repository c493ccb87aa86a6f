//! The hosts that were reached, newest first: one line each, `[user@]host[:port]`.
//!
//! The file is replaced whole, with mode 0600, under a lock on its directory, so that neither a
//! kill nor a second tessh loses entries. The reader skips a line that is no destination. A
//! destination whose user contains `:` is not stored, because in `ssh://user:password@host` that
//! part is a password.

use std::path::{Path, PathBuf};

use super::file::{failed, lock, make, read_whole, replace};
use crate::destination::Destination;
use crate::error::Result;
use crate::say;

/// The most hosts kept: as many as Tera Term keeps.
pub const MAX_HISTORY: usize = 500;
/// The most bytes read from the file: room for 500 of the longest destinations.
const MAX_READ: u64 = 1 << 20;

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

    /// The destinations, newest first, without duplicates, at most [`MAX_HISTORY`]. The list is
    /// empty if the file cannot be read.
    pub fn list(&self) -> Vec<String> {
        self.read().unwrap_or_default()
    }

    /// Puts a destination first and removes its older entry. `false` if it is not one that is kept.
    ///
    /// # Errors
    /// [`Kind::Local`](crate::error::Kind::Local): the file or its directory cannot be written; the
    /// file is unchanged.
    pub fn add(&self, destination: &str) -> Result<bool> {
        if !is_kept(destination) {
            return Ok(false);
        }
        self.change(|all| {
            all.retain(|old| old != destination);
            all.insert(0, destination.to_owned());
            all.truncate(MAX_HISTORY);
        })?;
        Ok(true)
    }

    /// Removes a destination.
    ///
    /// # Errors
    /// Those of [`History::add`].
    pub fn remove(&self, destination: &str) -> Result<()> {
        self.change(|all| all.retain(|old| old != destination))
    }

    fn change(&self, change: impl FnOnce(&mut Vec<String>)) -> Result<()> {
        let directory = self.path.parent().unwrap_or(Path::new("."));
        make(directory)?;
        let _lock = lock(directory)?;
        // If reading fails, stop: to go on would overwrite the history with an empty one.
        let mut all = self.read()?;
        change(&mut all);
        let text: String = all.iter().map(|line| format!("{line}\n")).collect();
        replace(&self.path, text.as_bytes())
            .map_err(|error| failed(&self.path, &say!(file_not_written), &error))
    }

    fn read(&self) -> Result<Vec<String>> {
        let bytes = read_whole(&self.path, MAX_READ)?;
        let mut all: Vec<String> = Vec::new();
        for line in bytes.split(|&byte| byte == b'\n') {
            let Ok(line) = std::str::from_utf8(line) else { continue };
            let line = line.trim();
            if is_kept(line) && !all.iter().any(|known| known == line) {
                all.push(line.to_owned());
            }
            if all.len() == MAX_HISTORY {
                break;
            }
        }
        Ok(all)
    }
}

fn is_kept(text: &str) -> bool {
    Destination::parse(text).is_ok_and(|it| it.user.is_none_or(|user| !user.contains(':')))
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

    #[test]
    fn newest_first_and_no_doubles() {
        let (_dir, history) = history();
        assert_eq!(history.list(), [""; 0]);
        for host in ["a", "u@b:2222", "a"] {
            assert!(history.add(host).unwrap());
        }
        assert_eq!(history.list(), ["a", "u@b:2222"]);
        history.remove("a").unwrap();
        assert_eq!(history.list(), ["u@b:2222"]);
    }

    #[test]
    fn only_the_owner_sees_it_and_nothing_is_left_beside_it() {
        let (_dir, history) = history();
        history.add("h").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&history.path), 0o600);
        let directory = history.path.parent().unwrap();
        assert_eq!(mode(directory), 0o700);
        assert_eq!(fs::read_dir(directory).unwrap().count(), 1);
    }

    #[test]
    fn it_ends_at_its_bound() {
        let (_dir, history) = history();
        make(history.path.parent().unwrap()).unwrap();
        let text: String = (0..MAX_HISTORY + 7).map(|n| format!("host{n}\n")).collect();
        fs::write(&history.path, text).unwrap();
        assert_eq!(history.list().len(), MAX_HISTORY);
        history.add("newest").unwrap();
        let all = history.list();
        assert_eq!((all.len(), all[0].as_str()), (MAX_HISTORY, "newest"));
        assert!(!fs::read_to_string(&history.path).unwrap().contains("host499"));
    }

    #[test]
    fn junk_is_passed_over() {
        let (_dir, history) = history();
        make(history.path.parent().unwrap()).unwrap();
        let junk =
            b"good\n\n \xff\xfe\nevil\x1b[2J\n-oProxyCommand=x\nh;rm\n  spaced  \r\ngood\nlast";
        fs::write(&history.path, junk).unwrap();
        assert_eq!(history.list(), ["good", "spaced", "last"]);
    }

    #[test]
    fn what_may_be_a_password_is_not_kept() {
        let (_dir, history) = history();
        for destination in ["ssh://u:secret@h", "u:secret@h", "h\nx", ""] {
            assert!(!history.add(destination).unwrap(), "{destination}");
        }
        assert!(!history.path.exists());
    }

    #[test]
    fn what_cannot_be_read_is_not_overwritten() {
        let (_dir, history) = history();
        fs::create_dir_all(&history.path).unwrap();
        assert_eq!(history.list(), [""; 0]);
        assert!(history.add("h").is_err());
        assert!(history.path.is_dir());
    }

    #[test]
    fn several_at_once_lose_nothing() {
        let (_dir, history) = history();
        std::thread::scope(|scope| {
            for n in 0..8 {
                let history = &history;
                scope.spawn(move || history.add(&format!("host{n}")).unwrap());
            }
        });
        assert_eq!(history.list().len(), 8);
    }
}
