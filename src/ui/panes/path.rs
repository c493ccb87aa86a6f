//! Paths as bytes: what is separated by slashes, on a server and here.

/// The path of a name in a directory.
pub fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    let slash: &[u8] = if directory.is_empty() || directory.ends_with(b"/") { b"" } else { b"/" };
    [directory, slash, name].concat()
}

/// The directory that an absolute path is in; `None` for the root.
pub fn parent(path: &[u8]) -> Option<&[u8]> {
    let path = trimmed(path);
    let at = path.iter().rposition(|&byte| byte == b'/')?;
    match (at, path.len()) {
        (_, 1) => None,
        (0, _) => Some(b"/"),
        _ => Some(&path[..at]),
    }
}

/// The last part of a path.
pub fn name(path: &[u8]) -> &[u8] {
    let path = trimmed(path);
    let at = path.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
    &path[at..]
}

/// Whether a name can be one of a directory's: whoever lists a directory chooses its names, and
/// none of them may lead elsewhere.
pub fn is_plain_name(name: &[u8]) -> bool {
    !matches!(name, b"" | b"." | b"..") && !name.iter().any(|byte| matches!(byte, 0 | b'/'))
}

/// Whether a path is this directory or is in it.
pub fn is_within(path: &[u8], directory: &[u8]) -> bool {
    let (path, directory) = (trimmed(path), trimmed(directory));
    path.strip_prefix(directory)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/") || directory.ends_with(b"/"))
}

/// The path from a directory to another one in it.
pub fn below<'a>(path: &'a [u8], directory: &[u8]) -> Option<&'a [u8]> {
    let rest = trimmed(path).strip_prefix(trimmed(directory))?;
    Some(rest.strip_prefix(b"/").unwrap_or(rest)).filter(|_| is_within(path, directory))
}

/// The path without slashes at its end; the root keeps its own.
fn trimmed(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|&byte| byte != b'/').map_or(1, |at| at + 1);
    &path[..end.min(path.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_and_names_are_what_stands_between_slashes() {
        for (path, up, last) in [
            (&b"/"[..], None, &b""[..]),
            (b"/a", Some(&b"/"[..]), b"a"),
            (b"/a/b", Some(b"/a"), b"b"),
            (b"/a/b//", Some(b"/a"), b"b"),
            (b"/\xff/\n", Some(b"/\xff"), b"\n"),
        ] {
            assert_eq!((parent(path), name(path)), (up, last));
        }
        assert_eq!(join(b"/", b"a"), b"/a");
        assert_eq!(join(b"/a", b"b"), b"/a/b");
    }

    #[test]
    fn a_directory_holds_what_is_below_it_and_nothing_beside_it() {
        assert!(is_within(b"/a/b", b"/a") && is_within(b"/a", b"/a/") && is_within(b"/a", b"/"));
        assert!(!is_within(b"/ab", b"/a") && !is_within(b"/", b"/a"));
        assert_eq!(below(b"/a/b/c", b"/a"), Some(&b"b/c"[..]));
        assert_eq!(below(b"/ab", b"/a"), None);
        for name in [&b""[..], b".", b"..", b"a/b", b"a\0"] {
            assert!(!is_plain_name(name));
        }
        assert!(is_plain_name(b"..."));
    }
}
