//! A lane holds what a forwarded channel has received until its local end takes it.
//!
//! The SSH library grants the server new window when data arrives, not when somebody has read it,
//! and one full queue stops the whole connection (gap G1). So a forward's data is never left with
//! the library: it is written to the local end at once if that accepts it, and kept here otherwise.
//! The kept data is bounded, per channel and for the whole connection. A channel that exceeds a
//! bound is closed with an error; other channels are not affected.
//!
//! Before that happens, the server is slowed down by reading the connection more slowly. This
//! delays everything else on the connection too, so `flow::traffic` limits for how long.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use russh::ChannelId;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::client::flow::complaint::Complaints;
use crate::client::flow::event::{Event, EventSender, EventsFull};
use crate::client::flow::idle::{self, IdleClock, Timeouts};
use crate::client::flow::kept::KeptData;
use crate::client::flow::left::LeftChannels;
use crate::client::flow::socket::LocalSocket;
use crate::client::flow::traffic::{Pressure, Traffic};

/// Up to this many kept bytes the server is not slowed down.
const COMFORTABLE: usize = 1024 * 1024;
/// The most that one channel may keep: several windows, so that a reader who is slow for a while,
/// or while somebody types, is not cut off. All channels of a connection together may keep no more
/// either, which bounds the memory that a server can make this program use.
pub const MAX_KEPT: usize = 64 * 1024 * 1024;
/// The timer's resolution; shorter waits are added up.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

/// The forwarded channels of one connection.
#[derive(Default)]
pub struct Lanes {
    open: Mutex<HashMap<ChannelId, Arc<Lane>>>,
    /// The number of channels that were requested and not confirmed or refused yet.
    expected: AtomicUsize,
    /// The number of those that can be done without.
    aside: AtomicUsize,
    /// The bytes kept by all lanes together.
    kept: Arc<AtomicUsize>,
    /// The channels of the server that were closed from here first.
    pub left: LeftChannels,
    /// The connections that could not be forwarded.
    pub complaints: Complaints,
    /// How much each channel uses the connection.
    pub traffic: Arc<Traffic>,
    /// Notified when the first lane appears and when the last one goes.
    pub changed: Notify,
    /// The ChannelTimeout settings.
    pub timeouts: Timeouts,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code in this file panics while it holds one of these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lanes {
    /// Announces that a channel is about to be requested. Its lane must exist as soon as the server
    /// confirms it, because data may follow at once.
    pub fn expect(self: &Arc<Lanes>) -> Expected {
        self.expected.fetch_add(1, Ordering::Relaxed);
        self.count(&lock(&self.open));
        Expected { lanes: Arc::clone(self), is_aside: false }
    }

    /// The same for a channel that can be done without.
    pub fn expect_aside(self: &Arc<Lanes>) -> Expected {
        self.aside.fetch_add(1, Ordering::Relaxed);
        let mut expected = self.expect();
        expected.is_aside = true;
        expected
    }

    /// Whether a channel that is asked for can be done without.
    pub fn is_expecting_aside(&self) -> bool {
        self.aside.load(Ordering::Relaxed) > 0
    }

    /// The server has confirmed a channel: opens its lane if a forward is expecting one.
    pub fn confirmed(&self, id: ChannelId) {
        if self.expected.load(Ordering::Relaxed) > 0 {
            self.admit(id);
        }
    }

    /// Whether no channel is open or asked for.
    pub fn is_empty(&self) -> bool {
        !self.is_expecting() && lock(&self.open).is_empty()
    }

    /// Whether channels of forwards are being asked for.
    pub fn is_expecting(&self) -> bool {
        self.expected.load(Ordering::Relaxed) > 0
    }

    /// Waits until there are channels beside the session's own.
    pub async fn shared(&self) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.traffic.is_shared() {
                return;
            }
            changed.await;
        }
    }

    /// Opens the lane of a channel.
    pub fn admit(&self, id: ChannelId) -> Arc<Lane> {
        let mut open = lock(&self.open);
        let new = || Lane::new(id, Arc::clone(&self.kept), Arc::clone(&self.traffic));
        let lane = open.entry(id).or_insert_with(|| Arc::new(new()));
        let lane = Arc::clone(lane);
        self.count(&open);
        lane
    }

    /// Updates the number of lanes. Requested channels count too, because their data may come any
    /// moment.
    fn count(&self, open: &HashMap<ChannelId, Arc<Lane>>) {
        let count = open.len() + self.expected.load(Ordering::Relaxed);
        if (self.traffic.count(count) == 0) != (count == 0) {
            self.changed.notify_waiters();
        }
    }

    /// The lane of this channel, if it is a forward's.
    pub fn find(&self, id: ChannelId) -> Option<Arc<Lane>> {
        lock(&self.open).get(&id).cloned()
    }

    /// The open channels, one line each, sorted by number.
    pub fn list(&self) -> Vec<String> {
        let open = lock(&self.open);
        let mut lanes: Vec<_> = open.values().collect();
        lanes.sort_by_key(|lane| lane.id.number());
        lanes.iter().map(|lane| format!("#{} {}", lane.id, lane.what())).collect()
    }

    /// Removes a channel's lane; data that still arrives for it is dropped.
    pub fn remove(&self, id: ChannelId) {
        let mut open = lock(&self.open);
        let lane = open.remove(&id);
        self.count(&open);
        drop(open);
        if let Some(lane) = lane {
            lane.abandon();
        }
    }

    /// If all lanes together keep more than [`MAX_KEPT`], closes the one that keeps most.
    pub fn relieve(&self) {
        if self.kept.load(Ordering::Relaxed) <= MAX_KEPT {
            return;
        }
        let lanes: Vec<_> = lock(&self.open).values().cloned().collect();
        if let Some(most) = lanes.iter().max_by_key(|lane| lane.kept()) {
            most.overflow();
        }
    }

    /// Tells all lanes that the connection has ended.
    pub fn end(&self) {
        lock(&self.open).values().for_each(|lane| lane.lost());
    }
}

