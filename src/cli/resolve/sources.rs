//! Which saved session is meant: all sources of sessions, and what a name means among them.
//!
//! A saved session is meant if `--profile` names it, or if its name is typed as the host. A name
//! that several sources have, ssh_config(5) with its Host lines among them, is not guessed:
//! `source:name` says which one, and a person at a terminal is asked. A Host line that has the name
//! only by a wildcard other than `*` makes it a host. `ssh://name` is always a host, and under the
//! name `ssh` only `--profile` names a session.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::files::files;
use super::plan::Plan;
use crate::cli::args::Typed;
use crate::cli::settings;
use crate::config::{self, Context, HostAlias};
use crate::destination::Destination;
use crate::error::{Error, Kind, Result};
use crate::profiles::putty::{ExportedPuttySessions, PuttySessions};
use crate::profiles::winscp::WinScpSites;
use crate::profiles::{
    OpenSshHost, OpenSshHosts, OwnSessions, ProfileStore, SavedSession, SessionPlace,
    SessionSource, Sessions, Source, qualified,
};
use crate::registry::PuttyPlaces;
use crate::say;
use crate::text;

/// How many characters of a name or path a message shows.
const MAX_SHOWN: usize = 80;

/// The user's own saved sessions: `sessions` in the directory of the settings.
pub fn store(context: &Context) -> ProfileStore {
    ProfileStore::new(settings::directory(context).join("sessions"), context.uid)
}

/// The saved sessions of all sources; `typed` says which files of ssh_config(5) are read.
///
/// # Errors
/// [`Kind::Config`]: the settings, which name further files, cannot be used.
pub fn sessions(typed: &Typed, context: &Context) -> Result<Sessions> {
    let settings = settings::read(context)?;
    let own = config::user_directory(context).join("config");
    let mut sources: Vec<Box<dyn SessionSource>> =
        vec![Box::new(OwnSessions(store(context))), Box::new(openssh_hosts(own, typed, context))];
    if let Some(places) = putty_places(context) {
        sources.push(Box::new(PuttySessions::new(places, context.uid)));
    }
    for file in settings.putty_files {
        sources.push(Box::new(ExportedPuttySessions::new(file, context.uid)));
    }
    for file in settings.winscp_files {
        sources.push(Box::new(WinScpSites::new(file, context.uid)));
    }
    Ok(Sessions::new(sources))
}

/// The hosts of ssh_config(5); `typed` says which files are read, of which `place` is named.
pub fn openssh_hosts(place: PathBuf, typed: &Typed, context: &Context) -> OpenSshHosts {
    let (files, home) = (files(typed, context), context.home.clone());
    let find = move || {
        let found = config::host_aliases(&files, &home).into_iter();
        let host = |HostAlias { name, file, hostname, user, port }| OpenSshHost {
            name,
            file,
            hostname,
            user,
            port,
        };
        found.map(host).collect()
    };
    OpenSshHosts::new(place, Box::new(find))
}

/// Where PuTTY keeps its own, by its environment variables and the home directory.
pub fn putty_places(context: &Context) -> Option<PuttyPlaces> {
    let variable = |name: &str| (context.env)(name).map(OsString::from);
    PuttyPlaces::find(variable, Some(&context.home), Path::exists)
}

/// The names of sessions as they can be typed: with the source if several have it. Nothing is read
/// but names.
pub fn typed_names(sessions: &Sessions) -> Vec<String> {
    let (mut all, _) = sessions.names();
    all.retain(|(at, fault)| fault.is_ok() && !at.name.contains(char::is_control));
    let of_one_name = all.chunk_by(|(one, _), (other, _)| one.name == other.name);
    let typed = of_one_name.flat_map(|places| match places {
        [(at, _)] => vec![at.name.clone()],
        several => several.iter().map(|(at, _)| at.full_name()).collect(),
    });
    typed.collect()
}

