//! Saved sessions of Teleport nodes: what tsh has now completes them, and tsh is the way there.
//!
//! The key and the certificate are those of tsh's profile for the proxy, only the authorities of
//! the session's cluster are trusted, and the connection goes through `tsh proxy ssh`. Nothing of
//! this is stored in the session, so that a new login is used at once.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::cli::settings;
use crate::cli::teleport::login::{self, SHORT, TeleportLogin};
use crate::cli::teleport::tsh::Tsh;
use crate::config::{Context, Options, Origin};
use crate::error::Result;
use crate::profiles::teleport::{TshDirectory, TshTarget};
use crate::profiles::{SavedSession, TeleportMembership};
use crate::trust::ClusterRule;

use super::plan::{Plan, ResolvedNode, TeleportRoute};

/// How many bytes of a hash tell clusters apart in the name of a socket, which must stay short.
const SOCKET_HASH: usize = 4;
/// The method that Teleport has, with a certificate.
const METHOD: &str = "publickey";

/// Completes a session of a Teleport node; another session stays as it is. If there is no usable
/// login or no tsh, the session gets that as its refusal. Returns warnings, too.
pub(super) fn complete(
    session: &mut SavedSession,
    context: &Context,
) -> (Option<ResolvedNode>, Vec<String>) {
    let mut warnings = Vec::new();
    let Some(member) = session.profile.teleport.clone() else { return (None, warnings) };
    let directory = login::directory(&*context.env, &context.home);
    let rule = rule(&session.profile.host, &member, &directory);
    let added = add_login(session, &member, &directory, &mut warnings);
    let tsh = find_tsh(context);
    if let Some(error) = added.err().or_else(|| tsh.as_ref().err().cloned()) {
        session.refusal.get_or_insert(error);
    }
    (Some(ResolvedNode { rule, tsh: tsh.ok() }), warnings)
}

/// The rule for the node's host key.
fn rule(host: &str, member: &TeleportMembership, directory: &TshDirectory) -> ClusterRule {
    let mut principals = vec![host.to_owned(), format!("{host}.{}", member.cluster)];
    principals.extend(member.uuid.clone());
    ClusterRule {
        known_hosts: directory.known_hosts(),
        proxy: member.proxy.clone(),
        cluster: member.cluster.clone(),
        principals,
    }
}

fn add_login(
    session: &mut SavedSession,
    member: &TeleportMembership,
    directory: &TshDirectory,
    warnings: &mut Vec<String>,
) -> Result<()> {
    let profile = &mut session.profile;
    if profile.method.is_empty() {
        profile.method = vec![METHOD.to_owned()];
    }
    let found = login::profile(directory, Some(&member.proxy))?;
    profile.identity = vec![as_value(&found.key)];
    profile.certificate = vec![as_value(&found.certificate)];
    let login = TeleportLogin::read(found)?;
    login.check()?;
    warnings.extend(login.warning(SHORT));
    Ok(())
}

/// A path as the value of IdentityFile or CertificateFile, whose tokens begin with `%`.
fn as_value(path: &Path) -> String {
    path.to_string_lossy().replace('%', "%%")
}

fn find_tsh(context: &Context) -> Result<PathBuf> {
    let configured = settings::read(context)?.tsh;
    let path = (context.env)("PATH").map(OsString::from);
    Tsh::find(configured.as_deref(), path.as_deref()).map(|tsh| tsh.program().to_owned())
}

/// Has only the node's cluster trusted, and makes tsh the way to the host, unless another way was
/// typed. Ways in the files of ssh_config(5) do not count: no other leads to a node.
pub(super) fn add_route(plan: &mut Plan, node: ResolvedNode, context: &Context) {
    plan.cluster = Some(node.rule);
    let Some(session) = &plan.profile else { return };
    let Some(member) = &session.profile.teleport else { return };
    let options = &mut plan.options;
    if options.jumps.origin.is_typed() || options.proxy_command.origin.is_typed() {
        return;
    }
    options.jumps.value.clear();
    options.proxy_command.value = None;
    // Other keys of ssh_config(5) are none that a node takes.
    if !options.identity_files.origin.is_typed() {
        options.identity_files.value.truncate(session.profile.identity.len());
    }
    let directory = login::directory(&*context.env, &context.home);
    let root = directory.profile(&member.proxy).ok().flatten().map(|it| it.root_cluster);
    let leaf = root.is_some_and(|root| root != member.cluster).then(|| member.cluster.clone());
    plan.teleport = Some(TeleportRoute {
        // Where tsh is not found, the session has been refused, or is only explained.
        program: node.tsh.unwrap_or_else(|| PathBuf::from("tsh")),
        cluster: member.cluster.clone(),
        target: TshTarget {
            proxy: member.proxy.clone(),
            leaf,
            login: options.user.value.clone(),
            host: session.profile.host.clone(),
            port: port(options),
        },
    });
}

/// Makes the socket of a shared connection one of the cluster's own: two clusters may have a node of
/// one name, and ControlPath does not tell them apart. A path that was typed stays.
pub(super) fn share_apart(options: &mut Options, session: &SavedSession) {
    let Some(member) = &session.profile.teleport else { return };
    let path = &mut options.sharing.path;
    if path.origin.is_typed() {
        return;
    }
    if let Some(path) = &mut path.value {
        let hash = Sha256::digest(format!("{}\0{}", member.proxy, member.cluster));
        let mut apart = std::mem::take(path).into_os_string();
        apart.push(format!("-{}", HEXLOWER.encode(&hash[..SOCKET_HASH])));
        *path = apart.into();
    }
}

/// The port that tsh is told; without one, the cluster decides. ssh_config(5) does not know it.
fn port(options: &Options) -> Option<u16> {
    let origin = &options.port.origin;
    let known = origin.is_typed() || matches!(origin, Origin::Profile(_) | Origin::Destination);
    known.then_some(options.port.value)
}

impl TeleportRoute {
    /// The program with its arguments as one line, for the person.
    pub fn line(&self) -> String {
        let words = self.arguments();
        let words = words.iter().map(|word| word.to_string_lossy().into_owned());
        let program = self.program.to_string_lossy().into_owned();
        std::iter::once(program).chain(words).collect::<Vec<_>>().join(" ")
    }

    /// The arguments of tsh: `proxy ssh --cluster=C --proxy=P user@host[:port]`.
    pub fn arguments(&self) -> Vec<OsString> {
        let TshTarget { proxy, login, host, port, .. } = &self.target;
        let port = port.map_or(String::new(), |port| format!(":{port}"));
        let words = [
            "proxy".to_owned(),
            "ssh".to_owned(),
            format!("--cluster={}", self.cluster),
            format!("--proxy={proxy}"),
            format!("{login}@{host}{port}"),
        ];
        words.map(OsString::from).into()
    }
}
