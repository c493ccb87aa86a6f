//! From the places that were typed to jobs: patterns are expanded, and each source gets the exact
//! name of its copy, as by cp(1): within a directory that is there, or under the name given.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result, io_reason};
use crate::os::words as os_words;
use crate::say;
use crate::sftp::{
    Attributes, Extension, FileType, Sftp, SftpFailure, SftpFault, TransferJob, join, target_name,
};

use super::glob;
use super::place::shown;
use super::words::usage;

/// The mode of a directory that is made, as far as the server's umask lets it be.
const DIRECTORY_MODE: u32 = 0o777;

/// The jobs of `get`: these places on the server, to this one here.
///
/// # Errors
/// Nothing matches a pattern, or the local place cannot hold what is to come.
pub(super) async fn get(sftp: &Sftp, words: &[Vec<u8>], local: &OsStr) -> Result<Vec<TransferJob>> {
    let mut sources = Vec::new();
    for word in words {
        sources.extend(glob::remote(sftp, &in_home(sftp, word).await?).await?);
    }
    if !goes_into_directory(local, sources.len())? {
        let from = named_path(sources.pop().unwrap_or_default());
        return Ok(vec![TransferJob::Get { from, to: without_slashes(local).into() }]);
    }
    let mut names = DistinctNames::default();
    let mut jobs = Vec::new();
    for source in sources {
        let from = named_path(source);
        let real = match target_name(&from) {
            Ok(_) => from.clone(),
            // `.` and `..` have a name of their own.
            Err(_) => {
                let real = sftp.real_path(&from).await.map_err(SftpFailure::into_error)?;
                check_chosen(&real)?;
                real
            }
        };
        let to = match target_name(&real) {
            Ok(name) => {
                names.add(name)?;
                Path::new(local).join(os_words::from_bytes(name))
            }
            // All that is in `/`, which is an account's own place on many servers.
            Err(_) => without_slashes(local).into(),
        };
        jobs.push(TransferJob::Get { from, to });
    }
    Ok(jobs)
}

/// Refuses a path that the server has chosen, if its name is one of a place for settings, such as
/// `.ssh`.
fn check_chosen(real: &[u8]) -> Result<()> {
    match target_name(real).is_ok_and(|name| name.starts_with(b".")) {
        false => Ok(()),
        true => Err(Error::new(Kind::Channel, say!(files_name_hidden, word = shown(real)))
            .hint(say!(files_name_hidden_hint))),
    }
}

/// Whether copies go into the local place as a directory. One that is named with a slash at its end
/// is made.
fn goes_into_directory(local: &OsStr, sources: usize) -> Result<bool> {
    let place = Path::new(local);
    if place.is_dir() {
        return Ok(true);
    }
    let word = || shown(local.as_encoded_bytes());
    if local.as_encoded_bytes().ends_with(b"/") {
        std::fs::create_dir_all(place).map_err(|error| {
            let reason = io_reason(&error);
            Error::new(Kind::Local, say!(files_directory_not_made, word = word(), reason))
        })?;
        return Ok(true);
    }
    match sources {
        0 | 1 => Ok(false),
        _ => Err(usage(say!(files_not_a_directory, word = word()))
            .hint(say!(files_not_a_directory_hint, word = word()))),
    }
}

/// The jobs of `put`: these places here, to this one on the server.
///
/// # Errors
/// Nothing matches a pattern, or the place on the server cannot hold what is to come.
pub(super) async fn put(sftp: &Sftp, words: &[OsString], to: &[u8]) -> Result<Vec<TransferJob>> {
    let mut sources = Vec::new();
    for word in words {
        sources.extend(glob::local(word)?);
    }
    let to = in_home(sftp, to).await?;
    if !goes_into_remote_directory(sftp, &to, sources.len()).await? {
        let from = PathBuf::from(sources.pop().unwrap_or_default());
        let mut to = to;
        while to.len() > 1 && to.ends_with(b"/") {
            to.pop();
        }
        return Ok(vec![TransferJob::Put { from, to }]);
    }
    let mut names = DistinctNames::default();
    let mut jobs = Vec::new();
    for source in sources {
        let name = match target_name(source.as_encoded_bytes()) {
            Ok(name) => name.to_vec(),
            Err(error) => {
                let real = std::fs::canonicalize(&source).map_err(|_| error)?;
                target_name(real.as_os_str().as_encoded_bytes())?.to_vec()
            }
        };
        names.add(&name)?;
        jobs.push(TransferJob::Put { from: source.into(), to: join(&to, &name) });
    }
    Ok(jobs)
}

