//! One client of a master, and what all clients of a master share.
//!
//! What needs the terminal, the environment or the person is done by the program around the
//! master, the [`MasterHost`].

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
/// Time for a client to say hello, and for one packet or descriptor once it is due.
pub(super) const PROMPT: Duration = Duration::from_secs(10);

/// How much of a question is shown, in characters: a few lines of a terminal.
const MAX_QUESTION: usize = 400;

/// What the program around the master does for it.
pub trait MasterHost: Send + Sync {
    /// Standard input, output and error of a client; the flags of the descriptors, which its
    /// process shares, stay as they are.
    ///
    /// # Errors
    /// They cannot be used.
    fn streams(&self, fds: [Descriptor; 3]) -> io::Result<Streams>;
    /// Modes and size of the terminal of a client.
    fn terminal(&self, fd: BorrowedDescriptor<'_>) -> (Vec<(Pty, u32)>, WindowSize);
    /// Whether SendEnv names this variable.
    fn permits(&self, name: &str) -> bool;
    /// Lets the server reach the agent, if ForwardAgent has it so; whether it may.
    fn agent(&self, session: &Session) -> bool;
    /// Where X11 forwarding leads.
    fn x11(&self) -> MasterDisplay;
    /// Lets the server reach the display, if ForwardX11 has it so; what to ask it for.
    fn display<'a>(&'a self, session: &'a Session) -> Interlude<'a, Option<X11Request>>;
    /// Asks the person at the master, if ControlMaster has it so.
    fn allows<'a>(&'a self, question: String) -> Interlude<'a, bool>;
    /// The exit status that stands for an end.
    fn status(&self, exit: &Exit) -> u32;
}

/// The standard streams of a client.
pub struct Streams {
    /// What is typed.
    pub stdin: Pin<Box<dyn AsyncRead + Send>>,
    /// What the program says.
    pub stdout: OutputSink,
    /// What it says on the side.
    pub stderr: OutputSink,
}

/// What the clients of one master share.
pub(crate) struct MasterState {
    pub session: Session,
    pub program: Arc<dyn MasterHost>,
    /// Where the connection leads, for questions.
    pub host: String,
    /// Changes when the window of a terminal has changed.
    pub resized: watch::Receiver<u32>,
    pub resize: watch::Sender<u32>,
    pub place: Mutex<Option<ControlPath>>,
    pub orders: watch::Sender<Orders>,
    pub clients: watch::Sender<usize>,
    pub numbers: AtomicU32,
}

/// What clients have ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Orders {
    #[default]
    None,
    /// No more clients; the end with the last one.
    Stop,
    /// The end.
    Terminate,
}

impl MasterState {
    /// The next number of a session.
    pub fn number(&self) -> u32 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    pub fn place(&self) -> MutexGuard<'_, Option<ControlPath>> {
        // Nothing can panic while it holds this.
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
    /// Sends an answer; a client that takes none is given up.
    pub async fn answer(&mut self, id: u32, response: MuxResponse) -> io::Result<()> {
        within(PROMPT, write_packet(&mut self.stream, &response.encode(id))).await
    }

    /// Takes a descriptor that must come now.
    pub async fn descriptor(&self) -> io::Result<Descriptor> {
        within(PROMPT, self.stream.receive_descriptor()).await
    }

    /// Asks the person at the master; a refusal has been answered. Parts of the question are
    /// the client's words.
    pub async fn asked(&mut self, id: u32, question: String) -> io::Result<bool> {
        let question = text::line(&question, MAX_QUESTION);
        if self.state.program.allows(question).await {
            return Ok(true);
        }
        let refused = MuxResponse::PermissionDenied("Permission denied".to_owned());
        self.answer(id, refused).await?;
        Ok(false)
    }

    /// Waits until the client goes away. With a session it has nothing more to say.
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
