//! The log: `-v` output and messages go to standard error, to the file of `-E`, or with `-y` to the
//! system's log, filtered by ssh's LogLevel.
//!
//! The code logs through the `log` facade. ssh(1)'s levels map to it as: `error!` error, `warn!`
//! log, `info!` verbose, `debug!` debug1. The SSH library's own messages are shown from DEBUG3 on,
//! except those that contain data.
//!
//! LogVerbose selects places in this program's source, `FILE:MODULE():LINE`. Their messages are
//! shown at any level, together with the place, as in ssh(1).

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use log::{Level, LevelFilter, Log, Metadata, Record};

use super::args::Typed;
use crate::client::handshake::{UNSIGNED, hear};
use crate::config::pattern::matches_list;
use crate::config::{LogLevel, Options};
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::descriptor;
use crate::os::file;
use crate::os::syslog::{Severity, Syslog};
use crate::say;
use crate::text;

/// The most columns of a line of the SSH library's.
const MAX_LIBRARY_LINE: usize = 1000;

static LOGGER: OnceLock<Logger> = OnceLock::new();

struct Logger {
    level: AtomicU8,
    /// The places of LogVerbose: lists of patterns.
    always: Mutex<Vec<String>>,
    sink: Mutex<LogDestination>,
}

/// The destination of messages.
enum LogDestination {
    Stderr,
    File(MessageFile),
    Syslog(Syslog),
}

/// The file of `-E`.
struct MessageFile {
    file: File,
    /// Its path, as it is shown.
    path: String,
    /// A message could not be written: what follows goes to standard error.
    failed: bool,
}

impl MessageFile {
    /// Writes a line; `false` if that is not possible, which is said once.
    fn write(&mut self, line: &str) -> bool {
        if let Err(error) = self.file.write_all(line.as_bytes())
            && !self.failed
        {
            self.failed = true;
            let reason = io_reason(&error);
            to_stderr(&format!("tessh: {}\n", say!(log_file_failed, path = self.path, reason)));
        }
        !self.failed
    }
}

const LEVELS: [LogLevel; 8] = [
    LogLevel::Quiet,
    LogLevel::Fatal,
    LogLevel::Error,
    LogLevel::Info,
    LogLevel::Verbose,
    LogLevel::Debug1,
    LogLevel::Debug2,
    LogLevel::Debug3,
];

/// Starts logging; may be called again to change level and destination.
///
/// # Errors
/// The file cannot be opened for appending.
pub(super) fn start(level: LogLevel, file: Option<&Path>) -> Result<()> {
    let sink = match file {
        None => LogDestination::Stderr,
        Some(path) => {
            let shown = text::path(path);
            let file = file::append_without_waiting(path).map_err(|error| {
                let reason = match file::is_unread_pipe(path, &error) {
                    true => say!(log_pipe_unread),
                    false => io_reason(&error),
                };
                Error::new(Kind::Local, say!(log_file_not_opened, path = shown, error = reason))
                    .hint(say!(log_file_not_opened_hint))
            })?;
            LogDestination::File(MessageFile { file, path: shown, failed: false })
        }
    };
    begin(level, sink);
    Ok(())
}

/// Starts logging to the system's log. If there is none, this is reported and messages go to
/// standard error.
pub(super) fn start_syslog(level: LogLevel, facility: &str) {
    match Syslog::open(facility) {
        Ok(syslog) => begin(level, LogDestination::Syslog(syslog)),
        Err(error) => {
            begin(level, LogDestination::Stderr);
            log::warn!("{}", say!(share_no_syslog, error = io_reason(&error)));
        }
    }
}

/// Starts logging as the flags say; as in ssh, `-y` takes precedence over `-E`.
pub(super) fn start_as_typed(typed: &Typed, options: &Options) -> Result<()> {
    let level = options.log_level.value;
    match typed.syslog {
        true => start_syslog(level, options.syslog_facility.value),
        false => start(level, typed.log_file.as_deref())?,
    }
    always(&options.log_verbose.value);
    Ok(())
}

fn begin(level: LogLevel, sink: LogDestination) {
    let empty = || Logger {
        level: AtomicU8::new(0),
        always: Mutex::default(),
        sink: Mutex::new(LogDestination::Stderr),
    };
    let logger = LOGGER.get_or_init(empty);
    *logger.sink() = sink;
    // Only the first call succeeds; later ones would install the same logger.
    let _ = log::set_logger(logger);
    // The logger itself leaves out what is not to be shown: some of it is listened to.
    log::set_max_level(LevelFilter::Debug);
    set_level(level);
}

/// Shows messages of places that match one of these lists at any level.
pub(super) fn always(places: &[String]) {
    if let Some(logger) = LOGGER.get() {
        *logger.places() = places.to_vec();
    }
}

fn set_level(level: LogLevel) {
    let rank = LEVELS.iter().position(|&other| other == level).unwrap_or(3);
    if let (Some(logger), Ok(rank)) = (LOGGER.get(), u8::try_from(rank)) {
        logger.level.store(rank, Ordering::Relaxed);
    }
}

/// The level of the `log` facade for a level of ssh's.
fn shown(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Quiet | LogLevel::Fatal => LevelFilter::Off,
        LogLevel::Error => LevelFilter::Error,
        LogLevel::Info => LevelFilter::Warn,
        LogLevel::Verbose => LevelFilter::Info,
        _ => LevelFilter::Debug,
    }
}

