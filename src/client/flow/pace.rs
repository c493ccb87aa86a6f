//! Keys go first: how much of forwards may be on its way to the server while somebody types.
//!
//! The SSH library sends in the order of its one queue, and a server takes in that order. So a key
//! waits until the server has taken all that was handed over before it: what is in the library, in
//! the kernel's buffers of both ends, and on the path. Beside an interactive session, everything
//! but its keys is therefore held back here so that little is on its way.
//!
//! How little follows from the path. After some bytes a request is sent that any server answers at
//! once and in order: its answer says that the bytes before it were taken, and how long that took.
//! What it takes longer than the shortest time seen is what a key would have waited. Within
//! [`Allowance`] more may be on its way, up to twice as much each round trip, as TCP begins, too;
//! beyond it, as much less as would have met it. A path that is filled stays filled; only what
//! would wait before it is left with the forward.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use log::debug;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

/// At least this much may be on its way, in bytes: packets of 32 KiB that keep a server busy while
/// it answers.
const LEAST: u64 = 64 * 1024;
/// At most this much may be on its way, in bytes: more than any path holds.
const MOST: u64 = 256 << 20;
/// The least between two questions, in bytes.
const STEP: u64 = 32 * 1024;
/// For so long after a key somebody is typing.
const TYPING: Duration = Duration::from_secs(2);
/// For so long the shortest time to an answer is believed; a path may have changed.
const BELIEVED: Duration = Duration::from_secs(30);
/// A server that has not answered for this long does not: nothing is held back from then on.
const SILENT: Duration = Duration::from_secs(10);

/// Asks the server something that it answers at once, and waits for the answer.
type ArrivalQuestion = Box<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code in this file panics while it holds one of these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long a key may wait behind forwards.
fn allowance(shortest: Duration, is_typing: bool) -> Duration {
    match is_typing {
        // Not felt beside the round trip; and at least what one packet takes.
        true => (shortest / 8).max(Duration::from_micros(200)),
        // The first key after a pause may wait a little: a large transfer gains from it.
        false => (shortest / 2).max(Duration::from_millis(20)),
    }
}

/// Holds back what would delay keys; shared by all channels of a connection.
#[derive(Default)]
pub(crate) struct Pace {
    state: Mutex<Flight>,
    question: OnceLock<ArrivalQuestion>,
    /// Notified when more may be sent.
    room: Notify,
}

/// What is on its way.
struct Flight {
    /// The number of sessions in which somebody types.
    interactive: usize,
    /// When the last key was sent.
    typed: Option<Instant>,
    /// The bytes handed over so far, keys excluded.
    sent: u64,
    /// Those of them that the server has taken.
    taken: u64,
    /// Those of them before the last question.
    asked: u64,
    /// The most that may be on its way.
    limit: u64,
    round: Round,
    shortest: Shortest,
    is_silent: bool,
}

/// The answers to the questions of about one round trip.
struct Round {
    /// It ends with the first answer to a question asked after this many bytes.
    end: u64,
    /// The most that was on its way.
    flight: u64,
    /// The shortest time to an answer: a single late one says nothing.
    took: Duration,
}

/// A question that was asked.
struct TimedQuestion {
    sent: u64,
    flight: u64,
    at: Instant,
}

impl Default for Flight {
    fn default() -> Flight {
        let round = Round { end: 0, flight: 0, took: Duration::MAX };
        Flight {
            interactive: 0,
            typed: None,
            sent: 0,
            taken: 0,
            asked: 0,
            limit: 4 * LEAST,
            round,
            shortest: Shortest::default(),
            is_silent: false,
        }
    }
}

impl Flight {
    fn on_its_way(&self) -> u64 {
        self.sent.saturating_sub(self.taken)
    }

    fn is_held_back(&self) -> bool {
        self.interactive > 0 && !self.is_silent
    }

    fn is_typing(&self) -> bool {
        self.typed.is_some_and(|typed| typed.elapsed() < TYPING)
    }

