//! Decides when new keys are exchanged (RekeyLimit).
//!
//! The library would do this by itself. But it ends the connection if more than two windows of
//! data, from all channels together, arrive between its own KEXINIT and the server's (gap G14): the
//! data that was under way. One channel cannot have more than its window under way; several can. So
//! the exchange is started from here, at a moment when less is under way. To measure that, a
//! request that any server answers is sent: what arrives before its answer is what would arrive
//! before the server's KEXINIT. If that is too much, the exchange is postponed, and meanwhile the
//! windows are smaller, so that it becomes less. The library's own limits are higher and apply to
//! connections on which nothing else happens.

use std::sync::Arc;
use std::time::{Duration, Instant};

use log::debug;
use russh::Limits;
use russh::client::Session;
use tokio::sync::oneshot::{self, error::TryRecvError};

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

/// Two packets of the usual size: no window is smaller.
const LEAST_WINDOW: u64 = 64 << 10;

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

    /// The most data under way at which an exchange is started. The library bears two windows; a
    /// channel that has just been opened may bring one more than was measured.
    fn under_way(&self) -> u64 {
        3 * self.window / 4
    }

    /// The window of each of so many channels while an exchange is due: together they have half a
    /// usual one under way.
    fn while_due(&self, channels: usize) -> u64 {
        (self.window / (2 * channels as u64)).max(LEAST_WINDOW)
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
    /// The total of received bytes before which nothing is measured again.
    not_before: u64,
}

/// A measurement of the data under way.
struct Measurement {
    answer: oneshot::Receiver<()>,
    asked: Instant,
    /// The bytes that had been received when the request was sent.
    received: u64,
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
        Rekey { wanted, facts, question: None, not_before: 0 }
    }

    /// New keys are in use: starts counting anew.
    pub fn exchanged(&mut self) {
        self.facts.exchanged();
        self.question = None;
        self.not_before = 0;
    }

    /// Checks, after data has passed, whether an exchange or a measurement is due. `is_shared` says
    /// whether there is more than one channel.
    pub fn consider(&mut self, session: &mut Session, is_shared: bool) {
        match self.step(is_shared) {
            RekeyStep::Wait => {}
            RekeyStep::Ask => {
                let (asked, answer) = oneshot::channel();
                if session.send_ping(asked).is_ok() {
                    let (received, _) = self.facts.counted();
                    self.question = Some(Measurement { answer, asked: Instant::now(), received });
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

    /// The window that a channel is given next. `channels` is how many there are.
    pub fn window(&self, channels: usize) -> u32 {
        let window = match channels > 1 && self.is_due() {
            true => self.wanted.while_due(channels),
            false => self.wanted.window,
        };
        u32::try_from(window).unwrap_or(u32::MAX)
    }

    fn is_due(&self) -> bool {
        let RekeyPolicy { bytes, time, .. } = self.wanted;
        // Nine tenths of the time: the library starts an exchange at the full time whatever is
        // under way.
        let limit = KeyUsage { received: bytes, sent: bytes, time: time - time / 10 };
        self.facts.key_use().reaches(&limit)
    }

    fn step(&mut self, is_shared: bool) -> RekeyStep {
        if !self.is_due() || self.facts.is_leaving_keys() {
            return RekeyStep::Wait;
        }
        if !is_shared {
            return RekeyStep::Begin;
        }
        let (received, _) = self.facts.counted();
        let Some(question) = &mut self.question else {
            return if received < self.not_before { RekeyStep::Wait } else { RekeyStep::Ask };
        };
        match question.answer.try_recv() {
            Ok(()) if received - question.received > self.wanted.under_way() => {
                let under_way = (received - question.received) >> 20;
                debug!("{under_way} MiB are under way, too much for new keys");
                self.question = None;
                self.not_before = received + self.wanted.again();
                RekeyStep::Wait
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

    /// Steps like [`Rekey::consider`] and expects a measurement; sending on the result answers its
    /// request.
    fn ask(rekey: &mut Rekey) -> oneshot::Sender<()> {
        assert_eq!(rekey.step(true), RekeyStep::Ask);
        let (asked, answer) = oneshot::channel();
        let (received, _) = rekey.facts.counted();
        rekey.question = Some(Measurement { answer, asked: Instant::now(), received });
        asked
    }

    #[test]
    fn keys_are_exchanged_where_little_is_under_way() {
        let (mut rekey, facts) = rekey(1000);
        facts.hear(999);
        assert_eq!(rekey.step(true), RekeyStep::Wait);
        facts.hear(1);
        let asked = ask(&mut rekey);
        facts.hear(rekey.wanted.under_way());
        assert_eq!(rekey.step(true), RekeyStep::Wait);
        asked.send(()).unwrap();
        assert_eq!(rekey.step(true), RekeyStep::Begin);
        facts.leave_keys();
        assert_eq!(rekey.step(true), RekeyStep::Wait);
        rekey.exchanged();
        assert_eq!(rekey.step(true), RekeyStep::Wait);
    }

    #[test]
    fn one_channel_alone_has_no_more_than_its_window_under_way() {
        let (mut rekey, facts) = rekey(1000);
        facts.hear(999);
        assert_eq!(rekey.step(false), RekeyStep::Wait);
        facts.hear(1);
        assert_eq!(rekey.step(true), RekeyStep::Ask);
        assert_eq!(rekey.step(false), RekeyStep::Begin);
    }

    #[test]
    fn g14_where_too_much_is_under_way_the_keys_are_kept_and_it_is_measured_again() {
        let (mut rekey, facts) = rekey(1000);
        facts.hear(1000);
        for _ in 0..3 {
            let asked = ask(&mut rekey);
            facts.hear(rekey.wanted.under_way() + 1);
            asked.send(()).unwrap();
            assert_eq!(rekey.step(true), RekeyStep::Wait);
            facts.hear(rekey.wanted.again() - 1);
            assert_eq!(rekey.step(true), RekeyStep::Wait);
            facts.hear(1);
        }
        ask(&mut rekey).send(()).unwrap();
        assert_eq!(rekey.step(true), RekeyStep::Begin);
    }

    #[test]
    fn windows_are_smaller_while_new_keys_are_due_beside_other_channels() {
        let (mut rekey, facts) = rekey(1000);
        facts.hear(999);
        assert_eq!(rekey.window(4), WINDOW);
        facts.hear(1);
        assert_eq!((rekey.window(1), rekey.window(4)), (WINDOW, WINDOW / 8));
        assert_eq!(rekey.window(10_000), 64 << 10);
        rekey.exchanged();
        assert_eq!(rekey.window(4), WINDOW);
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
