//! The attributes of a remote file (ATTRS, section 5 of the draft).

use crate::sftp::packet::MAX_EXTENDED;
use crate::wire_format::{put_uint32, take_string, take_uint32, take_uint64};

const SIZE: u32 = 1;
const OWNER: u32 = 2;
const PERMISSIONS: u32 = 4;
const TIMES: u32 = 8;
const EXTENDED: u32 = 0x8000_0000;

/// What is known of a remote file, or to be changed of it: only what is `Some` is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// The size in bytes, as the server says.
    pub size: Option<u64>,
    /// User and group, as numbers.
    pub owner: Option<(u32, u32)>,
    /// The mode: type and permission bits as stat(2) has them.
    pub permissions: Option<u32>,
    /// Last access and last modification, in seconds since 1970 without sign: up to 2106.
    pub times: Option<(u32, u32)>,
}

/// The type of a remote file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// A regular file.
    Regular,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A device, a socket or a pipe.
    Special,
    /// The server does not say.
    Unknown,
}

impl Attributes {
    /// The type of file that the mode has.
    pub fn file_type(&self) -> FileType {
        match self.permissions.map(|mode| mode & 0o170_000) {
            Some(0o100_000) => FileType::Regular,
            Some(0o040_000) => FileType::Directory,
            Some(0o120_000) => FileType::Symlink,
            Some(0o010_000 | 0o020_000 | 0o060_000 | 0o140_000) => FileType::Special,
            _ => FileType::Unknown,
        }
    }

    /// Takes attributes off the front of a slice. Extended ones are skipped; flags of later
    /// versions are ignored, as OpenSSH ignores them.
    pub(crate) fn take(rest: &mut &[u8]) -> Option<Attributes> {
        let flags = take_uint32(rest)?;
        let has = |flag: u32| flags & flag != 0;
        let mut found = Attributes::default();
        if has(SIZE) {
            found.size = Some(take_uint64(rest)?);
        }
        if has(OWNER) {
            found.owner = Some((take_uint32(rest)?, take_uint32(rest)?));
        }
        if has(PERMISSIONS) {
            found.permissions = Some(take_uint32(rest)?);
        }
        if has(TIMES) {
            found.times = Some((take_uint32(rest)?, take_uint32(rest)?));
        }
        if has(EXTENDED) {
            let count = take_uint32(rest).filter(|count| *count <= MAX_EXTENDED)?;
            for _ in 0..count {
                take_string(rest)?;
                take_string(rest)?;
            }
        }
        Some(found)
    }

    /// Appends the attributes.
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        let flag = |there: bool, flag: u32| if there { flag } else { 0 };
        let flags = flag(self.size.is_some(), SIZE)
            | flag(self.owner.is_some(), OWNER)
            | flag(self.permissions.is_some(), PERMISSIONS)
            | flag(self.times.is_some(), TIMES);
        put_uint32(out, flags);
        if let Some(size) = self.size {
            out.extend_from_slice(&size.to_be_bytes());
        }
        let pair = |pair: Option<(u32, u32)>| pair.into_iter().flat_map(|(a, b)| [a, b]);
        for number in pair(self.owner).chain(self.permissions).chain(pair(self.times)) {
            put_uint32(out, number);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_put_is_taken(
            size: Option<u64>,
            owner: Option<(u32, u32)>,
            permissions: Option<u32>,
            times: Option<(u32, u32)>,
        ) {
            let attributes = Attributes { size, owner, permissions, times };
            let mut bytes = Vec::new();
            attributes.put(&mut bytes);
            let mut rest = &bytes[..];
            prop_assert_eq!(Attributes::take(&mut rest), Some(attributes));
            prop_assert!(rest.is_empty());
        }
    }

    #[test]
    fn extended_attributes_are_skipped_up_to_a_bound() {
        let mut bytes = (PERMISSIONS | EXTENDED).to_be_bytes().to_vec();
        for number in [0o100_644, 1, 1] {
            put_uint32(&mut bytes, number);
        }
        bytes.extend_from_slice(b"k\0\0\0\x02vv!");
        let mut rest = &bytes[..];
        let found = Attributes::take(&mut rest).unwrap();
        assert_eq!((found.permissions, rest), (Some(0o100_644), &b"!"[..]));
        assert_eq!(found.file_type(), FileType::Regular);
        let many = |count: u32| {
            let pairs = vec![0; count as usize * 8];
            [&EXTENDED.to_be_bytes()[..], &count.to_be_bytes(), &pairs].concat()
        };
        assert!(Attributes::take(&mut &many(MAX_EXTENDED)[..]).is_some());
        assert_eq!(Attributes::take(&mut &many(MAX_EXTENDED + 1)[..]), None);
    }
}
