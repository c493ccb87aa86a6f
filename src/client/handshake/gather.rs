//! Lets data gather where much of it comes, so that it is read in fewer turns.
//!
//! A server that is slower than its client wakes it for every packet. Going to sleep and waking
//! then cost a third of the client's time, and some of the server's. So where data comes fast,
//! reading pauses for a moment before it looks again ([`PAUSE`]). Nothing else of this program
//! goes on in that moment: a session in which somebody types, and a connection over which much is
//! sent as well, do without.

use std::time::{Duration, Instant};

/// How long data gathers: some packets at the rate of a local network, and nothing that a person or
/// another channel would notice.
pub(super) const PAUSE: Duration = Duration::from_micros(100);
/// The least that has come since the last look: a packet of bulk data.
const PACKET: usize = 32 << 10;
/// The most that has been sent since: the confirmations of what came (RFC 4254 section 5.2).
const CONFIRMATIONS: usize = 2 << 10;
/// The least rate, in bytes per second: at half the rate of a network of 1 Gbit/s a packet is there
/// long after a pause.
const RATE: f64 = 64e6;

/// What has passed since there was last nothing to read.
pub(super) struct Gathering {
    received: usize,
    sent: usize,
    since: Instant,
}

impl Gathering {
    pub fn new(now: Instant) -> Gathering {
        Gathering { received: 0, sent: 0, since: now }
    }

    pub fn received(&mut self, count: usize) {
        self.received += count;
    }

    pub fn sent(&mut self, count: usize) {
        self.sent += count;
    }

    /// Nothing is left to read: whether a pause is worth its time. Counts anew from here.
    pub fn is_worth_a_pause(&mut self, now: Instant) -> bool {
        let Gathering { received, sent, since } = std::mem::replace(self, Gathering::new(now));
        let fast = (now - since).as_secs_f64() * RATE;
        received >= PACKET && sent <= CONFIRMATIONS && received as f64 >= fast
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a pause is worth its time after so much was received and sent within so long.
    fn after(received: usize, sent: usize, took: Duration) -> bool {
        let begun = Instant::now();
        let mut gathering = Gathering::new(begun);
        gathering.received(received);
        gathering.sent(sent);
        gathering.is_worth_a_pause(begun + took)
    }

    #[test]
    fn what_comes_fast_gathers() {
        assert!(after(32 << 10, 0, Duration::from_micros(100)));
        assert!(after(1 << 20, 52, Duration::from_millis(10)));
    }

    #[test]
    fn slow_and_small_data_is_read_at_once() {
        assert!(!after(1 << 20, 0, Duration::from_millis(100)), "10 MB/s");
        assert!(!after(4 << 10, 0, Duration::from_micros(10)), "less than a packet");
    }

    #[test]
    fn nothing_waits_where_much_is_sent() {
        assert!(!after(1 << 20, 32 << 10, Duration::from_micros(100)));
    }

    #[test]
    fn each_look_counts_anew() {
        let begun = Instant::now();
        let mut gathering = Gathering::new(begun);
        gathering.received(1 << 20);
        assert!(gathering.is_worth_a_pause(begun));
        assert!(!gathering.is_worth_a_pause(begun));
    }
}
