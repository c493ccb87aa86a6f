//! The host to connect to and the way to it: HostName, ProxyCommand and ProxyJump.

use super::expand::{HOSTNAME, Tokens};
use super::fault::ConfigFault;
use super::keyword::Keyword;
use super::layers::Layers;
use super::origin::{Origin, Setting, at};
use super::value::Jump;
use crate::destination::check_host;
use crate::error::Result;

pub fn hostname(layers: &Layers, host: &str) -> Result<Setting<String>> {
    if let Some((name, origin)) = layers.resolved() {
        let set = layers.first(Keyword::HostName).map(|entry| entry.origin.clone());
        let origin = origin.clone().or(set).unwrap_or(Origin::Default);
        return Ok(Setting::new(name.clone(), origin));
    }
    let Some(entry) = layers.first(Keyword::HostName) else {
        return Ok(Setting::default_value(host.to_lowercase()));
    };
    let tokens = Tokens { hostname: host.to_owned(), ..Tokens::default() };
    let fail = |fault: &str| at(&entry.origin, Keyword::HostName, fault);
    let name = tokens.percent(&entry.args[0], HOSTNAME).map_err(|fault| fail(&fault))?;
    let bare = name.strip_prefix('[').and_then(|n| n.strip_suffix(']')).unwrap_or(&name);
    check_host(bare).map_err(|error| fail(error.cause()))?;
    Ok(Setting::new(bare.to_lowercase(), entry.origin.clone()))
}

/// HostName as known at this point of the reading, for `Match host`; the host itself if it is not
/// set.
///
/// # Errors
/// The value has a token that HostName does not support.
pub fn hostname_so_far(layers: &Layers, host: &str) -> Result<String, ConfigFault> {
    let tokens = Tokens { hostname: host.to_owned(), ..Tokens::default() };
    match layers.first(Keyword::HostName) {
        Some(entry) => tokens.percent(&entry.args[0], HOSTNAME),
        None => Ok(host.to_owned()),
    }
}

/// ProxyCommand and ProxyJump exclude each other: the one set first counts. `ProxyJump none` does
/// not disable a later ProxyCommand.
pub fn proxies(layers: &Layers) -> (Setting<Option<String>>, Setting<Option<String>>) {
    let command = layers.first_but_none(Keyword::ProxyCommand);
    let jump = layers.first_but_none(Keyword::ProxyJump);
    let rank = |keyword| layers.rank(keyword).unwrap_or(usize::MAX);
    if jump.is_some() && rank(Keyword::ProxyJump) < rank(Keyword::ProxyCommand) {
        (Setting::default_value(None), jump)
    } else if layers.first(Keyword::ProxyCommand).is_some() {
        (command, Setting::default_value(None))
    } else {
        (command, jump)
    }
}

pub fn jumps(jump: &Setting<Option<String>>) -> Result<Setting<Vec<Jump>>> {
    let list = jump.value.as_deref().map_or(Ok(Vec::new()), Jump::parse_list);
    let list = list.map_err(|fault| at(&jump.origin, Keyword::ProxyJump, &fault))?;
    Ok(Setting::new(list, jump.origin.clone()))
}