    /// Notes that these bytes were handed over; returns the question that is due.
    fn hand_over(&mut self, bytes: u64) -> Option<TimedQuestion> {
        self.sent += bytes;
        if !self.is_held_back() {
            // It is not known, and nobody waits.
            (self.asked, self.taken) = (self.sent, self.sent);
            return None;
        }
        (self.sent - self.asked >= (self.limit / 4).max(STEP)).then(|| self.ask())
    }

    fn ask(&mut self) -> TimedQuestion {
        self.asked = self.sent;
        TimedQuestion { sent: self.sent, flight: self.on_its_way(), at: Instant::now() }
    }

    /// Notes an answer; returns the next question if it is the last one and there is no room.
    fn answer(&mut self, asked: &TimedQuestion, took: Duration) -> Option<TimedQuestion> {
        self.is_silent = false;
        self.taken = self.taken.max(asked.sent);
        self.shortest.note(took, Instant::now());
        self.round.flight = self.round.flight.max(asked.flight);
        self.round.took = self.round.took.min(took);
        if asked.sent > self.round.end {
            let shortest = self.shortest.get().unwrap_or(took);
            let aim = shortest + allowance(shortest, self.is_typing());
            self.limit = self.round.limit(self.limit, shortest, aim).clamp(LEAST, MOST);
            self.round = Round { end: self.sent, flight: 0, took: Duration::MAX };
        }
        let is_last = self.taken == self.asked && self.on_its_way() >= self.limit;
        is_last.then(|| self.ask())
    }
}

impl Round {
    /// How much may be on its way from here on.
    fn limit(&self, now: u64, shortest: Duration, aim: Duration) -> u64 {
        if self.took <= shortest + (aim - shortest) / 2 {
            return now.max(2 * self.flight);
        }
        if self.took <= aim {
            return now;
        }
        let part = aim.as_secs_f64() / self.took.as_secs_f64();
        now.min((self.flight as f64 * part) as u64)
    }
}

/// The shortest time to an answer within [`BELIEVED`], or a little longer.
#[derive(Default)]
struct Shortest {
    /// The shortest of each half, the newer one last.
    halves: VecDeque<(Instant, Duration)>,
}

impl Shortest {
    fn note(&mut self, took: Duration, now: Instant) {
        match self.halves.back_mut() {
            Some((since, shortest)) if now - *since < BELIEVED / 2 => {
                *shortest = took.min(*shortest);
            }
            _ => self.halves.push_back((now, took)),
        }
        if self.halves.len() > 2 {
            self.halves.pop_front();
        }
    }

    fn get(&self) -> Option<Duration> {
        self.halves.iter().map(|(_, took)| *took).min()
    }
}

/// A session in which somebody types, until it is dropped.
pub(crate) struct Interactive<'a>(&'a Pace);

impl Drop for Interactive<'_> {
    fn drop(&mut self) {
        lock(&self.0.state).interactive -= 1;
        self.0.room.notify_waiters();
    }
}

impl Pace {
    /// How the server is asked. Nothing is held back before this is known.
    pub fn ask_by(&self, question: ArrivalQuestion) {
        let _ = self.question.set(question);
    }

