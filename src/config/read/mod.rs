//! Reading configuration files into [`Layers`](crate::config::layers::Layers): lines, Include, and
//! which Host and Match blocks apply.

mod aliases;
mod exec;
mod facts;
mod file;
mod glob;
mod local_network;
mod matching;
mod split;

pub use aliases::{HostAlias, host_aliases, is_named};
pub use facts::HostFacts;
pub use file::{ConfigFile, FileKind, MAX_DEPTH, MAX_FILE, MAX_FILES, read_file, read_remembered};
pub use split::FileMemory;
