//! The window of a channel: how much a server may send before we confirm (RFC 4254 section 5.2).
//!
//! The SSH library has one window for all channels of a connection, set before the key exchange. It
//! confirms data as it receives it, once half of the window has passed, so a path is filled by a
//! window that holds a little more than the path does. A larger one costs memory and time: while
//! keys are exchanged the library keeps up to two windows; what a person sees waits behind what a
//! forward has on its way; and OpenSSH's server, which reads a whole window ahead of what TCP takes,
//! works on growing that buffer for a time that is the square of it: 2 seconds for 16 MiB.

use std::time::Duration;

/// The window for a short path. It is OpenSSH's own: what a stalled or a flooding forward has on its
/// way is read in a moment.
const LEAST: u32 = 2 << 20;
/// The window for a long path: 1 Gbit/s over 100 ms holds 12 MiB. During a key exchange the library
/// keeps no more than two of it, 32 MiB, which is half of what may be kept for slow readers
/// (`flow::MAX_KEPT`).
const MOST: u32 = 16 << 20;
/// The window of a subsystem for a long path. A transfer has several connections, which fill the path
/// together; with half the window each of them keeps OpenSSH's server from its growing buffer.
const MOST_OF_SUBSYSTEM: u32 = 8 << 20;
/// How fast a path may be and still be filled: 1 Gbit/s, in bytes per second.
const RATE: u128 = 125_000_000;

/// The window for a path with this round trip: what it holds at [`RATE`], but no more than the
/// system receives, `received`, rounded up to a power of two, within the bounds.
pub(crate) fn window(round_trip: Duration, received: Option<u64>, is_subsystem: bool) -> u32 {
    let most = if is_subsystem { MOST_OF_SUBSYSTEM } else { MOST };
    let holds = RATE * round_trip.as_micros() / 1_000_000;
    let holds = received.map_or(holds, |received| holds.min(received.into()));
    let wanted = u32::try_from(holds).unwrap_or(most).min(most);
    wanted.next_power_of_two().clamp(LEAST, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_follows_the_round_trip() {
        for (milliseconds, megabytes) in
            [(0, 2), (10, 2), (20, 4), (50, 8), (100, 16), (300, 16), (90_000, 16)]
        {
            let window = window(Duration::from_millis(milliseconds), None, false);
            assert_eq!(window, megabytes << 20, "{milliseconds} ms");
        }
    }

    #[test]
    fn a_subsystem_has_half_the_window_on_a_long_path() {
        for (milliseconds, megabytes) in [(0, 2), (20, 4), (50, 8), (100, 8), (90_000, 8)] {
            let window = window(Duration::from_millis(milliseconds), None, true);
            assert_eq!(window, megabytes << 20, "{milliseconds} ms");
        }
    }

    #[test]
    fn a_window_is_no_larger_than_what_tcp_can_have_on_its_way() {
        let far = Duration::from_millis(100);
        for (received, megabytes) in [(6 << 20, 8), (64 << 20, 16), (0, 2)] {
            assert_eq!(window(far, Some(received), false), megabytes << 20, "{received} bytes");
        }
    }
}
