//! The authentication methods of RFC 4252 and 4256 that a person can choose from.
#![allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    None,
    Password,
    PublicKey,
    KeyboardInteractive,
    Agent,
}
