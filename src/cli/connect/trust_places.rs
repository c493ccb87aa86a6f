//! Where to look a host key up: its name and port, the known_hosts files, and what a saved session
//! or the settings add to them.

use std::path::PathBuf;

use crate::cli::resolve::sources;
use crate::cli::settings;
use crate::config::{Context, Options};
use crate::error::{Error, Kind, Result};
use crate::profiles::SavedSession;
use crate::trust::{Sources, Subject};

/// The session's key of this name, in messages.
const HOST_KEY_NAME: &str = "host_key_name";

/// The host that a key must belong to. The session's `host_key_name` counts unless HostKeyAlias is
/// on the command line.
///
/// # Errors
/// [`Kind::Config`]: `host_key_name` is not of the form `name` or `name:port`.
pub fn subject(options: &Options, session: Option<&SavedSession>) -> Result<Subject> {
    let alias = &options.host_key_alias;
    let named = session.and_then(|session| session.profile.host_key_name.as_deref());
    if let Some(name) = named.filter(|_| !alias.origin.is_typed()) {
        return Subject::named(name)
            .map_err(|what| Error::new(Kind::Config, what).context(HOST_KEY_NAME));
    }
    let name = alias.value.as_ref().unwrap_or(&options.hostname.value);
    Ok(Subject {
        name: name.to_ascii_lowercase(),
        port: options.port.value,
        alias: alias.value.is_some(),
    })
}

/// The files that may have keys of the host.
pub fn sources(options: &Options, session: Option<&SavedSession>) -> Sources {
    Sources {
        user: options.user_known_hosts_files.value.clone(),
        global: options.global_known_hosts_files.value.clone(),
        caches: session.map(|session| session.trust.host_keys.clone()).unwrap_or_default(),
    }
}

/// Where PuTTY and WinSCP keep authorities that count: those of the session, and PuTTY's own if
/// `config.toml` says that they count for every connection.
///
/// # Errors
/// [`Kind::Config`]: `config.toml` cannot be used.
pub fn authority_places(session: Option<&SavedSession>, context: &Context) -> Result<Vec<PathBuf>> {
    let mut places = session.map(|session| session.trust.authorities.clone()).unwrap_or_default();
    let settings = settings::read(context)?;
    if settings.putty_authorities {
        let own = sources::putty_places(context).map(|own| own.authorities);
        let all = own.into_iter().chain(settings.putty_files);
        let new: Vec<PathBuf> = all.filter(|place| !places.contains(place)).collect();
        places.extend(new);
    }
    Ok(places)
}
