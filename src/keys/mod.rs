//! Identities: key files in all common formats, certificates, and the agent.
//!
//! A [`KeyFile`] is read once, as far as possible without a passphrase, and unlocked when the
//! private half is needed. `client` decides which identity is offered to a server and who is asked
//! for the passphrase. The cryptography is in libraries; this room detects what a file is, bounds
//! what opening it may cost, and explains why one cannot be used. `generate` makes new keys,
//! `write` encodes them as text, and `save` writes the files. `authorized` is a server's list of them.

pub mod agent;
pub mod authorized;
pub mod authorized_script;
mod file;
pub mod generate;
mod key_file;
mod listing;
mod openssh;
mod pem;
mod pkcs8;
pub mod place;
mod ppk;
mod public;
mod refusal;
mod rfc4716;
pub mod save;
pub mod security_key;
pub mod write;

pub use key_file::{KeyFile, KeyFormat, Unlock, certificate, certificate_beside, public_beside};
pub use listing::{ListedKey, listed, unlisted};
