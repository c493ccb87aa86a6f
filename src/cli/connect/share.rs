//! An invocation as a client of a master that is there already (ControlPath), and what `-O`
//! asks of one.
//!
//! As in ssh(1) a master that cannot be used is said and the connection is made in the ordinary
//! way, as long as the master has not begun anything; what `-O` asks for ends here either way.
//! What tools read (`Master running (pid=N)` and the like) is the same in every language.

use std::convert::Infallible;
use std::io::{ErrorKind, Write};
use std::path::Path;

use ::log::{debug, error, info, warn};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::background::{ChildReport, Tether};
use super::wants;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::exit_code::{FAILED, exit_code};
use crate::cli::local::{unusable, window_changes};
use crate::cli::resolve::OwnConnection;
use crate::cli::{log, output};
use crate::client::mux::{
    self, MasterConnection, MasterRefusal, NO_ESCAPE, NewSession, VERSION, proxy,
};
use crate::client::session::{PtyRequest, SessionRequest, WindowSize};
use crate::config::{Connect, ControlMaster, ForwardAgent, LogLevel, Options, SessionType};
use crate::error::{Error, Kind, Result, told};
use crate::os::descriptor;
use crate::os::local::{self, UnattachedStream};
use crate::os::process::ProcessId;
use crate::os::signal::{Arrivals, Signal};
use crate::os::stdio::{DescriptorInput, DescriptorOutput};
use crate::os::{AsDescriptor, Descriptor};
use crate::say;
use crate::terminal::{self, RawMode};
use crate::text;

/// The longest path of a Unix socket on Linux, with its end: as ssh(1) says it.
const MAX_PATH: usize = 108;
/// How much of a path is shown, in characters.
const MAX_SHOWN: usize = 100;
/// How much is shown of what a master tells of its connection, in bytes and in lines: it cannot
/// have that many channels.
const MAX_TOLD: usize = mux::MAX_PACKET;
const MAX_TOLD_LINES: usize = 4096;

/// What an invocation is about, as far as a master has to know.
#[derive(Clone)]
pub(super) struct ShareRequest {
    /// The options.
    pub(super) options: Options,
    /// The command or subsystem; `None` asks for a shell.
    pub(super) command: Option<Vec<u8>>,
    /// `-W`.
    pub(super) stdio_forward: Option<Connect>,
    /// `-O`.
    pub(super) control: Option<String>,
    /// Why this needs a connection of its own, if it does.
    pub(super) own: Option<OwnConnection>,
}

/// Looks for the master, unless this invocation is to be one.
///
/// # Errors
/// [`Kind::Usage`]: `-O` without a ControlPath, a path that is too long.
/// [`Kind::Connect`]: `-O`, and no master. [`Kind::HostKey`]: `-O`, and a key that is pinned.
pub(super) fn find(share: &ShareRequest) -> Result<Option<UnattachedStream>> {
    let sharing = &share.options.sharing;
    let Some(path) = sharing.path.value.as_deref() else {
        return match share.control {
            Some(_) => Err(Error::new(Kind::Usage, say!(share_no_path))),
            None => Ok(None),
        };
    };
    let asked = share.control.is_some();
    let master = sharing.master.value;
    if !asked && matches!(master, ControlMaster::Yes | ControlMaster::Ask) {
        return Ok(None);
    }
    if matches!(master, ControlMaster::Auto | ControlMaster::AutoAsk) {
        debug!("auto-mux: Trying existing master");
    }
    let shown = text::line(&path.to_string_lossy(), MAX_SHOWN);
    if path.as_os_str().len() >= MAX_PATH {
        let cause = say!(share_path_too_long, path = shown, limit = MAX_PATH);
        return Err(Error::new(Kind::Usage, cause));
    }
    let error = match mux::connect(path) {
        Ok(stream) => return usable(share, stream),
        Err(error) => error,
    };
    let fault = say!(share_no_socket, path = shown, error = plainly(&error));
    match error.kind() {
        _ if asked => return Err(Error::new(Kind::Connect, fault)),
        ErrorKind::ConnectionRefused if master != ControlMaster::No => remove_stale(path, &shown),
        ErrorKind::NotFound => debug!("Control socket \"{shown}\" does not exist"),
        _ => error!("{fault}"),
    }
    Ok(None)
}

