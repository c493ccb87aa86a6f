//! Standard input and output forwarded to one place (`-W`): no session, no program, one
//! channel.

use bytes::BytesMut;
use log::debug;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

use crate::client::flow::lane::Drained;
use crate::client::flow::tunnel::Tunnel;
use crate::client::forward::forwards::restricted;
use crate::client::login::authenticate::Session;
use crate::client::session::relay::Exit;
use crate::client::state::shared::Sink;
use crate::config::{Connect, Listen};
use crate::error::{Error, Kind, Result};
use crate::say;

/// Read at once: two packets of the usual size.
const CHUNK: usize = 64 * 1024;

/// Relays until the server closes the channel; that is the success that ssh makes of it.
///
/// # Errors
/// The server cannot or will not connect, or the connection is lost.
pub async fn relay<I: AsyncRead + Unpin>(
    session: &Session,
    to: &Connect,
    input: Option<I>,
    stdout: Sink,
) -> Result<Exit> {
    let tunnel = open(session, to).await?;
    pass(session, &tunnel, input, stdout).await
}

/// Asks the server for the connection.
///
/// # Errors
/// The server cannot or will not connect, or the connection is lost.
pub(in crate::client) async fn open(session: &Session, to: &Connect) -> Result<Tunnel> {
    let failed = || Error::new(Kind::Channel, say!(forward_stdio_failed));
    let link = session.forwards.link();
    let seat = link.seats.take().ok_or_else(failed)?;
    let listen = Listen::Path("standard input".to_owned());
    let opened = link.open(to, &listen, None, seat).await;
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
pub(in crate::client) async fn pass<I: AsyncRead + Unpin>(
    session: &Session,
    tunnel: &Tunnel,
    input: Option<I>,
    mut stdout: Sink,
) -> Result<Exit> {
    let send = send(tunnel, input);
    let take = async {
        loop {
            match tunnel.lane.take().await {
                Ok(bytes) => {
                    if stdout.write_all(&bytes).await.is_err() {
                        return Taken::OutputClosed;
                    }
                }
                Err(Drained::Eof) => {
                    let _ = stdout.flush().await;
                    tunnel.lane.over().await;
                    return Taken::All;
                }
                Err(_) => return Taken::All,
            }
        }
    };
    tokio::pin!(send, take);
    let mut sending = true;
    let taken = loop {
        tokio::select! {
            taken = &mut take => break taken,
            () = &mut send, if sending => sending = false,
        }
    };
    debug!("stdio forwarding: done");
    match (taken, session.ended()) {
        (Taken::OutputClosed, _) => Ok(Exit::OutputClosed),
        (Taken::All, Some(ended)) => Err(ended),
        (Taken::All, None) => Ok(Exit::Status(0)),
    }
}

enum Taken {
    All,
    OutputClosed,
}

async fn send<I: AsyncRead + Unpin>(tunnel: &Tunnel, input: Option<I>) {
    let mut buffer = BytesMut::with_capacity(2 * CHUNK);
    if let Some(mut input) = input {
        loop {
            buffer.reserve(CHUNK);
            // Input that cannot be read any more has ended, as for ssh.
            if input.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
                break;
            }
            tunnel.lanes.traffic.stir(tunnel.id());
            if tunnel.write.data_bytes(buffer.split().freeze()).await.is_err() {
                return;
            }
        }
    }
    tunnel.lanes.traffic.stir(tunnel.id());
    let _ = tunnel.write.eof().await;
}
