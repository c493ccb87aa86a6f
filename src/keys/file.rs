//! Reads a key file: bounded, and with ssh(1)'s check of who else may read it.
//!
//! `key_file` decides what the bytes mean.

use std::io::ErrorKind;
use std::path::Path;

use zeroize::Zeroizing;

use super::refusal::fault;
use crate::error::Result;
use crate::os::file::open_without_waiting;
use crate::os::{piped, private};
use crate::say;
use crate::text;

/// The largest key file read, in bytes. The largest real ones, RSA keys of 16384 bits with a
/// certificate, are under 30 KB; OpenSSH's limit is 1 MiB, too.
pub(super) const MAX_FILE: u64 = 1024 * 1024;

/// The most characters of a path that an error shows: the longest path of Linux.
const MAX_PATH: usize = 4_096;

/// A key file in memory.
pub(super) struct LoadedFile {
    /// The whole content.
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// Its permissions, if the file belongs to this user and others can read or write it.
    exposed: Option<String>,
}

impl LoadedFile {
    /// Reads the whole file.
    pub(super) fn read(path: &Path) -> Result<LoadedFile> {
        let name = quoted(path);
        let failed = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => {
                fault(say!(key_file_missing, name)).hint(say!(key_file_missing_hint))
            }
            _ => fault(say!(key_file_unreadable, name, error = crate::error::io_reason(&error)))
                .hint(say!(key_file_other_hint)),
        };
        let file = open_without_waiting(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(fault(say!(key_file_is_directory, name)).hint(say!(key_file_other_hint)));
        }
        // Reserve the whole size at once: a growing buffer leaves copies of the key in memory.
        let size = if metadata.is_file() { metadata.len() } else { MAX_FILE };
        let room = size.min(MAX_FILE) as usize + 1;
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        piped::read(&file, MAX_FILE as usize + 1, &mut bytes).map_err(failed)?;
        if bytes.is_empty() {
            return Err(fault(say!(key_file_empty, name)).hint(say!(key_file_other_hint)));
        }
        if bytes.len() as u64 > MAX_FILE {
            return Err(fault(say!(key_file_too_large, name)).hint(say!(key_file_other_hint)));
        }
        Ok(LoadedFile { bytes, exposed: private::exposed(&metadata) })
    }

    /// Refuses a private key of this user's that others may read, because the user can change that.
    pub(super) fn check_private(&self, path: &Path) -> Result<()> {
        let Some(mode) = &self.exposed else { return Ok(()) };
        let name = quoted(path);
        Err(fault(say!(key_file_permissions, mode, name))
            .hint(say!(key_file_permissions_hint, name)))
    }
}

/// The path, sanitised and shortened for a message.
pub(super) fn quoted(path: &Path) -> String {
    format!("'{}'", text::name(path.as_os_str().as_encoded_bytes(), MAX_PATH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_whose_name_has_a_line_break_is_not_shown_as_another_one() {
        assert_eq!(quoted(Path::new("id\nrsa\t")), r"'id\x0arsa\x09'");
    }
}