/// Whether the master may be used. It has our standard input and output in its own hands, so
/// what is to be done with them here needs a connection of its own; so does a host key that is
/// pinned, and what `-O` would use the connection for is refused then.
fn usable(share: &ShareRequest, stream: UnattachedStream) -> Result<Option<UnattachedStream>> {
    let Some(own) = share.own else { return Ok(Some(stream)) };
    let (OwnConnection::Terminal(what) | OwnConnection::Pins(what)) = own;
    match share.control.as_deref() {
        None => {
            warn!("{}", say!(share_own_connection, what));
            Ok(None)
        }
        Some(command @ ("forward" | "proxy")) if matches!(own, OwnConnection::Pins(_)) => {
            let cause = say!(share_key_not_told, what, command);
            Err(Error::new(Kind::HostKey, cause).hint(say!(share_key_not_told_hint)))
        }
        Some(_) => Ok(Some(stream)),
    }
}

/// Only a socket of our own: a path that names something else by mistake keeps it.
fn remove_stale(path: &Path, shown: &str) {
    if local::is_own(path) {
        debug!("Stale control socket {shown}, unlinking");
        let _ = std::fs::remove_file(path);
    }
}

/// Does the share with the master behind the socket; `None` where the connection is to be made
/// in the ordinary way.
///
/// # Errors
/// What was asked of the master came to nothing and cannot be had in another way.
pub(super) async fn attend(
    share: &ShareRequest,
    stream: UnattachedStream,
    environment: &ProcessEnvironment,
    tether: &Tether,
) -> Result<Option<u8>> {
    let mut client = match MasterConnection::greet(stream).await {
        Ok(client) => client,
        Err(refusal @ MasterRefusal::Stranger(_)) => return Err(told_of(&refusal)),
        Err(refusal) => {
            if let MasterRefusal::Version(_) = refusal {
                error!("{}", told_of(&refusal));
            }
            return alone(share, say!(share_greeting_failed));
        }
    };
    let invocation = Invocation { share, environment, tether };
    match share.control.as_deref() {
        Some("proxy") => invocation.by_proxy(client).await.map(Some),
        Some(command) => invocation.control(command, &mut client).await.map(Some),
        None if share.stdio_forward.is_some() => invocation.stdio(client).await.map(Some),
        None => invocation.open(client).await,
    }
}

/// Goes on without the master, which is said; not what `-O` is about.
fn alone(share: &ShareRequest, why: String) -> Result<Option<u8>> {
    if share.control.is_some() {
        return Err(Error::new(Kind::Connect, why));
    }
    error!("{why}");
    Ok(None)
}

/// An share with everything around it.
struct Invocation<'a> {
    share: &'a ShareRequest,
    environment: &'a ProcessEnvironment,
    tether: &'a Tether,
}

