//! A key file of any format: read as far as possible without the passphrase, then unlocked.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use russh::keys::ssh_key::public::RsaPublicKey;
use russh::keys::{Algorithm, Certificate, PrivateKey, PublicKey};
use zeroize::Zeroizing;

use super::file::{LoadedFile, quoted};
use super::pem::{Dek, Pem};
use super::public::{self, MAX_COMMENT, PublicKeyLine};
use super::refusal::{self, damaged, fault};
use super::{openssh, pkcs8, ppk};
use crate::error::{Error, Result};
use crate::say;
use crate::secret::Secret;
use crate::text;

/// The smallest RSA key used, in bits: ssh's default for RequiredRSASize.
const MIN_RSA_BITS: u32 = 1_024;

/// The largest RSA key used, in bits: OpenSSH's limit.
const MAX_RSA_BITS: u32 = 16_384;

/// The format of a key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFormat {
    /// OpenSSH's own (PROTOCOL.key).
    OpenSsh,
    /// PEM with PKCS#1 (RSA) or SEC 1 (ECDSA) inside.
    Pem,
    /// PKCS#8, plain or encrypted.
    Pkcs8,
    /// PuTTY's, with its version: 2 or 3.
    Ppk(u8),
    /// A public key or certificate without the private half, which names a key in an agent.
    PublicOnly,
}

/// Why a key did not unlock.
#[derive(Debug)]
pub enum Unlock {
    /// The key is encrypted, and no passphrase was given.
    NeedsPassphrase,
    /// The passphrase is wrong. Most formats cannot tell this from a changed file;
    /// [`KeyFile::wrong_passphrase`] words the error as the format allows.
    WrongPassphrase,
    /// The key cannot be used, with any passphrase.
    Error(Error),
}

/// A key file, parsed as far as possible without the passphrase.
pub struct KeyFile {
    path: PathBuf,
    format: KeyFormat,
    content: Content,
    public: Option<PublicKey>,
    comment: String,
    certificate: Option<Certificate>,
}

enum Content {
    Public,
    Open(PrivateKey),
    OpenSsh(PrivateKey),
    OldPem(Pem, Dek),
    Pkcs8(Pem),
    Ppk(Zeroizing<String>),
}

impl KeyFile {
    /// Reads a key file of at most 1 MiB. If the file does not show its public half, reads
    /// `path.pub`, too.
    ///
    /// # Errors
    /// The file cannot be read, others may read the private key, it is damaged or no key at all, or
    /// its type, encryption or cost of opening is refused. Each error names the file.
    pub fn read(path: &Path) -> Result<KeyFile> {
        let loaded = LoadedFile::read(path)?;
        let at_file = |error: Error| error.context(say!(key_file_label, value = quoted(path)));
        let text = as_text(&loaded.bytes).map_err(at_file)?;
        if public::is_public(&text) {
            return KeyFile::from_public(path, &text).map_err(at_file);
        }
        loaded.check_private(path)?;
        let mut key = KeyFile::from_private(path, text).map_err(at_file)?;
        if key.public.is_none() {
            key.public = public_beside(path).and_then(Result::ok);
        }
        if let (true, Some(public)) = (key.comment.is_empty(), &key.public) {
            key.comment = text::line_bytes(public.comment().as_bytes(), MAX_COMMENT);
        }
        Ok(key)
    }

    /// The path it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a passphrase is needed to unlock it.
    pub fn is_encrypted(&self) -> bool {
        !matches!(self.content, Content::Public | Content::Open(_))
    }

    /// Its format.
    pub fn format(&self) -> KeyFormat {
        self.format
    }

    /// The public key, if it is known without unlocking: from the file itself or, for encrypted PEM
    /// and PKCS#8, from the `.pub` file beside it.
    pub fn public(&self) -> Option<&PublicKey> {
        self.public.as_ref()
    }

    /// The certificate in the file itself; a PPK or public key file may hold one.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// The comment, sanitised; empty if it is missing or cannot be read without unlocking.
    pub fn comment(&self) -> &str {
        &self.comment
    }

    /// Decodes or decrypts the private key. This takes as long as the file's key derivation asks
    /// for, within bounds, so run it on a thread that may block.
    ///
    /// # Errors
    /// See [`Unlock`].
    pub fn unlock(&self, passphrase: Option<&Secret>) -> Result<PrivateKey, Unlock> {
        let key = match (&self.content, passphrase) {
            (Content::Public, _) => return Err(self.refuse(only_public())),
            (Content::Open(key), _) => key.clone(),
            (_, None) => return Err(Unlock::NeedsPassphrase),
            (_, Some(passphrase)) => self.open(passphrase.expose())?,
        };
        check_type(&key).map_err(|error| self.refuse(error))?;
        if self
            .public
            .as_ref()
            .is_some_and(|public| public.key_data() != key.public_key().key_data())
        {
            let public = quoted(&beside(&self.path, ".pub"));
            let error = fault(say!(key_public_mismatch, public));
            return Err(self.refuse(error.hint(say!(key_public_mismatch_hint))));
        }
        Ok(key)
    }

