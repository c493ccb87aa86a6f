//! The log of a session: what the server's output shows, in a file.
//!
//! Raw is every byte as it came. Text is lines without escape sequences and control characters
//! (`plain` has the sequences, `line` the line they act on), each perhaps with a timestamp in
//! Tera Term's form. A log is opened before the connection is made, so that a file that cannot
//! be written costs no login; once the session runs, nothing about the log can end it.

mod file;
mod format;
mod line;
mod name;
mod plain;
mod session_log;
mod tee;

pub use file::LogFile;
pub use format::{LogFormat, Stamps};
pub use name::{LogNames, file_name};
pub use session_log::{LogClock, SessionLog, clock};
pub use tee::{SharedLog, Tee};
