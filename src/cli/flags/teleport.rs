//! The flags of `tessh teleport`.

use super::Flag;
use Teleport as T;

/// The purpose of a flag of `tessh teleport`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Teleport {
    /// `--proxy`.
    Proxy,
    /// `--leaf` and `--cluster`.
    Cluster,
    /// `-p` and `--port`.
    Port,
    /// `--browse`.
    Browse,
    /// `--json`.
    Json,
    /// `--help`.
    Help,
}

const fn flag(name: &'static str, doc: &'static str, does: Teleport) -> Flag<Teleport> {
    Flag { name, value: None, doc, does }
}

const fn takes(
    name: &'static str,
    value: &'static str,
    doc: &'static str,
    does: Teleport,
) -> Flag<Teleport> {
    Flag { name, value: Some(value), doc, does }
}

/// The table.
pub const TELEPORT: &[Flag<Teleport>] = &[
    takes("--proxy", "host", "this proxy, and not that of tsh's active profile", T::Proxy),
    takes("--leaf", "cluster", "ls, save: this leaf cluster", T::Cluster),
    takes("--cluster", "cluster", "the same, as tsh calls it", T::Cluster),
    takes(
        "--port",
        "port",
        "save: the port of a node that runs OpenSSH, if tsh does not tell it",
        T::Port,
    ),
    takes("-p", "port", "the same", T::Port),
    flag("--browse", "ls: a screen to search, save and connect to nodes", T::Browse),
    flag("--json", "status, clusters, ls: standard output as JSON", T::Json),
    flag("--help", "print this help", T::Help),
];

/// The verbs after `teleport`, each with its words and its description.
pub const VERBS: &[(&str, &str, &str)] = &[
    ("status", "", "your logins and how long they last; needs no tsh"),
    ("clusters", "", "the root cluster and its leaf clusters"),
    ("ls", "[word ...]", "the nodes that have all these words in name, address or labels"),
    ("login", "[-- words of tsh login]", "log in with tsh, in this terminal"),
    (
        "save",
        "[login@]host[:port] ...",
        "save sessions named login@host [proxy:…], or [leaf:…,proxy:…]",
    ),
];