    /// The error for [`Unlock::WrongPassphrase`], worded for the file's format.
    pub fn wrong_passphrase(&self) -> Error {
        let doubt = match self.format {
            KeyFormat::OpenSsh => String::new(),
            _ => say!(key_passphrase_wrong_or_changed),
        };
        fault(say!(key_passphrase_wrong, value = quoted(&self.path), doubt))
    }

    fn open(&self, passphrase: &str) -> Result<PrivateKey, Unlock> {
        let opened = match &self.content {
            Content::OpenSsh(key) => Ok(openssh::decrypt(key, passphrase)),
            Content::OldPem(pem, dek) => pem.decrypt_old(dek, passphrase),
            Content::Pkcs8(pem) => pem.decrypt(passphrase),
            Content::Ppk(text) => ppk::decrypt(text, passphrase),
            Content::Public | Content::Open(_) => Ok(None),
        };
        let opened = opened.map_err(|error| self.refuse(error))?;
        opened.ok_or(Unlock::WrongPassphrase)
    }

    fn refuse(&self, error: Error) -> Unlock {
        Unlock::Error(error.context(say!(key_file_label, value = quoted(&self.path))))
    }

    fn from_public(path: &Path, text: &str) -> Result<KeyFile> {
        let (public, certificate) = match public::parse(text)? {
            PublicKeyLine::Key(key) => (key, None),
            PublicKeyLine::Certificate(certificate) => {
                let comment = certificate.comment();
                let key = PublicKey::new(certificate.public_key().clone(), comment);
                (key, Some(*certificate))
            }
        };
        let mut key = KeyFile::new(path, KeyFormat::PublicOnly, Content::Public, Some(public));
        key.certificate = certificate;
        Ok(key)
    }

    pub(super) fn from_private(path: &Path, text: Zeroizing<String>) -> Result<KeyFile> {
        if ppk::is_ppk(&text) {
            return KeyFile::from_ppk(path, text);
        }
        let pem = Pem::find(&text).ok_or_else(|| not_a_key(&text))??;
        if pem.label == "OPENSSH PRIVATE KEY" {
            let key = openssh::decode(&pem.der)?;
            let public = Some(key.public_key().clone());
            let content =
                if key.is_encrypted() { Content::OpenSsh(key) } else { Content::Open(key) };
            return Ok(KeyFile::new(path, KeyFormat::OpenSsh, content, public));
        }
        let format = match pem.label.as_str() {
            "PRIVATE KEY" | "ENCRYPTED PRIVATE KEY" => KeyFormat::Pkcs8,
            "RSA PRIVATE KEY" | "EC PRIVATE KEY" => KeyFormat::Pem,
            "DSA PRIVATE KEY" => return Err(refusal::unsupported("ssh-dss (DSA)")),
            _ => return Err(not_a_key(&text)),
        };
        if pem.label == "ENCRYPTED PRIVATE KEY" {
            pkcs8::check(&pem.der)?;
            return Ok(KeyFile::new(path, format, Content::Pkcs8(pem), None));
        }
        if let Some(value) = &pem.dek_info {
            let dek = Dek::parse(value)?;
            return Ok(KeyFile::new(path, format, Content::OldPem(pem, dek), None));
        }
        let key = pem.decode()?;
        let public = Some(key.public_key().clone());
        Ok(KeyFile::new(path, format, Content::Open(key), public))
    }

    fn from_ppk(path: &Path, text: Zeroizing<String>) -> Result<KeyFile> {
        let ppk = ppk::inspect(&text)?;
        let content =
            if ppk.is_encrypted { Content::Ppk(text) } else { Content::Open(ppk::decode(&text)?) };
        let mut key = KeyFile::new(path, KeyFormat::Ppk(ppk.version), content, Some(ppk.public));
        key.comment = text::line(&ppk.comment, MAX_COMMENT);
        key.certificate = ppk.certificate;
        Ok(key)
    }

    fn new(path: &Path, format: KeyFormat, content: Content, public: Option<PublicKey>) -> KeyFile {
        let comment = public.as_ref().map(|key| key.comment().as_bytes()).unwrap_or_default();
        let comment = text::line_bytes(comment, MAX_COMMENT);
        KeyFile { path: path.to_owned(), format, content, public, comment, certificate: None }
    }
}

