//! What a forwarded channel has received and its local end has not taken yet.
//!
//! The SSH library grants the server new window when data arrives, not when somebody has read
//! it, and one full queue stops the whole connection (gap G1). So data of a forward is never
//! left with the library: it is written to the local end at once where that takes it, and kept
//! here where it does not. What is kept is bounded, per channel and in all; the channel that
//! goes over a bound is closed with an error, and no other one notices.
//!
//! Before that happens the server is slowed down, by reading the connection more slowly. That
//! holds up everything else on the connection too, so `flow::traffic` says how long it may.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use russh::ChannelId;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::client::flow::event::{Event, EventSender, EventsFull};
use crate::client::flow::idle::{self, IdleClock, Timeouts};
use crate::client::flow::kept::KeptData;
use crate::client::flow::socket::LocalSocket;
use crate::client::flow::traffic::{Pressure, Traffic};

/// What may be kept without anybody being slowed down.
const COMFORTABLE: usize = 1024 * 1024;
/// What one channel may have kept: several windows, so that a reader who falls behind for a
/// while, or while somebody types, is not cut off; and what all of a connection may have kept
/// together, so that no server makes this program a big one.
pub const MAX_KEPT: usize = 64 * 1024 * 1024;
/// Timers are no finer than this; shorter waits are added up.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

