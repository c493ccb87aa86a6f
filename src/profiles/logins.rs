//! How logins went that worked, newest first: one JSON object a line, for each host one.
//!
//! A host has the name that known_hosts gives it, with the user before it where one was named.
//! Nothing secret is kept: the method, for a key its fingerprint and file, and when. The file is
//! replaced whole, with mode 0600, under a lock on its directory. The reader skips lines that it
//! does not understand.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::file::{failed, lock, make, read_whole, replace};
use crate::error::Result;
use crate::say;

/// The most hosts kept: as many as the history has.
const MAX_HOSTS: usize = 500;
/// The most bytes read from the file, and the most in a line: paths may be long, names are not.
const MAX_READ: u64 = 1 << 20;
const MAX_LINE: usize = 8 << 10;

/// A login that worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginThatWorked {
    /// The user who logged in.
    pub user: String,
    /// The method, by the name that `--auth` has for it.
    pub method: String,
    /// The `SHA256:…` fingerprint of the key.
    pub key: Option<String>,
    /// The key's file.
    pub file: Option<PathBuf>,
    /// Whether the person wants it used next time without being asked.
    pub again: bool,
    /// When it was noted, in whole seconds; lines of earlier releases do not say.
    pub when: Option<SystemTime>,
}

/// The file of logins that worked.
#[derive(Clone, Debug)]
pub struct LoginsThatWorked {
    path: PathBuf,
}

impl LoginsThatWorked {
    /// The logins in this file, which need not exist.
    pub fn new(path: PathBuf) -> LoginsThatWorked {
        LoginsThatWorked { path }
    }

    /// The login that worked at this place, `[user]@host`. `None` also if the file cannot be read.
    pub fn find(&self, place: &str) -> Option<LoginThatWorked> {
        let all = self.read().ok()?;
        all.into_iter().find(|(at, _)| at == place).map(|(_, login)| login)
    }

    /// Puts a login first and removes the older one of this place. A path that is not Unicode is
    /// left out.
    ///
    /// # Errors
    /// [`Kind::Local`](crate::error::Kind::Local): the file or its directory cannot be written; the
    /// file is unchanged.
    pub fn put(&self, place: &str, login: &LoginThatWorked) -> Result<()> {
        let directory = self.path.parent().unwrap_or(Path::new("."));
        make(directory)?;
        let _lock = lock(directory)?;
        let mut all = self.read()?;
        all.retain(|(at, _)| at != place);
        all.insert(0, (place.to_owned(), login.clone()));
        all.truncate(MAX_HOSTS);
        let lines = all.iter().map(|(at, login)| line(at, login));
        let text: String = lines.filter(|line| line.len() <= MAX_LINE).collect();
        replace(&self.path, text.as_bytes())
            .map_err(|error| failed(&self.path, &say!(file_not_written), &error))
    }

    fn read(&self) -> Result<Vec<(String, LoginThatWorked)>> {
        let bytes = read_whole(&self.path, MAX_READ)?;
        let lines = bytes.split(|&byte| byte == b'\n').filter(|line| line.len() <= MAX_LINE);
        Ok(lines.filter_map(parsed).take(MAX_HOSTS).collect())
    }
}

fn line(place: &str, login: &LoginThatWorked) -> String {
    let LoginThatWorked { user, method, key, file, again, when } = login;
    let file = file.as_deref().and_then(Path::to_str);
    let when = when.and_then(|when| Some(when.duration_since(UNIX_EPOCH).ok()?.as_secs()));
    let object = json!({
        "at": place, "user": user, "method": method, "key": key, "file": file, "again": again,
        "when": when,
    });
    format!("{object}\n")
}

fn parsed(line: &[u8]) -> Option<(String, LoginThatWorked)> {
    let object: Value = serde_json::from_slice(line).ok()?;
    let text = |name: &str| object.get(name)?.as_str().map(str::to_owned);
    let login = LoginThatWorked {
        user: text("user")?,
        method: text("method")?,
        key: text("key"),
        file: text("file").map(PathBuf::from),
        again: object.get("again")?.as_bool()?,
        when: object
            .get("when")
            .and_then(Value::as_u64)
            .and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds))),
    };
    Some((text("at")?, login))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn store() -> (tempfile::TempDir, LoginsThatWorked) {
        let dir = tempfile::tempdir().unwrap();
        let store = LoginsThatWorked::new(dir.path().join("state/tessh/logins"));
        (dir, store)
    }

    fn login(user: &str) -> LoginThatWorked {
        LoginThatWorked {
            user: user.to_owned(),
            method: "publickey".to_owned(),
            key: Some("SHA256:abc".to_owned()),
            file: Some("/home/me/a \"key\"\n".into()),
            again: true,
            when: Some(UNIX_EPOCH + Duration::from_secs(1_700_000_000)),
        }
    }

    #[test]
    fn each_place_has_its_newest_login() {
        let (_dir, store) = store();
        assert_eq!(store.find("@h"), None);
        store.put("@h", &login("one")).unwrap();
        store.put("root@h", &login("root")).unwrap();
        let second = LoginThatWorked { again: false, file: None, when: None, ..login("two") };
        store.put("@h", &second).unwrap();
        assert_eq!(store.find("@h"), Some(second));
        assert_eq!(store.find("root@h"), Some(login("root")));
        assert_eq!(store.find("root@[h]:2222"), None);
        let mode = fs::metadata(&store.path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }

    #[test]
    fn of_a_large_file_the_beginning_is_read() {
        let (_dir, store) = store();
        make(store.path.parent().unwrap()).unwrap();
        let blank = "\n".repeat(usize::try_from(MAX_READ).unwrap());
        let [near, far] = ["near", "far"].map(|place| line(place, &login("u")));
        fs::write(&store.path, format!("{near}{blank}{far}")).unwrap();
        assert!(store.find("near").is_some() && store.find("far").is_none());
    }

    #[test]
    fn it_is_bounded_and_junk_is_passed_over() {
        let (_dir, store) = store();
        make(store.path.parent().unwrap()).unwrap();
        let known = line("@h", &login("u"));
        let long = line("@long", &login(&"x".repeat(MAX_LINE)));
        fs::write(&store.path, format!("junk\n\u{1}\n{{}}\n{long}{known}")).unwrap();
        assert_eq!(store.find("@h"), Some(login("u")));
        assert_eq!(store.find("@long"), None);
        store.put("@long", &login(&"x".repeat(MAX_LINE))).unwrap();
        assert!(!fs::read_to_string(&store.path).unwrap().contains("@long"));
        let many: String = (0..MAX_HOSTS).map(|at| line(&format!("@h{at}"), &login("u"))).collect();
        fs::write(&store.path, many).unwrap();
        store.put("@new", &login("u")).unwrap();
        assert_eq!(fs::read_to_string(&store.path).unwrap().lines().count(), MAX_HOSTS);
        assert_eq!(store.find(&format!("@h{}", MAX_HOSTS - 1)), None);
        assert!(store.find("@new").is_some() && store.find("@h0").is_some());
    }

    #[test]
    fn what_cannot_be_read_is_not_overwritten() {
        let (_dir, store) = store();
        fs::create_dir_all(&store.path).unwrap();
        assert_eq!(store.find("@h"), None);
        assert!(store.put("@h", &login("u")).is_err());
        assert!(store.path.is_dir());
    }
}
