//! Files and directories below a directory that is held open: nothing here follows a link, so that
//! whoever can write there cannot lead a name elsewhere.
//!
//! Names are single components without `/`; a caller who has them from a stranger checks that.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::fs::{
    AtFlags, CWD, Dir, FileType, FlockOperation, Gid, Mode, OFlags, RenameFlags, Stat, Timespec,
    Timestamps, Uid, fchown, flock, fstat, futimens, openat, renameat, renameat_with, statat,
    unlinkat, utimensat,
};
use rustix::io::Errno;

/// A file that only its owner can access.
const PRIVATE: u32 = 0o600;
/// The permission bits that are kept of a file; never those that lend rights.
const KEPT: u32 = 0o777;

/// What kind of file a name has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A device, a socket or a pipe.
    Other,
}

/// What is known of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeStatus {
    /// Its kind.
    pub kind: TreeKind,
    /// Its size in bytes.
    pub size: u64,
    /// Its permission bits, without setuid, setgid and sticky.
    pub mode: u32,
    /// Last access and last modification, in seconds since 1970.
    pub times: (i64, i64),
    /// How many names it has.
    pub links: u64,
    /// The bytes that it takes on the disk.
    pub allocated: u64,
    /// The user and the group it belongs to.
    pub owner: (u32, u32),
    device: u64,
    inode: u64,
}

impl TreeStatus {
    // The types of the fields differ between architectures.
    #[allow(clippy::unnecessary_cast)]
    fn of(stat: &Stat) -> TreeStatus {
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => TreeKind::File,
            FileType::Directory => TreeKind::Directory,
            FileType::Symlink => TreeKind::Link,
            _ => TreeKind::Other,
        };
        TreeStatus {
            kind,
            size: u64::try_from(stat.st_size).unwrap_or_default(),
            mode: stat.st_mode & KEPT,
            times: (stat.st_atime as i64, stat.st_mtime as i64),
            links: stat.st_nlink as u64,
            allocated: u64::try_from(stat.st_blocks).unwrap_or_default().saturating_mul(512),
            owner: (stat.st_uid, stat.st_gid),
            device: stat.st_dev as u64,
            inode: stat.st_ino as u64,
        }
    }

    /// Whether both are the same file.
    pub fn is_same_file(&self, other: &TreeStatus) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }
}

/// A directory that is held open.
#[derive(Debug)]
pub struct TreeDirectory(OwnedFd);

