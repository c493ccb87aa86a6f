//! ProxyJump: the [`Stream`] to the next host is a `direct-tcpip` channel of the [`Session`] with
//! the jump host (RFC 4254 section 7.2).
//!
//! Verification and login happen elsewhere, on the one main path, for the jump host as for the next
//! host. The jump host's session has this one channel, which is read as fast as the connection to
//! the next host takes the data. While that connection waits to write and does not read, the
//! channel is read ahead: a full channel would stop the whole session (gap G1), including the
//! message that allows more to be written. The session lives as long as the stream; if it ends
//! earlier, the stream fails with its error.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use log::debug;
use russh::ChannelStream;
use russh::client::Msg;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout_at;

use crate::client::connection::Session;
use crate::client::deadline::{self, Budget};
use crate::client::restriction::{ForwardingKind, restricted};
use crate::client::session::rotation;
use crate::client::stream::bytes::{ByteStream, Stream};
use crate::error::{Error, Kind, Result};
use crate::prompt::Prompt;
use crate::say;

/// The originator address that is sent to a jump host, as by ssh for `-W`.
const ORIGINATOR: (&str, u32) = ("127.0.0.1", 65535);

/// The most bytes that are read ahead. The next host can send no more than its channels' windows
/// (`handshake::window`): this is enough for two full ones of the largest size.
const MAX_AHEAD: usize = 32 * 1024 * 1024;
/// How much is read ahead at once: a packet.
const CHUNK: usize = 32 * 1024;

/// A stream through a jump host.
pub struct JumpStream {
    channel: ChannelStream<Msg>,
    session: Session,
    /// The jump host as the person named it.
    name: String,
    /// Data that was read ahead.
    ahead: BytesMut,
}

/// Makes the jump host `name` connect to a host and port; the jump host resolves the name. If the
/// jump host has proved other host keys, they are learnt first.
///
/// # Errors
/// The jump host refuses, does not answer in time, or disconnects; or the connection to it is
/// restricted because its key is not the one on record.
pub async fn through(
    session: Session,
    name: &str,
    (host, port): (&str, u16),
    budget: Budget,
    prompt: &Arc<dyn Prompt>,
) -> Result<Stream> {
    if !session.shared.incoming.restriction.permits(ForwardingKind::Ports) {
        return Err(restricted());
    }
    debug!("Connecting to {host} port {port} through {name}.");
    let (from, from_port) = ORIGINATOR;
    let opening = session.handle.channel_open_direct_tcpip(host, port.into(), from, from_port);
    let opened = timeout_at(budget.until(deadline::CONNECT), opening).await;
    let place = say!(connect_failed, host, port);
    let channel = match opened {
        Ok(Ok(channel)) => channel,
        Ok(Err(_)) => {
            return Err(match (session.shared.take_open_failure(), session.ended()) {
                (Some(failure), _) => {
                    let said = failure.said;
                    Error::new(Kind::Connect, say!(route_jump_refused, name, said, place))
                        .hint(say!(route_jump_check))
                }
                (None, Some(why)) => gone(name, &why),
                (None, None) => {
                    Error::new(Kind::Connect, say!(route_jump_refused_silently, name, place))
                        .hint(say!(route_jump_check))
                }
            });
        }
        Err(_) => {
            return Err(Error::new(Kind::Timeout, say!(route_jump_silent, name, place))
                .hint(say!(route_jump_check)));
        }
    };
    rotation::heard(&session, prompt).await;
    let name = name.to_owned();
    Ok(Stream::Other(Box::new(JumpStream {
        channel: channel.into_stream(),
        session,
        name,
        ahead: BytesMut::new(),
    })))
}

fn gone(name: &str, why: &Error) -> Error {
    Error::new(Kind::Disconnected, say!(route_jump_gone, name, why = why.cause()))
        .hint(say!(route_jump_again))
}

impl JumpStream {
    /// The error that ended the session with the jump host, if it has ended. It is known before the
    /// channel's end is seen.
    fn fate(&self) -> Option<io::Error> {
        self.session.ended().map(|why| io::Error::other(gone(&self.name, &why)))
    }

    /// Reads ahead what the channel has, so that its session does not stop.
    fn read_ahead(&mut self, cx: &mut Context<'_>) {
        read_into(&mut self.ahead, &mut self.channel, cx);
    }
}

/// Reads what there is, until so much is kept that it is enough.
fn read_into(ahead: &mut BytesMut, channel: &mut (impl AsyncRead + Unpin), cx: &mut Context<'_>) {
    let mut chunk = [0; CHUNK];
    while ahead.len() < MAX_AHEAD {
        let mut buf = ReadBuf::new(&mut chunk);
        match Pin::new(&mut *channel).poll_read(cx, &mut buf) {
            Poll::Ready(Ok(())) if !buf.filled().is_empty() => {
                ahead.extend_from_slice(buf.filled());
            }
            // The end or error is seen again by the next read.
            _ => return,
        }
    }
}

impl ByteStream for JumpStream {
    fn watch(&self) -> Box<dyn Fn() -> bool + Send + Sync> {
        let shared = Arc::clone(&self.session.shared);
        Box::new(move || shared.is_channel_over())
    }
}

impl AsyncRead for JumpStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.ahead.is_empty() {
            let count = buf.remaining().min(self.ahead.len());
            buf.put_slice(&self.ahead.split_to(count));
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        let read = ready!(Pin::new(&mut self.channel).poll_read(cx, buf));
        if read.is_ok() && (buf.filled().len() > before || buf.remaining() == 0) {
            return Poll::Ready(Ok(()));
        }
        Poll::Ready(self.fate().map_or(read, Err))
    }
}

impl AsyncWrite for JumpStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.channel).poll_write(cx, buf) {
            Poll::Pending => {
                self.read_ahead(cx);
                Poll::Pending
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(self.fate().unwrap_or(error))),
            written => written,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.channel).poll_flush(cx);
        if flushed.is_pending() {
            self.read_ahead(cx);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // This fails if the connection has ended; its error is reported elsewhere.
        let _ = ready!(Pin::new(&mut self.channel).poll_shutdown(cx));
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    #[test]
    fn what_is_read_ahead_is_bounded() {
        let (mut ahead, mut endless) = (BytesMut::new(), tokio::io::repeat(7));
        read_into(&mut ahead, &mut endless, &mut Context::from_waker(Waker::noop()));
        assert!((MAX_AHEAD..MAX_AHEAD + CHUNK).contains(&ahead.len()), "{}", ahead.len());
    }
}
