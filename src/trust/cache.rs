//! PuTTY's host key cache: keys that PuTTY or WinSCP was told to accept. A connection only reads it;
//! entries are written for an export alone.
//!
//! A line of `sshhostkeys` is `type@port:host data`; in what regedit has written and in
//! `WinSCP.ini`, a value of the key `SshHostKeys` has that name, with the host escaped, and the
//! data. All values of a key have its line. `cached_key` decodes the data. PuTTY tells
//! capitals in host names apart; here, as in known_hosts, `Web1` and `web1` are one host. A cached
//! certificate (`opensshcert-…`) is skipped: PuTTY writes one when a person accepts a certificate
//! that does not hold.

use std::path::Path;

use russh::keys::ssh_key::PublicKey;

use super::cached_key;
use super::file::{self, LINE_MAX};
use super::place::Problem;
use super::store;
use super::subject::Subject;
use crate::error::Error;
use crate::registry::{self, MAX_EXPORT, RegistryKey};
use crate::say;

/// The keys of exports with host keys: PuTTY's, WinSCP's in the registry, and in `WinSCP.ini`.
const KEYS: [&str; 3] =
    ["SimonTatham\\PuTTY\\SshHostKeys", "Martin Prikryl\\WinSCP 2\\SshHostKeys", "SshHostKeys"];

/// The most lines that are reported as unusable.
const PROBLEMS_MAX: usize = 100;

/// The content of one cache.
#[derive(Clone, Debug, Default)]
pub struct HostKeyCache {
    /// The keys, in the order of the file.
    pub keys: Vec<CachedHostKey>,
    /// Entries that cannot be used, at most a hundred; or the file, if it cannot be read.
    pub problems: Vec<Problem>,
}

/// The key of one host.
#[derive(Clone, Debug)]
pub struct CachedHostKey {
    /// The host and port.
    pub subject: Subject,
    /// The key.
    pub key: PublicKey,
    /// The line of the entry, or of the key that has it as a value, counted from 1.
    pub line: usize,
    /// The entry as a line of known_hosts, with its newline.
    pub known_hosts: String,
}

impl HostKeyCache {
    /// Reads a cache. A missing file is empty.
    pub fn load(path: &Path) -> HostKeyCache {
        let fault = |reason: String| HostKeyCache {
            keys: Vec::new(),
            problems: vec![Problem { file: path.to_owned(), line: None, reason }],
        };
        // The size of an export bounds the time to decode the keys, too.
        match file::read_up_to(path, MAX_EXPORT) {
            Ok(Some(text)) if registry::is_export(&text) => HostKeyCache::read_export(path, &text),
            Ok(Some(text)) => HostKeyCache::read(path, &text),
            Ok(None) => HostKeyCache::default(),
            Err(reason) => fault(reason),
        }
    }

    fn read(path: &Path, text: &[u8]) -> HostKeyCache {
        let mut cache = HostKeyCache::default();
        for (index, raw) in text.split(|&byte| byte == b'\n').enumerate() {
            let raw = raw.trim_ascii();
            if !raw.is_empty() {
                cache.take(path, index + 1, read_line(raw));
            }
        }
        cache
    }

    fn read_export(path: &Path, text: &[u8]) -> HostKeyCache {
        let mut cache = HostKeyCache::default();
        let mut fault = |error: Error| cache.problems.push(Problem::of(path, &error));
        let tree = match registry::parse_tree(path, text) {
            Ok(tree) => tree,
            Err(error) => {
                fault(error);
                return cache;
            }
        };
        let mut keys: Vec<RegistryKey> = Vec::new();
        for key in KEYS.iter().filter_map(|path| tree.key(path)) {
            if !keys.iter().any(|it| it.place() == key.place()) {
                keys.push(key);
            }
        }
        let faults = [tree.check()].into_iter().chain(keys.iter().map(RegistryKey::check));
        faults.filter_map(Result::err).for_each(&mut fault);
        for key in keys {
            for name in key.names() {
                let data = key.text(name).unwrap_or_default();
                let host = registry::registry_unescaped(name);
                cache.take(path, key.place().line, entry(&host, &data));
            }
        }
        cache
    }

