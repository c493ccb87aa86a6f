//! Writes a log: raw bytes, or lines of text with a timestamp before each.

use std::io::Write;
use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use log::warn;

use super::file::LogFile;
use super::format::{LogFormat, Stamps};
use super::plain::PlainText;
use crate::error::io_reason;
use crate::say;

/// Returns the time of day, and an instant from which durations are computed.
pub type LogClock = Box<dyn FnMut() -> (Timestamp, Instant) + Send>;

/// The clocks of this machine.
pub fn clock() -> LogClock {
    Box::new(|| (Timestamp::now(), Instant::now()))
}

/// A log that is being written.
pub struct SessionLog {
    /// `None` once the log has failed or ended.
    file: Option<Box<dyn Write + Send>>,
    shown: String,
    form: LogForm,
    /// A buffer that is empty between calls; it is kept to reuse its allocation.
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

    /// Writes output of the session. `width` is the terminal's width in columns, or 0 without a
    /// terminal. On a failure it warns once and ends only the log.
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

    /// Writes the rest of the last line and ends the log. Dropping the log does the same.
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
            warn!("{}", say!(log_ends, name = self.shown, error = io_reason(&error)));
        }
        self.out.clear();
    }
}

impl Drop for SessionLog {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Makes the timestamp before each line.
struct Stamper {
    stamps: Stamps,
    zone: TimeZone,
    since: Instant,
    clock: LogClock,
    /// Whether the next timestamp is the first in a file that had content already.
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

    /// Appends a timestamp in Tera Term's form: `[2026-03-09 07:05:04.021] `, or days, hours,
    /// minutes and seconds as `[0 00:01:02.345] `. In a file that had content, the first one starts
    /// a new line.
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
