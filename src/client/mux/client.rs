//! The requests of a client to a master: alive check, session, forward, termination.
//!
//! PROTOCOL.mux sections 1 to 9. Each request waits for its answer within a time limit. The callers
//! decide what a refusal means (to continue without the master, or to end) and how it is reported.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use log::debug;
use tokio::time::timeout;

use crate::client::deadline;
use crate::client::forward::settings::ForwardDirection;
use crate::client::mux::display::MasterDisplay;
use crate::client::mux::socket::{read_packet, write_packet};
use crate::client::mux::wire::{Hello, Malformed, MuxRequest, MuxResponse, NewSession, VERSION};
use crate::config::{Connect, Forward};
use crate::os::BorrowedDescriptor;
use crate::os::local::{self, LocalStream, UnattachedStream};
use crate::os::user::UserId;
use crate::text;

/// How many characters of a master's reason are shown.
const MAX_REASON: usize = 200;

/// Why a request failed.
#[derive(Debug)]
pub enum MasterRefusal {
    /// The person at the master refused; the master's text, sanitised.
    Denied(String),
    /// The master failed; its reason, sanitised.
    Failed(String),
    /// The master closed the connection.
    Gone,
    /// The time limit has passed.
    Silent,
    /// The master speaks this other version of the protocol.
    Version(u32),
    /// The master's process belongs to this other user.
    Stranger(UserId),
    /// The master does not answer requests for information.
    Uninformed,
    /// The answer is not valid in the protocol.
    Nonsense,
    /// The socket failed, or a descriptor cannot be sent.
    Socket(io::Error),
}

/// A connection to a master, after both greetings.
#[derive(Debug)]
pub struct MasterConnection {
    stream: LocalStream,
    next: u32,
    /// Whether the master answers requests for information.
    informs: bool,
    display: Option<MasterDisplay>,
}

/// Connects to the socket of a master, if there is one. Waits only while the master's queue of
/// connections is full, up to [`deadline::MASTER`].
///
/// # Errors
/// The system's: `ConnectionRefused` if nobody listens any more, `NotFound`, `InvalidInput` for a
/// path that is too long for a socket.
pub fn connect(path: &Path) -> io::Result<UnattachedStream> {
    local::connect(path, deadline::MASTER)
}

impl MasterConnection {
    /// Exchanges greetings with the master behind a connected socket. The master must belong to
    /// this user or to root, because it gets our standard input and output.
    ///
    /// # Errors
    /// [`MasterRefusal`]: there is no master, it belongs to another user, or it does not answer.
    pub async fn greet(stream: UnattachedStream) -> Result<MasterConnection, MasterRefusal> {
        let stream = stream.attach()?;
        let owner = stream.peer()?;
        if !owner.is_root() && owner != UserId::effective() {
            return Err(MasterRefusal::Stranger(owner));
        }
        let mut client = MasterConnection { stream, next: 0, informs: false, display: None };
        within(deadline::MASTER, async {
            write_packet(&mut client.stream, &Hello::new().encode()).await?;
            let hello = Hello::decode(&read_packet(&mut client.stream).await?)?;
            if hello.version != VERSION {
                return Err(MasterRefusal::Version(hello.version));
            }
            (client.informs, client.display) = (hello.informs(), hello.display());
            debug!("mux_client_hello_exchange: master version {}", hello.version);
            Ok(())
        })
        .await?;
        Ok(client)
    }

    /// The display of the master's X11 forwarding, if it reports one; OpenSSH's masters do not.
    pub fn display(&self) -> Option<&MasterDisplay> {
        self.display.as_ref()
    }

    /// Checks that the master is alive; returns its process id.
    ///
    /// # Errors
    /// [`MasterRefusal`].
    pub async fn alive(&mut self) -> Result<u32, MasterRefusal> {
        let asked = self.ask(&MuxRequest::AliveCheck, &[]);
        match within(deadline::MASTER, asked).await? {
            MuxResponse::Alive { pid } => Ok(pid),
            _ => Err(MasterRefusal::Nonsense),
        }
    }

    /// Asks for information about `connection` or `channels`; returns the text, which is not
    /// sanitised.
    ///
    /// # Errors
    /// [`MasterRefusal`]: `Uninformed` if the master does not know the request.
    pub async fn information(&mut self, what: &str) -> Result<String, MasterRefusal> {
        if !self.informs {
            return Err(MasterRefusal::Uninformed);
        }
        let request = MuxRequest::Info(what.to_owned());
        match within(deadline::MASTER, self.ask(&request, &[])).await? {
            MuxResponse::Info(told) => told.map_err(|reason| failed(&reason)),
            _ => Err(MasterRefusal::Nonsense),
        }
    }

    /// Starts a forward; returns the port if the server chose it.
    ///
    /// # Errors
    /// [`MasterRefusal`].
    pub async fn forward(
        &mut self,
        way: ForwardDirection,
        forward: &Forward,
    ) -> Result<Option<u32>, MasterRefusal> {
        match self.answer(MuxRequest::OpenForward(way, forward.clone()), &[]).await? {
            MuxResponse::Ok => Ok(None),
            MuxResponse::RemotePort { port } => Ok(Some(port)),
            _ => Err(MasterRefusal::Nonsense),
        }
    }

    /// Cancels a forward that was started with an equal request.
    ///
    /// # Errors
    /// [`MasterRefusal`].
    pub async fn cancel(
        &mut self,
        way: ForwardDirection,
        forward: &Forward,
    ) -> Result<(), MasterRefusal> {
        self.done(MuxRequest::CloseForward(way, forward.clone())).await
    }

