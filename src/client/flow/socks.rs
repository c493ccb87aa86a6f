//! The SOCKS server of a dynamic forward: SOCKS4, 4a, and SOCKS5 without authentication
//! (RFC 1928), the CONNECT command alone.
//!
//! [`Socks`] reads and answers without any connection of its own: a local forward feeds it
//! from a socket, a remote one from a channel.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use crate::config::Connect;

/// The most bytes of a request: version, methods, user name and host name, each with a length of
/// one byte.
pub(crate) const MAX_REQUEST: usize = 1024;
/// Time for a client to name its destination.
pub(crate) const NEGOTIATION: Duration = Duration::from_secs(60);

const CONNECT: u8 = 1;
const NO_AUTHENTICATION: u8 = 0;
const NONE_ACCEPTABLE: u8 = 0xff;

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SocksStep {
    /// The request is not complete yet.
    More,
    /// This many bytes are used up; send this answer.
    Answer(usize, Vec<u8>),
    /// This many bytes are used up; connect to this destination.
    Connect(usize, Connect),
    /// The request cannot be served: send this answer, then disconnect. The text says why.
    Refuse(Vec<u8>, &'static str),
}

/// One client's negotiation.
#[derive(Debug, Default)]
pub(crate) struct Socks {
    version: u8,
    greeted: bool,
}

impl Socks {
    /// Examines the received bytes that are not used up yet.
    pub fn next(&mut self, bytes: &[u8]) -> SocksStep {
        let step = match bytes.first() {
            None => return SocksStep::More,
            Some(4) if !self.greeted => self.four(bytes),
            Some(5) if !self.greeted => self.greeting(bytes),
            Some(5) => self.five(bytes),
            Some(_) => return SocksStep::Refuse(Vec::new(), "not SOCKS"),
        };
        match step {
            None if bytes.len() > MAX_REQUEST => {
                SocksStep::Refuse(self.answer(false), "request too long")
            }
            None => SocksStep::More,
            Some(step) => step,
        }
    }

    /// The answer that the connection was made, or was not.
    pub fn answer(&self, granted: bool) -> Vec<u8> {
        match (self.version, granted) {
            (4, true) => vec![0, 90, 0, 0, 0, 0, 0, 0],
            (4, false) => vec![0, 91, 0, 0, 0, 0, 0, 0],
            (_, true) => five(0),
            // The server's reason is not known here, so the code is that of a general failure.
            (_, false) => five(1),
        }
    }

    fn greeting(&mut self, bytes: &[u8]) -> Option<SocksStep> {
        self.version = 5;
        let count = usize::from(*bytes.get(1)?);
        let methods = bytes.get(2..2 + count)?;
        if !methods.contains(&NO_AUTHENTICATION) {
            let answer = vec![5, NONE_ACCEPTABLE];
            return Some(SocksStep::Refuse(answer, "the client insists on authentication"));
        }
        self.greeted = true;
        Some(SocksStep::Answer(2 + count, vec![5, NO_AUTHENTICATION]))
    }

    fn five(&self, bytes: &[u8]) -> Option<SocksStep> {
        let [_, command, _, kind, rest @ ..] = bytes else { return None };
        if *command != CONNECT {
            return Some(SocksStep::Refuse(five(7), "only CONNECT is supported"));
        }
        let (host, after) = match kind {
            1 => {
                let (address, after) = rest.split_first_chunk::<4>()?;
                (Ipv4Addr::from(*address).to_string(), after)
            }
            3 => {
                let (length, after) = rest.split_first()?;
                let (name, after) = after.split_at_checked(usize::from(*length))?;
                match name_of(name) {
                    Some(name) => (name, after),
                    None => return Some(SocksStep::Refuse(five(1), "host name is not usable")),
                }
            }
            4 => {
                let (address, after) = rest.split_first_chunk::<16>()?;
                (Ipv6Addr::from(*address).to_string(), after)
            }
            _ => return Some(SocksStep::Refuse(five(8), "unknown type of address")),
        };
        let (port, after) = after.split_first_chunk::<2>()?;
        let to = Connect::Tcp { host, port: u16::from_be_bytes(*port) };
        Some(SocksStep::Connect(bytes.len() - after.len(), to))
    }

    fn four(&mut self, bytes: &[u8]) -> Option<SocksStep> {
        self.version = 4;
        let [_, command, p1, p2, a1, a2, a3, a4, rest @ ..] = bytes else { return None };
        if *command != CONNECT {
            return Some(SocksStep::Refuse(self.answer(false), "only CONNECT is supported"));
        }
        let mut after = past_nul(rest)?.1;
        let named = [*a1, *a2, *a3] == [0; 3] && *a4 != 0;
        let host = if named {
            let (name, rest) = past_nul(after)?;
            after = rest;
            match name_of(name) {
                Some(name) => name,
                None => {
                    return Some(SocksStep::Refuse(self.answer(false), "host name is not usable"));
                }
            }
        } else {
            Ipv4Addr::new(*a1, *a2, *a3, *a4).to_string()
        };
        let to = Connect::Tcp { host, port: u16::from_be_bytes([*p1, *p2]) };
        Some(SocksStep::Connect(bytes.len() - after.len(), to))
    }
}

fn five(code: u8) -> Vec<u8> {
    vec![5, code, 0, 1, 0, 0, 0, 0, 0, 0]
}

fn past_nul(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|&byte| byte == 0)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

/// A host name as text; `None` if it is not UTF-8, because the SSH library takes text only.
fn name_of(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    let usable = !name.is_empty() && !name.contains(|c: char| c.is_control() || c == ' ');
    usable.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(host: &str, port: u16) -> Connect {
        Connect::Tcp { host: host.to_owned(), port }
    }

    /// Feeds all bytes one at a time; returns the answers, the destination, and the unused bytes.
    fn talk(mut bytes: Vec<u8>) -> (Vec<u8>, Result<Connect, &'static str>, Vec<u8>) {
        let (mut socks, mut answers, mut seen) = (Socks::default(), Vec::new(), 0);
        loop {
            match socks.next(&bytes[..seen]) {
                SocksStep::More if seen == bytes.len() => return (answers, Err("more"), bytes),
                SocksStep::More => seen += 1,
                SocksStep::Answer(used, answer) => {
                    answers.extend(answer);
                    bytes.drain(..used);
                    seen -= used;
                }
                SocksStep::Connect(used, to) => {
                    answers.extend(socks.answer(true));
                    bytes.drain(..used);
                    return (answers, Ok(to), bytes);
                }
                SocksStep::Refuse(answer, why) => {
                    answers.extend(answer);
                    return (answers, Err(why), bytes);
                }
            }
        }
    }

    #[test]
    fn all_three_kinds_lead_where_the_client_says() {
        let granted4 = [0, 90, 0, 0, 0, 0, 0, 0];
        let granted5 = [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for (bytes, answer, target) in [
            (&b"\x04\x01\x00\x50\x7f\x00\x00\x01me\x00"[..], &granted4[..], to("127.0.0.1", 80)),
            (
                b"\x04\x01\x1f\x90\x00\x00\x00\x01\x00host.example\x00",
                &granted4,
                to("host.example", 8080),
            ),
            (
                b"\x05\x01\x00\x05\x01\x00\x01\x0a\x00\x00\x01\x00\x16",
                &granted5,
                to("10.0.0.1", 22),
            ),
            (b"\x05\x02\x02\x00\x05\x01\x00\x03\x04host\x00\x50", &granted5, to("host", 80)),
            (
                b"\x05\x01\x00\x05\x01\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x00\x50",
                &granted5,
                to("::1", 80),
            ),
        ] {
            let (answers, result, rest) = talk([bytes, b"GET /"].concat());
            assert_eq!(result, Ok(target));
            assert_eq!(answers, answer);
            assert_eq!(rest, b"GET /", "what follows belongs to the connection");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_with_an_answer() {
        for (bytes, answer) in [
            (&b"GET / HTTP/1.0\r\n"[..], &b""[..]),
            (b"\x05\x01\x02", b"\x05\xff"),
            (
                b"\x05\x01\x00\x05\x02\x00\x01\x0a\x00\x00\x01\x00\x16",
                b"\x05\0\x05\x07\0\x01\0\0\0\0\0\0",
            ),
            (
                b"\x05\x01\x00\x05\x01\x00\x09\x0a\x00\x00\x01\x00\x16",
                b"\x05\0\x05\x08\0\x01\0\0\0\0\0\0",
            ),
            (b"\x04\x02\x00\x50\x7f\x00\x00\x01\x00", b"\0\x5b\0\0\0\0\0\0"),
            (b"\x05\x01\x00\x05\x01\x00\x03\x01\x1b\x00\x50", b"\x05\0\x05\x01\0\x01\0\0\0\0\0\0"),
        ] {
            let (answers, result, _) = talk(bytes.to_vec());
            assert!(result.is_err_and(|why| why != "more"), "{bytes:?}");
            assert_eq!(answers, answer, "{bytes:?}");
        }
    }

    #[test]
    fn a_request_has_an_end() {
        let endless = [&b"\x04\x01\x00\x50\x7f\x00\x00\x01"[..], &[b'x'; 2 * MAX_REQUEST]].concat();
        assert_eq!(talk(endless).1, Err("request too long"));
    }
}
