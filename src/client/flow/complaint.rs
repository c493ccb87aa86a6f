//! Tells of failures that a peer can cause without end, such as a forward whose target is not there.

use std::sync::atomic::{AtomicU64, Ordering};

use log::{error, info};

use crate::say;

/// How many failures of a connection are told one by one. Of all others, `-v` tells.
const MAX_TOLD: u64 = 10;

/// The failures of one connection so far.
#[derive(Default)]
pub struct Complaints(AtomicU64);

impl Complaints {
    /// Tells the person of a failure, or only of how many there are: a number is told when it has ten
    /// times what it had before.
    pub fn tell(&self, failure: &str) {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        match is_told(count) {
            true if count < MAX_TOLD => error!("{failure}"),
            true => error!("{}", say!(forward_failures, failure, count)),
            false => info!("{failure}"),
        }
    }
}

/// Whether the failure of this number is told: each of the first ones, then the 100th, the 1000th.
fn is_told(count: u64) -> bool {
    count <= MAX_TOLD || 10_u64.checked_pow(count.ilog10()) == Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_failures_without_end_a_few_are_told() {
        let told: Vec<u64> = (1..=100_000).filter(|&count| is_told(count)).collect();
        let first: Vec<u64> = (1..=MAX_TOLD).collect();
        assert_eq!(told, [&first[..], &[100, 1_000, 10_000, 100_000]].concat());
        assert!(!is_told(u64::MAX));
    }
}
