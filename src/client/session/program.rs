//! A program that is run beside what the connection is for, such as `sha256sum`: on a channel of its
//! own, its output gathered.

use std::time::Duration;

use bytes::Bytes;
use log::debug;
use tokio::time::{Instant, timeout, timeout_at};

use crate::client::connection::Session;
use crate::client::deadline;
use crate::client::flow::event::{Event, EventReceiver};
use crate::client::flow::lane::Lane;
use crate::client::session::channel::{ExtraChannel, ProgramRequest, SessionRequest, open_aside};
use crate::error::{Error, Kind, Result};
use crate::say;
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
    let (output, successful) = run(session, command, Vec::new(), None).await?;
    Ok(successful.then_some(output))
}

/// Runs a command line with this input and returns what it has printed, however it ends; nothing if
/// the server does not run it.
///
/// # Errors
/// The server refuses the channel, the program does not end in time, or the connection is lost.
pub async fn output_of_fed(session: &Session, command: Vec<u8>, input: Vec<u8>) -> Result<Vec<u8>> {
    Ok(run(session, command, input, Some(deadline::PROGRAM)).await?.0)
}

/// Runs a command line; returns its output and whether it was a success. The channel is closed also
/// where the time is over.
async fn run(
    session: &Session,
    command: Vec<u8>,
    input: Vec<u8>,
    limit: Option<Duration>,
) -> Result<(Vec<u8>, bool)> {
    let program = ProgramRequest::Exec(command);
    let request = SessionRequest { pty: None, env: Vec::new(), program, agent: false, x11: None };
    let extra = open_aside(session, &request).await?;
    let write = std::sync::Arc::clone(&extra.channel.write);
    let lane = std::sync::Arc::clone(&extra.stdout);
    let feed = async {
        if !input.is_empty() {
            let _ = write.data_bytes(Bytes::from(input)).await;
        }
        let _ = write.eof().await;
    };
    // A server that takes no input refuses the program, and nothing waits for the input then.
    let gather = gathered(extra);
    tokio::pin!(feed, gather);
    let ran = async {
        tokio::select! {
            found = &mut gather => found,
            () = &mut feed => gather.await,
        }
    };
    let found = match limit {
        Some(limit) => timeout(limit, ran).await,
        None => Ok(ran.await),
    };
    if !lane.is_closed() {
        let _ = write.close().await;
    }
    session.shared.incoming.lanes.remove(write.id());
    match session.ended() {
        Some(lost) => Err(lost),
        None => found.map_err(|_| Error::new(Kind::Timeout, say!(program_not_over_in_time))),
    }
}

async fn gathered(extra: ExtraChannel) -> (Vec<u8>, bool) {
    let ExtraChannel { channel, stdout, stderr } = extra;
    let output = async {
        let (output, errors) = tokio::join!(taken(&stdout), taken(&stderr));
        if !errors.is_empty() {
            debug!("standard error of the program: {}", text::line_bytes(&errors, SHOWN_ERRORS));
        }
        output
    };
    tokio::join!(output, succeeds(channel.events, &stdout))
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

/// The channel's next event; `None` after the last one, or where it does not come in time.
async fn next_before(events: &mut EventReceiver, until: Option<Instant>) -> Option<Event> {
    match until {
        Some(until) => timeout_at(until, events.recv()).await.ok().flatten(),
        None => events.recv().await,
    }
}

/// Waits for the program's end; whether it was a success.
async fn succeeds(mut events: EventReceiver, stdout: &Lane) -> bool {
    let mut exit = None;
    let mut until = None;
    while let Some(event) = next_before(&mut events, until).await {
        match event {
            // Not every server closes the channel.
            Event::Eof if exit.is_some() => break,
            Event::Eof => until = Some(Instant::now() + deadline::STATUS_AFTER_EOF),
            Event::ExitStatus(status) => {
                exit = Some(status);
                if until.is_some() {
                    break;
                }
            }
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
