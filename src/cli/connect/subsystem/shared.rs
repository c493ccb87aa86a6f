//! Files through a master: the subsystem is a session of its connection, and our ends of the
//! session's descriptors are sockets.

use std::sync::Arc;

use log::debug;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

use super::connection::{Boxed, GOODBYE, SFTP, SameConnection, SftpBeside, SftpConnection};
use crate::cli::connect::background::Tether;
use crate::cli::connect::share::{self, ShareRequest, refusal_error};
use crate::cli::connect::wants;
use crate::cli::environment::ProcessEnvironment;
use crate::client::mux::{self, MasterConnection, MasterRefusal, NO_ESCAPE, NewSession};
use crate::config::{RequestTty, SessionType};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::AsDescriptor;
use crate::os::local::{LocalStream, UnattachedStream};
use crate::say;
use crate::sftp::{InFlight, Sftp, SftpFailure};
use crate::text;

/// The most bytes of a program's output that are kept.
const MAX_OUTPUT: u64 = 64 * 1024;
/// How many bytes of a program's standard error the log shows.
const SHOWN_ERRORS: usize = 300;

/// A session of the master's connection.
struct SharedSession {
    client: MasterConnection,
    number: u32,
    /// Standard input and output. Each is a stream of its own, so that the master can end one of
    /// them.
    input: LocalStream,
    output: LocalStream,
    /// Standard error.
    errors: LocalStream,
}

/// Why there is no session.
enum NoSession {
    /// The master did not start one.
    Refused(MasterRefusal),
    /// It may have started, or cannot be.
    Failed(Error),
}

/// Opens the SFTP server through the master; `None` if a separate connection is to be made.
///
/// # Errors
/// The master or the server fails after the session has been asked for.
pub(super) async fn open(
    request: ShareRequest,
    stream: UnattachedStream,
    environment: &ProcessEnvironment,
) -> Result<Option<SftpConnection>> {
    let Some(mut client) = share::greeted(&request, stream).await? else { return Ok(None) };
    if client.alive().await.is_err() {
        return share::connect_instead(&request, say!(share_alive_failed));
    }
    let env = wants::sent_environment(&request.options, environment);
    let wanted = NewSession {
        subsystem: true,
        env: env.into_iter().map(|(name, value)| format!("{name}={value}").into()).collect(),
        ..plain_session(SFTP.as_bytes())
    };
    let session = match begin(client, wanted.clone()).await {
        Ok(session) => session,
        Err(NoSession::Refused(MasterRefusal::Denied(reason))) => {
            return share::connect_instead(&request, say!(share_session_denied, reason));
        }
        Err(NoSession::Refused(MasterRefusal::Failed(reason))) => {
            return share::connect_instead(&request, say!(share_session_failed, reason));
        }
        Err(NoSession::Refused(other)) => return Err(refusal_error(&other)),
        Err(NoSession::Failed(error)) => return Err(error),
    };
    speak(session, MasterBeside { request, wanted }).await.map(Some)
}

/// Speaks SFTP on a session until nobody uses the client any more.
async fn speak(session: SharedSession, beside: MasterBeside) -> Result<SftpConnection> {
    let SharedSession { client, number, input, output, errors } = session;
    let noted = tokio::spawn(note_errors(errors));
    let (sftp, driver) =
        Sftp::open(output, input, InFlight::default()).await.map_err(SftpFailure::into_error)?;
    let task = tokio::spawn(async move {
        let driven = driver.await.map_err(SftpFailure::into_error);
        // The master waits for the channel's end, which some servers never send.
        let ended = timeout(GOODBYE, client.end(number, || {})).await;
        noted.abort();
        match (driven, ended) {
            (Err(_), Ok(Ok(Some(status)))) if status != 0 => {
                Err(Error::new(Kind::Channel, say!(files_through_master_ended, status)))
            }
            (driven, _) => driven,
        }
    });
    Ok(SftpConnection { sftp, beside: SftpBeside { same: Arc::new(beside), again: None }, task })
}

/// More sessions on the connection of a master.
#[derive(Clone)]
struct MasterBeside {
    request: ShareRequest,
    /// The session that an SFTP client has.
    wanted: NewSession,
}

