//! ChannelTimeout, ControlPersist and ObscureKeystrokeTiming: values that are a time or a word.

use std::time::Duration;

use super::scalar::{flag, is_none, number, time};
use crate::config::fault::{ConfigFault, shown};
use crate::say;

/// The interval at which ssh(1) sends keystrokes to hide their timing.
pub const OBSCURE_INTERVAL: Duration = Duration::from_millis(20);
/// The longest interval that ssh(1) accepts, in milliseconds.
const MAX_OBSCURE: u64 = 1000;

/// Parses ChannelTimeout: `type=interval` words, or `none`.
pub fn channel_timeouts(args: &[String]) -> Result<Vec<(String, Duration)>, ConfigFault> {
    if let [only] = args
        && is_none(only)
    {
        return Ok(Vec::new());
    }
    let read = |word: &String| {
        let bad = || say!(config_bad_channel_timeout, value = shown(word));
        let (kind, limit) =
            word.split_once('=').filter(|(kind, _)| !kind.is_empty()).ok_or_else(bad)?;
        let limit = Some(limit).filter(|limit| !is_none(limit)).ok_or_else(bad)?;
        Ok((kind.to_owned(), time(limit).map_err(|_| bad())?))
    };
    args.iter().map(read).collect()
}

/// Parses ObscureKeystrokeTiming: `yes`, `no`, or `interval:` with milliseconds, 1 to 1000.
///
/// # Errors
/// Another word, or a number out of range.
pub fn obscure(text: &str) -> Result<Option<Duration>, ConfigFault> {
    match (text, text.strip_prefix("interval:")) {
        ("yes" | "true", _) => Ok(Some(OBSCURE_INTERVAL)),
        ("no" | "false", _) => Ok(None),
        (_, Some(digits)) => match u64::from(number(digits)?) {
            number @ 1..=MAX_OBSCURE => Ok(Some(Duration::from_millis(number))),
            _ => Err(say!(config_out_of_range)),
        },
        _ => Err(say!(config_unsupported, value = shown(text))),
    }
}

/// The value of ControlPersist: how long a master stays after its own session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlPersist {
    /// The master ends with its session.
    No,
    /// The master stays until it is told to end.
    Forever,
    /// The master stays until it had no client for this long.
    Idle(Duration),
}

/// Parses ControlPersist: `yes`, `no` or a time; the time zero is `yes`.
pub fn persist(text: &str) -> Result<ControlPersist, ConfigFault> {
    match flag(text) {
        Ok(true) => Ok(ControlPersist::Forever),
        Ok(false) => Ok(ControlPersist::No),
        Err(_) => Ok(match time(text)? {
            Duration::ZERO => ControlPersist::Forever,
            idle => ControlPersist::Idle(idle),
        }),
    }
}
