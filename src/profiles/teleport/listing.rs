//! What `tsh ls` and `tsh clusters` print with `--format=json`.
//!
//! The first JSON value counts: tsh may print reminders after it, and may print it although it
//! fails. An element is read at a time, so that a long list costs what it holds and no more.
//! Unknown fields are passed over, and so are elements of another shape.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{SeqAccess, Visitor};
use serde_json::{Deserializer, Value as Json};

use crate::destination::parse_port;
use crate::error::{Error, Kind, Result};
use crate::say;

/// The most output of tsh that is read, in bytes: a node takes about 500.
pub const MAX_TSH_OUTPUT: usize = 64 << 20;

/// The port on which Teleport's own server usually listens.
const TELEPORT_PORT: u16 = 3022;

/// A machine that is registered with a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeleportNode {
    /// The UUID, or the name of an OpenSSH node.
    pub id: String,
    /// The host name, which other nodes may have, too.
    pub hostname: String,
    /// The address; empty if the node is reached through a tunnel.
    pub address: String,
    /// Whether the node has dialled the cluster and is reached through that tunnel.
    pub tunnel: bool,
    /// The port if the cluster must be told: the node runs OpenSSH's server, or another port than
    /// Teleport's usual one. Otherwise `None`, and the cluster decides.
    pub port: Option<u16>,
    /// Labels, sorted by name: those of the node, and the results of its commands.
    pub labels: Vec<(String, String)>,
}

/// A cluster that the proxy leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeleportCluster {
    /// The name.
    pub name: String,
    /// Whether it can be reached now.
    pub online: bool,
    /// Whether it is a leaf cluster.
    pub leaf: bool,
    /// Whether tsh uses it where no cluster is named.
    pub selected: bool,
    /// Labels, sorted by name.
    pub labels: Vec<(String, String)>,
}

impl TeleportNode {
    /// The address for a person: a node behind a tunnel has none.
    pub fn shown_address(&self) -> String {
        match self.tunnel || self.address.is_empty() {
            true => say!(teleport_tunnel),
            false => self.address.clone(),
        }
    }

    /// Whether the host name, the address, a label or `name=value` of one has this text, which is
    /// in lower case.
    pub fn has(&self, word: &str) -> bool {
        let labels = || self.labels.iter().map(|(name, value)| format!("{name}={value}"));
        self.hostname.to_lowercase().contains(word)
            || self.shown_address().to_lowercase().contains(word)
            || self.id == word
            || labels().any(|label| label.to_lowercase().contains(word))
    }
}

/// The nodes that `tsh ls` printed, by host name.
///
/// # Errors
/// [`Kind::Local`]: the output does not begin with a list in JSON.
pub fn nodes(output: &[u8]) -> Result<Vec<TeleportNode>> {
    let mut nodes = listed(output, node)?;
    nodes.sort_by(|one, other| (&one.hostname, &one.id).cmp(&(&other.hostname, &other.id)));
    Ok(nodes)
}

/// The clusters that `tsh clusters` printed, in its order: the root cluster first.
///
/// # Errors
/// Those of [`nodes`].
pub fn clusters(output: &[u8]) -> Result<Vec<TeleportCluster>> {
    listed(output, cluster)
}

fn node(json: &Json) -> Option<TeleportNode> {
    let (metadata, spec) = (json.get("metadata")?, json.get("spec")?);
    let hostname = text(spec, "hostname")?;
    let address = text(spec, "addr").unwrap_or_default();
    let openssh = text(json, "sub_kind").is_some_and(|kind| kind.starts_with("openssh"));
    let port = address.rsplit_once(':').and_then(|(_, port)| parse_port(port).ok());
    let mut labels = pairs(metadata.get("labels"));
    for (name, command) in entries(spec.get("cmd_labels")) {
        labels.extend(text(command, "result").map(|result| (name.clone(), result)));
    }
    labels.sort();
    Some(TeleportNode {
        id: text(metadata, "name").unwrap_or_default(),
        hostname,
        tunnel: spec.get("use_tunnel").and_then(Json::as_bool).unwrap_or(false),
        port: port.filter(|&port| openssh || port != TELEPORT_PORT),
        address,
        labels,
    })
}

fn cluster(json: &Json) -> Option<TeleportCluster> {
    Some(TeleportCluster {
        name: text(json, "cluster_name")?,
        online: text(json, "status").is_some_and(|status| status == "online"),
        leaf: text(json, "cluster_type").is_some_and(|kind| kind == "leaf"),
        selected: json.get("selected").and_then(Json::as_bool).unwrap_or(false),
        labels: pairs(json.get("labels")),
    })
}

fn text(json: &Json, name: &str) -> Option<String> {
    json.get(name).and_then(Json::as_str).map(str::to_owned)
}

fn pairs(json: Option<&Json>) -> Vec<(String, String)> {
    let text = |(name, value): (&String, &Json)| Some((name.clone(), value.as_str()?.to_owned()));
    let mut pairs: Vec<_> = entries(json).filter_map(text).collect();
    pairs.sort();
    pairs
}