/// The session that `--profile` names.
///
/// # Errors
/// None or several have this name, or it cannot be read.
pub fn named(name: &str, typed: &Typed, context: &Context) -> Result<SavedSession> {
    let sessions = sessions(typed, context)?;
    let found = without_originals(sessions.meant_besides_hosts(name), &sessions);
    match one_of(found, typed)? {
        Some(at) => open(&sessions, &at),
        None => Err(missing(name, &sessions)),
    }
}

/// An error of a connection that was to a host, with what keeps a saved session of that name from
/// being found, if a host of that name was not found either.
pub fn explained(error: Error, typed: &Typed, plan: &Plan, context: &Context) -> Error {
    if error.kind() != Kind::Resolve || plan.profile.is_some() || typed.as_ssh {
        return error;
    }
    match sessions(typed, context).ok().and_then(|sessions| sessions.unread()) {
        Some(fault) => error.hint(say!(sessions_unread, fault)),
        None => error,
    }
}

/// The error for a name that no session has, if the sessions can be listed.
pub(super) fn not_found(name: &str, typed: &Typed, context: &Context) -> Option<Error> {
    sessions(typed, context).ok().map(|sessions| missing(name, &sessions))
}

/// The error for a name that no session has.
pub fn missing(name: &str, sessions: &Sessions) -> Error {
    if let Some(fault) = sessions.fault_of(name) {
        return fault;
    }
    let name = shown(name);
    let error = Error::new(Kind::Config, say!(profile_unknown, name));
    if let Some(fault) = sessions.unread() {
        return error.hint(say!(sessions_unread, fault));
    }
    let near = sessions.near(&name);
    match near.is_empty() {
        true => error.hint(say!(profile_unknown_hint)),
        false => {
            let near: Vec<String> = near.iter().map(|name| shown(name)).collect();
            error.hint(say!(profile_unknown_near, near = near.join(", ")))
        }
    }
}

/// What was typed as the destination.
pub(super) struct MeantSession {
    /// All sessions.
    pub sessions: Sessions,
    /// The sessions that the text may mean.
    pub places: Vec<SessionPlace>,
    /// The name that was typed: the whole text, or its part after `user@`.
    pub name: String,
}

/// The sessions that a destination may mean: those with the whole text as their name, or with its
/// host. `None` if it is a host.
pub(super) fn meant(
    typed: &Typed,
    text: &str,
    destination: Option<&Destination>,
    context: &Context,
) -> Result<Option<MeantSession>> {
    let uri = destination.is_some_and(|destination| destination.uri);
    if typed.as_ssh || uri {
        return Ok(None);
    }
    let sessions = sessions(typed, context)?;
    let host = destination.map(|destination| destination.host.as_str());
    for name in [Some(text), host].into_iter().flatten() {
        let places = sessions.meant_besides_hosts(name);
        if !places.is_empty() {
            return Ok(Some(MeantSession { sessions, places, name: name.to_owned() }));
        }
    }
    match qualified(text) {
        // `putty:22` may be a host and a port; other text after a source can only be a name.
        Some((_, name)) if name.parse::<u16>().is_err() => Err(missing(text, &sessions)),
        _ => Ok(None),
    }
}

impl MeantSession {
    /// The session that is meant, given whether a Host line has the name, too; `None` if it is the
    /// host of that line.
    ///
    /// # Errors
    /// Several have the name, or the session cannot be read.
    pub(super) fn open(mut self, typed: &Typed, host_named: bool) -> Result<Option<SavedSession>> {
        if host_named && !self.is_qualified() {
            let hosts = self.hosts();
            if hosts.is_empty() || typed.source == Some(Source::OpenSsh) {
                return Ok(None);
            }
            self.places.extend(hosts);
        }
        let places = std::mem::take(&mut self.places);
        let places = without_originals(places, &self.sessions);
        one_of(places, typed)?.map(|at| open(&self.sessions, &at)).transpose()
    }

    /// Whether the name was typed with its source.
    fn is_qualified(&self) -> bool {
        self.places.iter().any(|at| at.name != self.name)
    }

    /// The hosts of ssh_config(5) with this name.
    fn hosts(&self) -> Vec<SessionPlace> {
        let all = self.sessions.meant(&self.name);
        all.into_iter().filter(|at| at.source == Source::OpenSsh).collect()
    }
}

