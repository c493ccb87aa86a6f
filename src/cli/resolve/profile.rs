//! Saved sessions as a layer of options between the command line and ssh_config(5).

use crate::config::{Keyword, Layers, Method, Options, Origin};
use crate::error::Result;
use crate::profiles::{SavedSession, Source, Value};
use crate::say;
use crate::text;

use Keyword as K;

/// How many characters of a name or value a message shows.
const MAX_SHOWN: usize = 80;

/// Adds the session's settings; its command is left out if one was typed.
pub(super) fn add(layers: &mut Layers, session: &SavedSession, command_typed: bool) -> Result<()> {
    let p = &session.profile;
    let origin = || Origin::Profile(shown_name(session));
    let port = p.port.map(|port| port.to_string());
    let interval = p.keepalive_interval.map(|seconds| seconds.to_string());
    let count = p.keepalive_count.map(|count| count.to_string());
    let host = Some(p.host.clone());
    let pty = p.pty.clone().filter(|_| !(command_typed && is_pty_of_command(session)));
    let single = [
        (K::Port, &port),
        (K::User, &p.user),
        // A node's name is the cluster's, and no alias of ssh_config(5).
        (K::HostName, if p.teleport.is_some() { &host } else { &None }),
        (K::ProxyJump, &p.jump),
        (K::ProxyCommand, &p.proxy_command),
        (K::RemoteCommand, if command_typed { &None } else { &p.command }),
        (K::RequestTTY, &pty),
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

/// Whether the terminal is there for the session's own command. PuTTY has one for it, but none for
/// a command that is typed.
fn is_pty_of_command(session: &SavedSession) -> bool {
    let p = &session.profile;
    let of_putty = [Source::Putty, Source::WinScp].iter().any(|source| {
        session.source == *source || p.imported_from.as_deref() == Some(source.word())
    });
    of_putty && p.command.is_some() && p.pty.as_deref() == Some("yes")
}

/// The session's method or chain. Empty if methods were typed, by a flag or by `-o`, because those
/// take precedence.
pub(super) fn chain(session: &SavedSession, options: &Options) -> Vec<Method> {
    if options.preferred_authentications.origin.is_typed() {
        return Vec::new();
    }
    session.profile.method.iter().filter_map(|name| Method::find(name)).collect()
}

/// Warnings about what the session has and tessh does not do.
pub(super) fn warnings(session: &SavedSession) -> Vec<String> {
    let name = shown(&shown_name(session));
    let unknown = session.unknown.iter().map(|unknown| {
        let (line, key) = (unknown.line, &unknown.key);
        say!(profile_key_unknown, name, line, key)
    });
    let unhonoured = session.unhonoured.iter().map(|what| say!(profile_not_honoured, name, what));
    unknown.chain(unhonoured).collect()
}

/// The name of a session as messages show it: with its source, if that is another program.
pub fn shown_name(session: &SavedSession) -> String {
    match session.source {
        Source::Own | Source::Teleport => session.name.clone(),
        Source::OpenSsh | Source::Putty | Source::WinScp => session.full_name(),
    }
}

/// For `-v`: the session, and the fields that it sets.
pub fn loaded_line(session: &SavedSession) -> String {
    let fields = session.profile.fields();
    let set = fields.iter().filter(|(_, value)| *value != Value::Unset);
    let set: Vec<&str> = set.map(|(field, _)| *field).collect();
    let (name, file) = (shown(&shown_name(session)), session.place.to_string_lossy());
    let file = text::line(&file, 4 * MAX_SHOWN);
    format!("Saved session {name} from {file} sets {}", set.join(", "))
}

fn shown(name: &str) -> String {
    text::line(name, MAX_SHOWN)
}

#[cfg(test)]
mod tests;
