//! Reads PuTTY's private keys: the part that is plain without the passphrase, the bounds on what
//! opening may cost, and the key.
//!
//! The ssh-key crate decodes RSA and ECDSA numbers. It reads neither a file with a certificate nor
//! an Ed25519 key whose number begins with zero bits: Ed25519 keys are decoded here, and a file
//! with a certificate is rewritten without it first.

use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{Certificate, PrivateKey, PublicKey};
use zeroize::Zeroizing;

use super::seal::{BLOCK, Cost, PpkHeader, Seal};
use crate::error::Result;
use crate::keys::public::{self, CERTIFICATE_SUFFIX, is_supported};
use crate::keys::refusal::{damaged, fault, shown, too_costly, unknown_encryption, unsupported};
use crate::say;
use crate::wire_format::take_string;

/// The most memory that Argon2 may take, in KiB: 1 GiB. PuTTY's default is 8 MiB; a file that asks
/// for more than the limit is likely to be an attack on this machine's memory.
const MAX_ARGON2_MEMORY: u32 = 1 << 20;

/// The most work that Argon2 may do, in KiB times passes: about half a minute. PuTTY's default is
/// what its machine does in a tenth of a second.
const MAX_ARGON2_WORK: u64 = 1 << 24;

/// The most lanes of Argon2; PuTTY's default is 1.
const MAX_ARGON2_LANES: u32 = 64;

pub(super) const PREFIX: &str = "PuTTY-User-Key-File-";

const PLAIN: &str = "none";

/// The length of an Ed25519 seed.
const SEED: usize = 32;

/// The parts of a file that can be read without the passphrase.
pub struct Ppk {
    /// The format's version, 2 or 3.
    pub version: u8,
    /// Whether a passphrase is needed.
    pub is_encrypted: bool,
    /// The comment as in the file, not sanitised.
    pub comment: String,
    /// The public key.
    pub public: PublicKey,
    /// The certificate, if one is inside.
    pub certificate: Option<Certificate>,
}

/// Whether the text is a PPK file of any version.
pub fn is_ppk(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// Whether the bytes, which need not be text, begin as a PPK file does.
pub fn is_ppk_bytes(bytes: &[u8]) -> bool {
    bytes.starts_with(PREFIX.as_bytes())
}

/// Reads the plain part, and refuses a file that cannot be opened or costs too much to open.
pub fn inspect(text: &str) -> Result<Ppk> {
    let fields = Fields::read(text)?;
    let is_encrypted = match fields.value("Encryption")? {
        "none" => false,
        "aes256-cbc" => true,
        other => return Err(unknown_encryption(other)),
    };
    if is_encrypted && fields.version >= 3 {
        fields.check_cost()?;
    }
    let certified = fields.algorithm.strip_suffix(CERTIFICATE_SUFFIX);
    if !is_supported(certified.unwrap_or(fields.algorithm)) || fields.algorithm == "ssh-dss" {
        return Err(unsupported(fields.algorithm));
    }
    let blob = &fields.public;
    let (public, certificate) = if certified.is_some() {
        let certificate = public::certificate(blob)?;
        let key = PublicKey::new(certificate.public_key().clone(), fields.comment);
        (key, Some(certificate))
    } else {
        let mut key = PublicKey::from_bytes(blob).map_err(|_| damaged(&say!(key_part_public)))?;
        key.set_comment(fields.comment);
        (key, None)
    };
    let (version, comment) = (fields.version, fields.comment.to_owned());
    Ok(Ppk { version, is_encrypted, comment, public, certificate })
}

/// Opens an encrypted file. `None` means that the passphrase is wrong or the file was changed; the
/// format does not distinguish the two.
///
/// # Errors
/// The passphrase is right, but the key inside cannot be read.
pub fn decrypt(text: &str, passphrase: &str) -> Result<Option<PrivateKey>> {
    let mut fields = Fields::read(text)?;
    let seal = fields.seal(passphrase)?;
    if fields.private.len() % BLOCK != 0 || seal.decrypt(&mut fields.private).is_none() {
        return Err(damaged(&say!(key_part_private)));
    }
    if !fields.mac_fits(&seal)? {
        return Ok(None);
    }
    fields
        .key()
        .map(Some)
        .map_err(|_| fault(say!(key_inside_unreadable)).hint(say!(key_file_ssh_com_hint)))
}

/// Opens a file that is not encrypted.
pub fn decode(text: &str) -> Result<PrivateKey> {
    let fields = Fields::read(text)?;
    if !fields.mac_fits(&Seal::open(fields.version))? {
        return Err(damaged(&say!(key_mac_wrong)));
    }
    fields.key()
}

/// The key type's name in PPK files.
pub(super) fn base_name(key: &PrivateKey) -> String {
    key.algorithm().as_str().to_owned()
}

/// The headers and parts of a file.
struct Fields<'a> {
    version: u8,
    algorithm: &'a str,
    comment: &'a str,
    public: Vec<u8>,
    private: Zeroizing<Vec<u8>>,
    values: Vec<(&'a str, &'a str)>,
}

