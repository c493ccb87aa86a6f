//! What is exported: the saved sessions with everything that counts for them, the host keys on
//! record, and the authorities.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use russh::keys::ssh_key::PublicKey;

use crate::cli::connect::trust_places;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::resolve::{self, Plan, sources::store};
use crate::config::{ProxyKind, ProxyServer};
use crate::error::{Error, Kind, Result};
use crate::profiles::{
    ExportFacts, ExportRoute, OwnSessions, Profile, SavedSession, SessionSource, Sessions,
    putty_session,
};
use crate::registry::WrittenField;
use crate::say;
use crate::text;
use crate::trust::authority::{Authority, RsaHashes};
use crate::trust::{ClusterAuthorities, ClusterRule, Marker, cache_entry, entries};

/// The first bytes of a key file of PuTTY.
const PPK: &[u8] = b"PuTTY-User-Key-File-";
/// PuTTY's session that has its defaults.
const DEFAULTS: &str = "Default Settings";
/// What the names of a Teleport cluster's authorities begin with in PuTTY.
const TELEPORT: &str = "TeleportHostCA-";
/// How many characters of a name or path are shown.
const MAX_SHOWN: usize = 200;

/// What is exported.
#[derive(Default)]
pub(super) struct Exported {
    /// The sessions by name.
    pub sessions: Vec<(String, Vec<WrittenField>)>,
    /// Entries of the host key cache: `type@port:host`, and the data of the key.
    pub host_keys: Vec<(String, String)>,
    /// The authorities by name.
    pub authorities: Vec<(String, Vec<WrittenField>)>,
    /// The clusters of Teleport by name.
    clusters: BTreeMap<String, ExportedCluster>,
    /// What could not be exported, one line each.
    pub notes: Vec<String>,
}

/// A cluster of Teleport whose hosts are exported.
#[derive(Default)]
struct ExportedCluster {
    keys: Vec<PublicKey>,
    hosts: BTreeSet<String>,
}

/// Collects everything.
///
/// # Errors
/// The saved sessions cannot be read, or there are none.
pub(super) fn collect(environment: &ProcessEnvironment) -> Result<Exported> {
    let mut out = Exported::default();
    let own: Vec<Box<dyn SessionSource>> =
        vec![Box::new(OwnSessions(store(&environment.context())))];
    let (all, faults) = Sessions::new(own).list();
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault);
    }
    if all.is_empty() {
        return Err(Error::new(Kind::Usage, say!(export_nothing)).hint(say!(sessions_none_hint)));
    }
    for listed in all {
        let added = listed.session.and_then(|session| out.add(session, environment));
        if let Err(error) = added {
            let name = text::line(&listed.name, MAX_SHOWN);
            out.notes.push(say!(export_not_exported, name, error));
        }
    }
    if out.sessions.is_empty() {
        return Err(Error::new(Kind::Usage, out.notes.swap_remove(0)));
    }
    let records = environment.authorities().load();
    out.notes.extend(records.problems.iter().map(ToString::to_string));
    out.authorities.extend(records.records.iter().map(authority));
    out.end_clusters();
    out.host_keys.sort();
    out.host_keys.dedup();
    Ok(out)
}

impl Exported {
    fn add(&mut self, session: SavedSession, environment: &ProcessEnvironment) -> Result<()> {
        if session.name.eq_ignore_ascii_case(DEFAULTS) {
            return Err(Error::new(Kind::Usage, say!(export_default_settings)));
        }
        let plan = resolve::plan_of_saved(session, &environment.context())?;
        let session = plan.profile.as_ref().expect("a plan keeps the session it is made of");
        let fields = self.fields(&session.name, &session.profile, &plan, environment)?;
        if let Some(rule) = &plan.cluster {
            self.add_cluster(rule, &plan)?;
        }
        self.sessions.push((session.name.clone(), fields));
        Ok(())
    }

