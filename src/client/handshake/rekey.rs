//! When new keys are exchanged (RekeyLimit).
//!
//! The library does it by itself, and ends the connection where more than two windows arrive
//! between its own wish and the server's (gap G14): what was under way when it began, from all
//! channels together. One channel alone cannot have more than its window under way. Several can,
//! so with them it is done from here, at a moment when it is less. What is under way is measured:
//! a request that any server answers is sent, and what arrives before its answer is what would
//! arrive before the server's part of a key exchange. Where that is too much, the keys are kept a
//! while longer. The library's own limits are behind these and are for connections on which
//! nothing happens.

use std::sync::Arc;
use std::time::{Duration, Instant};

use log::debug;
use russh::Limits;
use russh::client::Session;
use tokio::sync::oneshot::{self, error::TryRecvError};

use crate::client::state::wire_facts::{KeyUsage, WireFacts};

/// What a server may send on one channel before we confirm: enough for a long, fat line. The
/// library bears twice as much of all channels together while it waits for the server's part of
/// a key exchange (gap G14), and that is more than a connection's buffers hold by default. Larger
/// ones were slower at 300 ms: TCP loses more than it gains.
pub(crate) const WINDOW: u32 = 8 * 1024 * 1024;
/// Where RekeyLimit does not say: RFC 4253 recommends 1 GiB, at which OpenSSH's server begins by
/// itself with some ciphers. That is better than to begin here, and so it goes first.
const BYTES: u64 = (1 << 30) + (64 << 20);
/// What the person may ask for at most.
const MOST: u64 = 1 << 30;
/// The time after which keys are exchanged again where RekeyLimit does not say (RFC 4253
/// section 9 recommends an hour).
const TIME: Duration = Duration::from_secs(3600);
/// What may be under way: less than the two windows that the library bears.
const UNDER_WAY: u64 = 3 * WINDOW as u64 / 2;
/// How much comes before it is measured again.
const AGAIN: u64 = 2 * WINDOW as u64;
/// How long the answer may take; a server that gives none is not asked again.
const ANSWER: Duration = Duration::from_secs(30);
/// How many times the bytes that were wanted may pass with the same keys, and how many bytes
/// always may be received: late is better than a connection that ends, and this is where OpenSSH
/// begins by itself with AES (RFC 4344 section 3.2: 2^32 blocks).
const PATIENCE: (u64, u64) = (8, 64 << 30);
/// So little may be sent before the server says anything that the library alone sees it.
const SMALL: u64 = 16 << 20;

/// After how many bytes and how much time new keys are wanted: RekeyLimit, or what stands for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RekeyPolicy {
    pub bytes: u64,
    pub time: Duration,
}

impl RekeyPolicy {
    /// From what was configured, if it was.
    pub fn new(bytes: Option<u64>, time: Option<Duration>) -> RekeyPolicy {
        let bytes = bytes.map_or(BYTES, |bytes| bytes.clamp(1, MOST));
        RekeyPolicy { bytes, time: time.unwrap_or(TIME) }
    }

    /// What the library keeps to where nothing is done from here.
    pub fn limits(&self, facts: &WireFacts) -> Limits {
        let most = self.bytes * PATIENCE.0;
        let sent = if self.bytes <= SMALL { self.bytes } else { most };
        let limit = KeyUsage { received: most.max(PATIENCE.1), sent, time: self.time };
        facts.library_exchanges_after(limit);
        let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        Limits {
            rekey_write_limit: size(limit.sent),
            rekey_read_limit: size(limit.received),
            rekey_time_limit: limit.time,
        }
    }
}

/// Decides for one connection.
pub(crate) struct Rekey {
    wanted: RekeyPolicy,
    facts: Arc<WireFacts>,
    question: Option<Measurement>,
    /// Bytes that must have been received before the next one.
    not_before: u64,
}

/// What is under way is being measured.
struct Measurement {
    answer: oneshot::Receiver<()>,
    asked: Instant,
    /// What had been received.
    received: u64,
}

/// What is to be done.
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

    /// New keys are in use.
    pub fn exchanged(&mut self) {
        self.facts.exchanged();
        self.question = None;
        self.not_before = 0;
    }

    /// Something has passed: perhaps it is time. `is_shared` says whether there is more than one
    /// channel.
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
                // It can only fail where a packet cannot be written, and then all does.
                let _ = session.initiate_rekey();
            }
        }
    }

    fn step(&mut self, is_shared: bool) -> RekeyStep {
        let RekeyPolicy { bytes, time } = self.wanted;
        // The library looks at the time as well, and does not look at what is under way.
        let limit = KeyUsage { received: bytes, sent: bytes, time: time - time / 10 };
        if !self.facts.key_use().reaches(&limit) || self.facts.is_leaving_keys() {
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
            Ok(()) if received - question.received > UNDER_WAY => {
                let under_way = (received - question.received) >> 20;
                debug!("{under_way} MiB are under way, too much for new keys");
                self.question = None;
                self.not_before = received + AGAIN;
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

    fn rekey(bytes: u64) -> (Rekey, Arc<WireFacts>) {
        let facts = Arc::new(WireFacts::default());
        let mut rekey = Rekey::new(RekeyPolicy::new(Some(bytes), None), Arc::clone(&facts));
        rekey.exchanged();
        (rekey, facts)
    }

    /// As [`Rekey::consider`] does; the answer is given where something is sent.
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
        facts.hear(UNDER_WAY);
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
            facts.hear(UNDER_WAY + 1);
            asked.send(()).unwrap();
            assert_eq!(rekey.step(true), RekeyStep::Wait);
            facts.hear(AGAIN - 1);
            assert_eq!(rekey.step(true), RekeyStep::Wait);
            facts.hear(1);
        }
        ask(&mut rekey).send(()).unwrap();
        assert_eq!(rekey.step(true), RekeyStep::Begin);
    }

    #[test]
    fn the_library_comes_later_with_bytes_and_as_it_was_asked_to_with_time() {
        let facts = WireFacts::default();
        let time = Duration::from_secs(5);
        let limits = RekeyPolicy::new(Some(1 << 25), Some(time)).limits(&facts);
        assert_eq!((limits.rekey_read_limit, limits.rekey_time_limit), (64 << 30, time));
        let limits = RekeyPolicy::new(Some(1000), None).limits(&facts);
        assert_eq!((limits.rekey_read_limit, limits.rekey_write_limit), (64 << 30, 1000));
        let limits = RekeyPolicy::new(None, None).limits(&facts);
        assert!(limits.rekey_write_limit > 1 << 30 && limits.rekey_time_limit == TIME);
        assert_eq!(RekeyPolicy::new(Some(u64::MAX), None).bytes, MOST);
    }
}
