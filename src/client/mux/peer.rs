//! One client of a master, and the state that all clients of a master share.
//!
//! Everything that needs the terminal, the environment or the person is done by the program that
//! runs the master, through [`MasterHost`].

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use russh::Pty;
use tokio::io::AsyncRead;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::client::connection::Session;
use crate::client::flow::exit::Exit;
use crate::client::flow::output::OutputSink;
use crate::client::incoming::x11::X11Request;
use crate::client::mux::control_path::ControlPath;
use crate::client::mux::display::MasterDisplay;
use crate::client::mux::socket::write_packet;
use crate::client::mux::wire::MuxResponse;
use crate::client::session::channel::WindowSize;
use crate::client::session::interlude::Interlude;
use crate::os::local::LocalStream;
use crate::os::{BorrowedDescriptor, Descriptor};
use crate::text;
/// Time for a client to send its hello, and for a packet or descriptor that must follow.
pub(super) const PROMPT: Duration = Duration::from_secs(10);

/// How many characters of a question are shown: a few lines of a terminal.
const MAX_QUESTION: usize = 400;

/// The services that a master needs from the program that runs it.
pub trait MasterHost: Send + Sync {
    /// Opens standard input, output and error of a client, which may have a terminal of the
    /// server's. The flags of the descriptors stay unchanged, because the client's process shares
    /// them.
    ///
    /// # Errors
    /// The descriptors cannot be used.
    fn streams(&self, fds: [Descriptor; 3], has_pty: bool) -> io::Result<Streams>;
    /// The modes and size of a client's terminal.
    fn terminal(&self, fd: BorrowedDescriptor<'_>) -> (Vec<(Pty, u32)>, WindowSize);
    /// Whether SendEnv names this variable.
    fn permits(&self, name: &str) -> bool;
    /// Lets the server reach the agent if ForwardAgent permits it; returns whether it does.
    fn agent(&self, session: &Session) -> bool;
    /// The display of X11 forwarding.
    fn x11(&self) -> MasterDisplay;
    /// Lets the server reach the display if ForwardX11 permits it; returns the request for the
    /// server.
    fn display<'a>(&'a self, session: &'a Session) -> Interlude<'a, Option<X11Request>>;
    /// Asks the person at the master, if ControlMaster says so.
    fn allows<'a>(&'a self, question: String) -> Interlude<'a, bool>;
    /// The exit status that is reported for this end of a session.
    fn status(&self, exit: &Exit) -> u32;
}

/// The standard streams of a client.
pub struct Streams {
    /// Standard input.
    pub stdin: Pin<Box<dyn AsyncRead + Send>>,
    /// Standard output.
    pub stdout: OutputSink,
    /// Standard error.
    pub stderr: OutputSink,
    /// Called if the session is lost or given up: switches off at the client's terminal what the
    /// server's programs have left on.
    pub put_back: PutBack,
}

/// Puts a client's terminal back; `None` where nothing is to be put back, or that has been done.
pub type PutBack = Option<Box<dyn FnOnce() -> Interlude<'static> + Send>>;

/// The state that the clients of one master share.
pub(crate) struct MasterState {
    pub session: Session,
    pub program: Arc<dyn MasterHost>,
    /// The connection's destination, for questions.
    pub host: String,
    /// Changes when the window of a terminal may have changed.
    pub resized: watch::Receiver<u32>,
    pub resize: watch::Sender<u32>,
    pub place: Mutex<Option<ControlPath>>,
    pub orders: watch::Sender<Orders>,
    pub clients: watch::Sender<usize>,
    pub numbers: AtomicU32,
}

/// What clients have told the master to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Orders {
    #[default]
    None,
    /// Accept no more clients, and end after the last one.
    Stop,
    /// End now.
    Terminate,
}

impl MasterState {
    /// The next session number.
    pub fn number(&self) -> u32 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    pub fn place(&self) -> MutexGuard<'_, Option<ControlPath>> {
        // No code panics while it holds this lock.
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn stop_listening(&self, orders: Orders) {
        self.place().take();
        self.orders.send_modify(|ordered| *ordered = (*ordered).max(orders));
    }
}

/// One client of the master.
pub(crate) struct MasterClient {
    pub state: Arc<MasterState>,
    pub stream: LocalStream,
}

impl MasterClient {
    /// Sends an answer; fails if the client does not read it in time.
    pub async fn answer(&mut self, id: u32, response: MuxResponse) -> io::Result<()> {
        within(PROMPT, write_packet(&mut self.stream, &response.encode(id))).await
    }

    /// Receives a descriptor that must follow now.
    pub async fn descriptor(&self) -> io::Result<Descriptor> {
        within(PROMPT, self.stream.receive_descriptor()).await
    }

    /// Asks the person at the master; a refusal is reported to the client. The question may contain
    /// text from the client. A client that leaves meanwhile withdraws its request: it has told its
    /// own person that nothing came of it.
    pub async fn asked(&mut self, id: u32, question: String) -> io::Result<bool> {
        let question = text::line(&question, MAX_QUESTION);
        let allowed = tokio::select! {
            biased;
            allowed = self.state.program.allows(question) => allowed,
            () = self.gone() => return Err(io::ErrorKind::BrokenPipe.into()),
        };
        if allowed {
            return Ok(true);
        }
        let refused = MuxResponse::PermissionDenied("Permission denied".to_owned());
        self.answer(id, refused).await?;
        Ok(false)
    }

    /// Waits until the client disconnects. While a session runs or its request waits for an answer,
    /// the client sends nothing.
    pub async fn gone(&self) {
        let mut byte = [0];
        loop {
            if self.stream.readable().await.is_err() {
                return;
            }
            match self.stream.try_read(&mut byte) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                _ => return,
            }
        }
    }
}

pub(crate) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
