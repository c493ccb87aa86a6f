//! WinSCP's sites: from `WinSCP.ini`, or an export of the registry.
//!
//! A site has PuTTY's values, and so is converted by `putty`; what differs is here. Its stored
//! password is read only where that is asked for (`password`).

mod layout;
mod password;
mod source;

pub use password::stored_password;
pub use source::WinScpSites;

#[cfg(test)]
mod tests;
