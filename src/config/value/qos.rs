//! IPQoS of ssh_config(5): the classes of service (RFC 2474, RFC 8622) by their names.

use super::scalar::is_none;
use crate::config::fault::{ConfigFault, shown};
use crate::say;

/// The value of IPQoS: the class in which packets are marked, in the byte that IPv4 calls type of
/// service and IPv6 traffic class. `None` leaves the system's default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpQos {
    /// The class for sessions with a terminal.
    pub interactive: Option<u8>,
    /// The class for all other sessions.
    pub bulk: Option<u8>,
}

impl Default for IpQos {
    /// Expedited forwarding for interactive sessions, no class for others.
    fn default() -> IpQos {
        IpQos { interactive: Some(0xb8), bulk: Some(0) }
    }
}

/// The classes of IPQoS and their values.
const QOS: [(&str, u8); 23] = [
    ("af11", 0x28),
    ("af12", 0x30),
    ("af13", 0x38),
    ("af21", 0x48),
    ("af22", 0x50),
    ("af23", 0x58),
    ("af31", 0x68),
    ("af32", 0x70),
    ("af33", 0x78),
    ("af41", 0x88),
    ("af42", 0x90),
    ("af43", 0x98),
    ("cs0", 0x00),
    ("cs1", 0x20),
    ("cs2", 0x40),
    ("cs3", 0x60),
    ("cs4", 0x80),
    ("cs5", 0xa0),
    ("cs6", 0xc0),
    ("cs7", 0xe0),
    ("ef", 0xb8),
    ("le", 0x04),
    ("va", 0xb0),
];
/// Services of the byte's older meaning. ssh(1) has ignored them since 10.1.
const OLD_QOS: [&str; 3] = ["lowdelay", "throughput", "reliability"];

/// Parses the one or two arguments of IPQoS; a single one applies to all sessions.
///
/// # Errors
/// `Bad IPQoS value`
pub fn parse(args: &[String]) -> Result<IpQos, ConfigFault> {
    let mut classes = args.iter().map(|text| class_of(text));
    let interactive = classes.next().transpose()?.unwrap_or_default();
    let bulk = classes.next().transpose()?.unwrap_or(interactive);
    Ok(IpQos { interactive, bulk })
}

fn class_of(text: &str) -> Result<Option<u8>, ConfigFault> {
    if is_none(text) || OLD_QOS.iter().any(|name| name.eq_ignore_ascii_case(text)) {
        return Ok(None);
    }
    let named = QOS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    let number = || match text.strip_prefix("0x") {
        Some(hex) => u8::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    };
    let class = named.map(|(_, class)| *class).or_else(number);
    class.map(Some).ok_or_else(|| say!(config_bad_qos, value = shown(text)))
}

/// The name under which ssh(1) prints a class.
pub fn name(class: Option<u8>) -> String {
    let Some(class) = class else { return "none".to_owned() };
    let known = QOS.iter().find(|(_, known)| *known == class);
    known.map_or_else(|| format!("0x{class:02x}"), |(name, _)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_service() {
        let names = |text: &str| {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            let found = parse(&words).ok()?;
            Some(format!("{} {}", name(found.interactive), name(found.bulk)))
        };
        for (text, wanted) in [
            ("ef", Some("ef ef")),
            ("AF21 cs1", Some("af21 cs1")),
            ("none", Some("none none")),
            ("lowdelay throughput", Some("none none")),
            ("Reliability va", Some("none va")),
            ("0", Some("cs0 cs0")),
            ("63 184", Some("0x3f ef")),
            ("0x10", Some("0x10 0x10")),
            ("255", Some("0xff 0xff")),
            ("256", None),
            ("-1", None),
            ("mincost", None),
            ("0x", None),
            ("0x1ff", None),
            ("é", None),
        ] {
            assert_eq!(names(text).as_deref(), wanted, "{text}");
        }
        let usual = IpQos::default();
        assert_eq!((name(usual.interactive), name(usual.bulk)), ("ef".into(), "cs0".into()));
    }
}
