//! ChannelTimeout, ControlPersist and ObscureKeystrokeTiming: times with words beside them.

use std::time::Duration;

use super::scalar::{flag, is_none, number, time};
use crate::config::fault::{ConfigFault, shown};
use crate::say;

/// How often ssh(1) sends keystrokes when it hides their timing.
pub const OBSCURE_INTERVAL: Duration = Duration::from_millis(20);
/// The longest interval ssh(1) takes, in milliseconds.
const MAX_OBSCURE: u64 = 1000;

/// ChannelTimeout: `type=interval` words, or `none`.
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

/// ObscureKeystrokeTiming: `yes`, `no`, or `interval:` with milliseconds, 1 to 1000.
///
/// # Errors
/// Any other word, or a number out of range.
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

/// ControlPersist: how long a master stays after its own session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlPersist {
    /// It ends with it.
    No,
    /// Until it is told to end.
    Forever,
    /// So long without a client.
    Idle(Duration),
}

/// ControlPersist: `yes`, `no` or a time; no time at all is `yes`.
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
