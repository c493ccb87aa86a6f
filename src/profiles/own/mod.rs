//! The sessions that tessh saves: one TOML file each in a directory of the user's.

mod name;
mod read;
mod store;
mod write;

pub use name::{MAX_NAME, check as check_name, file_name, from_file_name};
pub use read::UnknownKey;
pub use store::{Document, ListedProfile, MAX_PROFILES, ProfileStore};

#[cfg(test)]
mod tests;
