//! Reading a file that regedit or WinSCP has written, whichever of the two it is.

use std::path::Path;

use super::file::{MAX_EXPORT, read_file};
use super::ini_file::parse_ini;
use super::reg_file::parse_reg;
use super::tree::RegistryTree;
use crate::error::Result;
use crate::os::user::UserId;

/// Reads the file at this path; `None` if there is none. What begins with a `[` or a comment is
/// `WinSCP.ini`; anything else has to be regedit's.
///
/// # Errors
/// Those of [`read_file`] and [`parse_reg`].
pub fn read_tree(path: &Path, user: UserId) -> Result<Option<RegistryTree>> {
    match read_file(path, MAX_EXPORT, user)? {
        Some(bytes) => parse_tree(path, &bytes).map(Some),
        None => Ok(None),
    }
}

/// Whether the bytes are of a file that regedit or WinSCP has written, and not of PuTTY's own files
/// on Unix.
pub fn is_export(bytes: &[u8]) -> bool {
    const UTF_16: &[u8] = b"\xff\xfe";
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let starts: [&[u8]; 4] = [b"[", b";", b"REGEDIT", b"Windows Registry Editor"];
    bytes.starts_with(UTF_16) || starts.iter().any(|start| text.starts_with(start))
}

/// Parses the bytes of the file at this path, as [`read_tree`] does.
///
/// # Errors
/// Those of [`parse_reg`].
pub fn parse_tree(path: &Path, bytes: &[u8]) -> Result<RegistryTree> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match text.first() {
        Some(b'[' | b';') => Ok(parse_ini(path, bytes)),
        _ => parse_reg(path, bytes),
    }
}
