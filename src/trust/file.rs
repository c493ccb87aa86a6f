//! Reads a known_hosts file, or one in a similar format, within bounds.

use std::io::ErrorKind;
use std::path::Path;

use crate::error::io_reason;
use crate::os::file::open_without_waiting;
use crate::os::piped;
use crate::say;

/// The largest file read, which bounds memory. Real files are far smaller (a line has some 100 to
/// 700 bytes).
pub(super) const FILE_MAX: usize = 64 << 20;

/// The longest line used. Real lines are far shorter (a 16384-bit RSA key has 2.8 kB of base64).
pub(super) const LINE_MAX: usize = 64 << 10;

/// Reads the whole file; `None` if it does not exist. The error is the reason, one line.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    read_up_to(path, FILE_MAX)
}

/// Does what [`read`] does for a file of at most `limit` bytes.
pub(super) fn read_up_to(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, String> {
    let unreadable =
        |error: std::io::Error| say!(known_hosts_not_read_because, error = io_reason(&error));
    let file = match open_without_waiting(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(say!(known_hosts_is_directory));
    }
    let text = piped::read_once(path, &file, limit + 1).map_err(unreadable)?;
    if text.len() > limit {
        return Err(say!(known_hosts_too_large, limit = limit >> 20));
    }
    Ok(Some(text))
}