    fn take(&mut self, path: &Path, line: usize, read: Result<(Subject, PublicKey), String>) {
        let read = read.and_then(|(subject, key)| {
            let known_hosts =
                store::line(&subject, &key, false).map_err(|error| error.to_string())?;
            Ok(CachedHostKey { subject, key, line, known_hosts })
        });
        let reason = match read {
            Ok(key) => return self.keys.push(key),
            Err(reason) if self.problems.len() < PROBLEMS_MAX => reason,
            Err(_) if self.problems.len() == PROBLEMS_MAX => say!(known_line_more),
            Err(_) => return,
        };
        self.problems.push(Problem { file: path.to_owned(), line: Some(line), reason });
    }
}

fn read_line(raw: &[u8]) -> Result<(Subject, PublicKey), String> {
    if raw.len() > LINE_MAX {
        return Err(say!(known_line_long, limit = LINE_MAX >> 10));
    }
    let text = str::from_utf8(raw).map_err(|_| say!(authority_not_utf_8))?;
    let (name, data) = text.split_once(' ').ok_or_else(|| say!(cache_no_entry))?;
    entry(name, data)
}

/// Decodes one entry: its name `type@port:host`, and the data of the key.
///
/// # Errors
/// The fault, one line.
fn entry(name: &str, data: &str) -> Result<(Subject, PublicKey), String> {
    let parts = name.split_once('@').and_then(|(kind, rest)| {
        let (port, host) = rest.split_once(':')?;
        let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().ok().filter(|port: &u16| is_number && *port != 0)?;
        Some((kind, port, host))
    });
    let (kind, port, host) = parts.ok_or_else(|| say!(cache_no_entry))?;
    let key = cached_key::decode(kind, data)?;
    Ok((Subject { name: host.to_ascii_lowercase(), port, alias: false }, key))
}

