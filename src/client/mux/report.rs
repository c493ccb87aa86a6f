//! Reports about a master's connection (`-O conninfo`, `-O channels`), in the format of OpenSSH
//! 10.6. Tools parse it, so it is not translated.
//!
//! Traffic is reported in bytes on the wire only: packets are not counted, and the SSH library does
//! not reveal the size before compression.

use std::fmt::Write;
use std::time::Duration;

use crate::client::connection::Session;
use crate::os::host;
use crate::text;

/// How many characters are shown of a name from the system or the server.
const SHOWN: usize = 255;

/// Describes the connection: both ends, the negotiated algorithms, the traffic.
pub(super) fn connection(session: &Session) -> String {
    let facts = session.facts();
    let mut out = String::new();
    let mut line = |text: String| {
        let _ = write!(out, "{text}\r\n");
    };
    let here = text::line(&host::name(), SHOWN);
    line(format!("Connection information for {here} pid {}", std::process::id()));
    line(format!("  versions {} -> {}", software(&facts.client), software(&facts.server)));
    if let (Some(local), Some(peer)) = (facts.local, facts.address) {
        line(format!("  tcp {local} -> {peer}"));
    }
    if let Some(route) = &facts.route {
        line(format!("  route {}", text::line(route, 4 * SHOWN)));
    }
    line(format!("  duration {}", clock(facts.age)));
    if let Some(negotiated) = &facts.negotiated {
        let mac = match negotiated.is_aead() {
            true => "<implicit>",
            false => &negotiated.client_mac,
        };
        line(format!("  kexalgorithm {}", negotiated.kex));
        line(format!("  hostkeyalgorithm {}", negotiated.host_key));
        line(format!("  cipher {}", negotiated.cipher));
        line(format!("  mac {mac}"));
        line(format!("  compression {}", negotiated.client_compression));
    }
    let (limit, interval) = facts.rekey;
    line(format!("  rekey limit {} interval {}", size(limit), clock(interval)));
    let (received, sent) = (size(facts.received), size(facts.sent));
    line(format!("  traffic {received} in, {sent} out"));
    if facts.negotiated.is_some_and(|negotiated| negotiated.client_compression != "none") {
        line(format!("    compressed {received} in, {sent} out"));
    }
    out
}

/// Lists the open channels.
pub(super) fn channels(session: &Session) -> String {
    let open = session.forwards().connections();
    let mut out = String::from("The following connections are open:\r\n");
    for line in open {
        let _ = write!(out, "  {}\r\n", text::line(&line, 4 * SHOWN));
    }
    out
}

/// An identification line without the protocol version.
fn software(identification: &str) -> &str {
    identification.splitn(3, '-').nth(2).unwrap_or(identification)
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A size with up to three digits: `999B`, `3.3KB`, `374KB`.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["B", "KB", "MB", "GB", "TB", "PB"];
    let (mut rest, mut unit) = (bytes as f64, 0);
    while rest >= 1000.0 && unit + 1 < UNITS.len() {
        (rest, unit) = (rest / 1024.0, unit + 1);
    }
    match unit > 0 && rest < 10.0 {
        true => format!("{rest:.1}{}", UNITS[unit]),
        false => format!("{rest:.0}{}", UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_written_as_openssh_writes_them() {
        for (bytes, shown) in [
            (0, "0B"),
            (999, "999B"),
            (3380, "3.3KB"),
            (382_976, "374KB"),
            (3 << 20, "3.0MB"),
            (1 << 30, "1.0GB"),
            (u64::MAX, "16384PB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
        assert_eq!(clock(Duration::from_secs(2)), "00:00:02");
        assert_eq!(clock(Duration::from_secs(100 * 3600 + 61)), "100:01:01");
        assert_eq!(software("SSH-2.0-OpenSSH_10.6p1 Debian-1"), "OpenSSH_10.6p1 Debian-1");
        assert_eq!(software("SSH-2.0-a-b"), "a-b");
        assert_eq!(software("junk"), "junk");
    }
}
