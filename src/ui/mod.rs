//! How questions look. The library asks through [`crate::prompt::Prompt`]; here are the
//! answers to "how": dialogs on the full screen, and plain, append-only lines.

pub mod dialogs;
pub mod evidence;
pub mod hosts;
mod login;
pub mod plain;
pub mod plain_connection;
pub mod screen;
