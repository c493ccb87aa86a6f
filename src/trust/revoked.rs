//! RevokedHostKeys: files of keys that must never be accepted, as text or binary lists
//! (ssh_config(5)).
//!
//! As in ssh(1), a file that is missing, unreadable or malformed forbids every key, because it is
//! unknown which ones it lists. A listed key is revoked with every certificate for it, and a listed
//! authority with every certificate it signed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use russh::keys::PublicKeyOrCertificate;
use russh::keys::ssh_key::PublicKey;

use super::file::{LINE_MAX, read};
use super::fingerprint::{self, is_same};
use super::krl::{Krl, MAGIC, Named};
use super::line::{self, LineFault};
use super::place::FileLine;
use super::{certificate, quote};
use crate::say;

/// The content of the files when they were loaded. Clones share it.
#[derive(Clone, Debug)]
pub struct RevokedKeys(Arc<[RevokedFile]>);

#[derive(Debug)]
struct RevokedFile {
    file: PathBuf,
    list: Result<List, String>,
}

#[derive(Debug)]
enum List {
    /// The text, each line of which has been read once. Only the text is kept: keys are many times
    /// as large as their lines.
    Text(Vec<u8>),
    Binary(Krl),
}

impl RevokedKeys {
    /// Reads a file of at most 64 MiB. Faults are not returned here: [`RevokedKeys::forbids`]
    /// reports them.
    pub fn load(file: &Path) -> RevokedKeys {
        RevokedKeys([RevokedFile::load(file)].into())
    }

    /// Reads several files; `None` if the list of files is empty.
    pub fn load_all(files: &[PathBuf]) -> Option<RevokedKeys> {
        let loaded = files.iter().map(|file| RevokedFile::load(file)).collect();
        (!files.is_empty()).then_some(RevokedKeys(loaded))
    }

    /// The reason why this key or certificate must not be accepted, one line; `None` if no file
    /// forbids it.
    pub fn forbids(&self, offered: &PublicKeyOrCertificate) -> Option<String> {
        self.0.iter().find_map(|file| file.forbids(offered))
    }
}

impl RevokedFile {
    fn load(file: &Path) -> RevokedFile {
        let list = match read(file) {
            Ok(Some(text)) => List::parse(text),
            Ok(None) => Err(say!(revoked_missing)),
            Err(reason) => Err(reason),
        };
        RevokedFile { file: file.to_owned(), list }
    }

    fn forbids(&self, offered: &PublicKeyOrCertificate) -> Option<String> {
        let shown = quote::path(&self.file);
        let list = match &self.list {
            Ok(list) => list,
            Err(reason) => {
                return Some(say!(revoked_unusable, file = shown, reason));
            }
        };
        let key = offered.public_key();
        let authority = offered.certificate().map(certificate::authority);
        if let Some(how) = self.finds(list, &key) {
            return Some(say!(revoked_key, key = name(&key), how));
        }
        if let Some(authority) = &authority
            && let Some(how) = self.finds(list, authority)
        {
            return Some(say!(revoked_authority, key = name(authority), how));
        }
        let (List::Binary(krl), Some(certificate), Some(authority)) =
            (list, offered.certificate(), authority)
        else {
            return None;
        };
        let how = krl.certificate(&Named {
            authority: &encoded(&authority)?,
            serial: certificate.serial(),
            key_id: certificate.key_id().as_bytes(),
        })?;
        let key = name(&key);
        Some(say!(revoked_certificate, key, file = shown, how))
    }

    /// The place where the key is listed, as text.
    fn finds(&self, list: &List, key: &PublicKey) -> Option<String> {
        match list {
            List::Text(text) => {
                let is_listed = |line: &[u8]| listed_key(line).is_ok_and(|it| is_same(&it, key));
                let (line, _) = lines(text).find(|(_, line)| is_listed(line))?;
                Some(FileLine { file: self.file.clone(), line }.to_string())
            }
            List::Binary(krl) => {
                let how = krl.key(&encoded(key)?)?;
                Some(format!("{} ({how})", quote::path(&self.file)))
            }
        }
    }
}

impl List {
    fn parse(text: Vec<u8>) -> Result<List, String> {
        if text.starts_with(MAGIC) {
            return Krl::parse(text).map(List::Binary);
        }
        let bad = lines(&text).find(|(_, line)| !makes_sense(line)).map(|(line, _)| line);
        match bad {
            Some(line) => Err(say!(revoked_line_without_key, line)),
            None => Ok(List::Text(text)),
        }
    }
}

/// The lines that should have a key, with their numbers.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    (1..).zip(lines).filter(|(_, line)| !line.is_empty() && line[0] != b'#')
}

/// The key of a line `type base64 [comment]`; for a certificate, the key that it certifies.
fn listed_key(text: &[u8]) -> Result<PublicKey, LineFault> {
    if text.len() > LINE_MAX {
        return Err(LineFault::Damaged);
    }
    let mut words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut word = || words.next().ok_or(LineFault::Damaged);
    line::revoked_key(word()?, word()?)
}

/// Whether a line lists a key, be it one of the type that no host and no authority can have here.
fn makes_sense(text: &[u8]) -> bool {
    matches!(listed_key(text), Ok(_) | Err(LineFault::MlDsa))
}

fn encoded(key: &PublicKey) -> Option<Vec<u8>> {
    key.to_bytes().ok()
}

