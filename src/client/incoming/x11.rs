//! The display that programs on the server may reach (RFC 4254 section 6.3), with a fake cookie
//! that is useless outside this connection.
//!
//! The server gets a fake cookie. A connection from it must begin with that cookie, which is
//! replaced by the display's real one; any other connection never reaches the display.

use std::io;
use std::path::{Path, PathBuf};

use bytes::BytesMut;
use tokio::time::Instant;

use crate::client::flow::socket::LocalSocket;
use crate::client::flow::tunnel::Tunnel;
use crate::say;

/// The path of X servers' sockets, without the display's number.
const SOCKETS: &str = "/tmp/.X11-unix/X";

/// TCP port of display 0.
const FIRST_PORT: u16 = 6000;

/// What the server is asked to forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct X11Request {
    /// The authentication protocol.
    pub protocol: String,
    /// The fake cookie, in hexadecimal digits.
    pub cookie: String,
    /// The screen's number.
    pub screen: u32,
}

/// A display with its real and its fake cookie.
pub(crate) struct SpoofedDisplay {
    pub request: X11Request,
    pub place: DisplayAddress,
    pub protocol: String,
    pub real: Vec<u8>,
    pub fake: Vec<u8>,
    pub until: Option<Instant>,
}

/// The address of a display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DisplayAddress {
    Socket(PathBuf),
    Tcp(String, u16),
}

/// Parses `:0`, `unix:0.1`, `host:10`, `/path:0` into the address and the screen.
pub(crate) fn parse(display: &str) -> Option<(DisplayAddress, u32)> {
    let usable = |c: char| c.is_ascii_alphanumeric() || ":/.-_[]".contains(c);
    // A name with a leading dash would be an option for xauth.
    if display.starts_with('-') || !display.chars().all(usable) {
        return None;
    }
    let (host, rest) = display.rsplit_once(':')?;
    let (number, screen) = rest.split_once('.').unwrap_or((rest, "0"));
    let number: u16 = number.parse().ok()?;
    let screen = screen.parse().ok()?;
    let place = match host {
        "" | "unix" => DisplayAddress::Socket(PathBuf::from(format!("{SOCKETS}{number}"))),
        path if path.starts_with('/') => {
            // On macOS the whole value is the path of the socket.
            let whole = Path::new(display);
            DisplayAddress::Socket(if whole.exists() {
                whole.to_owned()
            } else {
                PathBuf::from(path)
            })
        }
        host => {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            DisplayAddress::Tcp(host.to_owned(), FIRST_PORT.checked_add(number)?)
        }
    };
    Some((place, screen))
}

impl SpoofedDisplay {
    /// Whether ForwardX11Timeout has passed.
    pub fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// Connects to the display.
    pub async fn connect(&self) -> io::Result<LocalSocket> {
        match &self.place {
            DisplayAddress::Socket(path) => LocalSocket::connect_path(path).await,
            DisplayAddress::Tcp(host, port) => LocalSocket::connect(host, *port).await,
        }
    }

    /// Checks the cookie at the beginning of the connection, and relays it.
    pub async fn relay(&self, tunnel: Tunnel, line: LocalSocket) {
        let mut begun = BytesMut::new();
        loop {
            match self.check(&begun) {
                Some(Ok(())) => break,
                Some(Err(())) => {
                    tunnel.lanes.complaints.tell(&say!(forward_x11_wrong_authentication));
                    return tunnel.end().await;
                }
                None => match tunnel.lane.take().await {
                    Ok(more) => begun.extend_from_slice(&more),
                    Err(_) => return tunnel.end().await,
                },
            }
        }
        self.replace(&mut begun);
        match line.write_all(&begun).await {
            Ok(()) => tunnel.run(line, BytesMut::new()).await,
            Err(_) => tunnel.end().await,
        }
    }

    /// Checks a set-up request; `None` if it is not complete yet. The lengths of its two fields have
    /// 16 bits: it is whole within 132 KB.
    fn check(&self, bytes: &[u8]) -> Option<Result<(), ()>> {
        let (protocol, cookie) = setup(bytes)?;
        let (protocol, cookie) = match (protocol, cookie) {
            (Ok(protocol), Ok(cookie)) => (bytes.get(protocol)?, bytes.get(cookie)?),
            _ => return Some(Err(())),
        };
        let right = protocol == self.protocol.as_bytes() && same(cookie, &self.fake);
        Some(if right { Ok(()) } else { Err(()) })
    }

    /// Replaces the fake cookie by the real one, which is as long.
    fn replace(&self, bytes: &mut BytesMut) {
        if let Some((_, Ok(place))) = setup(bytes)
            && let Some(cookie) = bytes.get_mut(place)
        {
            cookie.copy_from_slice(&self.real);
        }
    }
}

