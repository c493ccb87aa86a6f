//! The directory of authorities: reads all of them, adds and removes one.
//!
//! A record is written whole or not at all: to a temporary file with mode 0600, in a directory of
//! mode 0700, which is renamed over the old one. A file that others can write is refused, because
//! they could choose whom to trust. The name of a file is the record's, with `%XX` for everything
//! but letters, digits, `_` and `-`, and for a dot at the start. Any other `.toml` file is read as
//! well.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use toml_edit::{DocumentMut, Item, value};

use super::record::{Authorities, Authority, FILE_MAX, RsaHashes, check_name};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::private;
use crate::os::replace::{Existing, Readers, Replacement};
use crate::os::user::UserId;
use crate::registry::registry_unescaped;
use crate::say;
use crate::trust::place::Problem;
use crate::trust::quote;
use crate::trust::validity::Validity;
use russh::keys::ssh_key::PublicKey;

/// The most records: each one is compared with every host, and nobody trusts more.
const RECORDS_MAX: usize = 1000;

const SUFFIX: &str = ".toml";

/// The authorities of one user, in one directory.
#[derive(Clone, Debug)]
pub struct AuthorityStore {
    directory: PathBuf,
    user: UserId,
}

/// A record to be written.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// The record's name.
    pub name: &'a str,
    /// The authority's key.
    pub key: &'a PublicKey,
    /// The hosts and ports for which it is trusted.
    pub validity: &'a Validity,
    /// The hashes that it may sign with, if its key is an RSA key.
    pub hashes: RsaHashes,
}

impl AuthorityStore {
    /// The records of this user in this directory, which need not exist.
    pub fn new(directory: PathBuf, user: UserId) -> AuthorityStore {
        AuthorityStore { directory, user }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Reads all records. A file that cannot be used is a problem, and the others still count; if
    /// there are more than a thousand files, none counts.
    pub fn load(&self) -> Authorities {
        let mut all = Authorities::default();
        let problem =
            |file: &Path, reason: String| Problem { file: file.to_owned(), line: None, reason };
        let files = match self.files() {
            Ok(files) if files.len() > RECORDS_MAX => {
                let reason = say!(authority_too_many, limit = RECORDS_MAX);
                all.problems.push(problem(&self.directory, reason));
                return all;
            }
            Ok(files) => files,
            Err(error) => {
                let reason = say!(known_hosts_not_read_because, error = io_reason(&error));
                all.problems.push(problem(&self.directory, reason));
                return all;
            }
        };
        for file in files {
            let read = self.text(&file).map_err(|reason| problem(&file, reason));
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            let name = registry_unescaped(&stem);
            match read.and_then(|text| Authority::read(&text, &file, &name)) {
                Ok(record) => all.records.push(record),
                Err(problem) => all.problems.push(problem),
            }
        }
        all.records.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// The path of the file for a record of this name.
    ///
    /// # Errors
    /// [`Kind::Usage`]: the name is invalid.
    pub fn path(&self, name: &str) -> Result<PathBuf> {
        check_name(name).map_err(|what| Error::new(Kind::Usage, what))?;
        Ok(self.directory.join(escaped(name) + SUFFIX))
    }

    /// Writes a record and returns its path; if it replaces one, the comments of that stay.
    ///
    /// # Errors
    /// [`Kind::Usage`]: a record of this name exists and may not be replaced; [`Kind::Local`]: the
    /// file cannot be written. The old file stays.
    pub fn write(&self, draft: &Draft<'_>, replace: bool) -> Result<PathBuf> {
        let path = self.path(draft.name)?;
        let old = match replace {
            true => self.text(&path).ok().and_then(|text| String::from_utf8(text).ok()),
            false => None,
        };
        let text = text(draft, old.as_deref().unwrap_or_default());
        // Parse the new text first, so that no file is written that could not be read again.
        Authority::read(text.as_bytes(), &path, draft.name)
            .map_err(|problem| Error::new(Kind::Usage, problem.to_string()))?;
        let failed = |error: std::io::Error| match error.kind() {
            ErrorKind::AlreadyExists => {
                let (name, file) = (quote::piece(draft.name), quote::path(&path));
                Error::new(Kind::Usage, say!(authority_exists, name, file))
                    .hint(say!(authority_exists_hint))
            }
            _ => {
                let file = quote::path(&path);
                Error::new(
                    Kind::Local,
                    say!(authority_not_written, file, error = io_reason(&error)),
                )
            }
        };
        self.put(&path, text.as_bytes(), replace).map_err(failed)?;
        Ok(path)
    }

    /// Removes the file of a record, even a broken one.
    ///
    /// # Errors
    /// [`Kind::Local`]: the file cannot be removed.
    pub fn remove(&self, file: &Path) -> Result<()> {
        fs::remove_file(file).map_err(|error| {
            let file = quote::path(file);
            Error::new(Kind::Local, say!(authority_not_removed, file, error = io_reason(&error)))
        })
    }

    fn put(&self, path: &Path, text: &[u8], replace: bool) -> std::io::Result<()> {
        private::create_directories(&self.directory)?;
        let existing = if replace { Existing::Replace } else { Existing::Keep };
        Replacement::write(path, text, Readers::Owner)?.put(path, existing)
    }

    /// The files in order of their names; files that editors leave behind are skipped.
    fn files(&self) -> std::io::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut files = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            if !name.starts_with('.') && name.ends_with(SUFFIX) {
                files.push(self.directory.join(&*name));
            }
            if files.len() > RECORDS_MAX {
                break;
            }
        }
        files.sort();
        Ok(files)
    }

