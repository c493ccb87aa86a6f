//! The errors by which a key is refused, each with its next step.

use crate::error::{Error, Kind};
use crate::say;
use crate::text;

/// The hint for a file that OpenSSH can read and tessh cannot.
pub(super) fn convert() -> String {
    say!(key_rewrite_hint)
}

/// The most characters that an error shows of a name from a file.
const MAX_NAME: usize = 64;

/// The error of a key, certificate or agent that cannot be used.
pub(super) fn fault(cause: impl Into<String>) -> Error {
    Error::new(Kind::Identity, cause)
}

/// The error of a file whose content is damaged.
pub(super) fn damaged(what: &str) -> Error {
    fault(say!(key_file_damaged, what)).hint(say!(key_file_whole_hint))
}

/// The error of a key type that tessh does not support.
pub(super) fn unsupported(name: &str) -> Error {
    fault(say!(key_type_unsupported, value = shown(name))).hint(say!(key_type_unsupported_hint))
}

/// The error of an encryption that tessh does not support.
pub(super) fn unknown_encryption(name: &str) -> Error {
    fault(say!(key_encryption_unsupported, value = shown(name))).hint(convert())
}

/// The error of a key derivation that would take too much time or memory.
pub(super) fn too_costly(what: String) -> Error {
    fault(say!(key_cost_unreasonable, what)).hint(say!(key_cost_unreasonable_hint))
}

/// A name from a file, sanitised and shortened for a message.
pub(super) fn shown(name: &str) -> String {
    text::line(name, MAX_NAME)
}
