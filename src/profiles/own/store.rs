//! The directory of saved sessions: finds, lists, saves and removes them.
//!
//! A session is written whole or not at all: to a temporary file, synced to disk, and renamed over
//! the old one, with mode 0600 in a directory of mode 0700. A [`Document`] remembers the bytes it
//! was read from. Saving compares them with the file under a lock on the directory, so that the
//! second of two editors gets an error instead of overwriting the first. A file that others can
//! write is refused, because it can name a command to run.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use toml_edit::DocumentMut;

use super::{name, read, write};
use crate::error::{Error, Kind, Result, joined};
use crate::os::private;
use crate::os::replace::{DraftFile, remove_drafts};
use crate::os::user::UserId;
use crate::profiles::file::{draft, failed, is_absent, local, lock, make};
use crate::profiles::profile::{MAX_FILE, Profile};
use crate::profiles::session::UnknownKey;
use crate::say;
use crate::text;

/// The most saved sessions, because the list is held in memory: some 300 bytes each.
pub const MAX_PROFILES: usize = 100_000;
/// The most characters of a name that a message shows.
const MAX_NAME_SHOWN: usize = 300;
/// How many sessions are best saved at once: their files are synced to disk together, and the disk is
/// waited for once. Their texts are in memory, some kilobytes each.
pub const TOGETHER: usize = 2_000;

/// A saved session with the text of its file.
#[derive(Clone, Debug)]
pub struct Document {
    name: String,
    path: PathBuf,
    /// The file's bytes when it was read; `None` if the file did not exist.
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

    /// The path of its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its fields.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The keys in the file that tessh does not know.
    pub fn unknown(&self) -> &[UnknownKey] {
        &self.unknown
    }

    /// Whether the file did not exist when the document was made.
    pub fn is_new(&self) -> bool {
        self.before.is_none()
    }

    /// Replaces the fields in memory; [`ProfileStore::save`] writes them.
    ///
    /// # Errors
    /// [`Kind::Config`], with the name of the field: a value makes no sense.
    pub fn set(&mut self, profile: Profile) -> Result<()> {
        profile.check().map_err(|(field, what)| {
            let name = text::line(&self.name, MAX_NAME_SHOWN);
            Error::new(Kind::Config, say!(session_field_fault, name, field, what))
        })?;
        write::merge(&mut self.toml, &self.profile, &profile);
        self.profile = profile;
        Ok(())
    }

    /// The session as it is to be written, without what is only for changing it.
    ///
    /// # Errors
    /// [`Kind::Config`]: its text would be larger than [`MAX_FILE`], or could not be read again.
    pub fn ready(&self) -> Result<ReadyDocument> {
        let text = new_text(self)?;
        Ok(ReadyDocument { path: self.path.clone(), before: self.before.clone(), text })
    }
}

/// A session that is ready to be written: the text of its file, and what was there before.
pub struct ReadyDocument {
    path: PathBuf,
    before: Option<Vec<u8>>,
    text: String,
}

/// The saved sessions in one directory.
#[derive(Clone, Debug)]
pub struct ProfileStore {
    directory: PathBuf,
    user: UserId,
}

impl ProfileStore {
    /// The saved sessions of this user in this directory, which need not exist.
    pub fn new(directory: PathBuf, user: UserId) -> ProfileStore {
        ProfileStore { directory, user }
    }

    /// The path of the directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Reads the session of this name; `None` if there is none.
    ///
    /// # Errors
    /// [`Kind::Usage`] for an invalid name; [`Kind::Config`] for a broken file, with its line, and
    /// for a file that others can write or that is larger than [`MAX_FILE`]; [`Kind::Local`] if it
    /// cannot be read.
    pub fn open(&self, name: &str) -> Result<Option<Document>> {
        let path = self.directory.join(name::file_name(name)?);
        match self.load(&path)? {
            Some(bytes) => self.parse(name, path, bytes).map(Some),
            None => Ok(None),
        }
    }

    /// Makes an empty session of this name without writing it. Saving it fails if the name is
    /// taken.
    ///
    /// # Errors
    /// [`Kind::Usage`] for an invalid name.
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

    /// Copies a session to another name, with its comments and unknown keys, without writing it.
    ///
    /// # Errors
    /// [`Kind::Usage`] for an invalid name.
    pub fn copy(&self, document: &Document, name: &str) -> Result<Document> {
        let path = self.directory.join(name::file_name(name)?);
        Ok(Document { name: name.to_owned(), path, before: None, ..document.clone() })
    }

    /// Whether the file has changed or is gone since the session was read.
    pub fn has_changed(&self, document: &Document) -> bool {
        !self.load(&document.path).is_ok_and(|now| now == document.before)
    }

