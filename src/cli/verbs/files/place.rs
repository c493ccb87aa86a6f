//! Splits `[user@]host:PATH` into the destination of a connection and a path on the server.

use crate::cli::resolve::sources;
use crate::config::Context;
use crate::error::Result;
use crate::profiles::Sessions;
use crate::say;
use crate::text;

use super::words::{FileWords, MAX_SHOWN, Operand, usage};

/// A place on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TypedPlace {
    /// The destination, as it is typed to connect; `None` with `--profile`.
    pub(super) destination: Option<String>,
    /// The path, as it is; empty for the home directory.
    pub(super) path: Vec<u8>,
}

/// Splits places with the names of saved sessions at hand.
pub(super) struct Places {
    sessions: Sessions,
    with_profile: bool,
}

impl Places {
    pub(super) fn new(words: &FileWords, context: Context) -> Result<Places> {
        let typed = words.typed(None, words.connecting.len())?;
        let sessions = sources::sessions(&typed, &context)?;
        Ok(Places { sessions, with_profile: words.has_profile })
    }

    pub(super) fn split(&self, operand: &Operand) -> Result<TypedPlace> {
        let is_session = |name: &str| !self.sessions.meant_besides_hosts(name).is_empty();
        split(operand.word.as_encoded_bytes(), self.with_profile, &is_session)
    }
}

/// Splits a word. `names_session` says whether a text is the name of a saved session; the longest
/// such name wins. With `--profile` the host is left out.
///
/// # Errors
/// [`Kind::Usage`](crate::error::Kind::Usage): the word has no colon, its host is missing or is not
/// UTF-8, or a URI is damaged.
pub(super) fn split(
    word: &[u8],
    with_profile: bool,
    names_session: &dyn Fn(&str) -> bool,
) -> Result<TypedPlace> {
    if with_profile {
        return match word.strip_prefix(b":") {
            Some(path) => Ok(TypedPlace { destination: None, path: in_home(path) }),
            None => Err(usage(say!(files_profile_and_host, word = shown(word)))
                .hint(say!(files_profile_and_host_hint))),
        };
    }
    if let Some(rest) = without_scheme(word) {
        return uri(word, rest);
    }
    let at = session_end(word, names_session).or_else(|| host_end(word));
    let none = || usage(say!(files_no_remote, word = shown(word))).hint(say!(files_no_remote_hint));
    let at = at.ok_or_else(none)?;
    let destination = std::str::from_utf8(&word[..at]);
    let destination = destination.map_err(|_| usage(say!(destination_not_utf8)))?;
    if destination.is_empty() {
        return Err(none());
    }
    let destination = Some(destination.to_owned());
    Ok(TypedPlace { destination, path: in_home(&word[at + 1..]) })
}

/// Whether a word would be taken for a place on a server where one may stand.
pub(super) fn looks_remote(word: &[u8]) -> bool {
    without_scheme(word).is_some() || host_end(word).is_some_and(|at| at > 0)
}

/// Where the longest name of a saved session ends that a colon follows, with or without `user@`.
fn session_end(word: &[u8], names_session: &dyn Fn(&str) -> bool) -> Option<usize> {
    let colons = word.iter().enumerate().rev().filter(|(_, byte)| **byte == b':');
    let ends = colons.map(|(at, _)| at).filter(|at| *at > 0);
    ends.into_iter().find(|at| {
        std::str::from_utf8(&word[..*at]).is_ok_and(|name| {
            let host = name.split_once('@').map(|(_, host)| host);
            names_session(name) || host.is_some_and(|host| !host.is_empty() && names_session(host))
        })
    })
}

/// Where a host ends: at the first colon that is not in brackets, if no `/` is before it.
fn host_end(word: &[u8]) -> Option<usize> {
    let first = word.iter().position(|byte| b":@".contains(byte));
    let from = first.filter(|at| word[*at] == b'@').map_or(0, |at| at + 1);
    let closing = |at: usize| word[at..].iter().position(|&byte| byte == b']').map(|to| at + to);
    let after = match word.get(from) {
        Some(b'[') => closing(from)?,
        _ if word.first() == Some(&b'[') => closing(0)?,
        _ => 0,
    };
    let at = word[after..].iter().position(|&byte| byte == b':')? + after;
    (!word[..at].contains(&b'/')).then_some(at)
}

fn without_scheme(word: &[u8]) -> Option<&[u8]> {
    let scheme = |name: &str| {
        let head = word.get(..name.len())?;
        head.eq_ignore_ascii_case(name.as_bytes()).then(|| &word[name.len()..])
    };
    scheme("sftp://").or_else(|| scheme("ssh://"))
}

