//! Arguments, file names and paths made of bytes, which need not be UTF-8.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// Makes an argument, name or path of these bytes. The reverse is
/// [`OsStr::as_encoded_bytes`](std::ffi::OsStr::as_encoded_bytes).
pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> OsString {
    OsString::from_vec(bytes.into())
}

/// A word as a shell takes it literally: in single quotes, whatever bytes it has.
pub fn shell_word(word: &[u8]) -> Vec<u8> {
    let mut out = vec![b'\''];
    for byte in word {
        match byte {
            b'\'' => out.extend_from_slice(b"'\\''"),
            other => out.push(*other),
        }
    }
    out.push(b'\'');
    out
}