/// The entry of a host and key: its name `type@port:host`, and the data. The host is written as it
/// is, because PuTTY tells capitals apart. `None` for a type of key that PuTTY lacks, or a name that
/// is no single host.
pub fn cache_entry(host: &str, port: u16, key: &PublicKey) -> Option<(String, String)> {
    let is_host = !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c.is_control());
    let (kind, data) = cached_key::encode(key).filter(|_| is_host)?;
    Some((format!("{kind}@{port}:{host}"), data))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use proptest::prelude::*;

    use super::*;

    const CACHE: &str = "tests/data/putty/sshhostkeys";
    const KNOWN_HOSTS: &str = "tests/data/putty/sshhostkeys.known_hosts";

    fn read(text: &[u8]) -> HostKeyCache {
        HostKeyCache::read(Path::new("/c"), text)
    }

    #[test]
    fn the_keys_are_those_of_the_same_known_hosts() {
        let cache = HostKeyCache::load(&PathBuf::from(CACHE));
        assert_eq!(cache.problems, []);
        let lines: String = cache.keys.iter().map(|it| it.known_hosts.as_str()).collect();
        assert_eq!(lines, fs::read_to_string(KNOWN_HOSTS).expect("the same keys"));
    }

    #[test]
    fn keys_are_written_as_they_were_read() {
        let text = fs::read_to_string(CACHE).expect("a cache");
        let written: Vec<String> = (HostKeyCache::load(Path::new(CACHE)).keys.iter())
            .filter_map(|it| cache_entry(&it.subject.name, it.subject.port, &it.key))
            .map(|(name, data)| format!("{name} {data}"))
            .collect();
        let lines: Vec<&str> = text.lines().collect();
        assert!(!lines.is_empty() && written == lines, "{written:#?}");
    }

    #[test]
    fn exports_and_winscp_s_settings_have_caches_too() {
        let lines = fs::read_to_string(KNOWN_HOSTS).expect("the same keys");
        let all: Vec<&str> = lines.lines().collect();
        for (file, count, line) in [
            ("tests/data/putty/putty-export.reg", 6, None),
            ("tests/data/putty/WinSCP.ini", 2, Some(52)),
        ] {
            let cache = HostKeyCache::load(Path::new(file));
            assert_eq!((cache.keys.len(), cache.problems), (count, Vec::new()), "{file}");
            for key in &cache.keys {
                assert!(all.contains(&key.known_hosts.trim_end()), "{file} {}", key.known_hosts);
                assert!(line.is_none_or(|line| line == key.line), "{file} {}", key.line);
            }
        }
        let escaped = format!("[SshHostKeys]\nrsa2@22:a%2Ab=0x3,0x5\nrsa2@22:c=x\n{}", all[0]);
        let cache = HostKeyCache::read_export(Path::new("/c"), escaped.as_bytes());
        assert_eq!((cache.keys.len(), cache.problems.len()), (0, 2), "{:?}", cache.problems);
        let cut = HostKeyCache::read_export(Path::new("/c"), b"\xff\xfe[");
        assert_eq!(cut.problems.len(), 1);
    }

    #[test]
    fn an_entry_that_cannot_be_used_leaves_the_others() {
        let good = fs::read_to_string(CACHE).expect("a cache");
        let ed25519 = good.lines().find(|it| it.starts_with("ssh-ed25519")).expect("a line");
        let data = ed25519.split_once(' ').expect("data").1;
        let bad = [
            format!("ssh-ed25519@0:h {data}"),
            format!("ssh-ed25519@70000:h {data}"),
            format!("ssh-ed25519@+22:h {data}"),
            format!("ssh-ed25519@22 {data}"),
            format!("ssh-ed25519@22: {data}"),
            format!("ssh-ed25519@22:* {data}"),
            format!("ssh-ed25519@22:a,b {data}"),
            format!("ssh-ed25519@22:!a {data}"),
            "ssh-ed25519@22:h".to_owned(),
            "opensshcert-ssh-ed25519@22:h AAAA".to_owned(),
            "\u{0}\u{1b}[2J".to_owned(),
            "x".repeat(LINE_MAX + 1),
        ];
        let text = format!("{}\n\u{fffd}\r\n\n{ed25519}\r\n", bad.join("\n"));
        let cache = read(text.as_bytes());
        assert_eq!(cache.keys.len(), 1, "{:?}", cache.keys);
        assert_eq!(cache.keys[0].line, bad.len() + 3);
        assert_eq!(cache.problems.len(), bad.len() + 1, "{:?}", cache.problems);
        for problem in &cache.problems {
            let problem = problem.to_string();
            assert!(!problem.contains(char::is_control) && problem.len() < 300, "{problem}");
        }
        assert!(read(&[0xff; 10]).keys.is_empty());
    }

    #[test]
    fn hosts_are_in_lower_case_and_may_be_addresses() {
        let good = fs::read_to_string(CACHE).expect("a cache");
        let ed25519 = good.lines().find(|it| it.starts_with("ssh-ed25519")).expect("a line");
        let data = ed25519.split_once(' ').expect("data").1;
        let text = format!("ssh-ed25519@22:Web1 {data}\nssh-ed25519@2222:fe80::1 {data}\n");
        let keys = read(text.as_bytes()).keys;
        let names: Vec<String> = keys.iter().map(|it| it.subject.entry_name()).collect();
        assert_eq!(names, ["web1", "[fe80::1]:2222"]);
    }

    #[test]
    fn what_is_reported_is_bounded() {
        let cache = read("x\n".repeat(100_000).as_bytes());
        assert_eq!(cache.problems.len(), PROBLEMS_MAX + 1);
        assert!(HostKeyCache::load(Path::new("/nonexistent/cache")).problems.is_empty());
        assert_eq!(HostKeyCache::load(Path::new("/")).problems.len(), 1);
    }

    proptest! {
        #[test]
        fn no_damage_panics(
            file in 0..3_usize,
            cut in 0..6000_usize,
            at in 0..6000_usize,
            with in proptest::collection::vec(any::<u8>(), 0..8),
        ) {
            let files = [CACHE, "tests/data/putty/WinSCP.ini", "tests/data/putty/putty-export.reg"];
            let mut bytes = fs::read(files[file]).expect("a cache");
            bytes.truncate(bytes.len().saturating_sub(cut));
            let at = at.min(bytes.len());
            bytes.splice(at..(at + with.len() / 2).min(bytes.len()), with);
            let path = Path::new("/c");
            let caches = [HostKeyCache::read(path, &bytes), HostKeyCache::read_export(path, &bytes)];
            for problem in caches.iter().flat_map(|cache| &cache.problems) {
                prop_assert!(!problem.to_string().contains(char::is_control));
            }
        }
    }
}
