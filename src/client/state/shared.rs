//! The state that the handler and the steps of one connection share: how it ended, where the data
//! and events of its first session go, and what is known of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use russh::ChannelId;
use russh::client::DisconnectReason;
use tokio::time::Instant;

use crate::client::failure::{self, Stop};
use crate::client::flow::event::{Event, EventSender};
use crate::client::flow::output::{Backlog, ChannelOutput};
use crate::client::incoming::accept::IncomingChannels;
use crate::client::state::negotiated::Negotiated;
use crate::client::state::record::ConnectionRecord;
use crate::client::state::rotation::PendingRotation;
use crate::client::state::wire_facts::WireFacts;
use crate::client::stream::bytes::EndWatch;
use crate::error::{Error, Kind};
use crate::say;

/// Why the server refused to open a channel.
#[derive(Debug)]
pub(crate) struct OpenFailure {
    /// The reason, and the server's words after it where there are some.
    pub said: String,
    /// It has no room for one more.
    pub is_shortage: bool,
}

/// State shared between the handler and the steps.
#[derive(Default)]
pub(crate) struct ConnectionState {
    ended: Mutex<Option<Ended>>,
    over: tokio::sync::Notify,
    goodbye: AtomicBool,
    /// Whether the connection ended because of what the server sent.
    fault: AtomicBool,
    /// Whether it did, and its way was whole.
    servers_fault: AtomicBool,
    watch: Mutex<Option<EndWatch>>,
    /// Whether a channel has ended; a session with a jump host has one.
    channel_over: AtomicBool,
    events: Mutex<Option<EventSender>>,
    pub(crate) output: Mutex<Option<(ChannelId, ChannelOutput)>>,
    /// What waits for the sinks of the session channel: standard output's, then the other's.
    backlogs: Mutex<Option<(ChannelId, [Arc<Backlog>; 2])>>,
    pub(crate) open_failure: Mutex<Option<OpenFailure>>,
    pub(crate) negotiated: Mutex<Option<Negotiated>>,
    pause: Mutex<Pause>,
    /// The channels of forwards, and which channels the server may open.
    pub incoming: Arc<IncomingChannels>,
    pub rotation: PendingRotation,
    pub wire: Arc<WireFacts>,
    pub record: ConnectionRecord,
}

#[derive(Default)]
struct Pause {
    since: Option<Instant>,
    total: Duration,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code in this file panics while it holds one of these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lost_unexplained() -> Error {
    Error::new(Kind::Disconnected, say!(connection_lost)).hint(say!(auth_try_again_hint))
}

/// How the connection ended. The message is built only when it is asked for, since most sessions
/// end well.
pub(crate) enum Ended {
    Silently,
    For(Box<DisconnectReason<Stop>>),
    Said(Error),
}

impl ConnectionState {
    /// Why the connection ended, if it has (gap G6: the library reports a connection lost
    /// during authentication as a refusal).
    pub fn ended(&self) -> Option<Error> {
        let mut ended = lock(&self.ended);
        let error = match ended.take()? {
            Ended::Silently => lost_unexplained(),
            Ended::For(reason) => failure::ended(*reason, self.wire.unexplained()),
            Ended::Said(error) => error,
        };
        *ended = Some(Ended::Said(error.clone()));
        Some(error)
    }

    /// Why the connection ended; for callers that know that it has.
    pub fn lost(&self) -> Error {
        self.ended().unwrap_or_else(lost_unexplained)
    }

    /// Watches the connection's end until the login is over: while the library waits for a person's
    /// answer, it does not read (gap G13).
    pub fn watch_end(&self, watch: Option<EndWatch>) {
        *lock(&self.watch) = watch;
    }

    /// Notes that the connection has ended if the server has closed it while nobody read.
    pub fn look_for_end(&self) {
        if lock(&self.watch).as_ref().is_some_and(|is_closed| is_closed()) {
            self.set_ended(Ended::Silently);
        }
    }

    /// Notes that the server has ended a channel.
    pub fn note_channel_over(&self) {
        self.channel_over.store(true, Ordering::Relaxed);
    }

