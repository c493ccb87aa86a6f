//! Where PuTTY keeps its settings on Unix, and the files there: one for each session or record.
//!
//! A line is `key=value`: split at the first `=` and cut at the first carriage return or line
//! feed. Lines without `=` are passed over, and the first of two lines with the same key counts.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::escape::{
    decoded_text, is_unix_canonical, unix_escaped, unix_file_names, unix_unescaped,
};
use super::file::{at_file, at_line, is_absent, read_file, unreadable};
use super::key::{NameCase, RegistryKey, RegistryPlace, RegistryValue};
use crate::error::{Error, Result};
use crate::os::user::UserId;
use crate::say;
use crate::text;

/// The largest file of a session or record, in bytes. One with every key of PuTTY has 8 000.
pub const MAX_SETTINGS: usize = 256 * 1024;
/// The most files in a folder, because the list is held in memory.
pub const MAX_FOLDER: usize = 100_000;
/// The most characters of a file name that a message shows.
const MAX_SHOWN: usize = 200;

/// The places that PuTTY uses on Unix, which need not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PuttyPlaces {
    /// The folder of saved sessions.
    pub sessions: PathBuf,
    /// The file of host keys.
    pub host_keys: PathBuf,
    /// The folder of host authorities.
    pub authorities: PathBuf,
}

impl PuttyPlaces {
    /// The places by these environment variables: `PUTTYDIR`, `XDG_CONFIG_HOME`, `PUTTYSESSIONS`,
    /// `PUTTYSSHHOSTKEYS`, `PUTTYSSHHOSTCAS`, and this home directory. `exists` tells whether there
    /// is a directory. `None` if neither a variable nor a home directory says where to look.
    pub fn find(
        variable: impl Fn(&str) -> Option<OsString>,
        home: Option<&Path>,
        exists: impl Fn(&Path) -> bool,
    ) -> Option<PuttyPlaces> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let folder = variable("PUTTYDIR").map(PathBuf::from).or_else(|| {
            let config = variable("XDG_CONFIG_HOME").map(PathBuf::from);
            let config = config.or_else(|| home.map(|home| home.join(".config")));
            let config = config.map(|config| config.join("putty")).filter(|it| exists(it));
            config.or_else(|| home.map(|home| home.join(".putty")))
        });
        let part = |name: &str, file: &str| {
            let own = variable(name).map(PathBuf::from);
            own.or_else(|| folder.as_ref().map(|folder| folder.join(file)))
        };
        Some(PuttyPlaces {
            sessions: part("PUTTYSESSIONS", "sessions")?,
            host_keys: part("PUTTYSSHHOSTKEYS", "sshhostkeys")?,
            authorities: part("PUTTYSSHHOSTCAS", "sshhostcas")?,
        })
    }

    /// The places within one folder.
    pub fn within(folder: &Path) -> PuttyPlaces {
        PuttyPlaces {
            sessions: folder.join("sessions"),
            host_keys: folder.join("sshhostkeys"),
            authorities: folder.join("sshhostcas"),
        }
    }
}

/// A folder of sessions or of host authorities.
#[derive(Clone, Debug)]
pub struct PuttyFolder {
    directory: PathBuf,
    user: UserId,
}

impl PuttyFolder {
    /// The folder at this path, which need not exist. Files that others than this user can write
    /// are refused.
    pub fn new(directory: PathBuf, user: UserId) -> PuttyFolder {
        PuttyFolder { directory, user }
    }

    /// The path of the folder.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The decoded names of all files, sorted, without reading the files. A file that PuTTY itself
    /// would not find under its name is listed with its error.
    ///
    /// # Errors
    /// [`Kind::Local`](crate::error::Kind::Local): the folder cannot be read;
    /// [`Kind::Config`](crate::error::Kind::Config): it has more than [`MAX_FOLDER`] files.
    pub fn names(&self) -> Result<Vec<(String, Result<()>)>> {
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&self.directory, &error)),
        };
        let mut all = Vec::new();
        for entry in entries {
            let file = entry.map_err(|error| unreadable(&self.directory, &error))?.file_name();
            if all.len() == MAX_FOLDER {
                return Err(at_file(
                    &self.directory,
                    &say!(session_store_too_large, limit = MAX_FOLDER),
                ));
            }
            let file = file.as_encoded_bytes();
            let name = unix_unescaped(file);
            let fault = (!is_unix_canonical(file)).then(|| self.misnamed(file, &name));
            all.push((name, fault.map_or(Ok(()), Err)));
        }
        all.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(all)
    }

    /// Reads the file of this name; `None` if there is none.
    ///
    /// # Errors
    /// Those of [`read_file`] and [`parse_settings`].
    pub fn open(&self, name: &str) -> Result<Option<RegistryKey>> {
        for file in unix_file_names(name) {
            let path = self.directory.join(file);
            if let Some(bytes) = read_file(&path, MAX_SETTINGS, self.user)? {
                return parse_settings(name, &path, &bytes).map(Some);
            }
        }
        Ok(None)
    }

    /// The path of the file of this name, if there is one, readable or not.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        if name.is_empty() || matches!(name, "." | "..") {
            return None;
        }
        let mut paths = unix_file_names(name).into_iter().map(|file| self.directory.join(file));
        paths.find(|path| fs::symlink_metadata(path).is_ok())
    }

    fn misnamed(&self, file: &[u8], name: &str) -> Error {
        let wanted = text::line(&unix_escaped(name), MAX_SHOWN);
        let path = self.directory.join(text::line_bytes(file, MAX_SHOWN));
        at_file(&path, &say!(registry_file_misnamed)).hint(say!(registry_file_rename, wanted))
    }
}

/// Parses the file of a session or record.
///
/// # Errors
/// [`Kind::Config`](crate::error::Kind::Config), with the line: a NUL character, or text after a
/// carriage return, which PuTTY does not see.
pub fn parse_settings(name: &str, file: &Path, bytes: &[u8]) -> Result<RegistryKey> {
    let place = RegistryPlace { file: file.to_owned(), line: 1 };
    let mut key = RegistryKey::new(name, place, NameCase::Sensitive);
    for (at, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        if line.contains(&0) {
            return Err(at_line(file, at + 1, &say!(registry_control_character)));
        }
        let end = line.iter().position(|&byte| byte == b'\r').unwrap_or(line.len());
        if line[end..].iter().any(|byte| !byte.is_ascii_whitespace()) {
            let fault = at_line(file, at + 1, &say!(registry_carriage_return));
            return Err(fault.hint(say!(registry_carriage_return_hint)));
        }
        let line = &line[..end];
        let Some(equals) = line.iter().position(|&byte| byte == b'=') else { continue };
        let value = Zeroizing::new(decoded_text(&line[equals + 1..]));
        key.add(&decoded_text(&line[..equals]), RegistryValue::Text(value));
    }
    Ok(key)
}
