//! What the verbs of saved sessions have in common: files that are named in words, and lines about
//! what was not done.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::cli::log;
use crate::error::{Error, Kind, Result};
use crate::say;

/// The file or folder that a word names.
///
/// # Errors
/// The word is empty.
pub(super) fn named_path(word: &OsStr) -> Result<PathBuf> {
    match word.is_empty() {
        true => Err(Error::new(Kind::Usage, say!(import_export_no_name))),
        false => Ok(PathBuf::from(word)),
    }
}

/// Says what was not done, or not as it was.
pub(super) fn note(note: &str) {
    log::write(&format!("tessh: {note}"));
}
