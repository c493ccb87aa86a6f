//! X11 forwarding as we ask for it (RFC 4254 section 6.3): the display is found, its cookie is
//! asked of xauth(1), and another one is invented for the server, see `incoming::x11`.
//!
//! Untrusted forwarding asks xauth(1) for a cookie of its own with the rights of the X11
//! SECURITY extension alone, for a limited time.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use log::{debug, warn};
use russh::keys::key::safe_rng;
use russh::keys::ssh_key::rand_core::Rng;
use tokio::process::Command;
use tokio::time::{Instant, timeout};

use crate::client::forward::forwards::Forwards;
use crate::client::incoming::x11::{SpoofedDisplay, X11Request, parse};
use crate::client::restriction::ForwardingKind;
use crate::os::private::TemporaryDirectory;
use crate::say;

/// The one protocol that xauth makes by itself.
const COOKIE: &str = "MIT-MAGIC-COOKIE-1";
/// The length of its cookies.
const COOKIE_LENGTH: usize = 16;
/// How much longer than ForwardX11Timeout an untrusted cookie lasts, as for ssh: connections
/// are refused before the display refuses them.
const SLACK: Duration = Duration::from_secs(60);
/// Time for xauth, which may have to ask the display.
const XAUTH: Duration = Duration::from_secs(10);

/// What is wanted of X11 forwarding.
#[derive(Clone, Debug)]
pub struct LocalDisplay {
    /// DISPLAY.
    pub display: Option<String>,
    /// xauth(1).
    pub xauth: Option<PathBuf>,
    /// ForwardX11Trusted: programs on the server may do what local ones may.
    pub trusted: bool,
    /// ForwardX11Timeout; zero never ends.
    pub timeout: Duration,
}

/// Prepares X11 forwarding on this connection; gives what to ask the server for. `None` if it is
/// not possible; the reason has been reported as ssh reports it.
pub async fn prepare(forwards: &Forwards, wanted: &LocalDisplay) -> Option<X11Request> {
    if !forwards.incoming.restriction.permits(ForwardingKind::X11) {
        return None;
    }
    if let Some(display) = forwards.incoming.display() {
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
    let request = X11Request { protocol: protocol.clone(), cookie: HEX.encode(&fake), screen };
    let limited = !wanted.trusted && !wanted.timeout.is_zero();
    let until = limited.then(|| Instant::now() + wanted.timeout);
    debug!("Requesting X11 forwarding with authentication spoofing.");
    let spoofed = SpoofedDisplay { request: request.clone(), place, protocol, real, fake, until };
    forwards.incoming.forward_x11(Arc::new(spoofed));
    Some(request)
}

/// The protocol and the true cookie.
async fn credentials(wanted: &LocalDisplay, display: &str) -> Option<(String, Vec<u8>)> {
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
    let dir = TemporaryDirectory::create("tessh-").ok()?;
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
