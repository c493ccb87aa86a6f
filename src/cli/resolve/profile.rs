//! Saved sessions as a layer of options, between the command line and ssh_config(5), and what
//! was typed as a saved session.
//!
//! A saved session is used when `--profile` names it, or when its name is typed as the host and
//! no Host line of the files has a pattern for that name other than `*`. Its host then takes the
//! place of the one typed, and the files are read for that host. `ssh://name` is always a host,
//! and under the name `ssh` only `--profile` names a session.

use std::path::{Path, PathBuf};

use super::record;
use crate::cli::args::Typed;
use crate::config::{Context, Entry, Keyword, Layers, Method, Options, Origin, Shape};
use crate::destination::Destination;
use crate::error::{Error, Kind, Result};
use crate::profiles::{Document, Profile, Store, Value};
use crate::say;
use crate::terminal::encoding::Encoding;
use crate::text;

use Keyword as K;

/// How many characters of a name or value a message shows.
const MAX_SHOWN: usize = 80;

/// The saved sessions of the user: `$XDG_CONFIG_HOME/tessh/sessions`, by default in `~/.config`.
/// As the XDG base directory specification has it, a path that is not absolute does not count.
pub fn store(context: &Context) -> Store {
    let base = (context.env)("XDG_CONFIG_HOME").map(PathBuf::from);
    let base = base.filter(|path| path.is_absolute());
    let base = base.unwrap_or_else(|| context.home.join(".config"));
    Store::new(base.join("tessh/sessions"), context.uid)
}

/// The session of this name, which must be there.
pub fn named(name: &str, context: &Context) -> Result<Document> {
    let store = store(context);
    store.open(name)?.ok_or_else(|| missing(name, &store))
}

