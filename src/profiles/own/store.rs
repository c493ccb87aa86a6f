//! The directory of saved sessions: finding, listing, saving and removing.
//!
//! A session is written whole or not at all: to a file beside it, to disk, and over the old one
//! with rename(2), 0600 in a directory of 0700. A [`Document`] remembers the bytes it was made
//! of; saving compares them with the file under a lock on the directory, so that of two
//! editors the second is told. A file that others can write is not read, because it can name
//! a command to run.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use toml_edit::DocumentMut;

use super::read::UnknownKey;
use super::{name, read, write};
use crate::error::{Error, Kind, Result};
use crate::os::private;
use crate::os::user::UserId;
use crate::profiles::file::{failed, is_absent, local, lock, make, replace, shown};
use crate::profiles::profile::{MAX_FILE, Profile};
use crate::say;
use crate::text;

/// The most saved sessions; a list is held in memory.
pub const MAX_PROFILES: usize = 10_000;
/// How many characters of a name a message shows.
const MAX_NAME_SHOWN: usize = 300;
/// How many near names are told.
const MAX_NEAR: usize = 5;
/// How many characters of a name are compared for nearness.
const MAX_COMPARED: usize = 64;

/// A saved session with the text it is written in.
#[derive(Clone, Debug)]
pub struct Document {
    name: String,
    path: PathBuf,
    /// The file's bytes when it was read; `None` if there was none.
    before: Option<Vec<u8>>,
    toml: DocumentMut,
    profile: Profile,
    unknown: Vec<UnknownKey>,
}

impl Document {
    /// The session's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it says.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The keys that are not known.
    pub fn unknown(&self) -> &[UnknownKey] {
        &self.unknown
    }

    /// Whether there was no file of this name.
    pub fn is_new(&self) -> bool {
        self.before.is_none()
    }

    /// Makes it say something else; nothing is written yet.
    ///
    /// # Errors
    /// [`Kind::Config`]: a value makes no sense; the field is named.
    pub fn set(&mut self, profile: Profile) -> Result<()> {
        profile.check().map_err(|(field, what)| {
            let name = text::line(&self.name, MAX_NAME_SHOWN);
            Error::new(Kind::Config, say!(session_field_fault, name, field, what))
        })?;
        write::merge(&mut self.toml, &self.profile, &profile);
        self.profile = profile;
        Ok(())
    }
}

/// One entry of the list.
#[derive(Clone, Debug)]
pub struct ListedProfile {
    /// The session's name; for a file that belongs to no name, the file's.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// What it says, or why that cannot be told.
    pub document: Result<Document>,
}

/// The directory.
#[derive(Clone, Debug)]
pub struct ProfileStore {
    directory: PathBuf,
    user: UserId,
}

