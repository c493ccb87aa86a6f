//! Signatures that include the host key: `publickey-hostbound-v00@openssh.com` (OpenSSH's PROTOCOL,
//! section 3.1).
//!
//! If our agent is a forwarded one and holds keys for certain destinations, it signs only such
//! requests. A server announces the method in a message that the SSH library does not pass on, so
//! support is derived from its identification: OpenSSH has it since 8.9. Keys of our own are not
//! restricted and sign the plain request, which every server knows.

use crate::wire_format::{put_string, take_byte, take_string};

/// The first OpenSSH version that knows the method.
const SINCE: (u32, u32) = (8, 9);
/// How OpenSSH's identification begins, for example `OpenSSH_for_Windows_9.5`.
const NAMES: [&str; 2] = ["OpenSSH_for_Windows_", "OpenSSH_"];

const PLAIN: &[u8] = b"publickey";
const BOUND: &[u8] = b"publickey-hostbound-v00@openssh.com";

/// Whether a server with this identification line knows the method.
pub(crate) fn is_known_to(identification: &str) -> bool {
    let software = identification.strip_prefix("SSH-2.0-").unwrap_or_default();
    let Some(version) = NAMES.iter().find_map(|name| software.strip_prefix(name)) else {
        return false;
    };
    let mut numbers = version.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= SINCE,
        _ => false,
    }
}

/// Turns the signed data of a `publickey` request into that of the host-bound method: the session
/// identifier, the request with the other method name, and the host key at its end. `None` if it is
/// not such a request.
pub(crate) fn request(signed: &[u8], host_key: &[u8]) -> Option<Vec<u8>> {
    let mut rest = signed;
    let _session = take_string(&mut rest)?;
    let _number = take_byte(&mut rest)?;
    let _user = take_string(&mut rest)?;
    let _service = take_string(&mut rest)?;
    let before = signed.len() - rest.len();
    if take_string(&mut rest)? != PLAIN {
        return None;
    }
    let mut bound = signed[..before].to_vec();
    put_string(&mut bound, BOUND);
    bound.extend_from_slice(rest);
    put_string(&mut bound, host_key);
    Some(bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identification_tells_who_knows_it() {
        for known in [
            "SSH-2.0-OpenSSH_8.9",
            "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10",
            "SSH-2.0-OpenSSH_10.0",
            "SSH-2.0-OpenSSH_for_Windows_9.5",
        ] {
            assert!(is_known_to(known), "{known}");
        }
        for other in [
            "SSH-2.0-OpenSSH_8.8p1",
            "SSH-2.0-OpenSSH_7.10",
            "SSH-2.0-OpenSSH_",
            "SSH-2.0-OpenSSH_9",
            "SSH-2.0-dropbear_2022.83",
            "SSH-2.0-Fake OpenSSH_9.2",
            "OpenSSH_9.2",
            "",
        ] {
            assert!(!is_known_to(other), "{other}");
        }
    }

    #[test]
    fn the_host_key_is_named_and_nothing_else_changes() {
        let request_of = |method: &[u8], more: &[&[u8]]| {
            let mut data = Vec::new();
            put_string(&mut data, b"session");
            data.push(50);
            for part in [&b"anna"[..], b"ssh-connection", method] {
                put_string(&mut data, part);
            }
            data.push(1);
            for part in [&b"ssh-ed25519"[..], b"a key"].iter().chain(more) {
                put_string(&mut data, part);
            }
            data
        };
        let bound = request(&request_of(PLAIN, &[]), b"the host's key");
        assert_eq!(bound.unwrap(), request_of(BOUND, &[b"the host's key"]));
        assert_eq!(request(&request_of(b"hostbased", &[]), b"key"), None);
        let whole = request_of(PLAIN, &[]);
        for end in 0..40 {
            assert_eq!(request(&whole[..end], b"key"), None, "{end}");
        }
    }
}
