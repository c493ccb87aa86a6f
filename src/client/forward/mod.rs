//! Forwards that we ask for: `-L -R -D`, the agent and X11, on one connection.

mod command;
pub(super) mod forwards;
pub(super) mod link;
mod local;
pub mod x11;

pub use crate::config::{Connect, Forward, Listen, PermitOpen};
pub use forwards::{Settings, Way, restricted};
pub use x11::{Request, X11};
