//! Turns the options into the plan of a connection: the program to run, the login, and the jump
//! hosts, each with a plan of its own.

use std::io::IsTerminal;
use std::path::PathBuf;

use super::layers::{self, check, layered};
use super::names::SystemNames;
use super::pins::pins;
use super::plan::{Availability, Plan, ResolvedOptions, TerminalPlan};
use super::route::{self, JumpPath};
use super::{profile, record, teleport};
use crate::cli::args::Typed;
use crate::cli::environment::ask_pass;
use crate::client::session::ModeOverrides;
use crate::config::{
    self, Circumstances, Context, Jump, Method, MethodChoice, NameLookup, NoLookup, Options,
    Origin, SessionType,
};
use crate::error::{Error, Kind, Result};
use crate::keys::{KeyFile, KeyFormat};
use crate::os::local;
use crate::profiles::SavedSession;
use crate::say;
use crate::terminal;

/// The value of `--auth` that asks the person.
const ASK: &str = "ask";

/// Resolves the command line into a plan, with this process's terminal, agent and files.
///
/// # Errors
/// Those of [`options`](super::layers::options); [`Kind::Usage`] if command, subsystem and `-N` conflict or something is
/// not supported; [`Kind::Authentication`] if there is no way to log in.
pub fn resolve(typed: &Typed, context: &Context) -> Result<Plan> {
    settle(typed, checked(typed, context)?, context)
}

/// The options, after unsupported settings were refused. How to log in is not resolved, because a
/// running master does not need it.
///
/// # Errors
/// Those of [`options`](super::layers::options), and unsupported settings.
pub fn checked(typed: &Typed, context: &Context) -> Result<ResolvedOptions> {
    let mut resolved = layered(typed, context, &SystemNames)?;
    let warnings = check(typed, &resolved)?;
    resolved.options.warnings.extend(warnings);
    Ok(resolved)
}

/// Makes the plan from options that were read already, including settings that this version does
/// not support.
///
/// # Errors
/// Settings conflict, or the errors of [`resolve`] about logging in.
pub fn settle(typed: &Typed, resolved: ResolvedOptions, context: &Context) -> Result<Plan> {
    let surroundings = Availability {
        terminal: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
        can_ask: ask_pass(&*context.env).is_some() || terminal::open_controlling().is_ok(),
        exists: &|path| path.exists(),
        answers: &|socket| local::probe(socket).is_ok(),
    };
    settle_within(typed, resolved, (context, &SystemNames), &surroundings, JumpPath::default())
}

/// Resolves the command line like [`resolve`], but with the given terminal, agent and files.
///
/// # Errors
/// Those of [`resolve`].
pub fn resolve_within(typed: &Typed, context: &Context, around: &Availability<'_>) -> Result<Plan> {
    let resolved = layered(typed, context, &NoLookup)?;
    let warnings = check(typed, &resolved)?;
    let way = JumpPath::default();
    let mut plan = settle_within(typed, resolved, (context, &NoLookup), around, way)?;
    plan.options.warnings.extend(warnings);
    Ok(plan)
}

/// The command or subsystem to run.
///
/// # Errors
/// [`Kind::Usage`]: command, subsystem, `-N` and `-f` conflict.
pub fn command_of(typed: &Typed, resolved: &ResolvedOptions) -> Result<Option<Vec<u8>>> {
    let command = command(typed, &resolved.options)?;
    match *resolved.options.session_type == SessionType::Subsystem && command.is_none() {
        true => Err(no_subsystem()),
        false => Ok(command),
    }
}

