//! From what was typed to what is going to happen: destination, flags, options and files become
//! one [`Plan`], with the authentication method settled.
//!
//! The order is ssh's: the command line as typed (a destination's user and port count from
//! where it stands), a saved session (`profile` says when there is one), the user's file, the
//! system's. What the process finds around it (a
//! terminal, an agent, files) comes in as [`Surroundings`], so that the rest is a function of
//! its arguments.

mod names;
pub(super) mod profile;
mod record;
mod route;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::args::{Typed, TypedSetting, no_host};
use super::environment::ask_pass;
use crate::config::{
    self, Circumstances, ConfigFile, Connect, Context, FileKind, HostFacts, Keyword, Layers,
    Method, Names, NoNames, Options, Origin, SessionType,
};
use crate::destination::{Destination, check_host};
use crate::error::{Error, Kind, Result};
use crate::os::local;
use crate::profiles::Document;
use crate::say;
use crate::trust::{PINS_MAX, Pin};

pub use crate::config::MethodChoice;
pub(super) use names::SystemNames;
pub use record::{EncodingPlan, LogPlan};
pub use route::ProxyPlan;
use route::Way;

/// The system's configuration file.
const SYSTEM_CONFIG: &str = "/etc/ssh/ssh_config";

/// What is going to happen.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The host as typed, without user, port and brackets.
    pub host: String,
    /// The options, each with its origin.
    pub options: Options,
    /// The authentication method.
    pub method: MethodChoice,
    /// The agent's socket, if there may be one.
    pub agent: Option<PathBuf>,
    /// Whether `publickey` also offers the agent's keys: only under the name `ssh`.
    pub agent_identities: bool,
    /// The command or subsystem, its words joined by blanks; `None` asks for a shell.
    pub command: Option<Vec<u8>>,
    /// Where standard input and output are forwarded to (`-W`).
    pub stdio_forward: Option<Connect>,
    /// The saved session in use.
    pub profile: Option<Document>,
    /// The log of the session, if one is wanted.
    pub log: Option<LogPlan>,
    /// The encoding of the remote side, if it is not UTF-8.
    pub encoding: Option<EncodingPlan>,
    /// Whether the program was called `ssh`: escapes that ssh does not have are typed text.
    pub as_ssh: bool,
    /// Whether a paste that acts on the server is asked about.
    pub confirm_paste: bool,
    /// The jump host that the connection goes through, with what comes before that.
    pub via: Option<Box<Plan>>,
    /// Of a jump host: the host that it leads to.
    pub onward: Option<String>,
    /// The proxy server that the connection goes through.
    pub proxy: Option<ProxyPlan>,
    /// The only host keys that are right, where it was said which.
    pub pins: Vec<Pin>,
}

/// Host, options, and what they come from.
#[derive(Clone)]
pub(super) struct Resolved {
    /// The host as typed.
    pub(super) host: String,
    /// All values, with their origins and the blocks that were met.
    pub(super) layers: Layers,
    /// What came of them.
    pub(super) options: Options,
    /// The saved session in use.
    pub(super) profile: Option<Document>,
}

/// What the process finds around it.
pub struct Surroundings<'a> {
    /// Whether a person is at a terminal.
    pub terminal: bool,
    /// Whether a secret can be asked for: `/dev/tty` or SSH_ASKPASS.
    pub can_ask: bool,
    /// Whether a file exists.
    pub exists: &'a dyn Fn(&Path) -> bool,
    /// Whether an agent answers on a socket.
    pub answers: &'a dyn Fn(&Path) -> bool,
}

/// Settles everything, looking around in this process.
///
/// # Errors
/// Those of [`options`]; [`Kind::Usage`] when command, subsystem and `-N` do not go together or
/// something asked for is not supported; [`Kind::Authentication`] when there is nothing to log
/// in with.
pub fn resolve(typed: &Typed, context: &Context) -> Result<Plan> {
    settle(typed, checked(typed, context)?, context)
}