impl TreeDirectory {
    /// Opens a directory by a path that the user has named: links in it are followed.
    ///
    /// # Errors
    /// The system's.
    pub fn open(path: &Path) -> io::Result<TreeDirectory> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        Ok(TreeDirectory(openat(CWD, path, flags, Mode::empty())?))
    }

    /// Opens a directory in this one; a link only if `follow`.
    ///
    /// # Errors
    /// The system's; `NotADirectory` for a link.
    pub fn directory(&self, name: &OsStr, follow: bool) -> io::Result<TreeDirectory> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(TreeDirectory(openat(&self.0, name, flags | following(follow), Mode::empty())?))
    }

    /// Makes a directory that only the user can access.
    ///
    /// # Errors
    /// `AlreadyExists`; the system's.
    pub fn make_directory(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::mkdirat(&self.0, name, Mode::RWXU)?)
    }

    /// Creates a file for reading and writing that only the user can access.
    ///
    /// # Errors
    /// `AlreadyExists`, for a link, too; the system's.
    pub fn create(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
        let flags = flags | OFlags::CLOEXEC | OFlags::NOCTTY;
        Ok(openat(&self.0, name, flags, Mode::from_raw_mode(PRIVATE))?.into())
    }

    /// Opens an existing file for reading and writing.
    ///
    /// # Errors
    /// It is a link; the system's.
    pub fn open_to_write(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
        Ok(openat(&self.0, name, flags | OFlags::NONBLOCK, Mode::empty())?.into())
    }

    /// Opens a file for reading; a link only if `follow`. What is no regular file does not make
    /// this wait.
    ///
    /// # Errors
    /// It is a link; the system's.
    pub fn open_to_read(&self, name: &OsStr, follow: bool) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        Ok(openat(&self.0, name, flags | following(follow), Mode::empty())?.into())
    }

    /// What is known of a name; of what a link points to only if `follow`.
    ///
    /// # Errors
    /// `NotFound`; the system's.
    pub fn status(&self, name: &OsStr, follow: bool) -> io::Result<TreeStatus> {
        let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
        Ok(TreeStatus::of(&statat(&self.0, name, flags)?))
    }

    /// What is known of this directory.
    ///
    /// # Errors
    /// The system's.
    pub fn own_status(&self) -> io::Result<TreeStatus> {
        Ok(TreeStatus::of(&fstat(&self.0)?))
    }

    /// Renames a file in this directory. What has the new name is replaced only if `replace`.
    ///
    /// # Errors
    /// `AlreadyExists`; the system's.
    pub fn rename(&self, from: &OsStr, to: &OsStr, replace: bool) -> io::Result<()> {
        if replace {
            return Ok(renameat(&self.0, from, &self.0, to)?);
        }
        match renameat_with(&self.0, from, &self.0, to, RenameFlags::NOREPLACE) {
            // Some file systems cannot do both in one step.
            Err(Errno::INVAL | Errno::NOSYS) => match self.status(to, false) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    Ok(renameat(&self.0, from, &self.0, to)?)
                }
                Err(error) => Err(error),
                Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            },
            other => Ok(other?),
        }
    }

    /// Removes a file or a link.
    ///
    /// # Errors
    /// The system's.
    pub fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// Removes a directory that is empty.
    ///
    /// # Errors
    /// It is not empty, or a link; the system's.
    pub fn remove_directory(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }

    /// Makes a symbolic link with these bytes in it.
    ///
    /// # Errors
    /// `AlreadyExists`; the system's.
    pub fn make_link(&self, target: &OsStr, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::symlinkat(target, &self.0, name)?)
    }

    /// What a symbolic link has in it.
    ///
    /// # Errors
    /// The system's.
    pub fn read_link(&self, name: &OsStr) -> io::Result<OsString> {
        let target = rustix::fs::readlinkat(&self.0, name, Vec::new())?;
        Ok(OsString::from_vec(target.into_bytes()))
    }

    /// Sets last access and last modification of a name, of a link itself.
    ///
    /// # Errors
    /// The system's.
    pub fn set_times(&self, name: &OsStr, times: (i64, i64)) -> io::Result<()> {
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        Ok(utimensat(&self.0, name, &timestamps(times), flags)?)
    }

    /// Sets permission bits, last access and last modification of this directory.
    ///
    /// # Errors
    /// The system's.
    pub fn finish(&self, mode: Option<u32>, times: Option<(i64, i64)>) -> io::Result<()> {
        finish(&self.0, mode, times)
    }

    /// The names in this directory, read as they are asked for; without `.` and `..`.
    ///
    /// # Errors
    /// The system's.
    pub fn names(&self) -> io::Result<impl Iterator<Item = io::Result<OsString>> + Send + use<>> {
        let mut names = Dir::read_from(&self.0)?;
        Ok(std::iter::from_fn(move || {
            loop {
                let name = match names.read()? {
                    Ok(entry) => entry.file_name().to_bytes().to_vec(),
                    Err(error) => return Some(Err(error.into())),
                };
                if name != b"." && name != b".." {
                    return Some(Ok(OsString::from_vec(name)));
                }
            }
        }))
    }
}

/// What is known of an open file.
///
/// # Errors
/// The system's.
pub fn status_of(file: &File) -> io::Result<TreeStatus> {
    Ok(TreeStatus::of(&fstat(file)?))
}

/// Claims a file for this process; `false` if another one has it. File systems without locks give
/// it to everybody.
pub fn claim(file: &File) -> bool {
    !matches!(flock(file, FlockOperation::NonBlockingLockExclusive), Err(Errno::WOULDBLOCK))
}

/// Gives an open file to this user and group, if it is not theirs.
///
/// # Errors
/// This process may not do that.
pub fn give_to(file: &File, owner: (u32, u32)) -> io::Result<()> {
    if status_of(file)?.owner == owner {
        return Ok(());
    }
    let (user, group) = (Uid::from_raw(owner.0), Gid::from_raw(owner.1));
    Ok(fchown(file, Some(user), Some(group))?)
}

