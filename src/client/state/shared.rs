//! The state of one connection that the handler and the steps share: how it ended, where the
//! own session's data and events go, and what is known of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use russh::client::DisconnectReason;
use russh::{ChannelId, Sig};
use tokio::io::AsyncWrite;
use tokio::time::Instant;

use crate::client::failure::{self, Stop};
use crate::client::flow::event::EventSender;
use crate::client::incoming::accept::Incoming;
use crate::client::session::information::Record;
use crate::client::session::rotation::Rotation;
use crate::client::state::wire_facts::WireFacts;
use crate::error::{Error, Kind};
use crate::say;

/// Where a session channel's data goes: standard output, or any other sink.
pub type Sink = Box<dyn AsyncWrite + Send + Unpin>;

/// The sinks of the session channel.
pub(in crate::client) struct Output {
    pub stdout: Sink,
    /// `None`: everything goes to `stdout` is never meant; extended data is dropped.
    pub stderr: Option<Sink>,
}

/// What happens on the session channel, data aside.
#[derive(Debug)]
pub(in crate::client) enum Event {
    /// The last request was granted.
    Success,
    /// The last request was refused.
    Failure,
    /// RFC 4254 section 6.10.
    ExitStatus(u32),
    /// RFC 4254 section 6.10: the signal's name without SIG, and the text with it.
    ExitSignal { name: Sig, message: String },
    /// The channel is closed: nothing follows.
    Closed,
    /// Standard output does not take any more.
    OutputFailed(std::io::Error),
}

/// State shared between the handler and the steps.
#[derive(Default)]
pub(in crate::client) struct Shared {
    ended: Mutex<Option<Ended>>,
    over: tokio::sync::Notify,
    events: Mutex<Option<EventSender>>,
    pub(in crate::client) output: Mutex<Option<(ChannelId, Output)>>,
    pub(in crate::client) open_failure: Mutex<Option<String>>,
    pub(in crate::client) negotiated: Mutex<Option<Negotiated>>,
    pause: Mutex<Pause>,
    /// Channels of forwards, and what the server may open.
    pub incoming: Arc<Incoming>,
    pub rotation: Rotation,
    pub wire: Arc<WireFacts>,
    pub record: Record,
}

/// The algorithms in use, as negotiated last.
#[derive(Clone, Debug)]
pub struct Negotiated {
    /// Key exchange algorithm.
    pub kex: String,
    /// Host key algorithm.
    pub host_key: String,
    /// Cipher, the same in both directions.
    pub cipher: String,
    /// MAC from client to server; meaningless with an AEAD cipher.
    pub client_mac: String,
    /// MAC from server to client.
    pub server_mac: String,
    /// Compression from client to server.
    pub client_compression: &'static str,
    /// Compression from server to client.
    pub server_compression: &'static str,
    /// Whether the key exchange was strict (OpenSSH's PROTOCOL, section 1.10).
    pub strict: bool,
}

impl Negotiated {
    /// Whether the cipher authenticates by itself, so that the MACs are not used.
    pub fn is_aead(&self) -> bool {
        self.cipher.contains("gcm") || self.cipher.contains("poly1305")
    }
}

#[derive(Default)]
struct Pause {
    since: Option<Instant>,
    total: Duration,
}

pub(in crate::client) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing below can panic while it holds one of these.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How the connection ended; most sessions end well, and then nobody asks for the words.
pub(in crate::client) enum Ended {
    Silently,
    For(Box<DisconnectReason<Stop>>),
    Said(Error),
}

impl Shared {
    /// Why the connection ended, if it has (gap G6: the library reports a connection lost
    /// during authentication as a refusal).
    pub fn ended(&self) -> Option<Error> {
        let mut ended = lock(&self.ended);
        let error = match ended.take()? {
            Ended::Silently => Error::new(Kind::Disconnected, say!(connection_lost)),
            Ended::For(reason) => failure::ended(*reason),
            Ended::Said(error) => error,
        };
        *ended = Some(Ended::Said(error.clone()));
        Some(error)
    }

    /// Waits until the connection has ended; gives the reason.
    pub async fn end(&self) -> Error {
        let over = self.over.notified();
        tokio::pin!(over);
        loop {
            over.as_mut().enable();
            if let Some(error) = self.ended() {
                return error;
            }
            over.as_mut().await;
            over.set(self.over.notified());
        }
    }

    /// The connection has ended: the first reason counts, and everybody who waits is told.
    pub(in crate::client) fn set_ended(&self, ended: Ended) {
        lock(&self.ended).get_or_insert(ended);
        *lock(&self.events) = None;
        self.incoming.lanes.end();
        self.over.notify_waiters();
    }

    /// Events of the session channel go here from now on.
    pub fn send_events_to(&self, sender: EventSender) {
        *lock(&self.events) = Some(sender);
    }

    /// Data of this session channel goes here from now on.
    pub fn send_output_to(&self, channel: ChannelId, output: Output) {
        self.incoming.lanes.remove(channel);
        self.incoming.lanes.traffic.open_door();
        *lock(&self.output) = Some((channel, output));
    }

    /// The server's words when it refused the last channel.
    pub fn take_open_failure(&self) -> Option<String> {
        lock(&self.open_failure).take()
    }

    /// The algorithms in use.
    pub fn negotiated(&self) -> Option<Negotiated> {
        lock(&self.negotiated).clone()
    }

    /// Nothing that could be stolen may be sent on this connection, and nothing forwarded.
    pub fn restrict(&self) {
        self.incoming.restriction.set();
    }

    /// Whether [`Shared::restrict`] was called.
    pub fn is_restricted(&self) -> bool {
        self.incoming.restriction.is_set()
    }

    /// Stops the clock of a deadline while a person is asked.
    pub fn pause(&self) {
        lock(&self.pause).since = Some(Instant::now());
    }

    /// Lets the clock run again.
    pub fn resume(&self) {
        let mut pause = lock(&self.pause);
        if let Some(since) = pause.since.take() {
            pause.total += since.elapsed();
        }
    }

    /// How long the clock has stood still so far.
    pub fn paused(&self) -> Duration {
        let pause = lock(&self.pause);
        pause.total + pause.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    pub(in crate::client) fn emit(&self, event: Event) {
        if let Some(events) = &*lock(&self.events) {
            // An answer for which there is no room answers nothing that was asked.
            let _ = events.send(event);
        }
    }
}
