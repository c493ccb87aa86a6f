//! The master (OpenSSH's PROTOCOL.mux): listens, admits clients, and does what they ask for.
//!
//! Every client is a task of its own with bounds on what it may send and how long it may take,
//! so that none of them can hold up another one or the master's own session. `session` and
//! `proxy` have what takes longer than an answer; what needs the terminal, the environment or
//! the person is done by the program around it, the [`House`].

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use log::{debug, error, warn};
use russh::Pty;
use tokio::io::AsyncRead;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::client::forward::Forward;
use crate::client::forward::forwards::{Refused, Way};
use crate::client::forward::x11::Request as X11Request;
use crate::client::login::authenticate::Session;
use crate::client::mux::display::MasterDisplay;
use crate::client::mux::place::Place;
use crate::client::mux::socket::{read_packet, write_packet};
use crate::client::mux::wire::{Hello, Request, Response};
use crate::client::mux::{VERSION, report, session, translate as downstream};
use crate::client::restriction::ForwardingKind;
use crate::client::session::channel::WindowSize;
use crate::client::session::interlude::Interlude;
use crate::client::session::relay::Exit;
use crate::client::state::shared::Sink;
use crate::config::{Connect, Listen};
use crate::os::local::{LocalListener, LocalStream};
use crate::os::user::UserId;
use crate::os::{BorrowedDescriptor, Descriptor};
use crate::say;
use crate::text;

/// Clients at a time: far more than sshd gives sessions on one connection (MaxSessions is 10),
/// and each takes five of the descriptors that a process has.
pub const MAX_CLIENTS: usize = 128;
/// Time for a client to say hello, and for one packet or descriptor once it is due.
const PROMPT: Duration = Duration::from_secs(10);
/// Time in which a client that has nothing open asks for something.
const QUIET: Duration = Duration::from_secs(60);
/// How much of a question is shown, in characters: a few lines of a terminal.
const MAX_QUESTION: usize = 400;
/// A pause after accepting has failed, for want of descriptors for example.
const PAUSE: Duration = Duration::from_secs(1);

/// What the program around the master does for it.
pub trait House: Send + Sync {
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
    pub stdout: Sink,
    /// What it says on the side.
    pub stderr: Sink,
}

/// What keeps a master whose own session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// Clients and forwarded connections.
    Clients,
    /// Those, and so much time without any.
    Idle(Duration),
    /// Nothing more is needed.
    Always,
}

/// A master; it listens until this is dropped.
pub struct Master {
    state: Arc<State>,
    tasks: tokio::task::JoinHandle<()>,
}

/// What the clients of one master share.
pub(in crate::client) struct State {
    pub session: Session,
    pub house: Arc<dyn House>,
    /// Where the connection leads, for questions.
    pub host: String,
    /// Changes when the window of a terminal has changed.
    pub resized: watch::Receiver<u32>,
    resize: watch::Sender<u32>,
    place: Mutex<Option<Place>>,
    orders: watch::Sender<Orders>,
    clients: watch::Sender<usize>,
    numbers: AtomicU32,
}

/// What clients have ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Orders {
    #[default]
    None,
    /// No more clients; the end with the last one.
    Stop,
    /// The end.
    Terminate,
}

impl Master {
    /// Begins to listen.
    pub fn begin(
        session: &Session,
        socket: (LocalListener, Place),
        host: String,
        house: Arc<dyn House>,
    ) -> Master {
        let (listener, place) = socket;
        let (resize, resized) = watch::channel(0);
        let state = Arc::new(State {
            session: session.beside(),
            house,
            host,
            resized,
            resize,
            place: Mutex::new(Some(place)),
            orders: watch::Sender::default(),
            clients: watch::Sender::default(),
            numbers: AtomicU32::default(),
        });
        let tasks = tokio::spawn(accept(listener, Arc::clone(&state)));
        Master { state, tasks }
    }