/// Sets permission bits, last access and last modification of an open file.
///
/// # Errors
/// The system's.
pub fn finish_file(file: &File, mode: Option<u32>, times: Option<(i64, i64)>) -> io::Result<()> {
    finish(file, mode, times)
}

/// Reads at an offset until the buffer is full or the file ends; the number of bytes.
///
/// # Errors
/// The system's.
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut have = 0;
    while have < buffer.len() {
        match file.read_at(&mut buffer[have..], offset + have as u64) {
            Ok(0) => break,
            Ok(count) => have += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(have)
}

/// Writes all bytes at an offset.
///
/// # Errors
/// The system's.
pub fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(bytes, offset)
}

fn finish(
    file: impl std::os::fd::AsFd,
    mode: Option<u32>,
    times: Option<(i64, i64)>,
) -> io::Result<()> {
    let file = file.as_fd();
    // Before the times, because it does not change them.
    if let Some(mode) = mode {
        rustix::fs::fchmod(file, Mode::from_raw_mode(mode & KEPT))?;
    }
    if let Some(times) = times {
        futimens(file, &timestamps(times))?;
    }
    Ok(())
}

fn following(follow: bool) -> OFlags {
    if follow { OFlags::empty() } else { OFlags::NOFOLLOW }
}

fn timestamps((access, modification): (i64, i64)) -> Timestamps {
    let time = |seconds| Timespec { tv_sec: seconds, tv_nsec: 0 };
    Timestamps { last_access: time(access), last_modification: time(modification) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_is_followed_below_an_open_directory() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("outside")).unwrap();
        std::fs::create_dir(home.path().join("tree")).unwrap();
        std::fs::write(home.path().join("outside/f"), "kept").unwrap();
        let tree = TreeDirectory::open(&home.path().join("tree")).unwrap();
        tree.make_link("../outside".as_ref(), "d".as_ref()).unwrap();
        tree.make_link("../outside/f".as_ref(), "l".as_ref()).unwrap();
        tree.make_link("../outside/new".as_ref(), "n".as_ref()).unwrap();
        assert!(tree.directory("d".as_ref(), false).is_err());
        assert!(tree.directory("d".as_ref(), true).is_ok());
        for name in ["l", "n"] {
            assert!(tree.open_to_write(name.as_ref()).is_err());
            assert!(tree.open_to_read(name.as_ref(), false).is_err());
            let created = tree.create(name.as_ref()).unwrap_err();
            assert_eq!(created.kind(), io::ErrorKind::AlreadyExists);
        }
        assert_eq!(tree.read_link("l".as_ref()).unwrap(), "../outside/f");
        assert_eq!(tree.status("l".as_ref(), false).unwrap().kind, TreeKind::Link);
        let file = tree.create("part".as_ref()).unwrap();
        write_at(&file, b"new", 0).unwrap();
        finish_file(&file, Some(0o4644), Some((5, 6))).unwrap();
        let kept = tree.rename("part".as_ref(), "l".as_ref(), false).unwrap_err();
        assert_eq!(kept.kind(), io::ErrorKind::AlreadyExists);
        tree.rename("part".as_ref(), "l".as_ref(), true).unwrap();
        let now = tree.status("l".as_ref(), false).unwrap();
        assert_eq!((now.kind, now.mode, now.times), (TreeKind::File, 0o644, (5, 6)));
        assert!(now.is_same_file(&status_of(&file).unwrap()));
        assert_eq!(std::fs::read(home.path().join("outside/f")).unwrap(), b"kept");
        assert_eq!(tree.names().unwrap().count(), 3);
    }

    #[test]
    fn a_claimed_file_is_not_given_twice() {
        let home = tempfile::tempdir().unwrap();
        let tree = TreeDirectory::open(home.path()).unwrap();
        let first = tree.create("f".as_ref()).unwrap();
        assert!(claim(&first));
        let second = tree.open_to_write("f".as_ref()).unwrap();
        assert!(!claim(&second));
        drop(first);
        assert!(claim(&second));
    }
}
