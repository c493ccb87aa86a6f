//! Public key and certificate lines, as in `.pub` files (sshd(8), AUTHORIZED_KEYS FILE FORMAT,
//! without options; PROTOCOL.certkeys for certificates).
//!
//! This file does not decide whether a certificate is valid.

use russh::keys::{Certificate, PublicKey};

use super::refusal::{damaged, fault, shown, unsupported};
use crate::error::Result;
use crate::say;

/// The most times that a certificate's own type name may occur in it. It occurs once, and once more
/// if its authority is a certificate, which another check refuses. The decoder descends into
/// authorities without a limit, so a file could otherwise exhaust the stack.
const MAX_NESTING: usize = 4;

/// The most characters kept of a comment.
pub(super) const MAX_COMMENT: usize = 256;

/// The end of every certificate type's name.
pub(super) const CERTIFICATE_SUFFIX: &str = "-cert-v01@openssh.com";

/// The content of one line.
pub(super) enum PublicKeyLine {
    /// A public key with its comment.
    Key(PublicKey),
    /// A certificate with its comment.
    Certificate(Box<Certificate>),
}

/// Whether the text looks like a public key or certificate line.
pub(super) fn is_public(text: &str) -> bool {
    let Some((name, blob)) = first_line(text).and_then(|line| line.split_once([' ', '\t'])) else {
        return false;
    };
    ["ssh-", "ecdsa-sha2-", "sk-", "rsa-sha2-"].iter().any(|start| name.starts_with(start))
        && blob.trim_start().starts_with("AAAA")
}

/// Reads the first line that is neither empty nor a comment.
pub(super) fn parse(text: &str) -> Result<PublicKeyLine> {
    let line = first_line(text).ok_or_else(|| fault(say!(key_file_holds_none)))?;
    let name = line.split([' ', '\t']).next().unwrap_or_default();
    let damaged = || damaged(&say!(key_part_named_line, name = shown(name)));
    if name.ends_with(CERTIFICATE_SUFFIX) {
        let blob = line.split_ascii_whitespace().nth(1).unwrap_or_default();
        let blob = data_encoding::BASE64.decode(blob.as_bytes()).map_err(|_| damaged())?;
        let mut certificate = certificate(&blob)?;
        if certificate.algorithm().to_certificate_type() != name {
            return Err(damaged());
        }
        let comment = line.splitn(3, [' ', '\t']).nth(2).unwrap_or_default();
        certificate.set_comment(comment.trim());
        return Ok(PublicKeyLine::Certificate(Box::new(certificate)));
    }
    if !is_supported(name) {
        return Err(unsupported(name));
    }
    PublicKey::from_openssh(line).map(PublicKeyLine::Key).map_err(|_| damaged())
}

/// Reads a certificate's binary form.
pub(super) fn certificate(blob: &[u8]) -> Result<Certificate> {
    let suffix = CERTIFICATE_SUFFIX.as_bytes();
    if blob.windows(suffix.len()).filter(|part| *part == suffix).count() > MAX_NESTING {
        return Err(fault(say!(certificate_nested)));
    }
    Certificate::from_bytes(blob).map_err(|_| fault(say!(certificate_damaged)))
}

/// Whether keys of this type can be read at all.
pub(super) fn is_supported(name: &str) -> bool {
    matches!(
        name,
        "ssh-ed25519"
            | "ssh-rsa"
            | "ecdsa-sha2-nistp256"
            | "ecdsa-sha2-nistp384"
            | "ecdsa-sha2-nistp521"
            | "ssh-dss"
            | "sk-ssh-ed25519@openssh.com"
            | "sk-ecdsa-sha2-nistp256@openssh.com"
    )
}

fn first_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))
}
