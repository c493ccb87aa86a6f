//! Names of files in a tree: which may be used, and what an unfinished file is called.

use sha2::{Digest, Sha256};

use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;

/// Ends the name of an unfinished file, as in WinSCP.
pub(crate) const PARTIAL: &[u8] = b".filepart";
/// Ends the name of the journal beside it.
pub(crate) const JOURNAL: &[u8] = b".filepart.tessh";
/// The most bytes of a name in most file systems.
const MAX_COMPONENT: usize = 255;
/// The most characters shown of a name.
const SHOWN: usize = 400;

/// The name that a path gives its copy within a directory: its last component. Trailing slashes
/// and `/.` do not count.
///
/// # Errors
/// There is none, as in `/` or `..`.
pub fn target_name(path: &[u8]) -> Result<&[u8]> {
    let mut rest = path;
    while let [before @ .., b'/'] | [before @ .., b'/', b'.'] = rest {
        rest = before;
    }
    let name = rest.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    match is_safe(name) {
        true => Ok(name),
        false => Err(Error::new(Kind::Usage, say!(transfer_no_name, path = shown(path)))
            .hint(say!(transfer_no_name_hint))),
    }
}

/// Whether a name means a file in its directory and nothing else.
pub(crate) fn is_safe(name: &[u8]) -> bool {
    !matches!(name, b"" | b"." | b"..") && !name.iter().any(|byte| matches!(byte, 0 | b'/'))
}

/// Whether a name is one that unfinished files and their journals have.
pub(crate) fn is_partial(name: &[u8]) -> bool {
    name.ends_with(PARTIAL) || name.ends_with(JOURNAL)
}

/// The path of a name in a directory; an empty one is where the server starts.
pub(crate) fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    let slash: &[u8] = if directory.is_empty() || directory.ends_with(b"/") { b"" } else { b"/" };
    [directory, slash, name].concat()
}

/// Directory (with its slash) and name of a path.
pub(crate) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let at = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    path.split_at(at)
}

/// The name of the unfinished file of a name.
pub(crate) fn partial_of(name: &[u8]) -> Vec<u8> {
    [&base_of(name), PARTIAL].concat()
}

/// The name of the journal beside it.
pub(crate) fn journal_of(name: &[u8]) -> Vec<u8> {
    [&base_of(name), JOURNAL].concat()
}

/// The name itself, or a shorter one of its own if no ending would fit behind it.
fn base_of(name: &[u8]) -> Vec<u8> {
    let most = MAX_COMPONENT - JOURNAL.len();
    if name.len() <= most {
        return name.to_vec();
    }
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(name)[..8]);
    let mut end = most - hash.len() - 1;
    // A character is not cut in two: some file systems take only whole ones.
    while name[end] & 0xc0 == 0x80 && end > 0 {
        end -= 1;
    }
    [&name[..end], b"~", hash.as_bytes()].concat()
}

/// A path as it is shown.
pub(crate) fn shown(path: &[u8]) -> String {
    text::name(path, SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in [&b""[..], b".", b"..", b"/", b"../x", b"/etc/x", b"a/b", b"a\0b"] {
            assert!(!is_safe(name), "{name:?}");
        }
        for name in [&b"..."[..], b"C:x", b"CON", b"\x1b[2J", b"-rf", b"\xff", b"~"] {
            assert!(is_safe(name), "{name:?}");
        }
    }

    #[test]
    fn the_copy_has_the_last_name_of_the_path() {
        for path in [&b"a"[..], b"/x/a", b"a/", b"x/a/./", b"./a/."] {
            assert_eq!(target_name(path).unwrap(), b"a");
        }
        for path in [&b""[..], b"/", b".", b"..", b"a/..", b"./", b"a\0"] {
            assert!(target_name(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn partial_names_fit_and_differ() {
        assert_eq!(partial_of(b"f"), b"f.filepart");
        let long = |last: u8| [&[b'n'; 254][..], &[last]].concat();
        assert!(journal_of(&long(b'a')).len() <= 255 && partial_of(&long(b'a')).len() <= 255);
        assert_ne!(partial_of(&long(b'a')), partial_of(&long(b'b')));
        let wide = partial_of("あ".repeat(85).as_bytes());
        assert!(std::str::from_utf8(&wide).is_ok());
        assert!(partial_of(&[0x80; 255]).ends_with(PARTIAL));
        assert!(is_partial(b"x.filepart") && is_partial(b"x.filepart.tessh") && !is_partial(b"x"));
    }
}
