//! Fingerprints of keys as ssh-keygen(1) prints them: SHA-256, MD5 and the picture.
//!
//! RFC 4716 section 4 has the MD5 form. The picture is the "drunken bishop" walk.

use russh::keys::ssh_key::public::KeyData;
use russh::keys::ssh_key::{EcdsaCurve, HashAlg, Mpint, PublicKey};

/// `SHA256:` and 43 characters of base64 without padding.
pub fn sha256(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

/// `MD5:` and sixteen hexadecimal bytes with colons, as older documents show it.
pub fn md5(key: &PublicKey) -> String {
    let blob = key.to_bytes().expect("a key in memory has an encoding");
    let bytes: Vec<String> = md5::compute(blob).iter().map(|b| format!("{b:02x}")).collect();
    format!("MD5:{}", bytes.join(":"))
}

/// The picture of the SHA-256 fingerprint: 11 lines of 19 columns, no newline at the end.
pub fn randomart(key: &PublicKey) -> String {
    let header = format!("[{} {}]", type_name(key), bits(key));
    key.fingerprint(HashAlg::Sha256).to_randomart(&header)
}

/// The short name of the key's type, in capitals; `UNKNOWN` for types this client lacks.
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

/// The size that goes with the type: modulus or curve, in bits; 0 for types this client lacks.
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
    fn a_modulus_with_leading_zero_bits_counts_its_own_bits() {
        let number = Mpint::from_positive_bytes(&[0x1f, 0xff]);
        assert_eq!(mpint_bits(&number), 13);
    }
}
