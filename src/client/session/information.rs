//! The facts about a running connection: both ends, the algorithms, why the host is trusted, how
//! the login was done, and the traffic.
//!
//! [`Information`] is plain data for whoever shows it. The facts are noted as they become known;
//! only the round trip is measured on request.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, timeout};
use unicode_width::UnicodeWidthStr;

use crate::client::connection::Session;
use crate::client::deadline;
use crate::client::state::negotiated::Negotiated;
use crate::client::state::record::HostKey;
use crate::say;
use crate::text;

/// How many characters of an identification line are shown: RFC 4253 section 4.2 allows 255 bytes.
const SHOWN: usize = 255;
/// The width of the labels' column.
const LABEL: usize = 24;

/// The facts about a connection at one moment.
#[derive(Clone, Debug)]
pub struct Information {
    /// The user name on the server.
    pub user: String,
    /// The server's address; `None` if the route is not direct.
    pub address: Option<SocketAddr>,
    /// Our own address; `None` if the route is not direct.
    pub local: Option<SocketAddr>,
    /// The route, if it is not direct: jump hosts, a proxy, a command.
    pub route: Option<String>,
    /// The server's identification line, sanitised.
    pub server: String,
    /// Our identification line.
    pub client: String,
    /// The algorithms in use.
    pub negotiated: Option<Negotiated>,
    /// The host's key.
    pub host_key: Option<HostKey>,
    /// The method of the login and its credential.
    pub authentication: String,
    /// The number of key exchanges, including the first.
    pub exchanges: u32,
    /// The limits after which keys are exchanged again: bytes in one direction, and time.
    pub rekey: (u64, Duration),
    /// Bytes received on the wire, including the identification line.
    pub received: u64,
    /// Bytes sent on the wire, including our identification line.
    pub sent: u64,
    /// How long the connection has existed.
    pub age: Duration,
    /// The round trip that was just measured; `None` if there was no answer within a second, or it
    /// was not measured.
    pub round_trip: Option<Duration>,
    /// The forwards, one line each.
    pub forwards: Vec<String>,
}

/// Facts about the same thing, with a heading: each its name and its value.
pub type InformationGroup = (String, Vec<(String, String)>);

impl Information {
    /// The facts in the order of display: both ends and the way between them, why the host is
    /// trusted, the algorithms, what has gone over the connection. Values contain no terminal
    /// control sequences.
    pub fn groups(&self) -> Vec<InformationGroup> {
        vec![
            (say!(information_peer), self.peer()),
            (say!(information_trust), self.trust()),
            (say!(information_crypto), self.crypto()),
            (say!(information_traffic), self.traffic()),
        ]
    }

    fn peer(&self) -> Vec<(String, String)> {
        let address = match self.address {
            Some(address) => {
                say!(information_address_port, address = address.ip(), port = address.port())
            }
            None => say!(information_behind_proxy),
        };
        let route = match &self.route {
            Some(route) => text::line(route, 4 * SHOWN),
            None => say!(information_direct),
        };
        vec![
            (say!(information_user), text::line(&self.user, SHOWN)),
            (say!(information_address), address),
            (say!(information_route), route),
            (say!(information_server), self.server.clone()),
            (say!(information_client), self.client.clone()),
        ]
    }

    fn trust(&self) -> Vec<(String, String)> {
        let mut facts = Vec::new();
        if let Some(key) = &self.host_key {
            facts.push((say!(information_host_key), format!("{} {}", key.kind, key.sha256)));
            facts.push((say!(information_trusted), text::line(&key.trusted, 4 * SHOWN)));
        }
        let how = text::line(&self.authentication, 4 * SHOWN);
        facts.push((say!(information_authenticated), how));
        facts
    }

    fn crypto(&self) -> Vec<(String, String)> {
        let mut facts = Vec::new();
        if let Some(negotiated) = &self.negotiated {
            let kex = &negotiated.kex;
            let said = match negotiated.strict {
                true => say!(information_strict, kex),
                false => say!(information_not_strict, kex),
            };
            facts.push((say!(information_key_exchange), said));
        }
        if let Some(key) = &self.host_key {
            facts.push((say!(information_host_key_algorithm), key.algorithm.clone()));
        }
        if let Some(negotiated) = &self.negotiated {
            let mac = |name: &String| match negotiated.is_aead() {
                true => say!(information_mac_implicit),
                false => name.clone(),
            };
            facts.push((say!(information_cipher), negotiated.cipher.clone()));
            facts.extend(directions(
                [say!(information_mac), say!(information_mac_out), say!(information_mac_in)],
                [mac(&negotiated.client_mac), mac(&negotiated.server_mac)],
            ));
            let compression = [negotiated.client_compression, negotiated.server_compression];
            facts.extend(directions(
                [
                    say!(information_compression),
                    say!(information_compression_out),
                    say!(information_compression_in),
                ],
                compression.map(str::to_owned),
            ));
        }
        facts.push((say!(information_exchanges), self.exchanges.to_string()));
        facts
    }

    fn traffic(&self) -> Vec<(String, String)> {
        let round_trip = match self.round_trip {
            Some(time) => format!("{:.1} ms", time.as_secs_f64() * 1000.0),
            None => say!(information_no_answer),
        };
        let mut facts = vec![
            (say!(information_sent), bytes(self.sent)),
            (say!(information_received), bytes(self.received)),
            (say!(information_age), duration(self.age)),
            (say!(information_round_trip), round_trip),
        ];
        let forward = |it: &String| (say!(information_forward), text::line(it, SHOWN));
        match self.forwards.is_empty() {
            true => facts.push((say!(information_forwards), say!(information_none))),
            false => facts.extend(self.forwards.iter().map(forward)),
        }
        facts
    }

