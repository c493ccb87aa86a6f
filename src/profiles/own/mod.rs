//! The sessions that tessh saves: one TOML file each in a directory of the user's. Those about hosts
//! of a Teleport cluster are among them.

mod name;
mod read;
mod source;
mod store;
mod write;

pub use name::{MAX_NAME, check as check_name, file_name, from_file_name};
pub use source::OwnSessions;
pub use store::{Document, MAX_PROFILES, ProfileStore, ReadyDocument, TOGETHER};

#[cfg(test)]
mod tests;
