//! An invocation as a client of a running master (ControlPath), and the commands of `-O`.
//!
//! As in ssh(1), if the master cannot be used, this is reported and a separate connection is made,
//! as long as the master has not started anything. A command of `-O` never makes a connection.
//! Output that tools read (`Master running (pid=N)` and the like) is not translated.

mod fault;

use std::convert::Infallible;
use std::io::{ErrorKind, Write};
use std::path::Path;

use ::log::{debug, error, info, warn};
use tokio::sync::watch;

pub(super) use fault::refusal_error;
use fault::{control_error, no_master_hint, not_done};

use super::background::{ChildReport, Tether};
use super::wants;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::exit_code::{FAILED, exit_code};
use crate::cli::local::{unusable, window_changes};
use crate::cli::resolve::OwnConnection;
use crate::cli::{log, output};
use crate::client::mux::{self, MasterConnection, MasterRefusal, NO_ESCAPE, NewSession, proxy};
use crate::client::session::{PtyRequest, SessionRequest, WindowSize};
use crate::config::{Connect, ControlMaster, ForwardAgent, LogLevel, Options, SessionType};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::descriptor;
use crate::os::local::{self, UnattachedStream};
use crate::os::process::ProcessId;
use crate::os::signal::{Arrivals, Signal};
use crate::os::stdio::{DescriptorInput, DescriptorOutput, close_stdout};
use crate::os::{AsDescriptor, Descriptor};
use crate::say;
use crate::terminal::{self, RawMode, RemoteScreen};
use crate::text;

/// The size of a Unix socket's path on Linux, with its final zero byte; ssh(1) reports this limit.
const MAX_PATH: usize = 108;
/// How much of a master's information is shown, in bytes and in lines; real connections have far
/// fewer channels.
const MAX_TOLD: usize = mux::MAX_PACKET;
const MAX_TOLD_LINES: usize = 4096;

/// The request of an invocation, as far as it matters to a master.
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
    /// Why this invocation cannot share a connection, if so.
    pub(super) own: Option<OwnConnection>,
    /// Whether modes that the server's programs may have left on at the terminal are switched off
    /// when the session is lost. ssh leaves them.
    pub(super) puts_modes_back: bool,
}

