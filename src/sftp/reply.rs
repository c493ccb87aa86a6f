//! Replies as bytes. All but DATA, whose bytes go past here into their buffer, are read whole.

use crate::sftp::attributes::Attributes;
use crate::sftp::extensions::Extensions;
use crate::sftp::packet::{MAX_HANDLE, MAX_NAME, VERSION, tell};
use crate::wire_format::{take_string, take_uint32};

/// A reply, parsed from the bytes it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply<'a> {
    /// The outcome of a request: a code, and the server's words, which are not sanitised.
    Status { code: u32, words: &'a [u8] },
    /// An open file or directory.
    Handle(&'a [u8]),
    /// Names with attributes.
    Names(Vec<DirectoryEntry>),
    /// The attributes of a file.
    Attributes(Attributes),
    /// The reply to a request of an extension, in that extension's form.
    Extended(&'a [u8]),
}

/// A name in a directory. The server has chosen it: it may be `..`, and have any byte in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// The name, as bytes.
    pub name: Vec<u8>,
    /// The attributes, of a link itself and not of what it points to.
    pub attributes: Attributes,
}

impl<'a> Reply<'a> {
    /// Parses what follows the length and the type of a packet: the id and the reply. `None` if
    /// the type is unknown, anything is cut short or beyond its bound, or bytes are left over.
    pub fn parse(kind: u8, mut body: &'a [u8]) -> Option<(u32, Reply<'a>)> {
        let rest = &mut body;
        let id = take_uint32(rest)?;
        let reply = match kind {
            tell::STATUS => take_status(rest)?,
            tell::HANDLE => {
                Reply::Handle(take_string(rest).filter(|handle| handle.len() <= MAX_HANDLE)?)
            }
            tell::NAME => Reply::Names(take_names(rest)?),
            tell::ATTRS => Reply::Attributes(Attributes::take(rest)?),
            tell::EXTENDED_REPLY => Reply::Extended(std::mem::take(rest)),
            _ => return None,
        };
        rest.is_empty().then_some((id, reply))
    }
}

/// Takes a STATUS. Some servers leave the words out, or the language.
fn take_status<'a>(rest: &mut &'a [u8]) -> Option<Reply<'a>> {
    let code = take_uint32(rest)?;
    let words = if rest.is_empty() { &[][..] } else { take_string(rest)? };
    if !rest.is_empty() {
        take_string(rest)?;
    }
    Some(Reply::Status { code, words })
}

/// Takes the names of a NAME reply. Each takes twelve bytes at least, so that the packet's bound is
/// theirs, too; room is made for them as they come, not as the server has counted them.
fn take_names(rest: &mut &[u8]) -> Option<Vec<DirectoryEntry>> {
    let count = take_uint32(rest)?;
    let mut found = Vec::new();
    for _ in 0..count {
        let name = take_string(rest).filter(|name| name.len() <= MAX_NAME)?;
        // The line that `ls -l` would show: made for people, in no settled form.
        take_string(rest)?;
        let attributes = Attributes::take(rest)?;
        found.push(DirectoryEntry { name: name.to_vec(), attributes });
    }
    Some(found)
}

/// Parses what follows the type of a VERSION packet: the version and the extensions. The inner
/// error is another version than the one that is spoken.
pub fn parse_version(mut body: &[u8]) -> Option<Result<Extensions, u32>> {
    let rest = &mut body;
    let version = take_uint32(rest)?;
    if version != VERSION {
        return Some(Err(version));
    }
    Extensions::take(rest).map(Ok)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire_format::{put_string, put_uint32};

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_hold_more_than_came(kind in 100u8..203, body: Vec<u8>) {
            let held = match Reply::parse(kind, &body) {
                Some((_, Reply::Names(names))) => names.iter().map(|it| it.name.len() + 12).sum(),
                Some((_, Reply::Handle(handle))) => handle.len(),
                _ => 0,
            };
            prop_assert!(held <= body.len());
            let _ = parse_version(&body);
        }

        #[test]
        fn names_are_what_was_sent(names: Vec<Vec<u8>>, left: Vec<u8>) {
            let mut body = vec![0, 0, 0, 9];
            put_uint32(&mut body, u32::try_from(names.len()).unwrap());
            for name in &names {
                put_string(&mut body, name);
                put_string(&mut body, b"-rw-r--r-- 1 long");
                put_uint32(&mut body, 0);
            }
            let (id, reply) = Reply::parse(tell::NAME, &body).unwrap();
            let Reply::Names(found) = reply else { panic!("{reply:?}") };
            prop_assert_eq!(id, 9);
            prop_assert!(found.iter().map(|entry| &entry.name).eq(&names));
            body.extend_from_slice(&left);
            prop_assert_eq!(Reply::parse(tell::NAME, &body).is_some(), left.is_empty());
        }

        #[test]
        fn what_is_cut_short_is_none(cut in 1usize..40) {
            let mut body = vec![0, 0, 0, 9, 0, 0, 0, 1];
            put_string(&mut body, b"name");
            put_string(&mut body, b"long");
            body.extend_from_slice(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5]);
            let whole = body.len();
            prop_assert!(Reply::parse(tell::NAME, &body).is_some());
            prop_assert_eq!(Reply::parse(tell::NAME, &body[..whole.saturating_sub(cut)]), None);
        }
    }

    #[test]
    fn a_count_that_lies_allocates_nothing() {
        assert_eq!(Reply::parse(tell::NAME, &[0, 0, 0, 1, 255, 255, 255, 255]), None);
        assert_eq!(Reply::parse(tell::HANDLE, &[0, 0, 0, 1, 255, 255, 255, 255, 1]), None);
    }

    #[test]
    fn giant_names_and_handles_are_refused() {
        let body = |string: usize| {
            let mut body = vec![0, 0, 0, 1];
            put_string(&mut body, &vec![b'a'; string]);
            body
        };
        assert!(Reply::parse(tell::HANDLE, &body(MAX_HANDLE)).is_some());
        assert_eq!(Reply::parse(tell::HANDLE, &body(MAX_HANDLE + 1)), None);
        let names = |length: usize| {
            let mut names = vec![0, 0, 0, 1, 0, 0, 0, 1];
            put_string(&mut names, &vec![b'a'; length]);
            names.extend_from_slice(&[0; 8]);
            names
        };
        assert!(Reply::parse(tell::NAME, &names(MAX_NAME)).is_some());
        assert_eq!(Reply::parse(tell::NAME, &names(MAX_NAME + 1)), None);
    }

    #[test]
    fn a_status_without_words_is_one() {
        let reply = |words: &'static [u8]| Some((1, Reply::Status { code: 4, words }));
        assert_eq!(Reply::parse(tell::STATUS, &[0, 0, 0, 1, 0, 0, 0, 4]), reply(b""));
        let words = b"\0\0\0\x01\0\0\0\x04\0\0\0\x02no";
        assert_eq!(Reply::parse(tell::STATUS, words), reply(b"no"));
    }
}
