//! PuTTY's sessions as sources: its folder on Unix, and an export of the registry.

use std::path::PathBuf;
use std::sync::Arc;

use super::convert::converted;
use super::jump::PuttyJump;
use super::proxy;
use super::proxy_command;
use super::settings::{Keeper, ProxyMethod, PuttySettings};
use crate::error::Result;
use crate::os::user::UserId;
use crate::profiles::export_file::{ExportFile, session_fault};
use crate::profiles::file::leads_nowhere;
use crate::profiles::profile::Profile;
use crate::profiles::session::{SavedSession, Source, TrustPlaces};
use crate::profiles::sources::SessionSource;
use crate::registry::{PuttyFolder, PuttyPlaces, RegistryKey};
use crate::say;
use crate::secret::Secret;

/// The session that only has the defaults for new ones.
const DEFAULTS: &str = "Default Settings";
/// The key of an export under which each session has a key.
const SESSIONS: &[&str] = &["SimonTatham\\PuTTY\\Sessions"];
/// The most sessions that lead through one another, as ssh(1) allows jump hosts.
const MAX_JUMPS: usize = 8;

/// The sessions in PuTTY's folder.
pub struct PuttySessions {
    folder: PuttyFolder,
    trust: TrustPlaces,
}

impl PuttySessions {
    /// The sessions at PuTTY's places, which need not exist. Files that others than this user can
    /// write are refused.
    pub fn new(places: PuttyPlaces, user: UserId) -> PuttySessions {
        let trust = TrustPlaces {
            host_keys: vec![places.host_keys],
            authorities: vec![places.authorities],
        };
        PuttySessions { folder: PuttyFolder::new(places.sessions, user), trust }
    }

    /// The key of a session; `None` if there is none.
    fn key(&self, name: &str) -> Result<Option<RegistryKey>> {
        match (self.folder.open(name)?, self.folder.find(name)) {
            (None, Some(path)) => Err(leads_nowhere(&path)),
            (key, _) => Ok(key),
        }
    }
}

impl SessionSource for PuttySessions {
    fn source(&self) -> Source {
        Source::Putty
    }

    fn place(&self) -> PathBuf {
        self.folder.directory().to_owned()
    }

    fn names(&self) -> Result<Vec<(String, Result<()>)>> {
        let mut names = self.folder.names()?;
        names.retain(|(name, _)| name != DEFAULTS);
        Ok(names)
    }

    fn open(&self, name: &str) -> Result<Option<SavedSession>> {
        session(name, &|name| self.key(name), &self.trust, MAX_JUMPS)
    }

    fn has(&self, name: &str) -> bool {
        name != DEFAULTS && self.folder.find(name).is_some()
    }
}

/// The sessions in an export of the registry.
pub struct ExportedPuttySessions {
    export: ExportFile,
    trust: TrustPlaces,
}

impl ExportedPuttySessions {
    /// The sessions in the file at this path, which is read when it is first needed.
    pub fn new(file: PathBuf, user: UserId) -> ExportedPuttySessions {
        let places = || vec![file.clone()];
        let trust = TrustPlaces { host_keys: places(), authorities: places() };
        ExportedPuttySessions { export: ExportFile::new(file, user, SESSIONS, &[]), trust }
    }
}

impl SessionSource for ExportedPuttySessions {
    fn source(&self) -> Source {
        Source::Putty
    }

    fn place(&self) -> PathBuf {
        self.export.path().to_owned()
    }

    fn names(&self) -> Result<Vec<(String, Result<()>)>> {
        let mut names = self.export.names()?;
        names.retain(|(name, _)| name != DEFAULTS);
        Ok(names)
    }

    fn open(&self, name: &str) -> Result<Option<SavedSession>> {
        session(name, &|name| self.export.key(name), &self.trust, MAX_JUMPS)
    }

    fn has(&self, name: &str) -> bool {
        name != DEFAULTS && self.export.has(name)
    }
}

/// Finds the key of a session.
type Find<'a> = dyn Fn(&str) -> Result<Option<RegistryKey>> + 'a;

/// The session of this name, with those that it leads through, at most `jumps` of them.
fn session(
    name: &str,
    find: &Find<'_>,
    trust: &TrustPlaces,
    jumps: usize,
) -> Result<Option<SavedSession>> {
    if name == DEFAULTS {
        return Ok(None);
    }
    let Some(key) = find(name)? else { return Ok(None) };
    let settings = PuttySettings::new(&key, Keeper::Putty);
    let fault = |what: &str| session_fault(name, key.file(), what);
    let made = converted(&settings).map_err(|what| fault(&what))?;
    let place = key.file().to_owned();
    let mut session = SavedSession::new(Source::Putty, name, place, made.profile);
    session.unhonoured = made.unhonoured;
    session.refusal = made.refusal.map(|what| fault(&what));
    session.spares_loopback = proxy::spares_loopback(&settings);
    session.trust = trust.clone();
    session.proxy_password = proxy_password(&settings).map(Arc::new);
    match (made.jump, jumps.checked_sub(1)) {
        (None, _) => {}
        (Some(jump), Some(left)) => {
            lead_through(&mut session, &jump, self::session(&jump.host, find, trust, left));
        }
        (Some(_), None) => {
            let what = say!(putty_too_many_jumps, limit = MAX_JUMPS);
            session.refusal.get_or_insert_with(|| fault(&what));
        }
    }
    Ok(Some(session))
}

/// Puts a session, or else a host, before the host of another session. The host's keys may be in
/// PuTTY's cache, too.
fn lead_through(session: &mut SavedSession, jump: &PuttyJump, found: Result<Option<SavedSession>>) {
    match found {
        Ok(Some(mut via)) => {
            if let Some(user) = &jump.user {
                via.profile.user = Some(user.clone());
            }
            session.refusal = session.refusal.take().or_else(|| via.refusal.clone());
            session.via = Some(Box::new(via));
        }
        Ok(None) => {
            let mut via = session.clone();
            (via.name, via.unhonoured, via.refusal) = (jump.host.clone(), Vec::new(), None);
            via.spares_loopback = false;
            via.proxy_password = None;
            via.profile = Profile {
                host: jump.host.clone(),
                port: jump.port,
                user: jump.user.clone(),
                ..Profile::default()
            };
            session.via = Some(Box::new(via));
        }
        Err(error) => {
            session.refusal.get_or_insert(error);
        }
    }
}

/// The password for the proxy, where the session's way has a use for it.
fn proxy_password(settings: &PuttySettings<'_>) -> Option<Secret> {
    let line = || proxy_command::has_piece(&settings.text("ProxyTelnetCommand"), "pass");
    let wanted = match settings.proxy_method() {
        ProxyMethod::Socks5 | ProxyMethod::Http => true,
        ProxyMethod::Telnet => line(),
        _ => false,
    };
    settings.key().secret("ProxyPassword").filter(|_| wanted)
}
