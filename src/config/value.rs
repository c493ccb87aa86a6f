//! The values of ssh_config(5): what each shape takes, and the types they become.
//!
//! A value is checked when it is collected, whether its block applies or not, as ssh(1) does;
//! it is turned into its type when the options are made. Faults are the words ssh(1) uses
//! where a caller may look for them.

use std::fmt;
use std::time::Duration;

use super::keyword::{Keyword, Shape};
use crate::destination;
use crate::say;

/// Why a value is refused, without its place.
pub type Fault = String;

/// The most characters of a value that a message shows.
const MAX_SHOWN: usize = 80;

/// The smallest RekeyLimit, in bytes: one block of the largest cipher.
const MIN_REKEY: u64 = 16;

/// StrictHostKeyChecking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrictHostKeyChecking {
    /// Only what is on record.
    Yes,
    /// Ask about what is not.
    Ask,
    /// Take new hosts, refuse changed keys.
    AcceptNew,
    /// Take new hosts, and changed keys under restrictions.
    No,
}

/// VerifyHostKeyDNS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyHostKeyDns {
    /// A proven match is enough.
    Yes,
    /// What the DNS says is shown.
    Ask,
    /// The DNS is not asked.
    No,
}

/// UpdateHostKeys: whether the server may change what is on record about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateHostKeys {
    /// What it announces is not heeded.
    No,
    /// Keys it proves are learnt, keys it no longer has are dropped.
    Yes,
    /// The same after a question.
    Ask,
}

/// RequestTTY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestTty {
    /// For a shell on a terminal.
    Auto,
    /// Never (`-T`).
    No,
    /// If standard input is a terminal (`-t`).
    Yes,
    /// Always (`-tt`).
    Force,
}

/// LogLevel: how much is said on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Nothing, not even the banner.
    Quiet,
    /// What ends the program.
    Fatal,
    /// Errors.
    Error,
    /// What a person should know.
    Info,
    /// A little more.
    Verbose,
    /// `-v`.
    Debug1,
    /// `-vv`.
    Debug2,
    /// `-vvv`.
    Debug3,
}

impl fmt::Display for LogLevel {
    /// The name as ssh_config(5) has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LogLevel::Quiet => "QUIET",
            LogLevel::Fatal => "FATAL",
            LogLevel::Error => "ERROR",
            LogLevel::Info => "INFO",
            LogLevel::Verbose => "VERBOSE",
            LogLevel::Debug1 => "DEBUG",
            LogLevel::Debug2 => "DEBUG2",
            LogLevel::Debug3 => "DEBUG3",
        })
    }
}

/// AddressFamily.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFamily {
    /// Either.
    Any,
    /// IPv4 only.
    Inet,
    /// IPv6 only.
    Inet6,
}

/// SessionType: what is asked for on the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionType {
    /// A shell, or the command if there is one.
    Default,
    /// Nothing (`-N`).
    None,
    /// The command names a subsystem (`-s`).
    Subsystem,
}

/// FingerprintHash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FingerprintHash {
    /// `MD5:aa:bb:…`
    Md5,
    /// `SHA256:…`
    Sha256,
}

/// RekeyLimit: when keys are exchanged anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RekeyLimit {
    /// After so many bytes in either direction; `None` leaves it to the cipher.
    pub bytes: Option<u64>,
    /// After so long.
    pub time: Option<Duration>,
}

/// Checks the arguments of a keyword.
///
/// # Errors
/// The fault, in ssh's words.
pub fn check(keyword: Keyword, args: &[String]) -> Result<(), Fault> {
    let shape = keyword.row().shape;
    if args.is_empty() && shape != Shape::Any {
        return Err(say!("error-config-missing-argument"));
    }
    let most = match shape {
        Shape::Any | Shape::Words | Shape::Environment | Shape::Pairs => usize::MAX,
        Shape::Rekey | Shape::Qos => 2,
        _ => 1,
    };
    if args.len() > most {
        return Err(say!("error-config-extra-arguments-end-line", args = shown(&args[most])));
    }
    if shape != Shape::Any && args.iter().any(String::is_empty) {
        return Err(say!("error-config-missing-argument"));
    }
    check_shape(keyword, shape, args)?;
    super::check::check(keyword, args)
}

