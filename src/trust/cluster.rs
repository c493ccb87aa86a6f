//! The authorities of one Teleport cluster: the only proof that a host of it is the right one.
//!
//! `tsh login` writes them into a known_hosts file of its own, one line for each key of a cluster:
//!
//! ```text
//! @cert-authority <proxy>,<cluster>,*.<cluster> ssh-ed25519 AAAA… type=host
//! ```
//!
//! Leaf clusters stand under the proxy of their root cluster. The names say to which cluster a key
//! belongs and are compared as they are, not as patterns: a host is typed by names that they do not
//! cover. Lines without the marker, which older versions wrote, do not count.

use std::path::{Path, PathBuf};

use russh::keys::ssh_key::PublicKey;

use super::evidence::KnownKey;
use super::file::{self, LINE_MAX};
use super::fingerprint::is_same;
use super::line::{KnownHostsLine, Marker};
use super::place::{FileLine, Problem};
use super::quote;
use crate::error::{Error, Kind, Result};
use crate::say;

/// The most authorities that are read: a cluster has one or two, and a few leaf clusters.
const AUTHORITIES_MAX: usize = 1000;

/// The cluster to which a host must belong, and the names that it may have there.
#[derive(Clone, Debug)]
pub struct ClusterRule {
    /// The file of authorities, `~/.tsh/known_hosts`.
    pub known_hosts: PathBuf,
    /// The proxy, with or without a port.
    pub proxy: String,
    /// The cluster's name.
    pub cluster: String,
    /// The names of which the host's certificate must have one.
    pub principals: Vec<String>,
}

/// The authorities of the cluster of one rule.
#[derive(Clone, Debug)]
pub struct ClusterAuthorities {
    pub(super) rule: ClusterRule,
    pub(super) own: Vec<KnownKey>,
    /// The keys of other clusters, each with the names on its line.
    others: Vec<(String, PublicKey)>,
    pub(super) problems: Vec<Problem>,
}

impl ClusterAuthorities {
    /// Reads the authorities.
    ///
    /// # Errors
    /// [`Kind::HostKey`]: the file is missing, unreadable or too large, or it has no usable key of
    /// this cluster. The hint is to log in.
    pub fn load(rule: &ClusterRule) -> Result<ClusterAuthorities> {
        let path = &rule.known_hosts;
        let file = quote::path(path);
        let cluster = quote::piece(&rule.cluster);
        let text = match file::read(path) {
            Ok(Some(text)) => text,
            Ok(None) => return Err(not_logged_in(say!(cluster_file_missing, cluster, file))),
            Err(reason) => {
                return Err(not_logged_in(say!(cluster_file_unread, cluster, file, reason)));
            }
        };
        let mut found = ClusterAuthorities {
            rule: rule.clone(),
            own: Vec::new(),
            others: Vec::new(),
            problems: Vec::new(),
        };
        for (index, raw) in text.split(|&byte| byte == b'\n').enumerate() {
            found.take(path, index + 1, raw);
            if found.own.len() + found.others.len() > AUTHORITIES_MAX {
                let reason = say!(cluster_too_many, limit = AUTHORITIES_MAX);
                return Err(not_logged_in(say!(cluster_file_unread, cluster, file, reason)));
            }
        }
        match (found.own.is_empty(), found.problems.first()) {
            (false, _) => Ok(found),
            (true, Some(problem)) => Err(not_logged_in(problem.to_string())),
            (true, None) => {
                let proxy = quote::piece(&rule.proxy);
                Err(not_logged_in(say!(cluster_not_there, cluster, proxy, file)))
            }
        }
    }

    /// The keys of the cluster's own authorities.
    pub fn keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.own.iter().map(|known| &known.key)
    }

    /// Takes the key of a line with an authority; any other line says nothing.
    fn take(&mut self, path: &Path, number: usize, raw: &[u8]) {
        if raw.len() > LINE_MAX {
            return;
        }
        let Ok(Some(line)) = KnownHostsLine::split(raw) else { return };
        if line.marker != Marker::Authority {
            return;
        }
        let hosts = String::from_utf8_lossy(line.hosts).into_owned();
        let is_own = self.rule.is_about(&hosts);
        let at = FileLine { file: path.to_owned(), line: number };
        match line.key() {
            Ok(key) if is_own => self.own.push(KnownKey { at, key }),
            Ok(key) => self.others.push((quote::piece(&hosts), key)),
            Err(fault) if is_own && self.problems.len() < AUTHORITIES_MAX => {
                let reason = fault.text();
                self.problems.push(Problem { file: at.file, line: Some(number), reason });
            }
            Err(_) => {}
        }
    }

    /// The reason why a certificate of this authority, which is none of the cluster's, does not
    /// count.
    pub(super) fn refusal(&self, authority: &PublicKey, shown: &str) -> String {
        let cluster = quote::piece(&self.rule.cluster);
        match self.others.iter().find(|(_, key)| is_same(key, authority)) {
            Some((names, _)) => say!(cluster_other, cluster, names, shown),
            None => say!(cluster_stranger, cluster, shown),
        }
    }
}

impl ClusterRule {
    /// Whether a line with these names is about the cluster. The proxy's name is taken out first,
    /// because that of the root cluster is often the same and stands on the lines of leaf clusters.
    fn is_about(&self, hosts: &str) -> bool {
        let proxy = without_port(&self.proxy);
        let mut names: Vec<&str> = hosts.split(',').collect();
        let Some(at) = names.iter().position(|name| name.eq_ignore_ascii_case(proxy)) else {
            return false;
        };
        names.remove(at);
        let is_cluster = |name: &str| name.eq_ignore_ascii_case(&self.cluster);
        names.iter().any(|name| is_cluster(name.strip_prefix("*.").unwrap_or(name)))
    }
}

/// The host of `host`, `host:port` or `[address]:port`.
fn without_port(proxy: &str) -> &str {
    if let Some((address, _)) = proxy.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address;
    }
    match proxy.split_once(':') {
        Some((host, port)) if !port.contains(':') => host,
        _ => proxy,
    }
}

fn not_logged_in(cause: String) -> Error {
    Error::new(Kind::HostKey, cause).hint(say!(cluster_login_hint))
}

#[cfg(test)]
mod tests;
