//! Key files on disk: whole or not at all, never readable by others on the way, and never in
//! the place of another file unless that is asked for.
//!
//! The text goes into a new file beside the target, created 0600 before the first byte, to
//! disk, and into place with one system call. What the text is, is decided in `write`.

use std::fs::{self, File, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::file::quoted;
use crate::error::{Error, Kind, Result};
use crate::say;

/// Of private keys.
const PRIVATE: u32 = 0o600;

/// Of public keys, less what the umask takes away.
const PUBLIC: u32 = 0o644;

/// Who may read a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Only the owner: private keys.
    Owner,
    /// Everyone: public keys.
    All,
}

/// Whether another file may be in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and that is an error.
    Keep,
    /// Somebody said that it may go.
    Replace,
}

/// Writes a new file.
///
/// # Errors
/// There is a file already and it is to be kept, or nothing can be written there.
pub fn one(path: &Path, text: &str, readers: Readers, existing: Existing) -> Result<()> {
    let prepared = prepare(path, text, readers)?;
    put(prepared, path, existing)
}

/// Writes a private key and its public half: both or neither.
///
/// # Errors
/// As [`one`]'s.
pub fn pair(private: (&Path, &str), public: (&Path, &str), existing: Existing) -> Result<()> {
    let prepared = prepare(private.0, private.1, Readers::Owner)?;
    let beside = prepare(public.0, public.1, Readers::All)?;
    if existing == Existing::Keep && fs::symlink_metadata(public.0).is_ok() {
        return Err(exists(public.0));
    }
    put(prepared, private.0, existing)?;
    put(beside, public.0, existing).inspect_err(|_| {
        if existing == Existing::Keep {
            // It was made a moment ago, so nothing is lost with it.
            let _ = fs::remove_file(private.0);
        }
    })
}

/// Puts new text into an existing file, which keeps its mode and owner; a symbolic link stays,
/// and what it leads to is changed.
///
/// # Errors
/// The file or its directory cannot be written; the old text is then still there.
pub fn rewrite(path: &Path, text: &str) -> Result<()> {
    let target = fs::canonicalize(path).map_err(|error| failed(path, &error))?;
    let old = fs::metadata(&target).map_err(|error| failed(path, &error))?;
    let prepared = prepare(&target, text, Readers::Owner)?;
    let file = prepared.as_file();
    let keep = || -> std::io::Result<()> {
        let new = file.metadata()?;
        if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
            fchown(file, Some(old.uid()), Some(old.gid()))?;
        }
        file.set_permissions(Permissions::from_mode(old.mode() & 0o7777))
    };
    keep().map_err(|error| failed(path, &error))?;
    put(prepared, &target, Existing::Replace)
}

/// Says that there is a file already.
pub fn exists(path: &Path) -> Error {
    Error::new(Kind::Local, say!(key_target_exists, value = quoted(path)))
        .hint(say!(key_target_exists_hint))
}

/// The text in a file of its own in the target's directory.
fn prepare(path: &Path, text: &str, readers: Readers) -> Result<NamedTempFile> {
    if path.is_dir() {
        return Err(Error::new(Kind::Local, say!(key_target_is_directory, value = quoted(path)))
            .hint(say!(key_target_is_directory_hint)));
    }
    let mode = match readers {
        Readers::Owner => PRIVATE,
        Readers::All => PUBLIC,
    };
    let written = || -> std::io::Result<NamedTempFile> {
        let mut file = tempfile::Builder::new()
            .prefix(".tessh-")
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(directory_of(path))?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    written().map_err(|error| failed(path, &error))
}

/// Gives the file its name.
fn put(file: NamedTempFile, path: &Path, existing: Existing) -> Result<()> {
    let placed = match existing {
        Existing::Keep => file.persist_noclobber(path),
        Existing::Replace => file.persist(path),
    };
    match placed {
        Ok(_) => {
            // That the name lasts as well; the file is there, whether or not this works.
            let _ = File::open(directory_of(path)).and_then(|directory| directory.sync_all());
            Ok(())
        }
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Err(exists(path)),
        Err(error) => Err(failed(path, &error.error)),
    }
}

fn directory_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    // The crate names its temporary file, which tells nobody anything.
    let why = match error.kind() {
        ErrorKind::NotFound => say!(os_no_such_file),
        ErrorKind::PermissionDenied => say!(os_permission_denied),
        ErrorKind::NotADirectory => say!(os_not_a_directory),
        _ => crate::error::told(error),
    };
    Error::new(Kind::Local, say!(key_not_written, value = quoted(path), why))
}
