//! A program that is run beside what the connection is for, such as `sha256sum`: on a channel of its
//! own, without input, its output gathered.

use log::debug;

use crate::client::connection::Session;
use crate::client::flow::event::{Event, EventReceiver};
use crate::client::flow::lane::Lane;
use crate::client::session::channel::{ExtraChannel, ProgramRequest, SessionRequest, open_extra};
use crate::error::Result;
use crate::text;

/// The most bytes of output that are kept; more than any answer that is asked for.
const MAX_OUTPUT: usize = 64 * 1024;
/// How many characters of its standard error the log shows.
const SHOWN_ERRORS: usize = 200;

/// Runs a command line and returns what it has printed; `None` if the server does not run it, or it
/// fails.
///
/// # Errors
/// The server refuses the channel, or the connection is lost.
pub async fn output_of(session: &Session, command: Vec<u8>) -> Result<Option<Vec<u8>>> {
    let program = ProgramRequest::Exec(command);
    let request = SessionRequest { pty: None, env: Vec::new(), program, agent: false, x11: None };
    let extra = open_extra(session, &request).await?;
    let write = std::sync::Arc::clone(&extra.channel.write);
    let _ = write.eof().await;
    let lane = std::sync::Arc::clone(&extra.stdout);
    let found = gathered(extra).await;
    if !lane.is_closed() {
        let _ = write.close().await;
    }
    session.shared.incoming.lanes.remove(write.id());
    Ok(found)
}

async fn gathered(extra: ExtraChannel) -> Option<Vec<u8>> {
    let ExtraChannel { channel, stdout, stderr } = extra;
    let output = async {
        let (output, errors) = tokio::join!(taken(&stdout), taken(&stderr));
        if !errors.is_empty() {
            debug!("standard error of the program: {}", text::line_bytes(&errors, SHOWN_ERRORS));
        }
        output
    };
    let (output, successful) = tokio::join!(output, succeeds(channel.events, &stdout));
    successful.then_some(output)
}

/// Takes output until there is no more; what is too much is dropped.
async fn taken(lane: &Lane) -> Vec<u8> {
    let mut output = Vec::new();
    while let Ok(bytes) = lane.take().await {
        let room = MAX_OUTPUT - output.len();
        output.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
    output
}

/// Waits for the program's end; whether it was a success.
async fn succeeds(mut events: EventReceiver, stdout: &Lane) -> bool {
    let mut exit = None;
    while let Some(event) = events.recv().await {
        match event {
            Event::ExitStatus(status) => exit = Some(status),
            Event::Failure => {
                // No output follows a refusal, and not every server closes the channel.
                stdout.forget();
                return false;
            }
            Event::Closed => break,
            Event::Success | Event::ExitSignal { .. } | Event::OutputFailed(_) => {}
        }
    }
    exit == Some(0)
}
