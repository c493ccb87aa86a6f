//! `SSHManualHostKeys`: the only host keys that are right, in the forms that PuTTY takes.

use data_encoding::{BASE64, BASE64_NOPAD};
use sha2::{Digest, Sha256};

use super::map;
use crate::{say, text};

/// The bytes of an MD5 fingerprint.
const MD5_BYTES: usize = 16;
/// The most characters of an entry that a message shows.
const MAX_SHOWN: usize = 80;
/// The largest key, in bytes.
const MAX_KEY: usize = 16 * 1024;

/// The fingerprint that an entry means: `SHA256:…`, `aa:bb:…` of MD5 with or without a prefix, a
/// whole key in base64, or the line of a tool in which one of these stands. `None` if it is none.
pub fn fingerprint(entry: &str) -> Option<String> {
    entry.split_whitespace().find_map(one)
}

/// The fingerprints of a list of entries, with commas between them.
///
/// # Errors
/// An entry is none; the sentence names it.
pub fn pinned(list: &str) -> Result<Vec<String>, String> {
    let entries = map::parse(list).into_keys().filter(|entry| !entry.trim().is_empty());
    let one = |entry: String| {
        let value = || say!(putty_host_key_form, value = text::line(&entry, MAX_SHOWN));
        fingerprint(&entry).ok_or_else(value)
    };
    entries.map(one).collect()
}

fn one(word: &str) -> Option<String> {
    if let Some(hash) = word.strip_prefix("SHA256:") {
        let hash = hash.trim_end_matches('=');
        let bytes = BASE64_NOPAD.decode(hash.as_bytes()).ok()?;
        return (bytes.len() == 32).then(|| format!("SHA256:{hash}"));
    }
    let hash =
        word.get(..4).filter(|it| it.eq_ignore_ascii_case("MD5:")).map_or(word, |_| &word[4..]);
    let byte = |part: &str| part.len() == 2 && part.bytes().all(|it| it.is_ascii_hexdigit());
    if hash.split(':').count() == MD5_BYTES && hash.split(':').all(byte) {
        return Some(format!("MD5:{}", hash.to_ascii_lowercase()));
    }
    let key = BASE64.decode(word.as_bytes()).ok().filter(|key| key.len() <= MAX_KEY)?;
    // A key begins with the length of its algorithm's name, and that name.
    let (length, rest) = key.split_first_chunk::<4>()?;
    let name = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    let named = name.starts_with(b"ssh-") || name.starts_with(b"ecdsa-");
    named.then(|| format!("SHA256:{}", BASE64_NOPAD.encode(&Sha256::digest(&key))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_a_fingerprint() {
        let sha = "SHA256:0hrVVdtX0e5ozWktFzoz5hGGBDNZh2d5IPsWJs4ijjU";
        assert_eq!(fingerprint(sha).as_deref(), Some(sha));
        let md5 = "aa:BB:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99";
        let wanted = Some(format!("MD5:{}", md5.to_lowercase()));
        assert_eq!(fingerprint(md5), wanted);
        assert_eq!(fingerprint(&format!("MD5:{md5}")), wanted);
        assert_eq!(fingerprint(&format!("ssh-rsa 2048 {md5}")), wanted);
        let key = "AAAAC3NzaC1lZDI1NTE5AAAAIG7pEBTT8Nqfeocg2FzBJrQWBN0R+xTjWShg7q6K9VFI";
        assert!(fingerprint(key).is_some_and(|hash| hash.len() == sha.len()));
        for bad in ["", "SHA256:short", "aa:bb", "AAAA", "x", "AAAAAzzzzz=="] {
            assert_eq!(fingerprint(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_key_that_is_longer_than_any_is_none() {
        let key = |length: usize| {
            let mut key = b"\0\0\0\x07ssh-rsa".to_vec();
            key.resize(length, 0);
            fingerprint(&BASE64.encode(&key))
        };
        assert!(key(MAX_KEY).is_some() && key(MAX_KEY + 1).is_none());
    }
}
