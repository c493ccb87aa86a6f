//! `tessh [user@]host [command]`: the main path, one straight function.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use log::warn;
use russh::Pty;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::filter::{Filter, Wanted};
use super::{forward, local_command, route};
use crate::cli::local::{Again, Setting, Terminal, unusable, window_changes};
use crate::cli::resolve::Plan;
use crate::cli::stdio::Input;
use crate::cli::{Environment, attempt};
use crate::client::algorithms::{self, Lists};
use crate::client::authenticate::{
    Asking, Credential, Kept, Login, Remembered, Session, authenticate, authenticate_asking,
};
use crate::client::channel::{self, Program, PtyRequest, SessionRequest, WindowSize};
use crate::client::connect::{ProxyCommand, Route};
use crate::client::escape::Escape;
use crate::client::interlude::Interlude;
use crate::client::paste::{Brackets, Paste};
use crate::client::relay::{self, Exit, Local};
use crate::client::rotation;
use crate::client::verify::{self, DnsCheck, HostPolicy, Transport, TransportOptions};
use crate::config::{self, Method, MethodChoice, Options, Origin, RequestTty, SessionType};
use crate::error::{Error, Kind, Result};
use crate::keys::KeyFile;
use crate::keys::security_key::SecurityKeys;
use crate::prompt::{Prompt, Welcome};
use crate::say;
use crate::secret::Secret;
use crate::terminal;
use crate::trust::{Judgement, Policy, Sources, Subject, VerifyDns};

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
}

impl<'a> Visit<'a> {
    /// The first one.
    pub fn first(
        plan: &'a Plan,
        environment: &'a Environment,
        prompt: Arc<dyn Prompt>,
        remembered: &'a Remembered,
    ) -> Visit<'a> {
        Visit { plan, environment, prompt, remembered, below: 0, modes: None }
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