fn check_shape(keyword: Keyword, shape: Shape, args: &[String]) -> Result<(), Fault> {
    let first = args.first().map_or("", String::as_str);
    match shape {
        Shape::Flag => flag(first).map(drop),
        Shape::Word(words) if words.iter().any(|w| w.eq_ignore_ascii_case(first)) => Ok(()),
        Shape::Word(_) => Err(say!("error-config-unsupported-option", first = shown(first))),
        Shape::Number => number(first).map(drop),
        Shape::Time => time(first).map(drop),
        Shape::Port => port(first).map(drop),
        Shape::Level => level(first).map(drop),
        Shape::Escape => escape(first).map(drop),
        Shape::Rekey => rekey(args).map(drop),
        Shape::Environment if args.iter().any(|name| name.contains('=')) => {
            Err(say!("error-config-invalid-environment-name"))
        }
        Shape::Pairs => args.iter().try_for_each(|pair| split_pair(pair).map(drop)),
        Shape::Qos => super::qos::parse(args).map(drop),
        Shape::Words if none_among_others(keyword, args) => {
            Err(say!("error-config-none-argument-must-appear"))
        }
        Shape::Text if keyword == Keyword::User => user(first),
        Shape::Environment | Shape::Words | Shape::Text | Shape::Line | Shape::Any => Ok(()),
    }
}

/// User as a file may have it: a name, with variables in it whose values are looked at later.
fn user(text: &str) -> Result<(), Fault> {
    let mut literal = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        literal.push_str(before);
        rest = after.split_once('}').map_or(after, |(_, next)| next);
    }
    literal.push_str(rest);
    match literal.is_empty() && !text.is_empty() {
        true => Ok(()),
        false => destination::check_user(&literal).map_err(|error| error.to_string()),
    }
}

fn none_among_others(keyword: Keyword, args: &[String]) -> bool {
    use Keyword as K;
    let files =
        matches!(keyword, K::UserKnownHostsFile | K::GlobalKnownHostsFile | K::RevokedHostKeys);
    files && args.len() > 1 && args.iter().any(|arg| is_none(arg))
}

/// Whether the value is the word `none`.
pub fn is_none(text: &str) -> bool {
    text.eq_ignore_ascii_case("none")
}

/// `yes`, `no`, `true` or `false`.
///
/// # Errors
/// `unsupported option`.
pub fn flag(text: &str) -> Result<bool, Fault> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err(say!("error-config-unsupported-option", first = shown(text))),
    }
}

/// A whole number from 0 to 2^31-1.
///
/// # Errors
/// `integer value` and what is wrong with it.
pub fn number(text: &str) -> Result<u32, Fault> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(say!("error-config-integer-value-invalid"));
    }
    if text.starts_with('-') {
        return Err(say!("error-config-integer-value-too-small"));
    }
    let value = digits.parse::<u32>().ok().filter(|&v| i32::try_from(v).is_ok());
    value.ok_or_else(|| say!("error-config-integer-value-too-large"))
}

/// A port, 1 to 65535.
///
/// # Errors
/// `Bad port 'x'`.
pub fn port(text: &str) -> Result<u16, Fault> {
    destination::parse_port(text).map_err(|e| e.cause().to_owned())
}

/// Mode bits in octal, up to 0777.
///
/// # Errors
/// `Bad mask.`
pub fn octal(text: &str) -> Result<u32, Fault> {
    let digits = text.bytes().all(|b| (b'0'..=b'7').contains(&b));
    let value = u32::from_str_radix(text, 8).ok().filter(|&mask| digits && mask <= 0o777);
    value.ok_or_else(|| say!("config-bad-mask"))
}

/// A host and a port, each perhaps `*`; an address of IPv6 stands in brackets.
///
/// # Errors
/// `bad port number`, or what is wrong with the host.
pub fn place(text: &str) -> Result<(String, String), Fault> {
    let bad = || say!("config-bad-place", value = shown(text));
    let (host, number) = match text.strip_prefix('[') {
        Some(inner) => inner.split_once("]:").ok_or_else(bad)?,
        None => text.rsplit_once(':').ok_or_else(bad)?,
    };
    if host.is_empty() || (number != "*" && port(number).is_err()) {
        return Err(bad());
    }
    Ok((host.to_owned(), number.to_owned()))
}

