//! Writing a log: raw bytes, or lines of text with a time before each.

use std::io::Write;
use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use log::warn;

use super::file::LogFile;
use super::format::{LogFormat, Stamps};
use super::plain::PlainText;
use crate::error::told;
use crate::say;

/// What time it is: of the day, and for what has passed.
pub type LogClock = Box<dyn FnMut() -> (Timestamp, Instant) + Send>;

/// The clocks of this machine.
pub fn clock() -> LogClock {
    Box::new(|| (Timestamp::now(), Instant::now()))
}

/// A log that is being written.
pub struct SessionLog {
    /// `None` once it has failed or ended.
    file: Option<Box<dyn Write + Send>>,
    shown: String,
    form: LogForm,
    /// Kept for its memory; empty between calls.
    out: Vec<u8>,
}

enum LogForm {
    Raw,
    Text { plain: PlainText, stamper: Stamper },
}

impl SessionLog {
    /// Begins a log. `connected` is when the connection was made.
    pub fn begin(
        file: LogFile,
        (format, stamps): (LogFormat, Stamps),
        zone: TimeZone,
        connected: Instant,
        clock: LogClock,
    ) -> SessionLog {
        let stamper = Stamper::new(stamps, zone, connected, clock, file.continued);
        SessionLog::of(Box::new(file.file), file.shown, format, stamper)
    }

    fn of(
        file: Box<dyn Write + Send>,
        shown: String,
        format: LogFormat,
        stamper: Stamper,
    ) -> SessionLog {
        let form = match format {
            LogFormat::Raw => LogForm::Raw,
            LogFormat::Text => LogForm::Text { plain: PlainText::default(), stamper },
        };
        SessionLog { file: Some(file), shown, form, out: Vec::new() }
    }

    /// Writes output of the session. `width` is the terminal's, in columns, or 0 where there is
    /// none. A failure is one warning, and the end of the log alone.
    pub fn write(&mut self, bytes: &[u8], width: usize) {
        if self.file.is_none() {
            return;
        }
        match &mut self.form {
            LogForm::Raw => self.out.extend_from_slice(bytes),
            LogForm::Text { plain, stamper } => {
                plain.take(bytes, width, &mut |out| stamper.stamp(out), &mut self.out);
            }
        }
        self.put();
    }

    /// Ends the log with what there is of the last line. Happens by itself when it is dropped.
    pub fn finish(&mut self) {
        if let LogForm::Text { plain, .. } = &mut self.form {
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

impl Drop for SessionLog {
    fn drop(&mut self) {
        self.finish();
    }
}

/// What stands before a line.
struct Stamper {
    stamps: Stamps,
    zone: TimeZone,
    since: Instant,
    clock: LogClock,
    /// Whether the next one is the first in a file that had something in it.
    continued: bool,
}

impl Stamper {
    fn new(
        stamps: Stamps,
        zone: TimeZone,
        connected: Instant,
        mut clock: LogClock,
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
