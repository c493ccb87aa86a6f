//! ssh_config(5): what was typed, what the files say, and the options that come of it.
//!
//! [`Layers`] collects raw values in ssh's order of precedence, each with its [`Origin`], and
//! [`Options`] are what they come to for one host. The files, each using only those above it:
//!
//! - `fault` what is wrong with a value, `keyword` the table of keywords, `origin` where a value
//!   stands, `context` what the outside knows;
//! - `line` the syntax of a line, `pattern` wildcards, `expand` the `%`-tokens, `value` how each
//!   kind of value is read, `arguments` the check of a whole line;
//! - `layers` the collected values, with each Host and Match line as a `block`; `route` HostName
//!   and the proxies; `read` files, Host, Match and Include;
//! - `canonical` names, `known_hosts_command` its words, `options` the typed result;
//! - `standing` what is not done here, `show` what `-G` prints, `method` the way to log in.
//!
//! Nothing here reads the environment, asks or connects, and only `Match exec` runs anything: a
//! [`Context`] brings what the outside knows.

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
pub use method::{Circumstances, Method, MethodChoice, choose};
pub use options::{
    ForwardAgent, Forwarding, Options, PermitOpen, Sharing, X11Options, default_identity_files,
};
pub use origin::{Origin, Setting};
pub use read::{ConfigFile, FileKind, HostFacts, MAX_DEPTH, MAX_FILE, MAX_FILES, read_file};
pub use show::{EffectiveConfig, effective, lines as effective_lines};
pub use standing::check_standing;
pub use value::{
    AddKeys, AddressFamily, Connect, ControlMaster, ControlPersist, FingerprintHash, Forward,
    IpQos, Jump, Listen, LogLevel, ProxyKind, ProxyServer, RekeyLimit, RequestTty, SessionType,
    StrictHostKeyChecking, UpdateHostKeys, VerifyHostKeyDns,
};

#[cfg(test)]
mod tests;
