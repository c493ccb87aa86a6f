//! Nodes as they are typed, and the names of the sessions that are saved for them.

use super::listing::TeleportNode;
use crate::destination::{check_typed_user, parse_port};
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;

/// The longest host name of a node, in bytes: that of DNS.
const MAX_NODE_NAME: usize = 253;
/// How many characters of a name an error shows.
const MAX_SHOWN: usize = 80;

/// A node as typed: `[login@]host[:port]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeTarget {
    /// The login, if one was typed.
    pub login: Option<String>,
    /// The node's host name.
    pub host: String,
    /// The port, if one was typed. Port 0 is as none: the cluster decides.
    pub port: Option<u16>,
}

impl NodeTarget {
    /// Takes a typed node apart. The last `@` ends the login.
    ///
    /// # Errors
    /// [`Kind::Usage`]: the host does not look like a host name, or login or port are none.
    pub fn parse(typed: &str) -> Result<NodeTarget> {
        let (login, rest) = match typed.rsplit_once('@') {
            Some((login, rest)) => (Some(login.to_owned()), rest),
            None => (None, typed),
        };
        let (host, port) = match rest.split_once(':') {
            Some((host, port)) => (host, node_port(port)?),
            None => (rest, None),
        };
        if !is_host_name(host) {
            let host = text::line(host, MAX_SHOWN);
            return Err(Error::new(Kind::Usage, say!(teleport_host_name_bad, host))
                .hint(say!(teleport_host_name_hint)));
        }
        login.as_deref().map_or(Ok(()), check_typed_user)?;
        Ok(NodeTarget { login, host: host.to_owned(), port })
    }
}

/// A port as typed; 0 is none, because the cluster then decides.
///
/// # Errors
/// [`Kind::Usage`]: it is no port.
pub fn node_port(typed: &str) -> Result<Option<u16>> {
    if typed == "0" {
        return Ok(None);
    }
    parse_port(typed).map(Some)
}

/// Whether Teleport takes this as the name of a host: letters, digits and, within a label, dashes.
/// Underscores are taken, too: machines have them in their names.
fn is_host_name(host: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let label = |label: &str| {
        let dash = label.starts_with('-') || label.ends_with('-');
        !label.is_empty() && !dash && label.chars().all(inside)
    };
    host.len() <= MAX_NODE_NAME && host.split('.').all(label)
}

/// The nodes of this host name, or the one of this UUID. The name may end with the proxy's host or
/// the cluster, which tsh takes off, too.
pub fn node_matches<'a>(
    nodes: &'a [TeleportNode],
    host: &str,
    suffixes: &[&str],
) -> Vec<&'a TeleportNode> {
    let named = |name: &str| -> Vec<&TeleportNode> {
        nodes
            .iter()
            .filter(|node| node.hostname.eq_ignore_ascii_case(name) || node.id == name)
            .collect()
    };
    let found = named(host);
    let shorter = suffixes.iter().filter_map(|suffix| host.strip_suffix(suffix)?.strip_suffix('.'));
    let mut all = std::iter::once(found).chain(shorter.map(named));
    all.find(|found| !found.is_empty()).unwrap_or_default()
}

/// The name of a saved session: `login@host [proxy:…]` or `login@host [leaf:…,proxy:…]`.
pub fn session_name(login: &str, host: &str, leaf: Option<&str>, proxy: &str) -> String {
    match leaf {
        Some(leaf) => format!("{login}@{host} [leaf:{leaf},proxy:{proxy}]"),
        None => format!("{login}@{host} [proxy:{proxy}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_taken_apart() {
        for (typed, login, host, port) in [
            ("web", None, "web", None),
            ("root@web", Some("root"), "web", None),
            ("a@b@web:22", Some("a@b"), "web", Some(22)),
            ("web:0", None, "web", None),
            (
                "root@ip-172-31.us-east-2.compute.internal",
                Some("root"),
                "ip-172-31.us-east-2.compute.internal",
                None,
            ),
        ] {
            let target = NodeTarget::parse(typed).unwrap();
            assert_eq!(
                (target.login.as_deref(), target.host.as_str(), target.port),
                (login, host, port)
            );
        }
        for typed in ["", "@web", "root@", "web:", "web:70000", "web:x", "-x@web", "a;b@web"] {
            assert_eq!(NodeTarget::parse(typed).expect_err(typed).kind(), Kind::Usage);
        }
    }

    #[test]
    fn host_names_are_those_that_teleport_takes() {
        for host in [
            "teleport.example.com",
            "hostname",
            "test",
            "testhost-withdashes.example.com",
            "itendswithnumbers0123",
            "0123itstartswithnumbers",
            "build_agent_1",
        ] {
            assert!(is_host_name(host), "{host}");
        }
        for host in [
            "hostname-",
            "general.",
            "-startswithadash",
            "endswithadash-",
            "consecutive..dots",
            "host:22",
            "host with spaces",
            "x;touch y",
        ] {
            assert!(!is_host_name(host), "{host}");
        }
    }

    #[test]
    fn sessions_have_the_names_of_the_guide() {
        let name = session_name("ubuntu", "ip-172-31-30-140", None, "teleport.example.com");
        assert_eq!(name, "ubuntu@ip-172-31-30-140 [proxy:teleport.example.com]");
        let name =
            session_name("ec2-user", "h", Some("example.teleport.sh"), "teleport.example.com");
        assert_eq!(name, "ec2-user@h [leaf:example.teleport.sh,proxy:teleport.example.com]");
    }

    #[test]
    fn nodes_are_found_by_name_suffix_and_id() {
        let node = |hostname: &str, id: &str| TeleportNode {
            hostname: hostname.to_owned(),
            id: id.to_owned(),
            ..TeleportNode::default()
        };
        let nodes = [node("db", "1"), node("db", "2"), node("web", "3")];
        let ids = |host: &str| -> Vec<&str> {
            node_matches(&nodes, host, &["root", "proxy.example.com"])
                .iter()
                .map(|node| node.id.as_str())
                .collect()
        };
        assert_eq!(ids("db"), ["1", "2"]);
        assert_eq!(ids("WEB"), ["3"]);
        assert_eq!(ids("2"), ["2"]);
        assert_eq!(ids("web.root"), ["3"]);
        assert_eq!(ids("web.proxy.example.com"), ["3"]);
        assert_eq!(ids("we"), Vec::<&str>::new());
    }
}
