//! Arguments, file names and paths made of bytes, which need not be UTF-8.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// Makes an argument, name or path of these bytes. The reverse is
/// [`OsStr::as_encoded_bytes`](std::ffi::OsStr::as_encoded_bytes).
pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> OsString {
    OsString::from_vec(bytes.into())
}