/// Looks for a running master, unless this invocation is to become one.
///
/// # Errors
/// [`Kind::Usage`]: `-O` without a ControlPath, or the path is too long. [`Kind::Connect`]: `-O`,
/// and there is no master. [`Kind::HostKey`]: `-O`, and a host key is pinned.
pub(super) fn find(share: &ShareRequest) -> Result<Option<UnattachedStream>> {
    let sharing = &share.options.sharing;
    let Some(path) = sharing.path.value.as_deref() else {
        return match share.control {
            Some(_) => {
                Err(Error::new(Kind::Usage, say!(share_no_path)).hint(say!(share_other_path_hint)))
            }
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
    let shown = text::path(path);
    if path.as_os_str().len() >= MAX_PATH {
        let cause = say!(share_path_too_long, path = shown, limit = MAX_PATH);
        return Err(Error::new(Kind::Usage, cause).hint(say!(share_path_too_long_hint)));
    }
    let error = match mux::connect(path) {
        Ok(stream) => return usable(share, stream),
        Err(error) => error,
    };
    let fault = say!(share_no_socket, path = shown, error = io_reason(&error));
    match error.kind() {
        _ if asked => {
            let hint = no_master_hint(share.control.as_deref(), path, &error);
            return Err(Error::new(Kind::Connect, fault).hint(hint));
        }
        ErrorKind::ConnectionRefused if master != ControlMaster::No => remove_stale(path, &shown),
        ErrorKind::NotFound => debug!("Control socket \"{shown}\" does not exist"),
        _ => error!("{fault}"),
    }
    Ok(None)
}

/// Decides whether the master may be used. The master reads and writes our standard descriptors
/// itself, so an invocation that filters them needs a separate connection. So does one with a
/// pinned host key; with such a pin, `-O` commands that use the connection are refused.
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

/// Removes the socket of a dead master, but only if it is this user's own socket: the path may name
/// something else by mistake.
fn remove_stale(path: &Path, shown: &str) {
    if local::is_own(path) {
        debug!("Stale control socket {shown}, unlinking");
        let _ = std::fs::remove_file(path);
    }
}

/// Sends the request to the master behind the socket; `None` if a separate connection is to be
/// made.
///
/// # Errors
/// The request failed, and a separate connection cannot replace it.
pub(super) async fn use_master(
    share: &ShareRequest,
    stream: UnattachedStream,
    environment: &ProcessEnvironment,
    tether: &Tether,
) -> Result<Option<u8>> {
    let Some(mut client) = greeted(share, stream).await? else { return Ok(None) };
    let invocation = Invocation { share, environment, tether };
    match share.control.as_deref() {
        Some("proxy") => invocation.by_proxy(client).await.map(Some),
        Some(command) => invocation.control(command, &mut client).await.map(Some),
        None if share.stdio_forward.is_some() => invocation.stdio(client).await.map(Some),
        None => invocation.open(client).await,
    }
}

/// Greets the master behind the socket; `None` if a separate connection is to be made.
///
/// # Errors
/// The master belongs to somebody else, or a command of `-O` cannot reach it.
pub(super) async fn greeted(
    share: &ShareRequest,
    stream: UnattachedStream,
) -> Result<Option<MasterConnection>> {
    match MasterConnection::greet(stream).await {
        Ok(client) => Ok(Some(client)),
        Err(refusal @ MasterRefusal::Stranger(_)) => Err(refusal_error(&refusal)),
        Err(refusal) => {
            if let MasterRefusal::Version(_) = refusal {
                error!("{}", refusal_error(&refusal));
            }
            connect_instead(share, say!(share_greeting_failed))
        }
    }
}

/// Continues without the master and reports that; for a command of `-O`, fails.
pub(super) fn connect_instead<T>(share: &ShareRequest, why: String) -> Result<Option<T>> {
    if share.control.is_some() {
        return Err(Error::new(Kind::Connect, why).hint(say!(share_no_answer_hint)));
    }
    error!("{why}");
    Ok(None)
}

/// A request together with the environment and the waiting parent.
struct Invocation<'a> {
    share: &'a ShareRequest,
    environment: &'a ProcessEnvironment,
    tether: &'a Tether,
}

impl Invocation<'_> {
    async fn control(&self, command: &str, client: &mut MasterConnection) -> Result<u8> {
        let quiet = self.share.options.log_level.value == LogLevel::Quiet;
        // A master that hangs is found out before a command for which its person may be asked.
        let may_take_long = !matches!(command, "check" | "conninfo" | "channels");
        let lives = if may_take_long { client.alive().await.map(drop) } else { Ok(()) };
        let ended = match lives {
            Ok(()) => false,
            // It has ended by itself, or another one's command was first.
            Err(MasterRefusal::Gone) if command == "exit" => true,
            Err(why) => return Err(refusal_error(&why).hint(say!(share_no_answer_hint))),
        };
        match command {
            "check" => {
                let Ok(pid) = client.alive().await else {
                    return Err(Error::new(Kind::Connect, say!(share_check_failed))
                        .hint(say!(share_no_answer_hint)));
                };
                log::to_stderr(&format!("Master running (pid={pid})\r\n"));
            }
            "conninfo" => self.print_report(client, "connection").await?,
            "channels" => self.print_report(client, "channels").await?,
            "exit" | "stop" => {
                let (done, sent) = match command {
                    "exit" if ended => (Ok(()), "Exit request sent.\r\n"),
                    "exit" => (client.terminate().await, "Exit request sent.\r\n"),
                    _ => (client.stop_listening().await, "Stop listening request sent.\r\n"),
                };
                done.map_err(|refusal| not_done(command, &refusal))?;
                if !quiet {
                    log::to_stderr(sent);
                }
            }
            "forward" => {
                if !self.forwards(client).await? {
                    return Err(Error::new(Kind::Channel, say!(share_forwards_failed)));
                }
            }
            // As in ssh, cancelling a forward that does not exist is reported and is not an error.
            _ => {
                if !self.cancel(client).await? {
                    error!("{}", say!(share_cancels_failed));
                }
            }
        }
        Ok(0)
    }

    /// Prints the master's information on standard output.
    async fn print_report(&self, client: &mut MasterConnection, what: &str) -> Result<()> {
        let report = client.information(what).await.map_err(|refusal| match &refusal {
            MasterRefusal::Uninformed => Error::new(Kind::Connect, say!(share_tells_nothing))
                .hint(say!(share_tells_nothing_hint)),
            MasterRefusal::Failed(reason) => {
                Error::new(Kind::Connect, say!(share_information_failed, reason))
            }
            other => refusal_error(other).hint(say!(share_no_answer_hint)),
        })?;
        // The text contains words of the server.
        let shown = text::block(&report, MAX_TOLD, MAX_TOLD_LINES);
        output::print(&shown.replace('\n', "\r\n")).map(|_| ())
    }

    /// Requests the forwards of the options; returns whether all were granted.
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
                    self.refused(&refusal)?;
                    all = false;
                }
            }
        }
        Ok(all)
    }

    /// Cancels the forwards of the options; returns whether all existed.
    async fn cancel(&self, client: &mut MasterConnection) -> Result<bool> {
        let mut all = true;
        for (way, wanted) in wants::forwards(&self.share.options) {
            debug!("Requesting cancellation of {} to {}", wanted.listen, wanted.connect);
            if let Err(refusal) = client.cancel(way, &wanted).await {
                self.refused(&refusal)?;
                all = false;
            }
        }
        Ok(all)
    }

    /// Reports that a forward was not made or not cancelled.
    ///
    /// # Errors
    /// The master cannot take further requests.
    fn refused(&self, refusal: &MasterRefusal) -> Result<()> {
        match refusal {
            MasterRefusal::Denied(reason) => error!("{}", say!(share_forward_denied, reason)),
            MasterRefusal::Failed(reason) => error!("{}", say!(share_forward_failed, reason)),
            other if self.share.control.is_some() => return Err(control_error(other)),
            other => return Err(refusal_error(other)),
        }
        Ok(())
    }

    /// Whether the master forwards the wanted display with the wanted trust.
    fn has_display(&self, client: &MasterConnection) -> bool {
        let x11 = &self.share.options.forwarding.x11;
        if !*x11.forward {
            return true;
        }
        let Some(display) = client.display() else {
            // As in ssh, the master's display is used then.
            info!("X11 leads to the display of the shared connection's master");
            return true;
        };
        display.serves(self.environment.get("DISPLAY").as_deref(), *x11.trusted)
    }

    /// Opens a session, or with `-N` only the forwards.
    async fn open(&self, mut client: MasterConnection) -> Result<Option<u8>> {
        let options = &self.share.options;
        if options.session_type.value != SessionType::None && !self.has_display(&client) {
            warn!("{}", say!(share_own_display));
            return Ok(None);
        }
        if !self.forwards(&mut client).await? {
            return connect_instead(self.share, say!(share_forwards_failed));
        }
        if options.session_type.value == SessionType::None {
            return self.stay_for_forwards(client).await.map(Some);
        }
        let Ok(master) = client.alive().await else {
            return connect_instead(self.share, say!(share_alive_failed));
        };
        let at_terminal = wants::at_terminal(options);
        let tty = wants::wants_pty(options, self.share.command.is_some(), at_terminal);
        let input = self.input()?;
        let input = input.as_ref().map_or(descriptor::stdin(), AsDescriptor::as_descriptor);
        let fds = [input, descriptor::stdout(), descriptor::stderr()];
        // Size changes are watched from here on, because the master reads the size before it
        // answers.
        let changes = Arrivals::of(Signal::WindowChange);
        let session = match client.session(self.request(tty), fds).await {
            Ok(session) => session,
            Err(MasterRefusal::Denied(reason)) => {
                return connect_instead(self.share, say!(share_session_denied, reason));
            }
            Err(MasterRefusal::Failed(reason)) => {
                return connect_instead(self.share, say!(share_session_failed, reason));
            }
            // The session may have started, and it must not start twice.
            Err(other) => return Err(refusal_error(&other)),
        };
        debug!("mux_client_request_session: master session id: {session}");
        // The master writes the output, and whoever reads it sees its end when the master does.
        let _ = close_stdout();
        self.tether.cut(ChildReport::Background)?;
        let sizes = pass_on_sizes(master, changes);
        let ended = self.passenger(client, session, tty && at_terminal, sizes).await?;
        self.tell_end(ended, tty);
        Ok(Some(ended.map_or(FAILED, |status| (status & 0xff) as u8)))
    }

    /// `-N`: waits until the master ends, since it has the forwards now; `-f` does not wait.
    async fn stay_for_forwards(&self, client: MasterConnection) -> Result<u8> {
        self.tether.cut(ChildReport::Background)?;
        if self.share.options.fork_after_authentication.value {
            return Ok(0);
        }
        client.end(0, || {}).await.map_err(|refusal| refusal_error(&refusal))?;
        Ok(FAILED)
    }

    /// Waits until the master has finished a session; returns its exit status, if the master has
    /// told it.
    async fn passenger(
        &self,
        client: MasterConnection,
        session: u32,
        interactive: bool,
        sizes: impl Future<Output = Infallible>,
    ) -> Result<Option<u32>> {
        let raw = interactive.then(|| RawMode::enter(descriptor::stdin())).transpose();
        let raw = raw.map_err(|error| {
            Error::new(Kind::Local, say!(terminal_setup_failed, error = io_reason(&error)))
        })?;
        let screen = if interactive { self.screen() } else { None };
        let ended = tokio::select! {
            ended = client.end(session, terminal::restore) => ended,
            never = sizes => match never {},
        };
        if let (Ok(Some(_)), Some(screen)) = (&ended, &screen) {
            screen.modes().forget();
        }
        drop((screen, raw));
        ended.map_err(|refusal| refusal_error(&refusal))
    }

    /// Tells how a session ended; `tty` is whether a terminal of the server was asked for.
    fn tell_end(&self, status: Option<u32>, tty: bool) {
        let options = &self.share.options;
        match status {
            Some(status) => debug!("Received exit status from master {status}"),
            // The line below tells it.
            None if tty => debug!("Control master terminated unexpectedly"),
            None => error!("{}", say!(share_ended_without_status)),
        }
        if tty && options.log_level.value >= LogLevel::Info {
            let host = &options.hostname.value;
            log::to_stderr(&(say!(share_connection_closed, host) + "\r\n"));
        }
    }

    /// The terminal's modes, which the master's session may change unseen; `None` if they are left
    /// alone. A terminal without control sequences would print those that put them back.
    fn screen(&self) -> Option<RemoteScreen> {
        let term = self.environment.get("TERM")?;
        let stdout = descriptor::stdout();
        let may = self.share.puts_modes_back && terminal::is_terminal(stdout);
        may.then_some(term).filter(|term| !["", "dumb"].contains(&term.as_str()))?;
        RemoteScreen::enter_unseen(stdout).ok()
    }

    /// Forwards standard input and output through the master (`-W`).
    async fn stdio(&self, mut client: MasterConnection) -> Result<u8> {
        let Some(to) = &self.share.stdio_forward else { return Ok(FAILED) };
        if let Err(refusal) = client.alive().await {
            return Err(refusal_error(&refusal));
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
            other => refusal_error(other),
        })?;
        let _ = close_stdout();
        self.tether.cut(ChildReport::Background)?;
        client.end(session, || {}).await.map_err(|refusal| refusal_error(&refusal))?;
        Ok(0)
    }

    /// `-O proxy`: runs a session here; its packets go through the master.
    async fn by_proxy(&self, mut client: MasterConnection) -> Result<u8> {
        let options = &self.share.options;
        if !self.forwards(&mut client).await? && *options.forwarding.exit_on_failure {
            return Err(Error::new(Kind::Channel, say!(share_forwards_failed)));
        }
        if *options.forwarding.x11.forward || options.forwarding.agent.value != ForwardAgent::No {
            warn!("{}", say!(share_proxy_forwards_less));
        }
        let stream = client.proxy().await.map_err(|refusal| refusal_error(&refusal))?;
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
        let (resize, resized) = watch::channel(WindowSize::default());
        let local = proxied_descriptors(options, resized)?;
        self.tether.cut(ChildReport::Background)?;
        let raw = (tty && at_terminal).then(|| RawMode::enter(descriptor::stdin()));
        let raw = raw.transpose().map_err(|error| {
            Error::new(Kind::Local, say!(terminal_setup_failed, error = io_reason(&error)))
        })?;
        let watcher = tty.then(|| window_changes(resize));
        let exit = proxy::run(stream, request, local).await;
        drop((watcher, raw));
        exit.map(|exit| exit_code(&exit))
    }

    /// The descriptor that replaces standard input, if there is to be none.
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

    /// TERM from SetEnv, otherwise from the environment.
    fn term(&self) -> String {
        let set = wants::set_term(&self.share.options);
        set.or_else(|| self.environment.get("TERM")).unwrap_or_default()
    }
}

