//! The processor time that processes have used, user and system together.

use std::time::Duration;

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike};

/// That of this program so far. Zero if the system does not tell.
pub fn own() -> Duration {
    getrusage(UsageWho::RUSAGE_SELF).map_or(Duration::ZERO, |usage| total(&usage))
}

/// That of all programs started by this one that have ended and were waited for, with those that they
/// waited for. Zero if the system does not tell.
pub fn of_ended_children() -> Duration {
    getrusage(UsageWho::RUSAGE_CHILDREN).map_or(Duration::ZERO, |usage| total(&usage))
}

fn total(usage: &Usage) -> Duration {
    let time = |value: TimeVal| Duration::from_micros(value.num_microseconds().unsigned_abs());
    time(usage.user_time()) + time(usage.system_time())
}