    /// The names of all sessions, sorted, without reading the files. A file whose name is not a
    /// session's is listed with its error.
    ///
    /// # Errors
    /// [`Kind::Local`]: the directory cannot be read, or has more than [`MAX_PROFILES`].
    pub fn names(&self) -> Result<Vec<(String, Result<()>)>> {
        let named = |file: String| match name::from_file_name(&file) {
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

    /// Writes a session.
    ///
    /// # Errors
    /// [`Kind::Local`]: the file has changed since it was read, the directory cannot be written, or
    /// there would be more than [`MAX_PROFILES`]; [`Kind::Config`]: the text would be larger than
    /// [`MAX_FILE`]. On an error, the old file is unchanged.
    pub fn save(&self, document: &mut Document) -> Result<()> {
        let ready = document.ready()?;
        self.save_all(std::slice::from_ref(&ready))?;
        document.before = Some(ready.text.into_bytes());
        Ok(())
    }

    /// Writes sessions, one after the other. Those before one that fails are written.
    ///
    /// # Errors
    /// Those of [`ProfileStore::save`].
    pub fn save_all(&self, documents: &[ReadyDocument]) -> Result<()> {
        make(&self.directory)?;
        let _lock = lock(&self.directory)?;
        remove_drafts(&self.directory);
        // Counted once, because many may be saved.
        let mut count = None;
        let mut drafts = Vec::with_capacity(documents.len());
        let mut fault = None;
        for document in documents {
            match self.draft(document, &mut count) {
                Ok(draft) => drafts.push(draft),
                Err(error) => {
                    fault = Some(error);
                    break;
                }
            }
        }
        DraftFile::put_all(drafts).map_err(|(path, error)| unwritten(&path, &error))?;
        fault.map_or(Ok(()), Err)
    }

    /// Writes a text that is not in its place yet; `count` are the sessions there are, once they have
    /// been counted.
    fn draft(&self, document: &ReadyDocument, count: &mut Option<usize>) -> Result<DraftFile> {
        let now = self.load(&document.path)?;
        if now != document.before {
            let cause = say!(session_changed_meanwhile, document = text::path(&document.path));
            let hint = say!(session_changed_meanwhile_hint);
            return Err(Error::new(Kind::Local, cause).hint(hint));
        }
        if now.is_none() {
            let others = count.map_or_else(|| self.files().map(|files| files.len()), Ok)?;
            if others >= MAX_PROFILES {
                let what = say!(session_store_full, limit = MAX_PROFILES);
                return Err(local(&self.directory, &what));
            }
            *count = Some(others + 1);
        }
        let draft = draft(&document.path, document.text.as_bytes());
        draft.map_err(|error| unwritten(&document.path, &error))
    }

    /// Removes a session, even a broken one; `false` if there was none.
    ///
    /// # Errors
    /// [`Kind::Usage`] for an invalid name, [`Kind::Local`] if the file cannot be removed.
    pub fn remove(&self, name: &str) -> Result<bool> {
        let path = self.directory.join(name::file_name(name)?);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => Err(failed(&path, &say!(file_not_removed), &error)),
        }
    }

    /// Whether a session of this name exists, readable or not.
    pub fn has(&self, name: &str) -> bool {
        let file = name::file_name(name);
        file.is_ok_and(|file| fs::symlink_metadata(self.directory.join(file)).is_ok())
    }

    /// The names of the files. Skips files that editors leave behind: hidden ones and those with
    /// another extension.
    fn files(&self) -> Result<Vec<String>> {
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
            let file = file.into_string();
            let file = file.unwrap_or_else(|file| file.to_string_lossy().into_owned());
            if file.starts_with('.') || !file.ends_with(".toml") {
                continue;
            }
            if files.len() == MAX_PROFILES {
                let what = say!(session_store_too_large, limit = MAX_PROFILES);
                return Err(local(&self.directory, &what));
            }
            files.push(file);
        }
        Ok(files)
    }

    /// Reads a file; `None` if it does not exist.
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
            let cause = say!(config_file_permissions, value = text::path(path));
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

/// The error for a file that cannot be written.
fn unwritten(path: &Path, error: &std::io::Error) -> Error {
    let failed = failed(path, &say!(file_not_written), error);
    let unchanged = say!(session_unchanged);
    let next = failed.next_step().map(|next| joined(&unchanged, next));
    failed.hint(next.unwrap_or(unchanged))
}

/// The text to write, which could be read again.
fn new_text(document: &Document) -> Result<String> {
    let text = document.toml.to_string();
    if text.len() > MAX_FILE {
        let what = say!(session_would_be_too_large, limit = MAX_FILE);
        return Err(config(&document.path, &what));
    }
    read::read(&text).map_err(|fault| at_line(&document.path, &fault))?;
    Ok(text)
}

fn nameless(path: &Path) -> Error {
    config(path, &say!(session_file_name_foreign)).hint(say!(session_file_name_foreign_hint))
}

fn at_line(path: &Path, fault: &read::TomlFault) -> Error {
    let read::TomlFault { line, what } = fault;
    let cause = say!(session_line_fault, value = text::path(path), line, what);
    Error::new(Kind::Config, cause).hint(say!(session_line_fault_hint))
}

fn config(path: &Path, what: &str) -> Error {
    Error::new(Kind::Config, format!("{}: {what}", text::path(path)))
}
