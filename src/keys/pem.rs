//! The PEM envelope of private keys (RFC 7468), its old encryption headers (RFC 1421 as OpenSSL
//! uses them), and the key formats inside it: PKCS#1, SEC 1 and PKCS#8 (RFC 8017, 5915, 5208).
//!
//! This file finds, opens and rewraps the envelope; russh decodes the key inside. `pkcs8` checks
//! the cost that an encrypted PKCS#8 file asks for.

use data_encoding::BASE64;
use russh::keys::PrivateKey;
use russh::keys::ssh_key::Cipher;
use zeroize::Zeroizing;

use super::refusal::{damaged, fault, unknown_encryption, unsupported};
use crate::error::Result;
use crate::say;

/// One PEM block that holds a private key.
pub(super) struct Pem {
    /// The words between `BEGIN` and the dashes.
    pub(super) label: String,
    /// The value of the `DEK-Info` header, if the block is encrypted the old way.
    pub(super) dek_info: Option<String>,
    /// The decoded content.
    pub(super) der: Zeroizing<Vec<u8>>,
}

impl Pem {
    /// Finds the first private key in the text and skips parameters and other text before it.
    /// `None` if there is none.
    pub(super) fn find(text: &str) -> Option<Result<Pem>> {
        let mut lines = text.lines().map(str::trim);
        let label = lines.find_map(|line| {
            let label = line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
            label.ends_with("PRIVATE KEY").then(|| label.to_owned())
        })?;
        Some(Pem::open(label, lines))
    }

    fn open<'a>(label: String, lines: impl Iterator<Item = &'a str>) -> Result<Pem> {
        let end = format!("-----END {label}-----");
        let mut body = Zeroizing::new(String::new());
        let mut dek_info = None;
        let mut ended = false;
        for line in lines {
            if line == end {
                ended = true;
                break;
            } else if let Some(value) = line.strip_prefix("DEK-Info:") {
                dek_info = Some(value.trim().to_owned());
            } else if !line.contains(':') {
                body.push_str(line);
            }
        }
        if !ended {
            return Err(damaged(&say!(key_last_line_missing)));
        }
        let der = BASE64.decode(body.as_bytes()).map_err(|_| damaged(&say!(key_not_base64)))?;
        Ok(Pem { label, dek_info, der: Zeroizing::new(der) })
    }

    /// Decodes a key that is not encrypted.
    pub(super) fn decode(&self) -> Result<PrivateKey> {
        decode(&self.label, &self.der)
    }

    /// Opens a block that is encrypted the old way. `None` means that the passphrase is wrong.
    ///
    /// # Errors
    /// The passphrase is right, but the type of the key inside is refused.
    pub(super) fn decrypt_old(&self, dek: &Dek, passphrase: &str) -> Result<Option<PrivateKey>> {
        match dek.decrypt(&self.der, passphrase.as_bytes()) {
            Some(der) => opened(decode_wrapped(&self.label, &der, None)),
            None => Ok(None),
        }
    }

    /// Opens an encrypted PKCS#8 block, whose cost the caller has checked. `None` means that the
    /// passphrase is wrong.
    ///
    /// # Errors
    /// The passphrase is right, but the type of the key inside is refused.
    pub(super) fn decrypt(&self, passphrase: &str) -> Result<Option<PrivateKey>> {
        opened(decode_wrapped(&self.label, &self.der, Some(passphrase)))
    }
}

/// The result of trying a passphrase. An unknown key type shows that the passphrase was right; any
/// other failure is indistinguishable from a wrong passphrase.
fn opened(key: Result<PrivateKey, russh::keys::Error>) -> Result<Option<PrivateKey>> {
    match key {
        Ok(key) => Ok(Some(key)),
        Err(russh::keys::Error::UnknownAlgorithm(oid)) => {
            Err(unsupported(&type_name(&oid.to_string())))
        }
        Err(_) => Ok(None),
    }
}

/// Decodes the unencrypted DER of a key.
fn decode(label: &str, der: &[u8]) -> Result<PrivateKey> {
    if label == "DSA PRIVATE KEY" {
        return Err(unsupported("ssh-dss (DSA)"));
    }
    decode_wrapped(label, der, None).map_err(|error| match error {
        russh::keys::Error::UnknownAlgorithm(oid) => unsupported(&type_name(&oid.to_string())),
        _ => fault(say!(key_damaged_or_unsupported)),
    })
}

/// Passes DER to russh in the envelope that russh expects.
fn decode_wrapped(
    label: &str,
    der: &[u8],
    passphrase: Option<&str>,
) -> Result<PrivateKey, russh::keys::Error> {
    let body = Zeroizing::new(BASE64.encode(der));
    let pem =
        Zeroizing::new(format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", *body));
    russh::keys::decode_secret_key(&pem, passphrase)
}

/// The cipher of a block that is encrypted the old way, from its `DEK-Info` header.
pub(super) struct Dek {
    cipher: Cipher,
    iv: Vec<u8>,
}

impl Dek {
    /// Reads the value of a `DEK-Info` header.
    pub(super) fn parse(value: &str) -> Result<Dek> {
        let (name, iv) = value.split_once(',').unwrap_or((value, ""));
        let cipher = match name.trim() {
            "AES-128-CBC" => Cipher::Aes128Cbc,
            "AES-192-CBC" => Cipher::Aes192Cbc,
            "AES-256-CBC" => Cipher::Aes256Cbc,
            other => return Err(unknown_encryption(other)),
        };
        let iv = data_encoding::HEXUPPER_PERMISSIVE.decode(iv.trim().as_bytes()).ok();
        match iv.filter(|iv| cipher.key_and_iv_size().is_some_and(|(_, size)| iv.len() == size)) {
            Some(iv) => Ok(Dek { cipher, iv }),
            None => Err(damaged(&say!(key_part_dek_info))),
        }
    }

    // These files always derive the key with OpenSSL's EVP_BytesToKey: MD5 and one round.
    fn decrypt(&self, sealed: &[u8], passphrase: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (key_size, _) = self.cipher.key_and_iv_size()?;
        let salt = self.iv.get(..8)?;
        let mut key = Zeroizing::new(Vec::with_capacity(key_size + 16));
        while key.len() < key_size {
            let mut context = md5::Context::new();
            if let Some(last) = key.len().checked_sub(16) {
                context.consume(&key[last..]);
            }
            context.consume(passphrase);
            context.consume(salt);
            key.extend_from_slice(&context.finalize().0);
        }
        let mut plain = Zeroizing::new(sealed.to_vec());
        self.cipher.decrypt(&key[..key_size], &self.iv, &mut plain, None).ok()?;
        let padding = *plain.last()?;
        let length = plain.len().checked_sub(padding.into())?;
        let padded = plain.get(length..)?;
        if !(1..=16).contains(&padding) || padded.iter().any(|byte| *byte != padding) {
            return None;
        }
        plain.truncate(length);
        Some(plain)
    }
}

/// The common name of an algorithm.
fn type_name(oid: &str) -> String {
    match oid {
        "1.3.101.110" => say!(key_kind_x25519),
        "1.3.101.111" => say!(key_kind_x448),
        "1.3.101.113" => "ssh-ed448".to_owned(),
        "1.2.840.10040.4.1" => "ssh-dss (DSA)".to_owned(),
        "1.2.840.113549.1.1.10" => "RSA-PSS".to_owned(),
        "1.3.132.0.10" => say!(key_kind_secp256k1),
        other => say!(key_kind_number, other),
    }
}
