//! Host CA records of PuTTY and WinSCP: read where those programs keep them, and never written.
//!
//! A record has `PublicKey`, the base64 alone, and `Validity`, which is escaped with `%XX`. In
//! PuTTY's records `MatchHosts` of older versions takes the place of a missing `Validity`, a text
//! for each pattern; WinSCP does not know it. A record with neither is refused.

use std::fs;
use std::path::{Path, PathBuf};

use super::record::{Authorities, Authority, RsaHashes, check_name, read_key};
use crate::os::user::UserId;
use crate::registry::{
    self, MAX_EXPORT, PuttyFolder, RegistryKey, parse_settings, parse_tree, registry_unescaped,
};
use crate::say;
use crate::trust::place::{FileLine, Problem};
use crate::trust::validity::Validity;

/// The most records at one place: each one is compared with every host, and nobody trusts more.
const RECORDS_MAX: usize = 1000;
/// The key that has PuTTY's records below it.
const PUTTY: &str = "SimonTatham\\PuTTY\\SshHostCAs";
/// The key that has the records of either program below it.
const EITHER: &str = "SshHostCAs";

/// Reads the records at these places: folders of PuTTY (`sshhostcas`), what regedit has written,
/// `WinSCP.ini`, or single files of a folder. A place that does not exist has none. A file or record
/// that cannot be used, or that others than this user can write, is a problem, and the others still
/// count; of more than a thousand records at one place none counts.
pub fn load(places: &[PathBuf], user: UserId) -> Authorities {
    let mut all = Authorities::default();
    for place in places {
        let mut found = match fs::metadata(place) {
            Ok(facts) if facts.is_dir() => folder(place, user),
            Ok(_) => file(place, user),
            Err(_) => continue,
        };
        if found.records.len() > RECORDS_MAX {
            found = Authorities::default();
            let reason = say!(authority_too_many_records, limit = RECORDS_MAX);
            found.problems.push(Problem { file: place.clone(), line: None, reason });
        }
        all.absorb(found);
    }
    all
}

/// Reads a folder; files beyond the limit are not read.
fn folder(path: &Path, user: UserId) -> Authorities {
    let mut found = Authorities::default();
    let folder = PuttyFolder::new(path.to_owned(), user);
    let names = match folder.names() {
        Ok(names) => names,
        Err(error) => {
            found.problems.push(Problem::of(path, &error));
            return found;
        }
    };
    for (name, is_found) in names.into_iter().take(RECORDS_MAX + 1) {
        match is_found.and_then(|()| folder.open(&name)) {
            Ok(Some(key)) => found.take(&key, Legacy::MatchHosts),
            // The file has gone since the folder was read.
            Ok(None) => {}
            Err(error) => {
                let file = folder.find(&name).unwrap_or_else(|| path.to_owned());
                found.problems.push(Problem::of(&file, &error));
            }
        }
    }
    found
}

/// Reads a file that holds many records, or one of PuTTY's folder.
fn file(path: &Path, user: UserId) -> Authorities {
    let mut found = Authorities::default();
    let bytes = match registry::read_file(path, MAX_EXPORT, user) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return found,
        Err(error) => {
            found.problems.push(Problem::of(path, &error));
            return found;
        }
    };
    if !registry::is_export(&bytes) {
        let own = path.file_name().unwrap_or_default();
        let name = registry::unix_unescaped(own.as_encoded_bytes());
        match parse_settings(&name, path, &bytes) {
            Ok(key) => found.take(&key, Legacy::MatchHosts),
            Err(error) => found.problems.push(Problem::of(path, &error)),
        }
        return found;
    }
    let tree = match parse_tree(path, &bytes) {
        Ok(tree) => tree,
        Err(error) => {
            found.problems.push(Problem::of(path, &error));
            return found;
        }
    };
    if let Err(error) = tree.check() {
        found.problems.push(Problem::of(path, &error));
    }
    let putty: Vec<&str> = tree.names(PUTTY).map(|(_, path)| path).collect();
    for (_, path) in tree.names(EITHER) {
        let legacy = if putty.contains(&path) { Legacy::MatchHosts } else { Legacy::Unknown };
        tree.at(path).iter().for_each(|key| found.take(key, legacy));
    }
    found
}

/// Whether the record's program knows `MatchHosts`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Legacy {
    MatchHosts,
    Unknown,
}

impl Authorities {
    /// Adds a record, or the reason why it is ignored.
    fn take(&mut self, key: &RegistryKey, legacy: Legacy) {
        let place = key.place();
        if let Err(error) = key.check() {
            self.problems.push(Problem::of(&place.file, &error));
            return;
        }
        match record(key, legacy) {
            Ok(record) => self.records.push(record),
            Err(reason) => {
                let (file, line) = (place.file.clone(), Some(place.line));
                self.problems.push(Problem { file, line, reason });
            }
        }
    }
}

/// Parses a record; the error is the fault, one line.
fn record(key: &RegistryKey, legacy: Legacy) -> Result<Authority, String> {
    let missing = |field: &str| say!(authority_missing, field);
    check_name(key.name())?;
    let blob = key.text("PublicKey").ok_or_else(|| missing("PublicKey"))?;
    // PuTTY takes the base64 alone, so a record with more in it is not one that it made.
    let blob = match blob.trim_ascii().contains(|c: char| c.is_whitespace()) {
        true => Err(say!(authority_key_base64)),
        false => read_key(&blob),
    };
    let public = blob.map_err(|what| format!("PublicKey: {what}"))?;
    let hosts = match legacy {
        Legacy::MatchHosts => key.all("MatchHosts"),
        Legacy::Unknown => Vec::new(),
    };
    let validity = match key.text("Validity") {
        Some(text) => registry_unescaped(&text),
        None if hosts.is_empty() => return Err(missing("Validity")),
        None => {
            let hosts: Vec<String> = hosts.iter().map(|host| registry_unescaped(host)).collect();
            hosts.join(" || ")
        }
    };
    let validity = Validity::parse(&validity).map_err(|fault| format!("Validity: {fault}"))?;
    let default = RsaHashes::default();
    let hashes = RsaHashes {
        sha1: key.flag("PermitRSASHA1").unwrap_or(default.sha1),
        sha256: key.flag("PermitRSASHA256").unwrap_or(default.sha256),
        sha512: key.flag("PermitRSASHA512").unwrap_or(default.sha512),
    };
    let place = key.place();
    let at = FileLine { file: place.file.clone(), line: place.line };
    Ok(Authority { name: key.name().to_owned(), key: public, validity, hashes, at })
}

#[cfg(test)]
mod tests;
