//! `tessh [user@]host [command]`: the main path, one straight function.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use log::warn;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::filter::Wanted;
use super::local_command;
use crate::cli::Environment;
use crate::cli::local::{Terminal, window_changes};
use crate::cli::resolve::Plan;
use crate::cli::stdio::{Input, OutputFd};
use crate::client::algorithms::{self, Lists};
use crate::client::authenticate::{self, Accepted, Login, Session, authenticate};
use crate::client::channel::{self, Program, PtyRequest, SessionRequest, WindowSize};
use crate::client::connect::{self, Family, ProxyCommand, Route};
use crate::client::deadline::Budget;
use crate::client::escape::Escape;
use crate::client::relay::{self, Exit, Local};
use crate::client::verify::{self, HostPolicy, Transport, TransportOptions};
use crate::config::{self, AddressFamily, Method, MethodChoice, Options, RequestTty, SessionType};
use crate::error::{Error, Kind, Result};
use crate::keys::KeyFile;
use crate::prompt::{Answer, MethodQuestion, Prompt};
use crate::secret::Secret;
use crate::terminal;
use crate::trust::{Policy, Sources, Subject};

/// Connects, verifies, authenticates, opens a session, relays, and gives how it ended.
pub async fn connect(
    plan: &Plan,
    password: Option<Secret>,
    environment: &Environment,
    prompt: Arc<dyn Prompt>,
) -> Result<Exit> {
    let options = &plan.options;
    options.warnings.iter().for_each(|warning| warn!("{warning}"));
    let login = login(plan, environment, password)?;
    let wanted = transport_options(options);
    wanted.lists.check()?;
    let at_terminal = at_terminal(options);
    let filter = Wanted::prepare(plan, environment, at_terminal && wants_pty(plan, at_terminal))?;
    let budget = Budget::start(options.connect_timeout.value);

    let stream = connect::connect(&route(plan, environment), budget).await?;
    let connected = Instant::now();
    let host = host_policy(plan);
    let transport = verify::verify(stream, host, &wanted, budget, Arc::clone(&prompt))
        .await
        .map_err(|error| name_host(error, plan))?;
    let session = log_in(plan, transport, login, &prompt).await?;
    local_command::run(options, environment).await;
    if options.session_type.value == SessionType::None {
        return relay::linger(&session).await;
    }
    let exit = run(plan, &session, environment, (filter, connected)).await;
    relay::close(session).await;
    exit
}

/// The chosen method, or the one the person now chooses.
async fn log_in(
    plan: &Plan,
    transport: Transport,
    mut login: Login,
    prompt: &Arc<dyn Prompt>,
) -> Result<Session> {
    let mut transport = transport;
    if let MethodChoice::Ask = &plan.method {
        let accepted = match authenticate::accepted(transport, &login.user).await? {
            Accepted::Everyone(session) => return Ok(*session),
            Accepted::Methods(open, accepted) => {
                transport = *open;
                accepted
            }
        };
        login.chain = vec![choose(&login, accepted, Arc::clone(prompt)).await?];
    }
    authenticate(transport, login).await
}

async fn choose(login: &Login, accepted: Vec<String>, prompt: Arc<dyn Prompt>) -> Result<Method> {
    let label = login.label.clone();
    let mut choices = vec![(Method::Password, "password".to_owned())];
    if let Some(file) = login.identities.first() {
        choices.push((Method::PublicKey, format!("publickey with {}", file.path().display())));
    }
    choices.push((Method::KeyboardInteractive, "keyboard-interactive".to_owned()));
    if login.agent.is_some() {
        choices.push((Method::Agent, "agent (its first key)".to_owned()));
    }
    // What the server does not take is not offered; if that leaves nothing, all is.
    let taken: Vec<_> = choices
        .iter()
        .filter(|(method, _)| accepted.iter().any(|name| name == authenticate::name(*method)))
        .cloned()
        .collect();
    let choices = if taken.is_empty() { choices } else { taken };
    let answer = tokio::task::spawn_blocking(move || {
        prompt.method(&MethodQuestion { login: &label, choices: &choices, accepted: &accepted })
    })
    .await;
    match answer {
        Ok(Answer::Given(method)) => Ok(method),
        Ok(Answer::CannotAsk) => {
            Err(Error::new(Kind::Authentication, "no authentication method was chosen")
                .hint("choose one with --auth"))
        }
        Ok(Answer::Cancelled) | Err(_) => {
            Err(Error::new(Kind::Cancelled, "authentication was cancelled"))
        }
    }
}

