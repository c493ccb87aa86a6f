//! Where the symbolic links at the end of a path lead.
//!
//! Linux refuses to follow a link that another user has put into a directory like /tmp
//! (`fs.protected_symlinks`), but only where a path is opened. Whoever reads links, to replace the
//! file behind one, has to keep that rule by himself.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::replace::directory_of;
use super::user::UserId;

/// The most symbolic links followed: the kernel's own limit in a path.
const LINKS_MAX: usize = 40;

/// The mode bits of a directory in which all may make files and only an owner may remove them.
const SHARED: u32 = 0o1002;

/// Why links cannot be followed.
#[derive(Debug)]
pub enum LinkFault {
    /// There are too many; they may lead to each other.
    TooMany,
    /// In a directory that all may write, one belongs to another user than this one and the
    /// directory's owner.
    Planted,
    /// The system's reason.
    Other(io::Error),
}

impl From<io::Error> for LinkFault {
    fn from(error: io::Error) -> LinkFault {
        LinkFault::Other(error)
    }
}

/// Follows symbolic links in the last component of the path, even to a file that is missing.
///
/// # Errors
/// See [`LinkFault`].
pub fn follow(path: &Path) -> Result<PathBuf, LinkFault> {
    let mut path = path.to_owned();
    for _ in 0..LINKS_MAX {
        match fs::symlink_metadata(&path) {
            Ok(link) if link.is_symlink() => {
                let directory = fs::metadata(directory_of(&path))?;
                if is_planted(Facts::of(&link), Facts::of(&directory), UserId::effective()) {
                    return Err(LinkFault::Planted);
                }
                path = path.parent().unwrap_or(Path::new("")).join(fs::read_link(&path)?);
            }
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(path),
            Err(error) => return Err(error.into()),
        }
    }
    Err(LinkFault::TooMany)
}

/// What decides whether a link is followed.
#[derive(Clone, Copy)]
struct Facts {
    owner: UserId,
    mode: u32,
}

impl Facts {
    fn of(metadata: &Metadata) -> Facts {
        Facts { owner: UserId::from(metadata.uid()), mode: metadata.mode() }
    }
}

/// Whether another user may have put the link there as a trap for this one.
fn is_planted(link: Facts, directory: Facts, user: UserId) -> bool {
    directory.mode & SHARED == SHARED && link.owner != user && link.owner != directory.owner
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_a_strangers_link_in_a_shared_directory_is_a_trap() {
        let facts = |owner: u32, mode| Facts { owner: UserId::from(owner), mode };
        let user = UserId::from(1000);
        let is_trap = |owner, directory| is_planted(facts(owner, 0o120_777), directory, user);
        assert!(is_trap(1001, facts(0, 0o41777)) && is_trap(1001, facts(1000, 0o41777)));
        // The user's own, and the directory's owner's, who could do anything there.
        assert!(!is_trap(1000, facts(0, 0o41777)) && !is_trap(0, facts(0, 0o41777)));
        for mode in [0o40755, 0o40777, 0o41755, 0o41775] {
            assert!(!is_trap(1001, facts(0, mode)), "{mode:o}");
        }
    }

    #[test]
    fn links_are_followed_to_a_file_that_is_missing_and_not_without_end() {
        let home = tempfile::tempdir().unwrap();
        let place = |name: &str| home.path().join(name);
        symlink("two", place("one")).unwrap();
        symlink("three", place("two")).unwrap();
        assert_eq!(follow(&place("one")).unwrap(), place("three"));
        symlink("one", place("three")).unwrap();
        assert!(matches!(follow(&place("one")), Err(LinkFault::TooMany)));
    }
}