impl Invocation<'_> {
    async fn control(&self, command: &str, client: &mut MasterConnection) -> Result<u8> {
        let quiet = self.share.options.log_level.value == LogLevel::Quiet;
        let failed = |refusal: MasterRefusal, denied: String, failed: String| match refusal {
            MasterRefusal::Denied(_) => Error::new(Kind::Connect, denied),
            MasterRefusal::Failed(_) => Error::new(Kind::Connect, failed),
            other => told_of(&other),
        };
        match command {
            "check" => {
                let Ok(pid) = client.alive().await else {
                    return Err(Error::new(Kind::Connect, say!(share_check_failed)));
                };
                log::to_stderr(&format!("Master running (pid={pid})\r\n"));
            }
            "conninfo" => self.told(client, "connection").await?,
            "channels" => self.told(client, "channels").await?,
            "exit" => {
                client.terminate().await.map_err(|refusal| {
                    let reason = reason(&refusal);
                    let denied = say!(share_exit_denied, reason);
                    failed(refusal, denied, say!(share_exit_failed, reason))
                })?;
                if !quiet {
                    log::to_stderr("Exit request sent.\r\n");
                }
            }
            "stop" => {
                client.stop_listening().await.map_err(|refusal| {
                    let reason = reason(&refusal);
                    let denied = say!(share_stop_denied, reason);
                    failed(refusal, denied, say!(share_stop_failed, reason))
                })?;
                if !quiet {
                    log::to_stderr("Stop listening request sent.\r\n");
                }
            }
            "forward" => {
                if !self.forwards(client).await? {
                    return Err(Error::new(Kind::Channel, say!(share_forwards_failed)));
                }
            }
            // As with ssh, one that was not there is said and no failure.
            _ => {
                if !self.cancel(client).await? {
                    error!("{}", say!(share_cancels_failed));
                }
            }
        }
        Ok(0)
    }

    /// Writes what the master tells to standard output.
    async fn told(&self, client: &mut MasterConnection, what: &str) -> Result<()> {
        let told = client.information(what).await.map_err(|refusal| match &refusal {
            MasterRefusal::Uninformed => Error::new(Kind::Connect, say!(share_tells_nothing))
                .hint(say!(share_tells_nothing_hint)),
            MasterRefusal::Failed(reason) => {
                Error::new(Kind::Connect, say!(share_information_failed, reason))
            }
            other => told_of(other),
        })?;
        // The server's words are among it.
        let shown = text::block(&told, MAX_TOLD, MAX_TOLD_LINES);
        output::print(&shown.replace('\n', "\r\n")).map(|_| ())
    }

    /// Asks for the forwards of the options; whether all were granted.
    async fn forwards(&self, client: &mut MasterConnection) -> Result<bool> {
        let mut all = true;
        for (way, wanted) in wants::forwards(&self.share.options) {
            debug!("Requesting forwarding of {} to {}", wanted.listen, wanted.connect);
            match client.forward(way, &wanted).await {
                Ok(None) => {}
                Ok(Some(port)) => {
                    let to = to(&wanted.connect);
                    info!("{}", say!(forward_allocated_port, port, to));
                    if self.share.control.is_some() {
                        print(port)?;
                    }
                }
                Err(refusal) => {
                    refused(&refusal)?;
                    all = false;
                }
            }
        }
        Ok(all)
    }

    /// Cancels the forwards of the options; whether all were there.
    async fn cancel(&self, client: &mut MasterConnection) -> Result<bool> {
        let mut all = true;
        for (way, wanted) in wants::forwards(&self.share.options) {
            debug!("Requesting cancellation of {} to {}", wanted.listen, wanted.connect);
            if let Err(refusal) = client.cancel(way, &wanted).await {
                refused(&refusal)?;
                all = false;
            }
        }
        Ok(all)
    }

    /// Whether X11 through the master would lead where it is wanted, and be trusted as wanted.
    fn has_display(&self, client: &MasterConnection) -> bool {
        let x11 = &self.share.options.forwarding.x11;
        if !*x11.forward {
            return true;
        }
        let Some(display) = client.display() else {
            // As with ssh, it is the master's display then.
            info!("X11 leads to the display of the shared connection's master");
            return true;
        };
        display.serves(self.environment.get("DISPLAY").as_deref(), *x11.trusted)
    }

    /// A session, or with `-N` only the forwards.
    async fn open(&self, mut client: MasterConnection) -> Result<Option<u8>> {
        let options = &self.share.options;
        if options.session_type.value != SessionType::None && !self.has_display(&client) {
            warn!("{}", say!(share_own_display));
            return Ok(None);
        }
        if !self.forwards(&mut client).await? {
            return alone(self.share, say!(share_forwards_failed));
        }
        if options.session_type.value == SessionType::None {
            return self.stay_for_forwards(client).await.map(Some);
        }
        let Ok(master) = client.alive().await else {
            return alone(self.share, say!(share_alive_failed));
        };
        let at_terminal = wants::at_terminal(options);
        let tty = wants::wants_pty(options, self.share.command.is_some(), at_terminal);
        let input = self.input()?;
        let input = input.as_ref().map_or(descriptor::stdin(), AsDescriptor::as_descriptor);
        let fds = [input, descriptor::stdout(), descriptor::stderr()];
        // Changes of size are listened to from here on: the master reads the size before it
        // answers.
        let changes = Arrivals::of(Signal::WindowChange);
        let session = match client.session(self.request(tty), fds).await {
            Ok(session) => session,
            Err(MasterRefusal::Denied(reason)) => {
                return alone(self.share, say!(share_session_denied, reason));
            }
            Err(MasterRefusal::Failed(reason)) => {
                return alone(self.share, say!(share_session_failed, reason));
            }
            // Whether the session has begun is not known, and it must not begin twice.
            Err(other) => return Err(told_of(&other)),
        };
        debug!("mux_client_request_session: master session id: {session}");
        self.tether.cut(ChildReport::Background)?;
        let sizes = pass_on_sizes(master, changes);
        self.passenger(client, session, (tty && at_terminal, sizes)).await.map(Some)
    }

    /// `-N`: waits until the master ends, which has the forwards now; `-f` does not wait.
    async fn stay_for_forwards(&self, client: MasterConnection) -> Result<u8> {
        self.tether.cut(ChildReport::Background)?;
        if self.share.options.fork_after_authentication.value {
            return Ok(0);
        }
        client.end(0, || {}).await.map_err(|refusal| told_of(&refusal))?;
        Ok(FAILED)
    }

    /// Waits until the master is done with a session.
    async fn passenger(
        &self,
        client: MasterConnection,
        session: u32,
        (interactive, sizes): (bool, impl Future<Output = Infallible>),
    ) -> Result<u8> {
        let options = &self.share.options;
        let raw = interactive.then(|| RawMode::enter(descriptor::stdin())).transpose();
        let raw = raw.map_err(|error| {
            Error::new(Kind::Local, say!(terminal_setup_failed, error = told(&error)))
        })?;
        let ended = tokio::select! {
            ended = client.end(session, terminal::restore) => ended,
            never = sizes => match never {},
        };
        drop(raw);
        let status = ended.map_err(|refusal| told_of(&refusal))?;
        match status {
            Some(status) => debug!("Received exit status from master {status}"),
            None => debug!("Control master terminated unexpectedly"),
        }
        if interactive && options.log_level.value >= LogLevel::Info {
            let host = &options.hostname.value;
            log::to_stderr(&(say!(share_connection_closed, host) + "\r\n"));
        }
        Ok(status.map_or(FAILED, |status| (status & 0xff) as u8))
    }

    /// `-W`.
    async fn stdio(&self, mut client: MasterConnection) -> Result<u8> {
        let Some(to) = &self.share.stdio_forward else { return Ok(FAILED) };
        if let Err(refusal) = client.alive().await {
            return Err(told_of(&refusal));
        }
        let input = self.input()?;
        let input = input.as_ref().map_or(descriptor::stdin(), AsDescriptor::as_descriptor);
        let opened = client.stdio_forward(to, [input, descriptor::stdout()]).await;
        let session = opened.map_err(|refusal| match &refusal {
            MasterRefusal::Denied(reason) => {
                Error::new(Kind::Channel, say!(share_stdio_denied, reason))
            }
            MasterRefusal::Failed(reason) => {
                Error::new(Kind::Channel, say!(share_stdio_failed, reason))
            }
            other => told_of(other),
        })?;
        self.tether.cut(ChildReport::Background)?;
        client.end(session, || {}).await.map_err(|refusal| told_of(&refusal))?;
        Ok(0)
    }

    /// `-O proxy`: the session is ours, and what it says goes through the master.
    async fn by_proxy(&self, mut client: MasterConnection) -> Result<u8> {
        let options = &self.share.options;
        if !self.forwards(&mut client).await? && *options.forwarding.exit_on_failure {
            return Err(Error::new(Kind::Channel, say!(share_forwards_failed)));
        }
        if *options.forwarding.x11.forward || options.forwarding.agent.value != ForwardAgent::No {
            warn!("{}", say!(share_proxy_forwards_less));
        }
        let stream = client.proxy().await.map_err(|refusal| told_of(&refusal))?;
        let at_terminal = wants::at_terminal(options);
        let tty = wants::wants_pty(options, self.share.command.is_some(), at_terminal);
        let request = SessionRequest {
            pty: tty.then(|| PtyRequest {
                term: self.term(),
                size: crate::cli::local::window_size().unwrap_or_default(),
                modes: terminal::modes(descriptor::stdin()),
            }),
            env: wants::sent_environment(options, self.environment),
            program: wants::program(options, self.share.command.clone()),
            agent: false,
            x11: None,
        };
        let (resize, resized) = unbounded_channel();
        let local = proxied_descriptors(options, resized)?;
        self.tether.cut(ChildReport::Background)?;
        let raw = (tty && at_terminal).then(|| RawMode::enter(descriptor::stdin()));
        let raw = raw.transpose().map_err(|error| {
            Error::new(Kind::Local, say!(terminal_setup_failed, error = told(&error)))
        })?;
        let watcher = tty.then(|| window_changes(resize));
        let exit = proxy::run(stream, request, local).await;
        drop((watcher, raw));
        exit.map(|exit| exit_code(&exit))
    }

    /// What stands in for standard input, where there is to be none.
    fn input(&self) -> Result<Option<Descriptor>> {
        if !wants::no_input(&self.share.options) {
            return Ok(None);
        }
        let null = descriptor::null();
        null.map(Some).map_err(|error| unusable(say!(stdin_label), &error))
    }

    fn request(&self, want_tty: bool) -> NewSession {
        let options = &self.share.options;
        let env = wants::sent_environment(options, self.environment);
        NewSession {
            want_tty,
            want_x11: *options.forwarding.x11.forward,
            want_agent: options.forwarding.agent.value != ForwardAgent::No,
            subsystem: options.session_type.value == SessionType::Subsystem,
            escape_char: options.escape_char.value.map_or(NO_ESCAPE, u32::from),
            term: self.term(),
            command: self.share.command.clone().unwrap_or_default(),
            env: env.into_iter().map(|(name, value)| format!("{name}={value}").into()).collect(),
        }
    }

    /// TERM of SetEnv, or else ours.
    fn term(&self) -> String {
        let mut set = self.share.options.set_env.value.iter();
        let set = set.find(|(name, value)| name == "TERM" && !value.is_empty());
        set.map(|(_, value)| value.clone())
            .or_else(|| self.environment.get("TERM"))
            .unwrap_or_default()
    }
}

