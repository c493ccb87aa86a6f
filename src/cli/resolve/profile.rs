//! Saved sessions as a layer of options between the command line and ssh_config(5).
//!
//! A saved session is used if `--profile` names it, or if its name is typed as the host and no Host
//! line of the files has a pattern for that name other than `*`. Its host then replaces the one
//! typed, and the files are read for that host. `ssh://name` is always a host, and under the name
//! `ssh` only `--profile` names a session.

use std::path::PathBuf;

use crate::cli::args::Typed;
use crate::config::{Context, Keyword, Layers, Method, Options, Origin};
use crate::destination::Destination;
use crate::error::{Error, Kind, Result};
use crate::profiles::{Document, ProfileStore, Value};
use crate::say;
use crate::text;

use Keyword as K;

/// How many characters of a name or value a message shows.
const MAX_SHOWN: usize = 80;

/// The user's saved sessions: `$XDG_CONFIG_HOME/tessh/sessions`, by default in `~/.config`. A
/// variable that is not an absolute path is ignored (XDG base directory specification).
pub fn store(context: &Context) -> ProfileStore {
    let base = (context.env)("XDG_CONFIG_HOME").map(PathBuf::from);
    let base = base.filter(|path| path.is_absolute());
    let base = base.unwrap_or_else(|| context.home.join(".config"));
    ProfileStore::new(base.join("tessh/sessions"), context.uid)
}

/// The session with this name; an error if there is none.
pub fn named(name: &str, context: &Context) -> Result<Document> {
    let store = store(context);
    store.open(name)?.ok_or_else(|| missing(name, &store))
}

/// The error for a name that no session has.
pub fn missing(name: &str, store: &ProfileStore) -> Error {
    let name = shown(name);
    let error = Error::new(Kind::Config, say!(profile_unknown, name));
    let near = store.near(&name);
    match near.is_empty() {
        true => error.hint(say!(profile_unknown_hint)),
        false => {
            let near: Vec<String> = near.iter().map(|name| shown(name)).collect();
            error.hint(say!(profile_unknown_near, near = near.join(", ")))
        }
    }
}

/// The name of the session that a destination may mean: the whole text, or its host.
pub(super) fn meant(
    typed: &Typed,
    text: &str,
    destination: Option<&Destination>,
    context: &Context,
) -> Option<String> {
    let uri = destination.is_some_and(|destination| destination.uri);
    if typed.as_ssh || uri {
        return None;
    }
    let store = store(context);
    let host = destination.map(|destination| destination.host.as_str());
    [Some(text), host].into_iter().flatten().find(|name| store.has(name)).map(str::to_owned)
}

/// Adds the session's settings; its command is left out if one was typed.
pub(super) fn add(layers: &mut Layers, document: &Document, command_typed: bool) -> Result<()> {
    let p = document.profile();
    let origin = || Origin::Profile(document.name().to_owned());
    let port = p.port.map(|port| port.to_string());
    let interval = p.keepalive_interval.map(|seconds| seconds.to_string());
    let count = p.keepalive_count.map(|count| count.to_string());
    let single = [
        (K::Port, &port),
        (K::User, &p.user),
        (K::ProxyJump, &p.jump),
        (K::ProxyCommand, &p.proxy_command),
        (K::RemoteCommand, if command_typed { &None } else { &p.command }),
        (K::RequestTTY, &p.pty),
        (K::ServerAliveInterval, &interval),
        (K::ServerAliveCountMax, &count),
        (K::KexAlgorithms, &p.kex),
        (K::HostKeyAlgorithms, &p.host_key),
        (K::Ciphers, &p.cipher),
        (K::MACs, &p.mac),
    ];
    for (keyword, value) in single {
        if let Some(value) = value {
            layers.set(keyword, value, origin())?;
        }
    }
    let each = [
        (K::IdentityFile, &p.identity),
        (K::CertificateFile, &p.certificate),
        (K::LocalForward, &p.local_forwards),
        (K::RemoteForward, &p.remote_forwards),
        (K::DynamicForward, &p.dynamic_forwards),
    ];
    for (keyword, values) in each {
        values.iter().try_for_each(|value| layers.set(keyword, value, origin()))?;
    }
    let pairs = p.environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
    for (keyword, values) in [(K::UserKnownHostsFile, p.known_hosts.clone()), (K::SetEnv, pairs)] {
        if !values.is_empty() {
            layers.set_all(keyword, values, origin())?;
        }
    }
    p.options.iter().try_for_each(|option| layers.option(option, origin()))
}

/// The session's method or chain. Empty if methods were typed, by a flag or by `-o`, because those
/// take precedence.
pub(super) fn chain(document: &Document, options: &Options) -> Vec<Method> {
    match options.preferred_authentications.origin {
        Origin::Option | Origin::Flag(_) => Vec::new(),
        _ => document.profile().method.iter().filter_map(|name| Method::find(name)).collect(),
    }
}

/// Warnings about fields of the session that are not supported.
pub(super) fn warnings(document: &Document) -> Vec<String> {
    let name = shown(document.name());
    let unknown = document.unknown().iter().map(|unknown| {
        let (line, key) = (unknown.line, &unknown.key);
        say!(profile_key_unknown, name, line, key)
    });
    unknown.collect()
}

/// For `-v`: the session, and the fields that it sets.
pub fn loaded_line(document: &Document) -> String {
    let fields = document.profile().fields();
    let set = fields.iter().filter(|(_, value)| *value != Value::Unset);
    let set: Vec<&str> = set.map(|(field, _)| *field).collect();
    let (name, file) = (shown(document.name()), document.path().to_string_lossy());
    let file = text::line(&file, 4 * MAX_SHOWN);
    format!("Saved session {name} from {file} sets {}", set.join(", "))
}

fn shown(name: &str) -> String {
    text::line(name, MAX_SHOWN)
}

#[cfg(test)]
mod tests;
