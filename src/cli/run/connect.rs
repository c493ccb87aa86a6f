//! `tessh [user@]host [command]`: the main path, one straight function.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use log::warn;
use russh::Pty;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::background::{Tether, Word};
use super::filter::{Filter, Wanted};
use super::{forward, local_command, login, master, route};
use crate::cli::local::{Again, Setting, Terminal, unusable, window_changes};
use crate::cli::resolve::Plan;
use crate::cli::{Environment, attempt};
use crate::client::algorithms::{self, Family, Lists};
use crate::client::handshake::{DnsCheck, HostPolicy, TransportOptions, verify};
use crate::client::login::{Asking, Login, Remembered, authenticate, authenticate_asking};
use crate::client::session::{
    Brackets, Escape, Exit, Interlude, LocalSide, Paste, Program, PtyRequest, SessionRequest,
    WindowSize, channel, relay, rotation,
};
use crate::client::stream::{ProxyCommand, Route};
use crate::client::{Session, Transport};
use crate::config::{self, Method, Options, Origin, RequestTty, SessionType};
use crate::error::{Error, Kind, Result};
use crate::os::descriptor;
use crate::os::stdio::DescriptorInput;
use crate::prompt::{Prompt, Welcome};
use crate::say;
use crate::secret::Secret;
use crate::terminal;
use crate::trust::{Judgement, Policy, Requirements, Sources, Subject, VerifyDns};

/// Sessions on top of the first one: more than a person can keep apart.
const MAX_DUPLICATES: usize = 4;

/// One way down the main path: where to, and from what.
pub struct Visit<'a> {
    pub(super) plan: &'a Plan,
    pub(super) environment: &'a Environment,
    pub(super) prompt: Arc<dyn Prompt>,
    /// What the person asked to be remembered for duplicates of the session.
    remembered: &'a Remembered,
    /// How many sessions are below this one.
    below: usize,
    /// The terminal's own modes, where a session below has changed them.
    modes: Option<Vec<(Pty, u32)>>,
    /// What binds this process to one that waits for it, if it goes to the background.
    tether: Option<&'a Tether>,
}

impl<'a> Visit<'a> {
    /// The first one.
    pub fn first(
        plan: &'a Plan,
        environment: &'a Environment,
        prompt: Arc<dyn Prompt>,
        remembered: &'a Remembered,
    ) -> Visit<'a> {
        Visit { plan, environment, prompt, remembered, below: 0, modes: None, tether: None }
    }

    /// The same in a process that another one waits for.
    pub fn bound(self, tether: &'a Tether) -> Visit<'a> {
        Visit { tether: Some(tether), ..self }
    }

    /// The same once more, on top of this one.
    fn again(&self, modes: &[(Pty, u32)]) -> Visit<'a> {
        let prompt = Arc::clone(&self.prompt);
        let (below, modes) = (self.below + 1, Some(modes.to_vec()));
        Visit { prompt, below, modes, ..*self }
    }

    /// A jump host on the way to this one.
    pub(super) fn by_way_of(&self, plan: &'a Plan) -> Visit<'a> {
        let prompt = Arc::clone(&self.prompt);
        Visit { plan, prompt, modes: None, ..*self }
    }

    /// Goes to the background, if this is to (ForkAfterAuthentication). What is written from
    /// now on is lost, but for debugging to standard error.
    pub(super) fn cut(&self) -> Result<()> {
        match self.plan.options.fork_after_authentication.value {
            true => self.leave(Word::Background),
            // A master that could not be one is no reason to leave.
            false => Ok(()),
        }
    }

    /// Goes to the background, if somebody waits for that, and says as what.
    pub(super) fn leave(&self, word: Word) -> Result<()> {
        self.tether.map_or(Ok(()), |tether| tether.cut(word))
    }

    /// Whether another process waits for this one to leave the terminal.
    pub(super) fn is_bound(&self) -> bool {
        self.tether.is_some_and(Tether::is_bound)
    }
}

