//! The secrets of one run, a password and an identity, and the check of what a client presents.
//!
//! The password is compared by keyed digests, so that the time taken reveals nothing about it. The
//! user name is compared afterwards, so that a wrong name takes as long as a wrong password.

use hmac::{Hmac, KeyInit, Mac};
use russh::keys::key::safe_rng;
use russh::keys::ssh_key::rand_core::Rng;
use russh::keys::ssh_key::{Algorithm, PrivateKey, PublicKey};
use sha2::Sha256;

use crate::error::{Error, Kind, Result};
use crate::say;
use crate::secret::Secret;

/// Letters and digits that are hard to confuse. There are 32, so each carries 5 bits.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
/// Four groups of four make 80 bits, which two guesses a second cannot exhaust.
const GROUPS: usize = 4;
const GROUP: usize = 4;

/// What a client must present.
pub(super) struct Credentials {
    user: String,
    password: Secret,
    identity: PrivateKey,
    key: [u8; 32],
}

impl Credentials {
    /// Makes new credentials for this user.
    pub(super) fn fresh(user: &str) -> Result<Credentials> {
        let mut key = [0; 32];
        safe_rng().fill_bytes(&mut key);
        Ok(Credentials {
            user: user.to_owned(),
            password: fresh_password(),
            identity: fresh_key("tessh demo identity")?,
            key,
        })
    }

    pub(super) fn password(&self) -> &Secret {
        &self.password
    }

    pub(super) fn identity(&self) -> &PrivateKey {
        &self.identity
    }

    /// Whether user and password are both right.
    pub(super) fn accepts_password(&self, user: &str, presented: &[u8]) -> bool {
        let expected = self.digest(self.password.expose().as_bytes()).finalize().into_bytes();
        let same = self.digest(presented).verify_slice(&expected).is_ok();
        same & (user == self.user)
    }

    /// Whether user and identity are both right. The key is public, so the comparison may take any
    /// time.
    pub(super) fn accepts_key(&self, user: &str, presented: &PublicKey) -> bool {
        user == self.user && presented.key_data() == self.identity.public_key().key_data()
    }

    fn digest(&self, text: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        mac.update(text);
        mac
    }
}

/// Makes an Ed25519 key.
pub(super) fn fresh_key(comment: &str) -> Result<PrivateKey> {
    let mut key = PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519)
        .map_err(|error| Error::new(Kind::Local, say!(demo_key_not_made, error)))?;
    key.set_comment(comment);
    Ok(key)
}

fn fresh_password() -> Secret {
    let mut random = [0; GROUPS * GROUP];
    safe_rng().fill_bytes(&mut random);
    let mut text = String::with_capacity(GROUPS * (GROUP + 1));
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]));
    }
    Secret::new(text)
}
