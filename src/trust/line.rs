//! One line of a known_hosts file: marker, host field, key. Nothing here knows files or hosts.
//!
//! sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". Splitting is cheap and done for every line; a key
//! is decoded only when its line is about the host asked for.

use data_encoding::BASE64;
use russh::keys::ssh_key::{Certificate, PublicKey};

use super::{pattern, quote};
use crate::catalogue;

/// What stands before the host field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// Nothing: the key is the host's.
    None,
    /// `@cert-authority`: the key signs certificates of the hosts.
    Authority,
    /// `@revoked`: the key must never be accepted.
    Revoked,
}

/// A line with something to say, as slices of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) marker: Marker,
    pub(super) hosts: &'a [u8],
    /// The salt of a hashed name.
    pub(super) salt: Option<[u8; pattern::HASH_LEN]>,
    key_type: &'a [u8],
    /// The key in base64, and after a blank the comment.
    rest: &'a [u8],
}

/// What the types of certificates have in their names.
const CERTIFICATE: &[u8] = b"-cert-v";

const DAMAGED: Fault = Fault::of("known-line-damaged");

/// Every key blob begins with a length below 2^16: in base64, with this.
const BLOB_START: &[u8] = b"AA";

/// Why a line cannot be used. It is put into words only where somebody will read it: a file may
/// have millions of them.
#[derive(Debug)]
pub(super) struct Fault {
    /// The name of its text.
    id: &'static str,
    /// What it quotes of the line, or how long a line may be.
    value: String,
}

impl Fault {
    /// The fault of this name.
    pub(super) const fn of(id: &'static str) -> Fault {
        Fault { id, value: String::new() }
    }

    /// One that quotes something, or gives a limit.
    pub(super) fn with(id: &'static str, value: String) -> Fault {
        Fault { id, value }
    }

    /// One line for the person.
    pub(super) fn text(&self) -> String {
        catalogue::text(self.id, &[("value", &self.value)])
    }
}

impl<'a> Line<'a> {
    /// Splits a line without its newline. Blank lines and comments are `None`; an error is
    /// the reason.
    pub(super) fn split(raw: &'a [u8]) -> Result<Option<Line<'a>>, Fault> {
        let rest = raw.trim_ascii();
        if rest.is_empty() || rest[0] == b'#' {
            return Ok(None);
        }
        let (marker, rest) = split_marker(rest)?;
        let (hosts, rest) = next_field(rest);
        let (key_type, rest) = next_field(rest);
        let salt = check_hosts(hosts)?;
        if rest.is_empty() {
            return Err(Fault::of("known-line-key-missing"));
        }
        if !key_type.iter().all(u8::is_ascii_graphic) || !rest.starts_with(BLOB_START) {
            return Err(Fault::of("known-line-no-key"));
        }
        Ok(Some(Line { marker, hosts, salt, key_type, rest }))
    }

    /// The key's blob as the line has it, in base64.
    pub(super) fn blob(&self) -> &'a [u8] {
        next_field(self.rest).0
    }

    /// What follows the key.
    pub(super) fn comment(&self) -> &'a [u8] {
        next_field(self.rest).1
    }

    /// The key of the line, without a comment. A certificate is no host key; but to revoke it
    /// is to revoke its key.
    pub(super) fn key(&self) -> Result<PublicKey, Fault> {
        if self.marker == Marker::Revoked {
            return revoked_key(self.key_type, self.blob());
        }
        let blob = decode(self.key_type, self.blob())?;
        if contains(self.key_type, CERTIFICATE) {
            return Err(Fault::of("known-line-certificate"));
        }
        PublicKey::from_bytes(&blob).map_err(|_| match self.key_type {
            b"ssh-mldsa44-ed25519" => Fault::of("known-line-mldsa"),
            _ => DAMAGED,
        })
    }
}

/// The key that an entry of this type and base64 revokes: itself, or of a certificate the key
/// it is for.
pub(super) fn revoked_key(key_type: &[u8], text: &[u8]) -> Result<PublicKey, Fault> {
    let blob = decode(key_type, text)?;
    if !contains(key_type, CERTIFICATE) {
        return PublicKey::from_bytes(&blob).map_err(|_| DAMAGED);
    }
    // Certificates nested in each other would be parsed by recursion, as deep as the file likes.
    let inside = blob.get(4 + key_type.len()..).unwrap_or_default();
    if contains(inside, CERTIFICATE) {
        return Err(DAMAGED);
    }
    let certificate = Certificate::from_bytes(&blob).map_err(|_| DAMAGED)?;
    Ok(PublicKey::new(certificate.public_key().clone(), ""))
}

fn decode(key_type: &[u8], text: &[u8]) -> Result<Vec<u8>, Fault> {
    let blob = BASE64.decode(text).map_err(|_| Fault::of("known-line-base64"))?;
    let inner = blob_type(&blob).ok_or(Fault::of("known-line-cut-short"))?;
    if inner != key_type {
        return Err(Fault::of("known-line-other-type"));
    }
    Ok(blob)
}

fn split_marker(rest: &[u8]) -> Result<(Marker, &[u8]), Fault> {
    if !rest.starts_with(b"@") {
        return Ok((Marker::None, rest));
    }
    let (word, rest) = next_field(rest);
    let marker = match word {
        b"@cert-authority" => Marker::Authority,
        b"@revoked" => Marker::Revoked,
        other => {
            let shown = quote::piece(&String::from_utf8_lossy(other));
            return Err(Fault::with("known-line-marker", shown));
        }
    };
    if rest.starts_with(b"@") {
        return Err(Fault::of("known-line-markers"));
    }
    Ok((marker, rest))
}

