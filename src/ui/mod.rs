//! How questions look. The library asks through [`crate::prompt::Prompt`]; here are the
//! answers to "how": today as plain, append-only lines on the terminal.

pub mod plain;
