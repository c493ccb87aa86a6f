//! The protection of a PPK file: keys derived from the passphrase, the cipher, and the checksum
//! over the whole content (PuTTY manual, appendix C.4 and C.5).
//!
//! `read` checks what a file may cost to open before it comes here.

use argon2::{Algorithm, Argon2, Params, Version};
use hmac::{Hmac, KeyInit, Mac};
use russh::keys::ssh_key::Cipher;
use sha1::{Digest, Sha1};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::wire_format::put_string;

/// The length of an AES-256 key.
const CIPHER_KEY: usize = 32;

/// The length of an AES block, and so of the initialisation vector.
pub(super) const BLOCK: usize = 16;

/// The bytes that Argon2 derives: the cipher's key, its vector, and the checksum's key.
const DERIVED: usize = CIPHER_KEY + BLOCK + 32;

const MAC_NAME: &[u8] = b"putty-private-key-file-mac-key";

/// The parameters of Argon2, from `Key-Derivation` and the lines after it.
pub(super) struct Cost<'a> {
    /// `Argon2id`, `Argon2i` or `Argon2d`.
    pub(super) flavour: &'a str,
    /// The memory in KiB.
    pub(super) memory: u32,
    /// The passes over the memory.
    pub(super) passes: u32,
    /// The number of lanes.
    pub(super) lanes: u32,
    /// The salt: any bytes; PuTTY writes 16.
    pub(super) salt: &'a [u8],
}

/// The headers that the checksum covers, besides the public and private parts.
pub(super) struct PpkHeader<'a> {
    /// The key's type.
    pub(super) algorithm: &'a str,
    /// `none` or `aes256-cbc`.
    pub(super) encryption: &'a str,
    /// The comment as in the file.
    pub(super) comment: &'a str,
}

/// The keys for one file.
pub(super) struct Seal {
    version: u8,
    cipher: Zeroizing<Vec<u8>>,
    vector: Zeroizing<Vec<u8>>,
    mac: Zeroizing<Vec<u8>>,
}

impl Seal {
    /// For a file without a passphrase: nothing is encrypted, and the checksum's key is public.
    pub(super) fn open(version: u8) -> Seal {
        let mac = if version == 2 { Sha1::digest(MAC_NAME).to_vec() } else { Vec::new() };
        Seal {
            version,
            cipher: Zeroizing::default(),
            vector: Zeroizing::default(),
            mac: Zeroizing::new(mac),
        }
    }

    /// For format 2 with this passphrase.
    pub(super) fn version_2(passphrase: &str) -> Seal {
        let hash = |prefix: &[u8]| {
            let hash = Sha1::new().chain_update(prefix).chain_update(passphrase).finalize();
            Zeroizing::new(hash.to_vec())
        };
        let mut cipher = Zeroizing::new(Vec::with_capacity(2 * CIPHER_KEY));
        cipher.extend_from_slice(&hash(&[0, 0, 0, 0]));
        cipher.extend_from_slice(&hash(&[0, 0, 0, 1]));
        cipher.truncate(CIPHER_KEY);
        let vector = Zeroizing::new(vec![0; BLOCK]);
        Seal { version: 2, cipher, vector, mac: hash(MAC_NAME) }
    }

    /// For format 3 with this passphrase. `None` if Argon2 does not accept the parameters.
    pub(super) fn version_3(cost: &Cost<'_>, passphrase: &str) -> Option<Seal> {
        let algorithm = match cost.flavour {
            "Argon2id" => Algorithm::Argon2id,
            "Argon2i" => Algorithm::Argon2i,
            "Argon2d" => Algorithm::Argon2d,
            _ => return None,
        };
        let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(DERIVED)).ok()?;
        let argon2 = Argon2::new(algorithm, Version::V0x13, params);
        let mut derived = Zeroizing::new([0; DERIVED]);
        argon2.hash_password_into(passphrase.as_bytes(), cost.salt, &mut *derived).ok()?;
        let part = |from: usize, to: usize| Zeroizing::new(derived[from..to].to_vec());
        Some(Seal {
            version: 3,
            cipher: part(0, CIPHER_KEY),
            vector: part(CIPHER_KEY, CIPHER_KEY + BLOCK),
            mac: part(CIPHER_KEY + BLOCK, DERIVED),
        })
    }

    /// Decrypts whole blocks in place; `None` if the length is not a multiple of a block.
    pub(super) fn decrypt(&self, blocks: &mut [u8]) -> Option<()> {
        Cipher::Aes256Cbc.decrypt(&self.cipher, &self.vector, blocks, None).ok()
    }

    /// Encrypts whole blocks in place; `None` if the length is not a multiple of a block.
    pub(super) fn encrypt(&self, blocks: &mut [u8]) -> Option<()> {
        Cipher::Aes256Cbc.encrypt(&self.cipher, &self.vector, blocks).ok().map(|_| ())
    }

    /// Computes the checksum. The private part is given unencrypted, with its padding.
    pub(super) fn mac(&self, header: &PpkHeader<'_>, public: &[u8], private: &[u8]) -> Vec<u8> {
        let mut data = Zeroizing::new(Vec::with_capacity(private.len() + public.len() + 1_024));
        let PpkHeader { algorithm, encryption, comment } = header;
        let names = [algorithm, encryption, comment].map(|name| name.as_bytes());
        for part in names.into_iter().chain([public, private]) {
            // A key file has at most 1 MiB, so the length of each part fits.
            put_string(&mut data, part);
        }
        const ANY_LENGTH: &str = "HMAC takes keys of any length";
        if self.version == 2 {
            let mac = Hmac::<Sha1>::new_from_slice(&self.mac).expect(ANY_LENGTH);
            mac.chain_update(&*data).finalize().into_bytes().to_vec()
        } else {
            let mac = Hmac::<Sha256>::new_from_slice(&self.mac).expect(ANY_LENGTH);
            mac.chain_update(&*data).finalize().into_bytes().to_vec()
        }
    }
}