/// The current level.
pub(super) fn level() -> LogLevel {
    let rank = LOGGER.get().map_or(3, |logger| logger.level.load(Ordering::Relaxed));
    LEVELS.get(usize::from(rank)).copied().unwrap_or(LogLevel::Info)
}

/// Whether debug messages go to standard error.
pub(super) fn debugs_to_stderr() -> bool {
    let elsewhere = |logger: &Logger| !matches!(*logger.sink(), LogDestination::Stderr);
    level() >= LogLevel::Debug1 && !LOGGER.get().is_some_and(elsewhere)
}

/// Raises or lowers the level by one (`~v`, `~V`); returns the new one.
pub(super) fn shift(more: bool) -> LogLevel {
    let rank = LEVELS.iter().position(|&other| other == level()).unwrap_or(3);
    let rank = if more { (rank + 1).min(LEVELS.len() - 1) } else { rank.saturating_sub(1) };
    set_level(LEVELS[rank]);
    LEVELS[rank]
}

/// Prints a message that ends the program, or would at another level; LogLevel QUIET suppresses it.
pub(super) fn fatal(text: &str) {
    if level() > LogLevel::Quiet {
        put(Severity::Critical, "fatal", &format!("tessh: {text}"));
    }
}

/// Writes a line to the log's destination.
pub(super) fn write(text: &str) {
    put(Severity::Information, "", text);
}

/// Writes a line, for the system's log with a severity and ssh's word for it. Every message passes
/// here and is sanitised, so that text from a server or a file cannot control the terminal.
fn put(severity: Severity, word: &str, text: &str) {
    place_line(severity, word, text, severity == Severity::Debug);
}

/// What [`put`] does. `is_detail` is set if the line is of use only among the others in the file of
/// `-E`, so that it is left out where that cannot be written.
fn place_line(severity: Severity, word: &str, text: &str, is_detail: bool) {
    let text = &text::block(text, usize::MAX, usize::MAX);
    let line = format!("{text}\n");
    if let Some(logger) = LOGGER.get() {
        match &mut *logger.sink() {
            LogDestination::Stderr => {}
            LogDestination::File(file) => {
                if file.write(&line) || is_detail {
                    return;
                }
            }
            LogDestination::Syslog(syslog) => {
                let text = text.strip_prefix("tessh: ").unwrap_or(text);
                let before = if word.is_empty() { "" } else { ": " };
                syslog.write(severity, &format!("{word}{before}{text}"));
                return;
            }
        }
    }
    to_stderr(&line);
}

/// Writes text to standard error. In raw mode a line needs a carriage return. While a dialog has
/// the screen, the terminal holds the text back, which would otherwise be written across the
/// dialog.
pub(super) fn to_stderr(text: &str) {
    let stderr = descriptor::stderr();
    if crate::terminal::is_terminal(stderr) && crate::terminal::hold(text) {
        return;
    }
    let mut stderr = std::io::stderr().lock();
    let _ = match crate::terminal::is_changed() {
        true => stderr.write_all(text.replace('\n', "\r\n").as_bytes()),
        false => stderr.write_all(text.as_bytes()),
    };
}

impl Logger {
    fn sink(&self) -> MutexGuard<'_, LogDestination> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn places(&self) -> MutexGuard<'_, Vec<String>> {
        self.always.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of a message, if LogVerbose selects it.
    fn picked(&self, record: &Record<'_>) -> Option<String> {
        if !is_own(record.metadata()) {
            return None;
        }
        let lists = self.places();
        let place = (!lists.is_empty()).then(|| place(record))?;
        lists.iter().any(|list| matches_list(list, &place)).then_some(place)
    }
}

/// Whether a message is tessh's own and not the SSH library's or another one's.
fn is_own(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("tessh")
}

/// The place in ssh(1)'s format, with the module instead of the function.
fn place(record: &Record<'_>) -> String {
    let last = |text: Option<&str>, between: &str| {
        text.and_then(|text| text.rsplit(between).next()).unwrap_or_default().to_owned()
    };
    let (file, module) = (last(record.file(), "/"), last(record.module_path(), "::"));
    let line = record.line().unwrap_or_default();
    format!("{file}:{module}():{line} (pid={})", std::process::id())
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        if is_own(metadata) {
            return metadata.level() <= shown(level());
        }
        level() >= LogLevel::Debug3 && metadata.level() <= Level::Info
    }

    fn log(&self, record: &Record<'_>) {
        hear(record);
        let picked = self.picked(record);
        if picked.is_none() && !self.enabled(record.metadata()) {
            return;
        }
        let text = match picked {
            Some(place) => format!("{place}: {}", record.args()),
            // The library puts names of the server's into its lines.
            None if !is_own(record.metadata()) => {
                text::line(&record.args().to_string(), MAX_LIBRARY_LINE)
            }
            None => record.args().to_string(),
        };
        match record.level() {
            Level::Debug | Level::Trace => put(Severity::Debug, "", &format!("debug1: {text}")),
            Level::Error => put(Severity::Error, "error", &format!("tessh: {text}")),
            Level::Warn if record.target() == UNSIGNED => write(&text),
            Level::Warn => write(&format!("tessh: {text}")),
            Level::Info => place_line(Severity::Information, "", &format!("tessh: {text}"), true),
        }
    }

    fn flush(&self) {}
}