    /// The values for the host of a plan.
    fn fields(
        &mut self,
        name: &str,
        profile: &Profile,
        plan: &Plan,
        environment: &ProcessEnvironment,
    ) -> Result<Vec<WrittenField>> {
        let shown = text::line(name, MAX_SHOWN);
        let key = self.key(name, &profile.method, plan, environment);
        let certificate = plan.options.certificate_files.first().map(|path| shown_whole(path));
        let route = self.route(name, plan, environment)?;
        let teleport = plan.teleport.as_ref();
        let facts = ExportFacts {
            host: teleport.map_or(&plan.options.hostname.value, |it| &it.target.host),
            // 0 leaves the port to the cluster.
            port: teleport.map_or(*plan.options.port, |it| it.target.port.unwrap_or(0)),
            user: &plan.options.user,
            key: key.as_deref(),
            certificate: certificate.as_deref(),
            route: &route,
        };
        let export = putty_session(profile, &facts);
        if export.left_out.iter().any(|field| field == "proxy_command") {
            return Err(Error::new(Kind::Usage, say!(export_route)));
        }
        self.notes.extend(export.left_out_line(&shown));
        let mut fields = export.fields;
        let alias = plan.options.host_key_alias.as_deref();
        if let Some(alias) = alias.filter(|_| profile.host_key_name.is_none()) {
            fields.retain(|field| field.name != "LogHost");
            fields.push(WrittenField::text("LogHost", alias));
        }
        if teleport.is_none() {
            self.add_host_keys(plan);
        }
        Ok(fields)
    }

    /// The way to the host of a plan.
    fn route(
        &mut self,
        name: &str,
        plan: &Plan,
        environment: &ProcessEnvironment,
    ) -> Result<ExportRoute> {
        let session = plan.profile.as_ref();
        if let Some(route) = &plan.teleport {
            return Ok(ExportRoute::Teleport {
                tsh: shown_whole(&route.program),
                proxy: route.target.proxy.clone(),
                cluster: route.cluster.clone(),
            });
        }
        if let Some(via) = &plan.via {
            return self.jump(name, session, via, environment);
        }
        if let Some(proxy) = &plan.proxy {
            return Ok(server(&proxy.server, session));
        }
        let own = session.and_then(|session| session.profile.proxy_command.clone());
        // A command of ssh_config(5) has its tokens expanded already.
        let expanded = || Some(plan.options.proxy_command.as_ref()?.replace('%', "%%"));
        Ok(own.or_else(expanded).map_or(ExportRoute::Direct, ExportRoute::Command))
    }

    /// The way through a jump host. PuTTY, too, takes the name of a session for it, and then the
    /// session's key and way; one that is no saved session becomes one if it needs that.
    fn jump(
        &mut self,
        name: &str,
        session: Option<&SavedSession>,
        via: &Plan,
        environment: &ProcessEnvironment,
    ) -> Result<ExportRoute> {
        let options = &via.options;
        let (port, user) = (*options.port, options.user.value.clone());
        let named = session.and_then(|session| session.profile.jump.as_ref());
        let own = via.profile.as_ref().map(|own| &own.name).filter(|own| named == Some(own));
        if let Some(own) = own {
            return Ok(ExportRoute::Jump { host: own.clone(), port, user });
        }
        let is_direct = via.via.is_none() && via.proxy.is_none() && options.proxy_command.is_none();
        let made = format!("{name}-jump");
        if is_direct && self.key(&made, &[], via, environment).is_none() {
            self.add_host_keys(via);
            return Ok(ExportRoute::Jump { host: options.hostname.value.clone(), port, user });
        }
        let fields = self.fields(&made, &Profile::default(), via, environment)?;
        self.sessions.push((made.clone(), fields));
        Ok(ExportRoute::Jump { host: made, port, user })
    }

    /// The key file for PuTTY: one that is in PuTTY's format, or lies beside one that is not.
    fn key(
        &mut self,
        name: &str,
        methods: &[String],
        plan: &Plan,
        environment: &ProcessEnvironment,
    ) -> Option<String> {
        if !methods.is_empty() && !methods.iter().any(|method| method == "publickey") {
            return None;
        }
        let named = &plan.options.identity_files;
        let files = match named.is_set() {
            true => named.value.clone(),
            false => environment.default_identities(),
        };
        let found = files.iter().find_map(|file| ppk_of(file));
        let wanted = named.is_set() || !methods.is_empty();
        let first = files.iter().find(|file| file.exists());
        if let (None, Some(file), true) = (&found, first, wanted) {
            let name = text::line(name, MAX_SHOWN);
            let key = text::path(file);
            self.notes.push(say!(export_key_not_ppk, name, key));
        }
        found.map(|path| shown_whole(&path))
    }