    /// The window of some terminal has changed: a client says so by a signal.
    pub fn window_changed(&self) {
        self.state.resize.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Waits until a client orders the end.
    pub async fn terminated(&self) {
        let mut orders = self.state.orders.subscribe();
        at_least(&mut orders, Orders::Terminate).await;
    }

    /// Waits until nothing keeps the master any more.
    pub async fn over(&self, keeps: Keeps) {
        let lanes = &self.state.session.shared.incoming.lanes;
        let mut orders = self.state.orders.subscribe();
        let mut clients = self.state.clients.subscribe();
        let mut since: Option<Instant> = None;
        loop {
            let changed = lanes.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let ordered = *orders.borrow_and_update();
            let busy = *clients.borrow_and_update() > 0 || !lanes.is_empty();
            let keeps = if ordered == Orders::None { keeps } else { Keeps::Clients };
            let end = match (ordered, keeps) {
                (Orders::Terminate, _) => return,
                (_, Keeps::Clients) if !busy => return,
                (_, Keeps::Idle(limit)) if !busy => {
                    Some(*since.get_or_insert_with(Instant::now) + limit)
                }
                _ => None,
            };
            if busy {
                since = None;
            }
            tokio::select! {
                _ = orders.changed() => {}
                _ = clients.changed() => {}
                () = &mut changed => {}
                () = sleep_until(end.unwrap_or_else(Instant::now)), if end.is_some() => {
                    debug!("ControlPersist timeout expired");
                    return;
                }
            }
        }
    }
}

impl Drop for Master {
    fn drop(&mut self) {
        self.tasks.abort();
        self.state.stop_listening(Orders::Terminate);
    }
}

impl State {
    /// The next number of a session.
    pub fn number(&self) -> u32 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    fn place(&self) -> MutexGuard<'_, Option<Place>> {
        // Nothing can panic while it holds this.
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop_listening(&self, orders: Orders) {
        self.place().take();
        self.orders.send_modify(|ordered| *ordered = (*ordered).max(orders));
    }
}

/// Waits until so much is ordered.
async fn at_least(orders: &mut watch::Receiver<Orders>, wanted: Orders) {
    // The sender lives as long as the master.
    let _ = orders.wait_for(|orders| *orders >= wanted).await;
}

/// Admits clients until the master is told to stop, and sees those that are there to their end.
async fn accept(listener: LocalListener, state: Arc<State>) {
    let mut clients = JoinSet::new();
    let mut orders = state.orders.subscribe();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(stream) if clients.len() >= MAX_CLIENTS => {
                    error!("{}", say!(mux_too_many, most = MAX_CLIENTS));
                    drop(stream);
                }
                Ok(stream) => admit(&mut clients, stream, &state),
                Err(why) => {
                    error!("{}", say!(mux_cannot_accept, why = crate::error::told(&why)));
                    sleep(PAUSE).await;
                }
            },
            Some(_) = clients.join_next() => {}
            () = at_least(&mut orders, Orders::Stop) => break,
        }
        state.clients.send_replace(clients.len());
    }
    drop(listener);
    while clients.join_next().await.is_some() {
        state.clients.send_replace(clients.len());
    }
}

/// Only the person whose master this is, and root, who could be that person anyway.
fn admit(clients: &mut JoinSet<()>, stream: LocalStream, state: &Arc<State>) {
    match stream.peer() {
        Ok(peer) if peer == UserId::effective() || peer.is_root() => {
            let state = Arc::clone(state);
            clients.spawn(async move {
                let client = Client { state, stream };
                if let Err(why) = client.serve().await {
                    debug!("mux client: {why}");
                }
            });
        }
        Ok(peer) => {
            let own = UserId::effective();
            error!("{}", say!(mux_uid_mismatch, peer, own));
        }
        Err(why) => error!("{}", say!(mux_cannot_accept, why = why.to_string())),
    }
}

/// One client of the master.
pub(in crate::client) struct Client {
    pub state: Arc<State>,
    pub stream: LocalStream,
}

impl Client {
    async fn serve(mut self) -> io::Result<()> {
        within(PROMPT, self.greet()).await?;
        loop {
            let body = within(QUIET, read_packet(&mut self.stream)).await?;
            let (id, request) = Request::decode(&body).map_err(|_| malformed())?;
            debug!("mux client request: {}", named(&request));
            match request {
                Request::NewSession(wanted) => return session::run(&mut self, id, wanted).await,
                Request::NewStdioForward(to) => return session::stdio(&mut self, id, &to).await,
                Request::Proxy => return downstream::run(self, id).await,
                Request::Terminate => {
                    let question = say!(mux_ask_terminate, host = self.state.host);
                    if self.asked(id, question).await? {
                        self.state.place().take();
                        let answered = self.answer(id, Response::Ok).await;
                        self.state.stop_listening(Orders::Terminate);
                        return answered;
                    }
                }
                Request::StopListening => {
                    let question = say!(mux_ask_stop, host = self.state.host);
                    if self.asked(id, question).await? {
                        self.state.place().take();
                        let answered = self.answer(id, Response::Ok).await;
                        self.state.stop_listening(Orders::Stop);
                        return answered;
                    }
                }
                other => {
                    let response = self.quickly(id, other).await?;
                    if let Some(response) = response {
                        self.answer(id, response).await?;
                    }
                }
            }
        }
    }

