//! Whether the host field of a known_hosts line names a host.
//!
//! sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT": either a comma-separated list of patterns with `*` and
//! `?`, where a matching `!pattern` excludes the whole line; or one hashed name `|1|salt|hash`, the
//! HMAC-SHA1 of the name under the salt. Names are given in lower case; patterns are compared
//! without regard to ASCII case.

use data_encoding::BASE64;

use crate::pattern::matches_with;

/// The start of a hashed host field.
pub(super) const HASH_MAGIC: &[u8] = b"|1|";

/// The length of SHA-1 digests and of the salts of hashed names, in bytes.
pub(super) const HASH_LEN: usize = 20;

/// The length of a digest or salt in base64.
const HASH_TEXT: usize = 28;

/// The length of a hashed host field.
pub(super) const FIELD_LEN: usize = HASH_MAGIC.len() + 2 * HASH_TEXT + 1;

/// The longest pattern, as in ssh(1); it also bounds the cost of matching one name.
pub(super) const PATTERN_MAX: usize = 1023;

/// Whether the field names the host.
pub(super) fn matches_field(field: &[u8], name: &str) -> bool {
    match hashed(field) {
        Some((salt, _)) => matches_hash(field, &salt, name),
        None if field.starts_with(HASH_MAGIC) => false,
        None => matches_list(field, name.as_bytes()),
    }
}

/// Whether a hashed name with this salt is the hash of this name.
pub(super) fn matches_hash(field: &[u8], salt: &[u8; HASH_LEN], name: &str) -> bool {
    matches_keyed(field, &Keyed::new(salt), &Sought::new(name))
}

/// Does what [`matches_hash`] does, with salt and name prepared. A file may have a hundred thousand
/// hashed names, and nearly all differ in the first bytes, so usually only those are decoded.
pub(super) fn matches_keyed(field: &[u8], keyed: &Keyed, sought: &Sought) -> bool {
    const FIRST_TEXT: usize = 4;
    const FIRST: usize = 3;
    let Some(hash) = field.len().checked_sub(HASH_TEXT).map(|at| &field[at..]) else {
        return false;
    };
    let expected = keyed.hash(sought);
    let mut first = [0; FIRST];
    let decoded = BASE64.decode_mut(&hash[..FIRST_TEXT], &mut first);
    decoded == Ok(FIRST) && first == expected[..FIRST] && decode_hash(hash) == Some(expected)
}

/// Whether a list of patterns matches the host: at least one pattern, and no negated one.
pub(super) fn matches_list(list: &[u8], name: &[u8]) -> bool {
    // Nearly every line is a list without wildcards, and there may be a hundred thousand of them.
    if list.len() <= PATTERN_MAX && !list.contains(&b'!') && !has_wildcard(list) {
        return list.split(|&b| b == b',').any(|plain| plain.eq_ignore_ascii_case(name));
    }
    let mut found = false;
    for pattern in list.split(|&b| b == b',') {
        let (negated, pattern) = match pattern {
            [b'!', rest @ ..] => (true, rest),
            _ => (false, pattern),
        };
        if pattern.len() > PATTERN_MAX {
            return false;
        }
        if matches_pattern(pattern, name) {
            if negated {
                return false;
            }
            found = true;
        }
    }
    found
}

/// Whether one pattern matches the whole name, ignoring ASCII case.
pub(super) fn matches_pattern(pattern: &[u8], name: &[u8]) -> bool {
    if !has_wildcard(pattern) {
        return pattern.eq_ignore_ascii_case(name);
    }
    matches_with(pattern, name, |p, n| p.eq_ignore_ascii_case(&n))
}

/// Whether the pattern contains `*` or `?`.
pub(super) fn has_wildcard(pattern: &[u8]) -> bool {
    pattern.contains(&b'*') || pattern.contains(&b'?')
}

/// The salt and digest of a well-formed hashed name; `None` for any other field.
pub(super) fn hashed(field: &[u8]) -> Option<([u8; HASH_LEN], [u8; HASH_LEN])> {
    let rest = field.strip_prefix(HASH_MAGIC)?;
    if rest.len() != 2 * HASH_TEXT + 1 || rest[HASH_TEXT] != b'|' {
        return None;
    }
    Some((decode_hash(&rest[..HASH_TEXT])?, decode_hash(&rest[HASH_TEXT + 1..])?))
}

/// Hashes the name under this salt, in the form of a host field.
pub(super) fn hash_field(salt: &[u8; HASH_LEN], name: &str) -> String {
    format!("|1|{}|{}", BASE64.encode(salt), BASE64.encode(&hash_name(salt, name)))
}

/// The salt of a field that is a well-formed hashed name; what else the field has is not looked at.
pub(super) fn salt(field: &[u8]) -> Option<[u8; HASH_LEN]> {
    let rest = field.strip_prefix(HASH_MAGIC)?;
    decode_hash(rest.get(..HASH_TEXT)?)
}

/// HMAC-SHA1 (RFC 2104) of the name.
fn hash_name(salt: &[u8; HASH_LEN], name: &str) -> [u8; HASH_LEN] {
    Keyed::new(salt).hash(&Sought::new(name))
}

/// The size of SHA-1's blocks, in bytes.
const BLOCK: usize = 64;

/// SHA-1's initial state (FIPS 180-4, section 5.3.1).
const START: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

/// A name, padded to the SHA-1 blocks that follow the block of the salt: nearly always one.
pub(super) struct Sought(Vec<[u8; BLOCK]>);

