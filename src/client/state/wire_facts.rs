//! Counts of bytes on the wire, and the bounds on messages that the library would queue without
//! limit (gap G15).
//!
//! The library queues two kinds of messages without limit: answers to a login, even if nothing was
//! asked, and messages that want a reply during a key exchange, since no reply may be sent then.
//! Neither can be recognised here once it is encrypted, but both can be counted: bytes that arrive
//! while no login request is open, and bytes that are not channel data and arrive after our last
//! write.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::client::observe::Observed;
use crate::error::{Error, Kind};
use crate::say;

/// The most bytes that a server may send while it owes no answer to a login: padding and keepalives
/// for as long as a person thinks. The library makes at most five bytes of memory of one.
const UNASKED: u64 = 64 * 1024;
/// The most bytes besides banners that a server may send in place of an answer to a login: no answer
/// is longer than a packet.
const IN_PLACE_OF_AN_ANSWER: u64 = 1024 * 1024;
/// The most bytes besides channel data during a key exchange: the answers of very many channels
/// that were under way. The library keeps at most six bytes of memory for each of them.
const CHATTER: u64 = 1024 * 1024;
/// The size of the packet around channel data or a banner: numbers, padding and authentication code.
const AROUND_DATA: u64 = 64;
/// The value of `asked` while nothing has been written since the last login request.
const NEVER: u64 = u64::MAX;

/// Counts and facts of the wire, shared with the steps of the connection.
pub(crate) struct WireFacts {
    pub(crate) observed: Mutex<Observed>,
    /// Bytes received so far.
    received: AtomicU64,
    /// Bytes sent so far.
    sent: AtomicU64,
    /// The received bytes that are accounted for: those before our last write, and channel data.
    explained: AtomicU64,
    /// The received bytes when something was first written after the last login request.
    asked: AtomicU64,
    /// The most bytes that may be received before the next login request.
    most: AtomicU64,
    /// The most bytes that may be received before the answer to the open login request.
    most_before_answer: AtomicU64,
    /// Set once the session runs: the kernel may delay acknowledgements again.
    settled: AtomicBool,
    /// The server did not answer a login request in time.
    late: AtomicBool,
    /// The longest time that an answer of the server took so far, in microseconds.
    turnaround: AtomicU64,
    /// How many packets of channel data were received so far.
    data_packets: AtomicU64,
    /// How long the server may take nothing of what is written, in milliseconds; 0 is no limit.
    most_stalled: AtomicU64,
    /// A service was accepted, and the library has not gone on to the login.
    awaits_login: AtomicBool,
    /// The library has told a message since this was last asked.
    told: AtomicBool,
    keys: Mutex<KeyUse>,
    host_key: Mutex<HostKeyShown>,
}

/// The host keys of all exchanges.
#[derive(Default)]
struct HostKeyShown {
    /// That of the first one.
    first: Option<String>,
    /// Whether a later exchange had another.
    changed: bool,
}

/// The keys in use, and when they will be replaced.
struct KeyUse {
    since: Instant,
    /// Bytes received and sent before these keys.
    before: (u64, u64),
    /// When an exchange of these keys was begun.
    leaving: Option<Instant>,
    /// The limits at which the library exchanges keys by itself.
    library: KeyUsage,
}

/// How much has passed, or may pass, with one set of keys.
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
        let keys = KeyUse { since: Instant::now(), before: (0, 0), leaving: None, library };
        WireFacts {
            observed: Mutex::default(),
            received: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            explained: AtomicU64::new(0),
            asked: AtomicU64::new(NEVER),
            most: AtomicU64::new(u64::MAX),
            most_before_answer: AtomicU64::new(u64::MAX),
            settled: AtomicBool::new(false),
            late: AtomicBool::new(false),
            turnaround: AtomicU64::new(0),
            data_packets: AtomicU64::new(0),
            most_stalled: AtomicU64::new(0),
            awaits_login: AtomicBool::new(false),
            told: AtomicBool::new(false),
            keys: Mutex::new(keys),
            host_key: Mutex::default(),
        }
    }
}

