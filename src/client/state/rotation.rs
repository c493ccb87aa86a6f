//! Findings of the host check and announcements of the server for learning host keys
//! (UpdateHostKeys), kept until `session::rotation` reads them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use russh::keys::PublicKey;
use tokio::sync::Notify;

use crate::config::UpdateHostKeys;
use crate::trust::{FirstSeen, Requirements, RevokedKeys, Subject};

/// The most keys of an announcement. A server has one key of each type, or two while it changes
/// them; a longer announcement is not a rotation.
pub(crate) const MAX_KEYS: usize = 64;

/// What the host check found, if the server's announcement may change the files.
#[derive(Clone, Debug)]
pub(crate) struct RotationContext {
    /// UpdateHostKeys: `Yes` or `Ask`.
    pub update: UpdateHostKeys,
    /// The host as the person typed it.
    pub shown: String,
    /// The host to which the key belongs.
    pub subject: Subject,
    /// The UserKnownHostsFile list; the key was in the first file.
    pub files: Vec<std::path::PathBuf>,
    /// The host key of this connection.
    pub current: PublicKey,
    /// Whether new lines hash the host name.
    pub hash: bool,
    /// The file that notes when keys were first written.
    pub first_seen: Option<FirstSeen>,
    /// The host key algorithms that the configuration permits.
    pub permitted: Vec<String>,
    /// RequiredRSASize.
    pub requirements: Requirements,
    /// The keys that must not be learnt.
    pub revoked: Option<RevokedKeys>,
}

/// The host key rotation of one connection, until the session handles it.
#[derive(Default)]
pub(crate) struct PendingRotation {
    state: Mutex<RotationState>,
    announced: Notify,
}

#[derive(Default)]
struct RotationState {
    context: Option<RotationContext>,
    announced: Option<Vec<PublicKey>>,
}

impl PendingRotation {
    /// Allows the host's other keys to be learnt, after the host was accepted in a way that permits
    /// it.
    pub fn allow(&self, context: RotationContext) {
        self.state().context = Some(context);
    }

    /// Stores the server's announcement; only the first one counts.
    pub fn announce(&self, mut keys: Vec<PublicKey>) {
        let mut state = self.state();
        if state.context.is_none() || state.announced.is_some() {
            return;
        }
        // One key beyond the limit is kept, to show that there were more.
        keys.truncate(MAX_KEYS + 1);
        state.announced = Some(keys);
        self.announced.notify_one();
    }

    pub fn context(&self) -> Option<RotationContext> {
        self.state().context.clone()
    }

    pub fn is_announced(&self) -> bool {
        self.state().announced.is_some()
    }

    pub async fn announcement(&self) -> Vec<PublicKey> {
        loop {
            if let Some(keys) = self.state().announced.clone() {
                return keys;
            }
            self.announced.notified().await;
        }
    }

    fn state(&self) -> MutexGuard<'_, RotationState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::Subject;

    const KEY: &str = include_str!("../../../tests/data/trust/certificates/host-ed25519.pub");

    #[tokio::test]
    async fn of_an_announcement_so_many_keys_are_kept() {
        let key = PublicKey::from_openssh(KEY).unwrap();
        let rotation = PendingRotation::default();
        rotation.allow(RotationContext {
            update: UpdateHostKeys::Yes,
            shown: "h".to_owned(),
            subject: Subject::named("h").unwrap(),
            files: Vec::new(),
            current: key.clone(),
            hash: false,
            first_seen: None,
            permitted: Vec::new(),
            requirements: Requirements::default(),
            revoked: None,
        });
        rotation.announce(vec![key; 1000]);
        assert_eq!(rotation.announcement().await.len(), MAX_KEYS + 1);
    }
}