impl Sought {
    pub(super) fn new(name: &str) -> Sought {
        let bits = 8 * (BLOCK as u64 + name.len() as u64);
        let mut text = [name.as_bytes(), &[0x80]].concat();
        let length = (text.len() + size_of::<u64>()).next_multiple_of(BLOCK);
        text.resize(length - size_of::<u64>(), 0);
        text.extend(bits.to_be_bytes());
        Sought(text.as_chunks().0.to_vec())
    }
}

/// HMAC-SHA1 after both of its halves have processed the salt, for use with many names. This
/// implementation takes a third of the library's time, which matters for a hundred thousand lines.
pub(super) struct Keyed {
    inner: [u32; 5],
    outer: [u32; 5],
}

impl Keyed {
    pub(super) fn new(salt: &[u8; HASH_LEN]) -> Keyed {
        const INNER: u8 = 0x36;
        const OUTER: u8 = 0x5c;
        let after = |padding: u8| {
            let mut block = [padding; BLOCK];
            block.iter_mut().zip(salt).for_each(|(byte, salt)| *byte ^= salt);
            let mut state = START;
            sha1::block_api::compress(&mut state, &[block]);
            state
        };
        Keyed { inner: after(INNER), outer: after(OUTER) }
    }

    fn hash(&self, Sought(blocks): &Sought) -> [u8; HASH_LEN] {
        let mut state = self.inner;
        sha1::block_api::compress(&mut state, blocks);
        let mut block = [0; BLOCK];
        block[..HASH_LEN].copy_from_slice(&bytes(state));
        block[HASH_LEN] = 0x80;
        let bits = 8 * (BLOCK + HASH_LEN) as u64;
        block[BLOCK - size_of::<u64>()..].copy_from_slice(&bits.to_be_bytes());
        let mut state = self.outer;
        sha1::block_api::compress(&mut state, &[block]);
        bytes(state)
    }
}

fn bytes(state: [u32; 5]) -> [u8; HASH_LEN] {
    let mut digest = [0; HASH_LEN];
    let words = digest.chunks_exact_mut(size_of::<u32>());
    words.zip(state).for_each(|(bytes, word)| bytes.copy_from_slice(&word.to_be_bytes()));
    digest
}

fn decode_hash(text: &[u8]) -> Option<[u8; HASH_LEN]> {
    let mut buffer = [0; HASH_LEN + 1];
    let length = BASE64.decode_mut(text, &mut buffer).ok()?;
    buffer[..length].try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_as_in_the_manual() {
        for (list, name, expected) in [
            ("host", "host", true),
            ("HOST", "host", true),
            ("host", "hosts", false),
            ("a,host,b", "host", true),
            ("*", "host", true),
            ("h*t", "host", true),
            ("h*t", "ht", true),
            ("h*x*t", "host", false),
            ("*.example.com", "web.example.com", true),
            ("*.example.com", "example.com", false),
            ("h?st", "host", true),
            ("h?st", "hst", false),
            ("[host]:*", "[host]:2222", true),
            ("[host]:2222", "host", false),
            ("*.example.com,!bad.example.com", "bad.example.com", false),
            ("!bad.example.com,*.example.com", "bad.example.com", false),
            ("!bad.example.com,*.example.com", "good.example.com", true),
            ("!bad.example.com", "good.example.com", false),
            ("", "host", false),
            (",,host", "host", true),
            ("*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(matches_field(list.as_bytes(), name), expected, "{list} against {name}");
        }
    }

    #[test]
    fn an_overlong_pattern_spoils_its_line_as_in_ssh() {
        let list = format!("{},host", "a".repeat(PATTERN_MAX + 1));
        assert!(!matches_field(list.as_bytes(), "host"));
    }

    #[test]
    fn hashed_names_match_their_name_alone() {
        let field = hash_field(&[7; HASH_LEN], "[host]:2222");
        assert!(matches_field(field.as_bytes(), "[host]:2222"));
        assert!(!matches_field(field.as_bytes(), "host"));
        let listed = format!("{field},host");
        assert!(!matches_field(listed.as_bytes(), "host"), "a hash stands alone");
    }

    #[test]
    fn hashes_are_those_of_rfc_2202() {
        let hash = hash_name(&[0x0b; HASH_LEN], "Hi There");
        let expected = "b617318655057264e28bc0b6fb378c8ef146be00";
        assert_eq!(data_encoding::HEXLOWER.encode(&hash), expected);
    }

    #[test]
    fn names_of_every_length_are_hashed_as_by_the_library() {
        use hmac::{Hmac, KeyInit, Mac};
        use sha1::Sha1;
        for length in 0..200 {
            let name = "n".repeat(length);
            let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(&[9; HASH_LEN]).expect("a key");
            mac.update(name.as_bytes());
            let expected: [u8; HASH_LEN] = mac.finalize().into_bytes().into();
            assert_eq!(hash_name(&[9; HASH_LEN], &name), expected, "{length}");
        }
    }

    #[test]
    fn a_hash_that_is_damaged_or_differs_late_matches_nothing() {
        let field = hash_field(&[7; HASH_LEN], "host");
        for at in 3..field.len() {
            let mut other = field.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert!(!matches_field(&other, "host"), "{at}");
            assert!(!matches_field(&field.as_bytes()[..at], "host"), "{at}");
        }
    }

    #[test]
    fn a_hash_made_by_ssh_keygen_is_found() {
        // ssh-keygen -H on a file with the name "hashed.example.com".
        let field = include_str!("../../tests/data/trust/hashed-name.txt").trim_end();
        assert!(matches_field(field.as_bytes(), "hashed.example.com"));
        assert!(!matches_field(field.as_bytes(), "other.example.com"));
    }
}
