//! Reads secrets from inherited descriptors, which flags such as `--password-fd` name.

use std::io::{ErrorKind, Read};

use crate::error::{Error, Kind, Result, io_reason};
use crate::os::descriptor;
use crate::say;
use crate::secret::Secret;

/// The most bytes that are read for a secret.
const MAX_SECRET: u64 = 8 * 1024;

/// Reads a secret from the descriptor that this flag names, up to its first line end.
///
/// # Errors
/// [`Kind::Usage`]: the descriptor is not open, cannot be read, or its content is not UTF-8.
pub fn read_secret(flag: &str, fd: i32) -> Result<Secret> {
    let failed = |why: String| {
        Error::new(Kind::Usage, format!("{flag} {fd}: {why}")).hint(say!(descriptor_hint, flag))
    };
    let file = descriptor::open_inherited(fd).map_err(|error| {
        failed(match error.kind() {
            ErrorKind::NotFound => say!(descriptor_not_open),
            _ => io_reason(&error),
        })
    })?;
    let mut bytes = Vec::with_capacity(MAX_SECRET as usize);
    file.take(MAX_SECRET).read_to_end(&mut bytes).map_err(|error| failed(io_reason(&error)))?;
    if let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
        zeroize::Zeroize::zeroize(&mut bytes[end..]);
        bytes.truncate(end);
    }
    Secret::from_bytes(bytes).map_err(|_| failed(say!(stdin_not_utf8)))
}
