//! PuTTY's private key format, versions 2 and 3 (PuTTY manual, appendix C): `read` and `write`
//! handle the files, `seal` their ciphers and checksums.

mod read;
mod seal;
mod write;

pub(super) use read::{decode, decrypt, inspect, is_ppk, is_ppk_bytes};
pub(super) use write::write;