    /// The facts as a text for a raw terminal; `escape` is the escape that was typed for it.
    pub fn page(&self, escape: &str) -> String {
        let mut text = format!("{escape}\r\n{}\r\n", say!(information_title));
        for (label, value) in self.groups().into_iter().flat_map(|(_, facts)| facts) {
            let gap = LABEL.saturating_sub(label.width());
            text.push_str(&format!("  {label}{:gap$} {value}\r\n", ""));
        }
        text
    }
}

/// One row where both directions agree, else one for each.
fn directions([both, out, into]: [String; 3], [sent, got]: [String; 2]) -> Vec<(String, String)> {
    match sent == got {
        true => vec![(both, sent)],
        false => vec![(out, sent), (into, got)],
    }
}

fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut rest = count as f64;
    let mut unit = None;
    for name in UNITS {
        if rest < 1024.0 {
            break;
        }
        rest /= 1024.0;
        unit = Some(name);
    }
    match unit {
        Some(unit) => {
            say!(information_bytes_in_unit, size = format!("{rest:.1}"), unit, count)
        }
        None => say!(information_bytes, count),
    }
}

fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => say!(information_seconds, seconds),
        (0, _) => say!(information_minutes, minutes, seconds = seconds % 60),
        (1..48, _) => say!(information_hours, hours, minutes),
        _ => say!(information_days, days = hours / 24, hours = hours % 24),
    }
}

impl Session {
    /// The current facts, with the round trip: sends the server a request and waits at most one
    /// second for the answer, while the session goes on.
    pub async fn information(&self) -> Information {
        let asked = Instant::now();
        let answer = timeout(deadline::SIGN_OF_LIFE, self.handle.send_ping()).await;
        // On a lost connection the wait ends at once, which is not an answer.
        let answered = matches!(answer, Ok(Ok(()))) && self.ended().is_none();
        Information { round_trip: answered.then(|| asked.elapsed()), ..self.facts() }
    }

    /// The current facts without the round trip, available at once.
    pub(crate) fn facts(&self) -> Information {
        let record = &self.shared.record;
        let noted = record.noted().clone();
        let (received, sent) = self.shared.wire.counted();
        Information {
            user: noted.user,
            // On an indirect route this would be the address of the proxy or jump host.
            address: noted.address.filter(|_| self.route.is_none()),
            local: noted.local.filter(|_| self.route.is_none()),
            route: self.route.clone(),
            server: noted.server,
            client: noted.client.clone(),
            negotiated: self.negotiated(),
            host_key: noted.host_key,
            authentication: self.how.clone(),
            exchanges: record.exchanges.load(Ordering::Relaxed),
            rekey: noted.rekey,
            received: received + noted.early.0,
            sent: sent + noted.early.1,
            age: noted.since.map_or(Duration::ZERO, |since| since.elapsed()),
            round_trip: None,
            forwards: self.forwards.list(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_readable() {
        assert_eq!(bytes(0), "0 bytes");
        assert_eq!(bytes(1023), "1023 bytes");
        assert_eq!(bytes(1536), "1.5 KiB (1536 bytes)");
        assert_eq!(bytes(5 << 30), "5.0 GiB (5368709120 bytes)");
        assert_eq!(duration(Duration::from_secs(59)), "59 s");
        assert_eq!(duration(Duration::from_secs(61)), "1 min 1 s");
        assert_eq!(duration(Duration::from_secs(3661)), "1 h 1 min");
        assert_eq!(duration(Duration::from_secs(3 * 86_400 + 7200)), "3 days 2 h");
    }

    fn information(cipher: &str) -> Information {
        let name = |name: &str| name.to_owned();
        Information {
            user: name("u\x1b[2J"),
            address: None,
            local: None,
            route: Some(name("by way of a\x1b[2J")),
            server: name("SSH-2.0-server"),
            client: name("SSH-2.0-client"),
            negotiated: Some(Negotiated {
                kex: name("curve25519-sha256"),
                host_key: name("ssh-ed25519"),
                cipher: name(cipher),
                client_mac: name("hmac-sha2-256"),
                server_mac: name("hmac-sha2-512"),
                client_compression: "none",
                server_compression: "zlib@openssh.com",
                strict: false,
            }),
            host_key: None,
            authentication: name("none"),
            exchanges: 1,
            rekey: (1, Duration::ZERO),
            received: 1,
            sent: 1,
            age: Duration::ZERO,
            round_trip: None,
            forwards: Vec::new(),
        }
    }

    #[test]
    fn both_directions_are_told_apart_and_an_aead_needs_no_mac() {
        let shown = |cipher| {
            let groups = information(cipher).groups().into_iter();
            let facts: Vec<_> = groups.flat_map(|(_, facts)| facts).collect();
            move |label: &str| {
                facts.iter().find(|(name, _)| name == label).expect("a fact").1.clone()
            }
        };
        let ctr = shown("aes128-ctr");
        assert_eq!(ctr("MAC to server"), "hmac-sha2-256");
        assert_eq!(ctr("MAC from server"), "hmac-sha2-512");
        assert_eq!(ctr("compression from server"), "zlib@openssh.com");
        assert_eq!(ctr("key exchange"), "curve25519-sha256, not strict");
        assert_eq!(ctr("user"), "u\\x1b[2J");
        let gcm = shown("aes128-gcm@openssh.com");
        assert_eq!(gcm("MAC"), "implicit", "one row where both directions agree");
        assert_eq!(gcm("cipher"), "aes128-gcm@openssh.com");
        assert_eq!(gcm("round trip"), "no answer within a second");
    }
}
