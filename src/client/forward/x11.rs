//! X11 forwarding (RFC 4254 section 6.3) with a cookie that is worth nothing to the server.
//!
//! The server is told an invented cookie. What comes from it must begin with that cookie, and
//! gets the true one of the display in its place; anything else never reaches the display.
//! Untrusted forwarding asks xauth(1) for a cookie of its own with the rights of the X11
//! SECURITY extension alone, for a limited time.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use log::{debug, error, warn};
use russh::keys::key::safe_rng;
use russh::keys::ssh_key::rand_core::Rng;
use tokio::process::Command;
use tokio::time::{Instant, timeout};

use crate::client::flow::socket::Line;
use crate::client::flow::tunnel::Tunnel;
use crate::client::login::authenticate::Session;
use crate::client::restriction::ForwardingKind;
use crate::say;

/// Where X servers have their sockets.
const SOCKETS: &str = "/tmp/.X11-unix/X";
/// TCP port of display 0.
const FIRST_PORT: u16 = 6000;
/// The one protocol that xauth makes by itself.
const COOKIE: &str = "MIT-MAGIC-COOKIE-1";
/// The length of its cookies.
const COOKIE_LENGTH: usize = 16;
/// How much longer than ForwardX11Timeout an untrusted cookie lasts, as for ssh: connections
/// are refused before the display refuses them.
const SLACK: Duration = Duration::from_secs(60);
/// Time for xauth, which may have to ask the display.
const XAUTH: Duration = Duration::from_secs(10);
/// The longest set-up request: two lengths of 16 bits and what is before them.
const MAX_SETUP: usize = 12 + 2 * (65_535 + 3);

/// What is wanted of X11 forwarding.
#[derive(Clone, Debug)]
pub struct X11 {
    /// DISPLAY.
    pub display: Option<String>,
    /// xauth(1).
    pub xauth: Option<PathBuf>,
    /// ForwardX11Trusted: programs on the server may do what local ones may.
    pub trusted: bool,
    /// ForwardX11Timeout; zero never ends.
    pub timeout: Duration,
}

/// What the server is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The authentication protocol.
    pub protocol: String,
    /// The invented cookie, in hexadecimal digits.
    pub cookie: String,
    /// The screen.
    pub screen: u32,
}

/// A display with its true cookie and the invented one.
pub(in crate::client) struct Spoofed {
    request: Request,
    place: Place,
    protocol: String,
    real: Vec<u8>,
    fake: Vec<u8>,
    until: Option<Instant>,
}

/// Where a display is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Socket(PathBuf),
    Tcp(String, u16),
}

/// Makes ready for X11 forwarding on this connection; gives what to ask the server for, or
/// nothing where it is not possible, which has been said as ssh says it.
pub async fn prepare(session: &Session, wanted: &X11) -> Option<Request> {
    if !session.shared.incoming.restriction.permits(ForwardingKind::X11) {
        return None;
    }
    if let Some(display) = session.shared.incoming.display() {
        // One cookie for all sessions of a connection: nobody can tell them apart later.
        return Some(display.request.clone());
    }
    let Some(display) = &wanted.display else {
        debug!("X11 forwarding requested but DISPLAY not set");
        return None;
    };
    let Some((place, screen)) = parse(display) else {
        warn!("{}", say!(forward_x11_display_not_usable, display = crate::text::line(display, 64)));
        return None;
    };
    let (protocol, real) = credentials(wanted, display).await?;
    let mut fake = vec![0; real.len()];
    safe_rng().fill_bytes(&mut fake);
    let request = Request { protocol: protocol.clone(), cookie: HEX.encode(&fake), screen };
    let limited = !wanted.trusted && !wanted.timeout.is_zero();
    let until = limited.then(|| Instant::now() + wanted.timeout);
    debug!("Requesting X11 forwarding with authentication spoofing.");
    let spoofed = Spoofed { request: request.clone(), place, protocol, real, fake, until };
    session.shared.incoming.forward_x11(Arc::new(spoofed));
    Some(request)
}

