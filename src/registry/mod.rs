//! What PuTTY and WinSCP keep, as keys with values, apart from where it comes from.
//!
//! Windows keeps it in the registry; here it comes from a folder of files as PuTTY has it on Unix
//! (`putty_folder`), from a file that regedit has written (`reg_file`), or from `WinSCP.ini`
//! (`ini_file`). Whatever it is read from, a [`RegistryKey`] has a name, a place and values.
//! `escape` has the names' escapes. `written` and `reg_writer` change such files, value by value. What
//! the values mean is not known here.

mod escape;
mod export;
mod file;
mod ini_file;
mod key;
mod putty_folder;
mod reg_file;
mod reg_writer;
mod tree;
mod written;

pub use escape::{
    decoded_text, is_unix_canonical, registry_escaped, registry_unescaped, unix_escaped,
    unix_file_names, unix_unescaped, winscp_unescaped,
};
pub use export::{is_export, parse_tree, read_tree};
pub use file::{MAX_EXPORT, read_file};
pub use ini_file::parse_ini;
pub use key::{NameCase, RegistryKey, RegistryPlace, RegistryValue, ValueCoding};
pub use putty_folder::{MAX_FOLDER, MAX_SETTINGS, PuttyFolder, PuttyPlaces, parse_settings};
pub use reg_file::parse_reg;
pub use reg_writer::RegDocument;
pub use tree::{MAX_KEYS, RegistryTree};
pub use written::{WrittenField, WrittenValue, merged_settings};

#[cfg(test)]
mod tests;
