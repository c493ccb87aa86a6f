//! A session beside what the connection is for, on the person's terminal: a shell while files are
//! copied. Its output waits in lanes, so that a terminal that is stopped delays nothing else.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWriteExt};

use crate::client::connection::Session;
use crate::client::flow::copy::{LocalOutput, copy};
use crate::client::flow::exit::Exit;
use crate::client::flow::lane::{Drained, Lane};
use crate::client::flow::output::OutputSink;
use crate::client::session::channel::{ExtraChannel, SessionRequest, open_extra};
use crate::client::session::relay::{LocalSide, relay};
use crate::error::Result;

/// Opens a session on the connection and relays until it ends and its output is written. If the
/// terminal takes too little for too long, the session ends.
///
/// # Errors
/// The server refuses the channel or a request, or the connection is lost.
pub async fn run<I>(
    session: &Session,
    request: &SessionRequest,
    local: LocalSide<'_, I>,
    (stdout, stderr): (OutputSink, OutputSink),
) -> Result<Exit>
where
    I: AsyncRead + Unpin,
{
    let extra = open_extra(session, request).await?;
    let ExtraChannel { channel, stdout: lane, stderr: error_lane } = extra;
    let write = Arc::clone(&channel.write);
    let program = async {
        // In memory of its own: each of the futures around it would have room for it twice.
        let exit = Box::pin(relay(session, channel, local)).await;
        if !matches!(exit, Ok(Exit::Status(_) | Exit::Signal(..) | Exit::Unknown)) {
            // The person has ended the session, or nothing more comes.
            lane.forget();
        }
        Ok(exit)
    };
    let main = async {
        let ended = tokio::try_join!(program, written(&lane, stdout));
        if ended.is_err() {
            // Errors wait for nothing any more, either.
            lane.forget();
        }
        ended
    };
    let (ended, _) = tokio::join!(main, written(&error_lane, stderr));
    let exit = match ended {
        Ok((exit, ())) => exit,
        Err(NotWritten) => Ok(Exit::OutputClosed),
    };
    if !lane.is_closed() {
        let _ = write.close().await;
    }
    session.shared.incoming.lanes.remove(write.id());
    exit
}

/// The terminal does not take all of the output.
struct NotWritten;

/// Writes output until there is no more.
async fn written(lane: &Lane, mut sink: OutputSink) -> Result<(), NotWritten> {
    match copy(lane, LocalOutput(&mut sink)).await {
        Err(_) | Ok(Drained::Overflowed | Drained::Broken(_)) => Err(NotWritten),
        Ok(Drained::Eof | Drained::Closed) => {
            let _ = sink.flush().await;
            Ok(())
        }
    }
}
