//! The results of resolving: the options of a host, and the plan of a connection to it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::client::session::ModeOverrides;
use crate::config::{Connect, Layers, MethodChoice, Options, ProxyServer};
use crate::profiles::SavedSession;
use crate::profiles::teleport::TshTarget;
use crate::secret::Secret;
use crate::terminal::encoding::Encoding;
use crate::terminal::record::{LogFormat, Stamps};
use crate::trust::{ClusterRule, Pin};

/// The plan of a connection.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The host as typed, without user, port and brackets.
    pub host: String,
    /// The options, each with its origin.
    pub options: Options,
    /// The authentication method.
    pub method: MethodChoice,
    /// Whether the dialog is to come whatever worked the last time (`--auth ask`).
    pub is_asked: bool,
    /// Whether a refusal ends the login, because the methods were named with `--auth`, or a program
    /// reads the output.
    pub ends_on_refusal: bool,
    /// The agent's socket, if an agent is to be used.
    pub agent: Option<PathBuf>,
    /// Whether `publickey` also offers the agent's keys: only under the name `ssh`.
    pub agent_identities: bool,
    /// The command or subsystem, its words joined by spaces; `None` asks for a shell.
    pub command: Option<Vec<u8>>,
    /// The target of standard input and output (`-W`).
    pub stdio_forward: Option<Connect>,
    /// The saved session that is used.
    pub profile: Option<SavedSession>,
    /// The log of the session, if one is wanted.
    pub log: Option<LogPlan>,
    /// The encoding of the server's side, if it is not UTF-8.
    pub encoding: Option<EncodingPlan>,
    /// Whether the program was called `ssh`: escapes that ssh does not have are then sent as typed.
    pub as_ssh: bool,
    /// Whether to ask about a paste that acts on the server.
    pub confirm_paste: bool,
    /// The plan of the jump host before this host, which may have one itself.
    pub via: Option<Box<Plan>>,
    /// For a jump host: the host that it leads to.
    pub onward: Option<String>,
    /// The proxy server that the connection goes through.
    pub proxy: Option<ProxyPlan>,
    /// What the saved session says of the remote terminal.
    pub terminal: TerminalPlan,
    /// How tsh leads to the host, if it is a node of a Teleport cluster.
    pub teleport: Option<TeleportRoute>,
    /// The Teleport cluster to which the host must belong.
    pub cluster: Option<ClusterRule>,
    /// If not empty, the only host keys that are accepted.
    pub pins: Vec<Pin>,
}

impl Plan {
    /// Whether all default identities are offered, as ssh does it, and not the first alone.
    pub fn offers_all_keys(&self) -> bool {
        self.as_ssh || self.agent_identities
    }
}

/// What is found for a saved session of a Teleport node when it is used.
#[derive(Clone, Debug)]
pub struct ResolvedNode {
    /// The cluster, and the names that the node has there.
    pub rule: ClusterRule,
    /// The tsh program, if there is one.
    pub tsh: Option<PathBuf>,
}

/// The way to a node of a Teleport cluster: `tsh proxy ssh`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeleportRoute {
    /// The tsh program.
    pub program: PathBuf,
    /// The node's cluster.
    pub cluster: String,
    /// The node, for the arguments and for the diagnosis of errors.
    pub target: TshTarget,
}

/// The proxy server of the first connection.
#[derive(Clone)]
pub struct ProxyPlan {
    /// The server.
    pub server: ProxyServer,
    /// The descriptor with its password; without one, the saved session's counts.
    pub password_fd: Option<i32>,
    /// The password that the saved session has; without one, the person is asked.
    pub saved_password: Option<Arc<Secret>>,
    /// What a Telnet proxy is sent, with PuTTY's escapes, if the saved session says it.
    pub telnet_command: Option<String>,
}

impl fmt::Debug for ProxyPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyPlan").field("server", &self.server).finish_non_exhaustive()
    }
}

/// What a saved session says of the remote terminal.
#[derive(Clone, Debug, Default)]
pub struct TerminalPlan {
    /// Its type, instead of `TERM`.
    pub kind: Option<String>,
    /// The modes that differ from the local terminal's.
    pub modes: ModeOverrides,
}

/// The settings of a session log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPlan {
    /// The template of its file name, with `~` expanded.
    pub template: String,
    /// The format of its content.
    pub format: LogFormat,
    /// The time stamp before each line.
    pub stamps: Stamps,
}

/// An encoding other than UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodingPlan {
    /// The encoding.
    pub encoding: Encoding,
    /// Whether it was typed, and does not come from the saved session.
    pub typed: bool,
}

/// A host with its options and their origins.
#[derive(Clone)]
pub struct ResolvedOptions {
    /// The host as typed.
    pub host: String,
    /// All values, with their origins and the blocks that were read.
    pub layers: Layers,
    /// The resulting options.
    pub options: Options,
    /// The saved session that is used.
    pub profile: Option<SavedSession>,
    /// What was found for the saved session, if it is a Teleport node.
    pub node: Option<ResolvedNode>,
}

/// What the process finds around it, as functions that tests can replace.
pub struct Availability<'a> {
    /// Whether a person is at a terminal.
    pub terminal: bool,
    /// Whether a secret can be asked for: `/dev/tty` or SSH_ASKPASS.
    pub can_ask: bool,
    /// Whether a file exists.
    pub exists: &'a dyn Fn(&Path) -> bool,
    /// Whether an agent answers on a socket.
    pub answers: &'a dyn Fn(&Path) -> bool,
}
