//! The hosts and proxies on the way: each jump host is resolved as if it had been typed, so its
//! own Host and Match lines count, and nothing of the destination's.
//!
//! As in ssh(1), of a list `a,b` the last is resolved with the ones before it as its own `-J`,
//! and what goes with it from the command line is `-F`; the first may have jump hosts of its own
//! configuration. The proxy server is for the first connection of all.

use super::plan::{Plan, ProxyPlan};
use crate::cli::args::{Typed, TypedSetting};
use crate::config::{Jump, Keyword, Origin, ProxyServer, Tokens};
use crate::error::{Error, Kind, Result};
use crate::say;

/// The most hosts on the way, with those that jump hosts have of their own.
pub const MAX_HOPS: usize = 16;

/// The tokens of ProxyJump (ssh_config(5), TOKENS).
const JUMP_TOKENS: &str = "hnpr";

/// One host on the way, as it is asked for: it, and those before it.
pub type JumpStep = (Jump, Vec<Jump>);

/// The hosts on the way that are being resolved, the one nearest to the destination first.
#[derive(Default)]
pub struct JumpPath {
    pub steps: Vec<JumpStep>,
    /// The host that the one being resolved leads to.
    pub onward: Option<String>,
}

/// As ssh(1) sees it: the same host, port and user.
pub fn leads_to_itself(plan: &Plan, jump: &Jump) -> bool {
    let options = &plan.options;
    let user = jump.user.as_ref().unwrap_or(&options.user.value);
    let hosts = [&plan.host, &options.hostname.value];
    hosts.contains(&&jump.host)
        && jump.port.unwrap_or(22) == options.port.value
        && *user == options.user.value
}

/// As in ssh(1), `%h`, `%n`, `%p` and `%r` are those of the destination.
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

/// What `ssh -W` for this host would have been given.
pub fn as_typed(typed: &Typed, (jump, before): &JumpStep, proxy: Option<String>) -> Typed {
    let set = |flag, keyword, value: &str, overrules| TypedSetting::Flag {
        flag,
        keyword,
        value: value.to_owned(),
        overrules,
    };
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
    // It only passes bytes on: what a session of its own would do is not done.
    for (keyword, value) in [
        (Keyword::ClearAllForwardings, "yes"),
        (Keyword::ForwardAgent, "no"),
        (Keyword::ForwardX11, "no"),
        (Keyword::Tunnel, "no"),
        (Keyword::PermitLocalCommand, "no"),
        (Keyword::ForkAfterAuthentication, "no"),
        (Keyword::RemoteCommand, "none"),
        (Keyword::SessionType, "none"),
    ] {
        settings.push(set("-J", keyword, value, true));
    }
    let host = match jump.host.contains(':') {
        true => format!("[{}]", jump.host),
        false => jump.host.clone(),
    };
    Typed {
        as_ssh: typed.as_ssh,
        destination: Some(host),
        settings,
        config_file: typed.config_file.clone(),
        proxy,
        proxy_password_fd: typed.proxy_password_fd,
        ..Typed::default()
    }
}

/// The proxy of the way, if there is one: a ProxyCommand that was typed counts more than a saved
/// session's proxy, and a proxy more than a ProxyCommand of the files.
pub fn proxy(plan: &Plan, typed: &Typed) -> Result<Option<String>> {
    let command = &plan.options.proxy_command;
    let command_typed =
        command.is_some() && matches!(command.origin, Origin::Flag(_) | Origin::Option);
    let saved = plan.profile.as_ref().and_then(|document| document.profile().proxy.clone());
    let text = match (&typed.proxy, saved) {
        (Some(_), _) if command_typed => return Err(usage(say!(route_proxy_and_command))),
        (Some(text), _) => Some(text.clone()),
        (None, Some(_)) if command_typed => None,
        (None, saved) => saved,
    };
    Ok(text.filter(|text| !text.eq_ignore_ascii_case("none")))
}

pub fn parsed(text: &str, typed: &Typed) -> Result<ProxyPlan> {
    let server = ProxyServer::parse(text).map_err(|fault| usage(say!(route_proxy_flag, fault)))?;
    Ok(ProxyPlan { server, password_fd: typed.proxy_password_fd })
}

fn usage(cause: impl Into<String>) -> Error {
    Error::new(Kind::Usage, cause)
}
