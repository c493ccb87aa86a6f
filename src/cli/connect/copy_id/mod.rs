//! Puts a key into the authorized_keys of a server, and logs in with it afterwards.
//!
//! ```text
//!   target     the server: a connection of its own
//!   key        which key: named, of the options, a default one, the agent's
//!   install    the line, through a POSIX shell or over SFTP
//!   over_sftp  the latter
//!   outcome    what was done, or why not
//!   attempt    a login by exactly this key
//! ```

mod attempt;
mod install;
mod key;
mod outcome;
mod over_sftp;
mod target;

pub use attempt::{KeyTrial, logs_in};
pub use install::install;
pub use key::{KeyToInstall, PrivateHalf};
pub use outcome::{InstallWay, Installation};
pub use target::CopyIdTarget;
