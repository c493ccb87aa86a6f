//! One line of a known_hosts file: marker, host field, key. Nothing here knows files or hosts.
//!
//! sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". Splitting is cheap and done for every line; a key is
//! decoded only if its line is about the searched host.

use data_encoding::BASE64;
use russh::keys::ssh_key::{Certificate, PublicKey};

use super::{pattern, quote};
use crate::say;
use crate::wire_format::take_string;

/// The marker before the host field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// No marker: the key is the host's.
    None,
    /// `@cert-authority`: the key signs certificates for the hosts.
    Authority,
    /// `@revoked`: the key must never be accepted.
    Revoked,
}

/// A line with a key, as slices of its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownHostsLine<'a> {
    pub(super) marker: Marker,
    pub(super) hosts: &'a [u8],
    /// Whether the line has a hashed name.
    pub(super) is_hashed: bool,
    key_type: &'a [u8],
    /// The key in base64, and the comment after a blank.
    rest: &'a [u8],
}

/// A part of the type name of every certificate.
const CERTIFICATE: &[u8] = b"-cert-v";

/// The start of every key in base64: a blob begins with a length below 2^16.
const BLOB_START: &[u8] = b"AA";

/// The reason why a line cannot be used. It becomes text only when it is shown, because a file may
/// have millions of such lines.
#[derive(Debug)]
pub(super) enum LineFault {
    /// The line is longer than this many KiB.
    TooLong(usize),
    /// The marker is not in sshd(8); sanitised.
    UnknownMarker(String),
    /// The line has a second marker.
    SecondMarker,
    /// The host names contain control characters.
    ControlCharacters,
    /// The hashed name is damaged.
    HashDamaged,
    /// The line ends after the host names or the type.
    KeyMissing,
    /// The text after the host names is no key.
    NoKey,
    /// The key is not base64.
    NotBase64,
    /// The key ends before its type.
    CutShort,
    /// The key's own type differs from the one on the line.
    OtherType,
    /// The key is a certificate, which is no host key.
    Certificate,
    /// The key's type is ssh-mldsa44-ed25519, which is not supported.
    MlDsa,
    /// The key is damaged or of an unknown type.
    Damaged,
    /// Not a fault of a line: more faulty lines follow.
    MoreFollow,
}

impl LineFault {
    /// The reason as one line.
    pub(super) fn text(&self) -> String {
        match self {
            LineFault::TooLong(limit) => say!(known_line_long, limit),
            LineFault::UnknownMarker(marker) => say!(known_line_marker, marker),
            LineFault::SecondMarker => say!(known_line_markers),
            LineFault::ControlCharacters => say!(known_line_control),
            LineFault::HashDamaged => say!(known_line_hash),
            LineFault::KeyMissing => say!(known_line_key_missing),
            LineFault::NoKey => say!(known_line_no_key),
            LineFault::NotBase64 => say!(known_line_base64),
            LineFault::CutShort => say!(known_line_cut_short),
            LineFault::OtherType => say!(known_line_other_type),
            LineFault::Certificate => say!(known_line_certificate),
            LineFault::MlDsa => say!(known_line_mldsa),
            LineFault::Damaged => say!(known_line_damaged),
            LineFault::MoreFollow => say!(known_line_more),
        }
    }
}

impl<'a> KnownHostsLine<'a> {
    /// Splits a line without its newline; `None` for blank lines and comments.
    pub(super) fn split(raw: &'a [u8]) -> Result<Option<KnownHostsLine<'a>>, LineFault> {
        let rest = raw.trim_ascii();
        if rest.is_empty() || rest[0] == b'#' {
            return Ok(None);
        }
        let (marker, rest) = split_marker(rest)?;
        let (hosts, rest) = next_field(rest);
        let (key_type, rest) = next_field(rest);
        let is_hashed = check_hosts(hosts)?;
        if rest.is_empty() {
            return Err(LineFault::KeyMissing);
        }
        if !key_type.iter().all(u8::is_ascii_graphic) || !rest.starts_with(BLOB_START) {
            return Err(LineFault::NoKey);
        }
        Ok(Some(KnownHostsLine { marker, hosts, is_hashed, key_type, rest }))
    }

    /// The key's blob in base64, as on the line.
    pub(super) fn blob(&self) -> &'a [u8] {
        next_field(self.rest).0
    }

    /// The text after the key.
    pub(super) fn comment(&self) -> &'a [u8] {
        next_field(self.rest).1
    }

    /// Decodes the key of the line, without a comment. A certificate is an error, except after
    /// `@revoked`, where it stands for the key that it certifies.
    pub(super) fn key(&self) -> Result<PublicKey, LineFault> {
        if self.marker == Marker::Revoked {
            return revoked_key(self.key_type, self.blob());
        }
        let blob = decode(self.key_type, self.blob())?;
        if contains(self.key_type, CERTIFICATE) {
            return Err(LineFault::Certificate);
        }
        plain_key(self.key_type, &blob)
    }
}

