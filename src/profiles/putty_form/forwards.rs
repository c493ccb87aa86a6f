//! PuTTY's list of port forwardings: `L8080=localhost:80`, `R…`, `D1080=`.

use super::list::escaped;
use crate::profiles::profile::Profile;

/// The list for `PortForwardings`, and the forwards that PuTTY cannot have, as `-L`, `-R` and `-D`
/// take them.
pub(super) fn forwards(profile: &Profile) -> (String, Vec<String>) {
    let (mut list, mut left_out) = (Vec::new(), Vec::new());
    let each = [
        ('L', &profile.local_forwards),
        ('R', &profile.remote_forwards),
        ('D', &profile.dynamic_forwards),
    ];
    for (letter, forwards) in each {
        for forward in forwards {
            match entry(letter, forward) {
                Some(entry) => list.push(entry),
                None => left_out.push(format!("-{letter} {forward}")),
            }
        }
    }
    (list.join(","), left_out)
}

fn entry(letter: char, forward: &str) -> Option<String> {
    let parts = parts(forward)?;
    let (from, to) = match (letter, parts.as_slice()) {
        ('D', from @ ([_] | [_, _])) => (from, String::new()),
        ('L' | 'R', [from @ .., host, port]) if matches!(from.len(), 1 | 2) => {
            is_port(port).then_some((from, format!("{host}:{port}")))?
        }
        _ => return None,
    };
    let (port, address) = from.split_last()?;
    let address = match address.first().map(String::as_str) {
        None | Some("") => String::new(),
        Some("*") => "0.0.0.0:".to_owned(),
        Some(address) => format!("{address}:"),
    };
    let from = is_port(port).then(|| format!("{letter}{address}{port}"))?;
    Some(format!("{}={}", escaped(&from), escaped(&to)))
}

/// The parts between colons, or slashes; an address in brackets is one part. `None` for paths of
/// sockets.
fn parts(forward: &str) -> Option<Vec<String>> {
    let separator = if forward.contains('/') { '/' } else { ':' };
    if separator == '/' && (forward.contains(':') && !forward.contains('[')) {
        return None;
    }
    let mut parts = vec![String::new()];
    let mut inside = false;
    for letter in forward.chars() {
        match letter {
            '[' => inside = true,
            ']' => inside = false,
            _ if letter == separator && !inside => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut()?.push(letter);
    }
    (!inside).then_some(parts)
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwards_are_written_as_putty_does() {
        for (letter, forward, wanted) in [
            ('L', "8080:localhost:80", Some("L8080=localhost:80")),
            ('L', "127.0.0.1:8443:intranet:443", Some("L127.0.0.1:8443=intranet:443")),
            ('L', "*:8080:h:80", Some("L0.0.0.0:8080=h:80")),
            ('L', "[::1]:8080:[::2]:80", Some("L[::1]:8080=[::2]:80")),
            ('L', ":8080:h:80", Some("L8080=h:80")),
            ('L', "8080/h/80", Some("L8080=h:80")),
            ('R', "9000:localhost:22", Some("R9000=localhost:22")),
            ('D', "1080", Some("D1080=")),
            ('D', "127.0.0.1:1081", Some("D127.0.0.1:1081=")),
            ('R', "9000", None),
            ('R', "0:localhost:22", None),
            ('L', "/tmp/s:h:80", None),
            ('L', "8080:/tmp/s", None),
            ('L', "8080:h:ssh", None),
            ('D', "x", None),
        ] {
            assert_eq!(entry(letter, forward).as_deref(), wanted, "{letter} {forward}");
        }
    }
}
