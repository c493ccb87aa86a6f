//! Patterns of names: on the server as they were typed, here where the shell has not expanded them. A
//! file that has the very name that was typed is meant before any that match. A wildcard does not
//! match a leading dot, as in a shell.

use std::ffi::OsString;
use std::path::Path;

use crate::error::{Error, Kind, Result};
use crate::os::words;
use crate::pattern::Glob;
use crate::say;
use crate::sftp::{Sftp, SftpFailure, SftpFault};

use super::place::shown;

/// The most names that one pattern may give: more are a mistake, and take memory.
const MAX_MATCHES: usize = 1_000_000;
/// The most bytes of the paths that one pattern may give.
const MAX_BYTES: usize = 256 << 20;

/// The paths on the server that a pattern means, sorted; a pattern without wildcards means one path,
/// which need not exist.
///
/// # Errors
/// Nothing matches, or a directory cannot be read.
pub(super) async fn remote(sftp: &Sftp, word: &[u8]) -> Result<Vec<Vec<u8>>> {
    let is_plain = !word.iter().any(|byte| SPECIAL.contains(byte));
    if is_plain || existing(sftp, vec![word.to_vec()]).await?.len() == 1 {
        return Ok(vec![word.to_vec()]);
    }
    if let Some(path) = Glob::new(word).literal() {
        return Ok(vec![path]);
    }
    let (mut found, mut is_checked) = (vec![Vec::new()], true);
    let mut parts = word.split(|byte| *byte == b'/').peekable();
    while let Some(part) = parts.next() {
        let has_more = parts.peek().is_some();
        let part = Glob::new(part);
        is_checked = part.literal().is_none();
        found = match part.literal() {
            Some(name) => found.into_iter().map(|path| [&path[..], &name].concat()).collect(),
            None => matching(sftp, found, &part, word).await?,
        };
        if has_more {
            found.iter_mut().for_each(|path| path.push(b'/'));
        }
    }
    if !is_checked {
        found = existing(sftp, found).await?;
    }
    if found.is_empty() {
        return Err(no_match(word));
    }
    found.sort();
    Ok(found)
}

/// The bytes that make a word a pattern.
const SPECIAL: &[u8] = b"*?[\\";

/// The names in these directories that match one part of a pattern.
async fn matching(
    sftp: &Sftp,
    directories: Vec<Vec<u8>>,
    part: &Glob,
    word: &[u8],
) -> Result<Vec<Vec<u8>>> {
    let (mut found, mut bytes) = (Vec::new(), 0);
    for directory in directories {
        let place = if directory.is_empty() { b"." } else { &directory[..] };
        let mut open = match sftp.open_directory(place).await {
            Ok(open) => open,
            // It is no directory, or one that nobody may look into, among several.
            Err(failure) if is_passed_over(&failure) => continue,
            Err(failure) => return Err(failure.into_error()),
        };
        while let Some(entries) = open.next().await.map_err(SftpFailure::into_error)? {
            for entry in entries {
                if is_name(&entry.name) && fits(part, &entry.name) {
                    let path = [&directory[..], &entry.name].concat();
                    bytes += path.len();
                    found.push(path);
                }
            }
            if bytes > MAX_BYTES {
                let cause = say!(sftp_names_too_long, most = MAX_BYTES);
                let told = say!(sftp_about, file = shown(word), cause);
                return Err(Error::new(Kind::Local, told));
            }
            if found.len() > MAX_MATCHES {
                return Err(too_many(word));
            }
        }
    }
    Ok(found)
}

