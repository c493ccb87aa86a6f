//! Whether the host field of a known_hosts line names a host.
//!
//! sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT": a comma-separated list of patterns with `*` and `?`,
//! where a matching `!pattern` undoes the whole line; or one hashed name `|1|salt|hash`, the
//! HMAC-SHA1 of the name under the salt. Names are given in lower case; patterns are compared
//! without regard to ASCII case.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::pattern::matches_with;

/// What a hashed host field starts with.
pub(super) const HASH_MAGIC: &[u8] = b"|1|";

/// SHA-1 digests, and the salts of hashed names, in bytes.
pub(super) const HASH_LEN: usize = 20;

/// A digest or salt in base64.
const HASH_TEXT: usize = 28;

/// ssh(1) takes no longer pattern; it also bounds what matching one name can cost.
const PATTERN_MAX: usize = 1023;

/// Whether the field names the host.
pub(super) fn matches_field(field: &[u8], name: &str) -> bool {
    match hashed(field) {
        Some((salt, hash)) => hash_name(&salt, name) == hash,
        None if field.starts_with(HASH_MAGIC) => false,
        None => matches_list(field, name.as_bytes()),
    }
}

/// Whether a list of patterns names the host: some pattern does, and no negated one.
pub(super) fn matches_list(list: &[u8], name: &[u8]) -> bool {
    // Nearly every line is like this, and there may be a hundred thousand of them.
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

/// Whether one pattern matches the whole name, ASCII case aside.
pub(super) fn matches_pattern(pattern: &[u8], name: &[u8]) -> bool {
    if !has_wildcard(pattern) {
        return pattern.eq_ignore_ascii_case(name);
    }
    matches_with(pattern, name, |p, n| p.eq_ignore_ascii_case(&n))
}

/// Whether a certificate's principal matches the name; unlike patterns, case counts.
pub(super) fn matches_principal(principal: &str, name: &str) -> bool {
    principal.len() <= PATTERN_MAX
        && matches_with(principal.as_bytes(), name.as_bytes(), |p, n| p == n)
}

/// Whether the pattern holds `*` or `?`.
pub(super) fn has_wildcard(pattern: &[u8]) -> bool {
    pattern.contains(&b'*') || pattern.contains(&b'?')
}

/// Whether the field is a well-formed hashed name.
pub(super) fn hashed(field: &[u8]) -> Option<([u8; HASH_LEN], [u8; HASH_LEN])> {
    let rest = field.strip_prefix(HASH_MAGIC)?;
    if rest.len() != 2 * HASH_TEXT + 1 || rest[HASH_TEXT] != b'|' {
        return None;
    }
    Some((decode_hash(&rest[..HASH_TEXT])?, decode_hash(&rest[HASH_TEXT + 1..])?))
}

/// The name as a hashed host field under this salt.
pub(super) fn hash_field(salt: &[u8; HASH_LEN], name: &str) -> String {
    format!("|1|{}|{}", BASE64.encode(salt), BASE64.encode(&hash_name(salt, name)))
}

fn hash_name(salt: &[u8; HASH_LEN], name: &str) -> [u8; HASH_LEN] {
    let mut mac =
        <Hmac<Sha1> as KeyInit>::new_from_slice(salt).expect("HMAC takes keys of any length");
    mac.update(name.as_bytes());
    mac.finalize().into_bytes().into()
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
    fn a_hash_made_by_ssh_keygen_is_found() {
        // ssh-keygen -H on a file with the name "hashed.example.com".
        let field = include_str!("../../tests/data/trust/hashed-name.txt").trim_end();
        assert!(matches_field(field.as_bytes(), "hashed.example.com"));
        assert!(!matches_field(field.as_bytes(), "other.example.com"));
    }

    #[test]
    fn principals_keep_their_case() {
        assert!(matches_principal("*.example.com", "web.example.com"));
        assert!(!matches_principal("WEB", "web"));
    }
}
