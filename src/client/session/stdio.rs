//! Forwards standard input and output to one target (`-W`) over one channel, without a session or a
//! program.

use log::debug;
use tokio::io::{AsyncRead, AsyncWriteExt};

use crate::client::connection::Session;
use crate::client::flow::copy::{ChannelSink, LocalInput, LocalOutput, alongside, copy};
use crate::client::flow::endpoint::TunnelOrigin;
use crate::client::flow::exit::Exit;
use crate::client::flow::lane::Drained;
use crate::client::flow::output::OutputSink;
use crate::client::flow::tunnel::Tunnel;
use crate::client::restriction::restricted;
use crate::config::Connect;
use crate::error::{Error, Kind, Result};
use crate::say;

/// Relays until the server closes the channel, which is a success, as in ssh.
///
/// # Errors
/// The server cannot or will not connect, or the connection is lost.
pub async fn relay<I: AsyncRead + Unpin>(
    session: &Session,
    to: &Connect,
    input: Option<I>,
    stdout: OutputSink,
) -> Result<Exit> {
    let tunnel = open(session, to).await?;
    pass(session, &tunnel, input, stdout).await
}

/// Asks the server to connect to the target.
///
/// # Errors
/// The server cannot or will not connect, or the connection is lost.
pub(crate) async fn open(session: &Session, to: &Connect) -> Result<Tunnel> {
    let failed = || Error::new(Kind::Channel, say!(forward_stdio_failed));
    let link = session.forwards.link();
    let seat = link.seats.take(&link.lanes.complaints).ok_or_else(failed)?;
    let opened = link.open(to, TunnelOrigin::StandardInput, None, seat).await;
    match (opened, session.ended()) {
        (Some(tunnel), _) => Ok(tunnel),
        (None, Some(ended)) => Err(ended),
        (None, None) if link.restriction.is_set() => Err(restricted()),
        (None, None) => Err(failed()),
    }
}

/// Relays on an open channel.
///
/// # Errors
/// The connection is lost.
pub(crate) async fn pass<I: AsyncRead + Unpin>(
    session: &Session,
    tunnel: &Tunnel,
    input: Option<I>,
    mut stdout: OutputSink,
) -> Result<Exit> {
    let upload = async {
        let (channel, traffic) = (&tunnel.write, &*tunnel.lanes.traffic);
        let server = ChannelSink { channel, traffic, clock: None, is_typed: false };
        if let Some(input) = input
            && copy(LocalInput::new(input), server).await.is_err()
        {
            return;
        }
        let _ = server.eof().await;
    };
    // Standard output is let go at its end, and not with the other direction.
    let download = async move {
        let drained = copy(&*tunnel.lane, LocalOutput(&mut stdout)).await?;
        if matches!(drained, Drained::Eof) {
            // The reader need not wait until the other direction has ended, too.
            let _ = stdout.shutdown().await;
            drop(stdout);
            tunnel.lane.over().await;
        }
        std::io::Result::Ok(())
    };
    let downloaded = alongside(download, upload).await;
    debug!("stdio forwarding: done");
    match (downloaded, session.ended()) {
        (Err(_), _) => Ok(Exit::OutputClosed),
        (Ok(()), Some(ended)) => Err(ended),
        (Ok(()), None) => Ok(Exit::Status(0)),
    }
}
