//! The master (OpenSSH's PROTOCOL.mux): listens, admits clients, and carries out their requests.
//!
//! Each client has a task of its own with limits on its input and its time, so that no client
//! delays another one or the master's own session. Requests that take long are in `session` and
//! `translate`. Everything that needs the terminal, the environment or the person is done by the
//! program that runs the master, through [`MasterHost`].

use std::io;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use log::{debug, error, warn};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::client::connection::Session;
use crate::client::deadline;
use crate::client::forward::Forward;
use crate::client::forward::forwards::Refused;
use crate::client::forward::settings::ForwardDirection;
use crate::client::mux::control_path::ControlPath;
use crate::client::mux::peer::{MasterClient, MasterHost, MasterState, Orders, PROMPT, within};
use crate::client::mux::socket::{read_packet, write_packet};
use crate::client::mux::wire::{Hello, MuxRequest, MuxResponse, VERSION};
use crate::client::mux::{report, session, translate};
use crate::client::restriction::ForwardingKind;
use crate::config::{Connect, Listen};
use crate::os::local::{LocalListener, LocalStream};
use crate::os::user::UserId;
use crate::say;
use crate::text;

/// The most clients at a time: far more than sshd's sessions on one connection (MaxSessions is 10).
/// Each uses five of the process's descriptors.
pub const MAX_CLIENTS: usize = 128;
/// Time in which a client without anything open must send a request.
const QUIET: Duration = Duration::from_secs(60);
/// The pause after accepting has failed, for example because no descriptor was free.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a master stays after its own session has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MasterLifetime {
    /// While there are clients or forwarded connections.
    Clients,
    /// While there are any, and this long after the last one.
    Idle(Duration),
    /// Until it is told to end.
    Always,
}

/// A master; it listens until it is dropped.
pub struct Master {
    state: Arc<MasterState>,
    tasks: tokio::task::JoinHandle<()>,
}