/// Connects, verifies, authenticates, opens a session, relays, and gives how it ended. `begun`
/// is called as soon as the login is taken.
pub async fn connect(
    visit: &Visit<'_>,
    password: Option<Secret>,
    begun: impl FnOnce(),
) -> Result<Exit> {
    let Visit { plan, environment, prompt, .. } = visit;
    let options = &plan.options;
    let at_terminal = at_terminal(options);
    let filter = Wanted::prepare(
        plan,
        environment,
        at_terminal && wants_pty(options, plan.command.is_some(), at_terminal),
    )?;
    let (session, connected) = enter(visit, password).await?;
    begun();
    if visit.below == 0 {
        forward::begin(plan, &session).await?;
    }
    let master = if visit.below == 0 { master::begin(visit, &session)? } else { None };
    local_command::run(options, environment).await;
    let shown = AtomicBool::new(false);
    let pty = wants_pty(options, plan.command.is_some(), at_terminal);
    let own = own(visit, &session, filter.begin(connected, pty), &shown);
    let exit = match &master {
        Some(master) => {
            rotation::around(&session, prompt, master.around(visit, &session, own)).await
        }
        None => rotation::around(&session, prompt, own).await,
    };
    // Nobody may come any more; those who are there are told.
    drop(master);
    if shown.load(Ordering::Relaxed) && options.log_level.value >= config::LogLevel::Info {
        crate::cli::log::write(&say!(connection_to_host_closed, host = plan.host));
    }
    relay::close(session).await;
    exit
}

/// What the connection was made for. `shown` becomes true where the person saw a terminal of
/// the server's.
async fn own(
    visit: &Visit<'_>,
    session: &Session,
    filter: Filter,
    shown: &AtomicBool,
) -> Result<Exit> {
    let plan = visit.plan;
    if let Some(to) = &plan.stdio_forward {
        return forward::stdio(visit, session, to).await;
    }
    if plan.options.session_type.value == SessionType::None {
        visit.cut()?;
        return relay::linger(session).await;
    }
    run(visit, session, filter, shown).await
}

/// Connects, verifies and authenticates: the way to a destination, and to each jump host before
/// it. Gives when the connection was there, too.
pub(super) async fn enter(
    visit: &Visit<'_>,
    password: Option<Secret>,
) -> Result<(Session, Instant)> {
    let Visit { plan, environment, prompt, .. } = visit;
    let options = &plan.options;
    options.warnings.iter().for_each(|warning| warn!("{warning}"));
    let login = login::login(plan, environment, password)?;
    let wanted = transport_options(options);
    wanted.lists.check()?;
    left_out(options).iter().for_each(|line| warn!("{line}"));
    let host = host_policy(plan, environment)?;

    let (stream, budget) = route::reach(visit).await?;
    let connected = Instant::now();
    let transport = verify(stream, host, &wanted, budget, Arc::clone(prompt))
        .await
        .map_err(|error| name_host(error, plan))?;
    if transport.is_restricted() {
        forward::refuse_restricted(plan)?;
    }
    let mut session = log_in(visit, transport, login).await?;
    session.route = route::told(plan);
    prompt.welcome(&Welcome {
        host: &plan.host,
        user: &session.user(),
        how: &session.how,
        is_proved: session.is_proved(),
    });
    Ok((session, connected))
}

/// The same way up to the key exchange: what is known of the host at the end of it. Only hosts
/// before it are logged in to.
pub(super) async fn judge(visit: &Visit<'_>) -> Result<Judgement> {
    let Visit { plan, environment, prompt, .. } = visit;
    let options = &plan.options;
    options.warnings.iter().for_each(|warning| warn!("{warning}"));
    let wanted = transport_options(options);
    wanted.lists.check()?;
    let host = host_policy(plan, environment)?;
    let (stream, budget) = route::reach(visit).await?;
    let judged = verify::judge(stream, host, &wanted, budget, Arc::clone(prompt)).await;
    judged.map_err(|error| name_host(error, plan))
}