    /// Whether the server has ended a channel, or the connection.
    pub fn is_channel_over(&self) -> bool {
        self.channel_over.load(Ordering::Relaxed) || lock(&self.ended).is_some()
    }

    /// Whether the server said that it ends the connection.
    pub fn said_goodbye(&self) -> bool {
        self.goodbye.load(Ordering::Relaxed)
    }

    /// Whether the connection ended because of what the server sent.
    pub fn ended_by_fault(&self) -> bool {
        self.fault.load(Ordering::Relaxed)
    }

    /// Whether the connection ended because of what the server sent, its way being whole.
    pub fn ended_by_server(&self) -> bool {
        self.servers_fault.load(Ordering::Relaxed)
    }

    /// Waits until the connection has ended; returns the reason.
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

    /// Notes that the connection has ended, and wakes all waiting steps. Only the first reason
    /// counts.
    pub(crate) fn set_ended(&self, ended: Ended) {
        let said = |reason: &DisconnectReason<Stop>| {
            matches!(reason, DisconnectReason::ReceivedDisconnect(_))
        };
        if matches!(&ended, Ended::For(reason) if said(reason)) {
            self.goodbye.store(true, Ordering::Relaxed);
        }
        let is_fault = matches!(&ended, Ended::For(reason) if failure::is_fault(reason));
        let is_servers = matches!(&ended, Ended::For(reason) if failure::is_servers_fault(reason));
        let mut first = lock(&self.ended);
        if first.is_none() {
            self.fault.store(is_fault, Ordering::Relaxed);
            self.servers_fault.store(is_servers, Ordering::Relaxed);
            *first = Some(ended);
        }
        drop(first);
        *lock(&self.events) = None;
        self.incoming.lanes.end();
        self.over.notify_waiters();
    }

    /// Sends events of the session channel to this queue from now on.
    pub fn send_events_to(&self, sender: EventSender) {
        *lock(&self.events) = Some(sender);
    }

    /// Sends data of this session channel to these sinks from now on.
    pub fn send_output_to(&self, channel: ChannelId, output: ChannelOutput) {
        self.incoming.lanes.remove(channel);
        self.incoming.lanes.traffic.add_server_source();
        let backlogs = [output.stdout.backlog(), output.stderr.backlog()];
        *lock(&self.backlogs) = Some((channel, backlogs));
        *lock(&self.output) = Some((channel, output));
    }

    /// Waits until the output of this channel that has arrived is written, if it has sinks here.
    ///
    /// # Errors
    /// Standard output can no longer be written.
    pub async fn output_written(&self, channel: ChannelId) -> std::io::Result<()> {
        let backlogs = lock(&self.backlogs).clone().filter(|(of, _)| *of == channel);
        let Some((_, [stdout, stderr])) = backlogs else { return Ok(()) };
        // As in ssh, standard error may fail.
        let _ = stderr.written().await;
        stdout.written().await
    }

    /// Takes the reason why the server refused the last channel that it refused.
    pub fn take_open_failure(&self) -> Option<OpenFailure> {
        lock(&self.open_failure).take()
    }

    /// The algorithms in use.
    pub fn negotiated(&self) -> Option<Negotiated> {
        lock(&self.negotiated).clone()
    }

    /// Restricts the connection: passwords and other secrets are not sent, and nothing is
    /// forwarded.
    pub fn restrict(&self) {
        self.incoming.restriction.set();
    }

    /// Whether [`ConnectionState::restrict`] was called.
    pub fn is_restricted(&self) -> bool {
        self.incoming.restriction.is_set()
    }

    /// Stops the deadlines' clock while a person is asked.
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

    /// How long the clock has been stopped so far, in all.
    pub fn paused(&self) -> Duration {
        let pause = lock(&self.pause);
        pause.total + pause.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    pub(crate) fn emit(&self, event: Event) {
        if let Some(events) = &*lock(&self.events) {
            // If the queue is full, this answer belongs to no request and is dropped.
            let _ = events.send(event);
        }
    }
}
