//! The jump hosts and proxies on the route. Each jump host is resolved as if it had been typed, so
//! its own Host and Match lines apply, and nothing of the destination's.
//!
//! As in ssh(1), in a list `a,b` the last host is resolved with the ones before it as its own `-J`,
//! and of the command line only `-F` applies to it. The first host may have jump hosts in its own
//! configuration. The proxy server is used for the very first connection.

use super::plan::{Plan, ProxyPlan};
use super::profile::shown_name;
use crate::cli::args::{Typed, TypedSetting};
use crate::config::{Jump, Keyword, NameLookup, Origin, ProxyKind, ProxyServer, Tokens};
use crate::error::{Error, Kind, Result};
use crate::say;

/// The most hosts on a route, including the jump hosts of jump hosts.
pub const MAX_HOPS: usize = 16;

/// The tokens of ProxyJump (ssh_config(5), TOKENS).
const JUMP_TOKENS: &str = "hnpr";

/// A jump host to resolve, and the jump hosts before it.
pub type JumpStep = (Jump, Vec<Jump>);

/// The jump hosts that are being resolved, the one nearest to the destination first.
#[derive(Default)]
pub struct JumpPath {
    pub steps: Vec<JumpStep>,
    /// How many of them are saved sessions, which are no steps.
    pub depth: usize,
    /// The host to which the jump host being resolved leads.
    pub onward: Option<String>,
}

/// Whether a jump host leads to itself: as in ssh(1), if host, port and user are equal.
pub fn leads_to_itself(plan: &Plan, jump: &Jump) -> bool {
    let options = &plan.options;
    let user = jump.user.as_ref().unwrap_or(&options.user.value);
    let hosts = [&plan.host, &options.hostname.value];
    hosts.contains(&&jump.host)
        && jump.port.unwrap_or(22) == options.port.value
        && *user == options.user.value
}

/// Expands the tokens of a jump host. As in ssh(1), `%h`, `%n`, `%p` and `%r` are those of the
/// destination.
pub fn expanded(jump: &Jump, plan: &Plan) -> Result<Jump> {
    let options = &plan.options;
    let tokens = Tokens {
        hostname: options.hostname.value.clone(),
        original: plan.host.clone(),
        port: options.port.value.to_string(),
        user: options.user.value.clone(),
        ..Tokens::default()
    };
    let put = |text: &str| match text.contains('%') {
        true => tokens.percent(text, JUMP_TOKENS),
        false => Ok(text.to_owned()),
    };
    let bad = |fault: String| {
        let cause = format!("{}: ProxyJump: {fault}", options.jumps.origin);
        Error::new(Kind::Config, cause)
    };
    let host = put(&jump.host).map_err(bad)?;
    let user = jump.user.as_deref().map(put).transpose().map_err(bad)?;
    Ok(Jump { user, host, port: jump.port })
}

/// The command line that `ssh -W` would get for this jump host.
pub fn as_typed(typed: &Typed, (jump, before): &JumpStep, proxy: Option<String>) -> Typed {
    let mut settings = Vec::new();
    if let Some(user) = &jump.user {
        settings.push(set("-l", Keyword::User, user, false));
    }
    if let Some(port) = jump.port {
        settings.push(set("-p", Keyword::Port, &port.to_string(), false));
    }
    if !before.is_empty() {
        let list: Vec<String> = before.iter().map(ToString::to_string).collect();
        settings.push(set("-J", Keyword::ProxyJump, &list.join(","), true));
    }
    let host = match jump.host.contains(':') {
        true => format!("[{}]", jump.host),
        false => jump.host.clone(),
    };
    settings.extend(only_passes_on());
    Typed { destination: Some(host), settings, proxy, ..inherited(typed) }
}

/// The command line for a jump host that is a saved session of its own. A typed proxy is for the
/// first connection, which is now that host's.
pub fn of_saved(typed: &Typed) -> Typed {
    Typed { settings: only_passes_on(), proxy: typed.proxy.clone(), ..inherited(typed) }
}

/// What of the command line applies to a jump host, too.
fn inherited(typed: &Typed) -> Typed {
    Typed {
        as_ssh: typed.as_ssh,
        config_file: typed.config_file.clone(),
        proxy_password_fd: typed.proxy_password_fd,
        ..Typed::default()
    }
}

fn set(flag: &'static str, keyword: Keyword, value: &str, overrules: bool) -> TypedSetting {
    TypedSetting::Flag { flag, keyword, value: value.to_owned(), overrules }
}

/// A jump host only passes on bytes, so everything that a session of its own would do is off.
fn only_passes_on() -> Vec<TypedSetting> {
    let settings = [
        (Keyword::ClearAllForwardings, "yes"),
        (Keyword::ForwardAgent, "no"),
        (Keyword::ForwardX11, "no"),
        (Keyword::Tunnel, "no"),
        (Keyword::PermitLocalCommand, "no"),
        (Keyword::ForkAfterAuthentication, "no"),
        (Keyword::RemoteCommand, "none"),
        (Keyword::SessionType, "none"),
    ];
    settings.map(|(keyword, value)| set("-J", keyword, value, true)).into()
}

/// Leaves the saved session's way to a host of this machine out, where PuTTY does.
pub fn spare_loopback(plan: &mut Plan, names: &dyn NameLookup) {
    let name = &plan.options.hostname.value;
    let Some(session) = plan.profile.as_mut().filter(|session| session.spares_loopback) else {
        return;
    };
    let command = &mut plan.options.proxy_command;
    let commanded = matches!(command.origin, Origin::Profile(_)) && command.value.is_some();
    let has_way = commanded || session.profile.proxy.is_some() || session.via.is_some();
    if has_way && names.is_loopback(name) {
        (session.profile.proxy, session.via) = (None, None);
        if commanded {
            command.value = None;
        }
    }
}

/// The proxy of the route, if there is one. A typed ProxyCommand takes precedence over a saved
/// session's proxy, and a proxy over a ProxyCommand in the files.
pub fn proxy(plan: &Plan, typed: &Typed) -> Result<Option<String>> {
    let command = &plan.options.proxy_command;
    let command_typed = command.is_some() && command.origin.is_typed();
    let saved = plan.profile.as_ref().and_then(|session| session.profile.proxy.clone());
    let text = match (&typed.proxy, saved) {
        (Some(_), _) if command_typed => return Err(usage(say!(route_proxy_and_command))),
        (Some(text), _) => Some(text.clone()),
        (None, Some(_)) if command_typed => None,
        (None, saved) => saved,
    };
    Ok(text.filter(|text| !text.eq_ignore_ascii_case("none")))
}

/// The proxy server of this text. The saved session's own proxy has the password and the line
/// that it is sent from the session, too.
pub fn parsed(text: &str, typed: &Typed, plan: &Plan) -> Result<ProxyPlan> {
    let password_fd = typed.proxy_password_fd;
    let session = plan.profile.as_ref().filter(|_| typed.proxy.is_none());
    let server = ProxyServer::parse(text).map_err(|fault| match session {
        Some(session) => {
            Error::new(Kind::Config, say!(route_saved_proxy, name = shown_name(session), fault))
        }
        None => usage(say!(route_proxy_flag, fault)),
    })?;
    let saved_password = session.and_then(|session| session.proxy_password.clone());
    let line = session.and_then(|session| session.profile.proxy_telnet_command.as_deref());
    let telnet_command = line.filter(|_| server.kind == ProxyKind::Telnet).map(str::to_owned);
    Ok(ProxyPlan { server, password_fd, saved_password, telnet_command })
}

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}