    /// Reads a file that no other user can have written; the error is the reason, one line.
    fn text(&self, path: &Path) -> Result<Vec<u8>, String> {
        let failed = |error| say!(known_hosts_not_read_because, error = io_reason(&error));
        // Opening a named pipe would block.
        if !fs::metadata(path).map_err(failed)?.is_file() {
            return Err(say!(known_hosts_not_regular));
        }
        let file = File::open(path).map_err(failed)?;
        let facts = file.metadata().map_err(failed)?;
        if !private::is_written_only_by(&facts, self.user) {
            return Err(say!(authority_writable));
        }
        let mut text = Vec::new();
        file.take(FILE_MAX as u64 + 1).read_to_end(&mut text).map_err(failed)?;
        match text.len() > FILE_MAX {
            true => Err(say!(authority_too_large, limit = FILE_MAX)),
            false => Ok(text),
        }
    }
}

/// The text of a record; comments and formatting around the old values stay.
fn text(draft: &Draft<'_>, old: &str) -> String {
    let mut document = old.parse::<DocumentMut>().unwrap_or_default();
    let blob = draft.key.to_bytes().expect("a key in memory has an encoding");
    let comment = draft.key.comment().to_string();
    let key = format!("{} {} {comment}", draft.key.algorithm(), BASE64.encode(&blob));
    let RsaHashes { sha1, sha256, sha512 } = draft.hashes;
    let mut put = |name: &str, new: Item| {
        let mut new = new;
        if let (Some(old), Some(new)) =
            (document.get(name).and_then(Item::as_value), new.as_value_mut())
        {
            *new.decor_mut() = old.decor().clone();
        }
        document[name] = new;
    };
    put("name", value(draft.name));
    put("public_key", value(key.trim_end()));
    put("validity", value(draft.validity.as_str()));
    put("rsa_sha1", value(sha1));
    put("rsa_sha256", value(sha256));
    put("rsa_sha512", value(sha512));
    document.to_string()
}

/// The name escaped for a file name; each byte takes at most three.
fn escaped(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for (at, byte) in name.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || byte == b'_';
        match plain || (at > 0 && matches!(byte, b'.' | b'-')) {
            true => escaped.push(char::from(byte)),
            false => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}
