//! Authorities as records: whose host certificates count, for which hosts, and how they are signed.
//!
//! One TOML file each, as saved sessions are:
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
//! `record` is what a file says; [`AuthorityStore`] has the directory, [`putty`] reads the records of PuTTY.
//! A file that is wrong in any way, down to a key that is not known, is trusted for nothing: it
//! could be the one that says less than the others.

pub mod putty;
mod record;
mod store;

pub use record::{
    Authorities, Authority, FILE_MAX, NAME_MAX, RsaHashes, check_name, directory, read_key,
};
pub use store::{AuthorityStore, Draft};