/// By the chosen method, by what was remembered, or as the person now says.
async fn log_in(visit: &Visit<'_>, transport: Transport, mut login: Login) -> Result<Session> {
    let Visit { plan, environment, remembered, .. } = visit;
    let label = route::label(plan);
    let kept = remembered.get(&label);
    if let Some(kept) = &kept {
        login::recall(&mut login, kept);
    }
    if login.chain.is_empty() {
        let mut session = authenticate_asking(transport, login, asking(plan, environment)).await?;
        if let Some(kept) = session.remembered.take() {
            remembered.put(&label, kept);
        }
        return Ok(session);
    }
    let session = authenticate(transport, login).await;
    if session.is_err() && kept.is_some() {
        // It does not work any more: the next time the person is asked.
        remembered.forget(&label);
    }
    session
}

/// What the authentication dialog begins with.
fn asking(plan: &Plan, environment: &Environment) -> Asking {
    let options = &plan.options;
    let off = [
        (options.password_authentication.value, "PasswordAuthentication", &[Method::Password][..]),
        (
            options.kbd_interactive_authentication.value,
            "KbdInteractiveAuthentication",
            &[Method::KeyboardInteractive],
        ),
        (
            options.pubkey_authentication.value,
            "PubkeyAuthentication",
            &[Method::PublicKey, Method::Agent],
        ),
    ];
    let off = off.into_iter().filter(|(on, _, _)| !on);
    let switched_off = off
        .flat_map(|(_, keyword, methods)| methods.iter().map(move |&method| (method, keyword)))
        .collect();
    let named = options.identity_files.first().cloned();
    let existing = || environment.default_identities().into_iter().find(|path| path.exists());
    Asking {
        host: route::shown(plan),
        user_is_proposed: options.user.origin == Origin::Default,
        switched_off,
        key_file_is_named: named.is_some(),
        key_file: named.or_else(existing),
        home: environment.home().clone(),
        forward: forward::agent_offered(plan, environment),
    }
}

/// Opens the session channel and relays until it ends; the terminal is as before afterwards.
async fn run(
    visit: &Visit<'_>,
    session: &Session,
    filter: Filter,
    shown: &AtomicBool,
) -> Result<Exit> {
    let Visit { plan, prompt, .. } = visit;
    let options = &plan.options;
    let at_terminal = at_terminal(options);
    let pty = wants_pty(options, plan.command.is_some(), at_terminal);
    let interactive = pty && at_terminal;

    // The terminal's modes are read before raw mode changes them.
    let request = SessionRequest {
        agent: forward::agent(plan, visit.environment, session),
        x11: forward::display(options, visit.environment, session).await,
        ..request(visit, pty)
    };
    let modes = request.pty.as_ref().map(|pty| pty.modes.clone()).unwrap_or_default();
    let (resize, resized) = unbounded_channel();
    let again = || once_more(visit, &modes);
    let brackets = (interactive && plan.confirm_paste).then(Brackets::default);
    let mut console = Terminal::enter(Setting {
        raw: interactive,
        resize: resize.clone(),
        prompt: Arc::clone(prompt),
        again: Again { log_in: &again, below: visit.below, most: MAX_DUPLICATES },
        brackets: brackets.clone(),
    })?;
    let (stdout, stderr) = console.sinks()?;
    let (stdout, stderr) = (filter.output(stdout), filter.output(stderr));
    let channel = channel::open(session, request, stdout, stderr).await?;
    shown.store(pty, Ordering::Relaxed);
    visit.cut()?;
    let watcher = watch_size(pty, resize);
    let input = match no_input(options) {
        true => None,
        false => {
            let stdin =
                DescriptorInput::stdin().map_err(|error| unusable(say!(stdin_label), &error))?;
            Some(filter.input(stdin))
        }
    };
    let escape = options.escape_char.value.filter(|_| interactive);
    let escape = escape.map(if plan.as_ssh { Escape::of_ssh } else { Escape::new });
    let paste = brackets.map(Paste::new);
    let without_pty = &terminal::restore;
    let local = LocalSide { input, escape, paste, resized, console: &mut console, without_pty };
    let exit = relay(session, channel, local).await;
    filter.finish();
    drop(watcher);
    console.leave();
    exit
}

