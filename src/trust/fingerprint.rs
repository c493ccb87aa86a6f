//! Fingerprints of keys as ssh-keygen(1) prints them: SHA-256, MD5 and the randomart picture.
//!
//! RFC 4716 section 4 defines the MD5 form. The picture is the "drunken bishop" walk.

use data_encoding::{BASE64_NOPAD, HEXLOWER};
use russh::keys::ssh_key::public::KeyData;
use russh::keys::ssh_key::{EcdsaCurve, HashAlg, Mpint, PublicKey};

/// The columns and rows of the picture, without its frame.
const FIELD: (usize, usize) = (17, 9);

/// The characters for a field of the picture, by the number of visits.
const MARKS: &[u8; 15] = b" .o+=*BOX@%&#/^";

/// A hash for fingerprints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256, written as base64.
    Sha256,
    /// MD5, written as bytes with colons, as in older documents.
    Md5,
}

impl Hash {
    /// The fingerprint in this hash: [`sha256`] or [`md5()`].
    pub fn of(self, key: &PublicKey) -> String {
        match self {
            Hash::Sha256 => sha256(key),
            Hash::Md5 => md5(key),
        }
    }

    /// The picture of the fingerprint in this hash: [`randomart`] or [`randomart_md5`].
    pub fn picture(self, key: &PublicKey) -> String {
        match self {
            Hash::Sha256 => randomart(key),
            Hash::Md5 => randomart_md5(key),
        }
    }
}

/// The result of comparing a key with a typed fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The fingerprint is this key's.
    Same,
    /// The text is a fingerprint, but not this key's.
    Other,
    /// The text is not a complete fingerprint.
    Unreadable,
}

/// Compares a key with a typed or pasted fingerprint: `SHA256:` and base64, `MD5:` and hexadecimal
/// bytes, either without the prefix, or a line of `ssh-keygen -l` that contains one.
pub fn compare(key: &PublicKey, typed: &str) -> Comparison {
    let named = typed.split_whitespace().find_map(digest_named);
    let digest = named.or_else(|| match typed.trim() {
        bare if bare.contains(char::is_whitespace) => None,
        bare => base64(bare).or_else(|| hexadecimal(bare)),
    });
    let Some(digest) = digest else {
        return match typed.split_whitespace().any(is_of_no_key) {
            true => Comparison::Other,
            false => Comparison::Unreadable,
        };
    };
    let blob = key.to_bytes().expect("a key in memory has an encoding");
    let same = match digest.len() {
        MD5_BYTES => digest == md5::compute(blob).0,
        _ => digest == key.fingerprint(HashAlg::Sha256).as_bytes(),
    };
    if same { Comparison::Same } else { Comparison::Other }
}

/// Finds the complete fingerprint in a text: `SHA256:…`, `MD5:…` or sixteen bytes with colons,
/// alone or among other words as in a line of `ssh-keygen -l`. Returns it as written, without
/// padding.
pub fn find(text: &str) -> Option<String> {
    let bare = |word: &str| word.contains(':') && hexadecimal(word).is_some();
    let word = text.split_whitespace().find(|word| digest_named(word).is_some() || bare(word))?;
    let word = word.trim_end_matches('=');
    Some(match word.split_once(':') {
        Some((name, rest)) if name.eq_ignore_ascii_case("sha256") => format!("SHA256:{rest}"),
        Some((name, rest)) if name.eq_ignore_ascii_case("md5") => format!("MD5:{rest}"),
        _ => format!("MD5:{}", word.to_ascii_lowercase()),
    })
}

const MD5_BYTES: usize = 16;
const SHA256_BYTES: usize = 32;
/// The digits of base64 without padding that these bytes have.
const SHA256_DIGITS: usize = 43;

/// The digest in a word that begins with the name of its hash.
fn digest_named(word: &str) -> Option<Vec<u8>> {
    let (name, rest) = word.split_once(':')?;
    match name.to_ascii_lowercase().as_str() {
        "sha256" => base64(rest),
        "md5" => hexadecimal(rest),
        _ => None,
    }
}

