//! The hosts and proxies on the way: each jump host is resolved as if it had been typed, so its
//! own Host and Match lines count, and nothing of the destination's.
//!
//! As in ssh(1), of a list `a,b` the last is resolved with the ones before it as its own `-J`,
//! and what goes with it from the command line is `-F`; the first may have jump hosts of its own
//! configuration. The proxy server is for the first connection of all.

use super::{Plan, check, layered, settle_within, usage};
use crate::cli::args::{Typed, TypedSetting};
use crate::cli::resolve::Surroundings;
use crate::config::{Context, Jump, Keyword, Names, Origin, ProxyServer, Tokens};
use crate::error::{Error, Kind, Result};
use crate::say;

/// The most hosts on the way, with those that jump hosts have of their own.
const MAX_HOPS: usize = 16;

/// The tokens of ProxyJump (ssh_config(5), TOKENS).
const JUMP_TOKENS: &str = "hnpr";

/// The proxy server of the first connection.
#[derive(Clone, Debug)]
pub struct ProxyPlan {
    /// The server.
    pub server: ProxyServer,
    /// The descriptor that its password is read from; it is asked for otherwise.
    pub password_fd: Option<i32>,
}

/// One host on the way, as it is asked for: it, and those before it.
type Step = (Jump, Vec<Jump>);

/// The hosts on the way that are being resolved, the one nearest to the destination first.
#[derive(Default)]
pub(super) struct Way {
    steps: Vec<Step>,
    /// The host that the one being resolved leads to.
    pub(super) onward: Option<String>,
}

/// Adds the way to a plan that has the rest.
///
/// # Errors
/// [`Kind::Config`]: jump hosts without an end. What a jump host's configuration is refused for,
/// with its name. [`Kind::Usage`]: a proxy that is none, or that excludes what else was typed.
pub(super) fn add(
    plan: &mut Plan,
    typed: &Typed,
    (context, names): (&Context, &dyn Names),
    around: &Surroundings<'_>,
    mut way: Way,
) -> Result<()> {
    plan.onward = way.onward.take();
    let proxy = proxy(plan, typed)?;
    let Some((last, before)) = plan.options.jumps.split_last() else {
        plan.proxy = match proxy {
            Some(text) => Some(parsed(&text, typed)?),
            None => None,
        };
        if plan.proxy.is_some() {
            plan.options.proxy_command.value = None;
        }
        return Ok(());
    };
    let last = expanded(last, plan)?;
    let before = before.iter().map(|jump| expanded(jump, plan)).collect::<Result<Vec<Jump>>>()?;
    let step = (last.clone(), before);
    if leads_to_itself(plan, &last) || way.steps.contains(&step) {
        let host = last.to_string();
        return Err(Error::new(Kind::Config, say!(route_loop, host))
            .hint(say!(route_loop_hint, host = last.host)));
    }
    if way.steps.len() >= MAX_HOPS {
        return Err(Error::new(Kind::Config, say!(route_too_long, limit = MAX_HOPS)));
    }
    let hop = as_typed(typed, &step, proxy);
    way.steps.push(step);
    way.onward = Some(plan.host.clone());
    let named = |error: Error| error.context(say!(route_jump_host, host = last.host));
    let resolved = layered(&hop, context, names).map_err(named)?;
    let warnings = check(&hop, &resolved).map_err(named)?;
    let via = settle_within(&hop, resolved, (context, names), around, way);
    let mut via = via.map_err(|error| match error.kind() {
        // Of a loop, the hosts around it say nothing more.
        Kind::Config => error,
        _ => named(error),
    })?;
    via.options.warnings.extend(warnings);
    plan.via = Some(Box::new(via));
    Ok(())
}

/// As ssh(1) sees it: the same host, port and user.
fn leads_to_itself(plan: &Plan, jump: &Jump) -> bool {
    let options = &plan.options;
    let user = jump.user.as_ref().unwrap_or(&options.user.value);
    let hosts = [&plan.host, &options.hostname.value];
    hosts.contains(&&jump.host)
        && jump.port.unwrap_or(22) == options.port.value
        && *user == options.user.value
}

/// As in ssh(1), `%h`, `%n`, `%p` and `%r` are those of the destination.
fn expanded(jump: &Jump, plan: &Plan) -> Result<Jump> {
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
fn as_typed(typed: &Typed, (jump, before): &Step, proxy: Option<String>) -> Typed {
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
fn proxy(plan: &Plan, typed: &Typed) -> Result<Option<String>> {
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

fn parsed(text: &str, typed: &Typed) -> Result<ProxyPlan> {
    let server = ProxyServer::parse(text).map_err(|fault| usage(say!(route_proxy_flag, fault)))?;
    Ok(ProxyPlan { server, password_fd: typed.proxy_password_fd })
}
