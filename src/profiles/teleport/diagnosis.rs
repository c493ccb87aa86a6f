//! What an error of tsh's means, and what to do about it.

use super::directory::{host_of, login_hint, not_logged_in};
use crate::error::{Error, Kind};
use crate::say;
use crate::text;

/// How many characters of a name a message shows.
const MAX_SHOWN: usize = 80;

/// What tsh was asked for, as far as it is known; for the words of the diagnosis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TshTarget {
    /// The proxy; empty if tsh was to use its active profile.
    pub proxy: String,
    /// The leaf cluster, if it is one.
    pub leaf: Option<String>,
    /// The login on the node.
    pub login: String,
    /// The node.
    pub host: String,
    /// The port; `None` if the cluster decides.
    pub port: Option<u16>,
}

/// Finds the cause in what tsh wrote to standard error; `None` if it is none of the known ones.
pub fn diagnose(said: &str, target: &TshTarget) -> Option<Error> {
    let said = said.to_lowercase();
    let has = |words: &str| said.contains(words);
    let any = |all: &[&str]| all.iter().any(|words| said.contains(words));
    if any(&["no proxy address specified", "missed --proxy flag"]) {
        return Some(no_proxy());
    }
    // "Not logged in." also ends the text for an expired profile: that one is the truer cause.
    if any(&[
        "profile expired",
        "certificate expired",
        "certificate has expired",
        "cert has expired",
    ]) {
        return Some(expired(&target.proxy));
    }
    if any(&["not logged in", "no active profile", "unsupported legacy path", "has not logged in"])
    {
        return Some(not_logged_in(&target.proxy));
    }
    if has("access denied to") {
        return Some(access_denied(target));
    }
    if any(&["unable to authenticate, attempted methods", "no supported methods remain"]) {
        return Some(login_refused(target));
    }
    about_node(&has, target).or_else(|| about_cluster(&any, target))
}

/// The errors about a node: which, where, whether it is there.
fn about_node(has: &dyn Fn(&str) -> bool, target: &TshTarget) -> Option<Error> {
    let host = shown(&target.host);
    let error = |kind, cause: String, hint: String| Some(Error::new(kind, cause).hint(hint));
    if has("direct dialing to nodes not found in inventory") {
        let cause = match target.port {
            Some(port) => say!(teleport_direct_dial_port, host, port),
            None => say!(teleport_direct_dial, host),
        };
        return error(
            Kind::Connect,
            cause,
            say!(teleport_port_hint, command = save_with_port(target)),
        );
    }
    if has("subsystem request failed") {
        let hint = say!(teleport_offline_hint, command = save_with_port(target));
        return error(Kind::Connect, say!(teleport_offline, place = place(target)), hint);
    }
    if has("no matching hosts found") {
        return error(Kind::Resolve, say!(teleport_no_node, host), say!(teleport_no_node_hint));
    }
    if has("multiple matching hosts found") {
        let hint = say!(teleport_many_nodes_hint);
        return error(Kind::Resolve, say!(teleport_many_nodes, host), hint);
    }
    if has("does not look like a valid hostname") {
        let hint = say!(teleport_host_name_hint);
        return error(Kind::Usage, say!(teleport_host_name_bad, host), hint);
    }
    None
}

/// The errors about the cluster and the way to it.
fn about_cluster(any: &dyn Fn(&[&str]) -> bool, target: &TshTarget) -> Option<Error> {
    let proxy = shown(&target.proxy);
    let error = |kind, cause: String, hint: String| Some(Error::new(kind, cause).hint(hint));
    if any(&["validity string for"]) {
        let hint = say!(teleport_validity_hint);
        return error(Kind::HostKey, say!(teleport_validity), hint);
    }
    if any(&["cannot find registered leaf cluster", "is offline", "cluster not found"]) {
        let cluster = target.leaf.as_deref().unwrap_or(&target.proxy);
        let cause = say!(teleport_cluster_away, cluster = shown(cluster));
        return error(Kind::Connect, cause, say!(teleport_cluster_hint));
    }
    if any(&["mfa is required", "requires mfa", "mfa required"]) {
        let cause = say!(teleport_mfa, host = shown(&target.host));
        return error(Kind::Authentication, cause, say!(teleport_mfa_hint));
    }
    let unreachable = [
        "connection refused",
        "no such host",
        "i/o timeout",
        "deadline exceeded",
        "no route to host",
    ];
    if any(&unreachable) {
        return error(Kind::Connect, say!(teleport_proxy_away, proxy), say!(teleport_proxy_hint));
    }
    None
}

/// The error for a command that needs a proxy if none is named and no profile is active.
pub fn no_proxy() -> Error {
    Error::new(Kind::Identity, say!(teleport_no_proxy)).hint(say!(teleport_no_proxy_hint))
}

/// The error for a login whose time is over.
pub fn expired(proxy: &str) -> Error {
    let cause = say!(teleport_expired, proxy = shown(host_of(proxy)));
    Error::new(Kind::Identity, cause).hint(login_hint(proxy))
}

