//! How much of a processor a program can have here: all of one, unless other work or a quota holds it back.

use std::hint;
use std::time::{Duration, Instant};

use tokio::task::yield_now;

use crate::os::usage;

/// A program that is not run for this long was held back, and can begin anew with what is its due.
const GAP: Duration = Duration::from_millis(2);
/// Turns between two looks at the clock: some microseconds.
const TURNS: u32 = 1000;

/// A look at the clock.
#[derive(Clone, Copy)]
struct ClockLook {
    at: Duration,
    used: Duration,
}

/// The part of one processor that this program gets while it does nothing but work, for about this long.
/// Nothing else of it may use much meanwhile. `None` if the system does not tell.
pub(super) async fn available(time: Duration) -> Option<f64> {
    let (began, before) = (Instant::now(), usage::own());
    let look = || ClockLook { at: began.elapsed(), used: usage::own().saturating_sub(before) };
    let mut looks = vec![look()];
    let mut last = Duration::ZERO;
    while last < time {
        (0..TURNS).for_each(|_| hint::spin_loop());
        yield_now().await;
        let now = began.elapsed();
        if now.saturating_sub(last) >= GAP {
            looks.push(look());
        }
        last = now;
    }
    looks.push(look());
    part(&looks)
}

/// The part of the time that was used. What a quota allows is had at the beginning of each of its
/// periods, so it is counted from the first time that this program was held back to the last, if they
/// are far enough from each other.
fn part(looks: &[ClockLook]) -> Option<f64> {
    let (first, last) = (looks.first()?, looks.last()?);
    let of = |from: &ClockLook, to: &ClockLook| {
        let used = to.used.saturating_sub(from.used).as_secs_f64();
        used / to.at.saturating_sub(from.at).as_secs_f64()
    };
    let held = &looks[1..looks.len() - 1];
    let far = |from: &&ClockLook, to: &&ClockLook| (to.at - from.at) * 2 >= last.at - first.at;
    let between = held.first().zip(held.last()).filter(|(from, to)| far(from, to));
    let part = between.map_or_else(|| of(first, last), |(from, to)| of(from, to));
    (part > 0.0 && last.used > Duration::ZERO).then(|| part.min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(of: &[(u64, u64)]) -> Vec<ClockLook> {
        let ms = Duration::from_millis;
        of.iter().map(|&(at, used)| ClockLook { at: ms(at), used: ms(used) }).collect()
    }

    #[test]
    fn a_quota_is_counted_in_whole_periods() {
        // 20 ms in each 100 ms, begun 10 ms before the end of one.
        let quota = looks(&[(0, 0), (10, 10), (110, 30), (210, 50), (310, 70), (311, 71)]);
        assert_eq!(part(&quota), Some(0.2));
        assert_eq!(part(&looks(&[(0, 0), (300, 300)])), Some(1.0));
        // One pause says nothing of a period.
        assert_eq!(part(&looks(&[(0, 0), (150, 145), (300, 240)])), Some(0.8));
        assert_eq!(part(&looks(&[(0, 0), (300, 0)])), None);
    }

    #[tokio::test]
    async fn what_works_all_the_time_has_a_part_of_a_processor() {
        let part = available(Duration::from_millis(5)).await.unwrap();
        assert!(part > 0.0 && part <= 1.0, "{part}");
    }
}