    /// Terminates the master.
    ///
    /// # Errors
    /// [`MasterRefusal`]; a master that exits before it has answered counts as success.
    pub async fn terminate(&mut self) -> Result<(), MasterRefusal> {
        match self.done(MuxRequest::Terminate).await {
            Err(MasterRefusal::Gone) => Ok(()),
            done => done,
        }
    }

    /// Makes the master refuse new clients and remove its socket.
    ///
    /// # Errors
    /// [`MasterRefusal`].
    pub async fn stop_listening(&mut self) -> Result<(), MasterRefusal> {
        self.done(MuxRequest::StopListening).await
    }

    /// Opens a session on these descriptors (standard input, output, error); returns its number.
    /// They stay open here, and belong to the master until [`end`](MasterConnection::end).
    ///
    /// # Errors
    /// [`MasterRefusal`]; after `Denied` and `Failed` nothing was started.
    pub async fn session(
        &mut self,
        session: NewSession,
        fds: [BorrowedDescriptor<'_>; 3],
    ) -> Result<u32, MasterRefusal> {
        self.opened(MuxRequest::NewSession(session), &fds).await
    }

    /// Forwards standard input and output to a target (`-W`); returns the number to wait with.
    ///
    /// # Errors
    /// [`MasterRefusal`].
    pub async fn stdio_forward(
        &mut self,
        to: &Connect,
        fds: [BorrowedDescriptor<'_>; 2],
    ) -> Result<u32, MasterRefusal> {
        self.opened(MuxRequest::NewStdioForward(to.clone()), &fds).await
    }

    /// Switches the socket to packets of the connection protocol.
    ///
    /// # Errors
    /// [`MasterRefusal`].
    pub async fn proxy(mut self) -> Result<LocalStream, MasterRefusal> {
        match self.answer(MuxRequest::Proxy, &[]).await? {
            MuxResponse::Proxy => Ok(self.stream),
            _ => Err(MasterRefusal::Nonsense),
        }
    }

    /// Waits for the end of a session: until the master closes the connection, since output may
    /// still follow the exit status. Returns the status, if one arrived. `no_tty` is called if the
    /// server refuses the pseudo-terminal.
    ///
    /// # Errors
    /// [`MasterRefusal::Nonsense`].
    pub async fn end(
        mut self,
        session: u32,
        no_tty: impl Fn(),
    ) -> Result<Option<u32>, MasterRefusal> {
        let mut seen = None;
        loop {
            let packet = match read_packet(&mut self.stream).await {
                Ok(packet) => packet,
                Err(error) if error.kind() == ErrorKind::InvalidData => {
                    return Err(MasterRefusal::Nonsense);
                }
                // Any read error means that nothing more comes.
                Err(_) => return Ok(seen),
            };
            match MuxResponse::decode(&packet)?.1 {
                MuxResponse::TtyAllocFail { session: own } if own == session => no_tty(),
                MuxResponse::ExitMessage { session: own, status }
                    if own == session && seen.is_none() =>
                {
                    seen = Some(status);
                }
                MuxResponse::Failure(reason) => return Err(failed(&reason)),
                _ => return Err(MasterRefusal::Nonsense),
            }
        }
    }

    async fn done(&mut self, request: MuxRequest) -> Result<(), MasterRefusal> {
        match self.answer(request, &[]).await? {
            MuxResponse::Ok => Ok(()),
            _ => Err(MasterRefusal::Nonsense),
        }
    }

    async fn opened(
        &mut self,
        request: MuxRequest,
        fds: &[BorrowedDescriptor<'_>],
    ) -> Result<u32, MasterRefusal> {
        match self.answer(request, fds).await? {
            MuxResponse::SessionOpened { session } => Ok(session),
            _ => Err(MasterRefusal::Nonsense),
        }
    }

    async fn answer(
        &mut self,
        request: MuxRequest,
        fds: &[BorrowedDescriptor<'_>],
    ) -> Result<MuxResponse, MasterRefusal> {
        within(deadline::MASTER_ANSWER, self.ask(&request, fds)).await
    }

    /// Sends one request with its descriptors, and reads the answer.
    async fn ask(
        &mut self,
        request: &MuxRequest,
        fds: &[BorrowedDescriptor<'_>],
    ) -> Result<MuxResponse, MasterRefusal> {
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        write_packet(&mut self.stream, &request.encode(id)).await?;
        for fd in fds {
            self.stream.send_descriptor(fd).await?;
        }
        let (answered, response) = MuxResponse::decode(&read_packet(&mut self.stream).await?)?;
        if answered != Some(id) {
            return Err(MasterRefusal::Nonsense);
        }
        match response {
            MuxResponse::PermissionDenied(reason) => {
                Err(MasterRefusal::Denied(text::line(&reason, MAX_REASON)))
            }
            MuxResponse::Failure(reason) => Err(failed(&reason)),
            response => Ok(response),
        }
    }
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, MasterRefusal>>,
) -> Result<T, MasterRefusal> {
    timeout(limit, work).await.unwrap_or(Err(MasterRefusal::Silent))
}

fn failed(reason: &str) -> MasterRefusal {
    MasterRefusal::Failed(text::line(reason, MAX_REASON))
}

impl From<io::Error> for MasterRefusal {
    fn from(error: io::Error) -> MasterRefusal {
        match error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => {
                MasterRefusal::Gone
            }
            ErrorKind::InvalidData => MasterRefusal::Nonsense,
            _ => MasterRefusal::Socket(error),
        }
    }
}

impl From<Malformed> for MasterRefusal {
    fn from(_: Malformed) -> MasterRefusal {
        MasterRefusal::Nonsense
    }
}
