//! tessh: an SSH client that shows whose key it trusts and uses exactly one way to log in.
//!
//! The library never prints, never prompts except through [`prompt::Prompt`], never reads
//! the environment and never touches a terminal on its own; `cli` does all of that.
//! `ARCHITECTURE.md` has the map; `tests/tidy.rs` holds the direction of imports.

pub mod bench;
pub mod catalogue;
pub mod cli;
pub mod client;
pub mod config;
pub mod demo;
pub mod destination;
pub mod error;
pub mod keys;
pub mod os;
pub mod pattern;
pub mod profiles;
pub mod prompt;
pub mod registry;
pub mod secret;
pub mod sftp;
pub mod terminal;
pub mod text;
pub mod trust;
pub mod ui;
pub mod wire_format;

pub(crate) use catalogue::{say, say_in};