/// Opens the session channel and relays until it ends; the terminal is as before afterwards.
async fn run(
    plan: &Plan,
    session: &Session,
    environment: &Environment,
    (filter, connected): (Wanted, Instant),
) -> Result<Exit> {
    let options = &plan.options;
    let at_terminal = at_terminal(options);
    let pty = wants_pty(plan, at_terminal);
    let interactive = pty && at_terminal;

    // The terminal's modes are read before raw mode changes them.
    let request = request(plan, pty, environment);
    let (resize, resized) = unbounded_channel();
    let mut console = Terminal::enter(interactive, resize.clone())?;
    let stdout = OutputFd::stdout().map_err(|error| unusable("standard output", &error))?;
    let stderr = OutputFd::stderr().map_err(|error| unusable("standard error", &error))?;
    let filter = filter.begin(connected, pty);
    let (stdout, stderr) = (filter.output(stdout), filter.output(stderr));
    let channel = channel::open(session, request, stdout, stderr).await?;
    let watcher = watch_size(pty, resize);
    let input = match options.stdin_null.value {
        true => None,
        false => {
            let stdin = Input::stdin().map_err(|error| unusable("standard input", &error))?;
            Some(filter.input(stdin))
        }
    };
    let escape = options.escape_char.value.filter(|_| interactive).map(Escape::new);
    let without_pty = &terminal::restore;
    let local = Local { input, escape, resized, console: &mut console, without_pty };
    let exit = relay::relay(session, channel, local).await;
    filter.finish();
    drop(watcher);
    console.leave();
    if pty && options.log_level.value >= config::LogLevel::Info {
        crate::cli::log::write(&format!("Connection to {} closed.", plan.host));
    }
    exit
}

fn watch_size(pty: bool, resize: UnboundedSender<WindowSize>) -> Option<impl Drop> {
    pty.then(|| window_changes(resize))
}

fn unusable(what: &str, error: &std::io::Error) -> Error {
    Error::new(Kind::Local, format!("cannot use {what}: {error}"))
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
        warn!("Pseudo-terminal will not be allocated because stdin is not a terminal.");
    }
    wanted && at_terminal
}

fn request(plan: &Plan, pty: bool, environment: &Environment) -> SessionRequest {
    let stdin = rustix::stdio::stdin();
    let pty = pty.then(|| PtyRequest {
        term: environment.get("TERM").unwrap_or_default(),
        size: crate::cli::local::window_size().unwrap_or_default(),
        modes: terminal::modes(stdin),
    });
    let program = match (&plan.command, plan.options.session_type.value) {
        (command, SessionType::Subsystem) => {
            let name = command.as_deref().unwrap_or_default();
            Program::Subsystem(String::from_utf8_lossy(name).into_owned())
        }
        (Some(command), _) => Program::Exec(command.clone()),
        (None, _) => Program::Shell,
    };
    SessionRequest { pty, env: sent_environment(&plan.options, environment), program }
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

fn route(plan: &Plan, environment: &Environment) -> Route {
    let options = &plan.options;
    Route {
        host: options.hostname.value.clone(),
        port: options.port.value,
        family: match options.address_family.value {
            AddressFamily::Any => Family::Any,
            AddressFamily::Inet => Family::V4,
            AddressFamily::Inet6 => Family::V6,
        },
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

fn host_policy(plan: &Plan) -> HostPolicy {
    let options = &plan.options;
    let subject = Subject {
        name: match &options.host_key_alias.value {
            Some(alias) => alias.to_ascii_lowercase(),
            None => options.hostname.value.to_ascii_lowercase(),
        },
        port: options.port.value,
        alias: options.host_key_alias.value.is_some(),
    };
    HostPolicy {
        subject,
        shown: plan.host.clone(),
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
        visual: options.visual_host_key.value,
    }
}

fn lists(options: &Options) -> Lists<'_> {
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

fn login(plan: &Plan, environment: &Environment, password: Option<Secret>) -> Result<Login> {
    let options = &plan.options;
    let user = options.user.value.clone();
    let chain = match &plan.method {
        MethodChoice::Chain(chain) => chain.clone(),
        MethodChoice::Ask => Vec::new(),
    };
    let by_agent = chain.contains(&Method::Agent);
    let agent_key = match options.identity_files.first() {
        Some(path) if by_agent => Some(KeyFile::read(path)?),
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
        password,
        tries: options.number_of_password_prompts.value,
        signatures: algorithms::select(algorithms::Family::Pubkey, pubkey)?,
    })
}

/// Reads the identities before anything is sent, so that a bad file costs no connection. A
/// file that cannot be used is passed over with a warning where another was named too.
fn identities(plan: &Plan, environment: &Environment) -> Result<Vec<KeyFile>> {
    let wanted = match &plan.method {
        MethodChoice::Chain(chain) => chain.contains(&Method::PublicKey),
        MethodChoice::Ask => true,
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
        match KeyFile::read(path) {
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
        _ => error
            .context(format!("{} port {}", plan.options.hostname.value, plan.options.port.value)),
    }
}
