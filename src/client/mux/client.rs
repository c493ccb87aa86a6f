//! What an invocation asks of a master: is it there, a session, a forward, an end.
//!
//! PROTOCOL.mux sections 1 to 9. Each request waits for its answer, within a time limit. What
//! a refusal means (go on without the master, or end) and in which words it is told is not
//! decided here.

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

/// How much of a master's reason is shown, in characters.
const MAX_REASON: usize = 200;

/// Why a request came to nothing.
#[derive(Debug)]
pub enum MasterRefusal {
    /// The person at the master said no; the master's words, made safe to show.
    Denied(String),
    /// The master could not; why, made safe to show.
    Failed(String),
    /// The master closed the connection.
    Gone,
    /// The time limit has passed.
    Silent,
    /// It speaks this other version of the protocol.
    Version(u32),
    /// It belongs to this other user.
    Stranger(UserId),
    /// It tells nothing about its connection.
    Uninformed,
    /// Its answer is not one that the protocol has.
    Nonsense,
    /// The socket failed, or a descriptor cannot be sent.
    Socket(io::Error),
}

/// A connection to a master that has greeted.
#[derive(Debug)]
pub struct MasterConnection {
    stream: LocalStream,
    next: u32,
    /// It tells about its connection.
    informs: bool,
    display: Option<MasterDisplay>,
}

/// Connects to the socket of a master, which need not be there. Waits, up to
/// [`deadline::MASTER`], only while too many others wait for the same master.
///
/// # Errors
/// The system's: `ConnectionRefused` where nobody listens any more, `NotFound`,
/// `InvalidInput` for a path that is too long for a socket.
pub fn connect(path: &Path) -> io::Result<UnattachedStream> {
    local::connect(path, deadline::MASTER)
}

impl MasterConnection {
    /// Greets the master behind a socket that was connected to. It must belong to this user or
    /// to root: whoever it is gets our standard input and output.
    ///
    /// # Errors
    /// [`MasterRefusal`]: no master, not ours, or one that does not answer.
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

    /// Where its X11 forwarding leads, if it says so; OpenSSH's masters do not.
    pub fn display(&self) -> Option<&MasterDisplay> {
        self.display.as_ref()
    }

    /// Asks whether it is there; gives its process id.
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

    /// Asks for information, about `connection` or `channels`; gives the text, which need not
    /// be fit to be shown.
    ///
    /// # Errors
    /// [`MasterRefusal`]: `Uninformed` for a master that does not know the question.
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

    /// Begins a forward; gives the port where the server chose it.
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

    /// Ends a forward that was begun with the same words.
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

    /// Has the master end.
    ///
    /// # Errors
    /// [`MasterRefusal`]; a master that ends before it has answered is none.
    pub async fn terminate(&mut self) -> Result<(), MasterRefusal> {
        match self.done(MuxRequest::Terminate).await {
            Err(MasterRefusal::Gone) => Ok(()),
            done => done,
        }
    }

    /// Has the master take no more clients and remove its socket.
    ///
    /// # Errors
    /// [`MasterRefusal`].
    pub async fn stop_listening(&mut self) -> Result<(), MasterRefusal> {
        self.done(MuxRequest::StopListening).await
    }

    /// Opens a session on these descriptors (standard input, output, error); gives its number.
    /// They stay open here, and belong to the master until [`end`](MasterConnection::end).
    ///
    /// # Errors
    /// [`MasterRefusal`]; after `Denied` and `Failed` nothing was begun.
    pub async fn session(
        &mut self,
        session: NewSession,
        fds: [BorrowedDescriptor<'_>; 3],
    ) -> Result<u32, MasterRefusal> {
        self.opened(MuxRequest::NewSession(session), &fds).await
    }

    /// Leads standard input and output to there; gives the number to wait with.
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

    /// From now on the socket carries packets of the connection protocol.
    ///
    /// # Errors
    /// [`MasterRefusal`].
    pub async fn proxy(mut self) -> Result<LocalStream, MasterRefusal> {
        match self.answer(MuxRequest::Proxy, &[]).await? {
            MuxResponse::Proxy => Ok(self.stream),
            _ => Err(MasterRefusal::Nonsense),
        }
    }

    /// Waits for the end of a session: for the master to close the connection, since output may
    /// still be on its way when the status is known. Gives the status, if one came. `no_tty` is
    /// called when the server gives no pseudo-terminal.
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
                // However it was lost, there is nothing more to come.
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

    /// One request, its descriptors, its answer.
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
