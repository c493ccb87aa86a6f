//! Text that must not be seen: passwords, passphrases and answers to hidden prompts.
//!
//! A [`Secret`], or [`SecretBytes`], is wiped when dropped, has no `Debug` or `Display`, and cannot
//! be cloned. Code that needs the text borrows it where it is used.

use zeroize::{Zeroize, Zeroizing};

/// A password, passphrase or hidden answer.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of the text; the caller keeps no copy.
    pub fn new(text: String) -> Secret {
        Secret(Zeroizing::new(text))
    }

    /// Takes ownership of bytes read from a file descriptor.
    ///
    /// # Errors
    /// The bytes are not UTF-8. They are wiped, and the error holds none of them.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Secret, NotUtf8> {
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Secret::new(text)),
            Err(error) => {
                error.into_bytes().zeroize();
                Err(NotUtf8)
            }
        }
    }

    /// The text, for the call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Bytes that hold a secret, which need not be text.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes ownership of the bytes; the caller keeps no copy.
    pub fn new(bytes: Vec<u8>) -> SecretBytes {
        SecretBytes(Zeroizing::new(bytes))
    }

    /// The bytes, for the call that needs them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// The secret was not UTF-8 text.
#[derive(Debug)]
pub struct NotUtf8;
