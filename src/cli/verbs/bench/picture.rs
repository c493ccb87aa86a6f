//! Where the picture goes: seen before anything is measured for it, and written whole or not at all.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result, io_reason, link_reason};
use crate::os::link;
use crate::os::replace::{Existing, Readers, Replacement};
use crate::say;
use crate::text;

/// A file that can be written, as far as can be seen.
#[derive(Debug)]
pub(super) struct PicturePlace {
    /// As it was typed.
    typed: PathBuf,
    /// Where symbolic links lead.
    target: PathBuf,
}

impl PicturePlace {
    /// The place of this name.
    ///
    /// # Errors
    /// [`Kind::Local`]: it is a directory, a device or another thing that is no file, or its directory
    /// cannot be written, or a file of another user is there.
    pub(super) fn find(typed: &Path) -> Result<PicturePlace> {
        let mut place = PicturePlace { typed: typed.to_owned(), target: typed.to_owned() };
        place.target = link::follow(typed).map_err(|fault| place.said(link_reason(&fault)))?;
        if place.target.is_dir() {
            return Err(place.failed(&ErrorKind::IsADirectory.into()));
        }
        // By the name as it was typed: a link of /proc leads to a pipe by one that nothing has.
        if fs::metadata(typed).is_ok_and(|found| !found.is_file()) {
            return Err(place.said(say!(bench_picture_no_file)));
        }
        // An empty name has no place, and no directory that could tell.
        if place.target.file_name().is_none() {
            return Err(place.failed(&ErrorKind::NotFound.into()));
        }
        place.drafted("").map_err(|error| place.failed(&error))?;
        Ok(place)
    }

    /// Writes the picture. A file that is there keeps its owner and its mode.
    ///
    /// # Errors
    /// [`Kind::Local`]: it cannot be written; what was there stays.
    pub(super) fn write(&self, picture: &str) -> Result<()> {
        self.put(picture).map_err(|error| self.failed(&error))
    }

    fn put(&self, picture: &str) -> io::Result<()> {
        self.drafted(picture)?.put(&self.target, Existing::Replace)
    }

    /// The picture beside its place, with the owner and the mode that it will have there.
    fn drafted(&self, picture: &str) -> io::Result<Replacement> {
        let new = Replacement::write(&self.target, picture.as_bytes(), Readers::All)?;
        if let Ok(old) = fs::metadata(&self.target) {
            new.keep_owner(&old)?;
        }
        Ok(new)
    }

    fn failed(&self, error: &io::Error) -> Error {
        self.said(io_reason(error))
    }

    fn said(&self, reason: String) -> Error {
        let file = text::path(&self.typed);
        Error::new(Kind::Local, say!(bench_picture_failed, file, reason))
            .hint(say!(bench_picture_failed_hint))
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn only_a_file_or_a_new_name_in_a_directory_is_a_place() {
        let home = tempfile::tempdir().unwrap();
        let _socket = UnixListener::bind(home.path().join("socket")).unwrap();
        symlink("socket", home.path().join("link")).unwrap();
        for bad in ["socket", "link", "none/x.svg", ".", "..", ""] {
            let typed = if bad.is_empty() { PathBuf::new() } else { home.path().join(bad) };
            let error = PicturePlace::find(&typed).expect_err(bad).to_string();
            assert!(!error.contains(".tessh-"), "{error}");
        }
        let (pipe, _writer) = io::pipe().unwrap();
        let link = PathBuf::from(format!("/proc/self/fd/{}", pipe.as_raw_fd()));
        let error = PicturePlace::find(&link).expect_err("a pipe").to_string();
        assert!(error.contains(&say!(bench_picture_no_file)), "{error}");
        assert!(PicturePlace::find(&home.path().join("x.svg")).is_ok());
        let mut left: Vec<_> = fs::read_dir(home.path()).unwrap().flatten().collect();
        left.retain(|file| file.file_name().to_string_lossy().starts_with(".tessh-"));
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn a_link_stays_and_its_file_keeps_its_mode() {
        let home = tempfile::tempdir().unwrap();
        let (file, link) = (home.path().join("x.svg"), home.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("x.svg", &link).unwrap();
        let place = PicturePlace::find(&link).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "old");
        place.write("new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
