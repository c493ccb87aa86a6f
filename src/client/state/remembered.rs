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
pub struct RememberedLogins {
    logins: Mutex<Vec<(String, Arc<RememberedLogin>)>>,
}

/// One login.
pub struct RememberedLogin {
    /// The user name.
    pub user: String,
    /// The method that worked.
    pub method: Method,
    /// What it worked with.
    pub credential: RememberedCredential,
}

/// What a login was done with.
pub enum RememberedCredential {
    /// Nothing to keep: no credential at all, or answers that count once.
    Nothing,
    /// This key of the agent's.
    Held(PublicKey),
    /// A password, or the answer to the one hidden prompt of keyboard-interactive.
    Password(Secret),
    /// A private key that was opened with its passphrase, and the file it is from.
    Key(Arc<PrivateKey>, PathBuf),
}

impl RememberedLogin {
    /// What a dialog's answer logged this user in with.
    pub fn of(user: String, credential: prompt::LoginCredential) -> RememberedLogin {
        let method = credential.method();
        let credential = match credential {
            prompt::LoginCredential::Password(secret) => RememberedCredential::Password(secret),
            prompt::LoginCredential::Key(key) => {
                RememberedCredential::Key(key.private, key.file.path().to_owned())
            }
            prompt::LoginCredential::Agent(held) => {
                RememberedCredential::Held(prompt::held_key(&held).0)
            }
            prompt::LoginCredential::Interactive => RememberedCredential::Nothing,
        };
        RememberedLogin { user, method, credential }
    }
}

impl RememberedLogins {
    /// Keeps a login under this label, which names the destination and the way there; the one
    /// before is forgotten.
    pub fn put(&self, label: &str, kept: RememberedLogin) {
        let mut logins = self.logins();
        logins.retain(|(of, _)| of != label);
        logins.push((label.to_owned(), Arc::new(kept)));
    }

    /// The login kept under this label.
    pub fn get(&self, label: &str) -> Option<Arc<RememberedLogin>> {
        self.logins().iter().find(|(of, _)| of == label).map(|(_, kept)| Arc::clone(kept))
    }

    /// Forgets a login, as when it does not work any more.
    pub fn forget(&self, label: &str) {
        self.logins().retain(|(of, _)| of != label);
    }

    fn logins(&self) -> MutexGuard<'_, Vec<(String, Arc<RememberedLogin>)>> {
        // Nothing can panic while it holds this.
        self.logins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(password: &str) -> RememberedLogin {
        let credential = RememberedCredential::Password(Secret::new(password.to_owned()));
        RememberedLogin { user: "u".to_owned(), method: Method::Password, credential }
    }

    #[test]
    fn a_login_is_found_by_its_destination_until_it_is_replaced_or_forgotten() {
        let remembered = RememberedLogins::default();
        remembered.put("u@a:22", kept("one"));
        remembered.put("u@b:22", kept("two"));
        remembered.put("u@a:22", kept("three"));
        let password = |label| match &remembered.get(label)?.credential {
            RememberedCredential::Password(secret) => Some(secret.expose().to_owned()),
            _ => None,
        };
        assert_eq!(password("u@a:22").as_deref(), Some("three"));
        assert_eq!(password("u@b:22").as_deref(), Some("two"));
        remembered.forget("u@a:22");
        assert!(remembered.get("u@a:22").is_none());
    }
}
