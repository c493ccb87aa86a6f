//! Forwards that we ask for: `-L -R -D`, the agent and X11, on one connection. Channels that the
//! server opens for them are in `incoming`.

mod command;
pub(super) mod forwards;
pub(super) mod link;
mod local;
pub(super) mod settings;
pub mod x11;

pub use crate::client::incoming::x11::X11Request;
pub use crate::client::restriction::restricted;
pub use crate::config::{Connect, Forward, Listen, PermitOpen};
pub use settings::{ForwardDirection, ForwardSettings};
pub use x11::LocalDisplay;
