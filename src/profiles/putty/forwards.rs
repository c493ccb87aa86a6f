//! `PortForwardings`: a list of `[4|6]L[address:]port=host:port`, `R…`, and `D[address:]port`.

use std::collections::BTreeMap;

use super::map;
use crate::destination::number_or_service;
use crate::os::service;

/// A session's forwards, as `-L`, `-R` and `-D` take them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PuttyForwards {
    /// Local ones.
    pub local: Vec<String>,
    /// Remote ones.
    pub remote: Vec<String>,
    /// Dynamic ones.
    pub dynamic: Vec<String>,
    /// Entries that cannot be expressed, as they are kept.
    pub unknown: Vec<String>,
}

/// Parses the value. `all_local` and `all_remote` tell that listening sides without an address take
/// connections from everywhere: `LocalPortAcceptAll`, `RemotePortAcceptAll`.
pub fn parse(text: &str, all_local: bool, all_remote: bool) -> PuttyForwards {
    let mut found = PuttyForwards::default();
    for (key, value) in unique(text) {
        let (family, rest) = match key.strip_prefix(['4', '6']) {
            Some(rest) => (key.chars().next(), rest),
            None => (None, key.as_str()),
        };
        let mut letters = rest.chars();
        let kind = letters.next();
        let all = if kind == Some('R') { all_remote } else { all_local };
        let listen = match kind {
            Some('L') => listening(without_star(letters.as_str()), family, all),
            _ => listening(letters.as_str(), None, all),
        };
        match (kind, listen, value == "D") {
            (Some('L'), Some(listen), true) => found.dynamic.push(listen),
            (Some('L'), Some(listen), false) => match target(&value) {
                Some(target) => found.local.push(format!("{listen}:{target}")),
                None => found.unknown.push(format!("{key}={value}")),
            },
            (Some('R'), Some(listen), false) => match target(&value) {
                Some(target) => found.remote.push(format!("{listen}:{target}")),
                None => found.unknown.push(format!("{key}={value}")),
            },
            (_, _, true) => found.unknown.push(format!("{}=", key.replacen('L', "D", 1))),
            _ => found.unknown.push(format!("{key}={value}")),
        }
    }
    found
}

/// The entries by their listening side, since there can be one only. A dynamic forward listens, so
/// it stands among the local ones, with the value `D`.
pub fn unique(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (key, value) in map::parse(text) {
        match key.contains('D') {
            true => found.insert(key.replacen('D', "L", 1), "D".to_owned()),
            false => found.insert(key, value),
        };
    }
    found
}

/// A local listening side without the address `*`, or an empty one: PuTTY knows no such address of
/// this machine, and listens as if there were none.
fn without_star(text: &str) -> &str {
    match last_colon(text) {
        Some(("" | "*", port)) => port,
        _ => text,
    }
}

/// The listening side: `port` or `address:port`.
fn listening(text: &str, family: Option<char>, all: bool) -> Option<String> {
    match last_colon(text) {
        Some((address, port)) => {
            let port = number(port)?;
            Some(format!("{}:{port}", bracketed(address)))
        }
        None => {
            let port = number(text)?;
            Some(match (family, all) {
                (Some('4'), true) => format!("0.0.0.0:{port}"),
                (Some('4'), false) => format!("127.0.0.1:{port}"),
                (Some('6'), true) => format!("[::]:{port}"),
                (Some('6'), false) => format!("[::1]:{port}"),
                (_, true) => format!("*:{port}"),
                (_, false) => port.to_string(),
            })
        }
    }
}

/// The destination: `host:port`.
fn target(text: &str) -> Option<String> {
    let (host, port) = last_colon(text)?;
    let port = number(port)?;
    (!host.is_empty()).then(|| format!("{}:{port}", bracketed(host)))
}

/// Splits at the last colon that is not within brackets.
fn last_colon(text: &str) -> Option<(&str, &str)> {
    let inside = text.rfind(']').unwrap_or(0);
    let at = text[inside..].rfind(':')? + inside;
    Some((&text[..at], &text[at + 1..]))
}

/// A port: a number, or the name of a service.
fn number(text: &str) -> Option<u16> {
    number_or_service(text, service::port).filter(|&port| port != 0)
}

fn bracketed(host: &str) -> String {
    match host.contains(':') && !host.starts_with('[') {
        true => format!("[{host}]"),
        false => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        let data = include_str!("../../../tests/data/putty/portforwardings.jsonl");
        for line in data.lines() {
            let vector: serde_json::Value = serde_json::from_str(line).unwrap();
            let stored = vector["stored"].as_str().unwrap();
            let found = parse(stored, false, false);
            let listed = match vector["type"].as_str().unwrap() {
                "L" => &found.local,
                "R" => &found.remote,
                _ => &found.dynamic,
            };
            let port = |field: &str| match vector[field].as_str() {
                Some(name) => service::port(name.trim_start_matches("service ")),
                None => vector[field].as_u64().and_then(|port| port.try_into().ok()),
            };
            let (Some(port), Some(target)) = (port("lport"), port("hport")) else {
                assert_eq!((listed.len(), &found.unknown[..]), (0, &[stored.to_owned()][..]));
                continue;
            };
            let bind = vector["bind"].as_str().map(|bind| format!("{bind}:")).unwrap_or_default();
            let host = bracketed(vector["host"].as_str().unwrap());
            assert_eq!(listed[..], [format!("{bind}{port}:{host}:{target}")]);
        }
    }

    #[test]
    fn addresses_follow_the_family_and_who_may_connect() {
        let local = |text, all| parse(text, all, all).local.remove(0);
        assert_eq!(local("4L80=h:1", false), "127.0.0.1:80:h:1");
        assert_eq!(local("6L80=h:1", false), "[::1]:80:h:1");
        assert_eq!(local("L80=h:1", true), "*:80:h:1");
        for open in ["L*:80=h:1", "L:80=h:1", "L\\:80=h:1"] {
            assert_eq!(local(open, false), "80:h:1", "{open}");
            assert_eq!(local(open, true), "*:80:h:1", "{open}");
        }
        assert_eq!(local("L::1:80=h:ssh", false), "[::1]:80:h:22");
        assert_eq!(parse("R*:80=h:1", false, false).remote, ["*:80:h:1"]);
        assert_eq!(local("L[::1]:80=2001:db8::1:22", false), "[::1]:80:[2001:db8::1]:22");
        assert_eq!(parse("D1080=,R9=h:1", false, true).remote, ["*:9:h:1"]);
        assert_eq!(parse("D1080=", false, false).dynamic, ["1080"]);
        assert_eq!(parse("4Dno-such-service=", false, false).unknown, ["4Dno-such-service="]);
        for bad in ["L80", "L80=h", "L0=h:1", "L70000=h:1", "X80=h:1", "L=h:1", "4"] {
            let found = parse(bad, false, false);
            assert_eq!(found.unknown.len(), 1, "{bad}: {found:?}");
        }
    }
}
