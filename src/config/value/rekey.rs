//! RekeyLimit: an amount of data and a time.

use std::time::Duration;

use super::scalar::time;
use crate::config::fault::{ConfigFault, shown};
use crate::say;

/// The smallest RekeyLimit, in bytes: one block of the largest cipher.
const MIN_REKEY: u64 = 16;

/// The value of RekeyLimit: when keys are exchanged again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RekeyLimit {
    /// The bytes in either direction after which keys are exchanged; `None` leaves it to the
    /// cipher.
    pub bytes: Option<u64>,
    /// The time after which keys are exchanged.
    pub time: Option<Duration>,
}

/// Parses the one or two arguments of RekeyLimit.
///
/// # Errors
/// `Bad number`, `RekeyLimit too small` or `invalid time value`
pub fn rekey(args: &[String]) -> Result<RekeyLimit, ConfigFault> {
    let first = args.first().map_or("", String::as_str);
    let bytes = match first {
        "default" => None,
        _ => match amount(first).ok_or_else(|| say!(config_bad_number, first = shown(first)))? {
            0 => None,
            few if few < MIN_REKEY => return Err(say!(config_rekey_limit_too_small)),
            bytes => Some(bytes),
        },
    };
    let time = args.get(1).map(|text| time(text)).transpose()?.filter(|t| !t.is_zero());
    Ok(RekeyLimit { bytes, time })
}

/// Parses a number of bytes with an optional fraction and suffix (K, M, G, T: powers of 1024).
fn amount(text: &str) -> Option<u64> {
    let (number, scale) = match text.chars().last()?.to_ascii_uppercase() {
        'B' => (&text[..text.len() - 1], 1u64),
        'K' => (&text[..text.len() - 1], 1 << 10),
        'M' => (&text[..text.len() - 1], 1 << 20),
        'G' => (&text[..text.len() - 1], 1 << 30),
        'T' => (&text[..text.len() - 1], 1 << 40),
        _ => (text, 1),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    // Six digits of a fraction are precise enough, and more could overflow the product below.
    if whole.is_empty() || fraction.len() > 6 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let part = if fraction.is_empty() {
        0
    } else {
        fraction.parse::<u64>().ok()? * scale / 10u64.pow(u32::try_from(fraction.len()).ok()?)
    };
    let bytes = whole.parse::<u64>().ok()?.checked_mul(scale)?.checked_add(part)?;
    i64::try_from(bytes).ok().map(|_| bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_data() {
        let limit = |text: &str| {
            rekey(&text.split(' ').map(str::to_owned).collect::<Vec<_>>())
                .map(|r| (r.bytes, r.time.map(|t| t.as_secs())))
        };
        assert_eq!(limit("1k 1h"), Ok((Some(1024), Some(3600))));
        assert_eq!(limit("16"), Ok((Some(16), None)));
        assert_eq!(limit("default 5"), Ok((None, Some(5))));
        assert_eq!(limit("default none"), Ok((None, None)));
        assert_eq!(limit("0"), Ok((None, None)));
        assert_eq!(limit("8G"), Ok((Some(8 << 30), None)));
        assert_eq!(limit("1.5M"), Ok((Some(1_572_864), None)));
        for bad in ["none", "15", "12x", "99999999999G", "-1", "K", ".5K", "1k 5x", "é"] {
            assert!(limit(bad).is_err(), "{bad}");
        }
    }
}
