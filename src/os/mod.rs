//! The operating system: everything that differs from one system to another, and nothing else.
//!
//! Each file has one concept: the names that the rest of the program uses, and their Unix
//! implementation. No other room names the system's own types or the crates that wrap its calls
//! (`tests/tidy.rs` checks that). To add another system, add a file with the same names, chosen by
//! `#[cfg_attr(windows, path = …)]` on its line below.
//!
//! Failures are [`std::io::Error`]s. This room has no texts for people, does not decide when an
//! operation is right, and depends on no other room.

pub mod attributes;
pub mod background;
pub mod copying;
pub mod descriptor;
pub mod disposition;
pub mod file;
pub mod host;
pub mod keyboard;
pub mod link;
pub mod local;
pub mod modes;
pub mod output;
pub mod pipe;
pub mod piped;
pub mod private;
pub mod process;
pub mod pty;
pub mod replace;
pub mod service;
pub mod shortage;
pub mod signal;
pub mod size;
pub mod stack;
pub mod stdio;
pub mod syslog;
pub mod tcp;
pub mod terminal;
pub mod tree;
pub mod usage;
pub mod user;
mod watch;
pub mod words;

pub use descriptor::{AsDescriptor, BorrowedDescriptor, Descriptor};