/// The options, with what is not done refused; nothing about how to log in, which a master
/// that is there does not ask.
///
/// # Errors
/// Those of [`options`], and what is not supported.
pub(super) fn checked(typed: &Typed, context: &Context) -> Result<Resolved> {
    let mut resolved = layered(typed, context, &SystemNames)?;
    let warnings = check(typed, &resolved)?;
    resolved.options.warnings.extend(warnings);
    Ok(resolved)
}

/// The command or subsystem that is asked for.
///
/// # Errors
/// [`Kind::Usage`]: command, subsystem, `-N` and `-f` that do not go together.
pub(super) fn command_of(typed: &Typed, resolved: &Resolved) -> Result<Option<Vec<u8>>> {
    let mut options = resolved.options.clone();
    let command = command(typed, &mut options)?;
    match *options.session_type == SessionType::Subsystem && command.is_none() {
        true => Err(no_subsystem()),
        false => Ok(command),
    }
}

/// Why an invocation needs a connection of its own, and cannot use a shared one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OwnConnection {
    /// What the session reads and writes is handled here; the flag that asks for it.
    Terminal(&'static str),
    /// Host keys are pinned, by this flag or field. A shared connection's key is not told, so
    /// it cannot be compared with them.
    Pins(&'static str),
}

/// Why this invocation needs a connection of its own, if it does.
///
/// # Errors
/// A word of what is asked for that is not known.
pub(super) fn own_connection(
    typed: &Typed,
    resolved: &Resolved,
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
    let asks = confirms_paste(typed, profile);
    Ok(asks.then_some(OwnConnection::Terminal("--confirm-paste")))
}

/// What connecting would do, from what was read already, whether this version does it or not.
///
/// # Errors
/// What does not go together, and what [`resolve`] says about logging in.
pub(super) fn settle(typed: &Typed, resolved: Resolved, context: &Context) -> Result<Plan> {
    let surroundings = Surroundings {
        terminal: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
        can_ask: ask_pass(&*context.env).is_some() || crate::terminal::open_controlling().is_ok(),
        exists: &|path| path.exists(),
        answers: &|socket| local::probe(socket).is_ok(),
    };
    settle_within(typed, resolved, (context, &SystemNames), &surroundings, Way::default())
}

/// Settles everything in given surroundings.
///
/// # Errors
/// Those of [`resolve`].
pub fn resolve_within(typed: &Typed, context: &Context, around: &Surroundings<'_>) -> Result<Plan> {
    let resolved = layered(typed, context, &NoNames)?;
    let warnings = check(typed, &resolved)?;
    let way = Way::default();
    let mut plan = settle_within(typed, resolved, (context, &NoNames), around, way)?;
    plan.options.warnings.extend(warnings);
    Ok(plan)
}

/// Refuses what is asked for and not done by this version; gives what is only warned about.
///
/// # Errors
/// [`Kind::Usage`] and [`Kind::Config`]: what, where it was asked for, and why.
pub(super) fn check(typed: &Typed, resolved: &Resolved) -> Result<Vec<String>> {
    refuse_misplaced(typed)?;
    refuse_unbuilt(typed)?;
    let warnings = config::check_standing(&resolved.layers)?;
    Ok(warnings)
}

fn settle_within(
    typed: &Typed,
    resolved: Resolved,
    (context, names): (&Context, &dyn Names),
    around: &Surroundings<'_>,
    way: Way,
) -> Result<Plan> {
    let Resolved { host, mut options, profile, .. } = resolved;
    let subsystem = *options.session_type == SessionType::Subsystem;
    let command = command(typed, &mut options)?;
    if subsystem && command.is_none() {
        return Err(no_subsystem());
    }
    let chain = profile.as_ref().map(|document| profile::chain(document, &options));
    let method = method(typed, &options, chain.as_deref(), (context, around))?;
    let agent = agent_socket(&options, context);
    let agent_identities = typed.as_ssh && !*options.identities_only && agent.is_some();
    let confirm_paste = confirms_paste(typed, profile.as_ref());
    let mut plan = Plan {
        host,
        options,
        method,
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
        pins: Vec::new(),
    };
    plan.pins = pins(typed, plan.profile.as_ref())?;
    record::add(&mut plan, typed, context)?;
    route::add(&mut plan, typed, (context, names), around, way)?;
    Ok(plan)
}

/// The host as typed and the options for it, without the rest of the plan.
///
/// # Errors
/// [`Kind::Usage`] for the destination, [`Kind::Config`] for options and files.
pub fn options(typed: &Typed, context: &Context) -> Result<(String, Options)> {
    let Resolved { host, layers, mut options, .. } = layered(typed, context, &NoNames)?;
    options.warnings.extend(config::check_standing(&layers)?);
    Ok((host, options))
}

/// What `-G` prints: it says what would be in force, whether this program honours it or not.
///
/// # Errors
/// Those of [`options`] but for what is not supported, and [`Kind::Usage`] for what does not go
/// together.
pub(super) fn effective(
    typed: &Typed,
    context: &Context,
    names: &dyn Names,
    list: &dyn Fn(Keyword, Option<&str>) -> String,
) -> Result<Vec<String>> {
    let Resolved { host, layers, mut options, .. } = layered(typed, context, names)?;
    let typed_type = command_line(typed, None)?;
    let typed_type = typed_type.entries().iter().find(|e| e.keyword == Keyword::SessionType);
    let subsystem = typed_type.is_some_and(|e| e.args[0].eq_ignore_ascii_case("subsystem"));
    if subsystem && joined(typed).is_none() {
        return Err(no_subsystem());
    }
    let command = command(typed, &mut options)?.is_some();
    let host = typed_host(typed).unwrap_or(&host);
    let shown = config::Shown { layers: &layers, options: &options, host, command, list };
    Ok(config::effective_lines(&shown))
}

/// The host of the destination with the brackets it was typed with, for `-G`.
fn typed_host(typed: &Typed) -> Option<&str> {
    let text = typed.destination.as_deref().filter(|text| !text.contains("://"))?;
    let host = text.rsplit_once('@').map_or(text, |(_, host)| host);
    Some(host).filter(|host| host.starts_with('[') && host.ends_with(']'))
}
/// What the command line alone sets, with the user and port of the destination if it is given.
pub(super) fn command_line(typed: &Typed, destination: Option<&Destination>) -> Result<Layers> {
    let mut layers = Layers::new();
    let at = typed.destination_at.min(typed.settings.len());
    let (before, after) = typed.settings.split_at(at);
    before.iter().try_for_each(|setting| add(&mut layers, setting))?;
    if let Some(user) = destination.and_then(|destination| destination.user.as_ref()) {
        layers.set(Keyword::User, user, Origin::Destination)?;
    }
    if let Some(port) = destination.and_then(|destination| destination.port) {
        layers.set(Keyword::Port, &port.to_string(), Origin::Destination)?;
    }
    after.iter().try_for_each(|setting| add(&mut layers, setting))?;
    Ok(layers)
}

pub(super) fn layered(typed: &Typed, context: &Context, names: &dyn Names) -> Result<Resolved> {
    if let Some(name) = &typed.profile {
        let document = profile::named(name, context)?;
        return saved(typed, None, document, (context, names));
    }
    let text = typed.destination.as_deref().ok_or_else(no_host)?;
    let parsed = Destination::parse(text);
    if let Some(name) = profile::meant(typed, text, parsed.as_ref().ok(), context) {
        let alias = parsed.as_ref().map_or(text, |destination| &destination.host);
        // A name that no host can have is not shown to the files: no Host line can mean it.
        let mut layers = command_line(typed, parsed.as_ref().ok())?;
        if check_host(alias).is_ok() {
            read_files(typed, alias, &mut layers, (context, &NoNames))?;
        }
        if !layers.names_host() {
            // Of `user@name`, the user is one only where the session is not called all of it.
            let around = parsed.as_ref().ok().filter(|_| name != text);
            return saved(typed, around, profile::named(&name, context)?, (context, names));
        }
    }
    let destination = parsed?;
    let mut layers = command_line(typed, Some(&destination))?;
    read_files(typed, &destination.host, &mut layers, (context, names))?;
    let options = Options::of(&layers, &destination.host, context)?;
    Ok(Resolved { host: destination.host, layers, options, profile: None })
}

/// The saved session that what was typed would mean if no Host line named it.
pub(super) fn session_meant(typed: &Typed, context: &Context) -> Option<String> {
    let text = typed.destination.as_deref()?;
    profile::meant(typed, text, Destination::parse(text).as_ref().ok(), context)
}

/// What the files alone say of a host.
pub(super) fn files_for(typed: &Typed, host: &str, context: &Context) -> Result<Layers> {
    let mut layers = Layers::new();
    read_files(typed, host, &mut layers, (context, &NoNames))?;
    Ok(layers)
}

/// What connecting with a saved session refuses whatever the files say; fingerprints that are
/// pinned in it are another matter, since they stay when it is saved anew.
///
/// # Errors
/// Those of [`resolve`].
pub(super) fn check_saved(document: &Document, context: &Context) -> Result<Options> {
    let typed = Typed { config_file: Some("none".into()), ..Typed::default() };
    let resolved = saved(&typed, None, document.clone(), (context, &NoNames))?;
    config::check_standing(&resolved.layers)?;
    let around =
        Surroundings { terminal: true, can_ask: true, exists: &|_| true, answers: &|_| true };
    let plan = settle_within(&typed, resolved, (context, &NoNames), &around, Way::default())?;
    Ok(plan.options)
}

/// The same with a saved session between the command line and the files.
fn saved(
    typed: &Typed,
    destination: Option<&Destination>,
    document: Document,
    (context, names): (&Context, &dyn Names),
) -> Result<Resolved> {
    let mut layers = command_line(typed, destination)?;
    profile::add(&mut layers, &document, joined(typed).is_some())?;
    let host = document.profile().host.clone();
    read_files(typed, &host, &mut layers, (context, names))?;
    let mut options = Options::of(&layers, &host, context)?;
    options.warnings.extend(profile::warnings(&document));
    Ok(Resolved { host, layers, options, profile: Some(document) })
}

fn add(layers: &mut Layers, setting: &TypedSetting) -> Result<()> {
    match setting {
        TypedSetting::Option(text) => layers.option(text, Origin::Option),
        TypedSetting::Flag { flag, keyword, value, overrules: true } => {
            layers.overrule(*keyword, value, Origin::Flag(flag))
        }
        TypedSetting::Flag { flag, keyword, value, overrules: false } => {
            layers.set(*keyword, value, Origin::Flag(flag))
        }
    }
}

fn read_files(
    typed: &Typed,
    host: &str,
    layers: &mut Layers,
    (context, names): (&Context, &dyn Names),
) -> Result<()> {
    let joined = joined(typed);
    let mut facts = HostFacts {
        original: host.to_owned(),
        command: joined.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        ..HostFacts::default()
    };
    let files = files(typed, context);
    let read = |facts: &HostFacts, layers: &mut Layers| {
        files.iter().try_for_each(|file| config::read_file(layers, file, facts, context))
    };
    read(&facts, layers)?;
    let found = config::canonical_name(layers, host, names)?;
    layers.resolve(found.name.clone(), found.origin);
    if layers.wants_final_pass() || found.again {
        facts.final_pass = true;
        facts.resolved = Some(found.name);
        read(&facts, layers)?;
    }
    if typed.stdio_forward.is_some() {
        // What -W switches on counts least of all, as in ssh(1).
        for keyword in [Keyword::ExitOnForwardFailure, Keyword::ClearAllForwardings] {
            layers.set(keyword, "yes", Origin::Flag("-W"))?;
        }
    }
    Ok(())
}

/// The files to read: the one of `-F` alone, or the user's and the system's.
pub(super) fn files(typed: &Typed, context: &Context) -> Vec<ConfigFile> {
    match &typed.config_file {
        Some(word) if word.as_os_str().eq_ignore_ascii_case("none") => Vec::new(),
        Some(path) => vec![ConfigFile { path: path.clone(), kind: FileKind::Named }],
        None => {
            let user = config::user_directory(context).join("config");
            vec![
                ConfigFile { path: user, kind: FileKind::User },
                ConfigFile { path: PathBuf::from(SYSTEM_CONFIG), kind: FileKind::System },
            ]
        }
    }
}

/// What is typed and belongs to another verb must not pass in silence.
fn refuse_misplaced(typed: &Typed) -> Result<()> {
    let answers = [("--force", typed.force), ("--yes", typed.yes)];
    match answers.iter().find(|(_, typed)| *typed) {
        Some((flag, _)) => Err(usage(say!(option_for_sessions, flag))),
        None => Ok(()),
    }
}

/// Flags that mean something to ssh(1) and are not done by this version; `-G` takes them.
pub(super) fn refuse_unbuilt(typed: &Typed) -> Result<()> {
    match typed.gssapi {
        true => Err(usage(format!("-K: {}", say!(gssapi_unsupported)))),
        false => Ok(()),
    }
}

fn joined(typed: &Typed) -> Option<Vec<u8>> {
    let words: Vec<&[u8]> = typed.command.iter().map(|word| word.as_encoded_bytes()).collect();
    let joined = words.join(&b' ');
    // As in ssh(1), an empty command asks for a shell.
    (!joined.is_empty()).then_some(joined)
}

fn command(typed: &Typed, options: &mut Options) -> Result<Option<Vec<u8>>> {
    let typed = joined(typed);
    if typed.is_some() && options.remote_command.is_some() {
        return Err(usage(say!(two_commands)).hint(say!(two_commands_hint)));
    }
    if typed.is_some() && *options.session_type == SessionType::None {
        options.warnings.push(say!(command_with_n));
    }
    let forks = *options.fork_after_authentication;
    let nothing = typed.is_none() && options.remote_command.is_none();
    if forks && nothing && *options.session_type != SessionType::None {
        return Err(usage(say!(config_no_command_to_fork)));
    }
    let configured = || options.remote_command.as_ref().map(|text| text.as_bytes().to_vec());
    Ok(typed.or_else(configured))
}

fn method(
    typed: &Typed,
    options: &Options,
    profile: Option<&[Method]>,
    (context, around): (&Context, &Surroundings<'_>),
) -> Result<MethodChoice> {
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
        can_ask: typed.password_fd.is_some() || (around.can_ask && !batch),
        batch,
        as_ssh: typed.as_ssh,
        identity_typed: typed.settings.iter().any(|setting| {
            matches!(setting, TypedSetting::Flag { keyword: Keyword::IdentityFile, .. })
        }),
        identity_named: !options.identity_files.is_empty(),
        default_identity,
        agent_answers: &answers,
    })
}