/// The forwarded channels of one connection.
#[derive(Default)]
pub struct Lanes {
    open: Mutex<HashMap<ChannelId, Arc<Lane>>>,
    /// Channels that were asked for and are not confirmed or refused yet.
    expected: AtomicUsize,
    /// Bytes kept by all of them.
    kept: Arc<AtomicUsize>,
    /// Who uses the connection, and how much.
    pub traffic: Arc<Traffic>,
    /// The first one has come, or the last one has gone.
    pub changed: Notify,
    /// How long channels may rest.
    pub timeouts: Timeouts,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing below can panic while it holds one of these.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lanes {
    /// A channel is about to be asked for: data may follow its confirmation at once.
    pub fn expect(self: &Arc<Lanes>) -> Expected {
        self.expected.fetch_add(1, Ordering::Relaxed);
        self.count(&lock(&self.open));
        Expected { lanes: Arc::clone(self) }
    }

    /// The server has confirmed a channel.
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

    /// Opens the lane of a channel.
    pub fn admit(&self, id: ChannelId) -> Arc<Lane> {
        let mut open = lock(&self.open);
        let new = || Lane::new(id, Arc::clone(&self.kept), Arc::clone(&self.traffic));
        let lane = open.entry(id).or_insert_with(|| Arc::new(new()));
        let lane = Arc::clone(lane);
        self.count(&open);
        lane
    }

    /// What is asked for counts as what is there: it may have something to say any moment.
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

    /// What there is, one line each, by number.
    pub fn list(&self) -> Vec<String> {
        let open = lock(&self.open);
        let mut lanes: Vec<_> = open.values().collect();
        lanes.sort_by_key(|lane| lane.id.number());
        lanes.iter().map(|lane| format!("#{} {}", lane.id, lane.what())).collect()
    }

    /// Forgets a channel; what comes for it is dropped.
    pub fn remove(&self, id: ChannelId) {
        let mut open = lock(&self.open);
        let lane = open.remove(&id);
        self.count(&open);
        drop(open);
        if let Some(lane) = lane {
            lane.abandon();
        }
    }

    /// Where all of them together keep too much, the one that keeps most pays.
    pub fn relieve(&self) {
        if self.kept.load(Ordering::Relaxed) <= MAX_KEPT {
            return;
        }
        let lanes: Vec<_> = lock(&self.open).values().cloned().collect();
        if let Some(most) = lanes.iter().max_by_key(|lane| lane.kept()) {
            most.overflow();
        }
    }

    /// The connection has ended.
    pub fn end(&self) {
        lock(&self.open).values().for_each(|lane| lane.lost());
    }
}

/// A channel that was asked for.
pub struct Expected {
    lanes: Arc<Lanes>,
}

impl Expected {
    /// It was confirmed with this number.
    pub fn claim(self, id: ChannelId) -> Arc<Lane> {
        let lane = self.lanes.admit(id);
        lock(&lane.state).claimed = true;
        lane
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        let last = self.lanes.expected.fetch_sub(1, Ordering::Relaxed) == 1;
        let mut open = lock(&self.lanes.open);
        if last {
            // Channels of another kind that were confirmed meanwhile have no use for one.
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
    /// No more data.
    Eof,
    /// No more of anything, or the connection is gone.
    Closed,
}

/// Why there is nothing more to take.
#[derive(Debug)]
pub enum Drained {
    /// The server sends no more data; it may still take some.
    Eof,
    /// The server has closed the channel.
    Closed,
    /// The local end kept us waiting with more than may be kept.
    Overflowed,
    /// The local end takes no more.
    Broken(std::io::Error),
}

#[derive(Default)]
struct LaneState {
    kept: KeptData,
    end: End,
    /// Nobody takes anything any more.
    gone: bool,
    overflowed: bool,
    claimed: bool,
    what: String,
    /// Who wants to know what happens on the channel besides data, if it is a session's.
    events: Option<EventSender>,
    /// More is kept than is comfortable.
    presses: bool,
    /// Data goes here without a detour while nothing is kept.
    line: Option<Arc<LocalSocket>>,
    /// When the local end took something last.
    taken: Option<Instant>,
    /// Of a channel that may not rest for ever.
    clock: Option<Arc<IdleClock>>,
    /// Time by which the connection may be held up, not used yet.
    owed: Duration,
}

/// One forwarded channel's data on its way to the local end.
pub struct Lane {
    id: ChannelId,
    kept: Arc<AtomicUsize>,
    traffic: Arc<Traffic>,
    state: Mutex<LaneState>,
    /// Extended data, if this is the lane of a session.
    errors: OnceLock<Arc<Lane>>,
    /// There is something to take.
    fed: Notify,
    /// There is room again.
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

    /// Makes this the lane of a session: what happens besides data goes there. Gives the lane
    /// of its extended data.
    pub fn session(&self, events: EventSender) -> Arc<Lane> {
        lock(&self.state).events = Some(events);
        let new = || Lane::new(self.id, Arc::clone(&self.kept), Arc::clone(&self.traffic));
        Arc::clone(self.errors.get_or_init(|| Arc::new(new())))
    }

    /// The lane of extended data, if this is a session's.
    pub fn errors(&self) -> Option<&Arc<Lane>> {
        self.errors.get()
    }

    /// Something has happened on the channel of a session. One whose answers nobody takes is
    /// closed, as one whose data nobody takes.
    pub fn tell(&self, event: Event) {
        let told = lock(&self.state).events.as_ref().map(|events| events.send(event));
        if let Some(Err(EventsFull)) = told {
            self.overflow();
        }
    }

    /// What is kept, extended data included.
    fn kept(&self) -> usize {
        lock(&self.state).kept.cost() + self.errors.get().map_or(0, |errors| errors.kept())
    }

    /// Says what this connection is; a lane that the server opened is one that is used.
    pub fn describe(&self, what: String) {
        let mut state = lock(&self.state);
        state.claimed = true;
        state.what = what;
    }

    /// Starts the clock of this channel, if it may not rest for ever.
    pub fn start_clock(&self, timeouts: &Timeouts) -> Option<Arc<IdleClock>> {
        let mut state = lock(&self.state);
        state.clock = timeouts.clock(idle::kind(&state.what));
        if let Some(errors) = self.errors.get() {
            lock(&errors.state).clock.clone_from(&state.clock);
        }
        state.clock.clone()
    }

    /// What this connection is.
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

    /// Takes data from the server; waits only as long as the others can bear.
    pub async fn feed(&self, lanes: &Lanes, data: &[u8]) {
        self.traffic.note(self.id);
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

    /// Waits for room as long as that may hold up the connection.
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

    /// The server sends no more data.
    pub fn eof(&self) {
        self.end(End::Eof);
    }

    /// The server has closed the channel.
    pub fn closed(&self) {
        self.end(End::Closed);
        self.tell(Event::Closed);
    }

    /// The connection has ended.
    fn lost(&self) {
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

    /// What is kept and what still comes is not wanted.
    pub fn forget(&self) {
        self.abandon();
    }

    fn overflow(&self) {
        let mut state = lock(&self.state);
        state.overflowed = true;
        drop(state);
        self.abandon();
    }

    /// Nothing is taken any more.
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

    /// The next data, where it is not for a line as it is.
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

    /// From here on data goes to this line; returns when there is no more of it.
    pub async fn pour(&self, line: &Arc<LocalSocket>) -> Drained {
        lock(&self.state).line = Some(Arc::clone(line));
        loop {
            let fed = self.fed.notified();
            let waiting = match self.pass_kept(line) {
                Ok(waiting) => waiting,
                Err(error) => return Drained::Broken(error),
            };
            // Too much may be kept while the line takes nothing.
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

    /// Writes what is kept; says whether the line takes no more at the moment.
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

    /// Something was taken; what is kept cost so much `before`.
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
    /// Writes what can be written without a detour; gives how much that was.
    fn pass(&mut self, data: &[u8]) -> usize {
        if !self.kept.is_empty() || self.end != End::No {
            return 0;
        }
        let Some(line) = &self.line else { return 0 };
        // What cannot be written is kept, and whoever writes that finds the reason.
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
