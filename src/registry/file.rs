//! Reading a file that another program keeps: bounded, and only if no other user can write it.

use std::fs::{self, Metadata};
use std::io::{ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::{Error, Kind, Result, io_reason};
use crate::os::file::open_without_waiting;
use crate::os::private;
use crate::os::user::UserId;
use crate::say;
use crate::text;

/// The largest file of regedit or WinSCP, in bytes: a whole registry of sessions and host keys is a
/// few hundred thousand.
pub const MAX_EXPORT: usize = 16 << 20;

/// Reads a file of at most `limit` bytes, which are wiped when dropped, because they may hold a
/// password. `None` if there is no such file.
///
/// # Errors
/// [`Kind::Config`] for a file that another user can write, because it can name a command to run,
/// or that is larger; [`Kind::Local`] if it cannot be read or is no regular file.
pub fn read_file(path: &Path, limit: usize, user: UserId) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let facts = match fs::metadata(path) {
        Ok(facts) => facts,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(unreadable(path, &error)),
    };
    check(path, &facts, user)?;
    // The buffer has its final size at once, so that no copy of a part stays behind.
    let room = usize::try_from(facts.len()).unwrap_or(limit).min(limit);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room + 1));
    let file = open_without_waiting(path).map_err(|error| unreadable(path, &error))?;
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    match bytes.len() > limit {
        true => Err(at_file(path, &say!(file_too_large, limit))),
        false => Ok(Some(bytes)),
    }
}

/// An error about a file as a whole.
pub(super) fn at_file(path: &Path, what: &str) -> Error {
    Error::new(Kind::Config, format!("{}: {what}", text::path(path)))
}

/// An error about a line of a file.
pub(super) fn at_line(path: &Path, line: usize, what: &str) -> Error {
    Error::new(Kind::Config, say!(session_line_fault, value = text::path(path), line, what))
}

/// An error of the system's about a file or directory that cannot be read.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let reason = io_reason(error);
    Error::new(Kind::Local, format!("{} {}: {reason}", text::path(path), say!(file_not_read)))
}

/// Whether the system says that there is no such file.
pub(super) fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn check(path: &Path, facts: &Metadata, user: UserId) -> Result<()> {
    if !facts.is_file() {
        let cause = format!("{}: {}", text::path(path), say!(file_not_regular));
        return Err(Error::new(Kind::Local, cause));
    }
    if !private::is_written_only_by(facts, user) {
        let cause = say!(config_file_permissions, value = text::path(path));
        return Err(Error::new(Kind::Config, cause).hint(say!(config_file_permissions_hint)));
    }
    Ok(())
}
