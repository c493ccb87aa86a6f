//! Records of authorities: whose host certificates count, for which hosts, and with which hashes.
//!
//! Each record is a TOML file, like a saved session:
//!
//! ```toml
//! name = "Example Company"
//! public_key = "ssh-ed25519 AAAAC3Nz…"     # as in a .pub file, or the base64 alone
//! validity = "*.example.com && port:22"    # see `validity`
//! rsa_sha1 = false                         # the hashes that an RSA key may sign with
//! rsa_sha256 = true
//! rsa_sha512 = true
//! ```
//!
//! `record` parses a file, [`AuthorityStore`] manages the directory, and [`putty`] reads the
//! records of PuTTY and WinSCP. A file with any fault, even an unknown key, is ignored: the key could be one
//! that restricts the authority.

pub mod putty;
mod record;
mod store;

pub use record::{
    Authorities, Authority, FILE_MAX, NAME_MAX, RsaHashes, check_name, directory, read_key,
};
pub use store::{AuthorityStore, Draft};