    /// The authorities of a Teleport cluster, as its own client names them for PuTTY; they count for
    /// the exported hosts alone.
    fn add_cluster(&mut self, rule: &ClusterRule, plan: &Plan) -> Result<()> {
        let host = plan.teleport.as_ref().map(|route| route.target.host.as_str());
        let host = host.unwrap_or(&plan.options.hostname).to_owned();
        let cluster = self.clusters.entry(rule.cluster.clone()).or_default();
        if cluster.keys.is_empty() {
            cluster.keys = ClusterAuthorities::load(rule)?.keys().cloned().collect();
        }
        cluster.hosts.insert(host);
        Ok(())
    }

    /// The records of the clusters' authorities.
    fn end_clusters(&mut self) {
        for (name, cluster) in &self.clusters {
            let hosts: Vec<&str> = cluster.hosts.iter().map(String::as_str).collect();
            for (number, key) in cluster.keys.iter().enumerate() {
                let name = match cluster.keys.len() {
                    1 => format!("{TELEPORT}{name}"),
                    _ => format!("{TELEPORT}{name}-{number}"),
                };
                let fields = record(key, &hosts.join(" || "), RsaHashes::default());
                self.authorities.push((name, fields));
            }
        }
    }

    /// The keys on record for the host, under the name by which PuTTY looks for them.
    fn add_host_keys(&mut self, plan: &Plan) {
        let options = &plan.options;
        let session = plan.profile.as_ref();
        let Ok(subject) = trust_places::subject(options, session) else { return };
        let named = session.and_then(|session| session.profile.host_key_name.as_deref());
        let (host, port) = match (named, options.host_key_alias.as_deref()) {
            // PuTTY tells capitals apart, so the name is as it is in LogHost.
            (Some(name), _) => (name.get(..subject.name.len()).unwrap_or(name), subject.port),
            // PuTTY takes 22 for the port where its LogHost has none.
            (None, Some(alias)) => (alias, 22),
            (None, None) => (options.hostname.as_str(), *options.port),
        };
        let names = [subject.entry_name()];
        let files = options.user_known_hosts_files.iter().chain(&*options.global_known_hosts_files);
        for entry in files.flat_map(|file| entries::list(file, Some(&names)).entries) {
            if entry.marker == Marker::None {
                self.host_keys.extend(cache_entry(host, port, &entry.key));
            }
        }
    }
}

/// The path of a key file of PuTTY: this one, or the one beside it with `.ppk` at its end.
fn ppk_of(file: &Path) -> Option<PathBuf> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".ppk");
    [file.to_owned(), PathBuf::from(beside)].into_iter().find(|path| is_ppk(path))
}

fn is_ppk(path: &Path) -> bool {
    let mut first = [0; PPK.len()];
    path.is_file()
        && File::open(path).and_then(|mut file| file.read_exact(&mut first)).is_ok()
        && first == PPK
}

fn server(server: &ProxyServer, session: Option<&SavedSession>) -> ExportRoute {
    let kind = match server.kind {
        ProxyKind::Http => "http",
        ProxyKind::Socks4 => "socks4",
        ProxyKind::Socks4a => "socks4a",
        ProxyKind::Socks5 => "socks5",
        ProxyKind::Socks5h => "socks5h",
        ProxyKind::Telnet => "telnet",
    };
    ExportRoute::Proxy {
        kind: kind.to_owned(),
        host: server.host.clone(),
        port: server.port,
        user: server.user.clone(),
        opening: session.and_then(|session| session.profile.proxy_telnet_command.clone()),
    }
}

/// The record of an authority.
fn authority(authority: &Authority) -> (String, Vec<WrittenField>) {
    let fields = record(&authority.key, authority.validity.as_str(), authority.hashes);
    (authority.name.clone(), fields)
}

fn record(key: &PublicKey, validity: &str, hashes: RsaHashes) -> Vec<WrittenField> {
    let blob = key.to_bytes().unwrap_or_default();
    let flag = |name, is_set: bool| WrittenField::number(name, is_set.into(), -1);
    vec![
        WrittenField::text("PublicKey", &BASE64.encode(&blob)),
        WrittenField::text("Validity", validity),
        flag("PermitRSASHA1", hashes.sha1),
        flag("PermitRSASHA256", hashes.sha256),
        flag("PermitRSASHA512", hashes.sha512),
    ]
}

fn shown_whole(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
