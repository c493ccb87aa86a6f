//! The sentences by which a key is refused, each with its next step.

use crate::error::{Error, Kind};
use crate::text;

/// The hint where OpenSSH can still read a file.
pub(super) const CONVERT: &str =
    "ssh-keygen -p -f FILE rewrites it in OpenSSH's own format, which can be read";

/// How much of a name that a file gives an error shows, in characters.
const MAX_NAME: usize = 64;

/// A failure of a key, certificate or agent.
pub(super) fn fault(cause: impl Into<String>) -> Error {
    Error::new(Kind::Identity, cause)
}

/// The file does not hold what it should.
pub(super) fn damaged(what: &str) -> Error {
    fault(format!("the file is damaged: {what}"))
}

/// The key type is not one we can use.
pub(super) fn unsupported(name: &str) -> Error {
    fault(format!("keys of type {} are not supported", shown(name)))
        .hint("use an Ed25519, ECDSA (nistp) or RSA key")
}

/// The encryption is not one we can open.
pub(super) fn unknown_encryption(name: &str) -> Error {
    fault(format!("it is encrypted with {}, which is not supported", shown(name))).hint(CONVERT)
}

/// The key derivation would take too long or too much memory.
pub(super) fn too_costly(what: String) -> Error {
    fault(format!("opening it would take {what}, more than is reasonable"))
        .hint("save the key again with its program's default settings")
}

/// A name out of a file, as it may be shown.
pub(super) fn shown(name: &str) -> String {
    text::line(name, MAX_NAME)
}
