//! The usual paths of a new key: its file, the directory for it, and the file of its public half.
//!
//! `save` writes the files and decides whether an existing one may be replaced.

use std::path::{Path, PathBuf};

use super::file::quoted;
use super::generate::KeyType;
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::private;
use crate::say;

/// The usual path of a new key in this directory, such as `id_ed25519` or `id_ed25519.ppk`.
pub fn usual(directory: &Path, kind: KeyType, ppk: bool) -> PathBuf {
    let suffix = if ppk { ".ppk" } else { "" };
    directory.join(kind.file_name() + suffix)
}

/// The path of a new key's public half: `.pub` is appended, after `.ppk` is removed if `ppk` is
/// set.
pub fn public(path: &Path, ppk: bool) -> PathBuf {
    let base = match path.extension() {
        Some(extension) if ppk && extension == "ppk" => path.with_extension(""),
        _ => path.to_owned(),
    };
    let mut name = base.into_os_string();
    name.push(".pub");
    PathBuf::from(name)
}

/// Creates the usual directory, readable only by its owner, if the file is to be in it and the
/// directory does not exist yet.
///
/// # Errors
/// The directory cannot be created.
pub fn make_directory(directory: &Path, file: &Path) -> Result<()> {
    if file.parent() != Some(directory) || directory.exists() {
        return Ok(());
    }
    private::create_directory(directory).map_err(|error| {
        Error::new(
            Kind::Local,
            say!(
                keygen_directory_not_created,
                directory = quoted(directory),
                error = io_reason(&error)
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_ssh_and_putty_look_for() {
        let usual = |kind, ppk| usual(Path::new("/h/.ssh"), kind, ppk);
        assert_eq!(usual(KeyType::Ed25519, false), Path::new("/h/.ssh/id_ed25519"));
        assert_eq!(usual(KeyType::Rsa(3072), true), Path::new("/h/.ssh/id_rsa.ppk"));
        assert_eq!(public(Path::new("/h/k"), false), Path::new("/h/k.pub"));
        assert_eq!(public(Path::new("/h/k.ppk"), true), Path::new("/h/k.pub"));
        assert_eq!(public(Path::new("/h/k.ppk"), false), Path::new("/h/k.ppk.pub"));
    }
}
