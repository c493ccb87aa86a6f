//! PuTTY's saved sessions.
//!
//! `settings` has the values as PuTTY sees them, and `convert` makes a profile of them; each kind of
//! value that has a form of its own has a file. WinSCP has the same values, so `winscp` uses them,
//! too.

mod convert;
mod forwards;
mod jump;
mod map;
mod modes;
mod pins;
mod preferences;
mod proxy;
mod proxy_command;
mod settings;
mod source;

pub use convert::{Converted, converted};
pub use jump::PuttyJump;
pub use pins::pinned;
pub use proxy_command::{ProxyValues, has_piece, opening};
pub use settings::{Keeper, ProxyMethod, PuttyPort, PuttySettings};
pub use source::{ExportedPuttySessions, PuttySessions};

#[cfg(test)]
mod tests;