fn entries(json: Option<&Json>) -> impl Iterator<Item = (&String, &Json)> {
    json.and_then(Json::as_object).into_iter().flatten()
}

/// Reads a list and makes something of each element; what follows the list is not read.
fn listed<T>(output: &[u8], of: fn(&Json) -> Option<T>) -> Result<Vec<T>> {
    let mut deserializer = Deserializer::from_slice(output);
    deserializer.deserialize_any(Elements { of }).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let cause = match error.is_eof() {
            true => say!(teleport_output_incomplete),
            false => say!(teleport_output_no_list, line, column),
        };
        Error::new(Kind::Local, cause).hint(say!(teleport_output_hint))
    })
}

/// Takes a list; `null`, which Go prints for an empty one, is empty.
struct Elements<T> {
    of: fn(&Json) -> Option<T>,
}

impl<'de, T> Visitor<'de> for Elements<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut found = Vec::new();
        while let Some(element) = list.next_element::<Json>()? {
            found.extend((self.of)(&element));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODES: &str = r#"[
      {"kind":"node","version":"v2","metadata":{"name":"u1","labels":{"env":"prod","company":"acme"}},
       "spec":{"addr":"127.0.0.1:3022","hostname":"web","cmd_labels":{"arch":{"period":"1m","command":["uname"],"result":"x86_64"}},"rotation":{"x":[1]},"version":"17"}},
      {"kind":"node","metadata":{"name":"u2","labels":null},"spec":{"hostname":"db","use_tunnel":true,"addr":""}},
      {"kind":"node","sub_kind":"openssh","metadata":{"name":"u3"},"spec":{"hostname":"old","addr":"172.31.8.63:2222"}},
      {"kind":"node","metadata":{"name":"u4"},"spec":{"hostname":"db","addr":"10.0.0.1:22"}},
      {"kind":"node","metadata":{"name":"u5"}}, 7, null
    ] Reminder: {"not": json"#;

    #[test]
    fn nodes_of_all_kinds_are_read_and_what_follows_is_not() {
        let nodes = nodes(NODES.as_bytes()).unwrap();
        let rows: Vec<_> =
            nodes.iter().map(|it| (it.hostname.as_str(), it.shown_address(), it.port)).collect();
        let row = |name, address: &str, port| (name, address.to_owned(), port);
        assert_eq!(
            rows,
            [
                row("db", "Tunnel", None),
                row("db", "10.0.0.1:22", Some(22)),
                row("old", "172.31.8.63:2222", Some(2222)),
                row("web", "127.0.0.1:3022", None),
            ]
        );
        let labels = [("arch", "x86_64"), ("company", "acme"), ("env", "prod")];
        assert_eq!(nodes[3].labels, labels.map(|(a, b)| (a.to_owned(), b.to_owned())));
        let has = |word: &str| nodes.iter().filter(|it| it.has(word)).count();
        assert_eq!(
            (has("db"), has("env=prod"), has("tunnel"), has("x"), has("none")),
            (2, 1, 1, 1, 0)
        );
    }

    #[test]
    fn clusters_are_read() {
        let text = r#"[{"cluster_name":"root","status":"online","cluster_type":"root","labels":null,"selected":true},
            {"cluster_name":"leaf","status":"offline","cluster_type":"leaf","labels":{"a":"b"},"selected":false,"new":1}]
ERROR: reminder"#;
        let clusters = clusters(text.as_bytes()).unwrap();
        assert!(clusters[0].online && clusters[0].selected && !clusters[0].leaf);
        assert!(!clusters[1].online && !clusters[1].selected && clusters[1].leaf);
        assert_eq!(clusters[1].labels, [("a".to_owned(), "b".to_owned())]);
    }

    #[test]
    fn what_is_no_list_is_said_in_one_line() {
        assert_eq!(nodes(b"[]").unwrap(), []);
        assert_eq!(nodes(b"null").unwrap(), []);
        for text in ["", "{}", "x", "[{]", "[{\"metadata\":", "\"text\"", "[1,\x1b[2J]"] {
            let error = nodes(text.as_bytes()).expect_err(text).to_string();
            assert!(!error.contains(char::is_control), "{error}");
        }
        let deep = "[".repeat(1_000_000);
        assert!(nodes(deep.as_bytes()).is_err());
    }

    #[test]
    fn no_damage_makes_it_panic() {
        use proptest::prelude::*;
        proptest!(|(at in 0..NODES.len(), byte: u8, cut in 0..NODES.len())| {
            let mut bytes = NODES.as_bytes().to_vec();
            bytes[at] = byte;
            bytes.truncate(cut);
            let _ = (nodes(&bytes), clusters(&bytes));
        });
    }

    #[test]
    fn ten_thousand_nodes_are_read_in_a_moment() {
        let one = r#"{"kind":"node","metadata":{"name":"u","labels":{"env":"prod"}},"spec":{"hostname":"h","addr":"1.2.3.4:3022"}}"#;
        let all = format!("[{}]", vec![one; 10_000].join(","));
        assert_eq!(nodes(all.as_bytes()).unwrap().len(), 10_000);
    }
}
