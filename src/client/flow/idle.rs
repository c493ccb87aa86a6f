//! ChannelTimeout: closes channels that are unused for too long.
//!
//! Channel types are named as in ssh_config(5). A channel without a timeout has no clock, so
//! nothing is measured. The timeout `global` covers all channels together: it expires when none of
//! them is used.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, sleep_until};

use crate::pattern::matches;

/// The session channel's kind.
pub const SESSION: &str = "session";
/// The name of the timeout of all channels together; patterns do not match it.
const GLOBAL: &str = "global";

/// The timeouts of one connection.
#[derive(Default)]
pub struct Timeouts {
    set: OnceLock<Set>,
}

struct Set {
    /// Patterns of channel types with their timeouts; the first that matches counts.
    kinds: Vec<(String, Duration)>,
    global: Option<(Duration, Arc<Mutex<Instant>>)>,
}

/// When a channel was used last, and how long it may stay unused.
pub struct IdleClock {
    own: Option<(Duration, Mutex<Instant>)>,
    global: Option<(Duration, Arc<Mutex<Instant>>)>,
}

fn lock(mutex: &Mutex<Instant>) -> MutexGuard<'_, Instant> {
    // No code panics while it holds one of these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Timeouts {
    /// Sets the timeouts, once for a connection. A timeout of zero switches the check off.
    pub fn set(&self, timeouts: &[(String, Duration)]) {
        let (global, kinds): (Vec<_>, Vec<_>) =
            timeouts.iter().cloned().partition(|(kind, _)| kind == GLOBAL);
        let running = |limit: Duration| (!limit.is_zero()).then_some(limit);
        let global = global.first().and_then(|(_, limit)| running(*limit));
        if global.is_some() || !kinds.is_empty() {
            let global = global.map(|limit| (limit, Arc::new(Mutex::new(Instant::now()))));
            let _ = self.set.set(Set { kinds, global });
        }
    }

    /// The clock of a new channel of this kind; `None` if no timeout applies to it.
    pub fn clock(&self, kind: &str) -> Option<Arc<IdleClock>> {
        let Set { kinds, global } = self.set.get()?;
        let limit = kinds.iter().find(|(pattern, _)| matches(pattern, kind));
        let limit = limit.map(|(_, limit)| *limit).filter(|limit| !limit.is_zero());
        let own = limit.map(|limit| (limit, Mutex::new(Instant::now())));
        let global = global.clone();
        let clock = IdleClock { own, global };
        clock.touch();
        (clock.own.is_some() || clock.global.is_some()).then(|| Arc::new(clock))
    }
}

impl IdleClock {
    /// The channel is used.
    pub fn touch(&self) {
        let now = Instant::now();
        if let Some((_, used)) = &self.own {
            *lock(used) = now;
        }
        if let Some((_, used)) = &self.global {
            *lock(used) = now;
        }
    }

    /// Waits as [`IdleClock::expired`] does, or for ever if the channel has no timeout.
    pub async fn expired_of(clock: Option<&IdleClock>) -> Duration {
        match clock {
            Some(clock) => clock.expired().await,
            None => std::future::pending().await,
        }
    }

    /// Waits until the channel's timeout has passed without use; returns the timeout.
    pub async fn expired(&self) -> Duration {
        let own = self.own.as_ref().map(|(limit, used)| (*limit, used));
        let global = self.global.as_ref().map(|(limit, used)| (*limit, &**used));
        loop {
            let ends = [own, global].into_iter().flatten();
            let ends = ends.map(|(limit, used)| (*lock(used) + limit, limit));
            let Some((end, limit)) = ends.min() else { return std::future::pending().await };
            if end <= Instant::now() {
                return limit;
            }
            sleep_until(end).await;
        }
    }
}

/// A stream that touches the channel's clock whenever it is read or written.
pub struct ClockedStream<T> {
    inner: T,
    clock: Option<Arc<IdleClock>>,
}

impl<T> ClockedStream<T> {
    /// Wraps `inner`, which belongs to the channel with that clock.
    pub fn new(inner: T, clock: Option<Arc<IdleClock>>) -> ClockedStream<T> {
        ClockedStream { inner, clock }
    }

    fn touch(&self) {
        if let Some(clock) = &self.clock {
            clock.touch();
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for ClockedStream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = ready!(Pin::new(&mut self.inner).poll_read(context, buffer));
        self.touch();
        Poll::Ready(read)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for ClockedStream<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.touch();
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

/// The kind of a forwarded channel, from the beginning of its description.
pub fn kind(what: &str) -> &str {
    match what.split(':').next().unwrap_or_default() {
        "auth-agent@openssh.com" => "agent-connection",
        "x11" => "x11-connection",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{advance, timeout};

    fn set(timeouts: &[(&str, u64)]) -> Timeouts {
        let all = Timeouts::default();
        let owned =
            |(kind, seconds): &(&str, u64)| ((*kind).to_owned(), Duration::from_secs(*seconds));
        all.set(&timeouts.iter().map(owned).collect::<Vec<_>>());
        all
    }

    async fn is_over(clock: &IdleClock) -> bool {
        timeout(Duration::from_millis(1), clock.expired()).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn use_puts_the_end_off_and_the_first_pattern_counts() {
        let timeouts = set(&[("direct-*", 5), ("*", 60), ("session", 1)]);
        let clock = timeouts.clock("direct-tcpip").unwrap();
        for _ in 0..3 {
            advance(Duration::from_secs(4)).await;
            assert!(!is_over(&clock).await);
            clock.touch();
        }
        advance(Duration::from_secs(5)).await;
        assert_eq!(clock.expired().await, Duration::from_secs(5));
        let session = timeouts.clock(SESSION).unwrap();
        advance(Duration::from_secs(50)).await;
        assert!(!is_over(&session).await, "the first pattern that matches counts");
    }

    #[tokio::test(start_paused = true)]
    async fn the_timeout_of_all_is_put_off_by_any_and_not_by_a_pattern() {
        let timeouts = set(&[("global", 10)]);
        let (one, two) = (timeouts.clock("session").unwrap(), timeouts.clock("x").unwrap());
        advance(Duration::from_secs(9)).await;
        two.touch();
        advance(Duration::from_secs(9)).await;
        assert!(!is_over(&one).await);
        advance(Duration::from_secs(1)).await;
        assert!(is_over(&one).await && is_over(&two).await);
        assert!(set(&[("glob*", 10)]).clock("session").is_none());
    }

    #[test]
    fn no_timeout_is_no_clock() {
        assert!(set(&[]).clock("session").is_none());
        assert!(set(&[("session", 0), ("*", 5)]).clock("session").is_none());
        assert!(set(&[("x11-connection", 5)]).clock("session").is_none());
    }

    #[test]
    fn kinds_are_ssh_configs() {
        for (what, expected) in [
            ("direct-tcpip: listening port 1 for host port 2", "direct-tcpip"),
            (
                "forwarded-streamlocal@openssh.com: listening /s",
                "forwarded-streamlocal@openssh.com",
            ),
            ("auth-agent@openssh.com", "agent-connection"),
            ("x11: connection from 127.0.0.1 port 1", "x11-connection"),
        ] {
            assert_eq!(kind(what), expected);
        }
    }
}