/// Reads a certificate, such as the one that `-o CertificateFile` names.
///
/// The caller checks whether it is valid, and for whom.
///
/// # Errors
/// The file cannot be read, or holds no certificate.
pub fn certificate(path: &Path) -> Result<Certificate> {
    let at_file = |error: Error| error.context(say!(certificate_file_label, value = quoted(path)));
    let loaded =
        LoadedFile::read(path).map_err(|error| error.hint(say!(certificate_file_other_hint)))?;
    match as_text(&loaded.bytes).and_then(|text| public::parse(&text)).map_err(at_file)? {
        PublicKeyLine::Certificate(certificate) => Ok(*certificate),
        PublicKeyLine::Key(_) => Err(at_file(
            fault(say!(certificate_file_is_public_key))
                .hint(say!(certificate_file_is_public_key_hint)),
        )),
    }
}

/// Reads the certificate beside a key file (`key-cert.pub`; for `key.ppk` also that of `key`), or
/// `None` if there is no such file.
pub fn certificate_beside(key_path: &Path) -> Option<Result<Certificate>> {
    let mut paths = vec![beside(key_path, "-cert.pub")];
    if key_path.extension().is_some_and(|extension| extension == "ppk") {
        paths.push(beside(&key_path.with_extension(""), "-cert.pub"));
    }
    paths.into_iter().find(|path| path.exists()).map(|path| certificate(&path))
}

/// Reads the public key beside a key file (`key.pub`); `None` if there is no such file. The key
/// file itself may be missing, as for a key that only an agent holds.
pub fn public_beside(key_path: &Path) -> Option<Result<PublicKey>> {
    let path = beside(key_path, ".pub");
    if !path.exists() {
        return None;
    }
    let at_file = |error: Error| error.context(say!(key_file_label, value = quoted(&path)));
    let line = LoadedFile::read(&path).and_then(|loaded| {
        as_text(&loaded.bytes).and_then(|text| public::parse(&text)).map_err(at_file)
    });
    Some(line.map(|line| match line {
        PublicKeyLine::Key(key) => key,
        PublicKeyLine::Certificate(certificate) => {
            PublicKey::new(certificate.public_key().clone(), certificate.comment())
        }
    }))
}

/// The path with this suffix appended.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// The file as text with `\n` alone at line ends: CR LF and the lone CR of old Macintosh files
/// are folded, a byte order mark and empty lines at the end are dropped.
pub(super) fn as_text(bytes: &[u8]) -> Result<Zeroizing<String>> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(fault(say!(key_file_utf16)).hint(say!(key_file_utf16_hint)));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| match ppk::is_ppk_bytes(bytes) {
        true => fault(say!(key_comment_not_utf8)).hint(say!(key_comment_not_utf8_hint)),
        false => not_a_key(""),
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut folded = Zeroizing::new(String::with_capacity(text.len()));
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => folded.push('\n'),
            other => folded.push(other),
        }
    }
    let length = folded.trim_end_matches('\n').len();
    folded.truncate(length);
    Ok(folded)
}

/// The error that names what the file is instead of a key, if that can be detected.
pub(super) fn not_a_key(text: &str) -> Error {
    if text.contains("BEGIN SSH2 PUBLIC KEY") {
        return fault(say!(key_file_rfc4716)).hint(say!(key_file_rfc4716_hint));
    }
    if text.contains("SSH2 ENCRYPTED PRIVATE KEY") {
        return fault(say!(key_file_ssh_com)).hint(say!(key_file_ssh_com_hint));
    }
    if text.contains("SSH PRIVATE KEY FILE FORMAT 1.1") {
        return fault(say!(key_file_ssh1)).hint(say!(key_file_other_hint));
    }
    if text.contains("-----BEGIN ") {
        return fault(say!(key_file_without_key)).hint(say!(key_file_other_hint));
    }
    fault(say!(key_file_not_one)).hint(say!(key_file_formats_hint))
}

fn only_public() -> Error {
    fault(say!(key_file_public_only)).hint(say!(key_file_public_only_hint))
}

/// Refuses keys that can be decoded but cannot sign here.
fn check_type(key: &PrivateKey) -> Result<()> {
    match key.algorithm() {
        Algorithm::Rsa { .. } => {
            let bits = key.public_key().key_data().rsa().map_or(0, RsaPublicKey::key_size);
            if bits < MIN_RSA_BITS {
                return Err(fault(say!(rsa_too_weak, bits)).hint(say!(rsa_too_weak_hint)));
            }
            if bits > MAX_RSA_BITS {
                return Err(damaged(&say!(rsa_size_absurd, bits)));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
