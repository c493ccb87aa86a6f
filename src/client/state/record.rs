//! Facts about one connection, noted as they become known and read by `~i`, logs and reports.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use russh::keys::ssh_key::PublicKey;
use tokio::time::Instant;

use crate::client::stream::bytes::Stream;
use crate::text;
use crate::trust::{Judgement, fingerprint};

/// How many characters of an identification line are shown: RFC 4253 section 4.2 allows 255 bytes.
const SHOWN: usize = 255;

/// The host's key and why it was accepted.
#[derive(Clone, Debug)]
pub struct HostKey {
    /// The negotiated host key algorithm: how the key was proved.
    pub algorithm: String,
    /// The key's type as ssh names it, such as `ED25519`.
    pub kind: &'static str,
    /// The key's `SHA256:…` fingerprint.
    pub sha256: String,
    /// Why it was accepted, with the file that says so.
    pub trusted: String,
    /// The key itself.
    pub key: PublicKey,
}

/// Facts about one connection, noted as they become known.
#[derive(Default)]
pub(crate) struct ConnectionRecord {
    noted: Mutex<Noted>,
    pub exchanges: AtomicU32,
    judged: Mutex<Option<Judgement>>,
    proved: AtomicBool,
}

#[derive(Clone, Default)]
pub(crate) struct Noted {
    pub since: Option<Instant>,
    pub address: Option<SocketAddr>,
    pub local: Option<SocketAddr>,
    pub server: String,
    pub client: String,
    pub rekey: (u64, Duration),
    /// The window of each channel, in bytes.
    pub window: u32,
    pub host_key: Option<HostKey>,
    pub user: String,
    /// Bytes received and sent before the SSH library took over.
    pub early: (u64, u64),
}

impl ConnectionRecord {
    /// Notes the end of the greeting; `early` bytes were received beyond it already.
    pub fn greeted(&self, stream: &Stream, server: &str, client: &str, early: usize) {
        let mut noted = self.noted();
        noted.since = Some(Instant::now());
        (noted.address, noted.local) = (stream.peer(), stream.local());
        noted.server = text::line(server, SHOWN);
        client.clone_into(&mut noted.client);
        noted.early = ((server.len() + 2 + early) as u64, client.len() as u64 + 2);
    }

    /// Notes the limits after which keys are exchanged again: bytes in one direction, and time.
    pub fn rekeyed_after(&self, bytes: u64, time: Duration) {
        self.noted().rekey = (bytes, time);
    }

    /// Notes the window of each channel, in bytes.
    pub fn channels_have(&self, window: u32) {
        self.noted().window = window;
    }

    /// The window of each channel: how many bytes a server may send before we confirm.
    pub fn window(&self) -> u32 {
        self.noted().window
    }

    /// The server's identification line, sanitised.
    pub fn server(&self) -> String {
        self.noted().server.clone()
    }

    /// Notes that the host's key was accepted: the algorithm that proved it, and why it is trusted.
    pub fn accepted(&self, algorithm: String, key: &PublicKey, trusted: String) {
        self.noted().host_key = Some(HostKey {
            algorithm,
            kind: fingerprint::type_name(key),
            sha256: fingerprint::sha256(key),
            trusted,
            key: key.clone(),
        });
    }

    /// Stores the judgement of the host for a caller that wants nothing else.
    pub fn judge(&self, judgement: Judgement) {
        *self.judged.lock().unwrap_or_else(PoisonError::into_inner) = Some(judgement);
    }

    /// Takes the judgement that [`ConnectionRecord::judge`] stored.
    pub fn judged(&self) -> Option<Judgement> {
        self.judged.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Notes that the server asked for something that only the user has: a password, an answer, a
    /// signature.
    pub fn prove(&self) {
        self.proved.store(true, Ordering::Relaxed);
    }

    /// Whether [`ConnectionRecord::prove`] was called.
    pub fn is_proved(&self) -> bool {
        self.proved.load(Ordering::Relaxed)
    }

    /// Notes that this user is logged in.
    pub fn logged_in(&self, user: &str) {
        user.clone_into(&mut self.noted().user);
    }

    /// The user who is logged in.
    pub fn user(&self) -> String {
        self.noted().user.clone()
    }

    /// Counts a completed key exchange.
    pub fn exchanged(&self) {
        self.exchanges.fetch_add(1, Ordering::Relaxed);
    }

    /// The host's key, once it was accepted.
    pub fn host_key(&self) -> Option<HostKey> {
        self.noted().host_key.clone()
    }

    pub fn noted(&self) -> MutexGuard<'_, Noted> {
        // No code panics while it holds this lock.
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
