//! Decides when new keys are exchanged (RekeyLimit).
//!
//! The library would do this by itself. But it ends the connection if more than two windows of
//! data, from all channels together, arrive between its own KEXINIT and the server's (gap G14): the
//! data that was under way. One channel cannot have more than its window under way; several can. So
//! the exchange is started from here, at a moment when all but one have little under way. To measure
//! that, a request that any server answers is sent: what arrives before its answer is what would
//! arrive before the server's KEXINIT. If that is too much, the exchange is postponed; if it is
//! little, it is measured once more, because a single measurement may fall into a pause. None says
//! anything of later times: where the answer is older than the round trip, or a channel was opened
//! meanwhile, it does not count. The library's own limits are higher and apply to connections on
//! which nothing else happens.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use log::debug;
use russh::Limits;
use russh::client::Session;
use tokio::sync::oneshot::{self, error::TryRecvError};

use crate::client::flow::traffic::Traffic;
use crate::client::state::wire_facts::{KeyUsage, WireFacts};

/// The default without RekeyLimit, slightly above the 1 GiB that RFC 4253 recommends: OpenSSH's
/// server starts an exchange at 1 GiB with some ciphers, and it is better if the server starts.
const BYTES: u64 = (1 << 30) + (64 << 20);
/// The most bytes that RekeyLimit may set.
const MOST: u64 = 1 << 30;
/// The time after which keys are exchanged again where RekeyLimit does not say (RFC 4253
/// section 9 recommends an hour).
const TIME: Duration = Duration::from_secs(3600);
/// How long to wait for the answer to the request; without one, the exchange is started.
const ANSWER: Duration = Duration::from_secs(30);
/// The library's limits: this many times the wanted bytes, and at least the second value, which is
/// where OpenSSH starts an exchange with AES (RFC 4344 section 3.2: 2^32 blocks). A late exchange is
/// better than a lost connection. A server that only takes data is seen all the same: it confirms
/// what it has taken (RFC 4254 section 5.2).
const PATIENCE: (u64, u64) = (8, 64 << 30);

/// An answer counts for as long as it took, and at least for this long.
const FRESH: Duration = Duration::from_millis(1);

/// How many measurements in a row must find little under way.
const IN_A_ROW: u32 = 2;

/// The wanted limits: new keys after this many bytes or this much time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RekeyPolicy {
    pub bytes: u64,
    pub time: Duration,
    /// The window of a channel, which bounds what may be under way.
    window: u64,
}

impl RekeyPolicy {
    /// The configured limits, or the defaults.
    pub fn new(bytes: Option<u64>, time: Option<Duration>, window: u32) -> RekeyPolicy {
        let bytes = bytes.map_or(BYTES, |bytes| bytes.clamp(1, MOST));
        RekeyPolicy { bytes, time: time.unwrap_or(TIME), window: window.into() }
    }

    /// The most data of all channels but the busiest at which an exchange is started. The library
    /// bears two windows: one for the busiest, and one for all others, which may send more by then
    /// than was measured.
    fn beside_busiest(&self) -> u64 {
        self.window / 8
    }

    /// How many bytes must arrive before the next measurement.
    fn again(&self) -> u64 {
        self.window / 2
    }

    /// The limits for the library, which apply if no exchange is started from here.
    pub fn limits(&self, facts: &WireFacts) -> Limits {
        let most = (self.bytes * PATIENCE.0).max(PATIENCE.1);
        let limit = KeyUsage { received: most, sent: most, time: self.time };
        facts.library_exchanges_after(limit);
        let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        Limits {
            rekey_write_limit: size(limit.sent),
            rekey_read_limit: size(limit.received),
            rekey_time_limit: limit.time,
        }
    }
}

/// The decision for one connection.
pub(crate) struct Rekey {
    wanted: RekeyPolicy,
    facts: Arc<WireFacts>,
    question: Option<Measurement>,
    /// How many measurements in a row have found little under way.
    calm: u32,
    /// The total of received bytes before which nothing is measured again.
    not_before: u64,
}

/// A measurement of the data under way.
struct Measurement {
    /// When the server's answer came.
    answer: oneshot::Receiver<Instant>,
    asked: Instant,
    /// The bytes that had been received when the request was sent.
    received: u64,
    /// How many channels had been asked for then.
    opened: u64,
    /// What each channel has brought since.
    brought: HashMap<u32, u64>,
}

impl Measurement {
    /// Whether what was measured, with an answer at this time, is still so.
    fn holds(&self, answered: Instant, opened: u64) -> bool {
        let took = answered - self.asked;
        answered.elapsed() <= took.max(FRESH) && opened == self.opened
    }

