//! How questions look. The library asks through [`crate::prompt::Prompt`]; here are the
//! answers to "how": dialogs on the full screen, and plain, append-only lines.

pub mod dialogs;
mod login;
pub mod plain;
pub mod screen;
