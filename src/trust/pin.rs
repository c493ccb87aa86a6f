//! Pinned host keys: the user says which keys are right, and no other source counts.
//!
//! The forms are those that PuTTY's `-hostkey` accepts and those that users have at hand: a
//! fingerprint (`SHA256:…`, or MD5 as sixteen bytes with colons, with or without `MD5:`), a line of
//! `ssh-keygen -l`, the key's blob in base64, or a line of a `.pub` file.

use std::fmt;

use data_encoding::BASE64;
use russh::keys::ssh_key::{Algorithm, PublicKey};

use super::fingerprint::{self, Comparison};
use super::quote;
use crate::say;

/// The longest text: a line of a `.pub` file with a 16384-bit RSA key has some 2.8 kB.
const LENGTH_MAX: usize = 8192;

/// The most pins for one host: more than a host has keys.
pub const PINS_MAX: usize = 100;

/// A host key that is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    form: PinForm,
    /// The flag or saved session that pinned it.
    from: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PinForm {
    /// The fingerprint as typed; it has been parsed.
    Fingerprint(String),
    Key(Box<PublicKey>),
}

impl Pin {
    /// Parses a pin; `from` is the sanitised name of its source.
    ///
    /// # Errors
    /// The fault, one line.
    pub fn parse(text: &str, from: &str) -> Result<Pin, String> {
        let text = text.trim();
        let bad = || say!(pin_unreadable, value = quote::piece(text));
        if text.len() > LENGTH_MAX {
            return Err(bad());
        }
        let form = match fingerprint::find(text) {
            Some(fingerprint) => PinForm::Fingerprint(fingerprint),
            None => PinForm::Key(Box::new(key(text).ok_or_else(bad)?)),
        };
        Ok(Pin { form, from: from.to_owned() })
    }

    /// Whether this pin is the fingerprint or the key of `key`.
    pub fn matches(&self, key: &PublicKey) -> bool {
        match &self.form {
            PinForm::Fingerprint(text) => fingerprint::compare(key, text) == Comparison::Same,
            PinForm::Key(pinned) => pinned.key_data() == key.key_data(),
        }
    }

    /// The key's algorithm, if the pin is a whole key.
    pub fn algorithm(&self) -> Option<Algorithm> {
        match &self.form {
            PinForm::Fingerprint(_) => None,
            PinForm::Key(key) => Some(key.algorithm()),
        }
    }

    /// Whether the pin is an MD5 fingerprint. MD5 is outdated, although no second key for a given
    /// fingerprint has been made yet.
    pub fn is_weak(&self) -> bool {
        matches!(&self.form, PinForm::Fingerprint(text) if !text.starts_with("SHA256:"))
    }

    /// The flag or saved session that pinned it.
    pub fn from(&self) -> &str {
        &self.from
    }
}

impl fmt::Display for Pin {
    /// Writes the fingerprint, sanitised.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.form {
            PinForm::Fingerprint(text) => f.write_str(text),
            PinForm::Key(key) => f.write_str(&fingerprint::sha256(key)),
        }
    }
}

/// Parses a base64 blob, alone or after its type as in a `.pub` file.
fn key(text: &str) -> Option<PublicKey> {
    let mut words = text.split_whitespace();
    let (first, second) = (words.next()?, words.next());
    let (kind, blob) = match second {
        Some(blob) => (Some(first), blob),
        None => (None, first),
    };
    let blob = BASE64.decode(blob.as_bytes()).ok()?;
    // Refuse certificates before parsing: nested ones would make the parser recurse.
    if blob.windows(7).any(|part| part == b"-cert-v") {
        return None;
    }
    let key = PublicKey::from_bytes(&blob).ok()?;
    let named = kind.is_none_or(|kind| key.algorithm().as_str() == kind);
    named.then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = include_str!("../../tests/data/trust/certificates/host-ed25519.pub");
    const OTHER: &str = include_str!("../../tests/data/trust/certificates/host-rsa.pub");
    const CERTIFICATE: &str = include_str!("../../tests/data/trust/certificates/good.cert");

    #[test]
    fn every_form_of_putty_pins_its_key_and_no_other() {
        let key = PublicKey::from_openssh(KEY).expect("a key");
        let other = PublicKey::from_openssh(OTHER).expect("a key");
        let (sha256, md5) = (fingerprint::sha256(&key), fingerprint::md5(&key));
        let blob = KEY.split(' ').nth(1).expect("a blob").trim_end();
        for text in [
            sha256.clone(),
            format!(" {sha256}= "),
            md5.clone(),
            md5.trim_start_matches("MD5:").to_owned(),
            md5.trim_start_matches("MD5:").to_uppercase(),
            format!("ssh-ed25519 255 {}", md5.trim_start_matches("MD5:")),
            format!("256 {sha256} root@host (ED25519)"),
            blob.to_owned(),
            KEY.to_owned(),
        ] {
            let pin = Pin::parse(&text, "--host-key").expect("a pin");
            assert!(pin.matches(&key), "{text}");
            assert!(!pin.matches(&other), "{text}");
            assert_eq!(pin.is_weak(), !text.contains("SHA256") && !text.contains("AAAA"), "{text}");
        }
        assert_eq!(Pin::parse(blob, "x").expect("a pin").algorithm(), Some(Algorithm::Ed25519));
    }

    #[test]
    fn what_is_no_pin_is_refused_and_cannot_draw() {
        let key = PublicKey::from_openssh(KEY).expect("a key");
        let sha256 = fingerprint::sha256(&key);
        let blob = KEY.split(' ').nth(1).expect("a blob").trim_end();
        for text in [
            "",
            "*",
            "SHA256:",
            "SHA256:*",
            &sha256[..sha256.len() - 1],
            "aa:bb",
            "00112233445566778899aabbccddeeff",
            &blob[..40],
            &format!("ssh-rsa {blob}"),
            CERTIFICATE,
            &format!("{} {}", KEY.trim_end(), "x".repeat(LENGTH_MAX - KEY.trim_end().len())),
            "\x1b[2J",
        ] {
            let fault = Pin::parse(text, "x").expect_err(text);
            assert!(fault.len() < 400 && !fault.contains(char::is_control), "{fault}");
        }
    }
}