/// Decodes the key that an entry with this type and base64 revokes: the key itself or, for a
/// certificate, the key that it certifies.
pub(super) fn revoked_key(key_type: &[u8], text: &[u8]) -> Result<PublicKey, LineFault> {
    let blob = decode(key_type, text)?;
    if !contains(key_type, CERTIFICATE) {
        return plain_key(key_type, &blob);
    }
    // Refuse nested certificates: the parser would recurse as deep as the file asks for.
    let inside = blob.get(4 + key_type.len()..).unwrap_or_default();
    if contains(inside, CERTIFICATE) {
        return Err(LineFault::Damaged);
    }
    let certificate = Certificate::from_bytes(&blob).map_err(|_| LineFault::Damaged)?;
    Ok(PublicKey::new(certificate.public_key().clone(), ""))
}

/// Reads a key that is no certificate in OpenSSH's usual sense. The name of ML-DSA's certificates
/// has another end than all others.
fn plain_key(key_type: &[u8], blob: &[u8]) -> Result<PublicKey, LineFault> {
    PublicKey::from_bytes(blob).map_err(|_| match key_type {
        b"ssh-mldsa44-ed25519" | b"ssh-mldsa44-ed25519-cert" => LineFault::MlDsa,
        _ => LineFault::Damaged,
    })
}

fn decode(key_type: &[u8], text: &[u8]) -> Result<Vec<u8>, LineFault> {
    let blob = BASE64.decode(text).map_err(|_| LineFault::NotBase64)?;
    let inner = blob_type(&blob).ok_or(LineFault::CutShort)?;
    if inner != key_type {
        return Err(LineFault::OtherType);
    }
    Ok(blob)
}

fn split_marker(rest: &[u8]) -> Result<(Marker, &[u8]), LineFault> {
    if !rest.starts_with(b"@") {
        return Ok((Marker::None, rest));
    }
    let (word, rest) = next_field(rest);
    let marker = match word {
        b"@cert-authority" => Marker::Authority,
        b"@revoked" => Marker::Revoked,
        other => {
            let shown = quote::piece(&String::from_utf8_lossy(other));
            return Err(LineFault::UnknownMarker(shown));
        }
    };
    if rest.starts_with(b"@") {
        return Err(LineFault::SecondMarker);
    }
    Ok((marker, rest))
}

/// Checks the host field and returns whether it is hashed.
fn check_hosts(hosts: &[u8]) -> Result<bool, LineFault> {
    if hosts.starts_with(pattern::HASH_MAGIC) && pattern::hashed(hosts).is_some() {
        return Ok(true);
    }
    if hosts.iter().any(u8::is_ascii_control) {
        return Err(LineFault::ControlCharacters);
    }
    match hosts.starts_with(pattern::HASH_MAGIC) {
        true => Err(LineFault::HashDamaged),
        false => Ok(false),
    }
}

/// The marker and the host field at the start of a text, whose first line has been split before.
pub(super) fn line_head(text: &[u8]) -> (Marker, &[u8]) {
    // The length of a hashed name is known, and there may be a hundred thousand of them.
    if text.starts_with(pattern::HASH_MAGIC) && text.len() >= pattern::FIELD_LEN {
        return (Marker::None, &text[..pattern::FIELD_LEN]);
    }
    let (marker, rest) = split_marker(text).unwrap_or((Marker::None, text));
    let end = memchr::memchr2(b' ', b'\t', rest).unwrap_or(rest.len());
    (marker, &rest[..end])
}

/// Splits at the next blanks: the bytes before, and those after them.
fn next_field(text: &[u8]) -> (&[u8], &[u8]) {
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t');
    let end = text.iter().position(is_blank).unwrap_or(text.len());
    let rest = &text[end..];
    let next = rest.iter().position(|b| !is_blank(b)).unwrap_or(rest.len());
    (&text[..end], &rest[next..])
}

/// The type name inside a key blob (RFC 4253 section 6.6).
fn blob_type(mut blob: &[u8]) -> Option<&[u8]> {
    take_string(&mut blob)
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
        KnownHostsLine::split(line).expect_err("a bad line").text()
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
            let line = KnownHostsLine::split(text.as_bytes()).expect("good").expect("not blank");
            assert_eq!((line.marker, line.hosts), (marker, hosts.as_bytes()));
            assert_eq!(line.key().expect("a key").key_data(), key.key_data());
        }
    }

    #[test]
    fn blank_lines_and_comments_say_nothing() {
        for text in ["", "   ", "\t", "# host ssh-ed25519 AAAA", "  # x", "\r"] {
            assert!(KnownHostsLine::split(text.as_bytes()).expect("good").is_none(), "{text:?}");
        }
    }

    #[test]
    fn a_type_that_only_ssh_has_is_named() {
        let name = "ssh-mldsa44-ed25519";
        let blob = [&[0, 0, 0, 19], name.as_bytes(), &[0, 0, 0, 1, 7]].concat();
        let text = format!("host {name} {}", BASE64.encode(&blob));
        let line = KnownHostsLine::split(text.as_bytes()).expect("good").expect("not blank");
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
        let line_of =
            |text: &str| KnownHostsLine::split(text.as_bytes()).map(|l| l.map(|l| l.key()));
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
            let line = KnownHostsLine::split(text.as_bytes()).expect("good").expect("not blank");
            let found = line.key().expect_err("no key").text();
            assert!(found.contains(expected), "{found} for {text}");
        }
    }
}
