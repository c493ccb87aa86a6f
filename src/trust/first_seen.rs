//! The dates on which keys were first written for a host by this program, because known_hosts has
//! no dates. They inform the user and are never evidence: no verdict uses them.
//!
//! Each key has one line: the day in UTC, the key's fingerprint, and the host's name hashed as in
//! known_hosts, so that the file does not reveal the hosts.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use russh::keys::ssh_key::PublicKey;

use super::file::read;
use super::rewrite::rewrite;
use super::subject::Subject;
use super::{certificate, fingerprint, pattern, store};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::private;
use crate::say;

/// The most lines: more hosts than a person uses. Beyond it the oldest lines are removed.
const RECORDS_MAX: usize = 4096;
/// The longest line that this program writes.
const LINE_MAX: usize = 256;

/// The file of dates.
#[derive(Clone, Debug)]
pub struct FirstSeen {
    path: PathBuf,
}

/// The content of the file when it was read.
#[derive(Clone, Debug, Default)]
pub struct Dates {
    /// Days and hashed names for each fingerprint.
    records: HashMap<String, Vec<(String, String)>>,
}

impl FirstSeen {
    /// The file at this path, which need not exist.
    pub fn at(path: PathBuf) -> FirstSeen {
        FirstSeen { path }
    }

    /// Reads the dates. A file that cannot be read yields none.
    pub fn dates(&self) -> Dates {
        let text = read(&self.path).ok().flatten().unwrap_or_default();
        let mut dates = Dates::default();
        for (day, sha256, hosts) in text.split(|&b| b == b'\n').filter_map(record) {
            let (day, hosts) = (day.to_owned(), hosts.to_owned());
            dates.records.entry(sha256.to_owned()).or_default().push((day, hosts));
        }
        dates
    }

    /// Records that the key is written for the host today, unless an earlier date is recorded.
    ///
    /// # Errors
    /// The file cannot be changed.
    pub fn note(&self, subject: &Subject, key: &PublicKey) -> Result<()> {
        let name = subject.entry_name();
        if self.dates().of(key, Some(&name)).is_some() {
            return Ok(());
        }
        make_directory(&self.path)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let hosts = pattern::hash_field(&store::salt(), &name);
        let line = format!("{} {} {hosts}\n", day(now), fingerprint::sha256(key));
        rewrite(&self.path, |old| {
            let lines: Vec<&[u8]> = old.split_inclusive(|&b| b == b'\n').collect();
            let kept = &lines[lines.len().saturating_sub(RECORDS_MAX - 1)..];
            Ok(store::append(kept.concat(), &line))
        })
    }
}

impl Dates {
    /// The day, such as `2026-11-21`, on which the key was first written for the host of this name;
    /// without a name, for any host.
    pub fn of(&self, key: &PublicKey, name: Option<&str>) -> Option<&str> {
        let all = self.records.get(&fingerprint::sha256(key))?;
        let is_of =
            |hosts: &str| name.is_none_or(|name| pattern::matches_field(hosts.as_bytes(), name));
        all.iter().filter(|(_, hosts)| is_of(hosts)).map(|(day, _)| day.as_str()).min()
    }
}

/// The day, fingerprint and hashed name of a line; `None` for a line in another form.
fn record(line: &[u8]) -> Option<(&str, &str, &str)> {
    let line = std::str::from_utf8(line).ok().filter(|line| line.len() <= LINE_MAX)?;
    let mut words = line.split(' ');
    let (day, sha256, hosts) = (words.next()?, words.next()?, words.next()?);
    let is_day = day.len() == 10 && day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let is_hashed = pattern::hashed(hosts.as_bytes()).is_some();
    (is_day && is_hashed && words.next().is_none()).then_some((day, sha256, hosts))
}

fn day(seconds: u64) -> String {
    let mut date = certificate::date(seconds);
    date.truncate("2026-11-21".len());
    date
}

fn make_directory(path: &Path) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    if fs::metadata(directory).is_ok() {
        return Ok(());
    }
    private::create_directories(directory).map_err(|error| {
        let (shown, error) = (super::quote::path(directory), io_reason(&error));
        Error::new(Kind::Local, format!("{shown} {}: {error}", say!(known_hosts_not_created)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = include_str!("../../tests/data/trust/certificates/host-ed25519.pub");
    const OTHER: &str = include_str!("../../tests/data/trust/certificates/host-rsa.pub");

    fn key(text: &str) -> PublicKey {
        PublicKey::from_openssh(text).expect("a key")
    }

    fn subject(name: &str) -> Subject {
        Subject { name: name.to_owned(), port: 2222, alias: false }
    }

    #[test]
    fn a_day_is_kept_for_a_key_and_a_host_and_names_are_not() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("state/tessh/first-seen");
        let seen = FirstSeen::at(path.clone());
        assert!(seen.dates().of(&key(KEY), None).is_none());
        seen.note(&subject("web1"), &key(KEY)).expect("noted");
        seen.note(&subject("web1"), &key(KEY)).expect("noted");
        let dates = seen.dates();
        let today = day(SystemTime::now().duration_since(UNIX_EPOCH).expect("now").as_secs());
        assert_eq!(dates.of(&key(KEY), Some("[web1]:2222")), Some(today.as_str()));
        assert_eq!(dates.of(&key(KEY), Some("[web2]:2222")), None);
        assert_eq!(dates.of(&key(OTHER), None), None);
        let text = fs::read_to_string(&path).expect("text");
        assert_eq!(text.lines().count(), 1);
        assert!(!text.contains("web1"), "{text}");
    }

    #[test]
    fn it_is_bounded_and_junk_is_passed_over() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("first-seen");
        let hosts = pattern::hash_field(&store::salt(), "[web1]:2222");
        let ours = format!("2020-02-01 {} {hosts}\n", fingerprint::sha256(&key(KEY)));
        let junk = "\u{1}\u{2} junk |1|\n".repeat(RECORDS_MAX);
        fs::write(&path, format!("{junk}{ours}\n20x0-02-01 a b\n")).expect("written");
        let seen = FirstSeen::at(path.clone());
        assert_eq!(seen.dates().of(&key(KEY), Some("[web1]:2222")), Some("2020-02-01"));
        seen.note(&subject("web2"), &key(OTHER)).expect("noted");
        let text = fs::read_to_string(&path).expect("text");
        assert_eq!(text.lines().count(), RECORDS_MAX);
        assert!(text.contains(&ours), "the newest stay");
        let line = |key: usize| format!("2020-02-01 {} {hosts}", "x".repeat(key));
        let most = LINE_MAX - line(0).len();
        assert!(record(line(most).as_bytes()).is_some());
        assert!(record(line(most + 1).as_bytes()).is_none());
    }
}
