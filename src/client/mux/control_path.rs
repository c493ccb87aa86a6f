//! The master's socket in the file system. It is created under a temporary name and then linked to
//! its path, so that no client finds a socket that does not listen. The process that created it
//! removes it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use log::{debug, error};

use crate::error::{Error, Kind, Result, io_reason};
use crate::os::file::FileIdentity;
use crate::os::local::{self, LocalListener};
use crate::say;
use crate::text;

/// How many connections may wait to be accepted, as in ssh.
const BACKLOG: i32 = 64;
/// The umask while the socket is created: only the owner gets access.
const OWNER_ONLY: u32 = 0o177;
/// The number of random letters in the temporary name, as in ssh.
const RANDOM: usize = 16;

/// A master's socket at its path; dropping it removes the socket.
#[derive(Debug)]
pub struct ControlPath {
    path: PathBuf,
    /// The file's identity, so that a file created there later by another process is not removed.
    own: FileIdentity,
}

impl Drop for ControlPath {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|there| there == self.own) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Listens at this path; `None` if another socket or file exists there, which has been reported. A
/// socket that a dead master of the same user has left is replaced.
///
/// The socket cannot be created.
pub fn listen(path: &Path) -> Result<Option<(LocalListener, ControlPath)>> {
    debug!("setting up multiplex master socket");
    let failed = |why: &io::Error| cannot_bind(path, why);
    let temporary = temporary(path);
    let listener =
        LocalListener::bind(&temporary, OWNER_ONLY, BACKLOG).map_err(|why| failed(&why))?;
    let moved = fs::hard_link(&temporary, path).or_else(|why| {
        match why.kind() == io::ErrorKind::AlreadyExists && remove_stale(path) {
            true => fs::hard_link(&temporary, path),
            false => Err(why),
        }
    });
    let _ = fs::remove_file(&temporary);
    match moved {
        Ok(()) => {}
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {
            error!("{}", say!(mux_socket_exists, path = text::path(path)));
            return Ok(None);
        }
        Err(why) => return Err(failed(&why)),
    }
    let own = identity(path).map_err(|why| failed(&why))?;
    Ok(Some((listener, ControlPath { path: path.to_owned(), own })))
}

/// Removes the socket of a dead master; returns whether there was one. Only this user's own socket
/// is removed.
fn remove_stale(path: &Path) -> bool {
    let refused =
        || local::probe(path).is_err_and(|why| why.kind() == io::ErrorKind::ConnectionRefused);
    if !local::is_own(path) || !refused() {
        return false;
    }
    debug!("Stale control socket {}, unlinking", text::path(path));
    fs::remove_file(path).is_ok()
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(random_letters());
    PathBuf::from(name)
}

fn random_letters() -> String {
    use russh::keys::key::safe_rng;
    use russh::keys::ssh_key::rand_core::Rng;
    let mut bytes = [0; RANDOM];
    safe_rng().fill_bytes(&mut bytes);
    bytes.map(|byte| char::from(b'a' + byte % 26)).iter().collect()
}

fn identity(path: &Path) -> io::Result<FileIdentity> {
    fs::symlink_metadata(path).map(|there| FileIdentity::of(&there))
}

fn cannot_bind(path: &Path, why: &io::Error) -> Error {
    let path = text::path(path);
    match local::is_too_long(why) {
        true => Error::new(Kind::Local, say!(mux_path_too_long, path)),
        false => Error::new(Kind::Local, say!(mux_cannot_bind, path, why = io_reason(why))),
    }
    .hint(say!(mux_choose_another_path))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::os::local::LocalStream;

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[tokio::test]
    async fn the_socket_is_the_owners_alone_and_goes_with_its_master() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("socket");
        let (listener, place) = listen(&path).unwrap().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(names(dir.path()), ["socket"], "the other name is gone");
        LocalStream::connect(&path).await.unwrap();
        listener.accept().await.unwrap();
        drop(place);
        assert!(names(dir.path()).is_empty());
    }

    #[tokio::test]
    async fn a_master_that_listens_stays_and_one_that_is_gone_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("socket");
        let (listener, place) = listen(&path).unwrap().unwrap();
        assert!(listen(&path).unwrap().is_none());
        // Simulates a killed master: the socket file stays, and nobody listens.
        drop(listener);
        let (_listener, new) = listen(&path).unwrap().unwrap();
        drop(place);
        assert!(path.exists(), "the first one's end must not remove the second one's");
        drop(new);
        assert!(names(dir.path()).is_empty());
    }

    #[tokio::test]
    async fn what_is_no_socket_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        fs::write(&path, "kept").unwrap();
        assert!(listen(&path).unwrap().is_none());
        assert_eq!(fs::read_to_string(&path).unwrap(), "kept");
        let dangling = dir.path().join("link");
        std::os::unix::fs::symlink("nowhere", &dangling).unwrap();
        assert!(listen(&dangling).unwrap().is_none());
        assert_eq!(names(dir.path()).len(), 2);
    }

    #[tokio::test]
    async fn a_path_that_cannot_be_is_an_error() {
        let long = PathBuf::from(format!("/tmp/{}", "x".repeat(200)));
        for path in [Path::new("/nonexistent/socket"), &long] {
            let error = listen(path).unwrap_err();
            assert_eq!(error.kind(), Kind::Local, "{error}");
        }
    }
}