impl Master {
    /// Starts to listen.
    pub fn begin(
        session: &Session,
        socket: (LocalListener, ControlPath),
        host: String,
        program: Arc<dyn MasterHost>,
    ) -> Master {
        let (listener, place) = socket;
        let (resize, resized) = watch::channel(0);
        let state = Arc::new(MasterState {
            session: session.beside(),
            program,
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

    /// Notes that a terminal's window may have changed; clients report it by a signal.
    pub fn window_changed(&self) {
        self.state.resize.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Waits until a client terminates the master.
    pub async fn terminated(&self) {
        let mut orders = self.state.orders.subscribe();
        at_least(&mut orders, Orders::Terminate).await;
    }

    /// Waits a moment until the clients have written what came before the connection ended.
    pub async fn last_words(&self) {
        let mut clients = self.state.clients.subscribe();
        // Some do not read, and some only wait.
        let _ = timeout(deadline::GOODBYE, clients.wait_for(|count| *count == 0)).await;
    }

    /// Waits until the master is no longer needed.
    pub async fn over(&self, keeps: MasterLifetime) {
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
            let keeps = if ordered == Orders::None { keeps } else { MasterLifetime::Clients };
            let end = match (ordered, keeps) {
                (Orders::Terminate, _) => return,
                (_, MasterLifetime::Clients) if !busy => return,
                (_, MasterLifetime::Idle(limit)) if !busy => {
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

/// Waits for this order or a stronger one.
async fn at_least(orders: &mut watch::Receiver<Orders>, wanted: Orders) {
    // The wait cannot fail: the sender lives as long as the master.
    let _ = orders.wait_for(|orders| *orders >= wanted).await;
}

/// Admits clients until the master is told to stop, then waits for the remaining ones to leave.
async fn accept(listener: LocalListener, state: Arc<MasterState>) {
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
                    error!("{}", say!(mux_cannot_accept, why = crate::error::io_reason(&why)));
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

/// Admits a client if it belongs to the master's user, or to root, who could become that user
/// anyway.
fn admit(clients: &mut JoinSet<()>, stream: LocalStream, state: &Arc<MasterState>) {
    match stream.peer() {
        Ok(peer) if peer == UserId::effective() || peer.is_root() => {
            let state = Arc::clone(state);
            clients.spawn(async move {
                let client = MasterClient { state, stream };
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

impl MasterClient {
    async fn serve(mut self) -> io::Result<()> {
        within(PROMPT, self.greet()).await?;
        loop {
            let body = within(QUIET, read_packet(&mut self.stream)).await?;
            let (id, request) = MuxRequest::decode(&body).map_err(|_| malformed())?;
            debug!("mux client request: {}", named(&request));
            match request {
                MuxRequest::NewSession(wanted) => return session::run(&mut self, id, wanted).await,
                MuxRequest::NewStdioForward(to) => return session::stdio(&mut self, id, &to).await,
                MuxRequest::Proxy => return translate::run(self, id).await,
                MuxRequest::Terminate => {
                    let question = say!(mux_ask_terminate, host = self.state.host);
                    if self.asked(id, question).await? {
                        self.state.place().take();
                        let answered = self.answer(id, MuxResponse::Ok).await;
                        self.state.stop_listening(Orders::Terminate);
                        return answered;
                    }
                }
                MuxRequest::StopListening => {
                    let question = say!(mux_ask_stop, host = self.state.host);
                    if self.asked(id, question).await? {
                        self.state.place().take();
                        let answered = self.answer(id, MuxResponse::Ok).await;
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

    /// Carries out a request that is answered at once; `None` if it was refused.
    async fn quickly(&mut self, id: u32, request: MuxRequest) -> io::Result<Option<MuxResponse>> {
        let pid = std::process::id();
        Ok(Some(match request {
            MuxRequest::AliveCheck => MuxResponse::Alive { pid },
            MuxRequest::Info(what) => MuxResponse::Info(match what.as_str() {
                "connection" => Ok(report::connection(&self.state.session)),
                "channels" => Ok(report::channels(&self.state.session)),
                _ => Err("info request type not supported".to_owned()),
            }),
            MuxRequest::OpenForward(way, forward) => {
                let question = say!(
                    mux_ask_forward,
                    forward = forward_line(way, &forward),
                    host = self.state.host
                );
                if !self.asked(id, question).await? {
                    return Ok(None);
                }
                self.open_forward(way, &forward).await
            }
            MuxRequest::CloseForward(way, forward) => self.close_forward(way, &forward).await,
            MuxRequest::InvalidForward => {
                MuxResponse::Failure("Invalid forwarding request".to_owned())
            }
            _ => MuxResponse::Failure("unsupported request".to_owned()),
        }))
    }

    async fn greet(&mut self) -> io::Result<()> {
        write_packet(&mut self.stream, &Hello::of_master(&self.state.program.x11()).encode())
            .await?;
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

    async fn open_forward(&self, way: ForwardDirection, forward: &Forward) -> MuxResponse {
        let forwards = self.state.session.forwards();
        // As in ssh, a forward that exists already is granted again.
        if let Some(allocated) = forwards.existing(way, forward) {
            return granted(way, allocated);
        }
        match forwards.add(way, forward).await {
            Ok(allocated) => granted(way, allocated),
            Err(Refused) => MuxResponse::Failure(match (way, &forward.listen) {
                _ if self.state.session.shared.is_restricted() => ForwardingKind::Ports.refusal(),
                (ForwardDirection::Remote, Listen::Tcp { port, .. }) => {
                    format!("remote port forwarding failed for listen port {port}")
                }
                (ForwardDirection::Remote, Listen::Path(path)) => {
                    format!("remote port forwarding failed for listen path {path}")
                }
                _ => "Port forwarding failed".to_owned(),
            }),
        }
    }

    async fn close_forward(&self, way: ForwardDirection, forward: &Forward) -> MuxResponse {
        match self.state.session.forwards().cancel(way, &forward.listen).await {
            true => MuxResponse::Ok,
            false => {
                let told = forward_line(way, forward);
                warn!("{}", say!(mux_not_forwarded, forward = told));
                MuxResponse::Failure("port not forwarded".to_owned())
            }
        }
    }
}

fn granted(way: ForwardDirection, allocated: Option<u16>) -> MuxResponse {
    match allocated.filter(|_| way == ForwardDirection::Remote) {
        Some(port) => MuxResponse::RemotePort { port: u32::from(port) },
        None => MuxResponse::Ok,
    }
}

/// Describes a forward for questions and the log: `-L 8080:host:80`.
fn forward_line(way: ForwardDirection, Forward { listen, connect }: &Forward) -> String {
    let line = match (way, connect) {
        (ForwardDirection::Dynamic, _) => format!("-D {listen}"),
        (ForwardDirection::Remote, Connect::Socks) => format!("-R {listen}"),
        (ForwardDirection::Local, to) => format!("-L {listen}:{to}"),
        (ForwardDirection::Remote, to) => format!("-R {listen}:{to}"),
    };
    text::line(&line, 255)
}

fn named(request: &MuxRequest) -> &'static str {
    match request {
        MuxRequest::AliveCheck => "alive check",
        MuxRequest::NewSession(_) => "new session",
        MuxRequest::OpenForward(..) => "open forward",
        MuxRequest::CloseForward(..) => "close forward",
        MuxRequest::NewStdioForward(_) => "new stdio forward",
        MuxRequest::Terminate => "terminate",
        MuxRequest::StopListening => "stop listening",
        MuxRequest::Proxy => "proxy",
        MuxRequest::Info(_) => "info",
        MuxRequest::InvalidForward => "impossible forward",
        MuxRequest::Unsupported(_) => "unknown",
    }
}

fn malformed() -> io::Error {
    io::ErrorKind::InvalidData.into()
}
