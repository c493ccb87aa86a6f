//! The sentences by which a key is refused, each with its next step.

use crate::error::{Error, Kind};
use crate::say;
use crate::text;

/// The hint where OpenSSH can still read a file.
pub(super) fn convert() -> String {
    say!(key_rewrite_hint)
}

/// How much of a name that a file gives an error shows, in characters.
const MAX_NAME: usize = 64;

/// A failure of a key, certificate or agent.
pub(super) fn fault(cause: impl Into<String>) -> Error {
    Error::new(Kind::Identity, cause)
}

/// The file does not hold what it should.
pub(super) fn damaged(what: &str) -> Error {
    fault(say!(key_file_damaged, what))
}

/// The key type is not one we can use.
pub(super) fn unsupported(name: &str) -> Error {
    fault(say!(key_type_unsupported, value = shown(name))).hint(say!(key_type_unsupported_hint))
}

/// The encryption is not one we can open.
pub(super) fn unknown_encryption(name: &str) -> Error {
    fault(say!(key_encryption_unsupported, value = shown(name))).hint(convert())
}

/// The key derivation would take too long or too much memory.
pub(super) fn too_costly(what: String) -> Error {
    fault(say!(key_cost_unreasonable, what)).hint(say!(key_cost_unreasonable_hint))
}

/// A name out of a file, as it may be shown.
pub(super) fn shown(name: &str) -> String {
    text::line(name, MAX_NAME)
}
