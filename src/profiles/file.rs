//! Files that must not be lost: private to the user, replaced whole, changed under a lock.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::error::{Error, Kind, Result, io_reason};
use crate::os::private;
use crate::os::replace::{DraftFile, Existing, Readers, Replacement};
use crate::say;
use crate::text;

/// How long to wait for the lock. A writer holds it for milliseconds, so by then its holder is
/// stuck.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);
/// The pause before the lock is tried again.
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// The error of a file that is listed in its directory and cannot be opened, because it is a link to
/// nothing or has gone.
pub fn leads_nowhere(path: &Path) -> Error {
    let path = text::path(path);
    Error::new(Kind::Local, format!("{path}: {}", say!(session_link_dangling)))
}

/// Creates a directory that only its owner can access, unless it exists.
pub fn make(path: &Path) -> Result<()> {
    private::create_directories(path).map_err(|error| {
        let fault = failed(path, &say!(file_not_created), &error);
        let known = fault.next_step().is_some();
        if known { fault } else { fault.hint(say!(file_not_created_hint)) }
    })
}

/// Locks a directory until the returned file is dropped. Some file systems, such as NFS, cannot
/// lock a directory; there, two processes that save at the same time may overwrite each other's
/// changes.
pub fn lock(path: &Path) -> Result<File> {
    let directory =
        File::open(path).map_err(|error| failed(path, &say!(file_not_locked), &error))?;
    let deadline = Instant::now() + LOCK_PATIENCE;
    loop {
        match directory.try_lock() {
            Ok(()) => return Ok(directory),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                std::thread::sleep(LOCK_PAUSE);
            }
            Err(TryLockError::WouldBlock) => {
                let seconds = LOCK_PATIENCE.as_secs();
                let what = say!(file_locked, seconds);
                return Err(local(path, &what));
            }
            Err(TryLockError::Error(_)) => return Ok(directory),
        }
    }
}

/// Replaces the file's content. If the path is a symbolic link, the link stays and its target is
/// replaced.
pub fn replace(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let target = target(path)?;
    Replacement::write(&target, text, Readers::Owner)?.put(&target, Existing::Replace)
}

/// Does what [`replace`] does, but for what [`DraftFile::put_all`] does for many.
pub fn draft(path: &Path, text: &[u8]) -> std::io::Result<DraftFile> {
    DraftFile::write(&target(path)?, text, Readers::Owner)
}

fn target(path: &Path) -> std::io::Result<PathBuf> {
    let is_link = fs::symlink_metadata(path).is_ok_and(|facts| facts.is_symlink());
    if is_link { fs::canonicalize(path) } else { Ok(path.to_owned()) }
}

/// Reads a file that this program writes, up to a limit; none is an empty one.
pub fn read_whole(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let unreadable = |error: std::io::Error| failed(path, &say!(file_not_read), &error);
    match fs::metadata(path) {
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
        // Opening a named pipe would block until a process writes to it.
        Ok(facts) if !facts.is_file() => return Err(local(path, &say!(file_not_regular))),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

pub fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

pub fn local(path: &Path, what: &str) -> Error {
    Error::new(Kind::Local, format!("{}: {what}", text::path(path)))
}

pub fn failed(path: &Path, what: &str, error: &std::io::Error) -> Error {
    let reason = io_reason(error);
    Error::new(Kind::Local, format!("{} {what}: {reason}", text::path(path))).hint_about(error)
}
