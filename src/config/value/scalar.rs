//! Parses values of one word: flags, numbers, ports, times and the like.
//!
//! Messages use ssh(1)'s wording where callers may look for it.

use std::time::Duration;

use crate::config::fault::{ConfigFault, shown};
use crate::destination;
use crate::say;

/// Whether the value is the word `none`.
pub fn is_none(text: &str) -> bool {
    text.eq_ignore_ascii_case("none")
}

/// Parses `yes`, `no`, `true` or `false`.
///
/// # Errors
/// `unsupported option`.
pub fn flag(text: &str) -> Result<bool, ConfigFault> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err(say!(config_unsupported_option, first = shown(text))),
    }
}

/// Parses a whole number from 0 to 2^31-1.
///
/// # Errors
/// `integer value` and the reason.
pub fn number(text: &str) -> Result<u32, ConfigFault> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(say!(config_integer_invalid));
    }
    if text.starts_with('-') {
        return Err(say!(config_integer_too_small));
    }
    let value = digits.parse::<u32>().ok().filter(|&v| i32::try_from(v).is_ok());
    value.ok_or_else(|| say!(config_integer_too_large))
}

/// Parses a port: 1 to 65535, or the name of a service.
///
/// # Errors
/// `Bad port 'x'`.
pub fn port(text: &str) -> Result<u16, ConfigFault> {
    destination::port_or_service(text).map_err(|e| e.cause().to_owned())
}

/// Parses mode bits in octal, up to 0777.
///
/// # Errors
/// `Bad mask.`
pub fn octal(text: &str) -> Result<u32, ConfigFault> {
    let digits = text.bytes().all(|b| (b'0'..=b'7').contains(&b));
    let value = u32::from_str_radix(text, 8).ok().filter(|&mask| digits && mask <= 0o777);
    value.ok_or_else(|| say!(config_bad_mask))
}

/// Parses a host and a port, either of which may be `*`; an IPv6 address is in brackets.
///
/// # Errors
/// The text has no host, no port or a bad port.
pub fn place(text: &str) -> Result<(String, String), ConfigFault> {
    let bad = || say!(config_bad_place, value = shown(text));
    let (host, number) = match text.strip_prefix('[') {
        Some(inner) => inner.split_once("]:").ok_or_else(bad)?,
        None => text.rsplit_once(':').ok_or_else(bad)?,
    };
    let number = match number {
        "*" => number.to_owned(),
        number => port(number).map_err(|_| bad())?.to_string(),
    };
    if host.is_empty() { Err(bad()) } else { Ok((host.to_owned(), number)) }
}

/// Parses a time: seconds, or a sequence of numbers with the units s, m, h, d, w; `none` is 0.
///
/// # Errors
/// `invalid time value`, also if it exceeds 2^31-1 seconds.
pub fn time(text: &str) -> Result<Duration, ConfigFault> {
    if is_none(text) {
        return Ok(Duration::ZERO);
    }
    let bad = || say!(config_invalid_time, value = shown(text));
    let mut seconds: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let amount: u64 = rest[..end].parse().map_err(|_| bad())?;
        let mut after = rest[end..].chars();
        let unit = match after.next().map(|c| c.to_ascii_lowercase()) {
            None | Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 86_400,
            Some('w') => 604_800,
            Some(_) => return Err(bad()),
        };
        let part = amount.checked_mul(unit).ok_or_else(bad)?;
        seconds = seconds.checked_add(part).ok_or_else(bad)?;
        rest = after.as_str();
    }
    if text.is_empty() || i32::try_from(seconds).is_err() {
        return Err(bad());
    }
    Ok(Duration::from_secs(seconds))
}

/// Parses an escape character: one byte, `^` and a letter for a control character, or `none`.
///
/// # Errors
/// `Bad escape character.`
pub fn escape(text: &str) -> Result<Option<u8>, ConfigFault> {
    match text.as_bytes() {
        [byte] => Ok(Some(*byte)),
        [b'^', letter] if (64..128).contains(letter) => Ok(Some(letter & 31)),
        _ if text == "none" => Ok(None),
        _ => Err(say!(config_bad_escape_character)),
    }
}

/// Parses the two numbers of TunnelDevice; `None` stands for any.
///
/// # Errors
/// `Bad tun device.`
pub fn tunnel_device(text: &str) -> Result<(Option<u32>, Option<u32>), ConfigFault> {
    let bad = || say!(config_bad_tunnel, value = shown(text));
    let side = |text: &str| match text {
        "any" => Ok(None),
        digits => number(digits).map(Some).map_err(|_| bad()),
    };
    let (local, remote) = text.split_once(':').unwrap_or((text, "any"));
    Ok((side(local)?, side(remote)?))
}

/// Parses the value of ConnectionAttempts.
pub fn attempts(text: &str) -> Result<u32, ConfigFault> {
    number(text).and_then(|n| if n == 0 { Err(say!(config_invalid_attempts)) } else { Ok(n) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, seconds) in [
            ("0", Some(0)),
            ("none", Some(0)),
            ("10", Some(10)),
            ("1h30m", Some(5400)),
            ("1W2D", Some(777_600)),
            ("5m3", Some(303)),
            ("2147483647", Some(2_147_483_647)),
            ("2147483648", None),
            ("99999999999999999999", None),
            ("9999999999999999w", None),
            ("-1", None),
            ("", None),
            ("h", None),
            ("5x", None),
            ("1.5", None),
        ] {
            assert_eq!(time(text).ok().map(|t| t.as_secs()), seconds, "{text}");
        }
    }

    #[test]
    fn places() {
        for (text, wanted) in [
            ("h:22", Some(("h", "22"))),
            ("h:022", Some(("h", "22"))),
            ("h:https", Some(("h", "443"))),
            ("[::1]:*", Some(("::1", "*"))),
            ("*:80", Some(("*", "80"))),
            ("h:no-such-service", None),
            (":80", None),
            ("h", None),
        ] {
            let wanted = wanted.map(|(host, port)| (host.to_owned(), port.to_owned()));
            assert_eq!(place(text).ok(), wanted, "{text}");
        }
    }

    #[test]
    fn escapes() {
        for (text, wanted) in [
            ("~", Ok(Some(b'~'))),
            ("none", Ok(None)),
            ("^a", Ok(Some(1))),
            ("^[", Ok(Some(27))),
            ("^?", Err(())),
            ("^ab", Err(())),
            ("xy", Err(())),
            ("é", Err(())),
        ] {
            assert_eq!(escape(text).map_err(drop), wanted, "{text}");
        }
    }
}