/// Why an invocation cannot share a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnConnection {
    /// The session's input and output are handled in this process, because of this flag.
    Terminal(&'static str),
    /// Host keys are pinned by this flag or field. A master does not report its connection's host
    /// key, so it cannot be compared with the pins.
    Pins(&'static str),
}

/// Why this invocation cannot share a connection, if so.
///
/// # Errors
/// A value on the command line or in the saved session is unknown.
pub fn own_connection(
    typed: &Typed,
    resolved: &ResolvedOptions,
    context: &Context,
) -> Result<Option<OwnConnection>> {
    let profile = resolved.profile.as_ref();
    if !pins(typed, profile)?.is_empty() {
        let typed = !typed.host_keys.is_empty();
        return Ok(Some(OwnConnection::Pins(if typed { "--host-key" } else { "fingerprints" })));
    }
    if let Some(flag) = record::wanted(typed, profile, context)? {
        return Ok(Some(OwnConnection::Terminal(flag)));
    }
    let of = |session: &SavedSession| {
        let (kind, modes) = (&session.profile.terminal_type, &session.profile.terminal_modes);
        // A master takes both from its client's terminal.
        let modes = (!modes.is_empty()).then_some("terminal_modes");
        modes.or(kind.as_ref().map(|_| "terminal_type"))
    };
    if let Some(field) = profile.and_then(of) {
        return Ok(Some(OwnConnection::Terminal(field)));
    }
    let asks = confirms_paste(typed, profile);
    Ok(asks.then_some(OwnConnection::Terminal("--confirm-paste")))
}

/// Checks what connecting with a saved session would refuse regardless of the files. Pinned
/// fingerprints are not checked, because they are kept when the session is saved again.
///
/// # Errors
/// Those of [`resolve`].
pub fn check_saved(session: SavedSession, context: &Context) -> Result<Options> {
    let typed = Typed { config_file: Some("none".into()), ..Typed::default() };
    let resolved = layers::saved(&typed, None, session, (context, &NoLookup))?;
    config::check_standing(&resolved.layers)?;
    let around =
        Availability { terminal: true, can_ask: true, exists: &|_| true, answers: &|_| true };
    let plan = settle_within(&typed, resolved, (context, &NoLookup), &around, JumpPath::default())?;
    Ok(plan.options)
}

/// The plan of a connection with a saved session, without a terminal, an agent or a look at the
/// network.
///
/// # Errors
/// Those of [`resolve`].
pub fn plan_of_saved(session: SavedSession, context: &Context) -> Result<Plan> {
    let typed = Typed::default();
    let resolved = layers::saved(&typed, None, session, (context, &NoLookup))?;
    let around =
        Availability { terminal: true, can_ask: true, exists: &|_| true, answers: &|_| true };
    settle_within(&typed, resolved, (context, &NoLookup), &around, JumpPath::default())
}

pub fn settle_within(
    typed: &Typed,
    resolved: ResolvedOptions,
    (context, names): (&Context, &dyn NameLookup),
    around: &Availability<'_>,
    way: JumpPath,
) -> Result<Plan> {
    let ResolvedOptions { host, mut options, profile, node, .. } = resolved;
    let subsystem = *options.session_type == SessionType::Subsystem;
    let command = command(typed, &options)?;
    if layers::joined(typed).is_some() && *options.session_type == SessionType::None {
        let by = match &options.session_type.origin {
            _ if typed.stdio_forward.is_some() => "-W".to_owned(),
            Origin::Flag(flag) => (*flag).to_owned(),
            origin => format!("{origin}: SessionType none"),
        };
        options.warnings.push(say!(command_not_run, by));
    }
    if subsystem && command.is_none() {
        return Err(no_subsystem());
    }
    let chain = profile.as_ref().map(|session| profile::chain(session, &options));
    let method = method(typed, &options, chain.as_deref(), (context, around))?;
    let agent = agent_socket(&options, context);
    let agent_identities = typed.as_ssh && !*options.identities_only && agent.is_some();
    let confirm_paste = confirms_paste(typed, profile.as_ref());
    let terminal = profile.as_ref().map(terminal).transpose()?.unwrap_or_default();
    let mut plan = Plan {
        host,
        options,
        method,
        is_asked: typed.auth.as_deref() == Some(ASK),
        ends_on_refusal: typed.auth.as_deref().is_some_and(|auth| auth != ASK) || typed.json,
        agent,
        agent_identities,
        command,
        stdio_forward: typed.stdio_forward.clone(),
        profile,
        log: None,
        encoding: None,
        as_ssh: typed.as_ssh,
        confirm_paste,
        via: None,
        onward: None,
        proxy: None,
        terminal,
        teleport: None,
        cluster: None,
        pins: Vec::new(),
    };
    plan.pins = pins(typed, plan.profile.as_ref())?;
    record::add(&mut plan, typed, context)?;
    if let Some(node) = node {
        teleport::add_route(&mut plan, node, context);
    }
    add_route(&mut plan, typed, (context, names), around, way)?;
    Ok(plan)
}

/// The terminal of a session.
///
/// # Errors
/// [`Kind::Config`]: a mode is not known.
fn terminal(session: &SavedSession) -> Result<TerminalPlan> {
    let modes = ModeOverrides::parse(&session.profile.terminal_modes);
    let modes = modes.map_err(|error| error.context(profile::shown_name(session)))?;
    Ok(TerminalPlan { kind: session.profile.terminal_type.clone(), modes })
}

/// Adds the route to a plan that is otherwise complete.
///
/// # Errors
/// [`Kind::Config`]: the jump hosts form a loop, or a jump host's configuration is refused; the
/// error names the host. [`Kind::Usage`]: a proxy is not valid, or excludes another setting that
/// was typed.
fn add_route(
    plan: &mut Plan,
    typed: &Typed,
    (context, names): (&Context, &dyn NameLookup),
    around: &Availability<'_>,
    mut way: JumpPath,
) -> Result<()> {
    plan.onward = way.onward.take();
    route::spare_loopback(plan, names);
    if let Some(session) = saved_jump_host(plan) {
        return add_saved_jump_host(plan, session, typed, (context, names), around, way);
    }
    if plan.teleport.is_some() {
        return Ok(());
    }
    let proxy = route::proxy(plan, typed)?;
    let Some((last, before)) = plan.options.jumps.split_last() else {
        plan.proxy = match proxy {
            Some(text) => Some(route::parsed(&text, typed, plan)?),
            None => None,
        };
        if plan.proxy.is_some() {
            plan.options.proxy_command.value = None;
        }
        return Ok(());
    };
    let last = route::expanded(last, plan)?;
    let before =
        before.iter().map(|jump| route::expanded(jump, plan)).collect::<Result<Vec<Jump>>>()?;
    let step = (last.clone(), before);
    if route::leads_to_itself(plan, &last) || way.steps.contains(&step) {
        let host = last.to_string();
        return Err(Error::new(Kind::Config, say!(route_loop, host))
            .hint(say!(route_loop_hint, host = last.host)));
    }
    if way.steps.len() >= route::MAX_HOPS {
        return Err(Error::new(Kind::Config, say!(route_too_long, limit = route::MAX_HOPS)));
    }
    let hop = route::as_typed(typed, &step, proxy);
    way.steps.push(step);
    way.onward = Some(plan.host.clone());
    let named = |error: Error| error.context(say!(route_jump_host, host = last.host));
    let resolved = layered(&hop, context, names).map_err(named)?;
    let warnings = check(&hop, &resolved).map_err(named)?;
    let via = settle_within(&hop, resolved, (context, names), around, way);
    let mut via = via.map_err(|error| match error.kind() {
        // For a loop, the names of the hosts around it add nothing.
        Kind::Config => error,
        _ => named(error),
    })?;
    via.options.warnings.extend(warnings);
    plan.via = Some(Box::new(via));
    Ok(())
}

/// The jump host that the saved session has as a session of its own, unless another way was typed.
fn saved_jump_host(plan: &Plan) -> Option<SavedSession> {
    let options = &plan.options;
    if options.jumps.origin.is_typed() || options.proxy_command.origin.is_typed() {
        return None;
    }
    plan.profile.as_ref()?.via.as_deref().cloned()
}

/// Adds the jump host that is a saved session. How deep these nest is bounded where they are read.
fn add_saved_jump_host(
    plan: &mut Plan,
    session: SavedSession,
    typed: &Typed,
    (context, names): (&Context, &dyn NameLookup),
    around: &Availability<'_>,
    mut way: JumpPath,
) -> Result<()> {
    let host = session.profile.host.clone();
    let named = |error: Error| error.context(say!(route_jump_host, host));
    way.depth += 1;
    if way.depth + way.steps.len() > route::MAX_HOPS {
        return Err(Error::new(Kind::Config, say!(route_too_long, limit = route::MAX_HOPS)));
    }
    way.onward = Some(plan.host.clone());
    let hop = route::of_saved(typed);
    let resolved = layers::saved(&hop, None, session, (context, names)).map_err(named)?;
    let warnings = check(&hop, &resolved).map_err(named)?;
    let mut via = settle_within(&hop, resolved, (context, names), around, way).map_err(named)?;
    via.options.warnings.extend(warnings);
    plan.options.proxy_command.value = None;
    plan.via = Some(Box::new(via));
    Ok(())
}

fn method(
    typed: &Typed,
    options: &Options,
    profile: Option<&[Method]>,
    (context, around): (&Context, &Availability<'_>),
) -> Result<MethodChoice> {
    if typed.auth.as_deref() == Some(ASK) {
        return match around.terminal && !*options.batch_mode {
            true => Ok(MethodChoice::Ask),
            false => Err(usage(say!(auth_option_nobody_to_ask))),
        };
    }
    let explicit = typed.auth.as_deref().map(Method::parse_chain).transpose()?;
    let defaults = !options.identity_files.is_set();
    let default_identity = defaults
        && config::default_identity_files(context).iter().any(|file| (around.exists)(file));
    let answers = || agent_socket(options, context).is_some_and(|path| (around.answers)(&path));
    let batch = *options.batch_mode;
    config::choose(&Circumstances {
        explicit: explicit.as_deref(),
        profile: profile.filter(|chain| !chain.is_empty()),
        preferred: options.preferred_authentications.as_deref(),
        password: *options.password_authentication,
        publickey: *options.pubkey_authentication,
        keyboard_interactive: *options.kbd_interactive_authentication,
        terminal: around.terminal,
        can_ask: typed.password_fd.is_some() || typed.stored_password || (around.can_ask && !batch),
        batch,
        as_ssh: typed.as_ssh,
        identity_typed: typed.names_identity(),
        identity_named: !options.identity_files.is_empty(),
        default_identity,
        agent_answers: &answers,
        key_settles: &|| key_settles(options),
    })
}

/// Whether the keys that are named need no question about the method: nothing else is possible, or
/// none that is there needs a passphrase.
fn key_settles(options: &Options) -> bool {
    let mut there = options.identity_files.iter().filter(|path| path.exists()).peekable();
    if there.peek().is_none() {
        return false;
    }
    let others = *options.password_authentication || *options.kbd_interactive_authentication;
    let is_open = |path: &PathBuf| {
        let file = KeyFile::read(path);
        file.is_ok_and(|file| !file.is_encrypted() && file.format() != KeyFormat::PublicOnly)
    };
    !others || *options.identities_only || there.all(is_open)
}

fn confirms_paste(typed: &Typed, profile: Option<&SavedSession>) -> bool {
    let saved = profile.and_then(|session| session.profile.confirm_paste);
    typed.confirm_paste || saved == Some(true)
}

/// The agent's socket: IdentityAgent, or SSH_AUTH_SOCK.
fn agent_socket(options: &Options, context: &Context) -> Option<PathBuf> {
    let socket = match options.identity_agent.as_deref() {
        Some("none") => None,
        Some(socket) => Some(socket.to_owned()),
        None => (context.env)("SSH_AUTH_SOCK"),
    };
    socket.filter(|socket| !socket.is_empty()).map(PathBuf::from)
}

pub fn command(typed: &Typed, options: &Options) -> Result<Option<Vec<u8>>> {
    let typed = layers::joined(typed);
    if typed.is_some() && options.remote_command.is_some() {
        return Err(usage(say!(two_commands)).hint(say!(two_commands_hint)));
    }
    let forks = *options.fork_after_authentication;
    let nothing = typed.is_none() && options.remote_command.is_none();
    if forks && nothing && *options.session_type != SessionType::None {
        return Err(usage(say!(config_no_command_to_fork)));
    }
    let configured = || options.remote_command.as_ref().map(|text| text.as_bytes().to_vec());
    Ok(typed.or_else(configured))
}

pub fn no_subsystem() -> Error {
    usage(say!(subsystem_missing)).hint(say!(subsystem_missing_hint))
}

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}
