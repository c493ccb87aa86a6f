//! Who uses a connection at the moment, and how long one forward may hold it up.
//!
//! Reading the connection more slowly is the only way to slow the server down (gap G1), and it
//! delays everybody: what a shell prints waits behind the forward's data on its way. The delay
//! that can be borne depends on who is there: none at all to notice it, a program that prints by
//! itself, or a person who types.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use russh::ChannelId;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::Instant;

/// The data that the delays below are for: what comes in a round trip of a fast line.
const SHARE: f64 = 4.0 * 1024.0 * 1024.0;
/// Nobody else has used the connection for so long: nobody types.
const QUIET: Duration = Duration::from_secs(1);
/// A local end that has taken nothing for so long is not slow, it stands still.
const STANDS_STILL: Duration = Duration::from_secs(1);

/// Delay of so much data while others use the connection: a key's echo stays well under 200 ms.
const DELAY_IN_USE: Duration = Duration::from_millis(60);
/// The same, in the end, for a reader who is slow, takes something all the time, and would be
/// cut off otherwise: sluggish keys are better than a lost transfer.
const DELAY_IN_NEED: Duration = Duration::from_secs(1);
/// From here on it comes to that, little by little.
const NEED: f64 = 0.5;
/// Delay of so much data while nobody else uses the connection.
const DELAY_IN_QUIET: Duration = Duration::from_secs(2);
/// How long a packet may wait where nobody else can come in: as good as for ever, and still
/// short enough that keepalives and new keys get their turn.
const DELAY_ALONE: Duration = Duration::from_secs(10);

/// How things are with the forward that would like to wait.
pub(crate) struct Pressure {
    /// The size of the data that is waiting now.
    pub bytes: usize,
    /// How much of what may be kept is kept, from 0 to 1.
    pub fullness: f64,
    /// How long the local end has taken nothing.
    pub idle: Duration,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing below can panic while it holds one of these.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who has used the connection.
#[derive(Default)]
pub struct Traffic {
    /// The two channels that were used last, the last one first.
    recent: Mutex<[Option<(ChannelId, Instant)>; 2]>,
    /// When something was asked for that belongs to no channel yet.
    asked: Mutex<Option<Instant>>,
    /// Forwarded channels.
    lanes: AtomicUsize,
    /// Ways in which the server may have something to say besides them: sessions, and forwards
    /// whose connections begin at the server.
    server_sources: AtomicUsize,
    /// Forwarded channels that keep more than is comfortable.
    throttling: AtomicUsize,
    interrupted: Notify,
}

impl Traffic {
    /// So many forwarded channels are open; gives how many there were before.
    pub(crate) fn count(&self, lanes: usize) -> usize {
        self.lanes.swap(lanes, Ordering::Relaxed)
    }

    /// The server may have something to say besides forwarded data, from now on.
    pub fn add_server_source(&self) {
        self.server_sources.fetch_add(1, Ordering::Relaxed);
        self.about_to_ask();
    }

    /// One way less.
    pub fn remove_server_source(&self) {
        self.server_sources.fetch_sub(1, Ordering::Relaxed);
    }

    /// One more keeps more than is comfortable.
    pub(crate) fn begin_throttling(&self) {
        self.throttling.fetch_add(1, Ordering::Relaxed);
    }

    /// One less.
    pub(crate) fn end_throttling(&self) {
        self.throttling.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether there are forwarded channels; where there are none, nothing need be noted.
    pub fn is_shared(&self) -> bool {
        self.lanes.load(Ordering::Relaxed) > 0
    }

    /// This channel is used.
    pub fn note(&self, id: ChannelId) {
        let mut recent = lock(&self.recent);
        if recent[0].is_some_and(|(last, _)| last != id) {
            recent[1] = recent[0];
        }
        recent[0] = Some((id, Instant::now()));
    }

    /// Something is about to be sent: whoever holds up the connection lets it go.
    pub fn about_to_send(&self, id: ChannelId) {
        if self.is_shared() {
            self.note(id);
            self.interrupted.notify_waiters();
        }
    }

    /// The same for what belongs to no channel yet.
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
        let window = match self.others(id) < QUIET {
            false => DELAY_IN_QUIET,
            true if pressure.idle > STANDS_STILL => return Duration::ZERO,
            true => {
                let need = ((pressure.fullness - NEED) / (1.0 - NEED)).clamp(0.0, 1.0);
                DELAY_IN_USE + (DELAY_IN_NEED - DELAY_IN_USE).mul_f64(need)
            }
        };
        // Several of them share it.
        let pressing = self.throttling.load(Ordering::Relaxed).max(1);
        window.mul_f64(pressure.bytes as f64 / SHARE / pressing as f64)
    }

    /// How long no other channel has been used.
    fn others(&self, id: ChannelId) -> Duration {
        let other = lock(&self.recent).iter().flatten().find(|(used, _)| *used != id).copied();
        let asked = *lock(&self.asked);
        let last = other.map(|(_, at)| at).max(asked);
        last.map_or(Duration::MAX, |at| at.elapsed())
    }
}