fn name(key: &PublicKey) -> String {
    format!("{} {}", fingerprint::type_name(key), fingerprint::sha256(key))
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;
    use russh::keys::ssh_key::Certificate;

    use super::*;
    use crate::wire_format::put_string;

    macro_rules! data {
        ($name:literal) => {
            include_str!(concat!("../../tests/data/trust/certificates/", $name))
        };
    }

    const KEY: &str = data!("host-ed25519.pub");
    const RSA: &str = data!("host-rsa.pub");
    const CERTIFICATE: &str = data!("good.cert");
    const AUTHORITY: &str = data!("ca-ed25519.pub");

    fn plain(text: &str) -> PublicKeyOrCertificate {
        PublicKey::from_openssh(text).expect("a key").into()
    }

    fn certified() -> PublicKeyOrCertificate {
        Certificate::from_openssh(CERTIFICATE).expect("a certificate").into()
    }

    fn with(text: impl AsRef<[u8]>) -> RevokedKeys {
        let list = List::parse(text.as_ref().to_vec());
        RevokedKeys([RevokedFile { file: "/revoked".into(), list }].into())
    }

    #[test]
    fn keys_certificates_and_authorities_in_text() {
        let revoked = with(format!("# old\n\n  {RSA}\t{KEY}"));
        let reason = revoked.forbids(&plain(KEY)).expect("revoked");
        assert!(reason.contains("ED25519 SHA256:") && reason.contains("/revoked:4"), "{reason}");
        assert!(revoked.forbids(&plain(RSA)).expect("revoked").contains("/revoked:3"));
        assert!(revoked.forbids(&certified()).is_some(), "the key of a certificate");

        let by_certificate = with(CERTIFICATE);
        assert!(by_certificate.forbids(&certified()).is_some());
        assert!(by_certificate.forbids(&plain(KEY)).is_some(), "a certificate names its key");
        assert!(by_certificate.forbids(&plain(RSA)).is_none());

        let by_authority = with(AUTHORITY);
        let reason = by_authority.forbids(&certified()).expect("revoked");
        assert!(reason.contains("authority"), "{reason}");
        assert!(by_authority.forbids(&plain(KEY)).is_none());
    }

    #[test]
    fn a_list_that_makes_no_sense_forbids_everything() {
        let cut = [MAGIC, &[0, 0, 0, 1]].concat();
        let long = format!("{} {}", KEY.trim_end(), "x".repeat(LINE_MAX));
        for (text, word) in [
            (format!("{KEY}junk\n").into_bytes(), "line 2"),
            (format!("host {KEY}").into_bytes(), "line 1"),
            (format!("ssh-rsa {}", &KEY[12..]).into_bytes(), "line 1"),
            (b"\xff\xfe\x00".to_vec(), "line 1"),
            (cut, "cut short"),
            (long.into_bytes(), "line 1"),
        ] {
            let reason = with(text).forbids(&plain(RSA)).expect("forbidden");
            assert!(reason.contains("/revoked") && reason.contains(word), "{reason}");
        }
        assert!(with("").forbids(&plain(RSA)).is_none());
    }

    #[test]
    fn a_key_of_the_type_that_only_ssh_has_is_passed_over() {
        for name in ["ssh-mldsa44-ed25519", "ssh-mldsa44-ed25519-cert"] {
            let mut blob = Vec::new();
            put_string(&mut blob, name.as_bytes());
            put_string(&mut blob, &[7; 1344]);
            let blob = BASE64.encode(&blob);
            let revoked = with(format!("{name} {blob} host\n{KEY}"));
            assert!(revoked.forbids(&plain(RSA)).is_none(), "{name}");
            assert!(revoked.forbids(&plain(KEY)).expect("revoked").contains("/revoked:2"));
            // Another name than the one in the key is damage, which forbids everything.
            let damaged = with(format!("ssh-mldsa44-ed25518 {blob}"));
            assert!(damaged.forbids(&plain(RSA)).is_some());
        }
    }

    #[test]
    fn each_of_several_files_counts() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = |name: &str, text: &str| {
            let path = directory.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        };
        let files = [file("a", KEY), file("b", RSA)];
        let revoked = RevokedKeys::load_all(&files).expect("files");
        for (key, name) in [(KEY, "/a:1"), (RSA, "/b:1")] {
            let reason = revoked.forbids(&plain(key)).expect("revoked");
            assert!(reason.contains(name), "{reason}");
        }
        assert!(revoked.forbids(&plain(AUTHORITY)).is_none());
        // A missing file forbids every key, wherever it is in the list of files.
        let files = [file("empty", ""), directory.path().join("missing")];
        assert!(RevokedKeys::load_all(&files).expect("files").forbids(&plain(KEY)).is_some());
        assert!(RevokedKeys::load_all(&[]).is_none());
    }

    #[test]
    fn a_file_that_cannot_be_read_forbids_everything() {
        let directory = tempfile::tempdir().expect("a directory");
        let nobody_writes = directory.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&nobody_writes).status();
        assert!(made.expect("mkfifo").success());
        for (path, word) in [
            (directory.path().join("missing"), "does not exist"),
            (directory.path().into(), "directory"),
            (nobody_writes, "pipe"),
        ] {
            let reason = RevokedKeys::load(&path).forbids(&plain(KEY)).expect("forbidden");
            assert!(reason.contains(word), "{reason}");
        }
    }
}