    /// What has arrived since the request, `received` bytes in all by now, for other channels than
    /// the busiest.
    fn beside_busiest(&self, received: u64) -> u64 {
        let busiest = self.brought.values().max().copied().unwrap_or(0);
        (received - self.received).saturating_sub(busiest)
    }
}

/// The next step.
#[derive(Debug, PartialEq, Eq)]
enum RekeyStep {
    Wait,
    Ask,
    Begin,
}

impl Rekey {
    pub fn new(wanted: RekeyPolicy, facts: Arc<WireFacts>) -> Rekey {
        Rekey { wanted, facts, question: None, calm: 0, not_before: 0 }
    }

    /// New keys are in use: starts counting anew.
    pub fn exchanged(&mut self) {
        self.facts.exchanged();
        self.question = None;
        self.calm = 0;
        self.not_before = 0;
    }

    /// Counts data that has arrived for the channel with this number.
    pub fn count(&mut self, channel: u32, count: usize) {
        if let Some(question) = &mut self.question {
            *question.brought.entry(channel).or_default() += count as u64;
        }
    }

    /// Checks, after data has passed, whether an exchange or a measurement is due.
    pub fn consider(&mut self, session: &mut Session, traffic: &Traffic) {
        match self.step(traffic) {
            RekeyStep::Wait => {}
            RekeyStep::Ask => {
                let (ping, pong) = oneshot::channel();
                if session.send_ping(ping).is_ok() {
                    let answered = self.measure(traffic);
                    tokio::spawn(async move {
                        if pong.await.is_ok() {
                            let _ = answered.send(Instant::now());
                        }
                    });
                }
            }
            RekeyStep::Begin => {
                debug!("enough has passed with these keys: new ones are exchanged");
                self.facts.leave_keys();
                // This fails only if no packet can be written, and then every step fails.
                let _ = session.initiate_rekey();
            }
        }
    }

    /// Begins a measurement; the result takes the time of the answer.
    fn measure(&mut self, traffic: &Traffic) -> oneshot::Sender<Instant> {
        let (answered, answer) = oneshot::channel();
        let (received, _) = self.facts.counted();
        let (asked, opened) = (Instant::now(), traffic.opened());
        self.question =
            Some(Measurement { answer, asked, received, opened, brought: HashMap::new() });
        answered
    }

    fn is_due(&self) -> bool {
        let RekeyPolicy { bytes, time, .. } = self.wanted;
        // Nine tenths of the time: the library starts an exchange at the full time whatever is
        // under way.
        let limit = KeyUsage { received: bytes, sent: bytes, time: time - time / 10 };
        self.facts.key_use().reaches(&limit)
    }