/// Whether a word has the length of a SHA-256 fingerprint in base64, but bits in its last character
/// that no fingerprint has: it is a whole one with a mistake, not an unfinished one.
fn is_of_no_key(word: &str) -> bool {
    let digits = match word.split_once(':') {
        Some((name, rest)) if name.eq_ignore_ascii_case("sha256") => rest,
        _ => word,
    };
    let digits = digits.trim_end_matches('=');
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    digits.len() == SHA256_DIGITS && digits.bytes().all(is_digit) && base64(digits).is_none()
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let bytes = BASE64_NOPAD.decode(text.trim_end_matches('=').as_bytes()).ok()?;
    (bytes.len() == SHA256_BYTES).then_some(bytes)
}

/// Parses sixteen bytes, with colons between all of them or none.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let text = text.to_ascii_lowercase();
    let digits: String = match text.contains(':') {
        true if text.split(':').any(|byte| byte.len() != 2) => return None,
        true => text.split(':').collect(),
        false => text,
    };
    let bytes = HEXLOWER.decode(digits.as_bytes()).ok()?;
    (bytes.len() == MD5_BYTES).then_some(bytes)
}

/// `SHA256:` and 43 characters of base64 without padding.
pub fn sha256(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

/// `MD5:` and sixteen hexadecimal bytes with colons, as in older documents.
pub fn md5(key: &PublicKey) -> String {
    let blob = key.to_bytes().expect("a key in memory has an encoding");
    let bytes: Vec<String> = md5::compute(blob).iter().map(|b| format!("{b:02x}")).collect();
    format!("MD5:{}", bytes.join(":"))
}

/// The picture of the SHA-256 fingerprint: 11 lines of 19 columns, no newline at the end.
pub fn randomart(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_randomart(&title(key))
}

/// The picture of the MD5 fingerprint, in the format of [`randomart`].
pub fn randomart_md5(key: &PublicKey) -> String {
    let (width, height) = FIELD;
    let digest = md5::compute(key.to_bytes().expect("a key in memory has an encoding"));
    let mut visits = vec![vec![0_usize; width]; height];
    let (mut x, mut y) = (width / 2, height / 2);
    for step in digest.0.iter().flat_map(|byte| [0, 2, 4, 6].map(|shift| byte >> shift)) {
        x = if step & 1 == 1 { (x + 1).min(width - 1) } else { x.saturating_sub(1) };
        y = if step & 2 == 2 { (y + 1).min(height - 1) } else { y.saturating_sub(1) };
        visits[y][x] = (visits[y][x] + 1).min(MARKS.len() - 1);
    }
    let mut out = format!("+{:-^width$}+\n", title(key));
    for (row, counts) in visits.iter().enumerate() {
        out.push('|');
        out.extend(counts.iter().enumerate().map(|(column, count)| match (column, row) {
            here if here == (x, y) => 'E',
            here if here == (width / 2, height / 2) => 'S',
            _ => char::from(MARKS[*count]),
        }));
        out.push_str("|\n");
    }
    out.push_str(&format!("+{:-^width$}+", "[MD5]"));
    out
}

fn title(key: &PublicKey) -> String {
    format!("[{} {}]", type_name(key), bits(key))
}

/// The short name of the key's type, in capitals; `UNKNOWN` for unsupported types.
pub fn type_name(key: &PublicKey) -> &'static str {
    match key.key_data() {
        KeyData::Dsa(_) => "DSA",
        KeyData::Ecdsa(_) => "ECDSA",
        KeyData::Ed25519(_) => "ED25519",
        KeyData::Rsa(_) => "RSA",
        KeyData::SkEcdsaSha2NistP256(_) => "ECDSA-SK",
        KeyData::SkEd25519(_) => "ED25519-SK",
        _ => "UNKNOWN",
    }
}

/// The size of the key in bits, of its modulus or curve; 0 for unsupported types.
pub fn bits(key: &PublicKey) -> u32 {
    match key.key_data() {
        KeyData::Dsa(key) => mpint_bits(key.p()),
        KeyData::Rsa(key) => mpint_bits(key.n()),
        KeyData::Ecdsa(key) => match key.curve() {
            EcdsaCurve::NistP256 => 256,
            EcdsaCurve::NistP384 => 384,
            EcdsaCurve::NistP521 => 521,
        },
        KeyData::Ed25519(_) | KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_) => 256,
        _ => 0,
    }
}