/// The main path once more, on top of a session.
fn once_more<'a>(visit: &'a Visit<'_>, modes: &[(Pty, u32)]) -> Interlude<'a, Result<Exit>> {
    let again = visit.again(modes);
    Box::pin(async move { connect(&again, None, attempt::logged_in).await })
}

fn watch_size(pty: bool, resize: UnboundedSender<WindowSize>) -> Option<impl Drop> {
    pty.then(|| window_changes(resize))
}

/// StdinNull, which going to the background implies.
pub(super) fn no_input(options: &Options) -> bool {
    options.stdin_null.value || options.fork_after_authentication.value
}

pub(super) fn at_terminal(options: &Options) -> bool {
    !no_input(options) && terminal::is_terminal(descriptor::stdin())
}

pub(super) fn wants_pty(options: &Options, command: bool, at_terminal: bool) -> bool {
    let wanted = asks_for_pty(options, command);
    let force = options.request_tty.value == RequestTty::Force;
    if wanted && !at_terminal && !force {
        warn!("{}", say!(pty_not_allocated));
    }
    wanted && (at_terminal || force)
}

/// Whether a terminal is asked for on the server if there is one here.
fn asks_for_pty(options: &Options, command: bool) -> bool {
    let shell = !command && options.session_type.value == SessionType::Default;
    match options.request_tty.value {
        RequestTty::Force | RequestTty::Yes => true,
        RequestTty::No => false,
        RequestTty::Auto => shell,
    }
}

/// How packets are marked: by what the own session is, whatever is forwarded beside it.
fn class(plan: &Plan) -> Option<u8> {
    let options = &plan.options;
    let asks = asks_for_pty(options, plan.command.is_some()) && plan.stdio_forward.is_none();
    let force = options.request_tty.value == RequestTty::Force;
    match asks && (at_terminal(options) || force) {
        true => options.ip_qos.interactive,
        false => options.ip_qos.bulk,
    }
}

fn request(visit: &Visit<'_>, pty: bool) -> SessionRequest {
    let Visit { plan, environment, .. } = visit;
    let modes = || terminal::modes(descriptor::stdin());
    let pty = pty.then(|| PtyRequest {
        term: environment.get("TERM").unwrap_or_default(),
        size: crate::cli::local::window_size().unwrap_or_default(),
        modes: visit.modes.clone().unwrap_or_else(modes),
    });
    let program = program(&plan.options, plan.command.clone());
    let env = sent_environment(&plan.options, environment);
    SessionRequest { pty, env, program, agent: false, x11: None }
}

/// What is to be started on the server.
pub(super) fn program(options: &Options, command: Option<Vec<u8>>) -> Program {
    match (command, options.session_type.value) {
        (command, SessionType::Subsystem) => {
            let name = command.unwrap_or_default();
            Program::Subsystem(String::from_utf8_lossy(&name).into_owned())
        }
        (Some(command), _) => Program::Exec(command),
        (None, _) => Program::Shell,
    }
}

/// SetEnv first, then what SendEnv picks of our own; the first value of a name counts.
pub(super) fn sent_environment(
    options: &Options,
    environment: &Environment,
) -> Vec<(String, String)> {
    let mut sent: Vec<(String, String)> = options.set_env.value.clone();
    for (name, value) in environment.all() {
        let picked = options.send_env.iter().any(|pattern| crate::pattern::matches(pattern, &name));
        if picked && !sent.iter().any(|(set, _)| *set == name) {
            sent.push((name, value));
        }
    }
    sent
}

pub(super) fn route(plan: &Plan, environment: &Environment) -> Route {
    let options = &plan.options;
    Route {
        host: options.hostname.value.clone(),
        port: options.port.value,
        family: forward::family(options),
        bind: options.bind_address.value.clone(),
        bind_interface: options.bind_interface.value.clone(),
        tcp_keep_alive: options.tcp_keep_alive.value,
        class: class(plan),
        attempts: options.connection_attempts.value,
        proxy: options
            .proxy_command
            .value
            .clone()
            .map(|command| ProxyCommand { shell: environment.shell(), command }),
    }
}