    fn step(&mut self, traffic: &Traffic) -> RekeyStep {
        if !self.is_due() || self.facts.is_leaving_keys() {
            return RekeyStep::Wait;
        }
        if !traffic.is_shared() {
            return RekeyStep::Begin;
        }
        let (received, _) = self.facts.counted();
        let Some(question) = &mut self.question else {
            return if received < self.not_before { RekeyStep::Wait } else { RekeyStep::Ask };
        };
        match question.answer.try_recv() {
            Ok(_) if question.beside_busiest(received) > self.wanted.beside_busiest() => {
                let beside = question.beside_busiest(received) >> 10;
                debug!("{beside} KiB are under way beside the busiest channel's: keys are kept");
                self.question = None;
                self.calm = 0;
                self.not_before = received + self.wanted.again();
                RekeyStep::Wait
            }
            Ok(answered) if !question.holds(answered, traffic.opened()) => {
                self.calm = 0;
                RekeyStep::Ask
            }
            Ok(_) if self.calm + 1 < IN_A_ROW => {
                self.calm += 1;
                RekeyStep::Ask
            }
            Err(TryRecvError::Empty) if question.asked.elapsed() < ANSWER => RekeyStep::Wait,
            _ => RekeyStep::Begin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: u32 = 8 << 20;

    fn policy(bytes: Option<u64>, time: Option<Duration>) -> RekeyPolicy {
        RekeyPolicy::new(bytes, time, WINDOW)
    }

    fn rekey(bytes: u64) -> (Rekey, Arc<WireFacts>) {
        let facts = Arc::new(WireFacts::default());
        let mut rekey = Rekey::new(policy(Some(bytes), None), Arc::clone(&facts));
        rekey.exchanged();
        (rekey, facts)
    }

    fn shared() -> Traffic {
        let traffic = Traffic::default();
        traffic.count(2);
        traffic
    }

    /// Steps like [`Rekey::consider`] and expects a measurement; the result takes its answer.
    fn ask(rekey: &mut Rekey, traffic: &Traffic) -> oneshot::Sender<Instant> {
        assert_eq!(rekey.step(traffic), RekeyStep::Ask);
        rekey.measure(traffic)
    }

    #[test]
    fn keys_are_exchanged_where_little_is_under_way() {
        let (mut rekey, facts) = rekey(1000);
        let traffic = shared();
        facts.hear(999);
        assert_eq!(rekey.step(&traffic), RekeyStep::Wait);
        facts.hear(1);
        let answered = ask(&mut rekey, &traffic);
        facts.hear(rekey.wanted.beside_busiest());
        assert_eq!(rekey.step(&traffic), RekeyStep::Wait);
        answered.send(later()).unwrap();
        ask(&mut rekey, &traffic).send(later()).unwrap();
        assert_eq!(rekey.step(&traffic), RekeyStep::Begin);
        facts.leave_keys();
        assert_eq!(rekey.step(&traffic), RekeyStep::Wait);
        rekey.exchanged();
        assert_eq!(rekey.step(&traffic), RekeyStep::Wait);
    }

    /// A time that is not old when it is looked at, however busy the machine is.
    fn later() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn one_channel_alone_has_no_more_than_its_window_under_way() {
        let (mut rekey, facts) = rekey(1000);
        facts.hear(1000);
        assert_eq!(rekey.step(&shared()), RekeyStep::Ask);
        assert_eq!(rekey.step(&Traffic::default()), RekeyStep::Begin);
    }

    #[test]
    fn g14_where_too_much_is_under_way_the_keys_are_kept_and_it_is_measured_again() {
        let (mut rekey, facts) = rekey(1000);
        let traffic = shared();
        facts.hear(1000);
        for _ in 0..3 {
            let answered = ask(&mut rekey, &traffic);
            facts.hear(rekey.wanted.beside_busiest() + 1);
            answered.send(later()).unwrap();
            assert_eq!(rekey.step(&traffic), RekeyStep::Wait);
            facts.hear(rekey.wanted.again() - 1);
            assert_eq!(rekey.step(&traffic), RekeyStep::Wait);
            facts.hear(1);
        }
        ask(&mut rekey, &traffic).send(later()).unwrap();
        ask(&mut rekey, &traffic).send(later()).unwrap();
        assert_eq!(rekey.step(&traffic), RekeyStep::Begin);
    }

    #[test]
    fn g14_the_busiest_channel_has_no_more_than_its_window_under_way() {
        let (mut rekey, facts) = rekey(1000);
        let traffic = shared();
        facts.hear(1000);
        let answered = ask(&mut rekey, &traffic);
        for (channel, windows) in [(1, 7), (0, 2), (1, 7)] {
            let data = windows * u64::from(WINDOW) / 16;
            rekey.count(channel, usize::try_from(data).unwrap());
            facts.hear(data);
        }
        answered.send(later()).unwrap();
        ask(&mut rekey, &traffic).send(later()).unwrap();
        assert_eq!(rekey.step(&traffic), RekeyStep::Begin);
    }

    #[test]
    fn g14_an_old_answer_says_nothing_of_what_is_under_way_now() {
        let (mut rekey, facts) = rekey(1000);
        let traffic = shared();
        facts.hear(1000);
        let answered = ask(&mut rekey, &traffic);
        let old = Instant::now() - Duration::from_secs(1);
        rekey.question.as_mut().unwrap().asked = old;
        answered.send(old).unwrap();
        ask(&mut rekey, &traffic).send(later()).unwrap();
        ask(&mut rekey, &traffic).send(later()).unwrap();
        assert_eq!(rekey.step(&traffic), RekeyStep::Begin);
    }

    #[test]
    fn g14_a_channel_opened_since_the_question_was_not_measured() {
        let (mut rekey, facts) = rekey(1000);
        let traffic = shared();
        facts.hear(1000);
        let answered = ask(&mut rekey, &traffic);
        traffic.count(1);
        traffic.count(2);
        answered.send(later()).unwrap();
        ask(&mut rekey, &traffic).send(later()).unwrap();
        ask(&mut rekey, &traffic).send(later()).unwrap();
        assert_eq!(rekey.step(&traffic), RekeyStep::Begin);
    }

    #[test]
    fn the_library_comes_later_with_bytes_and_as_it_was_asked_to_with_time() {
        let facts = WireFacts::default();
        let time = Duration::from_secs(5);
        let limits = policy(Some(1 << 25), Some(time)).limits(&facts);
        assert_eq!((limits.rekey_read_limit, limits.rekey_time_limit), (64 << 30, time));
        let limits = policy(Some(1000), None).limits(&facts);
        assert_eq!((limits.rekey_read_limit, limits.rekey_write_limit), (64 << 30, 64 << 30));
        assert_eq!(policy(None, None).limits(&facts).rekey_time_limit, TIME);
        assert_eq!(policy(Some(u64::MAX), None).bytes, MOST);
    }
}