/// A requested channel that is not confirmed or refused yet.
pub struct Expected {
    lanes: Arc<Lanes>,
    is_aside: bool,
}

impl Expected {
    /// The request was confirmed with this number; returns the channel's lane.
    pub fn claim(self, id: ChannelId) -> Arc<Lane> {
        let lane = self.lanes.admit(id);
        lock(&lane.state).claimed = true;
        lane
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        if self.is_aside {
            self.lanes.aside.fetch_sub(1, Ordering::Relaxed);
        }
        let last = self.lanes.expected.fetch_sub(1, Ordering::Relaxed) == 1;
        let mut open = lock(&self.lanes.open);
        if last {
            // Lanes of channels that no forward has claimed belong to other channels, which need
            // none.
            open.retain(|_, lane| lock(&lane.state).claimed);
        }
        self.lanes.count(&open);
    }
}

/// What the server has said about the end of its data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    #[default]
    No,
    /// EOF: no more data.
    Eof,
    /// The channel is closed, or the connection is lost.
    Closed,
}

/// Why a lane has no more data.
#[derive(Debug)]
pub enum Drained {
    /// The server sends no more data; it may still take some.
    Eof,
    /// The server has closed the channel.
    Closed,
    /// More was kept than is allowed, because the local end is too slow.
    Overflowed,
    /// The local end accepts no more data.
    Broken(std::io::Error),
}

#[derive(Default)]
struct LaneState {
    kept: KeptData,
    end: End,
    /// The connection ended before the server had said that no more data follows.
    is_cut: bool,
    /// No reader is left; new data is dropped.
    gone: bool,
    overflowed: bool,
    claimed: bool,
    what: String,
    /// The receiver of other events, if this is a session's channel.
    events: Option<EventSender>,
    /// More than [`COMFORTABLE`] is kept, so this channel slows the connection down.
    presses: bool,
    /// The socket to which data is written directly while nothing is kept.
    line: Option<Arc<LocalSocket>>,
    /// When the local end last took data.
    taken: Option<Instant>,
    /// The clock of ChannelTimeout, if the channel has a timeout.
    clock: Option<Arc<IdleClock>>,
    /// The permitted delay of the connection that was too short to wait for and is added up.
    owed: Duration,
}

/// One forwarded channel's data on its way to the local end.
pub struct Lane {
    id: ChannelId,
    kept: Arc<AtomicUsize>,
    traffic: Arc<Traffic>,
    state: Mutex<LaneState>,
    /// The lane of extended data, if this is a session's.
    errors: OnceLock<Arc<Lane>>,
    /// Notified when there is data to take.
    fed: Notify,
    /// Notified when there is room again.
    room: Notify,
}

impl Lane {
    fn new(id: ChannelId, kept: Arc<AtomicUsize>, traffic: Arc<Traffic>) -> Lane {
        Lane {
            id,
            kept,
            traffic,
            state: Mutex::default(),
            errors: OnceLock::new(),
            fed: Notify::new(),
            room: Notify::new(),
        }
    }