/// Whom a key must belong to.
pub(super) fn subject(options: &Options) -> Subject {
    Subject {
        name: match &options.host_key_alias.value {
            Some(alias) => alias.to_ascii_lowercase(),
            None => options.hostname.value.to_ascii_lowercase(),
        },
        port: options.port.value,
        alias: options.host_key_alias.value.is_some(),
    }
}

fn host_policy(plan: &Plan, environment: &Environment) -> Result<HostPolicy> {
    let options = &plan.options;
    Ok(HostPolicy {
        subject: subject(options),
        shown: route::shown(plan),
        sources: Sources {
            user: options.user_known_hosts_files.value.clone(),
            global: options.global_known_hosts_files.value.clone(),
        },
        policy: match options.strict_host_key_checking.value {
            config::StrictHostKeyChecking::Yes => Policy::Yes,
            config::StrictHostKeyChecking::Ask => Policy::Ask,
            config::StrictHostKeyChecking::AcceptNew => Policy::AcceptNew,
            config::StrictHostKeyChecking::No => Policy::No,
        },
        hash: options.hash_known_hosts.value,
        command: options.known_hosts_command.value.clone(),
        revoked: options.revoked_host_keys.value.clone(),
        authorities: Some(environment.authorities()),
        requirements: Requirements::new(
            options.ca_signature_algorithms.value.as_deref(),
            *options.required_rsa_size,
        ),
        pins: plan.pins.clone(),
        update: match options.update_host_keys.value {
            config::UpdateHostKeys::Ask if options.batch_mode.value => config::UpdateHostKeys::No,
            update => update,
        },
        any_at_loopback: options.no_host_authentication_for_localhost.value,
        visual: options.visual_host_key.value,
        dns: dns_check(options, environment)?,
        first_seen: Some(environment.first_seen()),
    })
}

fn dns_check(options: &Options, environment: &Environment) -> Result<DnsCheck> {
    let verify = match options.verify_host_key_dns.value {
        config::VerifyHostKeyDns::Yes => VerifyDns::Yes,
        config::VerifyHostKeyDns::Ask => VerifyDns::Ask,
        config::VerifyHostKeyDns::No => return Ok(DnsCheck::default()),
    };
    let host = options.hostname.value.clone();
    Ok(DnsCheck { verify, host, resolver: environment.dns_resolver()? })
}

pub(super) fn lists(options: &Options) -> Lists<'_> {
    Lists {
        kex: options.kex_algorithms.value.as_deref(),
        host_key: options.host_key_algorithms.value.as_deref(),
        cipher: options.ciphers.value.as_deref(),
        mac: options.macs.value.as_deref(),
        compression: options.compression.value,
    }
}

/// What the lists name and only ssh(1) has, one line for each list.
fn left_out(options: &Options) -> Vec<String> {
    let lists = lists(options);
    algorithms::left_out(&[
        (Family::Kex, lists.kex),
        (Family::HostKey, lists.host_key),
        (Family::Cipher, lists.cipher),
        (Family::Mac, lists.mac),
        (Family::Pubkey, options.pubkey_accepted_algorithms.value.as_deref()),
    ])
}

fn transport_options(options: &Options) -> TransportOptions<'_> {
    TransportOptions {
        lists: lists(options),
        warn_weak_crypto: options.warn_weak_crypto.value,
        rekey_bytes: options.rekey_limit.value.bytes,
        rekey_time: options.rekey_limit.value.time,
        alive_interval: options.server_alive_interval.value,
        alive_count_max: options.server_alive_count_max.value,
        version_addendum: options.version_addendum.value.as_deref(),
    }
}

/// A failure of the transport says which host it was.
fn name_host(error: Error, plan: &Plan) -> Error {
    match error.kind() {
        Kind::HostKey => error,
        _ => error.context(say!(
            host_with_port,
            hostname = plan.options.hostname.value,
            port = plan.options.port.value
        )),
    }
}