/// Splits a URI after its scheme. As in ssh's programs, the path begins after the slash, in the
/// home directory.
fn uri(word: &[u8], rest: &[u8]) -> Result<TypedPlace> {
    let bad = || usage(say!(files_uri_bad, word = shown(word))).hint(say!(files_uri_bad_hint));
    let end = rest.iter().position(|&byte| byte == b'/').unwrap_or(rest.len());
    let authority = std::str::from_utf8(&rest[..end]).map_err(|_| bad())?;
    let path = percent_decoded(rest.get(end + 1..).unwrap_or_default()).ok_or_else(bad)?;
    if path.contains(&0) {
        return Err(bad());
    }
    Ok(TypedPlace { destination: Some(format!("ssh://{authority}")), path: in_home(&path) })
}

fn percent_decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|byte| char::from(*byte).to_digit(16));
        let value = digit()? * 16 + digit()?;
        out.push(u8::try_from(value).ok()?);
    }
    Some(out)
}

/// The path without `~/`: a server takes other paths than absolute ones from the home directory.
fn in_home(path: &[u8]) -> Vec<u8> {
    match path {
        b"~" => Vec::new(),
        [b'~', b'/', rest @ ..] => {
            let from = rest.iter().position(|&byte| byte != b'/').unwrap_or(rest.len());
            rest[from..].to_vec()
        }
        _ => path.to_vec(),
    }
}

pub(super) fn shown(word: &[u8]) -> String {
    text::line_bytes(word, MAX_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn of(word: &str) -> (String, String) {
        let sessions = ["putty:web", "web", "a: b", "a: b:c", "日本 [1]", "x@y"];
        let place = split(word.as_bytes(), false, &|name| sessions.contains(&name)).unwrap();
        (place.destination.unwrap(), String::from_utf8(place.path).unwrap())
    }

    #[test]
    fn hosts_sessions_and_uris_end_before_the_path() {
        for (word, destination, path) in [
            ("h:", "h", ""),
            ("h:~", "h", ""),
            ("h:~/x", "h", "x"),
            ("h:~//x", "h", "x"),
            ("h:~other/x", "h", "~other/x"),
            ("h:/etc/hosts", "h", "/etc/hosts"),
            ("u@h:a:b", "u@h", "a:b"),
            ("h:a@b:c", "h", "a@b:c"),
            ("h:a@[b]:c", "h", "a@[b]:c"),
            ("[::1]:/x:y", "[::1]", "/x:y"),
            ("u@[fe80::1%eth0]:x", "u@[fe80::1%eth0]", "x"),
            ("putty:web:/x", "putty:web", "/x"),
            ("u@putty:web:/x", "u@putty:web", "/x"),
            ("putty:x", "putty", "x"),
            ("web:x", "web", "x"),
            ("a: b:c:d", "a: b:c", "d"),
            ("a: b:d", "a: b", "d"),
            ("日本 [1]:x", "日本 [1]", "x"),
            ("x@y:z", "x@y", "z"),
            ("ssh://u@h:22/x%20y", "ssh://u@h:22", "x y"),
            ("SFTP://h", "ssh://h", ""),
            ("sftp://[::1]:22//etc/x", "ssh://[::1]:22", "/etc/x"),
        ] {
            assert_eq!(of(word), (destination.to_owned(), path.to_owned()), "{word}");
        }
    }

    #[test]
    fn paths_are_bytes_and_hosts_are_text() {
        let place = split(b"h:\xff\n", false, &|_| false).unwrap();
        assert_eq!(place.path, b"\xff\n");
        for word in [&b"\xff:x"[..], b"x", b"/a:b", b":x", b"[::1", b"sftp://h/%zz", b"ssh://h/%00"]
        {
            let error = split(word, false, &|_| false).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage);
            assert!(!error.to_string().contains(char::is_control), "{error}");
        }
    }

    #[test]
    fn with_a_profile_only_the_path_is_typed() {
        let place = split(b":x", true, &|_| false).unwrap();
        assert_eq!(place, TypedPlace { destination: None, path: b"x".to_vec() });
        assert!(split(b"h:x", true, &|_| false).is_err());
    }

    #[test]
    fn never_panics() {
        proptest::proptest!(|(word in "(ssh://|sftp://)?[a@:\\[\\]%/~]{0,12}.{0,9}")| {
            let _ = split(word.as_bytes(), false, &|name| name.len() % 3 == 1);
            let _ = looks_remote(word.as_bytes());
        });
    }
}
