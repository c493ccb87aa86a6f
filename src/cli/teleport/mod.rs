//! Teleport's client, tsh: the logins that it has made, and running it.

pub mod login;
pub mod tsh;