/// Gives the salt of a hashed name.
fn check_hosts(hosts: &[u8]) -> Result<Option<[u8; pattern::HASH_LEN]>, Fault> {
    if hosts.iter().any(u8::is_ascii_control) {
        return Err(Fault::of("known-line-control"));
    }
    if !hosts.starts_with(pattern::HASH_MAGIC) {
        return Ok(None);
    }
    match pattern::hashed(hosts) {
        Some((salt, _)) => Ok(Some(salt)),
        None => Err(Fault::of("known-line-hash")),
    }
}

/// The bytes up to the next blank, and what follows the blanks.
fn next_field(text: &[u8]) -> (&[u8], &[u8]) {
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t');
    let end = text.iter().position(is_blank).unwrap_or(text.len());
    let rest = &text[end..];
    let next = rest.iter().position(|b| !is_blank(b)).unwrap_or(rest.len());
    (&text[..end], &rest[next..])
}

/// The type name inside a key blob (RFC 4253 section 6.6).
fn blob_type(blob: &[u8]) -> Option<&[u8]> {
    let (length, rest) = blob.split_first_chunk::<4>()?;
    rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|w| w == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = include_str!("../../tests/data/trust/fingerprints/ed25519.pub");
    const CERTIFICATE: &str = include_str!("../../tests/data/trust/certificates/good.cert");

    fn reason(line: &[u8]) -> String {
        Line::split(line).expect_err("a bad line").text()
    }

    #[test]
    fn markers_hosts_and_keys_are_told_apart() {
        let key = PublicKey::from_openssh(KEY).expect("a key");
        for (text, marker, hosts) in [
            (format!("a,b {KEY}"), Marker::None, "a,b"),
            (format!("  a\t{}\r", KEY.trim_end()), Marker::None, "a"),
            (format!("@revoked * {KEY}"), Marker::Revoked, "*"),
            (format!("@cert-authority\t*.x  {KEY} comment here"), Marker::Authority, "*.x"),
        ] {
            let line = Line::split(text.as_bytes()).expect("good").expect("not blank");
            assert_eq!((line.marker, line.hosts), (marker, hosts.as_bytes()));
            assert_eq!(line.key().expect("a key").key_data(), key.key_data());
        }
    }

    #[test]
    fn blank_lines_and_comments_say_nothing() {
        for text in ["", "   ", "\t", "# host ssh-ed25519 AAAA", "  # x", "\r"] {
            assert!(Line::split(text.as_bytes()).expect("good").is_none(), "{text:?}");
        }
    }

    #[test]
    fn a_type_that_only_ssh_has_is_named() {
        let name = "ssh-mldsa44-ed25519";
        let blob = [&[0, 0, 0, 19], name.as_bytes(), &[0, 0, 0, 1, 7]].concat();
        let text = format!("host {name} {}", BASE64.encode(&blob));
        let line = Line::split(text.as_bytes()).expect("good").expect("not blank");
        let fault = line.key().expect_err("no key of ours").text();
        assert!(fault.contains(name) && fault.contains("not supported"), "{fault}");
    }

    #[test]
    fn bad_lines_say_what_is_wrong() {
        assert!(reason(b"host ssh-ed25519").contains("missing"));
        assert!(reason(b"\x7fELF\x02\x01\x00 \x90\x90 \xff\xfe").contains("control"));
        assert!(reason(b"abc \xff\xfe AAAA").contains("no key"));
        assert!(reason(b"host 1024 35 12345").contains("no key"));
        assert!(reason(b"@foo\x1b[2J host ssh-ed25519 AAAA").contains("@foo\\x1b"));
        assert!(reason(b"@revoked @cert-authority h ssh-ed25519 AAAA").contains("one marker"));
        assert!(reason(b"|1|short|hash ssh-ed25519 AAAA").contains("hashed"));
    }

    #[test]
    fn to_revoke_a_certificate_is_to_revoke_its_key() {
        let line = |marker: &str| format!("{marker} h {CERTIFICATE}");
        let text = line("@revoked");
        let line_of = |text: &str| Line::split(text.as_bytes()).map(|l| l.map(|l| l.key()));
        let key = line_of(&text).expect("good").expect("not blank").expect("a key");
        let host = include_str!("../../tests/data/trust/certificates/host-ed25519.pub");
        assert_eq!(key.key_data(), PublicKey::from_openssh(host).expect("a key").key_data());
        let authority = line_of(&line("@cert-authority")).expect("good").expect("not blank");
        assert!(authority.is_err());
    }

    #[test]
    fn certificates_in_each_other_are_not_followed() {
        let kind = b"ssh-ed25519-cert-v01@openssh.com";
        let mut blob = Vec::new();
        for _ in 0..400 {
            blob.extend([&[0, 0, 0, 32][..], kind, &[0; 4], &[0; 4]].concat());
        }
        assert!(revoked_key(kind, BASE64.encode(&blob).as_bytes()).is_err());
    }

    #[test]
    fn bad_keys_say_what_is_wrong() {
        let blob = KEY.split(' ').nth(1).expect("a blob");
        for (text, expected) in [
            (format!("h ssh-ed25519 {}!", &blob[..60]), "base64"),
            (format!("h ssh-rsa {blob}"), "type"),
            (format!("h ssh-ed25519 {}", &blob[..64]), "damaged"),
            ("h ssh-ed25519 AAAA".to_owned(), "cut short"),
            (format!("h {CERTIFICATE}"), "certificate"),
        ] {
            let line = Line::split(text.as_bytes()).expect("good").expect("not blank");
            let found = line.key().expect_err("no key").text();
            assert!(found.contains(expected), "{found} for {text}");
        }
    }
}
