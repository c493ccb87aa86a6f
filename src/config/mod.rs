//! ssh_config(5): the command line, the files, and the options computed from them.
//!
//! [`Layers`] collects unparsed values in ssh's order of precedence, each with its [`Origin`], and
//! [`Options`] are computed from them for one host. The files, each using only those above it:
//!
//! - `fault` the message for a bad value, `keyword` the table of keywords, `origin` where a value
//!   was set, `context` the facts from outside;
//! - `line` the syntax of a line, `pattern` wildcards, `expand` the `%`-tokens, `value` how each
//!   kind of value is parsed, `arguments` the check of a whole line;
//! - `layers` the collected values, with each Host and Match line as a `block`; `route` HostName
//!   and the proxies; `read` files, Host, Match and Include;
//! - `canonical` names, `known_hosts_command` its words, `options` the typed result;
//! - `standing` what tessh does not do, `show` what `-G` prints, `method` the choice of a login
//!   method.
//!
//! Nothing here reads the environment, asks the user or connects, and only `Match exec` runs a
//! command: a [`Context`] provides the facts from outside.

mod address;
mod arguments;
mod block;
mod canonical;
mod context;
mod expand;
mod fault;
mod keyword;
mod known_hosts_command;
mod layers;
mod line;
mod method;
mod options;
mod origin;
pub mod pattern;
mod read;
mod route;
mod show;
mod standing;
mod value;

pub use block::{BlockReason, ConfigBlock};
pub use canonical::{CanonicalName, Canonicalize, NameLookup, NoLookup, canonical_name};
pub use context::{Context, EnvironmentLookup, user_directory};
pub use expand::{Tokens, tilde};
pub use keyword::{Keyword, KeywordRow, KeywordStanding, Shape, TABLE};
pub use known_hosts_command::{KnownHostsCommand, Search, SearchedKey};
pub use layers::{Directive, Layers};
pub use line::keyword as split_keyword;
pub use method::{Circumstances, Method, MethodChoice, choose};
pub use options::{
    ForwardAgent, Forwarding, Options, PermitOpen, Sharing, X11Options, default_identity_files,
    default_known_hosts,
};
pub use origin::{Origin, Setting};
pub use read::{
    ConfigFile, FileKind, FileMemory, HostAlias, HostFacts, MAX_DEPTH, MAX_FILE, MAX_FILES,
    host_aliases, is_named, read_file, read_remembered,
};
pub use show::{EffectiveConfig, effective, lines as effective_lines};
pub use standing::check_standing;
pub use value::{
    AddKeys, AddressFamily, Connect, ControlMaster, ControlPersist, FingerprintHash, Forward,
    IpQos, Jump, Listen, LogLevel, ProxyKind, ProxyServer, RekeyLimit, RequestTty, SessionType,
    StrictHostKeyChecking, UpdateHostKeys, VerifyHostKeyDns, port,
};

#[cfg(test)]
mod tests;
