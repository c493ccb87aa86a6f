//! The record of an authority: its content and its parser.

use std::ops::Range;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use russh::keys::ssh_key::PublicKey;
use toml_edit::{Document, Item};

use crate::say;
use crate::trust::place::{FileLine, Problem};
use crate::trust::quote;
use crate::trust::subject::Subject;
use crate::trust::validity::Validity;

/// The largest file, in bytes: a 16384-bit RSA key and the longest expression fit.
pub const FILE_MAX: usize = 64 * 1024;

/// The longest name, in bytes of UTF-8: in escaped form it must fit in a file name.
pub const NAME_MAX: usize = 80;

/// A part of the type name of every certificate.
const CERTIFICATE: &[u8] = b"-cert-v";

/// The hashes that an authority with an RSA key may sign certificates with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RsaHashes {
    /// `ssh-rsa`: SHA-1, for which collisions are affordable.
    pub sha1: bool,
    /// `rsa-sha2-256`.
    pub sha256: bool,
    /// `rsa-sha2-512`.
    pub sha512: bool,
}

impl Default for RsaHashes {
    /// The default of CASignatureAlgorithms in ssh_config(5).
    fn default() -> RsaHashes {
        RsaHashes { sha1: false, sha256: true, sha512: true }
    }
}

/// An authority, as its record describes it.
#[derive(Clone, Debug)]
pub struct Authority {
    /// Its name.
    pub name: String,
    /// Its key.
    pub key: PublicKey,
    /// The hosts and ports for which it is trusted.
    pub validity: Validity,
    /// The hashes that it may sign with, if its key is an RSA key.
    pub hashes: RsaHashes,
    /// The file of the record, and the line of the key.
    pub at: FileLine,
}

/// All records, and the faults of files that are not valid records.
#[derive(Clone, Debug, Default)]
pub struct Authorities {
    /// The records, by name.
    pub records: Vec<Authority>,
    /// The files that are ignored, and why.
    pub problems: Vec<Problem>,
}

impl Authorities {
    /// Adds the records and faults that were found elsewhere.
    pub fn absorb(&mut self, other: Authorities) {
        self.records.extend(other.records);
        self.problems.extend(other.problems);
    }

    /// The authorities that cover a host.
    pub fn covering(&self, subject: &Subject) -> impl Iterator<Item = &Authority> {
        let name = subject.bare_name();
        self.records.iter().filter(move |it| it.validity.covers(&name, subject.port))
    }
}

impl Authority {
    /// The name, sanitised.
    pub fn shown(&self) -> String {
        quote::piece(&self.name)
    }

    /// Parses the text of a file. `name` is the name from the file's path, for a record without
    /// one.
    ///
    /// # Errors
    /// The fault, with the file and the line.
    pub fn read(text: &[u8], file: &Path, name: &str) -> Result<Authority, Problem> {
        let fault = |(line, reason): (usize, String)| Problem {
            file: file.to_owned(),
            line: Some(line),
            reason,
        };
        let text = str::from_utf8(text).map_err(|error| {
            fault((line_at(text, error.valid_up_to()), say!(authority_not_utf_8)))
        })?;
        let document = Document::parse(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            fault((line_at(text.as_bytes(), start), quote::piece(error.message())))
        })?;
        Fields { text, document: &document }.read(file, name).map_err(fault)
    }
}

/// The line of an offset in a text, counted from 1.
fn line_at(text: &[u8], at: usize) -> usize {
    text[..at.min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1
}

/// The result of parsing; the error is the line and the fault.
type Read<T> = Result<T, (usize, String)>;

struct Fields<'a> {
    text: &'a str,
    document: &'a Document<&'a str>,
}

