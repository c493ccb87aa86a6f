//! The files of an export: PuTTY's folder on Unix, and a file of regedit.

use std::path::{Path, PathBuf};

use super::collect::Exported;
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::private;
use crate::os::replace::{Existing, Readers, Replacement, directory_of};
use crate::os::user::UserId;
use crate::registry::{
    MAX_EXPORT, MAX_SETTINGS, PuttyPlaces, RegDocument, WrittenField, WrittenValue,
    merged_settings, parse_reg, read_file, registry_escaped, unix_escaped,
};
use crate::say;
use crate::text;

/// Where PuTTY keeps all of its own in the registry.
const ROOT: &str = "HKEY_CURRENT_USER\\Software\\SimonTatham\\PuTTY";
/// The largest cache of host keys that is added to, in bytes.
const MAX_HOST_KEYS: usize = 8 << 20;
/// The longest name of a file, in bytes: NAME_MAX of Linux and macOS.
const MAX_FILE_NAME: usize = 255;
/// How many characters of a name or path are shown.
const MAX_SHOWN: usize = 200;

/// A file to be written.
pub(super) struct OutgoingFile {
    path: PathBuf,
    text: Vec<u8>,
}

impl OutgoingFile {
    /// Writes the file, in a directory that is created if it is missing.
    ///
    /// # Errors
    /// [`Kind::Local`]: it cannot be written; the old file stays.
    pub(super) fn put(&self) -> Result<()> {
        let put = || {
            private::create_directories(directory_of(&self.path))?;
            let target = match self.path.is_symlink() {
                true => self.path.canonicalize()?,
                false => self.path.clone(),
            };
            Replacement::write(&target, &self.text, Readers::Owner)?.put(&target, Existing::Replace)
        };
        put().map_err(|error: std::io::Error| {
            let path = text::path(&self.path);
            Error::new(Kind::Local, say!(export_not_written, path, error = io_reason(&error)))
        })
    }
}

/// The files of PuTTY's folder that change.
///
/// # Errors
/// A file that is there cannot be read, or others can write it.
pub(super) fn folder(
    found: &Exported,
    places: &PuttyPlaces,
    notes: &mut Vec<String>,
) -> Result<Vec<OutgoingFile>> {
    let mut files = Vec::new();
    let each = [(&places.sessions, &found.sessions), (&places.authorities, &found.authorities)];
    for (directory, records) in each {
        for (name, fields) in records {
            let file = unix_escaped(name);
            if file.len() > MAX_FILE_NAME {
                let name = text::line(name, MAX_SHOWN);
                notes.push(say!(export_name_too_long, name));
                continue;
            }
            let fields: Vec<WrittenField> = fields.iter().map(as_in_file).collect();
            files.extend(changed(directory.join(file), MAX_SETTINGS, |old| {
                merged_settings(old, &fields)
            })?);
        }
    }
    files.extend(changed(places.host_keys.clone(), MAX_HOST_KEYS, |old| {
        with_host_keys(old, &found.host_keys, notes)
    })?);
    Ok(files)
}

/// A file with its new text; `None` if that is the old one.
fn changed(
    path: PathBuf,
    limit: usize,
    change: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Result<Option<OutgoingFile>> {
    let old = read_file(&path, limit, UserId::real())?;
    let old = old.as_ref().map_or(&[][..], |bytes| bytes.as_slice());
    let text = change(old);
    Ok((text != old).then_some(OutgoingFile { path, text }))
}

/// A field as it is written in a file on Unix: there, PuTTY escapes the hosts of an authority.
fn as_in_file(field: &WrittenField) -> WrittenField {
    let mut field = field.clone();
    if let (WrittenValue::Text(text), "Validity") = (&mut field.value, field.name.as_str()) {
        *text = text.replace('%', "%25");
    }
    field
}

/// The cache of host keys with these added. Another key of the same type and host stays.
fn with_host_keys(old: &[u8], keys: &[(String, String)], notes: &mut Vec<String>) -> Vec<u8> {
    let mut out = old.to_vec();
    for (entry, data) in keys {
        let known = old.split(|&byte| byte == b'\n').find_map(|line| {
            line.strip_prefix(entry.as_bytes())?.strip_prefix(b" ").map(<[u8]>::trim_ascii)
        });
        match known {
            Some(known) if known == data.as_bytes() => {}
            Some(_) => notes.push(other_key(entry)),
            None => {
                if !out.is_empty() && !out.ends_with(b"\n") {
                    out.push(b'\n');
                }
                out.extend(format!("{entry} {data}\n").into_bytes());
            }
        }
    }
    out
}

fn other_key(entry: &str) -> String {
    let entry = text::line(entry, MAX_SHOWN);
    say!(export_other_key, entry)
}

/// The file of regedit, with what it has already.
///
/// # Errors
/// It is there and cannot be read, is not of version 5, or others can write it.
pub(super) fn reg(found: &Exported, path: &Path, notes: &mut Vec<String>) -> Result<OutgoingFile> {
    let old = read_file(path, MAX_EXPORT, UserId::real())?;
    let mut document = match &old {
        Some(bytes) => RegDocument::parse(path, bytes)?,
        None => RegDocument::new(),
    };
    let tree = old.as_ref().map(|bytes| parse_reg(path, bytes)).transpose()?;
    let known = tree.as_ref().and_then(|tree| tree.key("SimonTatham\\PuTTY\\SshHostKeys"));
    let known = |entry: &str| known.as_ref()?.text(entry);
    for (parent, records) in [("Sessions", &found.sessions), ("SshHostCAs", &found.authorities)] {
        for (name, fields) in records {
            document.set(&format!("{ROOT}\\{parent}\\{}", registry_escaped(name)), fields);
        }
    }
    let mut fresh = Vec::new();
    for (entry, data) in &found.host_keys {
        let (kind, host) = entry.split_once(':').unwrap_or((entry, ""));
        let entry = format!("{kind}:{}", registry_escaped(host));
        match known(&entry) {
            Some(known) if known != *data => notes.push(other_key(&entry)),
            _ => fresh.push(WrittenField::text(&entry, data)),
        }
    }
    if !fresh.is_empty() {
        document.set(&format!("{ROOT}\\SshHostKeys"), &fresh);
    }
    Ok(OutgoingFile { path: path.to_owned(), text: document.bytes() })
}
