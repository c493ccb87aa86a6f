//! The log of a session: a file with what the server's output shows.
//!
//! A raw log has every byte as it came. A text log has lines without escape sequences and control
//! characters (`plain` parses the sequences, `line` is the line they act on), each with an optional
//! timestamp in Tera Term's form. A log is opened before the connection is made, so that an
//! unwritable file is noticed before the login. Once the session runs, a failure of the log cannot
//! end it.

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
