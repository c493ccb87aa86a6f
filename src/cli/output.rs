//! Standard output: only the requested output. Messages go to `log`.

use std::io::Write;

use crate::error::{Error, Kind, Result, reason_without_number};
use crate::say;
use crate::text;

/// Writes a text; returns exit code 0. A closed pipe is not an error: its reader has read enough.
///
/// # Errors
/// [`Kind::Local`]: standard output cannot be written.
pub fn print(text: &str) -> Result<u8> {
    let written = std::io::stdout().lock().write_all(text.as_bytes());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            let reason = reason_without_number(&error);
            Err(Error::new(Kind::Local, say!(stdout_failed, reason)).hint_about(&error))
        }
        _ => Ok(0),
    }
}

/// Writes a JSON text, as [`print`] does; what a terminal would act on is escaped.
///
/// # Errors
/// [`Kind::Local`]: standard output cannot be written.
pub fn print_json(json: &str) -> Result<u8> {
    print(&text::json(json))
}
