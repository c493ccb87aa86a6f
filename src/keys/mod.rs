//! Identities: key files in all common formats, certificates, and the agent.
//!
//! A [`KeyFile`] is read once, as far as it can be without a passphrase, and unlocked when the
//! private half is needed. Which identity is offered to a server, and who is asked for the
//! passphrase, is decided in `client`. Cryptography is the libraries'; this room finds out what
//! a file is, bounds what opening it may cost, and says clearly why one cannot be used. New
//! keys are made in `generate`, put into words in `write` and into files in `save`.

pub mod agent;
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