/// Standard input and output, for a session whose packets go through the master.
fn proxied_descriptors(
    options: &Options,
    resized: UnboundedReceiver<WindowSize>,
) -> Result<proxy::ProxyLocalSide<'static, DescriptorInput>> {
    let stdin = || DescriptorInput::stdin().map_err(|error| unusable(say!(stdin_label), &error));
    let (stdout, stderr) = (DescriptorOutput::stdout(), DescriptorOutput::stderr());
    Ok(proxy::ProxyLocalSide {
        input: (!wants::no_input(options)).then(stdin).transpose()?,
        stdout: Box::new(stdout.map_err(|error| unusable(say!(stdout_label), &error))?),
        stderr: Box::new(stderr.map_err(|error| unusable(say!(stderr_label), &error))?),
        resized,
        without_pty: &terminal::restore,
    })
}

/// The master reads the terminal's size itself, when it is told that it has changed.
async fn pass_on_sizes(master: u32, mut changes: Arrivals) -> Infallible {
    // Not to the first program of the system, which is nobody's master.
    let master = (master > 1).then(|| ProcessId::of(master)).flatten();
    loop {
        changes.next().await;
        if let Some(master) = master {
            master.tell(Signal::WindowChange);
        }
    }
}

/// Says that a forward was not made or not cancelled.
///
/// # Errors
/// There is nothing more to ask the master.
fn refused(refusal: &MasterRefusal) -> Result<()> {
    match refusal {
        MasterRefusal::Denied(reason) => error!("{}", say!(share_forward_denied, reason)),
        MasterRefusal::Failed(reason) => error!("{}", say!(share_forward_failed, reason)),
        other => return Err(told_of(other)),
    }
    Ok(())
}

