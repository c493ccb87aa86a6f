//! Arguments, file names and paths of bytes: they need not be UTF-8.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// The argument, name or path that these bytes are. The other way is
/// [`OsStr::as_encoded_bytes`](std::ffi::OsStr::as_encoded_bytes).
pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> OsString {
    OsString::from_vec(bytes.into())
}