impl<'a> Fields<'a> {
    fn read(text: &'a str) -> Result<Fields<'a>> {
        let mut lines = text.lines();
        let first = lines.next().and_then(|line| line.strip_prefix(PREFIX));
        let (version, algorithm) = first
            .and_then(|rest| rest.split_once(": "))
            .ok_or_else(|| damaged(&say!(key_part_first_line)))?;
        let version = match version {
            "2" => 2,
            "3" => 3,
            other => {
                let version = shown(other);
                return Err(fault(say!(ppk_version_unsupported, version))
                    .hint(say!(ppk_version_unsupported_hint)));
            }
        };
        let mut fields = Fields {
            version,
            algorithm,
            comment: "",
            public: Vec::new(),
            private: Zeroizing::default(),
            values: Vec::new(),
        };
        while let Some(line) = lines.next() {
            let (key, value) = line.split_once(':').ok_or_else(|| damaged(&say!(key_part_line)))?;
            let value = value.strip_prefix(' ').unwrap_or(value);
            match key {
                "Public-Lines" => fields.public = base64(&mut lines, value)?.to_vec(),
                "Private-Lines" => fields.private = base64(&mut lines, value)?,
                "Comment" => fields.comment = value,
                _ => fields.values.push((key, value)),
            }
        }
        fields.value("Private-MAC")?;
        if fields.public.is_empty() || fields.private.is_empty() {
            return Err(damaged(&say!(key_part_missing)));
        }
        Ok(fields)
    }

    fn value(&self, name: &str) -> Result<&'a str> {
        let found = self.values.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        found.ok_or_else(|| damaged(&say!(key_line_missing, name)))
    }

    fn number(&self, name: &str) -> Result<u32> {
        self.value(name)?.parse().map_err(|_| damaged(&say!(key_part_named_line, name)))
    }

    fn check_cost(&self) -> Result<()> {
        let kdf = self.value("Key-Derivation")?;
        if !matches!(kdf, "Argon2id" | "Argon2i" | "Argon2d") {
            return Err(unknown_encryption(kdf));
        }
        let memory = self.number("Argon2-Memory")?;
        let passes = self.number("Argon2-Passes")?;
        let lanes = self.number("Argon2-Parallelism")?;
        let work = u64::from(memory) * u64::from(passes);
        if memory > MAX_ARGON2_MEMORY || work > MAX_ARGON2_WORK || lanes > MAX_ARGON2_LANES {
            let mib = memory / 1024;
            return Err(too_costly(say!(key_cost_argon2, mib, passes, lanes)));
        }
        // The bounds of Argon2 itself (RFC 9106 section 3.1).
        if passes == 0 || lanes == 0 || u64::from(memory) < 8 * u64::from(lanes) {
            return Err(damaged(&say!(key_part_argon2)));
        }
        let salt = HEXLOWER_PERMISSIVE.decode(self.value("Argon2-Salt")?.as_bytes());
        if salt.is_err() {
            return Err(damaged(&say!(key_part_argon2_salt)));
        }
        Ok(())
    }

