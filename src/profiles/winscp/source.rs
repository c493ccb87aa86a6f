//! The sites as a source. A folder of sites is a part of their names: `prod/web 1`.

use std::path::PathBuf;

use super::layout::{SECRETS, SITES};
use crate::error::Result;
use crate::os::user::UserId;
use crate::profiles::export_file::{ExportFile, session_fault};
use crate::profiles::profile::Profile;
use crate::profiles::putty::{Keeper, PuttySettings, converted, pinned};
use crate::profiles::session::{SavedSession, Source, TrustPlaces};
use crate::profiles::sources::SessionSource;
use crate::registry::RegistryKey;
use crate::say;

/// The site that only has the defaults for new ones.
const DEFAULTS: &str = "Default Settings";
/// The protocols that are not SSH, by their numbers.
const PROTOCOLS: [(i32, &str); 3] = [(5, "FTP"), (6, "WebDAV"), (7, "S3")];
/// SFTP, perhaps with SCP instead, which a site has if it has no protocol.
const DEFAULT_PROTOCOL: i32 = 1;

/// The sites of one file.
pub struct WinScpSites {
    export: ExportFile,
}

impl WinScpSites {
    /// The sites in the file at this path, which is read when it is first needed. Stored passwords
    /// are not kept in memory.
    pub fn new(file: PathBuf, user: UserId) -> WinScpSites {
        WinScpSites { export: ExportFile::new(file, user, SITES, SECRETS) }
    }
}

impl SessionSource for WinScpSites {
    fn source(&self) -> Source {
        Source::WinScp
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
        match self.export.key(name)? {
            Some(key) if name != DEFAULTS => site(name, &key).map(Some),
            _ => Ok(None),
        }
    }

    fn has(&self, name: &str) -> bool {
        name != DEFAULTS && self.export.has(name)
    }
}

fn site(name: &str, key: &RegistryKey) -> Result<SavedSession> {
    let fault = |what: &str| session_fault(name, key.file(), what);
    let made = converted(&PuttySettings::new(key, Keeper::WinScp)).map_err(|what| fault(&what))?;
    let place = key.file().to_owned();
    let trust = TrustPlaces { host_keys: vec![place.clone()], authorities: vec![place.clone()] };
    let mut session = SavedSession::new(Source::WinScp, name, place, made.profile);
    session.profile.note = key.text("Note").filter(|note| !note.trim().is_empty());
    session.unhonoured = made.unhonoured;
    let number = key.number("FSProtocol").unwrap_or(DEFAULT_PROTOCOL);
    let refusal = (!(0..=2).contains(&number)).then(|| {
        let known = PROTOCOLS.iter().find(|(known, _)| *known == number);
        let protocol = known.map_or_else(|| number.to_string(), |(_, name)| (*name).to_owned());
        say!(winscp_protocol, protocol)
    });
    let refusal = refusal.or(made.refusal).map(|what| fault(&what));
    session.trust = trust;
    // WinSCP has no session for a jump host, so this one is a host.
    session.profile.jump = made.jump.map(|jump| jump.typed());
    session.refusal = refusal;
    if key.flag("Tunnel") == Some(true) {
        match tunnel(key) {
            Ok(profile) => {
                let mut via = SavedSession { profile, ..session.clone() };
                via.unhonoured.clear();
                // The way to the site's host is now the way to the tunnel's.
                via.profile.proxy = session.profile.proxy.take();
                via.profile.proxy_command = session.profile.proxy_command.take();
                via.profile.proxy_telnet_command = session.profile.proxy_telnet_command.take();
                session.profile.jump = None;
                session.via = Some(Box::new(via));
            }
            Err(what) => {
                session.refusal.get_or_insert_with(|| fault(&what));
            }
        }
    }
    session.profile.check().map_err(|(field, what)| fault(&format!("{field}: {what}")))?;
    Ok(session)
}

/// The host before the site's host: WinSCP forwards a connection through it.
fn tunnel(key: &RegistryKey) -> Result<Profile, String> {
    let text = |name: &str| key.text(name).filter(|text| !text.trim().is_empty());
    let host = text("TunnelHostName").ok_or_else(|| say!(winscp_no_tunnel_host))?;
    let (user, host) = match host.rsplit_once('@') {
        Some((user, host)) => (Some(user.to_owned()), host.to_owned()),
        None => (text("TunnelUserName"), host),
    };
    let number = key.number("TunnelPortNumber").unwrap_or(22);
    let port = u16::try_from(number).ok().filter(|&port| port != 0);
    let port = port.ok_or_else(|| say!(winscp_tunnel_port, port = number))?;
    let mut profile = Profile { host, user, port: Some(port), ..Profile::default() };
    if let Some(path) = text("TunnelPublicKeyFile") {
        profile.identity.push(path.replace('%', "%%"));
        profile.method.push("publickey".to_owned());
    }
    profile.fingerprints = pinned(&key.text("TunnelHostKey").unwrap_or_default())?;
    profile.check().map_err(|(field, what)| say!(winscp_tunnel_fault, field, what))?;
    Ok(profile)
}
