//! Logins that are measured: the first, which may ask, and further ones, which must not.
//!
//! The way is that of any session (`enter`); a prompt around the usual one notes when each step
//! begins, and how long somebody was asked.

mod clock;
mod host;

pub use host::{MeasuredHost, SETTINGS, SilentCredential};