fn reason(refusal: &MasterRefusal) -> String {
    match refusal {
        MasterRefusal::Denied(reason) | MasterRefusal::Failed(reason) => reason.clone(),
        _ => String::new(),
    }
}

/// What went wrong with the master itself.
fn told_of(refusal: &MasterRefusal) -> Error {
    let (kind, cause) = match refusal {
        MasterRefusal::Denied(reason) | MasterRefusal::Failed(reason) => {
            (Kind::Channel, say!(share_master_says, reason))
        }
        MasterRefusal::Gone => (Kind::Disconnected, say!(share_master_gone)),
        MasterRefusal::Silent => (Kind::Timeout, say!(share_master_silent)),
        MasterRefusal::Version(version) => {
            (Kind::Connect, say!(share_version, version, wanted = VERSION))
        }
        MasterRefusal::Stranger(uid) => (Kind::Connect, say!(share_stranger, uid)),
        MasterRefusal::Uninformed => (Kind::Connect, say!(share_tells_nothing)),
        MasterRefusal::Nonsense => (Kind::Connect, say!(share_nonsense)),
        MasterRefusal::Socket(error) => {
            (Kind::Local, say!(share_socket_failed, error = told(error)))
        }
    };
    Error::new(kind, cause).hint(say!(share_hint))
}

fn to(connect: &Connect) -> String {
    match connect {
        Connect::Tcp { host, port } => format!("{host}:{port}"),
        Connect::Path(path) => format!("{path}:-2"),
        Connect::Socks => "socks:0".to_owned(),
    }
}

/// The port that the server chose, for whoever asked.
fn print(port: u32) -> Result<()> {
    output::print(&format!("{port}\n"))?;
    std::io::stdout()
        .flush()
        .map_err(|error| Error::new(Kind::Local, say!(stdout_failed, reason = told(&error))))
}

/// A fault of the system in ssh's words: without its number.
fn plainly(error: &std::io::Error) -> String {
    let told = told(error);
    told.split(" (os error").next().unwrap_or_default().to_owned()
}
