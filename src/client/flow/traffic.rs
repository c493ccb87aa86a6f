//! Which channels use a connection at the moment, and how long one forward may hold it up.
//!
//! Reading the connection more slowly is the only way to slow the server down (gap G1), and it
//! delays every channel: what a shell prints waits behind the forward's data. How much delay is
//! acceptable depends on the other channels: there is none, a program prints by itself, or a
//! person types.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use russh::ChannelId;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::Instant;

use crate::client::flow::pace::Pace;

/// The amount of data to which the delays below apply: what arrives in one round trip of a fast
/// connection.
const SHARE: f64 = 4.0 * 1024.0 * 1024.0;
/// If no other channel was used for this long, nobody is typing.
const QUIET: Duration = Duration::from_secs(1);
/// A local end that has taken nothing for this long is not slow but stuck.
const STANDS_STILL: Duration = Duration::from_secs(1);

/// For so long the answer to a key is waited for: nothing is delayed meanwhile.
const ANSWER: Duration = Duration::from_millis(500);
/// The delay per [`SHARE`] while other channels are in use: what a program prints by itself is not
/// late.
const DELAY_IN_USE: Duration = Duration::from_millis(60);
/// The delay per [`SHARE`] for a slow reader that is about to be cut off, while other channels
/// are in use: sluggish keys are better than a lost transfer.
const DELAY_IN_NEED: Duration = Duration::from_secs(1);
/// The part of the kept bound from which [`DELAY_IN_USE`] grows towards [`DELAY_IN_NEED`].
const NEED: f64 = 0.5;
/// The delay per [`SHARE`] while no other channel is used.
const DELAY_IN_QUIET: Duration = Duration::from_secs(2);
/// How long a packet may wait where no other channel exists or can be opened by the server: as
/// good as for ever, and short enough that keepalives and key exchanges get their turn.
const DELAY_ALONE: Duration = Duration::from_secs(10);

/// The state of a forward whose local end does not take data as fast as it comes.
pub(crate) struct Pressure {
    /// The size of the data that is waiting now.
    pub bytes: usize,
    /// How much of what may be kept is kept, from 0 to 1.
    pub fullness: f64,
    /// For how long the local end has taken nothing.
    pub idle: Duration,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code in this file panics while it holds one of these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Which channels have used the connection, and when.
#[derive(Default)]
pub struct Traffic {
    /// The two channels that were used last, the last one first.
    recent: Mutex<[Option<(ChannelId, Instant)>; 2]>,
    /// The channel on which a key was sent that is not answered yet, and when.
    key: Mutex<Option<(ChannelId, Instant)>>,
    /// When a request that belongs to no channel was last sent.
    asked: Mutex<Option<Instant>>,
    /// The number of forwarded channels.
    lanes: AtomicUsize,
    /// How often that number has grown.
    opened: AtomicU64,
    /// The number of other reasons for which the server may send something: the session, and
    /// forwards whose connections begin at the server.
    server_sources: AtomicUsize,
    /// The number of forwarded channels that hold up the connection because too much is kept.
    throttling: AtomicUsize,
    interrupted: Notify,
    /// How much of all but keys may be on its way to the server.
    pub(crate) pace: Arc<Pace>,
}

impl Traffic {
    /// Sets the number of forwarded channels; returns the number before.
    pub(crate) fn count(&self, lanes: usize) -> usize {
        let before = self.lanes.swap(lanes, Ordering::Relaxed);
        if lanes > before {
            self.opened.fetch_add(1, Ordering::Relaxed);
        }
        before
    }

    /// From now on the server has one more reason to send something besides forwarded data.
    pub fn add_server_source(&self) {
        self.server_sources.fetch_add(1, Ordering::Relaxed);
        self.about_to_ask();
    }

    /// The server has one reason less, see [`Traffic::add_server_source`].
    pub fn remove_server_source(&self) {
        self.server_sources.fetch_sub(1, Ordering::Relaxed);
    }

    /// A channel begins to hold up the connection.
    pub(crate) fn begin_throttling(&self) {
        self.throttling.fetch_add(1, Ordering::Relaxed);
    }

    /// A channel no longer holds up the connection.
    pub(crate) fn end_throttling(&self) {
        self.throttling.fetch_sub(1, Ordering::Relaxed);
    }

    /// How often the number of forwarded channels has grown so far.
    pub fn opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    /// Whether there are forwarded channels; if not, use need not be noted.
    pub fn is_shared(&self) -> bool {
        self.lanes.load(Ordering::Relaxed) > 0
    }

    /// Notes that this channel is used.
    fn note(&self, id: ChannelId) {
        let mut recent = lock(&self.recent);
        if recent[0].is_some_and(|(last, _)| last != id) {
            recent[1] = recent[0];
        }
        recent[0] = Some((id, Instant::now()));
    }

    /// Notes that data has arrived on this channel, which answers a key that was sent on it.
    pub fn heard(&self, id: ChannelId) {
        self.note(id);
        lock(&self.key).take_if(|(of, _)| *of == id);
    }

    /// A key is about to be sent on this channel: until it is answered, no forward holds up the
    /// connection.
    pub fn about_to_type(&self, id: ChannelId) {
        self.pace.typed();
        if self.is_shared() {
            *lock(&self.key) = Some((id, Instant::now()));
        }
        self.about_to_send(id);
    }

    /// Data is about to be sent on this channel: forwards that hold up the connection let it go.
    pub fn about_to_send(&self, id: ChannelId) {
        if self.is_shared() {
            self.note(id);
            self.interrupted.notify_waiters();
        }
    }

    /// A request that belongs to no channel is about to be sent: forwards that hold up the
    /// connection let it go.
    pub fn about_to_ask(&self) {
        *lock(&self.asked) = Some(Instant::now());
        self.interrupted.notify_waiters();
    }

    pub(crate) fn interrupted(&self) -> Notified<'_> {
        self.interrupted.notified()
    }

    /// How long the forward on this channel may hold up the connection for this much data.
    pub(crate) fn patience(&self, id: ChannelId, pressure: &Pressure) -> Duration {
        let (lanes, server_sources) =
            (self.lanes.load(Ordering::Relaxed), self.server_sources.load(Ordering::Relaxed));
        if lanes <= 1 && server_sources == 0 {
            return DELAY_ALONE;
        }
        if lock(&self.key).is_some_and(|(_, at)| at.elapsed() < ANSWER) {
            return Duration::ZERO;
        }
        let window = match self.others(id) < QUIET {
            false => DELAY_IN_QUIET,
            // It takes nothing whatever others wait.
            true if pressure.idle > STANDS_STILL => DELAY_IN_USE,
            true => {
                let need = ((pressure.fullness - NEED) / (1.0 - NEED)).clamp(0.0, 1.0);
                DELAY_IN_USE + (DELAY_IN_NEED - DELAY_IN_USE).mul_f64(need)
            }
        };
        // All channels that hold up the connection share the delay.
        let pressing = self.throttling.load(Ordering::Relaxed).max(1);
        window.mul_f64(pressure.bytes as f64 / SHARE / pressing as f64)
    }

    /// For how long no other channel has been used.
    fn others(&self, id: ChannelId) -> Duration {
        let other = lock(&self.recent).iter().flatten().find(|(used, _)| *used != id).copied();
        let asked = *lock(&self.asked);
        let last = other.map(|(_, at)| at).max(asked);
        last.map_or(Duration::MAX, |at| at.elapsed())
    }
}
