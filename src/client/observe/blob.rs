//! What stands in a host key's blob, or in a signature's (RFC 4253, 5656 and 8709, PROTOCOL.u2f), as far
//! as it is looked at beside the library. Certificates are not taken apart here.

use crate::wire_format::take_string;

/// The bytes of an Ed25519 key.
const ED25519: usize = 32;

/// The curve of an ECDSA host key algorithm.
pub fn curve_of(algorithm: &str) -> Option<&'static str> {
    let (_, curve) = algorithm.split_once("ecdsa-sha2-")?;
    ["nistp256", "nistp384", "nistp521"].into_iter().find(|name| curve.starts_with(name))
}

/// The number of bits of a positive mpint.
pub fn bits(number: &[u8]) -> usize {
    let start = number.iter().position(|&byte| byte != 0).unwrap_or(number.len());
    let number = &number[start..];
    number.first().map_or(0, |&first| number.len() * 8 - first.leading_zeros() as usize)
}

/// Whether an mpint is negative (RFC 4251 section 5).
pub fn is_negative(number: &[u8]) -> bool {
    number.first().is_some_and(|&first| first >= 0x80)
}

/// The curve in an ECDSA key blob: it follows the type, and in a certificate also a nonce.
pub fn curve_in(mut blob: &[u8]) -> Option<String> {
    let kind = take_string(&mut blob)?;
    let kind = std::str::from_utf8(kind).ok().filter(|kind| curve_of(kind).is_some())?;
    if kind.contains("-cert-v01@") {
        take_string(&mut blob)?;
    }
    name(blob)
}

/// The size of an RSA key blob: its modulus follows the type and the exponent.
pub fn rsa_bits_in(mut blob: &[u8]) -> Option<usize> {
    let kind = take_string(&mut blob)?;
    let _exponent = take_string(&mut blob).filter(|_| kind == b"ssh-rsa")?;
    Some(bits(take_string(&mut blob)?))
}

/// Whether a plain key's blob holds more than the key. The library takes the key and leaves the rest,
/// so that one key has many forms. This is looked at in the first key exchange, the one that is not
/// encrypted, and for plain keys only: a certificate's signature covers its own blob.
pub fn has_more(mut blob: &[u8]) -> bool {
    let Some(kind) = name(blob) else { return false };
    // How many strings or numbers follow the type (RFC 4253, 5656 and 8709, PROTOCOL.u2f).
    let count = match &kind[..] {
        "ssh-ed25519" => 1,
        "ssh-rsa" | "sk-ssh-ed25519@openssh.com" => 2,
        "sk-ecdsa-sha2-nistp256@openssh.com" => 3,
        ecdsa if curve_of(ecdsa).is_some() && !ecdsa.contains('@') => 2,
        _ => return false,
    };
    let parts: Option<Vec<&[u8]>> = (0..=count).map(|_| take_string(&mut blob)).collect();
    // What is cut short the library refuses.
    let Some(parts) = parts else { return false };
    !blob.is_empty() || (kind.contains("ed25519") && parts[1].len() > ED25519)
}

/// The name at the beginning of a key or signature blob.
pub fn name(mut blob: &[u8]) -> Option<String> {
    let name = take_string(&mut blob)?;
    Some(std::str::from_utf8(name).ok()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ssh_string(bytes: &[u8]) -> Vec<u8> {
        [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
    }

    #[test]
    fn what_stands_behind_a_key_is_seen() {
        let key = |parts: &[&[u8]]| parts.iter().flat_map(|it| ssh_string(it)).collect::<Vec<u8>>();
        let (ed25519, nistp256) = ([7; 32], [4; 65]);
        for whole in [
            key(&[b"ssh-ed25519", &ed25519]),
            key(&[b"ssh-rsa", &[3], &[9; 256]]),
            key(&[b"ecdsa-sha2-nistp256", b"nistp256", &nistp256]),
            key(&[b"sk-ssh-ed25519@openssh.com", &ed25519, b"ssh:"]),
            key(&[b"sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", &nistp256, b"ssh:"]),
        ] {
            let long = [&whole[..], &[0]].concat();
            assert!(!has_more(&whole) && has_more(&long), "{whole:?}");
        }
        assert!(has_more(&key(&[b"ssh-ed25519", &[7; 33]])));
        // A certificate of a key with a curve has more parts than the key.
        let certificate = b"ecdsa-sha2-nistp256-cert-v01@openssh.com";
        assert!(!has_more(&key(&[certificate, &[7; 32], b"nistp256", &nistp256, b"ssh:"])));
        // What has no form here is left to the library.
        assert!(!has_more(&key(&[b"ssh-foo", &[7; 33], &[7]])) && !has_more(&key(&[b"ssh-rsa"])));
    }
}