/// The local side of a session whose packets go through the master.
fn proxied_descriptors(
    options: &Options,
    resized: watch::Receiver<WindowSize>,
) -> Result<proxy::ProxyLocalSide<'static, DescriptorInput>> {
    let stdin = || DescriptorInput::stdin().map_err(|error| unusable(say!(stdin_label), &error));
    let (stdout, stderr) = (DescriptorOutput::closing_stdout(), DescriptorOutput::stderr());
    Ok(proxy::ProxyLocalSide {
        input: (!wants::no_input(options)).then(stdin).transpose()?,
        stdout: Box::new(stdout.map_err(|error| unusable(say!(stdout_label), &error))?),
        stderr: Box::new(stderr.map_err(|error| unusable(say!(stderr_label), &error))?),
        resized,
        without_pty: &terminal::restore,
    })
}

/// Tells the master of each size change; the master reads the size itself.
async fn pass_on_sizes(master: u32, mut changes: Arrivals) -> Infallible {
    // Process 1 is no master, so it gets no signal.
    let master = (master > 1).then(|| ProcessId::of(master)).flatten();
    loop {
        changes.next().await;
        if let Some(master) = master {
            master.tell(Signal::WindowChange);
        }
    }
}

fn to(connect: &Connect) -> String {
    match connect {
        Connect::Tcp { host, port } => format!("{host}:{port}"),
        Connect::Path(path) => format!("{path}:-2"),
        Connect::Socks => "socks:0".to_owned(),
    }
}

/// Prints the port that the server chose.
fn print(port: u32) -> Result<()> {
    output::print(&format!("{port}\n"))?;
    std::io::stdout()
        .flush()
        .map_err(|error| Error::new(Kind::Local, say!(stdout_failed, reason = io_reason(&error))))
}
