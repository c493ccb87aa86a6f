//! A bound for the bytes per second of all transfers together.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// The smallest block that a bound makes.
const SMALLEST: u64 = 4 * 1024;
/// A second's bytes are asked for in as many blocks.
const BLOCKS_PER_SECOND: u64 = 8;

/// Bytes per second; `None` is no bound.
pub(crate) struct RateLimit {
    rate: Option<u64>,
    /// When the bytes so far will have had their time.
    free_at: Mutex<Option<Instant>>,
}

impl RateLimit {
    pub fn new(rate: Option<u64>) -> RateLimit {
        RateLimit { rate: rate.map(|rate| rate.max(1)), free_at: Mutex::default() }
    }

    /// The block to use where the server takes this one.
    pub fn block(&self, block: u32) -> u32 {
        let most = self.rate.map_or(u64::MAX, |rate| (rate / BLOCKS_PER_SECOND).max(SMALLEST));
        block.min(u32::try_from(most).unwrap_or(u32::MAX))
    }

    /// Waits until these bytes may be on the way.
    pub async fn take(&self, bytes: u64) {
        let Some(rate) = self.rate else { return };
        let until = {
            let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let from = free_at.map_or(now, |at| at.max(now));
            *free_at = Some(from + Duration::from_secs_f64(bytes as f64 / rate as f64));
            from
        };
        sleep_until(until).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn bytes_have_their_time() {
        let limit = RateLimit::new(Some(100_000));
        let begin = Instant::now();
        for _ in 0..41 {
            limit.take(10_000).await;
        }
        let took = begin.elapsed();
        assert!(took >= Duration::from_secs(4) && took < Duration::from_millis(4100), "{took:?}");
        assert_eq!(limit.block(261_120), 12_500);
        assert_eq!(RateLimit::new(None).block(261_120), 261_120);
        RateLimit::new(None).take(1 << 60).await;
    }
}