/// Whether copies go into the place on the server as a directory. One that is named with a slash at
/// its end is made.
async fn goes_into_remote_directory(sftp: &Sftp, to: &[u8], sources: usize) -> Result<bool> {
    if to.is_empty() {
        return Ok(true);
    }
    let there = match sftp.stat(to).await {
        Ok(there) => Some(there.file_type()),
        Err(failure) if failure.fault() == SftpFault::ConnectionLost => {
            return Err(failure.into_error());
        }
        Err(_) => None,
    };
    match there {
        Some(FileType::Directory) => Ok(true),
        None if to.ends_with(b"/") => make_directories(sftp, to).await.map(|()| true),
        _ if sources > 1 || to.ends_with(b"/") => {
            let word = shown(to);
            let hint = say!(files_not_a_directory_hint, word);
            Err(usage(say!(files_not_a_directory, word)).hint(hint))
        }
        _ => Ok(false),
    }
}

/// Makes a directory on the server, and those that it is in.
async fn make_directories(sftp: &Sftp, path: &[u8]) -> Result<()> {
    let mode = Attributes { permissions: Some(DIRECTORY_MODE), ..Attributes::default() };
    let slashes = path.iter().enumerate().filter(|(at, byte)| **byte == b'/' && *at > 0);
    let steps: Vec<&[u8]> = slashes.map(|(at, _)| &path[..at]).collect();
    let asked: Vec<_> = steps.iter().map(|step| sftp.make_directory(step, &mode)).collect();
    let mut last = Ok(());
    for answer in asked {
        // All but the last may be there already.
        last = answer.await;
    }
    last.map_err(SftpFailure::into_error)
}

/// The path with `~user` expanded, if the server can do that; what a backslash follows stays.
async fn in_home(sftp: &Sftp, path: &[u8]) -> Result<Vec<u8>> {
    if !path.starts_with(b"~") || !sftp.extensions().has(Extension::ExpandPath) {
        return Ok(path.to_vec());
    }
    let end = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
    let (user, rest) = path.split_at(end);
    match sftp.expand_path(user).await {
        Ok(home) => Ok([&home, rest].concat()),
        // No such user: a file of that name, then.
        Err(failure) if failure.fault() != SftpFault::ConnectionLost => Ok(path.to_vec()),
        Err(failure) => Err(failure.into_error()),
    }
}

/// The directory on the server that a place names.
///
/// # Errors
/// The connection is lost.
pub(super) async fn directory_named(sftp: &Sftp, path: &[u8]) -> Result<Vec<u8>> {
    let mut path = in_home(sftp, path).await?;
    while path.len() > 1 && path.ends_with(b"/") {
        path.pop();
    }
    Ok(named_path(path))
}

/// The path as the server takes it: the home directory is `.`.
fn named_path(path: Vec<u8>) -> Vec<u8> {
    if path.is_empty() { b".".to_vec() } else { path }
}

pub(super) fn without_slashes(word: &OsStr) -> OsString {
    let bytes = word.as_encoded_bytes();
    let end = bytes.iter().rposition(|byte| *byte != b'/').map_or(bytes.len(), |at| at + 1);
    os_words::from_bytes(&bytes[..end])
}

/// The names that copies get in one directory.
#[derive(Default)]
struct DistinctNames(HashSet<Vec<u8>>);

impl DistinctNames {
    /// Two sources would otherwise become one copy.
    fn add(&mut self, name: &[u8]) -> Result<()> {
        match self.0.insert(name.to_vec()) {
            true => Ok(()),
            false => {
                Err(usage(say!(files_same_name, name = shown(name)))
                    .hint(say!(files_same_name_hint)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_copies_go_into_a_directory_and_one_may_get_a_name() {
        let place = tempfile::tempdir().unwrap();
        let word = |name: &str| place.path().join(name).into_os_string();
        assert!(goes_into_directory(place.path().as_os_str(), 1).unwrap());
        assert!(!goes_into_directory(&word("new"), 1).unwrap());
        assert!(goes_into_directory(&word("new"), 2).is_err());
        let mut made = word("a/b");
        made.push("/");
        assert!(goes_into_directory(&made, 2).unwrap());
        assert!(place.path().join("a/b").is_dir());
        std::fs::write(word("file"), "").unwrap();
        assert!(!goes_into_directory(&word("file"), 1).unwrap());
        assert_eq!(without_slashes(OsStr::new("x//")), "x");
        assert_eq!(without_slashes(OsStr::new("/")), "/");
    }

    #[test]
    fn a_server_does_not_choose_a_hidden_name() {
        assert!(check_chosen(b"/home/anna").is_ok());
        assert!(check_chosen(b"/").is_ok());
        let refusal = check_chosen(b"/x/.ssh").unwrap_err().to_string();
        assert!(
            refusal.contains("/x/.ssh") && refusal.contains("; name the directory"),
            "{refusal}"
        );
    }

    #[test]
    fn two_sources_never_become_one_copy() {
        let mut names = DistinctNames::default();
        names.add(b"a").unwrap();
        names.add(b"b").unwrap();
        assert!(names.add(b"a").is_err());
    }
}