/// The saved session that a Host line with a wildcard hides.
pub fn hidden_session(typed: &Typed, context: &Context) -> Option<String> {
    let text = typed.destination.as_deref()?;
    let parsed = Destination::parse(text);
    let found = meant(typed, text, parsed.as_ref().ok(), context).ok()??;
    Some(found.name)
}

/// The places without those of which one of tessh's own is the imported copy: it was asked for, and
/// stands for them.
fn without_originals(mut found: Vec<SessionPlace>, sessions: &Sessions) -> Vec<SessionPlace> {
    let own = found.iter().position(|at| at.source == Source::Own).filter(|_| found.len() > 1);
    let copy = own.and_then(|own| sessions.open(&found[own]).ok().flatten());
    if let Some(from) = copy.and_then(|session| session.profile.imported_from) {
        found.retain(|at| at.source.word() != from);
    }
    found
}

/// The one place among several, if there is any; a source that was chosen decides.
fn one_of(mut found: Vec<SessionPlace>, typed: &Typed) -> Result<Option<SessionPlace>> {
    if let Some(source) = typed.source {
        found.retain(|at| at.source == source);
    }
    match found.len() {
        0 | 1 => Ok(found.pop()),
        _ => {
            let mut names: Vec<String> = found.iter().map(SessionPlace::full_name).collect();
            names.dedup();
            match names.len() {
                1 => Err(several_of_one(&found)),
                _ => Err(several(&found[0].name, &names)),
            }
        }
    }
}

fn open(sessions: &Sessions, at: &SessionPlace) -> Result<SavedSession> {
    sessions.open(at)?.ok_or_else(|| missing(&at.name, sessions))
}

/// The error for a name that several sources have.
fn several(name: &str, names: &[String]) -> Error {
    let names: Vec<String> = names.iter().map(|name| shown(name)).collect();
    Error::new(Kind::Config, say!(session_of_several, name = shown(name), names = names.join(", ")))
        .hint(say!(session_of_several_hint, name = &names[0]))
}

/// The error for a name that several files of one source have.
fn several_of_one(found: &[SessionPlace]) -> Error {
    let path = |at: &SessionPlace| text::path(&at.place);
    let places: Vec<String> = found.iter().map(path).collect();
    let name = shown(&found[0].name);
    Error::new(Kind::Config, say!(session_in_several_files, name, places = places.join(", ")))
        .hint(say!(session_in_several_files_hint))
}

/// The sources among which a person has to choose, because several have the name that was typed;
/// none if there is nothing to choose.
///
/// # Errors
/// The settings or the files cannot be read.
pub fn choices(typed: &Typed, context: &Context) -> Result<Vec<(Source, String)>> {
    if typed.source.is_some() {
        return Ok(Vec::new());
    }
    let places = match (&typed.profile, &typed.destination) {
        (Some(name), _) => {
            let sessions = sessions(typed, context)?;
            without_originals(sessions.meant_besides_hosts(name), &sessions)
        }
        (None, Some(text)) => {
            let parsed = Destination::parse(text);
            let Some(found) = meant(typed, text, parsed.as_ref().ok(), context)? else {
                return Ok(Vec::new());
            };
            let hosts = if found.is_qualified() { Vec::new() } else { found.hosts() };
            let places = found.places.into_iter().chain(hosts).collect();
            without_originals(places, &found.sessions)
        }
        (None, None) => Vec::new(),
    };
    let path = |at: &SessionPlace| text::path(&at.place);
    let mut all: Vec<(Source, String)> = places
        .iter()
        .map(|at| (at.source, format!("{} ({})", shown(&at.full_name()), path(at))))
        .collect();
    let sources = all.iter().map(|(source, _)| *source);
    let distinct = sources.collect::<std::collections::BTreeSet<_>>().len();
    if distinct < 2 || distinct < all.len() {
        all.clear();
    }
    Ok(all)
}

fn shown(name: &str) -> String {
    text::line(name, MAX_SHOWN)
}
