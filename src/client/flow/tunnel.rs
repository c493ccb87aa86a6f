//! One forwarded connection: bytes between a channel and its local end until both directions
//! are over (RFC 4254 section 7.2).
//!
//! Each direction ends by itself: the end of what the local end sends becomes an EOF message,
//! and an EOF from the server shuts down one direction of the socket.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use log::{debug, error};
use russh::client::Msg;
use russh::{ChannelId, ChannelWriteHalf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use crate::client::flow::idle::Clock;
use crate::client::flow::lane::{Drained, Lane, Lanes, MAX_KEPT};
use crate::client::flow::socket::Line;
use crate::say;

/// Read at once from a local end: one packet of the usual size.
const CHUNK: usize = 32 * 1024;
/// Time for the server to close a channel whose two directions have ended.
const CLOSING: Duration = Duration::from_secs(5);

/// An open channel of a forward.
pub struct Tunnel {
    pub(in crate::client) lanes: Arc<Lanes>,
    pub(in crate::client) lane: Arc<Lane>,
    pub(in crate::client) write: ChannelWriteHalf<Msg>,
    /// Its place among the connections that there may be.
    pub(in crate::client) seat: OwnedSemaphorePermit,
}

/// How the direction to the server ended.
enum Sent {
    /// There is nothing more to send.
    All,
    /// It cannot go on, in either direction.
    Lost,
}

impl Tunnel {
    /// The channel.
    pub fn id(&self) -> ChannelId {
        self.write.id()
    }

    /// Relays until it is over; `early` is what the local end has sent already.
    pub async fn run(self, line: Line, early: BytesMut) {
        let line = Arc::new(line);
        let clock = self.lane.start_clock(&self.lanes.timeouts);
        let closed = {
            let send = self.send(&line, early, clock.as_deref());
            let expired = Clock::expired_of(clock.as_deref());
            tokio::pin!(expired);
            let pour = self.lane.pour(&line);
            tokio::pin!(send, pour);
            let (mut sending, mut pouring) = (true, true);
            loop {
                tokio::select! {
                    drained = &mut pour, if pouring => match drained {
                        Drained::Eof => {
                            line.shut_down();
                            pouring = false;
                        }
                        other => break self.explain(&other),
                    },
                    sent = &mut send, if sending => match sent {
                        Sent::All => sending = false,
                        Sent::Lost => break false,
                    },
                    rest = &mut expired => {
                        let (id, seconds) = (self.write.id(), rest.as_secs());
                        debug!("channel {id}: closing after {seconds} seconds of inactivity");
                        break false;
                    }
                }
                if !sending && !pouring {
                    // Closed from the other side, the library forgets the channel entirely.
                    break timeout(CLOSING, self.lane.over()).await.is_ok();
                }
            }
        };
        self.close(closed).await;
    }

    /// Sends what the local end sends.
    async fn send(&self, line: &Line, mut buffer: BytesMut, clock: Option<&Clock>) -> Sent {
        let id = self.write.id();
        loop {
            if buffer.is_empty() {
                buffer.reserve(CHUNK);
                match line.read(&mut buffer).await {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) => {
                        debug!("channel {id}: read failed: {error}");
                        return Sent::Lost;
                    }
                }
            }
            if let Some(clock) = clock {
                clock.touch();
            }
            self.lanes.traffic.stir(id);
            if self.write.data_bytes(buffer.split().freeze()).await.is_err() {
                return Sent::Lost;
            }
        }
        self.lanes.traffic.stir(id);
        match self.write.eof().await {
            Ok(()) => Sent::All,
            Err(_) => Sent::Lost,
        }
    }

    /// Says why data stopped, where somebody should know; whether the server closed it.
    fn explain(&self, drained: &Drained) -> bool {
        let id = self.write.id();
        match drained {
            Drained::Closed | Drained::Eof => return true,
            Drained::Broken(error) => debug!("channel {id}: write failed: {error}"),
            Drained::Overflowed => {
                let what = self.lane.what();
                error!("{}", say!(forward_reader_too_slow, id, what, limit = MAX_KEPT >> 20));
            }
        }
        false
    }

    /// Closes the channel, unless the server has.
    pub async fn finish(self) {
        let closed = self.lane.is_closed();
        self.close(closed).await;
    }

    /// The same where it is known whether the server has.
    pub async fn close(self, closed: bool) {
        let id = self.write.id();
        if !closed {
            self.lanes.traffic.stir(id);
            let _ = self.write.close().await;
        }
        self.lanes.remove(id);
        debug!("channel {id}: free");
        drop(self.seat);
    }
}
