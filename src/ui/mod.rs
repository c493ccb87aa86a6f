//! How questions are asked. The library asks through [`crate::prompt::Prompt`]; this part
//! implements it with full-screen dialogs and with plain, append-only lines.

pub mod dialogs;
pub mod evidence;
pub mod hosts;
mod login;
pub mod nodes;
pub mod panes;
pub mod plain;
pub mod plain_connection;
pub mod screen;
mod waiting;
