//! ssh_config(5): what was typed, what the files say, and the options that come of it.
//!
//! [`Layers`] collects raw values in ssh's order of precedence, each with its [`Origin`];
//! [`Layers::options`] turns them into typed [`Options`]. `keyword` is the table of what is
//! known and how it stands here, `line` the syntax, `pattern` the wildcards, `file` Host and
//! Include, `matching` and `network` Match, `canonical` the names, `value`, `forward` and `jump`
//! the values, `proxy` a proxy server (which ssh_config(5) does not have), `expand` the `%`-tokens, `show` what `-G` prints. Nothing here reads the
//! environment, asks or connects, and only `Match exec` runs anything: a [`Context`] brings what
//! the outside knows.

mod algorithms;
mod canonical;
mod check;
mod command;
mod expand;
mod file;
mod forward;
mod jump;
mod keyword;
mod layers;
mod line;
mod matching;
mod method;
mod network;
mod options;
mod origin;
pub mod pattern;
mod proxy;
mod qos;
mod show;
mod value;

use std::path::PathBuf;

pub use canonical::{Canonicalize, Names, NoNames, Resolved};
pub use command::{KnownHostsCommand, Search, SearchedKey};
pub use expand::{Tokens, tilde};
pub use file::{Block, ConfigFile, FileKind, HostFacts, MAX_DEPTH, MAX_FILE, MAX_FILES, Why};
pub use forward::{Connect, Forward, Listen};
pub use jump::Jump;
pub use keyword::{Keyword, Row, Shape, Standing, TABLE};
pub use layers::{Entry, Layers};
pub use method::{Circumstances, Method, MethodChoice, choose};
pub use options::{
    AddKeys, ControlMaster, ControlPersist, ForwardAgent, Forwarding, Options, PermitOpen, Sharing,
    X11, default_identity_files,
};
pub use origin::{Origin, Setting};
pub use proxy::{ProxyKind, ProxyServer};
pub use qos::IpQos;
pub use show::{Shown, effective, lines as effective_lines};
pub use value::{
    AddressFamily, FingerprintHash, LogLevel, RekeyLimit, RequestTty, SessionType,
    StrictHostKeyChecking, UpdateHostKeys, VerifyHostKeyDns,
};

/// Looks up a variable of the environment.
pub type Environment = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What the configuration depends on besides its text; the caller finds it out.
pub struct Context {
    /// The home directory of the local user, for `~` and `%d`.
    pub home: PathBuf,
    /// The local user's name, for `%u`, `Match localuser` and as the default of User.
    pub local_user: String,
    /// The local host name with its domain, for `%l` and `%L`.
    pub local_host: String,
    /// The local user's id, for `%i` and the ownership of the files.
    pub uid: u32,
    /// The environment, for `${NAME}` and `$NAME` where ssh_config(5) allows them.
    pub env: Environment,
}

/// The directory of the user's own files, `~/.ssh`.
pub fn user_directory(context: &Context) -> PathBuf {
    context.home.join(".ssh")
}

#[cfg(test)]
mod tests;
