//! What a person asked to be remembered of a login, in memory, for this run alone.
//!
//! It serves a second login to the same destination. Nothing is put here unasked; secrets
//! are wiped when the store goes.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use russh::keys::{PrivateKey, PublicKey};

use crate::config::Method;
use crate::prompt;
use crate::secret::Secret;

/// Logins that are remembered.
#[derive(Default)]
pub struct Remembered {
    logins: Mutex<Vec<(String, Arc<Kept>)>>,
}

/// One login.
pub struct Kept {
    /// The user name.
    pub user: String,
    /// The method that worked.
    pub method: Method,
    /// What it worked with.
    pub credential: Credential,
}

/// What a login was done with.
pub enum Credential {
    /// Nothing to keep: no credential at all, or answers that count once.
    Nothing,
    /// This key of the agent's.
    Held(PublicKey),
    /// A password, or the answer to the one hidden prompt of keyboard-interactive.
    Password(Secret),
    /// A private key that was opened with its passphrase, and the file it is from.
    Key(Arc<PrivateKey>, PathBuf),
}

impl Kept {
    /// What a dialog's answer logged this user in with.
    pub fn of(user: String, credential: prompt::Credential) -> Kept {
        let method = credential.method();
        let credential = match credential {
            prompt::Credential::Password(secret) => Credential::Password(secret),
            prompt::Credential::Key(key) => {
                Credential::Key(key.private, key.file.path().to_owned())
            }
            prompt::Credential::Agent(held) => Credential::Held(prompt::held_key(&held).0),
            prompt::Credential::Interactive => Credential::Nothing,
        };
        Kept { user, method, credential }
    }
}

impl Remembered {
    /// Keeps a login under this label, which names the destination and the way there; the one
    /// before is forgotten.
    pub fn put(&self, label: &str, kept: Kept) {
        let mut logins = self.logins();
        logins.retain(|(of, _)| of != label);
        logins.push((label.to_owned(), Arc::new(kept)));
    }

    /// The login kept under this label.
    pub fn get(&self, label: &str) -> Option<Arc<Kept>> {
        self.logins().iter().find(|(of, _)| of == label).map(|(_, kept)| Arc::clone(kept))
    }

    /// Forgets a login, as when it does not work any more.
    pub fn forget(&self, label: &str) {
        self.logins().retain(|(of, _)| of != label);
    }

    fn logins(&self) -> MutexGuard<'_, Vec<(String, Arc<Kept>)>> {
        // Nothing can panic while it holds this.
        self.logins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(password: &str) -> Kept {
        let credential = Credential::Password(Secret::new(password.to_owned()));
        Kept { user: "u".to_owned(), method: Method::Password, credential }
    }

    #[test]
    fn a_login_is_found_by_its_destination_until_it_is_replaced_or_forgotten() {
        let remembered = Remembered::default();
        remembered.put("u@a:22", kept("one"));
        remembered.put("u@b:22", kept("two"));
        remembered.put("u@a:22", kept("three"));
        let password = |label| match &remembered.get(label)?.credential {
            Credential::Password(secret) => Some(secret.expose().to_owned()),
            _ => None,
        };
        assert_eq!(password("u@a:22").as_deref(), Some("three"));
        assert_eq!(password("u@b:22").as_deref(), Some("two"));
        remembered.forget("u@a:22");
        assert!(remembered.get("u@a:22").is_none());
    }
}