impl ProfileStore {
    /// The saved sessions in this directory, which need not exist, of this user.
    pub fn new(directory: PathBuf, user: UserId) -> ProfileStore {
        ProfileStore { directory, user }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The session of this name, if there is one.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a name that none can have; [`Kind::Config`] for a broken file, with
    /// its line, for one that others can write or that is larger than [`MAX_FILE`];
    /// [`Kind::Local`] when it cannot be read.
    pub fn open(&self, name: &str) -> Result<Option<Document>> {
        let path = self.directory.join(name::file_name(name)?);
        match self.load(&path)? {
            Some(bytes) => self.parse(name, path, bytes).map(Some),
            None => Ok(None),
        }
    }

    /// An empty session of this name, not yet written. It cannot be saved over another.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a name that none can have.
    pub fn create(&self, name: &str) -> Result<Document> {
        Ok(Document {
            name: name.to_owned(),
            path: self.directory.join(name::file_name(name)?),
            before: None,
            toml: DocumentMut::new(),
            profile: Profile::default(),
            unknown: Vec::new(),
        })
    }

    /// A copy of a session under another name, with its comments and unknown keys; not yet written.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a name that none can have.
    pub fn copy(&self, document: &Document, name: &str) -> Result<Document> {
        let path = self.directory.join(name::file_name(name)?);
        Ok(Document { name: name.to_owned(), path, before: None, ..document.clone() })
    }

    /// Whether the file has changed or is gone since the session was read.
    pub fn has_changed(&self, document: &Document) -> bool {
        !self.load(&document.path).is_ok_and(|now| now == document.before)
    }

    /// The names of all sessions without reading what they say, by name. A file that belongs to
    /// no name is there with its error.
    ///
    /// # Errors
    /// Those of [`ProfileStore::list`].
    pub fn names(&self) -> Result<Vec<(String, Result<()>)>> {
        let named = |(file, session): (String, Option<String>)| match session {
            Some(name) => (name, Ok(())),
            None => {
                let fault = nameless(&self.directory.join(&file));
                (file, Err(fault))
            }
        };
        let mut all: Vec<_> = self.files()?.into_iter().map(named).collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(all)
    }

    /// All sessions, by name; one that is broken is there with its error.
    ///
    /// # Errors
    /// [`Kind::Local`]: the directory cannot be read, or has more than [`MAX_PROFILES`].
    pub fn list(&self) -> Result<Vec<ListedProfile>> {
        let listed = |(file, session): (String, Option<String>)| {
            let path = self.directory.join(&file);
            let document = match &session {
                Some(session) => self.open(session).and_then(|found| {
                    found.ok_or_else(|| local(&path, &say!(session_link_dangling)))
                }),
                None => Err(nameless(&path)),
            };
            ListedProfile { name: session.unwrap_or(file), path, document }
        };
        let mut all: Vec<ListedProfile> = self.files()?.into_iter().map(listed).collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    /// Names like this one, the nearest first; none if the directory cannot be read.
    pub fn near(&self, wanted: &str) -> Vec<String> {
        let short = |text: &str| text.to_lowercase().chars().take(MAX_COMPARED).collect::<Vec<_>>();
        let wanted = short(wanted);
        let names = self.files().unwrap_or_default().into_iter().filter_map(|(_, name)| name);
        let mut near: Vec<(usize, String)> = names
            .filter_map(|name| distance(&wanted, &short(&name)).map(|far| (far, name)))
            .collect();
        near.sort();
        near.into_iter().map(|(_, name)| name).take(MAX_NEAR).collect()
    }

    /// Writes a session.
    ///
    /// # Errors
    /// [`Kind::Local`]: the file is another one than it was when it was read, the directory
    /// cannot be written, or there would be more than [`MAX_PROFILES`]; [`Kind::Config`]: it
    /// would be larger than [`MAX_FILE`]. The old file is then still there.
    pub fn save(&self, document: &mut Document) -> Result<()> {
        let text = document.toml.to_string();
        if text.len() > MAX_FILE {
            return Err(config(
                &document.path,
                &say!(session_would_be_too_large, limit = MAX_FILE),
            ));
        }
        // What is written must be what would be read.
        read::read(&text).map_err(|fault| at_line(&document.path, &fault))?;
        make(&self.directory)?;
        let _lock = lock(&self.directory)?;
        let now = self.load(&document.path)?;
        if now != document.before {
            let cause = say!(session_changed_meanwhile, document = shown(&document.path));
            return Err(Error::new(Kind::Local, cause).hint(say!(session_changed_meanwhile_hint)));
        }
        if now.is_none() && self.files()?.len() >= MAX_PROFILES {
            return Err(local(&self.directory, &say!(session_store_full, limit = MAX_PROFILES)));
        }
        replace(&document.path, text.as_bytes()).map_err(|error| {
            failed(&document.path, &say!(file_not_written), &error).hint(say!(session_unchanged))
        })?;
        document.before = Some(text.into_bytes());
        Ok(())
    }

    /// Removes a session, broken or not; `false` if there was none.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a name that none can have, [`Kind::Local`] when it stays.
    pub fn remove(&self, name: &str) -> Result<bool> {
        let path = self.directory.join(name::file_name(name)?);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => Err(failed(&path, &say!(file_not_removed), &error)),
        }
    }

    /// Whether there is a file of this name, whatever it says.
    pub fn has(&self, name: &str) -> bool {
        let file = name::file_name(name);
        file.is_ok_and(|file| fs::symlink_metadata(self.directory.join(file)).is_ok())
    }

    /// The files, each with the name of its session if it has one. What editors leave beside
    /// them (hidden, or with another ending) is passed over.
    fn files(&self) -> Result<Vec<(String, Option<String>)>> {
        let unreadable =
            |error: &std::io::Error| failed(&self.directory, &say!(file_not_read), error);
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&error)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let file = entry.map_err(|error| unreadable(&error))?.file_name();
            let file = file.to_string_lossy().into_owned();
            if file.starts_with('.') || !file.ends_with(".toml") {
                continue;
            }
            if files.len() == MAX_PROFILES {
                let what = say!(session_store_too_large, limit = MAX_PROFILES);
                return Err(local(&self.directory, &what));
            }
            let session = name::from_file_name(&file);
            files.push((file, session));
        }
        Ok(files)
    }

    /// The bytes of a file; `None` if there is none.
    fn load(&self, path: &Path) -> Result<Option<Vec<u8>>> {
        let facts = match fs::metadata(path) {
            Ok(facts) => facts,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(failed(path, &say!(file_not_read), &error)),
        };
        if !facts.is_file() {
            return Err(local(path, &say!(file_not_regular)));
        }
        if !private::is_written_only_by(&facts, self.user) {
            let cause = say!(config_file_permissions, value = shown(path));
            return Err(Error::new(Kind::Config, cause).hint(say!(config_file_permissions_hint)));
        }
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(|error| failed(path, &say!(file_not_read), &error))?;
        file.take(MAX_FILE as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| failed(path, &say!(file_not_read), &error))?;
        match bytes.len() > MAX_FILE {
            true => Err(config(path, &say!(file_too_large, limit = MAX_FILE))),
            false => Ok(Some(bytes)),
        }
    }

    fn parse(&self, name: &str, path: PathBuf, bytes: Vec<u8>) -> Result<Document> {
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let before = &bytes[..error.valid_up_to()];
            let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
            at_line(&path, &read::TomlFault { line, what: say!(file_not_utf8) })
        })?;
        let (profile, unknown) = read::read(text).map_err(|fault| at_line(&path, &fault))?;
        let toml = text.parse().map_err(|_| config(&path, &say!(file_not_toml)))?;
        let name = name.to_owned();
        Ok(Document { name, path, before: Some(bytes), toml, profile, unknown })
    }
}

