//! Puts a key into the authorized_keys of a server, and logs in with it afterwards.
//!
//! ```text
//!   target     the server: a connection of its own
//!   key        which key: named, of the options, a default one, the agent's
//!   install    the line, through a POSIX shell or over SFTP
//!   over_sftp  the latter
//!   outcome    what was done, or why not
//!   report     what is told of it
//!   attempt    a login by exactly this key
//!   in_session the same in the middle of a session
//! ```

mod attempt;
mod in_session;
mod install;
mod key;
mod outcome;
mod over_sftp;
pub mod report;
mod target;

pub use attempt::{KeyTrial, logs_in};
pub use in_session::in_session;
pub use install::install;
pub use key::KeyToInstall;
pub use target::CopyIdTarget;
