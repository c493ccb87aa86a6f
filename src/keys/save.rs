//! Writes key files: each is complete or absent, never readable by others meanwhile, and replaces
//! another file only if asked to.
//!
//! `os::replace` puts a file into its place; `write` makes the text.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::file::quoted;
use crate::error::{Error, Kind, Result, link_reason};
use crate::os::link;
use crate::os::replace::Replacement;
use crate::say;

pub use crate::os::replace::{Existing, Readers};

/// Writes a new file.
///
/// # Errors
/// A file exists and must be kept, or nothing can be written there.
pub fn one(path: &Path, text: &str, readers: Readers, existing: Existing) -> Result<()> {
    let prepared = prepare(path, text, readers)?;
    put(prepared, path, existing)
}

/// Writes a private key and its public half: both or neither.
///
/// # Errors
/// Those of [`one`], for either file.
pub fn pair(private: (&Path, &str), public: (&Path, &str), existing: Existing) -> Result<()> {
    let prepared = prepare(private.0, private.1, Readers::Owner)?;
    let beside = prepare(public.0, public.1, Readers::All)?;
    if existing == Existing::Keep && fs::symlink_metadata(public.0).is_ok() {
        return Err(exists(public.0));
    }
    put(prepared, private.0, existing)?;
    put(beside, public.0, existing).inspect_err(|_| {
        if existing == Existing::Keep {
            // The private file was created a moment ago, so removing it loses nothing.
            let _ = fs::remove_file(private.0);
        }
    })
}

/// Replaces the text of an existing file, which keeps its mode and owner. A symbolic link stays,
/// and its target is replaced.
///
/// # Errors
/// The file or its directory cannot be written; the old text stays.
pub fn rewrite(path: &Path, text: &str) -> Result<()> {
    let target = link::follow(path).map_err(|fault| {
        let why = link_reason(&fault);
        Error::new(Kind::Local, say!(key_not_written, value = quoted(path), why))
            .hint_about_link(&fault)
    })?;
    let old = fs::metadata(&target).map_err(|error| failed(path, &error))?;
    let prepared = prepare(&target, text, Readers::Owner)?;
    prepared.keep_owner(&old).map_err(|error| failed(path, &error))?;
    put(prepared, &target, Existing::Replace)
}

/// The error that the file exists already.
pub fn exists(path: &Path) -> Error {
    Error::new(Kind::Local, say!(key_target_exists, value = quoted(path)))
        .hint(say!(key_target_exists_hint))
}

/// Writes the text to a temporary file in the target's directory.
fn prepare(path: &Path, text: &str, readers: Readers) -> Result<Replacement> {
    if path.is_dir() {
        return Err(Error::new(Kind::Local, say!(key_target_is_directory, value = quoted(path)))
            .hint(say!(key_target_is_directory_hint)));
    }
    Replacement::write(path, text.as_bytes(), readers).map_err(|error| failed(path, &error))
}

/// Renames the temporary file to its final name.
fn put(prepared: Replacement, path: &Path, existing: Existing) -> Result<()> {
    prepared.put(path, existing).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(path),
        _ => failed(path, &error),
    })
}

fn failed(path: &Path, error: &io::Error) -> Error {
    let why = match error.kind() {
        ErrorKind::NotFound => say!(os_no_such_file),
        ErrorKind::PermissionDenied => say!(os_permission_denied),
        ErrorKind::NotADirectory => say!(os_not_a_directory),
        _ => crate::error::io_reason(error),
    };
    Error::new(Kind::Local, say!(key_not_written, value = quoted(path), why)).hint_about(error)
}