/// How many letters have to be changed, if a person could have meant the other name.
fn distance(one: &[char], other: &[char]) -> Option<usize> {
    let most = (one.len().max(other.len()) / 3).clamp(1, 3);
    if !one.is_empty() && other.windows(one.len()).any(|part| part == one) {
        return Some(most);
    }
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    // Letters changed, left out, put in, or swapped with their neighbour.
    let mut before = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for at in 0..one.len() {
        let mut next = vec![at + 1];
        for there in 0..other.len() {
            let mut cost = row[there] + usize::from(one[at] != other[there]);
            cost = cost.min(row[there + 1] + 1).min(next[there] + 1);
            let swapped = at > 0 && there > 0 && one[at] == other[there - 1];
            if swapped && one[at - 1] == other[there] {
                cost = cost.min(before[there - 1] + 1);
            }
            next.push(cost);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().filter(|&far| far <= most)
}

fn nameless(path: &Path) -> Error {
    config(path, &say!(session_file_name_foreign)).hint(say!(session_file_name_foreign_hint))
}

fn at_line(path: &Path, fault: &read::TomlFault) -> Error {
    let read::TomlFault { line, what } = fault;
    Error::new(Kind::Config, say!(session_line_fault, value = shown(path), line, what))
}

fn config(path: &Path, what: &str) -> Error {
    Error::new(Kind::Config, format!("{}: {what}", shown(path)))
}
