//! What bodies need to read: files of their own, keys, and texts around bytes.

use std::fs::{Permissions, set_permissions, write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use data_encoding::BASE64;
use russh::keys::ssh_key::{Certificate, PublicKey};
use tempfile::TempDir;
use tessh::wire_format::take_string;

/// Keys that inputs are about.
pub static ED25519: LazyLock<PublicKey> =
    LazyLock::new(|| key(include_str!("../data/trust/certificates/host-ed25519.pub")));
pub static RSA: LazyLock<PublicKey> =
    LazyLock::new(|| key(include_str!("../data/trust/certificates/host-rsa.pub")));
/// A certificate of the first key.
pub static CERTIFICATE: LazyLock<Certificate> = LazyLock::new(|| {
    let text = include_str!("../data/trust/certificates/good.cert");
    Certificate::from_openssh(text.trim()).expect("a certificate")
});

fn key(text: &str) -> PublicKey {
    PublicKey::from_openssh(text.trim()).expect("a key")
}

/// A folder that goes with the input, in memory where the system has such a place.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    };
    made.expect("a folder")
}

/// A file of this folder that its owner alone may read.
pub fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    write(&path, bytes).expect("written");
    set_permissions(&path, Permissions::from_mode(0o600)).expect("the owner's");
    path
}

/// A block of PEM around these bytes: a change of the bytes never breaks the text around them.
pub fn pem(label: &str, bytes: &[u8]) -> Vec<u8> {
    let text = BASE64.encode(bytes);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n").into_bytes()
}

/// A key as in a line of text: the type that it names itself, and its bytes in base64.
pub fn key_text(blob: &[u8]) -> String {
    format!("{} {}", kind_of(blob), BASE64.encode(blob))
}

/// The type that a key names itself, as far as a line can hold it.
pub fn kind_of(mut blob: &[u8]) -> String {
    let name = take_string(&mut blob).unwrap_or(b"ssh-ed25519");
    name.iter().filter(|byte| byte.is_ascii_graphic()).map(|byte| char::from(*byte)).collect()
}

/// What is shown to a person is one line that a terminal only displays.
#[track_caller]
pub fn one_safe_line(text: &str) {
    assert!(!text.contains(|c: char| c.is_control()), "{text:?}");
    assert!(!text.contains(['\u{202e}', '\u{2028}', '\u{2066}', '\u{200b}']), "{text:?}");
}
