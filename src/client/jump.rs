//! ProxyJump: the [`Stream`] to the next host is a `direct-tcpip` channel of the [`Session`]
//! with the one before it (RFC 4254 section 7.2).
//!
//! Nothing is verified or logged in here: a session is made on the one main path, and so is
//! what comes of the stream. The session has this one channel, which is read as fast as the
//! next host's connection takes it (gap G1 does not matter). It lives as long as the stream; if
//! it dies before, that is what ends the stream, in its own words.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use log::debug;
use russh::ChannelStream;
use russh::client::Msg;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout_at;

use super::authenticate::Session;
use super::connect::Stream;
use super::deadline::{self, Budget};
use crate::error::{Error, Kind, Result};
use crate::say;

/// What a jump host is told that the connection comes from; as ssh has it for `-W`.
const ORIGINATOR: (&str, u32) = ("127.0.0.1", 65535);

/// The way through a jump host.
pub struct Passage {
    channel: ChannelStream<Msg>,
    session: Session,
    /// The jump host as the person knows it.
    name: String,
}

/// Has the jump host `name` connect to a host and port; the name is looked up there.
///
/// # Errors
/// The jump host refuses in its own words, does not answer in time, or goes away.
pub async fn through(
    session: Session,
    name: &str,
    (host, port): (&str, u16),
    budget: Budget,
) -> Result<Stream> {
    debug!("Connecting to {host} port {port} through {name}.");
    let (from, from_port) = ORIGINATOR;
    let opening = session.handle.channel_open_direct_tcpip(host, port.into(), from, from_port);
    let opened = timeout_at(budget.until(deadline::CONNECT), opening).await;
    let place = say!("error-client-connect-host-port", host, port);
    let channel = match opened {
        Ok(Ok(channel)) => channel,
        Ok(Err(_)) => {
            return Err(match (session.shared.take_open_failure(), session.ended()) {
                (Some(said), _) => {
                    Error::new(Kind::Connect, say!("route-jump-refused", name, said, place))
                        .hint(say!("route-jump-check"))
                }
                (None, Some(why)) => gone(name, &why),
                (None, None) => {
                    Error::new(Kind::Connect, say!("route-jump-refused-silently", name, place))
                        .hint(say!("route-jump-check"))
                }
            });
        }
        Err(_) => {
            return Err(Error::new(Kind::Timeout, say!("route-jump-silent", name, place))
                .hint(say!("route-jump-check")));
        }
    };
    let name = name.to_owned();
    Ok(Stream::Jump(Box::new(Passage { channel: channel.into_stream(), session, name })))
}

fn gone(name: &str, why: &Error) -> Error {
    Error::new(Kind::Disconnected, say!("route-jump-gone", name, why = why.cause()))
        .hint(say!("route-jump-again"))
}

impl Passage {
    /// What ended the session with the jump host, if it has ended. When its channel ends with
    /// it, that is known before.
    fn fate(&self) -> Option<io::Error> {
        self.session.ended().map(|why| io::Error::other(gone(&self.name, &why)))
    }
}

impl AsyncRead for Passage {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = ready!(Pin::new(&mut self.channel).poll_read(cx, buf));
        if read.is_ok() && (buf.filled().len() > before || buf.remaining() == 0) {
            return Poll::Ready(Ok(()));
        }
        Poll::Ready(self.fate().map_or(read, Err))
    }
}

impl AsyncWrite for Passage {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.channel).poll_write(cx, buf));
        Poll::Ready(match written {
            Ok(written) => Ok(written),
            Err(error) => Err(self.fate().unwrap_or(error)),
        })
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.channel).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The library forgets why a connection ended where this fails; nothing is lost.
        let _ = ready!(Pin::new(&mut self.channel).poll_shutdown(cx));
        Poll::Ready(Ok(()))
    }
}