/// What is said of a name that no session has.
pub fn missing(name: &str, store: &Store) -> Error {
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

/// The name of the session that may be meant by a destination: all of it, or its host.
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

/// Adds what the session says; its command stays away where one was typed.
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

/// The session's method or chain. Methods that were typed, if only by the name of the option
/// that ssh has for them, count more.
pub(super) fn chain(document: &Document, options: &Options) -> Vec<Method> {
    match options.preferred_authentications.origin {
        Origin::Option | Origin::Flag(_) => Vec::new(),
        _ => document.profile().method.iter().filter_map(|name| Method::find(name)).collect(),
    }
}

/// What the session asks for and does not get.
pub(super) fn warnings(document: &Document) -> Vec<String> {
    let name = shown(document.name());
    let unknown = document.unknown().iter().map(|unknown| {
        let (line, key) = (unknown.line, &unknown.key);
        say!(profile_key_unknown, name, line, key)
    });
    unknown.collect()
}

/// For `-v`: which session it is and what it sets.
pub fn told(document: &Document) -> String {
    let fields = document.profile().fields();
    let set = fields.iter().filter(|(_, value)| *value != Value::Unset);
    let set: Vec<&str> = set.map(|(field, _)| *field).collect();
    let (name, file) = (shown(document.name()), document.path().to_string_lossy());
    let file = text::line(&file, 4 * MAX_SHOWN);
    format!("Saved session {name} from {file} sets {}", set.join(", "))
}

/// A session of what was typed. Relative paths are made absolute from `directory`, since a saved
/// session is used from anywhere.
///
/// # Errors
/// [`Kind::Usage`]: what was typed has no place in a saved session.
pub fn of_command_line(
    typed: &Typed,
    destination: &Destination,
    directory: &Path,
) -> Result<Profile> {
    let layers = super::command_line(typed, Some(destination))?;
    let mut profile = Profile { host: destination.host.clone(), ..Profile::default() };
    let mut counted: Vec<Keyword> = Vec::new();
    for entry in layers.entries() {
        // Of most keywords the first value counts.
        if !entry.keyword.accumulates() && counted.contains(&entry.keyword) {
            continue;
        }
        counted.push(entry.keyword);
        put(&mut profile, entry, directory)?;
    }
    if let Some(command) = super::joined(typed) {
        if profile.command.is_some() {
            let cause = say!(two_commands);
            return Err(Error::new(Kind::Usage, cause));
        }
        let not_text = |_| Error::new(Kind::Usage, say!(command_not_utf8));
        profile.command = Some(String::from_utf8(command).map_err(not_text)?);
    }
    if let Some(chain) = &typed.auth {
        let chain = Method::parse_chain(chain)?;
        profile.method = chain.iter().map(ToString::to_string).collect();
    }
    if let Some(name) = &typed.encoding {
        Encoding::find(name).map_err(|error| error.context(record::ENCODING))?;
    }
    record::words(typed)?;
    if let Some(proxy) = typed.proxy.as_deref().filter(|proxy| *proxy != "none") {
        let server = crate::config::ProxyServer::parse(proxy);
        server.map_err(|fault| Error::new(Kind::Usage, say!(route_proxy_flag, fault)))?;
    }
    profile.proxy.clone_from(&typed.proxy);
    // A whole key is kept by its fingerprint.
    profile.fingerprints = super::pins(typed, None)?.iter().map(ToString::to_string).collect();
    profile.confirm_paste = typed.confirm_paste.then_some(true);
    profile.encoding.clone_from(&typed.encoding);
    let log = typed.log.as_ref().map(|path| record::settled(path, directory));
    profile.log = log.transpose()?.flatten();
    profile.log_format.clone_from(&typed.log_format);
    profile.log_timestamp.clone_from(&typed.log_timestamp);
    Ok(profile)
}

/// One option into its field, or among the further options.
fn put(profile: &mut Profile, entry: &Entry, directory: &Path) -> Result<()> {
    let p = profile;
    let first = || entry.args[0].clone();
    // As -L, -R and -D take them.
    let all = || entry.args.join(":");
    let path = |path: &String| settled(path, directory);
    match entry.keyword {
        K::Port => p.port = first().parse().ok(),
        K::User => p.user = Some(first()),
        K::IdentityFile => p.identity.push(path(&entry.args[0])?),
        K::CertificateFile => p.certificate.push(path(&entry.args[0])?),
        K::UserKnownHostsFile => {
            p.known_hosts = entry.args.iter().map(path).collect::<Result<_>>()?;
        }
        K::ProxyJump => p.jump = Some(first()),
        K::ProxyCommand => p.proxy_command = Some(first()),
        K::LocalForward => p.local_forwards.push(all()),
        K::RemoteForward => p.remote_forwards.push(all()),
        K::DynamicForward => p.dynamic_forwards.push(all()),
        K::RemoteCommand => p.command = Some(first()),
        K::RequestTTY => p.pty = Some(yes_or_no(&first().to_lowercase())),
        K::SetEnv => p.environment = pairs(&entry.args),
        K::ServerAliveInterval if first().parse::<u32>().is_ok() => {
            p.keepalive_interval = first().parse().ok();
        }
        K::ServerAliveCountMax => p.keepalive_count = first().parse().ok(),
        K::KexAlgorithms => p.kex = Some(first()),
        K::HostKeyAlgorithms => p.host_key = Some(first()),
        K::Ciphers => p.cipher = Some(first()),
        K::MACs => p.mac = Some(first()),
        keyword => p.options.push(format!("{}={}", keyword.name(), written(entry))),
    }
    Ok(())
}

fn yes_or_no(word: &str) -> String {
    match word {
        "true" => "yes".to_owned(),
        "false" => "no".to_owned(),
        word => word.to_owned(),
    }
}

/// The first value of a name counts.
fn pairs(args: &[String]) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (name, value) in args.iter().filter_map(|pair| pair.split_once('=')) {
        if pairs.iter().all(|(known, _)| known != name) {
            pairs.push((name.to_owned(), value.to_owned()));
        }
    }
    pairs.sort();
    pairs
}

/// The arguments as a line of ssh_config(5) has them: quoted where they would fall apart.
fn written(entry: &Entry) -> String {
    if entry.keyword.row().shape == Shape::Line {
        return entry.args.join(" ");
    }
    let quoted = |arg: &String| match arg.contains([' ', '\t', '"', '\'', '\\', '#']) {
        true => format!("\"{}\"", arg.replace('\\', "\\\\").replace('"', "\\\"")),
        false => arg.clone(),
    };
    entry.args.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// A path that means the same from everywhere.
fn settled(path: &str, directory: &Path) -> Result<String> {
    if path.starts_with(['/', '~', '%', '$']) || path.eq_ignore_ascii_case("none") {
        return Ok(path.to_owned());
    }
    let Some(directory) = directory.to_str() else {
        let cause = say!(directory_not_utf8, value = shown(path));
        return Err(Error::new(Kind::Usage, cause).hint(say!(directory_not_utf8_hint)));
    };
    // A `%` of the directory's own is no token.
    Ok(format!("{}/{path}", directory.trim_end_matches('/').replace('%', "%%")))
}

fn shown(name: &str) -> String {
    text::line(name, MAX_SHOWN)
}

#[cfg(test)]
mod tests;
