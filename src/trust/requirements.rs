//! Requirements on keys and signatures besides the files: CASignatureAlgorithms and RequiredRSASize
//! of ssh_config(5).

use russh::keys::ssh_key::PublicKey;

use super::fingerprint;
use crate::pattern::matches;

/// The default of CASignatureAlgorithms: ssh(1)'s own list.
const SIGNATURES: [&str; 8] = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "rsa-sha2-512",
    "rsa-sha2-256",
];

/// The requirements on keys and signatures.
#[derive(Clone, Debug, Default)]
pub struct Requirements {
    /// The algorithms that authorities may sign with, as names or patterns; `None` if not set.
    signatures: Option<Vec<String>>,
    /// The smallest RSA key, in bits.
    rsa_bits: u32,
}

impl Requirements {
    /// Makes requirements of CASignatureAlgorithms, if it is set, and RequiredRSASize.
    pub fn new(signatures: Option<&str>, rsa_bits: u32) -> Requirements {
        Requirements { signatures: signatures.map(list), rsa_bits }
    }

    /// The smallest RSA key in bits, but not below `least`.
    pub fn rsa_bits(&self, least: u32) -> u32 {
        self.rsa_bits.max(least)
    }

    /// Whether the key is an RSA key that is too short.
    pub fn is_too_short(&self, key: &PublicKey) -> bool {
        key.algorithm().is_rsa() && fingerprint::bits(key) < self.rsa_bits
    }

    /// Whether an authority may sign with this algorithm; `None` if CASignatureAlgorithms is not
    /// set.
    pub(super) fn permits(&self, algorithm: &str) -> Option<bool> {
        let signatures = self.signatures.as_ref()?;
        Some(signatures.iter().any(|pattern| matches(pattern, algorithm)))
    }
}

/// Resolves a list that may add to the default (`+`, `^`) or remove from it (`-`).
fn list(spec: &str) -> Vec<String> {
    let usual = || SIGNATURES.iter().map(|&name| name.to_owned());
    let (operator, names) = match spec.split_at_checked(1) {
        Some((operator @ ("+" | "^" | "-"), names)) => (operator, names),
        _ => ("", spec),
    };
    let named: Vec<String> = names.split(',').map(str::to_owned).collect();
    match operator {
        "" => named,
        "-" => usual().filter(|name| !named.iter().any(|it| matches(it, name))).collect(),
        _ => usual().chain(named).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_replaces_adds_to_and_takes_from_the_usual_one() {
        let permits = |spec, name| Requirements::new(Some(spec), 0).permits(name);
        for (spec, name, expected) in [
            ("ssh-ed25519", "ssh-ed25519", true),
            ("ssh-ed25519,rsa-sha2-512", "rsa-sha2-256", false),
            ("ecdsa-*", "ecdsa-sha2-nistp384", true),
            ("+ssh-rsa", "ssh-rsa", true),
            ("+ssh-rsa", "rsa-sha2-256", true),
            ("^ssh-rsa", "ssh-ed25519", true),
            ("-rsa-*", "rsa-sha2-512", false),
            ("-rsa-*", "ssh-ed25519", true),
            ("-rsa-*", "ssh-rsa", false),
        ] {
            assert_eq!(permits(spec, name), Some(expected), "{spec} {name}");
        }
        assert_eq!(Requirements::default().permits("ssh-rsa"), None);
    }
}