    /// Makes this the lane of a session, whose other events go to `events`. Returns the lane of the
    /// session's extended data.
    pub fn session(&self, events: EventSender) -> Arc<Lane> {
        lock(&self.state).events = Some(events);
        let new = || Lane::new(self.id, Arc::clone(&self.kept), Arc::clone(&self.traffic));
        Arc::clone(self.errors.get_or_init(|| Arc::new(new())))
    }

    /// The lane of extended data, if this is a session's.
    pub fn errors(&self) -> Option<&Arc<Lane>> {
        self.errors.get()
    }

    /// Passes on an event of a session's channel. If too many answers wait, the channel is closed,
    /// as it is when too much data waits.
    pub fn tell(&self, event: Event) {
        let told = lock(&self.state).events.as_ref().map(|events| events.send(event));
        if let Some(Err(EventsFull)) = told {
            self.overflow();
        }
    }

    /// The memory of all kept data, extended data included.
    fn kept(&self) -> usize {
        lock(&self.state).kept.cost() + self.errors.get().map_or(0, |errors| errors.kept())
    }

    /// Sets the connection's description. A lane that the server opened is claimed by this.
    pub fn describe(&self, what: String) {
        let mut state = lock(&self.state);
        state.claimed = true;
        state.what = what;
    }

    /// Starts the ChannelTimeout clock of this channel; `None` if no timeout applies.
    pub fn start_clock(&self, timeouts: &Timeouts) -> Option<Arc<IdleClock>> {
        let mut state = lock(&self.state);
        state.clock = timeouts.clock(idle::kind(&state.what));
        if let Some(errors) = self.errors.get() {
            lock(&errors.state).clock.clone_from(&state.clock);
        }
        state.clock.clone()
    }

    /// The connection's description.
    pub fn what(&self) -> String {
        lock(&self.state).what.clone()
    }

    /// Waits until the server has closed the channel.
    pub async fn over(&self) {
        loop {
            let fed = self.fed.notified();
            if lock(&self.state).end == End::Closed {
                return;
            }
            fed.await;
        }
    }

    /// Takes data from the server. If too much is kept, waits for as long as the other channels
    /// tolerate (see `Traffic::patience`).
    pub async fn feed(&self, lanes: &Lanes, data: &[u8]) {
        self.traffic.heard(self.id);
        let kept = {
            let mut state = lock(&self.state);
            if state.gone || data.is_empty() {
                return;
            }
            if let Some(clock) = &state.clock {
                clock.touch();
            }
            let written = state.pass(data);
            if written == data.len() {
                return;
            }
            let cost = state.kept.push(&data[written..]);
            self.kept.fetch_add(cost, Ordering::Relaxed);
            state.kept.cost()
        };
        self.fed.notify_one();
        if kept > MAX_KEPT {
            return self.overflow();
        }
        lanes.relieve();
        if kept > COMFORTABLE {
            self.hold_up(data.len()).await;
        }
    }

    /// Waits for room, but no longer than this channel may hold up the connection.
    async fn hold_up(&self, bytes: usize) {
        let stirred = self.traffic.interrupted();
        tokio::pin!(stirred);
        stirred.as_mut().enable();
        let wait = {
            let mut state = lock(&self.state);
            if state.gone {
                return;
            }
            if !std::mem::replace(&mut state.presses, true) {
                self.traffic.begin_throttling();
            }
            let pressure = Pressure {
                bytes,
                fullness: state.kept.cost() as f64 / MAX_KEPT as f64,
                idle: state.taken.map_or(Duration::MAX, |taken| taken.elapsed()),
            };
            state.owed += self.traffic.patience(self.id, &pressure);
            if state.owed < SHORTEST_WAIT {
                return;
            }
            std::mem::take(&mut state.owed)
        };
        tokio::select! {
            () = self.room.notified() => {}
            () = stirred => {}
            () = sleep(wait) => {}
        }
    }

    /// Notes that the server sends no more data.
    pub fn eof(&self) {
        self.end(End::Eof);
        self.tell(Event::Eof);
    }

    /// Notes that the server has closed the channel.
    pub fn closed(&self) {
        self.end(End::Closed);
        self.tell(Event::Closed);
    }

