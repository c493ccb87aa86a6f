//! The file of a log, opened before the connection is made.

use std::fs::File;
use std::path::Path;

use crate::error::{Error, Kind, Result, io_reason};
use crate::os::file::{self, AppendFault};
use crate::say;
use crate::text;

/// A file that is open for a log.
#[derive(Debug)]
pub struct LogFile {
    pub(super) file: File,
    /// The path, sanitised.
    pub(super) shown: String,
    /// Whether the file had content already.
    pub(super) continued: bool,
}

impl LogFile {
    /// Opens a file for appending; a new one is made with mode 0600.
    ///
    /// # Errors
    /// [`Kind::Local`]: it is a symbolic link or no regular file, it cannot be written, or the disk
    /// is full.
    pub fn open(path: &Path) -> Result<LogFile> {
        let shown = text::path(path);
        let failed = |why: &dyn std::fmt::Display| {
            Error::new(Kind::Local, say!(log_cannot_write, name = shown, why))
        };
        let file = file::open_to_append(path).map_err(|fault| match fault {
            AppendFault::Link => failed(&say!(log_link)).hint(say!(log_link_hint)),
            AppendFault::NoDirectory => {
                failed(&say!(log_no_directory)).hint(say!(log_no_directory_hint))
            }
            AppendFault::UnreadPipe => failed(&say!(log_pipe_unread)),
            AppendFault::Other(error) => failed(&io_reason(&error)).hint(say!(log_other_file_hint)),
        })?;
        let facts = file.metadata().map_err(|error| failed(&io_reason(&error)))?;
        if !facts.is_file() {
            let what = match file::is_pipe(&facts) {
                true => say!(log_pipe),
                false => say!(file_not_regular),
            };
            return Err(failed(&what).hint(say!(log_no_file_hint)));
        }
        if file::is_disk_full(&file) {
            return Err(failed(&say!(log_disk_full)).hint(say!(log_disk_full_hint)));
        }
        Ok(LogFile { file, shown, continued: facts.len() > 0 })
    }
}