    /// From now on somebody types in a session, until this is dropped.
    pub fn interactive(&self) -> Interactive<'_> {
        lock(&self.state).interactive += 1;
        Interactive(self)
    }

    /// Whether somebody types in a session.
    pub fn is_interactive(&self) -> bool {
        lock(&self.state).interactive > 0
    }

    /// Notes that a key is sent.
    pub fn typed(&self) {
        lock(&self.state).typed = Some(Instant::now());
    }

    /// Waits until so little is on its way that more may be sent. What is not typed asks this
    /// before it is handed to the SSH library.
    pub async fn room(&self) {
        let begun = Instant::now();
        loop {
            let room = self.room.notified();
            tokio::pin!(room);
            room.as_mut().enable();
            {
                let state = lock(&self.state);
                if !state.is_held_back() || state.on_its_way() < state.limit {
                    return;
                }
            }
            if timeout(SILENT.saturating_sub(begun.elapsed()), room).await.is_err() {
                debug!("the server does not say what it has taken");
                lock(&self.state).is_silent = true;
                self.room.notify_waiters();
            }
        }
    }

    /// Notes that bytes were handed to the SSH library which are not typed.
    pub fn handed_over(self: &Arc<Pace>, bytes: usize) {
        if self.question.get().is_none() {
            return;
        }
        let mut due = lock(&self.state).hand_over(bytes as u64);
        if due.is_none() {
            return;
        }
        let pace = Arc::clone(self);
        tokio::spawn(async move {
            while let (Some(asked), Some(question)) = (&due, pace.question.get()) {
                question().await;
                due = lock(&pace.state).answer(asked, asked.at.elapsed());
                pace.room.notify_waiters();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    /// Hands over what there is room for, up to this many bytes; returns the questions.
    fn fill(flight: &mut Flight, most: u64) -> Vec<TimedQuestion> {
        let mut asked = Vec::new();
        let end = flight.sent + most;
        while flight.sent < end && flight.on_its_way() < flight.limit {
            asked.extend(flight.hand_over(STEP));
        }
        asked
    }

    /// A path of this rate, in bytes per millisecond, and this round trip, and a server that answers
    /// at once. Returns the longest wait at the end.
    fn longest_wait(flight: &mut Flight, rate: u64, round_trip: Duration) -> Duration {
        let mut on_the_way = VecDeque::new();
        let mut waits = Vec::new();
        for _ in 0..2000 {
            on_the_way.extend(fill(flight, u64::MAX / 2));
            let asked = on_the_way.pop_front().unwrap();
            let took = Duration::from_millis(asked.flight / rate).max(round_trip);
            waits.push(took - round_trip);
            flight.answer(&asked, took);
        }
        waits.into_iter().rev().take(100).max().unwrap()
    }

    #[test]
    fn a_key_waits_little_and_the_path_stays_filled() {
        let mut flight = Flight { interactive: 1, ..Flight::default() };
        let round_trip = Duration::from_millis(100);
        // 100 MB/s over 100 ms hold 10 MB.
        longest_wait(&mut flight, 100_000, round_trip);
        assert!(flight.limit >= 10_000_000, "{}", flight.limit);
        flight.typed = Some(Instant::now());
        let wait = longest_wait(&mut flight, 100_000, round_trip);
        assert!(wait <= round_trip / 4, "{wait:?}");
        assert!(flight.limit >= 9_000_000, "{}", flight.limit);
    }

    #[test]
    fn a_single_late_answer_changes_nothing() {
        let mut flight = Flight { interactive: 1, ..Flight::default() };
        let asked = fill(&mut flight, 4 * LEAST);
        let limit = flight.limit;
        for (index, asked) in asked.iter().enumerate() {
            let took = if index == 1 { 500 } else { 10 };
            flight.answer(asked, Duration::from_millis(took));
        }
        assert!(flight.limit >= limit);
    }

    #[test]
    fn what_was_sent_while_nobody_typed_does_not_count() {
        let mut flight = Flight::default();
        assert!(fill(&mut flight, 64 << 20).is_empty());
        flight.interactive = 1;
        assert_eq!(flight.on_its_way(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_never_answers_holds_nothing_back_for_long() {
        let pace = Arc::new(Pace::default());
        pace.ask_by(Box::new(|| Box::pin(pending())));
        let _interactive = pace.interactive();
        let begun = Instant::now();
        for _ in 0..100 {
            pace.room().await;
            pace.handed_over(LEAST as usize);
        }
        assert!(begun.elapsed() < 2 * SILENT, "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn everything_passes_as_it_is_answered() {
        let pace = Arc::new(Pace::default());
        pace.ask_by(Box::new(|| Box::pin(tokio::task::yield_now())));
        let _interactive = pace.interactive();
        for _ in 0..1000 {
            pace.room().await;
            pace.handed_over(LEAST as usize);
        }
        assert!(!lock(&pace.state).is_silent);
    }
}
