//! `tessh teleport save`: stores sessions for nodes among tessh's own, under the names that
//! Teleport's guide gives them. Saving again changes host, user, port and cluster alone.

use super::place::{MAX_SHOWN, login_at, tsh};
use super::words::{TeleportWords, usage};
use crate::cli::environment::ProcessEnvironment;
use crate::cli::flags::teleport::Teleport;
use crate::cli::resolve::sources::store;
use crate::cli::teleport::login::TeleportLogin;
use crate::cli::{log, runtime};
use crate::error::{Error, Result};
use crate::profiles::teleport::{
    NodeTarget, TeleportCluster, TeleportNode, TshTarget, diagnose, node_matches, session_name,
};
use crate::profiles::{Profile, ProfileStore, TeleportMembership};
use crate::say;
use crate::text;

/// The words of tsh for a cluster that it does not know.
const NO_CLUSTER: &str = "cannot find registered leaf cluster";
/// The words of tsh for a node that is not there.
const NO_NODE: &str = "no matching hosts found";
/// The words of tsh for a name that several nodes have.
const MANY_NODES: &str = "multiple matching hosts found";
/// The most names that an error lists.
const MAX_NAMES: usize = 5;

/// Looks every node up before any session is saved.
pub(super) fn run(words: TeleportWords, environment: ProcessEnvironment) -> Result<u8> {
    words.only("save", &[Teleport::Proxy, Teleport::Cluster, Teleport::Port])?;
    if words.rest.is_empty() {
        return Err(usage(say!(teleport_save_wants)).hint(say!(teleport_save_wants_hint)));
    }
    let targets = words.rest.iter().map(|word| NodeTarget::parse(word));
    let targets = targets.collect::<Result<Vec<NodeTarget>>>()?;
    let login = login_at(&words, &environment)?;
    let (tsh, store) = (tsh(&environment)?, store(&environment.context()));
    runtime::run_to_exit_code(async move {
        let cluster = words.cluster.as_deref().unwrap_or(&login.profile.cluster);
        let proxy = &login.profile.proxy;
        let leaf = Some(cluster).filter(|cluster| *cluster != login.profile.root_cluster);
        if let Some(leaf) = leaf {
            let clusters = tsh.clusters(proxy).await?;
            known(leaf, &clusters, &login)?;
        }
        let nodes = tsh.nodes(proxy, words.cluster.as_deref().or(leaf)).await?;
        let mut sessions = Vec::new();
        for target in &targets {
            let node = the_one(&nodes, target, cluster, &login)?;
            let port = words.port.or(target.port.map(Some)).unwrap_or(node.port);
            let user = target.login.clone().unwrap_or_else(|| environment.user().to_owned());
            let host = match target.host.eq_ignore_ascii_case(&node.hostname) {
                true => node.hostname.clone(),
                false => target.host.clone(),
            };
            let uuid = Some(node.id.clone()).filter(|id| !id.is_empty());
            sessions.push(NodeSession { user, host, port, cluster: cluster.to_owned(), uuid });
        }
        for session in &sessions {
            let name = session.save(&store, &login)?;
            log::write(&say!(teleport_saved, name = text::line(&name, MAX_SHOWN)));
        }
        Ok(0)
    })
}

/// What Teleport owns of a session.
pub(super) struct NodeSession {
    /// The login.
    pub(super) user: String,
    /// The node as tsh is told it.
    pub(super) host: String,
    /// The port; `None` lets the cluster decide.
    pub(super) port: Option<u16>,
    /// The cluster.
    pub(super) cluster: String,
    /// The node's UUID.
    pub(super) uuid: Option<String>,
}

impl NodeSession {
    /// Stores the session, and returns its name. What Teleport does not own stays as it is.
    pub(super) fn save(&self, store: &ProfileStore, login: &TeleportLogin) -> Result<String> {
        let proxy = &login.profile.proxy;
        let leaf = Some(self.cluster.as_str()).filter(|it| *it != login.profile.root_cluster);
        let name = session_name(&self.user, &self.host, leaf, proxy);
        let mut document = match store.open(&name)? {
            Some(document) => document,
            None => store.create(&name)?,
        };
        let profile = Profile {
            host: self.host.clone(),
            user: Some(self.user.clone()),
            port: self.port,
            teleport: Some(TeleportMembership {
                proxy: proxy.clone(),
                cluster: self.cluster.clone(),
                uuid: self.uuid.clone(),
            }),
            ..document.profile().clone()
        };
        document.set(profile)?;
        store.save(&mut document)?;
        Ok(name)
    }
}

/// Refuses a leaf cluster that is not listed.
fn known(leaf: &str, clusters: &[TeleportCluster], login: &TeleportLogin) -> Result<()> {
    if clusters.iter().any(|cluster| cluster.name == leaf) {
        return Ok(());
    }
    let target = TshTarget { leaf: Some(leaf.to_owned()), ..at(login) };
    diagnose(NO_CLUSTER, &target).map_or(Ok(()), Err)
}

/// The node that a name means.
fn the_one<'a>(
    nodes: &'a [TeleportNode],
    target: &NodeTarget,
    cluster: &str,
    login: &TeleportLogin,
) -> Result<&'a TeleportNode> {
    let found = node_matches(nodes, &target.host, &[&login.profile.proxy, cluster]);
    let about = TshTarget { host: target.host.clone(), ..at(login) };
    let said = match found.as_slice() {
        [one] => return Ok(one),
        [] => NO_NODE,
        _ => MANY_NODES,
    };
    let Some(error) = diagnose(said, &about) else { return Err(usage(said)) };
    let names = found.iter().take(MAX_NAMES);
    let names = names.map(|node| format!("{} ({})", node.id, node.shown_address()));
    let names = text::line(&names.collect::<Vec<_>>().join(", "), 2 * MAX_SHOWN);
    Err(match names.is_empty() {
        true => error,
        false => {
            let hint = error.next_step().unwrap_or_default().to_owned();
            Error::new(error.kind(), format!("{}: {names}", error.cause())).hint(hint)
        }
    })
}

fn at(login: &TeleportLogin) -> TshTarget {
    TshTarget { proxy: login.profile.proxy.clone(), ..TshTarget::default() }
}
