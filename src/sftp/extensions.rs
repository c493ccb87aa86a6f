//! What a server can do beyond version 3: OpenSSH's extensions, as its VERSION packet names them.

use crate::sftp::packet::{DEFAULT_BLOCK, MAX_BLOCK, MAX_EXTENSIONS, MAX_NAME};
use crate::wire_format::{take_string, take_uint64};

/// An extension that is used where the server has announced it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// How large packets and blocks may be.
    Limits,
    /// A rename that replaces what is there.
    PosixRename,
    /// Writes a file to the disk.
    Fsync,
    /// Space and inodes of the file system of a path.
    Statvfs,
    /// Space and inodes of the file system of an open file.
    Fstatvfs,
    /// Makes a hard link.
    Hardlink,
    /// Sets attributes of a link itself.
    Lsetstat,
    /// Copies from one open file into another, on the server.
    CopyData,
    /// Expands `~` and `~user`.
    ExpandPath,
    /// The home directory of a user.
    HomeDirectory,
    /// Names of users and groups by number.
    UsersGroupsById,
}

/// Each extension with its name on the wire and the version of it that is spoken.
const KNOWN: [(Extension, &str, &[u8]); 11] = [
    (Extension::Limits, "limits@openssh.com", b"1"),
    (Extension::PosixRename, "posix-rename@openssh.com", b"1"),
    (Extension::Fsync, "fsync@openssh.com", b"1"),
    (Extension::Statvfs, "statvfs@openssh.com", b"2"),
    (Extension::Fstatvfs, "fstatvfs@openssh.com", b"2"),
    (Extension::Hardlink, "hardlink@openssh.com", b"1"),
    (Extension::Lsetstat, "lsetstat@openssh.com", b"1"),
    (Extension::CopyData, "copy-data", b"1"),
    (Extension::ExpandPath, "expand-path@openssh.com", b"1"),
    (Extension::HomeDirectory, "home-directory", b"1"),
    (Extension::UsersGroupsById, "users-groups-by-id@openssh.com", b"1"),
];

impl Extension {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        KNOWN[self as usize].1
    }
}

/// The extensions that a server has announced in a version that is spoken here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extensions(u16);

impl Extensions {
    /// Whether the server has announced this one.
    pub fn has(self, extension: Extension) -> bool {
        self.0 & (1 << extension as u16) != 0
    }

    /// Takes the pairs of name and version that end a VERSION packet; unknown ones are skipped.
    pub(crate) fn take(rest: &mut &[u8]) -> Option<Extensions> {
        let (mut found, mut count) = (Extensions::default(), 0);
        while !rest.is_empty() {
            let (name, version) = (take_string(rest)?, take_string(rest)?);
            count += 1;
            if count > MAX_EXTENSIONS || name.len() > MAX_NAME {
                return None;
            }
            let known = KNOWN.iter().find(|(_, it, spoken)| {
                it.as_bytes() == name && (version == *spoken || version.is_empty())
            });
            if let Some((extension, ..)) = known {
                found.0 |= 1 << *extension as u16;
            }
        }
        Some(found)
    }
}

/// How much a server takes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes to ask for in one read; a server may give fewer.
    pub read: u32,
    /// The most bytes of one write.
    pub write: u32,
    /// The number of files and directories that may be open at once, where the server says it. It
    /// is no count of requests.
    pub open_handles: Option<u64>,
}

impl Default for Limits {
    /// The limits of a server that says nothing.
    fn default() -> Limits {
        Limits { read: DEFAULT_BLOCK, write: DEFAULT_BLOCK, open_handles: None }
    }
}

impl Limits {
    /// Reads the reply of `limits@openssh.com`. A number of 0 says nothing; larger blocks than are
    /// used here are cut down.
    pub(crate) fn parse(mut reply: &[u8]) -> Option<Limits> {
        let rest = &mut reply;
        let _packet = take_uint64(rest)?;
        let [read, write, handles] = [take_uint64(rest)?, take_uint64(rest)?, take_uint64(rest)?];
        let block = |bytes: u64| match u32::try_from(bytes.min(MAX_BLOCK as u64)) {
            Ok(0) | Err(_) => DEFAULT_BLOCK,
            Ok(bytes) => bytes,
        };
        let open_handles = Some(handles).filter(|count| *count > 0);
        Some(Limits { read: block(read), write: block(write), open_handles })
    }
}

/// Space and inodes of a remote file system, as statvfs(3) has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSystem {
    /// The bytes of a block: the unit of the counts below.
    pub block: u64,
    /// All blocks.
    pub blocks: u64,
    /// Free blocks.
    pub free: u64,
    /// Free blocks for a user who is not root.
    pub available: u64,
    /// All inodes.
    pub files: u64,
    /// Free inodes for a user who is not root.
    pub files_available: u64,
    /// The most bytes of a name.
    pub name_max: u64,
}

impl FileSystem {
    /// Reads the reply of `statvfs@openssh.com`.
    pub(crate) fn parse(mut reply: &[u8]) -> Option<FileSystem> {
        let mut numbers = [0; 11];
        for number in &mut numbers {
            *number = take_uint64(&mut reply)?;
        }
        let [_, block, blocks, free, available, files, _, files_available, _, _, name_max] =
            numbers;
        let found = FileSystem { block, blocks, free, available, files, files_available, name_max };
        reply.is_empty().then_some(found)
    }
}

/// Names of users and groups, in the order of the numbers asked for; empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountNames {
    /// Names of the users.
    pub users: Vec<Vec<u8>>,
    /// Names of the groups.
    pub groups: Vec<Vec<u8>>,
}

impl AccountNames {
    /// Reads the reply of `users-groups-by-id@openssh.com`.
    pub(crate) fn parse(mut reply: &[u8]) -> Option<AccountNames> {
        let rest = &mut reply;
        let (users, groups) = (names(take_string(rest)?)?, names(take_string(rest)?)?);
        rest.is_empty().then_some(AccountNames { users, groups })
    }
}

fn names(mut rest: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        found.push(take_string(&mut rest).filter(|name| name.len() <= MAX_NAME)?.to_vec());
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_format::put_string;

    #[test]
    fn only_versions_that_are_spoken_count() {
        let mut bytes = Vec::new();
        for word in ["posix-rename@openssh.com", "1", "statvfs@openssh.com", "1", "x", ""] {
            put_string(&mut bytes, word.as_bytes());
        }
        let found = Extensions::take(&mut &bytes[..]).unwrap();
        assert!(found.has(Extension::PosixRename) && !found.has(Extension::Statvfs));
        let many = |count: usize| Extensions::take(&mut &vec![0; count * 8][..]);
        assert!(many(MAX_EXTENSIONS).is_some() && many(MAX_EXTENSIONS + 1).is_none());
        for (at, (extension, ..)) in KNOWN.iter().enumerate() {
            assert_eq!(*extension as usize, at, "the order of the table");
        }
    }

    #[test]
    fn limits_are_cut_down_to_what_is_used_here() {
        let numbers = |numbers: [u64; 4]| numbers.map(u64::to_be_bytes).concat();
        let openssh = Limits::parse(&numbers([262_144, 261_120, 261_120, 1019])).unwrap();
        let expected = Limits { read: 261_120, write: 261_120, open_handles: Some(1019) };
        assert_eq!(openssh, expected);
        assert_eq!(Limits::parse(&numbers([0; 4])), Some(Limits::default()));
        let most = Limits::parse(&numbers([u64::MAX; 4])).unwrap();
        assert_eq!((most.read, most.write), (262_144, 262_144));
        assert_eq!(Limits::parse(&[0; 31]), None);
    }
}
