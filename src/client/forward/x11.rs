//! Requests X11 forwarding (RFC 4254 section 6.3): finds the display, gets its cookie from
//! xauth(1), and makes a fake cookie for the server, see `incoming::x11`.
//!
//! For untrusted forwarding, xauth(1) creates a separate cookie that is limited in time and to the
//! rights of the X11 SECURITY extension.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use log::{debug, warn};
use russh::keys::key::safe_rng;
use russh::keys::ssh_key::rand_core::Rng;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

use crate::client::forward::forwards::Forwards;
use crate::client::incoming::x11::{SpoofedDisplay, X11Request, parse};
use crate::client::restriction::ForwardingKind;
use crate::os::private::TemporaryDirectory;
use crate::os::process::kill_with_descendants;
use crate::say;

/// The only protocol for which xauth creates cookies.
const COOKIE: &str = "MIT-MAGIC-COOKIE-1";
/// The most bytes that are read of what xauth(1) prints: some thousand cookies.
const MAX_XAUTH: usize = 256 * 1024;
/// The length of its cookies in bytes.
const COOKIE_LENGTH: usize = 16;
/// How much longer than ForwardX11Timeout an untrusted cookie is valid, as in ssh, so that
/// connections are refused by us before the display refuses them.
const SLACK: Duration = Duration::from_secs(60);
/// Time for xauth, which may ask the display.
const XAUTH: Duration = Duration::from_secs(10);
/// After this time of it the wait is told: the session begins behind it.
const XAUTH_QUIET: Duration = Duration::from_secs(2);

/// The settings of X11 forwarding.
#[derive(Clone, Debug)]
pub struct LocalDisplay {
    /// DISPLAY: the local display.
    pub display: Option<String>,
    /// The path of xauth(1).
    pub xauth: Option<PathBuf>,
    /// ForwardX11Trusted: whether programs on the server get the rights of local ones.
    pub trusted: bool,
    /// ForwardX11Timeout; zero means no limit.
    pub timeout: Duration,
}

/// Prepares X11 forwarding on this connection; returns the request for the server. `None` if it is
/// not possible; the reason has been reported in ssh's words.
pub async fn prepare(forwards: &Forwards, wanted: &LocalDisplay) -> Option<X11Request> {
    if !forwards.incoming.restriction.permits(ForwardingKind::X11) {
        return None;
    }
    if let Some(display) = forwards.incoming.display() {
        // All sessions of a connection share one cookie, because their channels cannot be told
        // apart.
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

/// Gets the protocol and the real cookie from xauth.
async fn credentials(wanted: &LocalDisplay, display: &str) -> Option<(String, Vec<u8>)> {
    let named = match display.strip_prefix("localhost:") {
        // No cookies are stored under that name.
        Some(rest) => format!("unix:{rest}"),
        None => display.to_owned(),
    };
    let found = match (&wanted.xauth, wanted.trusted) {
        (None, _) => {
            debug!("No xauth program.");
            None
        }
        (Some(xauth), true) => in_time(list(xauth, None, &named)).await,
        (Some(xauth), false) => in_time(generate(xauth, &named, wanted.timeout)).await,
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

/// Creates an untrusted cookie with xauth in a temporary file.
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

/// Runs xauth without a shell; returns its output if it succeeds. Ends it when dropped.
async fn run(mut command: Command) -> Option<String> {
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = RunningXauth(command.stdout(Stdio::piped()).spawn().ok()?);
    let stdout = child.0.stdout.take()?;
    let mut output = Vec::new();
    stdout.take(MAX_XAUTH as u64 + 1).read_to_end(&mut output).await.ok()?;
    // One that prints more is not waited for.
    let succeeded = output.len() <= MAX_XAUTH && child.0.wait().await.ok()?.success();
    succeeded.then(|| String::from_utf8_lossy(&output).into_owned())
}

/// A run of xauth, which ends with all that it has started when it is not waited for any more.
struct RunningXauth(Child);

impl Drop for RunningXauth {
    fn drop(&mut self) {
        kill_with_descendants(&self.0);
    }
}

/// Waits for the answer, of however many runs of xauth, and says so once that takes long.
async fn in_time<T>(answer: impl Future<Output = Option<T>>) -> Option<T> {
    tokio::pin!(answer);
    if let Ok(found) = timeout(XAUTH_QUIET, &mut answer).await {
        return found;
    }
    warn!("{}", say!(forward_x11_xauth_slow, seconds = XAUTH.as_secs()));
    timeout(XAUTH - XAUTH_QUIET, answer).await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_xauth_prints_is_bounded() {
        let script = |text: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", text]);
            command
        };
        assert_eq!(run(script("echo cookies")).await.as_deref(), Some("cookies\n"));
        assert_eq!(run(script("exit 1")).await, None);
        let start = Instant::now();
        assert_eq!(run(script("exec yes")).await, None);
        assert!(start.elapsed() < XAUTH, "it is not waited for");
    }

    #[tokio::test(start_paused = true)]
    async fn all_runs_together_have_one_limit() {
        let start = Instant::now();
        let run = || tokio::time::sleep(XAUTH - Duration::from_secs(1));
        let both = async {
            run().await;
            run().await;
            Some(())
        };
        assert_eq!(in_time(both).await, None);
        assert_eq!(start.elapsed(), XAUTH);
    }

    #[tokio::test]
    async fn what_a_script_in_place_of_xauth_has_started_ends_with_it() {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status().await;
        assert!(made.unwrap().success());
        let mut end = tokio::net::unix::pipe::OpenOptions::new().open_receiver(&pipe).unwrap();
        let mut command = Command::new("sh");
        command
            .args(["-c", "exec 3>\"$0\"; sleep 1000 & head -c 9999999 /dev/zero; wait"])
            .arg(&pipe);
        assert_eq!(run(command).await, None);
        // It is read to its end when all that have it open for writing have ended.
        let ended = timeout(Duration::from_secs(20), end.read(&mut [0])).await;
        assert_eq!(ended.expect("it has ended").unwrap(), 0);
    }
}
