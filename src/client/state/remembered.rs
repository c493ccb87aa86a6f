//! Credentials that the person asked to keep in memory, for this run only.
//!
//! A second login to the same destination uses them. Nothing is stored without being asked for;
//! secrets are wiped when the store is dropped.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use russh::keys::{PrivateKey, PublicKey};

use crate::config::Method;
use crate::prompt;
use crate::secret::Secret;

/// The remembered logins.
#[derive(Default)]
pub struct RememberedLogins {
    logins: Mutex<Vec<(String, Arc<RememberedLogin>)>>,
    used: Mutex<Vec<(String, UsedLogin)>>,
}

/// How a login of one step was done, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedLogin {
    /// The user name.
    pub user: String,
    /// The method.
    pub method: Method,
    /// The `SHA256:…` fingerprint of the key.
    pub key: Option<String>,
    /// The file of the key.
    pub file: Option<PathBuf>,
    /// Whether the person wants it used next time; `None` if nobody was asked.
    pub again: Option<bool>,
}

/// One remembered login.
pub struct RememberedLogin {
    /// The user name.
    pub user: String,
    /// The method that worked.
    pub method: Method,
    /// The credential that it worked with.
    pub credential: RememberedCredential,
}

/// The credential of a login.
pub enum RememberedCredential {
    /// None: the method needs no credential, or the answers are valid only once.
    Nothing,
    /// The agent's key with this public key.
    Held(PublicKey),
    /// A password, or the answer to the one hidden prompt of keyboard-interactive.
    Password(Secret),
    /// A private key that was opened with its passphrase, and the file it is from.
    Key(Arc<PrivateKey>, PathBuf),
}

impl RememberedLogin {
    /// Builds the remembered login from the dialog's answer that this user logged in with.
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

impl RememberedLogin {
    /// Whether the login can be repeated without a question. A security key wants a touch each
    /// time.
    pub fn is_silent(&self) -> bool {
        match &self.credential {
            RememberedCredential::Nothing => self.method == Method::None,
            RememberedCredential::Key(key, _) => !key.algorithm().as_str().starts_with("sk-"),
            RememberedCredential::Held(key) => !key.algorithm().as_str().starts_with("sk-"),
            RememberedCredential::Password(_) => true,
        }
    }
}

impl RememberedLogins {
    /// A copy for connections that leave no trace here.
    pub fn copied(&self) -> RememberedLogins {
        let logins = Mutex::new(self.logins().clone());
        RememberedLogins { logins, used: Mutex::default() }
    }

    /// Stores a login under this label, which names the destination and the route; replaces an
    /// earlier one.
    pub fn put(&self, label: &str, kept: RememberedLogin) {
        let mut logins = self.logins();
        logins.retain(|(of, _)| of != label);
        logins.push((label.to_owned(), Arc::new(kept)));
    }

    /// The login stored under this label.
    pub fn get(&self, label: &str) -> Option<Arc<RememberedLogin>> {
        self.logins().iter().find(|(of, _)| of == label).map(|(_, kept)| Arc::clone(kept))
    }

    /// Removes a login, for example because the server no longer accepts it.
    pub fn forget(&self, label: &str) {
        self.logins().retain(|(of, _)| of != label);
    }

    /// Notes how the last login under this label was done.
    pub fn note_used(&self, label: &str, used: &UsedLogin) {
        let mut all = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(of, _)| of != label);
        all.push((label.to_owned(), used.clone()));
    }

    /// How the last login under this label was done.
    pub fn used(&self, label: &str) -> Option<UsedLogin> {
        let all = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|(of, _)| of == label).map(|(_, used)| used.clone())
    }

    fn logins(&self) -> MutexGuard<'_, Vec<(String, Arc<RememberedLogin>)>> {
        // No code panics while it holds this lock.
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

    #[test]
    fn a_copy_leaves_no_trace() {
        let remembered = RememberedLogins::default();
        remembered.put("u@a:22", kept("one"));
        let copy = remembered.copied();
        assert!(copy.get("u@a:22").is_some());
        copy.forget("u@a:22");
        copy.put("u@b:22", kept("two"));
        assert!(remembered.get("u@a:22").is_some() && remembered.get("u@b:22").is_none());
    }
}