fn access_denied(target: &TshTarget) -> Error {
    let (host, login) = (shown(&target.host), shown(&target.login));
    Error::new(Kind::Authentication, say!(teleport_access_denied, login, host))
        .hint(say!(teleport_access_denied_hint, command = save(target)))
}

fn login_refused(target: &TshTarget) -> Error {
    let (host, login) = (shown(&target.host), shown(&target.login));
    Error::new(Kind::Authentication, say!(teleport_login_refused, login, host))
        .hint(say!(teleport_access_denied_hint, command = save(target)))
}

fn place(target: &TshTarget) -> String {
    let host = shown(&target.host);
    target.port.map_or(host.clone(), |port| format!("{host}:{port}"))
}

/// The command that saves the session with another login.
fn save(target: &TshTarget) -> String {
    let leaf = leaf(target);
    let port = target.port.map_or(String::new(), |port| format!(" --port {port}"));
    format!("tessh teleport save{leaf}{port} LOGIN@{}", shown(&target.host))
}

/// The command that saves the session with the usual port of OpenSSH.
fn save_with_port(target: &TshTarget) -> String {
    let (leaf, login) = (leaf(target), shown(&target.login));
    format!("tessh teleport save{leaf} --port 22 {login}@{}", shown(&target.host))
}

fn leaf(target: &TshTarget) -> String {
    target.leaf.as_ref().map_or(String::new(), |leaf| format!(" --leaf {}", shown(leaf)))
}

fn shown(name: &str) -> String {
    text::line(name, MAX_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> TshTarget {
        TshTarget {
            proxy: "teleport.example.com".to_owned(),
            login: "root".to_owned(),
            host: "web".to_owned(),
            ..TshTarget::default()
        }
    }

    /// What tsh and its proxy say, the kind, and what the cause and the next step must name.
    const CASES: &[(&str, Kind, &[&str])] = &[
        (
            "ERROR: access denied to root connecting to web",
            Kind::Authentication,
            &["root", "web", "tessh teleport status", "tessh teleport save LOGIN@web"],
        ),
        (
            "Connect failed [ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain]",
            Kind::Authentication,
            &["OpenSSH", "root", "tessh teleport save LOGIN@web"],
        ),
        (
            "ERROR: ssh: subsystem request failed",
            Kind::Connect,
            &["web", "offline", "tessh teleport ls", "--port 22 root@web"],
        ),
        (
            "ERROR: direct dialing to nodes not found in inventory is not supported",
            Kind::Connect,
            &["web", "port", "tessh teleport save --port 22 root@web"],
        ),
        (
            "ERROR: Not logged in.",
            Kind::Identity,
            &["tessh teleport login --proxy=teleport.example.com"],
        ),
        (
            "ERROR: Active profile expired.\nNot logged in.",
            Kind::Identity,
            &["expired", "tessh teleport login"],
        ),
        (
            "ERROR: No proxy address specified, missed --proxy flag?",
            Kind::Identity,
            &["tessh teleport login --proxy="],
        ),
        ("ERROR: no matching hosts found", Kind::Resolve, &["web", "tessh teleport ls"]),
        ("ERROR: multiple matching hosts found", Kind::Resolve, &["web", "UUID"]),
        (
            "ERROR: validity string for TeleportHostCA-x contains an even [2] number of entries but should be odd, see https://goteleport.com/",
            Kind::HostKey,
            &["PuTTY"],
        ),
        (
            "ERROR: Cannot find registered leaf cluster \"x\". Use the leaf cluster name as it appears in the output of `tsh clusters`.",
            Kind::Connect,
            &["tessh teleport clusters"],
        ),
        (
            "ERROR: user TLS certificate was found at unsupported legacy path (x)",
            Kind::Identity,
            &["tessh teleport login"],
        ),
        ("ERROR: MFA is required to access this resource", Kind::Authentication, &["MFA"]),
        (
            "ERROR: dial tcp: lookup teleport.example.com: no such host",
            Kind::Connect,
            &["teleport.example.com"],
        ),
    ];

    #[test]
    fn each_error_has_a_cause_and_a_next_step() {
        for (said, kind, words) in CASES {
            let error = diagnose(said, &target()).expect(said);
            assert_eq!(error.kind(), *kind, "{said}");
            assert!(error.next_step().is_some(), "{said}");
            let line = error.to_string();
            for word in *words {
                assert!(line.contains(word), "{word:?} is not in {line:?}");
            }
            assert!(!line.contains(char::is_control), "{line}");
        }
        assert_eq!(diagnose("", &target()), None);
        assert_eq!(diagnose("something else", &target()), None);
    }

    #[test]
    fn a_leaf_cluster_and_a_port_stay_in_the_next_step() {
        let target = TshTarget { leaf: Some("leaf".to_owned()), port: Some(22), ..target() };
        let error = diagnose("access denied to root connecting to web", &target).unwrap();
        let hint = error.next_step().unwrap();
        assert!(hint.contains("tessh teleport save --leaf leaf --port 22 LOGIN@web"), "{hint}");
    }
}