/// A time: seconds, or numbers with the units s, m, h, d, w one after the other; `none` is 0.
///
/// # Errors
/// `invalid time value`, also when it is more than 2^31-1 seconds.
pub fn time(text: &str) -> Result<Duration, Fault> {
    if is_none(text) {
        return Ok(Duration::ZERO);
    }
    let bad = || say!("error-config-invalid-time-value", value = shown(text));
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

/// A log level; `DEBUG` is `DEBUG1`, `SILENT` is `QUIET`.
///
/// # Errors
/// `unsupported log level 'x'`.
pub fn level(text: &str) -> Result<LogLevel, Fault> {
    Ok(match text.to_ascii_uppercase().as_str() {
        "QUIET" | "SILENT" => LogLevel::Quiet,
        "FATAL" => LogLevel::Fatal,
        "ERROR" => LogLevel::Error,
        "INFO" => LogLevel::Info,
        "VERBOSE" => LogLevel::Verbose,
        "DEBUG" | "DEBUG1" => LogLevel::Debug1,
        "DEBUG2" => LogLevel::Debug2,
        "DEBUG3" => LogLevel::Debug3,
        _ => return Err(say!("error-config-unsupported-log-level", value = shown(text))),
    })
}

/// An escape character: one byte, `^` and a letter for a control character, or `none`.
///
/// # Errors
/// `Bad escape character.`
pub fn escape(text: &str) -> Result<Option<u8>, Fault> {
    match text.as_bytes() {
        [byte] => Ok(Some(*byte)),
        [b'^', letter] if (64..128).contains(letter) => Ok(Some(letter & 31)),
        _ if text == "none" => Ok(None),
        _ => Err(say!("error-config-bad-escape-character")),
    }
}

/// RekeyLimit's one or two arguments.
///
/// # Errors
/// `Bad number`, `RekeyLimit too small` or `invalid time value`
pub fn rekey(args: &[String]) -> Result<RekeyLimit, Fault> {
    let first = args.first().map_or("", String::as_str);
    let bytes = match first {
        "default" => None,
        _ => match amount(first)
            .ok_or_else(|| say!("error-config-bad-number", first = shown(first)))?
        {
            0 => None,
            few if few < MIN_REKEY => return Err(say!("error-config-rekeylimit-too-small")),
            bytes => Some(bytes),
        },
    };
    let time = args.get(1).map(|text| time(text)).transpose()?.filter(|t| !t.is_zero());
    Ok(RekeyLimit { bytes, time })
}

/// A number of bytes with a suffix (K, M, G, T: powers of 1024) and perhaps a fraction.
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
    // Six digits of a fraction decide every byte of a gigabyte that anyone means.
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

/// `NAME=value`.
///
/// # Errors
/// `Invalid SetEnv.`
pub fn split_pair(text: &str) -> Result<(&str, &str), Fault> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name, value)),
        _ => Err(say!("error-config-invalid-setenv")),
    }
}

/// StrictHostKeyChecking.
pub fn strict(text: &str) -> StrictHostKeyChecking {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => StrictHostKeyChecking::Yes,
        "no" | "false" | "off" => StrictHostKeyChecking::No,
        "accept-new" => StrictHostKeyChecking::AcceptNew,
        _ => StrictHostKeyChecking::Ask,
    }
}

/// VerifyHostKeyDNS.
pub fn verify_dns(text: &str) -> VerifyHostKeyDns {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => VerifyHostKeyDns::Yes,
        "ask" => VerifyHostKeyDns::Ask,
        _ => VerifyHostKeyDns::No,
    }
}

/// UpdateHostKeys.
pub fn update_host_keys(text: &str) -> UpdateHostKeys {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => UpdateHostKeys::Yes,
        "ask" => UpdateHostKeys::Ask,
        _ => UpdateHostKeys::No,
    }
}

/// WarnWeakCrypto: yes, unless it is switched off whole or for key exchanges.
pub fn warns_of_weak_crypto(text: &str) -> bool {
    !["no", "false", "no-pq-kex"].iter().any(|off| off.eq_ignore_ascii_case(text))
}

/// RequestTTY.
pub fn request_tty(text: &str) -> RequestTty {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => RequestTty::Yes,
        "no" | "false" => RequestTty::No,
        "force" => RequestTty::Force,
        _ => RequestTty::Auto,
    }
}

/// AddressFamily.
pub fn address_family(text: &str) -> AddressFamily {
    match text.to_ascii_lowercase().as_str() {
        "inet" => AddressFamily::Inet,
        "inet6" => AddressFamily::Inet6,
        _ => AddressFamily::Any,
    }
}

/// SessionType.
pub fn session_type(text: &str) -> SessionType {
    match text.to_ascii_lowercase().as_str() {
        "none" => SessionType::None,
        "subsystem" => SessionType::Subsystem,
        _ => SessionType::Default,
    }
}

/// A value from a file or the command line as a message may show it: no control characters,
/// not too long.
pub fn shown(text: &str) -> String {
    crate::text::line(text, MAX_SHOWN)
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

    #[test]
    fn shown_values_cannot_act_on_a_terminal() {
        assert_eq!(shown("a\u{1b}[2J\nb"), "a\\x1b[2J b");
        assert!(shown(&"x".repeat(200)).chars().count() <= MAX_SHOWN + 1);
    }
}