/// A part of a set-up request.
type Part = Result<std::ops::Range<usize>, ()>;

/// Finds the protocol's name and the cookie. `None` if the lengths have not arrived yet; an error
/// if it is not a set-up request.
fn setup(bytes: &[u8]) -> Option<(Part, Part)> {
    let number = |at: usize| -> Option<usize> {
        let pair = [*bytes.get(at)?, *bytes.get(at + 1)?];
        Some(usize::from(match bytes.first()? {
            b'B' => u16::from_be_bytes(pair),
            _ => u16::from_le_bytes(pair),
        }))
    };
    if !matches!(bytes.first()?, b'B' | b'l') {
        return Some((Err(()), Err(())));
    }
    let (protocol, cookie) = (number(6)?, number(8)?);
    let from = 12 + protocol.next_multiple_of(4);
    Some((Ok(12..12 + protocol), Ok(from..from + cookie)))
}

/// Compares in constant time.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn spoofed() -> SpoofedDisplay {
        let request = X11Request {
            protocol: "MIT-MAGIC-COOKIE-1".to_owned(),
            cookie: String::new(),
            screen: 0,
        };
        SpoofedDisplay {
            request,
            place: DisplayAddress::Tcp("localhost".to_owned(), 6000),
            protocol: "MIT-MAGIC-COOKIE-1".to_owned(),
            real: vec![1; 16],
            fake: vec![2; 16],
            until: None,
        }
    }

    fn request(order: u8, protocol: &[u8], cookie: &[u8]) -> Vec<u8> {
        let number = |length: usize| match order {
            b'B' => (length as u16).to_be_bytes(),
            _ => (length as u16).to_le_bytes(),
        };
        let mut bytes = vec![order, 0];
        for length in [11, 0, protocol.len(), cookie.len(), 0] {
            bytes.extend(number(length));
        }
        for part in [protocol, cookie] {
            bytes.extend(part);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        bytes
    }

    #[test]
    fn the_true_cookie_takes_the_place_of_the_invented_one() {
        let display = spoofed();
        for order in [b'B', b'l'] {
            let mut bytes =
                BytesMut::from(&request(order, "MIT-MAGIC-COOKIE-1".as_bytes(), &[2; 16])[..]);
            bytes.extend_from_slice(b"more");
            for cut in 0..bytes.len() - 4 {
                assert_eq!(display.check(&bytes[..cut]), None, "{cut}");
            }
            assert_eq!(display.check(&bytes), Some(Ok(())));
            display.replace(&mut bytes);
            let expected =
                [&request(order, "MIT-MAGIC-COOKIE-1".as_bytes(), &[1; 16])[..], b"more"].concat();
            assert_eq!(bytes, expected);
        }
    }

    #[test]
    fn nothing_else_reaches_the_display() {
        let display = spoofed();
        for bytes in [
            // The longest there is.
            request(b'B', &[b'x'; 65_535], &[2; 65_535]),
            request(b'B', "MIT-MAGIC-COOKIE-1".as_bytes(), &[1; 16]),
            request(b'B', "MIT-MAGIC-COOKIE-1".as_bytes(), &[2; 15]),
            request(b'B', "MIT-MAGIC-COOKIE-1".as_bytes(), b""),
            request(b'l', b"", b""),
            request(b'l', b"XDM-AUTHORIZATION-1", &[2; 16]),
            b"GET / HTTP/1.0\r\n\r\n".to_vec(),
        ] {
            assert_eq!(display.check(&bytes), Some(Err(())), "{bytes:?}");
        }
    }

    #[test]
    fn displays_are_found_where_they_are() {
        let socket =
            |number| DisplayAddress::Socket(PathBuf::from(format!("/tmp/.X11-unix/X{number}")));
        let tcp = |host: &str, port| DisplayAddress::Tcp(host.to_owned(), port);
        for (display, found) in [
            (":0", Some((socket(0), 0))),
            (":1.2", Some((socket(1), 2))),
            ("unix:10.0", Some((socket(10), 0))),
            ("localhost:10.0", Some((tcp("localhost", 6010), 0))),
            ("[::1]:3", Some((tcp("::1", 6003), 0))),
            ("/private/x:0", Some((DisplayAddress::Socket("/private/x".into()), 0))),
            ("", None),
            ("host", None),
            (":x", None),
            (":99999", None),
            ("-f:0", None),
            ("$(id):0", None),
            ("a b:0", None),
        ] {
            assert_eq!(parse(display), found, "{display}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_untrusted_display_closes() {
        let mut display = spoofed();
        assert!(!display.is_over());
        display.until = Some(Instant::now() + Duration::from_secs(5));
        assert!(!display.is_over());
        tokio::time::advance(Duration::from_secs(5)).await;
        assert!(display.is_over());
    }
}