fn confirms_paste(typed: &Typed, profile: Option<&Document>) -> bool {
    let saved = profile.and_then(|document| document.profile().confirm_paste);
    typed.confirm_paste || saved == Some(true)
}

/// The pins that were typed, or else those of the saved session.
///
/// # Errors
/// [`Kind::Usage`] and [`Kind::Config`]: one is no key and no fingerprint, or there are too many.
fn pins(typed: &Typed, profile: Option<&Document>) -> Result<Vec<Pin>> {
    let saved = || profile.map_or(&[][..], |document| &document.profile().fingerprints);
    let (texts, from, kind) = match (&typed.host_keys[..], profile) {
        ([], Some(document)) => {
            let name = crate::text::line(document.name(), 80);
            (saved(), say!(pin_of_profile, name), Kind::Config)
        }
        (typed, _) => (typed, say!(pin_of_flag), Kind::Usage),
    };
    if texts.len() > PINS_MAX {
        return Err(Error::new(kind, say!(pin_too_many, limit = PINS_MAX)).context(from));
    }
    let read = |text: &String| {
        let fault = |what| Error::new(kind, what).context(&from).hint(say!(pin_unreadable_hint));
        Pin::parse(text, &from).map_err(fault)
    };
    texts.iter().map(read).collect()
}

fn no_subsystem() -> Error {
    usage(say!(subsystem_missing)).hint(say!(subsystem_missing_hint))
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

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}

#[cfg(test)]
mod tests;