fn mpint_bits(number: &Mpint) -> u32 {
    let bytes = number.as_positive_bytes().unwrap_or_default();
    let unused = bytes.first().map_or(0, |first| first.leading_zeros());
    u32::try_from(bytes.len() * 8).unwrap_or(u32::MAX).saturating_sub(unused)
}

/// Whether two keys are equal; comments and the hash of RSA signatures are ignored.
pub(super) fn is_same(one: &PublicKey, other: &PublicKey) -> bool {
    one.key_data() == other.key_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key, and what `ssh-keygen -lv` and `ssh-keygen -l -E md5` printed for it.
    macro_rules! sample {
        ($name:literal) => {
            (
                include_str!(concat!("../../tests/data/trust/fingerprints/", $name, ".pub")),
                include_str!(concat!("../../tests/data/trust/fingerprints/", $name, ".sha256")),
                include_str!(concat!("../../tests/data/trust/fingerprints/", $name, ".md5")),
            )
        };
    }

    #[test]
    fn all_forms_are_those_of_ssh_keygen() {
        for (key, with_picture, with_md5) in [
            sample!("ed25519"),
            sample!("ecdsa-256"),
            sample!("ecdsa-384"),
            sample!("ecdsa-521"),
            sample!("rsa-2048"),
            sample!("rsa-3072"),
        ] {
            let key = PublicKey::from_openssh(key).expect("a key");
            let line =
                |hash: String| format!("{} {hash} no comment ({})\n", bits(&key), type_name(&key));
            assert_eq!(line(sha256(&key)) + &randomart(&key) + "\n", with_picture);
            assert_eq!(line(md5(&key)), with_md5);
        }
    }

    #[test]
    fn a_typed_fingerprint_is_compared_in_every_form_people_have_it() {
        let (text, _, _) = sample!("ed25519");
        let (other, _, _) = sample!("ecdsa-256");
        let key = |text| PublicKey::from_openssh(text).expect("a key");
        let (key, other) = (key(text), key(other));
        let (sha256, md5) = (sha256(&key), md5(&key));
        let hex = md5.trim_start_matches("MD5:");
        for typed in [
            sha256.clone(),
            format!("  {sha256}=\n"),
            sha256.replace("SHA256", "sha256"),
            sha256.trim_start_matches("SHA256:").to_owned(),
            md5.clone(),
            md5.to_lowercase(),
            hex.to_owned(),
            hex.replace(':', "").to_uppercase(),
            format!("256 {sha256} root@host (ED25519)"),
        ] {
            assert_eq!(compare(&key, &typed), Comparison::Same, "{typed}");
            assert_eq!(compare(&other, &typed), Comparison::Other, "{typed}");
        }
        for typed in ["", "SHA256:", "MD5:", "yes", &sha256[..49], &hex[..44], "a:b", "SHA256:*"] {
            assert_eq!(compare(&key, typed), Comparison::Unreadable, "{typed}");
        }
        // A whole one that differs in the last of its 43 characters, some of which no key has.
        let (most, last) = sha256.split_at(sha256.len() - 1);
        for digit in ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']) {
            for typed in [format!("{most}{digit}"), format!("{}{digit}", &most[7..])] {
                let expected =
                    if last.contains(digit) { Comparison::Same } else { Comparison::Other };
                assert_eq!(compare(&key, &typed), expected, "{typed}");
            }
        }
        let wrong_case = sha256.to_lowercase();
        assert_ne!(compare(&key, &wrong_case), Comparison::Same);
    }

    #[test]
    fn the_picture_of_the_md5_fingerprint_is_that_of_ssh_keygen() {
        let key =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrbJDvYsSp27u0IPPfNeSAn5Wq7g9b1sbowGTRvQQl6";
        let expected = "\
+--[ED25519 256]--+
|=+o....          |
|oo+... . .       |
|+o.o  . . o      |
|*.  .  . o       |
|*+      S        |
|E..              |
|o                |
|                 |
|                 |
+------[MD5]------+";
        let key = PublicKey::from_openssh(key).expect("a key");
        assert_eq!(randomart_md5(&key), expected);
        assert_eq!(Hash::Md5.picture(&key), expected);
    }

    #[test]
    fn a_modulus_with_leading_zero_bits_counts_its_own_bits() {
        let number = Mpint::from_positive_bytes(&[0x1f, 0xff]);
        assert_eq!(mpint_bits(&number), 13);
    }
}