    /// Notes that the connection has ended.
    fn lost(&self) {
        {
            let mut state = lock(&self.state);
            state.is_cut |= state.end == End::No;
        }
        self.end(End::Closed);
        lock(&self.state).events = None;
    }

    fn end(&self, end: End) {
        let mut state = lock(&self.state);
        state.end = state.end.max(end);
        drop(state);
        self.fed.notify_one();
        if let Some(errors) = self.errors.get() {
            errors.end(end);
        }
    }

    /// Whether the server has closed the channel, or the connection is gone.
    pub fn is_closed(&self) -> bool {
        lock(&self.state).end == End::Closed
    }

    /// Whether the connection ended before the server had said that no more data follows.
    pub fn is_cut(&self) -> bool {
        lock(&self.state).is_cut
    }

    /// Drops the kept data and all data that still arrives.
    pub fn forget(&self) {
        self.abandon();
    }

    fn overflow(&self) {
        let mut state = lock(&self.state);
        state.overflowed = true;
        drop(state);
        self.abandon();
    }

    /// Stops taking data and frees what is kept.
    fn abandon(&self) {
        let mut state = lock(&self.state);
        state.gone = true;
        state.line = None;
        if std::mem::take(&mut state.presses) {
            self.traffic.end_throttling();
        }
        let kept = state.kept.cost();
        state.kept.clear();
        drop(state);
        self.kept.fetch_sub(kept, Ordering::Relaxed);
        self.fed.notify_one();
        self.room.notify_one();
        if let Some(errors) = self.errors.get() {
            errors.abandon();
        }
    }

    /// Waits for the next data, for a reader other than [`Lane::pour`].
    pub async fn take(&self) -> Result<Bytes, Drained> {
        loop {
            let fed = self.fed.notified();
            {
                let mut state = lock(&self.state);
                let before = state.kept.cost();
                if let Some(bytes) = state.kept.pop() {
                    self.took(&mut state, before);
                    return Ok(bytes);
                }
                if let Some(drained) = state.drained() {
                    return Err(drained);
                }
            }
            fed.await;
        }
    }

    /// Writes all data from here on to this socket; returns when there is no more of it.
    pub async fn pour(&self, line: &Arc<LocalSocket>) -> Drained {
        lock(&self.state).line = Some(Arc::clone(line));
        loop {
            let fed = self.fed.notified();
            let waiting = match self.pass_kept(line) {
                Ok(waiting) => waiting,
                Err(error) => return Drained::Broken(error),
            };
            // The lane may overflow while the socket takes nothing.
            if let Some(drained) = lock(&self.state).drained() {
                return drained;
            }
            tokio::select! {
                writable = line.writable(), if waiting => if let Err(error) = writable {
                    return Drained::Broken(error);
                },
                () = fed => {}
            }
        }
    }

    /// Writes the kept data; `true` if the socket accepts no more at the moment.
    fn pass_kept(&self, line: &LocalSocket) -> std::io::Result<bool> {
        let mut state = lock(&self.state);
        while let Some(front) = state.kept.front() {
            match line.try_write(front) {
                Ok(written) => {
                    let before = state.kept.cost();
                    state.kept.advance(written);
                    self.took(&mut state, before);
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Ok(true),
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// Updates the counts after data was taken; `before` is the kept memory before that.
    fn took(&self, state: &mut LaneState, before: usize) {
        let cost = state.kept.cost();
        self.kept.fetch_sub(before - cost, Ordering::Relaxed);
        state.taken = Some(Instant::now());
        if cost <= COMFORTABLE && std::mem::take(&mut state.presses) {
            self.traffic.end_throttling();
            self.room.notify_one();
        }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.abandon();
    }
}

impl LaneState {
    /// Writes data directly to the socket if nothing is kept; returns how many bytes were written.
    fn pass(&mut self, data: &[u8]) -> usize {
        if !self.kept.is_empty() || self.end != End::No {
            return 0;
        }
        let Some(line) = &self.line else { return 0 };
        // Data that cannot be written is kept; writing it later gives the error.
        let written = line.try_write(data).unwrap_or(0);
        if written > 0 {
            self.taken = Some(Instant::now());
        }
        written
    }

    fn drained(&self) -> Option<Drained> {
        match self.end {
            _ if self.overflowed => Some(Drained::Overflowed),
            _ if self.gone => Some(Drained::Closed),
            _ if !self.kept.is_empty() => None,
            End::No => None,
            End::Eof => Some(Drained::Eof),
            End::Closed => Some(Drained::Closed),
        }
    }
}