/// The protocol and the true cookie.
async fn credentials(wanted: &X11, display: &str) -> Option<(String, Vec<u8>)> {
    let named = match display.strip_prefix("localhost:") {
        // Nobody has cookies for that name.
        Some(rest) => format!("unix:{rest}"),
        None => display.to_owned(),
    };
    let found = match (&wanted.xauth, wanted.trusted) {
        (None, _) => {
            debug!("No xauth program.");
            None
        }
        (Some(xauth), true) => list(xauth, None, &named).await,
        (Some(xauth), false) => generate(xauth, &named, wanted.timeout).await,
    };
    match found {
        Some(found) => Some(found),
        None if !wanted.trusted => {
            warn!("{}", say!(forward_x11_untrusted_failed));
            None
        }
        None => {
            warn!("{}", say!(forward_x11_no_xauth_data));
            let mut cookie = vec![0; COOKIE_LENGTH];
            safe_rng().fill_bytes(&mut cookie);
            Some((COOKIE.to_owned(), cookie))
        }
    }
}

/// Has xauth make an untrusted cookie in a file of its own.
async fn generate(xauth: &Path, display: &str, limit: Duration) -> Option<(String, Vec<u8>)> {
    let dir = tempfile::tempdir().ok()?;
    let file = dir.path().join("xauthfile");
    let mut command = Command::new(xauth);
    command.arg("-f").arg(&file).args(["generate", display, COOKIE, "untrusted"]);
    if !limit.is_zero() {
        command.args(["timeout", &(limit + SLACK).as_secs().to_string()]);
    }
    run(command).await?;
    list(xauth, Some(&file), display).await
}

async fn list(xauth: &Path, file: Option<&Path>, display: &str) -> Option<(String, Vec<u8>)> {
    let mut command = Command::new(xauth);
    if let Some(file) = file {
        command.arg("-f").arg(file);
    }
    command.args(["list", display]);
    let output = run(command).await?;
    let line = output.lines().next()?;
    let mut words = line.split_whitespace().skip(1);
    let (protocol, cookie) = (words.next()?, words.next()?);
    let cookie = HEX.decode(cookie.as_bytes()).ok().filter(|cookie| !cookie.is_empty())?;
    Some((protocol.to_owned(), cookie))
}