    /// Derives the keys of the cipher and of the checksum.
    fn seal(&self, passphrase: &str) -> Result<Seal> {
        if self.version == 2 {
            return Ok(Seal::version_2(passphrase));
        }
        self.check_cost()?;
        let salt = HEXLOWER_PERMISSIVE.decode(self.value("Argon2-Salt")?.as_bytes());
        let salt = salt.map_err(|_| damaged(&say!(key_part_argon2_salt)))?;
        let cost = Cost {
            flavour: self.value("Key-Derivation")?,
            memory: self.number("Argon2-Memory")?,
            passes: self.number("Argon2-Passes")?,
            lanes: self.number("Argon2-Parallelism")?,
            salt: &salt,
        };
        Seal::version_3(&cost, passphrase).ok_or_else(|| damaged(&say!(key_part_argon2)))
    }

    /// Whether the checksum is right. The private part must be decrypted already.
    fn mac_fits(&self, seal: &Seal) -> Result<bool> {
        let stored = HEXLOWER_PERMISSIVE.decode(self.value("Private-MAC")?.as_bytes());
        let encryption = self.value("Encryption")?;
        let header = PpkHeader { algorithm: self.algorithm, encryption, comment: self.comment };
        let mac = seal.mac(&header, &self.public, &self.private);
        Ok(stored.is_ok_and(|stored| stored == mac))
    }

    /// Decodes the key. The private part must be decrypted already.
    fn key(&self) -> Result<PrivateKey> {
        let unreadable = || damaged(&say!(key_part_private));
        let mut public = match self.algorithm.strip_suffix(CERTIFICATE_SUFFIX) {
            Some(_) => public::certificate(&self.public)?.public_key().clone().into(),
            None => PublicKey::from_bytes(&self.public).map_err(|_| unreadable())?,
        };
        public.set_comment(self.comment);
        let mut rest = &self.private[..];
        let Some(ed25519) = public.key_data().ed25519() else {
            return PrivateKey::from_ppk(&*self.rewrapped(&public)?, None)
                .map_err(|_| unreadable());
        };
        // PuTTY stores the seed as a little-endian number, so bytes that it omits are zeros at the
        // end.
        let number = take_string(&mut rest).filter(|number| number.len() <= SEED);
        let number = number.ok_or_else(unreadable)?;
        let mut seed = Zeroizing::new([0; SEED]);
        seed[..number.len()].copy_from_slice(number);
        let pair = Ed25519Keypair::from_seed(&seed);
        if pair.public != *ed25519 {
            return Err(damaged(&say!(key_halves_mismatch)));
        }
        PrivateKey::new(pair.into(), self.comment).map_err(|_| unreadable())
    }

    /// The text of this file rewritten without passphrase and certificate, for the ssh-key crate.
    fn rewrapped(&self, public: &PublicKey) -> Result<Zeroizing<String>> {
        let algorithm = self.algorithm.strip_suffix(CERTIFICATE_SUFFIX).unwrap_or(self.algorithm);
        let blob = public.to_bytes().map_err(|_| damaged(&say!(key_part_public)))?;
        let header = PpkHeader { algorithm, encryption: PLAIN, comment: self.comment };
        let mac = HEXLOWER.encode(&Seal::open(3).mac(&header, &blob, &self.private));
        let private = Zeroizing::new(BASE64.encode(&self.private));
        Ok(Zeroizing::new(format!(
            "{PREFIX}3: {algorithm}\nEncryption: {PLAIN}\nComment: {}\nPublic-Lines: 1\n{}\n\
             Private-Lines: 1\n{}\nPrivate-MAC: {mac}",
            self.comment,
            BASE64.encode(&blob),
            *private,
        )))
    }
}

fn base64<'a>(
    lines: &mut impl Iterator<Item = &'a str>,
    count: &str,
) -> Result<Zeroizing<Vec<u8>>> {
    let count: usize = count.parse().map_err(|_| damaged(&say!(key_part_number)))?;
    let mut text = Zeroizing::new(String::new());
    for _ in 0..count {
        text.push_str(lines.next().ok_or_else(|| damaged(&say!(key_ends_early)))?);
    }
    let decoded = BASE64.decode(text.as_bytes()).map_err(|_| damaged(&say!(key_not_base64)))?;
    Ok(Zeroizing::new(decoded))
}
