//! Saved sessions in the form that PuTTY keeps, for an export.
//!
//! [`putty_session`] makes the values of a session, and names what PuTTY has no setting for. Only
//! the values of settings that a saved session has are given, so that all others of a session that
//! is there already can stay. No password is among them.

mod forwards;
mod list;
mod modes;
mod route;
mod session;

pub use route::ExportRoute;
pub use session::{ExportFacts, PuttyExport, putty_session};
