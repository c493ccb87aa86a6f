//! One forwarded connection: bytes between a channel and its local end until both directions
//! are over (RFC 4254 section 7.2).
//!
//! Each direction ends by itself: the end of what the local end sends becomes an EOF message,
//! and an EOF from the server shuts down one direction of the socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use log::{debug, error};
use russh::client::Msg;
use russh::{ChannelId, ChannelWriteHalf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use crate::client::flow::copy::{ChannelSink, SocketInput, copy};
use crate::client::flow::idle::IdleClock;
use crate::client::flow::lane::{Drained, Lane, Lanes, MAX_KEPT};
use crate::client::flow::socket::LocalSocket;
use crate::say;

/// Time for the server to close a channel after both directions have ended.
const CLOSING: Duration = Duration::from_secs(5);

/// An open channel of a forward.
pub struct Tunnel {
    pub(crate) lanes: Arc<Lanes>,
    pub(crate) lane: Arc<Lane>,
    pub(crate) write: ChannelWriteHalf<Msg>,
    /// The permit that counts this connection against the limit on open ones.
    pub(crate) seat: OwnedSemaphorePermit,
    /// Whether the server has opened it, and not we.
    pub(crate) is_servers: bool,
}

/// Why a connection ended before both of its directions did.
enum TunnelEnd {
    /// The server has closed the channel.
    Closed,
    /// One end takes no more data, or the idle timeout has passed: neither direction can go on.
    Broken,
}

impl Tunnel {
    /// The channel's number.
    pub fn id(&self) -> ChannelId {
        self.write.id()
    }

    /// Relays until both directions have ended; `early` is data already received from the local
    /// end.
    pub async fn run(self, line: LocalSocket, early: BytesMut) {
        let line = Arc::new(line);
        let clock = self.lane.start_clock(&self.lanes.timeouts);
        let clock = clock.as_deref();
        let has_sent_eof = AtomicBool::new(false);
        let upload = async {
            self.upload(&line, early, clock).await?;
            has_sent_eof.store(true, Ordering::Relaxed);
            Ok(())
        };
        let both = async { tokio::try_join!(upload, self.download(&line)).map(|_| ()) };
        let relayed = tokio::select! {
            relayed = both => relayed,
            rest = IdleClock::expired_of(clock) => Err(self.rested(rest)),
        };
        let closed = match relayed {
            // The library frees a channel only where the server closes it first (gap G25).
            Ok(()) => timeout(CLOSING, self.lane.over()).await.is_ok(),
            Err(TunnelEnd::Closed) => true,
            // It would be counted: an honest server closes it after the end of the data.
            Err(TunnelEnd::Broken) if self.is_servers => {
                drop(line);
                return self.end_after(has_sent_eof.into_inner()).await;
            }
            Err(TunnelEnd::Broken) => false,
        };
        self.close(closed).await;
    }

    /// Sends the local end's data until it ends.
    async fn upload(
        &self,
        line: &LocalSocket,
        early: BytesMut,
        clock: Option<&IdleClock>,
    ) -> Result<(), TunnelEnd> {
        let (channel, traffic) = (&self.write, &*self.lanes.traffic);
        let server = ChannelSink { channel, traffic, clock, is_typed: false };
        match copy(SocketInput::new(line, early), server).await {
            Ok(None) => server.eof().await.map_err(|_| TunnelEnd::Broken),
            Ok(Some(error)) => {
                debug!("channel {}: read failed: {error}", self.id());
                Err(TunnelEnd::Broken)
            }
            Err(_) => Err(TunnelEnd::Broken),
        }
    }

    /// Writes the server's data until it ends; reports an early end that somebody should know
    /// about.
    async fn download(&self, line: &Arc<LocalSocket>) -> Result<(), TunnelEnd> {
        let id = self.id();
        match self.lane.pour(line).await {
            Drained::Eof => {
                line.shut_down();
                return Ok(());
            }
            Drained::Closed => return Err(TunnelEnd::Closed),
            Drained::Broken(error) => debug!("channel {id}: write failed: {error}"),
            Drained::Overflowed => {
                let what = self.lane.what();
                let limit = MAX_KEPT >> 20;
                error!("{}", say!(forward_reader_too_slow, id, what, limit));
            }
        }
        Err(TunnelEnd::Broken)
    }

    fn rested(&self, rest: Duration) -> TunnelEnd {
        let (id, seconds) = (self.id(), rest.as_secs());
        debug!("channel {id}: closing after {seconds} seconds of inactivity");
        TunnelEnd::Broken
    }

    /// Closes the channel, unless the server has closed it already.
    pub async fn finish(self) {
        let closed = self.lane.is_closed();
        self.close(closed).await;
    }

    /// Ends a channel that leads nowhere: an honest server closes it after that.
    pub async fn end(self) {
        self.end_after(false).await;
    }

    /// As [`Tunnel::end`]; `has_sent_eof` says that the server was told of the end before.
    async fn end_after(self, has_sent_eof: bool) {
        self.lane.forget();
        if !has_sent_eof {
            self.lanes.traffic.about_to_send(self.id());
            let _ = self.write.eof().await;
        }
        let closed = timeout(CLOSING, self.lane.over()).await.is_ok();
        self.close(closed).await;
    }

    /// Closes the channel; `closed` says that the server has closed it already.
    pub async fn close(self, closed: bool) {
        let id = self.write.id();
        if !closed {
            self.lanes.traffic.about_to_send(id);
            match self.is_servers {
                true => self.lanes.left.close(&self.write).await,
                // This fails only if the connection is lost, and the channel with it.
                false => drop(self.write.close().await),
            }
        }
        self.lanes.remove(id);
        debug!("channel {id}: free");
        drop(self.seat);
    }
}