    /// What a login is remembered under.
    fn label(&self) -> String {
        let options = &self.plan.options;
        let (host, port) = (&options.hostname.value, options.port.value);
        format!("{}@{host}:{port}", options.user.value)
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
    let filter = Wanted::prepare(plan, environment, at_terminal && wants_pty(plan, at_terminal))?;
    let (session, connected) = enter(visit, password).await?;
    begun();
    if visit.below == 0 {
        forward::begin(plan, &session).await?;
    }
    local_command::run(options, environment).await;
    if let Some(to) = &plan.stdio_forward {
        let work = forward::stdio(plan, &session, to);
        let exit = rotation::around(&session, prompt, work).await;
        relay::close(session).await;
        return exit;
    }
    if options.session_type.value == SessionType::None {
        return rotation::around(&session, prompt, relay::linger(&session)).await;
    }
    let work = run(visit, &session, filter.begin(connected, wants_pty(plan, at_terminal)));
    let exit = rotation::around(&session, prompt, work).await;
    relay::close(session).await;
    exit
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
    let login = login(plan, environment, password)?;
    let wanted = transport_options(options);
    wanted.lists.check()?;
    let host = host_policy(plan, environment)?;

    let (stream, budget) = route::reach(visit).await?;
    let connected = Instant::now();
    let transport = verify::verify(stream, host, &wanted, budget, Arc::clone(prompt))
        .await
        .map_err(|error| name_host(error, plan))?;
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
    let kept = remembered.get(&visit.label());
    if let Some(kept) = &kept {
        recall(&mut login, kept);
    }
    if login.chain.is_empty() {
        let mut session = authenticate_asking(transport, login, asking(plan, environment)).await?;
        if let Some(kept) = session.remembered.take() {
            remembered.put(&visit.label(), kept);
        }
        return Ok(session);
    }
    let session = authenticate(transport, login).await;
    if session.is_err() && kept.is_some() {
        // It does not work any more: the next time the person is asked.
        remembered.forget(&visit.label());
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
async fn run(visit: &Visit<'_>, session: &Session, filter: Filter) -> Result<Exit> {
    let Visit { plan, prompt, .. } = visit;
    let options = &plan.options;
    let at_terminal = at_terminal(options);
    let pty = wants_pty(plan, at_terminal);
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
    let watcher = watch_size(pty, resize);
    let input = match options.stdin_null.value {
        true => None,
        false => {
            let stdin = Input::stdin()
                .map_err(|error| unusable(say!("error-cli-standard-input"), &error))?;
            Some(filter.input(stdin))
        }
    };
    let escape = options.escape_char.value.filter(|_| interactive);
    let escape = escape.map(if plan.as_ssh { Escape::of_ssh } else { Escape::new });
    let paste = brackets.map(Paste::new);
    let without_pty = &terminal::restore;
    let local = Local { input, escape, paste, resized, console: &mut console, without_pty };
    let exit = relay::relay(session, channel, local).await;
    filter.finish();
    drop(watcher);
    console.leave();
    if pty && options.log_level.value >= config::LogLevel::Info {
        crate::cli::log::write(&say!("error-cli-connection-closed", host = plan.host));
    }
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

fn at_terminal(options: &Options) -> bool {
    !options.stdin_null.value && terminal::is_terminal(rustix::stdio::stdin())
}

fn wants_pty(plan: &Plan, at_terminal: bool) -> bool {
    let shell = plan.command.is_none() && plan.options.session_type.value == SessionType::Default;
    let wanted = match plan.options.request_tty.value {
        RequestTty::Force => return true,
        RequestTty::No => false,
        RequestTty::Yes => true,
        RequestTty::Auto => shell,
    };
    if wanted && !at_terminal {
        warn!("{}", say!("error-cli-pseudo-terminal-will-not"));
    }
    wanted && at_terminal
}

fn request(visit: &Visit<'_>, pty: bool) -> SessionRequest {
    let Visit { plan, environment, .. } = visit;
    let modes = || terminal::modes(rustix::stdio::stdin());
    let pty = pty.then(|| PtyRequest {
        term: environment.get("TERM").unwrap_or_default(),
        size: crate::cli::local::window_size().unwrap_or_default(),
        modes: visit.modes.clone().unwrap_or_else(modes),
    });
    let program = match (&plan.command, plan.options.session_type.value) {
        (command, SessionType::Subsystem) => {
            let name = command.as_deref().unwrap_or_default();
            Program::Subsystem(String::from_utf8_lossy(name).into_owned())
        }
        (Some(command), _) => Program::Exec(command.clone()),
        (None, _) => Program::Shell,
    };
    let env = sent_environment(&plan.options, environment);
    SessionRequest { pty, env, program, agent: false, x11: None }
}

/// SetEnv first, then what SendEnv picks of our own; the first value of a name counts.
fn sent_environment(options: &Options, environment: &Environment) -> Vec<(String, String)> {
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
        pins: plan.pins.clone(),
        update: match options.update_host_keys.value {
            config::UpdateHostKeys::Ask if options.batch_mode.value => config::UpdateHostKeys::No,
            update => update,
        },
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

fn transport_options(options: &Options) -> TransportOptions<'_> {
    TransportOptions {
        lists: lists(options),
        rekey_bytes: options.rekey_limit.value.bytes,
        rekey_time: options.rekey_limit.value.time,
        alive_interval: options.server_alive_interval.value,
        alive_count_max: options.server_alive_count_max.value,
    }
}

/// A key file, or the public key beside it where an agent has the private one.
fn key_file(path: &Path) -> Result<KeyFile> {
    let mut public = path.as_os_str().to_owned();
    public.push(".pub");
    let public = PathBuf::from(public);
    KeyFile::read(if path.exists() || !public.exists() { path } else { &public })
}

fn login(plan: &Plan, environment: &Environment, password: Option<Secret>) -> Result<Login> {
    let options = &plan.options;
    let user = options.user.value.clone();
    let chain = match &plan.method {
        MethodChoice::Chain(chain) => chain.clone(),
        MethodChoice::Ask => Vec::new(),
    };
    let agent_key = match (options.identity_files.first(), &plan.method) {
        (Some(path), MethodChoice::Chain(chain)) if chain.contains(&Method::Agent) => {
            Some(key_file(path)?)
        }
        // The dialog says what is wrong with the file.
        (Some(path), MethodChoice::Ask) => KeyFile::read(path).ok(),
        _ => None,
    };
    let pubkey = options.pubkey_accepted_algorithms.value.as_deref();
    Ok(Login {
        label: format!("{user}@{}", plan.host),
        user,
        chain,
        identities: identities(plan, environment)?,
        certificates: options.certificate_files.value.clone(),
        agent: plan.agent.clone(),
        agent_identities: plan.agent_identities,
        agent_key,
        agent_held: None,
        add_keys: *options.add_keys_to_agent,
        devices: devices(options, environment),
        host_bound: *options.host_bound_authentication,
        password,
        opened: None,
        tries: options.number_of_password_prompts.value,
        signatures: algorithms::select(algorithms::Family::Pubkey, pubkey)?,
    })
}

/// As ssh(1) does, SSH_SK_HELPER and a provider with `$` before it are variables.
fn devices(options: &Options, environment: &Environment) -> SecurityKeys {
    let usual = SecurityKeys::default();
    let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    let provider = match options.security_key_provider.value.as_deref() {
        None => usual.provider,
        Some(named) => match named.strip_prefix('$').filter(|name| !name.is_empty()) {
            Some(name) => set(name).unwrap_or_default(),
            None if named.eq_ignore_ascii_case("none") => String::new(),
            None => named.to_owned(),
        },
    };
    SecurityKeys { helper: set("SSH_SK_HELPER").map_or(usual.helper, PathBuf::from), provider }
}

/// What is remembered of the first login settles this one.
fn recall(login: &mut Login, kept: &Kept) {
    login.user.clone_from(&kept.user);
    login.chain = vec![kept.method];
    match &kept.credential {
        Credential::Nothing => {}
        Credential::Held(key) => login.agent_held = Some(key.clone()),
        Credential::Password(secret) => {
            login.password = Some(Secret::new(secret.expose().to_owned()));
        }
        Credential::Key(key, path) => login.opened = Some((Arc::clone(key), path.clone())),
    }
}

/// Reads the identities before anything is sent, so that a bad file costs no connection. A
/// file that cannot be used is passed over with a warning where another was named too.
fn identities(plan: &Plan, environment: &Environment) -> Result<Vec<KeyFile>> {
    let wanted = match &plan.method {
        MethodChoice::Chain(chain) => chain.contains(&Method::PublicKey),
        // The dialog reads the one that is chosen.
        MethodChoice::Ask => false,
    };
    if !wanted {
        return Ok(Vec::new());
    }
    let named = &plan.options.identity_files;
    if !named.is_set() {
        // One, unless the caller expects ssh's ways.
        let most = if plan.agent_identities { usize::MAX } else { 1 };
        let existing = environment.default_identities().into_iter().filter(|path| path.exists());
        let usable = existing.filter_map(|path| match KeyFile::read(&path) {
            Ok(file) => Some(file),
            Err(error) => {
                warn!("{error}");
                None
            }
        });
        return Ok(usable.take(most).collect());
    }
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    for path in distinct(named) {
        match key_file(path) {
            Ok(file) => files.push(file),
            Err(error) => faults.push(error),
        }
    }
    if files.is_empty() && !faults.is_empty() {
        return Err(faults.swap_remove(0));
    }
    for error in faults {
        warn!("{error}");
    }
    Ok(files)
}

fn distinct(paths: &[PathBuf]) -> Vec<&Path> {
    let mut seen: Vec<&Path> = Vec::new();
    for path in paths {
        if !seen.contains(&path.as_path()) {
            seen.push(path);
        }
    }
    seen
}

/// A failure of the transport says which host it was.
fn name_host(error: Error, plan: &Plan) -> Error {
    match error.kind() {
        Kind::HostKey => error,
        _ => error.context(say!(
            "error-cli-port",
            hostname = plan.options.hostname.value,
            port = plan.options.port.value
        )),
    }
}
