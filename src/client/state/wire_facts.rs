//! What the wire knows that others want to know, and the bounds on what a peer may say where
//! the library keeps it without one (gap G15).
//!
//! Two kinds of messages are queued by the library without a bound: answers to a login, also
//! where nothing was asked, and what wants a reply while keys are exchanged, since no reply may
//! leave then. Neither can be seen here once it is encrypted, but both can be counted: bytes
//! that came while no login request was open, and bytes that were no channel's data since the
//! last time we wrote.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::client::observe::Observed;
use crate::error::{Error, Kind};
use crate::say;

/// What a server may say while it owes no answer to a login: padding and signs of life for as
/// long as a person thinks. The library makes at most five bytes of one.
const UNASKED: u64 = 64 * 1024;
/// What may come besides channel data during a key exchange: the answers of very many channels
/// that were under way. The library makes at most six bytes of one, and keeps them.
const CHATTER: u64 = 1024 * 1024;
/// The packet around a piece of channel data: numbers, padding and authentication code.
const AROUND_DATA: u64 = 64;
/// Where nothing has been written since a request was made.
const NEVER: u64 = u64::MAX;

/// Bytes counted and seen on the wire, shared with the steps of the connection.
pub(crate) struct WireFacts {
    pub(crate) observed: Mutex<Observed>,
    /// Bytes received so far.
    received: AtomicU64,
    /// Bytes sent so far.
    sent: AtomicU64,
    /// How many of those received were there when we last wrote, or were told what they meant.
    explained: AtomicU64,
    /// How many were there when something was first written after the last login request.
    asked: AtomicU64,
    /// How many there may be before the next one.
    most: AtomicU64,
    /// Set once the session runs: acknowledgements may be delayed again.
    settled: AtomicBool,
    /// The server did not answer a login request in time.
    late: AtomicBool,
    /// The longest that an answer of the server's took so far, in microseconds.
    turnaround: AtomicU64,
    keys: Mutex<KeyUse>,
}

/// The keys in use, and when others will be.
struct KeyUse {
    since: Instant,
    /// Bytes received and sent before them.
    before: (u64, u64),
    /// We have begun to exchange them for others.
    leaving: bool,
    /// What may pass before the library does so by itself.
    library: KeyUsage,
}

/// What has passed with the same keys, or may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyUsage {
    pub received: u64,
    pub sent: u64,
    pub time: Duration,
}

impl KeyUsage {
    /// Whether one of the numbers is as large as in `limit`.
    pub fn reaches(&self, limit: &KeyUsage) -> bool {
        self.received >= limit.received || self.sent >= limit.sent || self.time >= limit.time
    }
}

impl Default for WireFacts {
    fn default() -> WireFacts {
        let library = KeyUsage { received: u64::MAX, sent: u64::MAX, time: Duration::MAX };
        let keys = KeyUse { since: Instant::now(), before: (0, 0), leaving: false, library };
        WireFacts {
            observed: Mutex::default(),
            received: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            explained: AtomicU64::new(0),
            asked: AtomicU64::new(NEVER),
            most: AtomicU64::new(u64::MAX),
            settled: AtomicBool::new(false),
            late: AtomicBool::new(false),
            turnaround: AtomicU64::new(0),
            keys: Mutex::new(keys),
        }
    }
}