/// Locks a mutex. No holder leaves the data half changed, so poison is ignored.
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

    /// Marks everything received so far as accounted for.
    pub fn explain(&self) {
        self.explained.store(self.received(), Ordering::Relaxed);
    }

    /// Marks this much channel data, with its packet, as accounted for.
    pub fn explain_data(&self, count: usize) {
        let explained = self.explained.load(Ordering::Relaxed) + count as u64 + AROUND_DATA;
        self.explained.store(explained.min(self.received()), Ordering::Relaxed);
        self.data_packets.fetch_add(1, Ordering::Relaxed);
    }

    /// How many packets of channel data were received so far.
    pub fn data_packets(&self) -> u64 {
        self.data_packets.load(Ordering::Relaxed)
    }

    /// Sets how long the server may take nothing of what is written; `None` is no limit.
    pub fn stalls_at_most(&self, limit: Option<Duration>) {
        let limit = limit.map_or(0, |limit| u64::try_from(limit.as_millis()).unwrap_or(0));
        self.most_stalled.store(limit, Ordering::Relaxed);
    }

    /// How long the server may take nothing of what is written, if there is a limit.
    pub fn most_stalled(&self) -> Option<Duration> {
        let limit = self.most_stalled.load(Ordering::Relaxed);
        (limit > 0).then(|| Duration::from_millis(limit))
    }

    /// The received bytes that are not accounted for yet.
    pub fn unexplained(&self) -> u64 {
        self.received() - self.explained.load(Ordering::Relaxed)
    }

    /// Counts received bytes.
    ///
    /// # Errors
    /// They are more than the server may send at this time.
    pub(crate) fn heard(&self, count: usize) -> Result<(), Error> {
        let received = self.received.fetch_add(count as u64, Ordering::Relaxed) + count as u64;
        if received > self.most.load(Ordering::Relaxed) {
            return Err(Error::new(Kind::Disconnected, say!(wire_talks_unasked))
                .hint(say!(host_key_unproved_hint)));
        }
        if received > self.most_before_answer.load(Ordering::Relaxed) {
            return Err(Error::new(Kind::Disconnected, say!(wire_answers_nothing))
                .hint(say!(host_key_unproved_hint)));
        }
        if self.unexplained() > CHATTER && self.is_exchanging() {
            return Err(Error::new(Kind::Disconnected, say!(wire_chatter))
                .hint(say!(host_key_unproved_hint)));
        }
        Ok(())
    }

    /// Counts sent bytes, and marks everything received before as accounted for.
    pub(crate) fn count_written(&self, count: usize) {
        self.explain();
        // No other code stores here while a request is open.
        if count > 0 && self.asked.load(Ordering::Relaxed) == NEVER {
            self.asked.store(self.received(), Ordering::Relaxed);
        }
        self.sent.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// Notes that a login request is made.
    pub fn ask(&self) {
        self.asked.store(NEVER, Ordering::Relaxed);
        self.most.store(u64::MAX, Ordering::Relaxed);
        let most = self.received() + IN_PLACE_OF_AN_ANSWER;
        self.most_before_answer.store(most, Ordering::Relaxed);
    }

    /// Notes that the library returned an answer to the last request. `false` if it cannot be one,
    /// because nothing was received since the request. From here on the server owes no answer.
    pub fn answered(&self) -> bool {
        let received = self.received();
        self.most.store(received + UNASKED, Ordering::Relaxed);
        self.most_before_answer.store(u64::MAX, Ordering::Relaxed);
        let asked = self.asked.load(Ordering::Relaxed);
        asked != NEVER && received > asked
    }

    /// Notes that the server did not answer a login request in time.
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

    /// Allows the bytes of a banner, which is not an answer and may be long.
    pub fn banner(&self, count: usize) {
        self.explain();
        let longer = |most: u64| most.checked_add(count as u64 + AROUND_DATA);
        for most in [&self.most, &self.most_before_answer] {
            let _ = most.fetch_update(Ordering::Relaxed, Ordering::Relaxed, longer);
        }
    }

    /// Lifts the limit after the login, when nothing can count as an answer to it.
    pub fn logged_in(&self) {
        self.most.store(u64::MAX, Ordering::Relaxed);
    }

    /// Notes that new keys are in use, and starts counting anew.
    pub fn exchanged(&self) {
        let before = self.counted();
        let mut keys = lock(&self.keys);
        *keys = KeyUse { since: Instant::now(), before, leaving: None, library: keys.library };
    }

    /// Sets the limits at which the library exchanges keys by itself.
    pub fn library_exchanges_after(&self, limit: KeyUsage) {
        lock(&self.keys).library = limit;
    }

    /// Notes the host key of an exchange, as text.
    pub fn host_key_was(&self, key: &str) {
        let mut shown = lock(&self.host_key);
        let first = shown.first.get_or_insert_with(|| key.to_owned());
        let is_another = first != key;
        shown.changed |= is_another;
    }

    /// Whether an exchange had another host key than the first one.
    pub fn is_host_key_another(&self) -> bool {
        lock(&self.host_key).changed
    }

    /// Notes that a service was accepted, or that the library has gone on to the login with it.
    pub fn awaits_login(&self, awaits: bool) {
        self.awaits_login.store(awaits, Ordering::Relaxed);
    }

    /// Whether the service that was accepted is not the login. To be asked when the library is done
    /// with what it has read.
    pub fn is_service_another(&self) -> bool {
        self.awaits_login.load(Ordering::Relaxed)
    }

    /// Notes that the library has told a message.
    pub fn note_message(&self) {
        self.told.store(true, Ordering::Relaxed);
    }

    /// Whether the library has told a message since this was last asked.
    pub fn take_message(&self) -> bool {
        self.told.swap(false, Ordering::Relaxed)
    }

    /// Notes that a key exchange begins, ours or the server's.
    pub fn leave_keys(&self) {
        lock(&self.keys).leaving = Some(Instant::now());
    }

    /// Whether [`WireFacts::leave_keys`] was called for these keys.
    pub fn is_leaving_keys(&self) -> bool {
        self.left_keys().is_some()
    }

    /// When [`WireFacts::leave_keys`] was called for these keys.
    pub fn left_keys(&self) -> Option<Instant> {
        lock(&self.keys).leaving
    }

    /// How much has passed with these keys.
    pub fn key_use(&self) -> KeyUsage {
        let (received, sent) = self.counted();
        let keys = lock(&self.keys);
        let (received, sent) = (received - keys.before.0, sent - keys.before.1);
        KeyUsage { received, sent, time: keys.since.elapsed() }
    }

    /// Whether a key exchange is running, or may be running.
    fn is_exchanging(&self) -> bool {
        let passed = self.key_use();
        let keys = lock(&self.keys);
        keys.leaving.is_some() || passed.reaches(&keys.library)
    }

    /// Notes how long an answer took.
    pub(crate) fn took(&self, time: Duration) {
        let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.turnaround.fetch_max(time, Ordering::Relaxed);
    }

    /// The longest time that an answer took so far.
    pub fn turnaround(&self) -> Duration {
        Duration::from_micros(self.turnaround.load(Ordering::Relaxed))
    }

    /// Counts bytes as received without a check.
    #[cfg(test)]
    pub fn hear(&self, count: u64) {
        self.received.fetch_add(count, Ordering::Relaxed);
    }

    /// Lets the kernel delay acknowledgements from here on.
    pub fn settle(&self) {
        self.settled.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.settled.load(Ordering::Relaxed)
    }
}