impl Fields<'_> {
    fn read(&self, file: &Path, name: &str) -> Read<Authority> {
        const KNOWN: [&str; 6] =
            ["name", "public_key", "validity", "rsa_sha1", "rsa_sha256", "rsa_sha512"];
        let unknown = self.document.iter().find(|(key, _)| !KNOWN.contains(key));
        if let Some((key, item)) = unknown {
            let key = quote::piece(key);
            return Err((self.line(item), say!(authority_unknown_key, key)));
        }
        let name = match self.document.get("name") {
            Some(item) => self.string("name", item)?.to_owned(),
            None => name.to_owned(),
        };
        check_name(&name).map_err(|what| (self.line_of("name"), what))?;
        let key = read_key(self.wanted("public_key")?);
        let line = self.line_of("public_key");
        let key = key.map_err(|what| (line, format!("public_key: {what}")))?;
        let validity = Validity::parse(self.wanted("validity")?)
            .map_err(|fault| (self.line_of("validity"), format!("validity: {fault}")))?;
        let default = RsaHashes::default();
        let hashes = RsaHashes {
            sha1: self.flag("rsa_sha1", default.sha1)?,
            sha256: self.flag("rsa_sha256", default.sha256)?,
            sha512: self.flag("rsa_sha512", default.sha512)?,
        };
        let at = FileLine { file: file.to_owned(), line };
        Ok(Authority { name, key, validity, hashes, at })
    }

    fn wanted(&self, field: &str) -> Read<&str> {
        match self.document.get(field) {
            Some(item) => self.string(field, item),
            None => Err((1, say!(authority_missing, field))),
        }
    }

    fn string<'b>(&self, field: &str, item: &'b Item) -> Read<&'b str> {
        item.as_str().ok_or_else(|| (self.line(item), say!(authority_no_text, field)))
    }

    fn flag(&self, field: &str, default: bool) -> Read<bool> {
        match self.document.get(field) {
            Some(item) => {
                item.as_bool().ok_or_else(|| (self.line(item), say!(authority_no_flag, field)))
            }
            None => Ok(default),
        }
    }

    fn line_of(&self, field: &str) -> usize {
        self.document.get(field).map_or(1, |item| self.line(item))
    }

    fn line(&self, item: &Item) -> usize {
        let span: Range<usize> = item.span().unwrap_or_default();
        line_at(self.text.as_bytes(), span.start)
    }
}

/// Checks that this can be the name of an authority.
///
/// # Errors
/// The reason, one line.
pub fn check_name(name: &str) -> Result<(), String> {
    if name.trim().is_empty() {
        return Err(say!(authority_name_empty));
    }
    if name.len() > NAME_MAX {
        return Err(say!(authority_name_long, limit = NAME_MAX));
    }
    match name.chars().any(char::is_control) {
        true => Err(say!(authority_name_control)),
        false => Ok(()),
    }
}

/// Parses a key as in a `.pub` file, or its base64 alone. A certificate is refused.
///
/// # Errors
/// The fault, one line.
pub fn read_key(text: &str) -> Result<PublicKey, String> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let (kind, blob) = match words.as_slice() {
        [] => return Err(say!(authority_key_empty)),
        [blob] => (None, *blob),
        [kind, blob, ..] => (Some(*kind), *blob),
    };
    let blob = BASE64.decode(blob.as_bytes()).map_err(|_| say!(authority_key_base64))?;
    // Refuse certificates before parsing: nested ones would make the parser recurse.
    if blob.windows(CERTIFICATE.len()).any(|part| part == CERTIFICATE) {
        return Err(say!(authority_key_certificate));
    }
    let key = PublicKey::from_bytes(&blob).map_err(|_| say!(authority_key_damaged))?;
    match kind.is_none_or(|kind| key.algorithm().as_str() == kind) {
        true => Ok(key),
        false => Err(say!(authority_key_other_type)),
    }
}

/// The directory of the records within the user's configuration directory.
pub fn directory(configuration: &Path) -> PathBuf {
    configuration.join("tessh/authorities")
}

#[cfg(test)]
mod tests;
