//! What the host check and the server leave behind for learning host keys (UpdateHostKeys), until
//! `session::rotation` looks at it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use russh::keys::PublicKey;
use tokio::sync::Notify;

use crate::config::UpdateHostKeys;
use crate::trust::{FirstSeen, Requirements, RevokedKeys, Subject};

/// A server has one key of each type, or two while it changes them; more than this many are
/// not a rotation.
pub(crate) const MAX_KEYS: usize = 64;

/// What the host check leaves behind where the files may follow the server's word.
#[derive(Clone, Debug)]
pub(crate) struct RotationContext {
    /// UpdateHostKeys: `Yes` or `Ask`.
    pub update: UpdateHostKeys,
    /// The host as the person typed it.
    pub shown: String,
    /// Whose key it was.
    pub subject: Subject,
    /// UserKnownHostsFile; the key was in the first.
    pub files: Vec<std::path::PathBuf>,
    /// The key.
    pub current: PublicKey,
    /// Whether new lines hide the name.
    pub hash: bool,
    /// Where it is noted when keys were first written.
    pub first_seen: Option<FirstSeen>,
    /// The host key algorithms that the configuration permits.
    pub permitted: Vec<String>,
    /// RequiredRSASize.
    pub requirements: Requirements,
    /// The keys that must not be learnt.
    pub revoked: Option<RevokedKeys>,
}

/// The part of a connection's shared state that is about this.
#[derive(Default)]
pub(crate) struct PendingRotation {
    state: Mutex<RotationState>,
    announced: Notify,
}

#[derive(Default)]
struct RotationState {
    ground: Option<RotationContext>,
    announced: Option<Vec<PublicKey>>,
}

impl PendingRotation {
    /// The host was accepted in a way that lets its other keys be learnt.
    pub fn allow(&self, ground: RotationContext) {
        self.state().ground = Some(ground);
    }

    /// The server's announcement; the first one counts.
    pub fn announce(&self, mut keys: Vec<PublicKey>) {
        let mut state = self.state();
        if state.ground.is_none() || state.announced.is_some() {
            return;
        }
        // One beyond the limit tells that there were more.
        keys.truncate(MAX_KEYS + 1);
        state.announced = Some(keys);
        self.announced.notify_one();
    }

    pub fn ground(&self) -> Option<RotationContext> {
        self.state().ground.clone()
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