/// The paths that are there.
async fn existing(sftp: &Sftp, paths: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>> {
    let asked: Vec<_> = paths.iter().map(|path| sftp.lstat(path)).collect();
    let mut found = Vec::new();
    for (path, asked) in paths.into_iter().zip(asked) {
        match asked.await {
            Ok(_) => found.push(path),
            Err(failure) if is_passed_over(&failure) => {}
            Err(failure) => return Err(failure.into_error()),
        }
    }
    Ok(found)
}

fn is_passed_over(failure: &SftpFailure) -> bool {
    !matches!(failure.fault(), SftpFault::ConnectionLost)
}

/// Whether a name that the server has sent is one: it must not lead elsewhere.
fn is_name(name: &[u8]) -> bool {
    !matches!(name, b"" | b"." | b"..") && !name.contains(&b'/') && !name.contains(&0)
}

/// Whether a name matches one part of a pattern.
fn fits(part: &Glob, name: &[u8]) -> bool {
    let hidden = name.starts_with(b".") && !part.names_hidden();
    !hidden && part.matches(name)
}

/// The local paths that a word means: itself if it is there, else what matches it, sorted; itself if
/// it has no wildcards.
///
/// # Errors
/// Nothing matches.
pub(super) fn local(word: &OsString) -> Result<Vec<OsString>> {
    let bytes = word.as_encoded_bytes();
    let is_plain = !bytes.iter().any(|byte| matches!(byte, b'*' | b'?' | b'['));
    if is_plain || Path::new(word).symlink_metadata().is_ok() {
        return Ok(vec![word.clone()]);
    }
    let mut found = vec![Vec::new()];
    let mut parts = bytes.split(|byte| *byte == b'/').peekable();
    while let Some(part) = parts.next() {
        let has_more = parts.peek().is_some();
        let part = Glob::new(part);
        found = match part.literal() {
            Some(name) => found.into_iter().map(|path| [&path[..], &name].concat()).collect(),
            None => found.iter().flat_map(|directory| names_in(directory, &part)).collect(),
        };
        if has_more {
            found.iter_mut().for_each(|path| path.push(b'/'));
        }
        if found.len() > MAX_MATCHES {
            return Err(too_many(bytes));
        }
    }
    let mut found: Vec<OsString> = found.into_iter().map(words::from_bytes).collect();
    found.retain(|path| Path::new(path).symlink_metadata().is_ok());
    found.sort();
    match found.is_empty() {
        true => Err(no_match(bytes)),
        false => Ok(found),
    }
}

/// The names in a local directory that match; none if it cannot be read.
fn names_in(directory: &[u8], part: &Glob) -> Vec<Vec<u8>> {
    let place = if directory.is_empty() { b"." } else { directory };
    let entries = std::fs::read_dir(words::from_bytes(place)).into_iter().flatten();
    let names = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
    let names = names.filter(|name| fits(part, name.as_encoded_bytes()));
    names.map(|name| [directory, name.as_encoded_bytes()].concat()).take(MAX_MATCHES + 1).collect()
}

fn no_match(word: &[u8]) -> Error {
    Error::new(Kind::Local, say!(files_no_match, pattern = shown(word)))
        .hint(say!(files_no_match_hint))
}

fn too_many(word: &[u8]) -> Error {
    Error::new(Kind::Local, say!(files_too_many_matches, pattern = shown(word), most = MAX_MATCHES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_words_are_expanded_where_nothing_has_their_name() {
        let place = tempfile::tempdir().unwrap();
        for name in ["a1", "a2", ".a3", "b", "x*y", "xay"] {
            std::fs::write(place.path().join(name), "").unwrap();
        }
        let expanded = |word: &str| {
            let found = local(&place.path().join(word).into_os_string())?;
            let names = found.iter().map(|path| Path::new(path).file_name().unwrap().to_owned());
            Ok::<_, Error>(names.collect::<Vec<_>>())
        };
        assert_eq!(expanded("a?").unwrap(), ["a1", "a2"]);
        assert_eq!(expanded(".a*").unwrap(), [".a3"]);
        assert_eq!(expanded("x*y").unwrap(), ["x*y"]);
        assert_eq!(expanded(r"x\*[xyz]").unwrap(), ["x*y"]);
        assert_eq!(expanded("none").unwrap(), ["none"]);
        assert!(expanded("none*").is_err());
    }
}
