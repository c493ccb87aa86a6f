//! Smaller settings of a session: AddKeysToAgent, ChannelTimeout, LogVerbose,
//! ObscureKeystrokeTiming, and others of a word or a number.

use std::time::Duration;

use crate::config::value::{self, Fault, FingerprintHash, is_none, shown};
use crate::say;

/// How often ssh(1) sends keystrokes when it hides their timing.
pub(in crate::config) const OBSCURE_INTERVAL: Duration = Duration::from_millis(20);
/// The longest interval ssh(1) takes, in milliseconds.
const MAX_OBSCURE: u64 = 1000;

/// AddKeysToAgent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddKeys {
    /// Whether a key that was used is added.
    pub add: bool,
    /// Whether it is asked first whether to add it.
    pub ask: bool,
    /// Whether the agent is to ask before each use.
    pub confirm: bool,
    /// How long the agent keeps it.
    pub lifetime: Option<Duration>,
}

impl AddKeys {
    /// `yes`, `no`, `ask`, `confirm` with or without a time, or a time.
    ///
    /// # Errors
    /// `unsupported option`, or an argument too many.
    pub(in crate::config) fn parse(args: &[String]) -> Result<AddKeys, Fault> {
        let (first, second) = match args {
            [first] => (first.to_ascii_lowercase(), None),
            [first, second] => (first.to_ascii_lowercase(), Some(second)),
            _ => return Err(say!("config-bad-arguments")),
        };
        let lifetime = |text: &str| {
            let time = value::time(text).ok().filter(|time| !time.is_zero());
            time.map(Some).ok_or_else(|| say!("config-unsupported", value = shown(text)))
        };
        let on = AddKeys { add: true, ..AddKeys::default() };
        match (first.as_str(), second) {
            ("no" | "false", None) => Ok(AddKeys::default()),
            ("yes" | "true", None) => Ok(on),
            ("ask", None) => Ok(AddKeys { ask: true, ..on }),
            ("confirm", None) => Ok(AddKeys { confirm: true, ..on }),
            ("confirm", Some(time)) => {
                Ok(AddKeys { confirm: true, lifetime: lifetime(time)?, ..on })
            }
            (time, None) => Ok(AddKeys { lifetime: lifetime(time)?, ..on }),
            (_, Some(more)) => Err(say!("config-unsupported", value = shown(more))),
        }
    }
}

/// ChannelTimeout: `type=interval` words, or `none`.
pub(in crate::config) fn channel_timeouts(
    args: &[String],
) -> Result<Vec<(String, Duration)>, Fault> {
    if let [only] = args
        && is_none(only)
    {
        return Ok(Vec::new());
    }
    let read = |word: &String| {
        let bad = || say!("config-bad-channel-timeout", value = shown(word));
        let (kind, time) =
            word.split_once('=').filter(|(kind, _)| !kind.is_empty()).ok_or_else(bad)?;
        let time = Some(time).filter(|time| !is_none(time)).ok_or_else(bad)?;
        Ok((kind.to_owned(), value::time(time).map_err(|_| bad())?))
    };
    args.iter().map(read).collect()
}

/// Words as they stand; `none` alone is none.
pub(super) fn words_but_none(args: &[String]) -> Result<Vec<String>, Fault> {
    match args {
        [only] if is_none(only) => Ok(Vec::new()),
        all => Ok(all.to_vec()),
    }
}

/// ObscureKeystrokeTiming: `yes`, `no`, or `interval:` with milliseconds, 1 to 1000.
///
/// # Errors
/// Any other word, or a number out of range.
pub(in crate::config) fn obscure(text: &str) -> Result<Option<Duration>, Fault> {
    match (text, text.strip_prefix("interval:")) {
        ("yes" | "true", _) => Ok(Some(OBSCURE_INTERVAL)),
        ("no" | "false", _) => Ok(None),
        (_, Some(number)) => match u64::from(value::number(number)?) {
            number @ 1..=MAX_OBSCURE => Ok(Some(Duration::from_millis(number))),
            _ => Err(say!("config-out-of-range")),
        },
        _ => Err(say!("config-unsupported", value = shown(text))),
    }
}

/// The words of a list with commas.
pub(super) fn comma_list(text: &str) -> Result<Vec<String>, Fault> {
    Ok(text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

/// ConnectionAttempts.
pub(super) fn attempts(text: &str) -> Result<u32, Fault> {
    value::number(text).and_then(|n| {
        if n == 0 { Err(say!("error-config-invalid-number-connectionattempts")) } else { Ok(n) }
    })
}

/// PubkeyAuthentication, as far as it is yes or no.
pub(super) fn pubkey(text: &str) -> Result<bool, Fault> {
    Ok(!matches!(text.to_ascii_lowercase().as_str(), "no" | "false"))
}

/// FingerprintHash.
pub(super) fn fingerprint_hash(text: &str) -> FingerprintHash {
    if text.eq_ignore_ascii_case("md5") { FingerprintHash::Md5 } else { FingerprintHash::Sha256 }
}
