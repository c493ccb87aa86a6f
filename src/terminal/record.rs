//! The log of a session: what the server's output shows, in a file.
//!
//! Raw is every byte as it came. Text is lines without escape sequences and control characters
//! (`plain` has the sequences, `line` the line they act on), each perhaps with a timestamp in
//! Tera Term's form. A log is opened before the connection is made, so that a file that cannot
//! be written costs no login; once the session runs, nothing about the log can end it.

mod line;
mod name;
mod plain;
mod tee;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use log::warn;

use crate::error::{Error, Kind, Result, told};
use crate::os::file::{self, AppendFault};
use crate::say;
use crate::text;

use plain::Plain;

pub use name::{Names, file_name};
pub use tee::{Shared, Tee};

/// How many characters of a path a message shows.
const MAX_SHOWN: usize = 200;

/// What is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Lines of text.
    #[default]
    Text,
    /// Every byte.
    Raw,
}

impl Format {
    /// The words for them.
    pub const WORDS: [(&'static str, Format); 2] = [("text", Format::Text), ("raw", Format::Raw)];

    /// The format of this name.
    pub fn find(word: &str) -> Option<Format> {
        Format::WORDS.iter().find(|(known, _)| *known == word).map(|(_, format)| *format)
    }
}

/// Which time stands before each line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stamps {
    /// None.
    #[default]
    None,
    /// The time of day here.
    Local,
    /// The time of day in UTC.
    Utc,
    /// The time since the log began.
    Elapsed,
    /// The time since the connection was made.
    Connection,
}

impl Stamps {
    /// The words for them.
    pub const WORDS: [(&'static str, Stamps); 5] = [
        ("none", Stamps::None),
        ("local", Stamps::Local),
        ("utc", Stamps::Utc),
        ("elapsed", Stamps::Elapsed),
        ("connection", Stamps::Connection),
    ];

    /// The kind of this name.
    pub fn find(word: &str) -> Option<Stamps> {
        Stamps::WORDS.iter().find(|(known, _)| *known == word).map(|(_, stamps)| *stamps)
    }
}

/// What time it is: of the day, and for what has passed.
pub type Clock = Box<dyn FnMut() -> (Timestamp, Instant) + Send>;

/// The clocks of this machine.
pub fn clock() -> Clock {
    Box::new(|| (Timestamp::now(), Instant::now()))
}

/// A file that is open for a log.
#[derive(Debug)]
pub struct LogFile {
    file: File,
    shown: String,
    /// Whether something was in it.
    continued: bool,
}

impl LogFile {
    /// Opens a file to append to it; a new one is made with mode 0600.
    ///
    /// # Errors
    /// [`Kind::Local`]: it is a symbolic link or no regular file, it cannot be written, or the
    /// disk is full.
    pub fn open(path: &Path) -> Result<LogFile> {
        let shown = text::line(&path.to_string_lossy(), MAX_SHOWN);
        let failed = |why: &dyn std::fmt::Display| {
            Error::new(Kind::Local, say!(log_cannot_write, name = shown, why))
        };
        let file = file::open_to_append(path).map_err(|fault| match fault {
            AppendFault::Link => failed(&say!(log_link)).hint(say!(log_link_hint)),
            AppendFault::NoDirectory => {
                failed(&say!(log_no_directory)).hint(say!(log_no_directory_hint))
            }
            AppendFault::UnreadPipe => failed(&say!(log_pipe_unread)),
            AppendFault::Other(error) => failed(&told(&error)),
        })?;
        let facts = file.metadata().map_err(|error| failed(&told(&error)))?;
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

/// A log that is being written.
pub struct Record {
    /// `None` once it has failed or ended.
    file: Option<Box<dyn Write + Send>>,
    shown: String,
    form: Form,
    /// Kept for its memory; empty between calls.
    out: Vec<u8>,
}

enum Form {
    Raw,
    Text { plain: Plain, stamper: Stamper },
}

impl Record {
    /// Begins a log. `connected` is when the connection was made.
    pub fn begin(
        file: LogFile,
        (format, stamps): (Format, Stamps),
        zone: TimeZone,
        connected: Instant,
        clock: Clock,
    ) -> Record {
        let stamper = Stamper::new(stamps, zone, connected, clock, file.continued);
        Record::of(Box::new(file.file), file.shown, format, stamper)
    }

    fn of(file: Box<dyn Write + Send>, shown: String, format: Format, stamper: Stamper) -> Record {
        let form = match format {
            Format::Raw => Form::Raw,
            Format::Text => Form::Text { plain: Plain::default(), stamper },
        };
        Record { file: Some(file), shown, form, out: Vec::new() }
    }

    /// Writes output of the session. `width` is the terminal's, in columns, or 0 where there is
    /// none. A failure is one warning, and the end of the log alone.
    pub fn write(&mut self, bytes: &[u8], width: usize) {
        if self.file.is_none() {
            return;
        }
        match &mut self.form {
            Form::Raw => self.out.extend_from_slice(bytes),
            Form::Text { plain, stamper } => {
                plain.take(bytes, width, &mut |out| stamper.stamp(out), &mut self.out);
            }
        }
        self.put();
    }

    /// Ends the log with what there is of the last line. Happens by itself when it is dropped.
    pub fn finish(&mut self) {
        if let Form::Text { plain, .. } = &mut self.form {
            plain.finish(&mut self.out);
        }
        self.put();
        self.file = None;
    }

    fn put(&mut self) {
        let Some(file) = &mut self.file else { return };
        if let Err(error) = file.write_all(&self.out) {
            self.file = None;
            warn!("{}", say!(log_ends, name = self.shown, error = told(&error)));
        }
        self.out.clear();
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.finish();
    }
}

/// What stands before a line.
struct Stamper {
    stamps: Stamps,
    zone: TimeZone,
    since: Instant,
    clock: Clock,
    /// Whether the next one is the first in a file that had something in it.
    continued: bool,
}

impl Stamper {
    fn new(
        stamps: Stamps,
        zone: TimeZone,
        connected: Instant,
        mut clock: Clock,
        continued: bool,
    ) -> Stamper {
        let since = match stamps {
            Stamps::Elapsed => clock().1,
            _ => connected,
        };
        let zone = if stamps == Stamps::Local { zone } else { TimeZone::UTC };
        Stamper { stamps, zone, since, clock, continued }
    }

    /// Tera Term's form: `[2026-03-09 07:05:04.021] `, or days, hours, minutes and seconds as
    /// `[0 00:01:02.345] `. Its first one in a file with something in it is on a new line.
    fn stamp(&mut self, out: &mut Vec<u8>) {
        if self.stamps == Stamps::None {
            return;
        }
        if std::mem::take(&mut self.continued) {
            out.push(b'\n');
        }
        let (wall, now) = (self.clock)();
        let text = match self.stamps {
            Stamps::Elapsed | Stamps::Connection => {
                let passed = now.saturating_duration_since(self.since);
                let (seconds, millis) = (passed.as_secs(), passed.subsec_millis());
                let (minutes, hours) = (seconds / 60 % 60, seconds / 3600 % 24);
                let (days, seconds) = (seconds / 86400, seconds % 60);
                format!("[{days} {hours:02}:{minutes:02}:{seconds:02}.{millis:03}] ")
            }
            _ => time_of_day(&wall.to_zoned(self.zone.clone())),
        };
        out.extend_from_slice(text.as_bytes());
    }
}

fn time_of_day(time: &Zoned) -> String {
    time.strftime("[%Y-%m-%d %H:%M:%S.%3f] ").to_string()
}

#[cfg(test)]
mod tests;
