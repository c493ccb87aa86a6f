//! Both directions of a connection over a stream, and its deadline.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use crate::sftp::client::incoming::Incoming;
use crate::sftp::client::outgoing::Outgoing;
use crate::sftp::client::shared::{Shared, stream_failed};
use crate::sftp::failure::{SftpFailure, SftpResult};

/// How long to read on when nothing can be written any more: answers may have been sent before.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What ended first.
enum DriveEnd {
    Lost(SftpFailure),
    Written(std::io::Result<()>),
}

/// Reads and writes until nobody makes requests any more, or the connection is gone.
pub(crate) async fn drive(
    shared: Arc<Shared>,
    (mut incoming, mut outgoing): (Incoming, Outgoing),
    mut reader: impl AsyncRead + Unpin,
    writer: impl AsyncWrite + Unpin,
) -> SftpResult<()> {
    let ended = tokio::select! {
        biased;
        failure = incoming.read_from(&mut reader) => DriveEnd::Lost(failure),
        written = outgoing.write_to(writer) => DriveEnd::Written(written),
        failure = shared.silence() => DriveEnd::Lost(failure),
    };
    let failure = match ended {
        DriveEnd::Lost(failure) => failure,
        DriveEnd::Written(written) => {
            let last = timeout(LAST_WORDS, incoming.read_from(&mut reader)).await;
            match (written, last) {
                (_, Ok(failure)) => failure,
                (Ok(()), Err(_)) => return Ok(()),
                (Err(error), Err(_)) => stream_failed(&error),
            }
        }
    };
    let closing = shared.with(|table| table.closing);
    shared.fail(failure.clone());
    if closing { Ok(()) } else { Err(failure) }
}
