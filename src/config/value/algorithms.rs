//! The names of algorithms that ssh_config(5) accepts: OpenSSH's up to 10.6, and tessh's own. Any
//! other name is refused when it is read.
//!
//! The client decides which of them are used.

use crate::config::fault::{ConfigFault, shown};
use crate::config::keyword::Keyword;
use crate::pattern::matches;
use crate::say;

const CIPHERS: &[&str] = &[
    "3des-cbc",
    "aes128-cbc",
    "aes192-cbc",
    "aes256-cbc",
    "rijndael-cbc@lysator.liu.se",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
];

const MACS: &[&str] = &[
    "hmac-sha1",
    "hmac-sha1-96",
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-md5",
    "hmac-md5-96",
    "umac-64@openssh.com",
    "umac-128@openssh.com",
    "hmac-sha1-etm@openssh.com",
    "hmac-sha1-96-etm@openssh.com",
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-md5-etm@openssh.com",
    "hmac-md5-96-etm@openssh.com",
    "umac-64-etm@openssh.com",
    "umac-128-etm@openssh.com",
];

const KEX: &[&str] = &[
    "diffie-hellman-group1-sha1",
    "diffie-hellman-group14-sha1",
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group15-sha512",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group17-sha512",
    "diffie-hellman-group18-sha512",
    "diffie-hellman-group-exchange-sha1",
    "diffie-hellman-group-exchange-sha256",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "sntrup761x25519-sha512",
    "sntrup761x25519-sha512@openssh.com",
    "mlkem768x25519-sha256",
    "mlkem768nistp256-sha256",
];

/// Signature algorithms that also have a certificate type.
const SIGNATURES: &[&str] = &[
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
    "rsa-sha2-256",
    "rsa-sha2-512",
    "ssh-dss",
    "ssh-xmss@openssh.com",
];
const TOKEN_SIGNATURES: &[&str] = &[
    "sk-ssh-ed25519@openssh.com",
    "sk-ssh-ed25519-cert-v01@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
    "webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ssh-xmss-cert-v01@openssh.com",
    "ssh-mldsa44-ed25519",
    "ssh-mldsa44-ed25519-cert",
];
const CERTIFICATE: &str = "-cert-v01@openssh.com";

/// Checks a list of algorithms. After `-` any name is allowed, because it only removes.
///
/// # Errors
/// `Bad SSH2 cipher spec 'x'.` and similar.
pub fn check(keyword: Keyword, list: &str) -> Result<(), ConfigFault> {
    let names = match list.strip_prefix(['+', '^']) {
        Some(names) => names,
        None if list.starts_with('-') => return Ok(()),
        None => list,
    };
    let bad = match keyword {
        Keyword::Ciphers if !all_among(names, CIPHERS) => "cipher spec",
        Keyword::MACs if !all_among(names, MACS) => "MAC spec",
        Keyword::KexAlgorithms if !all_among(names, KEX) => "KexAlgorithms",
        Keyword::HostKeyAlgorithms
        | Keyword::HostbasedAcceptedAlgorithms
        | Keyword::PubkeyAcceptedAlgorithms
        | Keyword::CASignatureAlgorithms
            if !all_signatures(names) =>
        {
            return Err(say!(config_bad_key_types, list = shown(list)));
        }
        _ => return Ok(()),
    };
    Err(say!(config_bad_spec, kind = bad, list = shown(list)))
}

fn all_among(list: &str, known: &[&str]) -> bool {
    !list.is_empty() && list.split(',').all(|name| known.contains(&name))
}

/// Checks a list of signature algorithms, which may contain patterns.
fn all_signatures(list: &str) -> bool {
    let known = |pattern: &str| {
        let token = TOKEN_SIGNATURES.iter().any(|name| matches(pattern, name));
        let certificate = |name: &str| matches(pattern, &format!("{name}{CERTIFICATE}"));
        token || SIGNATURES.iter().any(|name| matches(pattern, name) || certificate(name))
    };
    !list.is_empty() && list.split(',').all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        for (keyword, list, good) in [
            (Keyword::Ciphers, "aes128-ctr,3des-cbc", true),
            (Keyword::Ciphers, "+aes128-cbc", true),
            (Keyword::Ciphers, "-nonsense*", true),
            (Keyword::Ciphers, "aes1*", false),
            (Keyword::Ciphers, "aes128-ctr,", false),
            (Keyword::MACs, "^umac-64@openssh.com", true),
            (Keyword::MACs, "+", false),
            (Keyword::KexAlgorithms, "mlkem768x25519-sha256", true),
            (Keyword::KexAlgorithms, "mlkem768nistp256-sha256", true),
            (Keyword::KexAlgorithms, "rot13", false),
            (Keyword::HostKeyAlgorithms, "ssh-mldsa44-ed25519,ssh-mldsa44-ed25519-cert", true),
            (Keyword::HostKeyAlgorithms, "ssh-mldsa44-ed25519-cert-v01@openssh.com", false),
            (Keyword::HostKeyAlgorithms, "rsa-sha2-256*,ssh-ed25519", true),
            (Keyword::HostKeyAlgorithms, "rsa-sha2-256-cert-v01@openssh.com", true),
            (Keyword::PubkeyAcceptedAlgorithms, "x*", false),
        ] {
            assert_eq!(check(keyword, list).is_ok(), good, "{keyword:?} {list}");
        }
    }
}
