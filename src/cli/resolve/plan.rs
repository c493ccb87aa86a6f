//! What resolving gives: the options of a host, and the plan of a connection to it.

use std::path::{Path, PathBuf};

use crate::config::{Connect, Layers, MethodChoice, Options, ProxyServer};
use crate::profiles::Document;
use crate::terminal::encoding::Encoding;
use crate::terminal::record::{LogFormat, Stamps};
use crate::trust::Pin;

/// What is going to happen.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The host as typed, without user, port and brackets.
    pub host: String,
    /// The options, each with its origin.
    pub options: Options,
    /// The authentication method.
    pub method: MethodChoice,
    /// The agent's socket, if there may be one.
    pub agent: Option<PathBuf>,
    /// Whether `publickey` also offers the agent's keys: only under the name `ssh`.
    pub agent_identities: bool,
    /// The command or subsystem, its words joined by blanks; `None` asks for a shell.
    pub command: Option<Vec<u8>>,
    /// Where standard input and output are forwarded to (`-W`).
    pub stdio_forward: Option<Connect>,
    /// The saved session in use.
    pub profile: Option<Document>,
    /// The log of the session, if one is wanted.
    pub log: Option<LogPlan>,
    /// The encoding of the remote side, if it is not UTF-8.
    pub encoding: Option<EncodingPlan>,
    /// Whether the program was called `ssh`: escapes that ssh does not have are typed text.
    pub as_ssh: bool,
    /// Whether a paste that acts on the server is asked about.
    pub confirm_paste: bool,
    /// The jump host that the connection goes through, with what comes before that.
    pub via: Option<Box<Plan>>,
    /// Of a jump host: the host that it leads to.
    pub onward: Option<String>,
    /// The proxy server that the connection goes through.
    pub proxy: Option<ProxyPlan>,
    /// The only host keys that are right, where it was said which.
    pub pins: Vec<Pin>,
}

/// The proxy server of the first connection.
#[derive(Clone, Debug)]
pub struct ProxyPlan {
    /// The server.
    pub server: ProxyServer,
    /// The descriptor that its password is read from; it is asked for otherwise.
    pub password_fd: Option<i32>,
}

/// A log that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPlan {
    /// The template of its name, `~` expanded.
    pub template: String,
    /// What is written.
    pub format: LogFormat,
    /// The time before each line.
    pub stamps: Stamps,
}

/// An encoding that is wanted, other than UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodingPlan {
    /// The encoding.
    pub encoding: Encoding,
    /// Whether it was typed for this connection.
    pub typed: bool,
}

/// Host, options, and what they come from.
#[derive(Clone)]
pub struct ResolvedOptions {
    /// The host as typed.
    pub host: String,
    /// All values, with their origins and the blocks that were met.
    pub layers: Layers,
    /// What came of them.
    pub options: Options,
    /// The saved session in use.
    pub profile: Option<Document>,
}

/// What the process finds around it.
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