impl SameConnection for MasterBeside {
    fn output_of<'a>(&'a self, command: &'a [u8]) -> Boxed<'a, Option<Vec<u8>>> {
        Box::pin(output_of(self, command))
    }

    fn channel(&self) -> Boxed<'_, Result<SftpConnection>> {
        Box::pin(async move {
            let session = self.begin(self.wanted.clone()).await.map_err(|why| match why {
                NoSession::Refused(refusal) => refusal_error(&refusal),
                NoSession::Failed(error) => error,
            })?;
            speak(session, self.clone()).await
        })
    }

    fn shell<'a>(&'a self, command: &'a [u8]) -> Boxed<'a, Result<u8>> {
        Box::pin(shell(&self.request, command))
    }
}

impl MasterBeside {
    async fn begin(&self, wanted: NewSession) -> Result<SharedSession, NoSession> {
        let stream = reached(&self.request);
        let stream = stream.ok_or(NoSession::Refused(MasterRefusal::Gone))?;
        begin(MasterConnection::greet(stream).await.map_err(NoSession::Refused)?, wanted).await
    }
}

/// Connects to the master once more; `None` if it is gone.
fn reached(request: &ShareRequest) -> Option<UnattachedStream> {
    mux::connect(request.options.sharing.path.value.as_deref()?).ok()
}

async fn output_of(master: &MasterBeside, command: &[u8]) -> Option<Vec<u8>> {
    let SharedSession { client, number, input, output: stream, errors } =
        master.begin(plain_session(command)).await.ok()?;
    drop(input);
    let noted = tokio::spawn(note_errors(errors));
    let mut output = Vec::new();
    let read = stream.take(MAX_OUTPUT).read_to_end(&mut output).await;
    let ended = timeout(GOODBYE, client.end(number, || {})).await;
    noted.abort();
    (read.is_ok() && matches!(ended, Ok(Ok(Some(0))))).then_some(output)
}

/// A session with a terminal, which the master relays on our descriptors.
async fn shell(request: &ShareRequest, command: &[u8]) -> Result<u8> {
    let mut wanted = request.clone();
    wanted.command = Some(command.to_vec());
    wanted.options.session_type.value = SessionType::Default;
    wanted.options.request_tty.value = RequestTty::Force;
    let unusable = || Error::new(Kind::Disconnected, say!(share_master_gone));
    let stream = reached(request).ok_or_else(unusable)?;
    let environment = ProcessEnvironment::find();
    let tether = Tether::default();
    share::use_master(&wanted, stream, &environment, &tether).await?.ok_or_else(unusable)
}

async fn begin(
    mut client: MasterConnection,
    wanted: NewSession,
) -> Result<SharedSession, NoSession> {
    let pair = || {
        LocalStream::pair().map_err(|error| {
            let cause = say!(share_socket_failed, error = io_reason(&error));
            NoSession::Failed(Error::new(Kind::Local, cause))
        })
    };
    let (input, their_input) = pair()?;
    let (output, their_output) = pair()?;
    let (errors, their_errors) = pair()?;
    let theirs = [&their_input, &their_output, &their_errors].map(AsDescriptor::as_descriptor);
    let number = client.session(wanted, theirs).await.map_err(NoSession::Refused)?;
    Ok(SharedSession { client, number, input, output, errors })
}

fn plain_session(command: &[u8]) -> NewSession {
    NewSession {
        want_tty: false,
        want_x11: false,
        want_agent: false,
        subsystem: false,
        escape_char: NO_ESCAPE,
        term: String::new(),
        command: command.to_vec(),
        env: Vec::new(),
    }
}

/// Reads a program's standard error, so that it never waits for a reader.
async fn note_errors(mut errors: impl AsyncRead + Unpin) {
    let mut bytes = [0; SHOWN_ERRORS];
    while let Ok(count) = errors.read(&mut bytes).await {
        if count == 0 {
            return;
        }
        debug!("standard error: {}", text::line_bytes(&bytes[..count], SHOWN_ERRORS));
    }
}