/// Runs xauth without a shell; gives its output if it was content.
async fn run(mut command: Command) -> Option<String> {
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = timeout(XAUTH, command.output()).await.ok()?.ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `:0`, `unix:0.1`, `host:10`, `/path:0`: the place and the screen.
fn parse(display: &str) -> Option<(Place, u32)> {
    let usable = |c: char| c.is_ascii_alphanumeric() || ":/.-_[]".contains(c);
    // What begins with a dash would be an option for xauth.
    if display.starts_with('-') || !display.chars().all(usable) {
        return None;
    }
    let (host, rest) = display.rsplit_once(':')?;
    let (number, screen) = rest.split_once('.').unwrap_or((rest, "0"));
    let number: u16 = number.parse().ok()?;
    let screen = screen.parse().ok()?;
    let place = match host {
        "" | "unix" => Place::Socket(PathBuf::from(format!("{SOCKETS}{number}"))),
        path if path.starts_with('/') => {
            // As macOS has it, the whole is the name of the socket.
            let whole = Path::new(display);
            Place::Socket(if whole.exists() { whole.to_owned() } else { PathBuf::from(path) })
        }
        host => {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            Place::Tcp(host.to_owned(), FIRST_PORT.checked_add(number)?)
        }
    };
    Some((place, screen))
}

impl Spoofed {
    /// Whether ForwardX11Timeout is over.
    pub fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// A connection to the display.
    pub async fn connect(&self) -> io::Result<Line> {
        match &self.place {
            Place::Socket(path) => Line::connect_path(path).await,
            Place::Tcp(host, port) => Line::connect(host, *port).await,
        }
    }

    /// Checks what the connection begins with, and relays it.
    pub async fn relay(&self, tunnel: Tunnel, line: Line) {
        let mut begun = BytesMut::new();
        loop {
            match self.check(&begun) {
                Some(Ok(())) => break,
                Some(Err(())) => {
                    error!("{}", say!(forward_x11_wrong_authentication));
                    return tunnel.close(false).await;
                }
                None => match tunnel.lane.take().await {
                    Ok(more) => begun.extend_from_slice(&more),
                    Err(_) => return tunnel.close(false).await,
                },
            }
        }
        self.replace(&mut begun);
        match line.write_all(&begun).await {
            Ok(()) => tunnel.run(line, BytesMut::new()).await,
            Err(_) => tunnel.close(false).await,
        }
    }

    /// Looks at a set-up request; `None` if it is not whole yet.
    fn check(&self, bytes: &[u8]) -> Option<Result<(), ()>> {
        let Some((protocol, cookie)) = setup(bytes) else {
            return (bytes.len() > MAX_SETUP).then_some(Err(()));
        };
        let (protocol, cookie) = match (protocol, cookie) {
            (Ok(protocol), Ok(cookie)) => (bytes.get(protocol)?, bytes.get(cookie)?),
            _ => return Some(Err(())),
        };
        let right = protocol == self.protocol.as_bytes() && same(cookie, &self.fake);
        Some(if right { Ok(()) } else { Err(()) })
    }

    /// Puts the true cookie in the place of the invented one, which is as long.
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

/// Where the protocol's name and the cookie are; `None` if the lengths have not come yet, and
/// errors if it is no set-up request at all.
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

/// Compares without telling by the time it takes where the difference is.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoofed() -> Spoofed {
        let request = Request { protocol: COOKIE.to_owned(), cookie: String::new(), screen: 0 };
        Spoofed {
            request,
            place: Place::Tcp("localhost".to_owned(), 6000),
            protocol: COOKIE.to_owned(),
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
            let mut bytes = BytesMut::from(&request(order, COOKIE.as_bytes(), &[2; 16])[..]);
            bytes.extend_from_slice(b"more");
            for cut in 0..bytes.len() - 4 {
                assert_eq!(display.check(&bytes[..cut]), None, "{cut}");
            }
            assert_eq!(display.check(&bytes), Some(Ok(())));
            display.replace(&mut bytes);
            let expected = [&request(order, COOKIE.as_bytes(), &[1; 16])[..], b"more"].concat();
            assert_eq!(bytes, expected);
        }
    }

    #[test]
    fn nothing_else_reaches_the_display() {
        let display = spoofed();
        for bytes in [
            request(b'B', COOKIE.as_bytes(), &[1; 16]),
            request(b'B', COOKIE.as_bytes(), &[2; 15]),
            request(b'B', COOKIE.as_bytes(), b""),
            request(b'l', b"", b""),
            request(b'l', b"XDM-AUTHORIZATION-1", &[2; 16]),
            b"GET / HTTP/1.0\r\n\r\n".to_vec(),
        ] {
            assert_eq!(display.check(&bytes), Some(Err(())), "{bytes:?}");
        }
    }

    #[test]
    fn displays_are_found_where_they_are() {
        let socket = |number| Place::Socket(PathBuf::from(format!("/tmp/.X11-unix/X{number}")));
        let tcp = |host: &str, port| Place::Tcp(host.to_owned(), port);
        for (display, found) in [
            (":0", Some((socket(0), 0))),
            (":1.2", Some((socket(1), 2))),
            ("unix:10.0", Some((socket(10), 0))),
            ("localhost:10.0", Some((tcp("localhost", 6010), 0))),
            ("[::1]:3", Some((tcp("::1", 6003), 0))),
            ("/private/x:0", Some((Place::Socket("/private/x".into()), 0))),
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