/// A lock whose holder cannot leave the data half changed, so poison means nothing.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl WireFacts {
    /// What the first key exchange showed.
    pub fn observed(&self) -> Observed {
        lock(&self.observed).clone()
    }

    fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Bytes received and sent so far.
    pub fn counted(&self) -> (u64, u64) {
        (self.received(), self.sent.load(Ordering::Relaxed))
    }

    /// What has been received so far has had its effect.
    pub fn explain(&self) {
        self.explained.store(self.received(), Ordering::Relaxed);
    }

    /// So much channel data has been received and given on.
    pub fn explain_data(&self, count: usize) {
        let explained = self.explained.load(Ordering::Relaxed) + count as u64 + AROUND_DATA;
        self.explained.store(explained.min(self.received()), Ordering::Relaxed);
    }

    /// Bytes received since, which nobody has made sense of yet.
    pub fn unexplained(&self) -> u64 {
        self.received() - self.explained.load(Ordering::Relaxed)
    }

    /// So many bytes have come.
    ///
    /// # Errors
    /// They are more than the server may say now.
    pub(crate) fn heard(&self, count: usize) -> Result<(), Error> {
        let received = self.received.fetch_add(count as u64, Ordering::Relaxed) + count as u64;
        if received > self.most.load(Ordering::Relaxed) {
            return Err(Error::new(Kind::Disconnected, say!(wire_talks_unasked))
                .hint(say!(host_key_unproved_hint)));
        }
        if self.unexplained() > CHATTER && self.is_exchanging() {
            return Err(Error::new(Kind::Disconnected, say!(wire_chatter))
                .hint(say!(host_key_unproved_hint)));
        }
        Ok(())
    }

    /// So many bytes have been sent; what was received before has had its effect.
    pub(crate) fn said(&self, count: usize) {
        self.explain();
        // Nobody else stores there while a request is open.
        if count > 0 && self.asked.load(Ordering::Relaxed) == NEVER {
            self.asked.store(self.received(), Ordering::Relaxed);
        }
        self.sent.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// A login request is made: the server has all the time and room it wants for its answer.
    pub fn ask(&self) {
        self.asked.store(NEVER, Ordering::Relaxed);
        self.most.store(u64::MAX, Ordering::Relaxed);
    }

    /// The library has an answer to the last one: whether it can be one. From here on the
    /// server owes none.
    pub fn answered(&self) -> bool {
        let received = self.received();
        self.most.store(received + UNASKED, Ordering::Relaxed);
        let asked = self.asked.load(Ordering::Relaxed);
        asked != NEVER && received > asked
    }

    /// The server has not answered a login request in time.
    pub fn note_late(&self) {
        self.late.store(true, Ordering::Relaxed);
    }

    /// Whether the server once did not answer a login request in time.
    pub fn is_late(&self) -> bool {
        self.late.load(Ordering::Relaxed)
    }

    /// Whether the server has answered anything since the key exchange.
    pub fn has_answered(&self) -> bool {
        self.most.load(Ordering::Relaxed) != u64::MAX
    }

    /// A banner is no answer, and may be long.
    pub fn banner(&self, count: usize) {
        self.explain();
        let longer = |most: u64| most.checked_add(count as u64);
        let _ = self.most.fetch_update(Ordering::Relaxed, Ordering::Relaxed, longer);
    }

    /// The login is over: nothing is an answer to it any more.
    pub fn logged_in(&self) {
        self.most.store(u64::MAX, Ordering::Relaxed);
    }

    /// New keys are in use; the library exchanges them after so many bytes, or so much time.
    pub fn exchanged(&self) {
        let before = self.counted();
        let mut keys = lock(&self.keys);
        *keys = KeyUse { since: Instant::now(), before, leaving: false, library: keys.library };
    }

    /// After what the library exchanges keys by itself.
    pub fn library_exchanges_after(&self, limit: KeyUsage) {
        lock(&self.keys).library = limit;
    }

    /// We begin to exchange keys.
    pub fn leave_keys(&self) {
        lock(&self.keys).leaving = true;
    }

    /// Whether [`WireFacts::leave_keys`] was called with these.
    pub fn is_leaving_keys(&self) -> bool {
        lock(&self.keys).leaving
    }

    /// What has passed with these keys.
    pub fn key_use(&self) -> KeyUsage {
        let (received, sent) = self.counted();
        let keys = lock(&self.keys);
        let (received, sent) = (received - keys.before.0, sent - keys.before.1);
        KeyUsage { received, sent, time: keys.since.elapsed() }
    }

    /// Whether keys are being exchanged, or may be.
    fn is_exchanging(&self) -> bool {
        let passed = self.key_use();
        let keys = lock(&self.keys);
        keys.leaving || passed.reaches(&keys.library)
    }

    /// An answer took so long.
    pub(crate) fn took(&self, time: Duration) {
        let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.turnaround.fetch_max(time, Ordering::Relaxed);
    }

    /// The longest that an answer took so far.
    pub fn turnaround(&self) -> Duration {
        Duration::from_micros(self.turnaround.load(Ordering::Relaxed))
    }

    /// As if so many bytes had come.
    #[cfg(test)]
    pub fn hear(&self, count: u64) {
        self.received.fetch_add(count, Ordering::Relaxed);
    }

    /// From here on the kernel may delay acknowledgements as it likes.
    pub fn settle(&self) {
        self.settled.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.settled.load(Ordering::Relaxed)
    }
}