    /// What is answered at once; `None` where it was refused.
    async fn quickly(&mut self, id: u32, request: Request) -> io::Result<Option<Response>> {
        let pid = std::process::id();
        Ok(Some(match request {
            Request::AliveCheck => Response::Alive { pid },
            Request::Info(what) => Response::Info(match what.as_str() {
                "connection" => Ok(report::connection(&self.state.session)),
                "channels" => Ok(report::channels(&self.state.session)),
                _ => Err("info request type not supported".to_owned()),
            }),
            Request::OpenForward(way, forward) => {
                let question =
                    say!(mux_ask_forward, forward = told(way, &forward), host = self.state.host);
                if !self.asked(id, question).await? {
                    return Ok(None);
                }
                self.open_forward(way, &forward).await
            }
            Request::CloseForward(way, forward) => self.close_forward(way, &forward).await,
            Request::InvalidForward => Response::Failure("Invalid forwarding request".to_owned()),
            _ => Response::Failure("unsupported request".to_owned()),
        }))
    }

    async fn greet(&mut self) -> io::Result<()> {
        write_packet(&mut self.stream, &Hello::of_master(&self.state.house.x11()).encode()).await?;
        let hello = read_packet(&mut self.stream).await?;
        match Hello::decode(&hello) {
            Ok(hello) if hello.version == VERSION => Ok(()),
            Ok(hello) => {
                error!("{}", say!(mux_version, theirs = hello.version, ours = VERSION));
                Err(malformed())
            }
            Err(_) => Err(malformed()),
        }
    }

    /// Sends an answer; a client that takes none is given up.
    pub async fn answer(&mut self, id: u32, response: Response) -> io::Result<()> {
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
        if self.state.house.allows(question).await {
            return Ok(true);
        }
        let refused = Response::PermissionDenied("Permission denied".to_owned());
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

    async fn open_forward(&self, way: Way, forward: &Forward) -> Response {
        let forwards = self.state.session.forwards();
        // As with ssh, what is there already is granted once more.
        if let Some(allocated) = forwards.existing(way, forward) {
            return granted(way, allocated);
        }
        match forwards.add(way, forward).await {
            Ok(allocated) => granted(way, allocated),
            Err(Refused) => Response::Failure(match (way, &forward.listen) {
                _ if self.state.session.shared.is_restricted() => ForwardingKind::Ports.refusal(),
                (Way::Remote, Listen::Tcp { port, .. }) => {
                    format!("remote port forwarding failed for listen port {port}")
                }
                (Way::Remote, Listen::Path(path)) => {
                    format!("remote port forwarding failed for listen path {path}")
                }
                _ => "Port forwarding failed".to_owned(),
            }),
        }
    }

    async fn close_forward(&self, way: Way, forward: &Forward) -> Response {
        match self.state.session.forwards().cancel(way, &forward.listen).await {
            true => Response::Ok,
            false => {
                let told = told(way, forward);
                warn!("{}", say!(mux_not_forwarded, forward = told));
                Response::Failure("port not forwarded".to_owned())
            }
        }
    }
}

fn granted(way: Way, allocated: Option<u16>) -> Response {
    match allocated.filter(|_| way == Way::Remote) {
        Some(port) => Response::RemotePort { port: u32::from(port) },
        None => Response::Ok,
    }
}

/// `-L 8080:host:80`, for questions and the log.
fn told(way: Way, Forward { listen, connect }: &Forward) -> String {
    let line = match (way, connect) {
        (Way::Dynamic, _) => format!("-D {listen}"),
        (Way::Remote, Connect::Socks) => format!("-R {listen}"),
        (Way::Local, to) => format!("-L {listen}:{to}"),
        (Way::Remote, to) => format!("-R {listen}:{to}"),
    };
    text::line(&line, 255)
}

fn named(request: &Request) -> &'static str {
    match request {
        Request::AliveCheck => "alive check",
        Request::NewSession(_) => "new session",
        Request::OpenForward(..) => "open forward",
        Request::CloseForward(..) => "close forward",
        Request::NewStdioForward(_) => "new stdio forward",
        Request::Terminate => "terminate",
        Request::StopListening => "stop listening",
        Request::Proxy => "proxy",
        Request::Info(_) => "info",
        Request::InvalidForward => "impossible forward",
        Request::Unsupported(_) => "unknown",
    }
}

pub(in crate::client) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

fn malformed() -> io::Error {
    io::ErrorKind::InvalidData.into()
}
