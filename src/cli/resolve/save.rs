//! Turns a command line into a saved session, for `tessh sessions save` and the New connection
//! dialog.

use std::path::Path;

use super::layers::{command_line, files_for, joined};
use super::pins::pins;
use super::record;
use crate::cli::args::Typed;
use crate::config::{Context, Directive, FileMemory, Keyword, Method, Options, Shape};
use crate::destination::Destination;
use crate::error::{Error, Kind, Result};
use crate::profiles::Profile;
use crate::say;
use crate::terminal::encoding::Encoding;
use crate::text;

use Keyword as K;

/// How many characters of a value a message shows.
const MAX_SHOWN: usize = 80;

/// Makes a session of the command line. Relative paths are made absolute from `directory`, because
/// a saved session may be used from any directory.
///
/// # Errors
/// [`Kind::Usage`]: the command line has something that a saved session cannot store.
pub fn of_command_line(
    typed: &Typed,
    destination: &Destination,
    directory: &Path,
) -> Result<Profile> {
    let layers = command_line(typed, Some(destination))?;
    let mut profile = Profile { host: destination.host.clone(), ..Profile::default() };
    let mut counted: Vec<Keyword> = Vec::new();
    for entry in layers.entries() {
        // For most keywords the first value counts.
        if !entry.keyword.accumulates() && counted.contains(&entry.keyword) {
            continue;
        }
        counted.push(entry.keyword);
        put(&mut profile, entry, directory)?;
    }
    if let Some(command) = joined(typed) {
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
    // A whole key is stored as its fingerprint.
    profile.fingerprints = pins(typed, None)?.iter().map(ToString::to_string).collect();
    profile.confirm_paste = typed.confirm_paste.then_some(true);
    profile.encoding.clone_from(&typed.encoding);
    let log = typed.log.as_ref().map(|path| record::settled(path, directory));
    profile.log = log.transpose()?.flatten();
    profile.log_format.clone_from(&typed.log_format);
    profile.log_timestamp.clone_from(&typed.log_timestamp);
    Ok(profile)
}

/// Makes a session of what the files of ssh_config(5) say about a host, without the system's file
/// where `-F` names one. `memory` has the files for the next host.
///
/// # Errors
/// The files cannot be read or are refused for this host.
pub fn of_host(
    host: &str,
    typed: &Typed,
    (context, memory): (&Context, &FileMemory),
    directory: &Path,
) -> Result<Profile> {
    let layers = files_for(typed, host, context, memory)?;
    let options = Options::of(&layers, host, context)?;
    let mut profile = Profile { host: options.hostname.value, ..Profile::default() };
    let mut counted: Vec<Keyword> = vec![K::HostName];
    for entry in layers.entries() {
        let counts = entry.keyword.accumulates() || !counted.contains(&entry.keyword);
        if !counts || entry.keyword == K::HostName {
            continue;
        }
        counted.push(entry.keyword);
        put(&mut profile, entry, directory)?;
    }
    Ok(profile)
}

/// Stores one option in its field, or in the list of further options.
fn put(profile: &mut Profile, entry: &Directive, directory: &Path) -> Result<()> {
    let p = profile;
    let first = || entry.args[0].clone();
    // Joins the arguments as -L, -R and -D take them.
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
        K::SetEnv => p.environment = name_value_pairs(&entry.args),
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

/// The `NAME=value` pairs; the first value of a name counts.
fn name_value_pairs(args: &[String]) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (name, value) in args.iter().filter_map(|pair| pair.split_once('=')) {
        if pairs.iter().all(|(known, _)| known != name) {
            pairs.push((name.to_owned(), value.to_owned()));
        }
    }
    pairs.sort();
    pairs
}

/// The arguments as a line of ssh_config(5), quoted where necessary.
pub(super) fn written(entry: &Directive) -> String {
    if entry.keyword.row().shape == Shape::Line {
        return entry.args.join(" ");
    }
    let quoted = |arg: &String| match arg.contains([' ', '\t', '"', '\'', '\\', '#']) {
        true => format!("\"{}\"", arg.replace('\\', "\\\\").replace('"', "\\\"")),
        false => arg.clone(),
    };
    entry.args.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// Makes a path absolute.
fn settled(path: &str, directory: &Path) -> Result<String> {
    if path.starts_with(['/', '~', '%', '$']) || path.eq_ignore_ascii_case("none") {
        return Ok(path.to_owned());
    }
    let Some(directory) = directory.to_str() else {
        let cause = say!(directory_not_utf8, value = shown(path));
        return Err(Error::new(Kind::Usage, cause).hint(say!(directory_not_utf8_hint)));
    };
    // Escapes a `%` in the directory's name, which is not a token.
    Ok(format!("{}/{path}", directory.trim_end_matches('/').replace('%', "%%")))
}

fn shown(name: &str) -> String {
    text::line(name, MAX_SHOWN)
}
