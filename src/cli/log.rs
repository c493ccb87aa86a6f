//! Where `-v` and messages go: standard error, the file of `-E`, or with `-y` the system's log;
//! at ssh's LogLevel.
//!
//! The library says things through the `log` facade; the words of ssh(1) map to it as
//! `error!` error, `warn!` log, `info!` verbose, `debug!` debug1. The SSH library's own
//! chatter is shown from DEBUG3 on, and only what carries no data.
//!
//! LogVerbose picks places in this program's source, `FILE:MODULE():LINE`, whose messages are
//! shown at any level, each with its place, as ssh(1) does with its own.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use log::{Level, LevelFilter, Log, Metadata, Record};

use super::args::Typed;
use crate::client::handshake::UNSIGNED;
use crate::config::pattern::matches_list;
use crate::config::{LogLevel, Options};
use crate::error::{Error, Kind, Result, told};
use crate::os::descriptor;
use crate::os::syslog::{Severity, Syslog};
use crate::say;

static LOGGER: OnceLock<Logger> = OnceLock::new();

struct Logger {
    level: AtomicU8,
    /// LogVerbose: lists of patterns of places.
    always: Mutex<Vec<String>>,
    sink: Mutex<LogDestination>,
}

/// Where messages go.
enum LogDestination {
    Stderr,
    File(File),
    Syslog(Syslog),
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

/// Starts logging; may be called again to change level and place.
///
/// # Errors
/// The file cannot be opened for appending.
pub(super) fn start(level: LogLevel, file: Option<&Path>) -> Result<()> {
    let sink = match file {
        None => LogDestination::Stderr,
        Some(path) => {
            let opened = File::options().append(true).create(true).open(path);
            LogDestination::File(opened.map_err(|error| {
                let path = path.display();
                Error::new(Kind::Local, say!(log_file_not_opened, path, error = told(&error)))
            })?)
        }
    };
    begin(level, sink);
    Ok(())
}

/// Starts logging to the system's log. Where there is none that is said, and messages go to
/// standard error.
pub(super) fn start_syslog(level: LogLevel, facility: &str) {
    match Syslog::open(facility) {
        Ok(syslog) => begin(level, LogDestination::Syslog(syslog)),
        Err(error) => {
            begin(level, LogDestination::Stderr);
            log::warn!("{}", say!(share_no_syslog, error = told(&error)));
        }
    }
}

/// Messages go where the flags say; as with ssh, `-y` counts more than `-E`.
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
    // Only the first call can win, and it installs the same logger.
    let _ = log::set_logger(logger);
    set_level(level);
}

/// Shows messages of places that match one of these lists, whatever the level.
pub(super) fn always(places: &[String]) {
    if let Some(logger) = LOGGER.get() {
        *logger.places() = places.to_vec();
        set_level(level());
    }
}

fn set_level(level: LogLevel) {
    let rank = LEVELS.iter().position(|&other| other == level).unwrap_or(3);
    if let (Some(logger), Ok(rank)) = (LOGGER.get(), u8::try_from(rank)) {
        logger.level.store(rank, Ordering::Relaxed);
    }
    let picks = LOGGER.get().is_some_and(|logger| !logger.places().is_empty());
    log::set_max_level(match level {
        _ if picks => LevelFilter::Debug,
        level => shown(level),
    });
}

/// The levels of the `log` facade that are shown at a level of ssh's.
fn shown(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Quiet | LogLevel::Fatal => LevelFilter::Off,
        LogLevel::Error => LevelFilter::Error,
        LogLevel::Info => LevelFilter::Warn,
        LogLevel::Verbose => LevelFilter::Info,
        _ => LevelFilter::Debug,
    }
}

/// The level in force.
pub(super) fn level() -> LogLevel {
    let rank = LOGGER.get().map_or(3, |logger| logger.level.load(Ordering::Relaxed));
    LEVELS.get(usize::from(rank)).copied().unwrap_or(LogLevel::Info)
}

/// Whether somebody watches standard error to see what goes on: debugging, and not to a file.
pub(super) fn debugs_to_stderr() -> bool {
    let elsewhere = |logger: &Logger| !matches!(*logger.sink(), LogDestination::Stderr);
    level() >= LogLevel::Debug1 && !LOGGER.get().is_some_and(elsewhere)
}

/// One level more or less (`~v`, `~V`); gives the new one.
pub(super) fn shift(more: bool) -> LogLevel {
    let rank = LEVELS.iter().position(|&other| other == level()).unwrap_or(3);
    let rank = if more { (rank + 1).min(LEVELS.len() - 1) } else { rank.saturating_sub(1) };
    set_level(LEVELS[rank]);
    LEVELS[rank]
}

/// A message of ours that ends the program, or would at another level: it is shown unless
/// the person asked for quiet.
pub(super) fn fatal(text: &str) {
    if level() > LogLevel::Quiet {
        put(Severity::Critical, "fatal", &format!("tessh: {text}"));
    }
}

/// Writes a line where messages go.
pub(super) fn write(text: &str) {
    put(Severity::Information, "", text);
}

/// Writes a line; the system's log says in a word of ssh's how grave it is. Here every message
/// passes, so nothing that a server or a file says can act on the terminal from here on.
fn put(severity: Severity, word: &str, text: &str) {
    let text = &crate::text::block(text, usize::MAX, usize::MAX);
    let line = format!("{text}\n");
    if let Some(logger) = LOGGER.get() {
        match &mut *logger.sink() {
            LogDestination::Stderr => {}
            LogDestination::File(file) => {
                let _ = file.write_all(line.as_bytes());
                return;
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

/// Writes text to standard error; in raw mode a line must bring its own carriage return. While
/// a dialog has the screen the terminal holds it: it would be written across the dialog.
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

    /// The place of a message, if LogVerbose picks it.
    fn picked(&self, record: &Record<'_>) -> Option<String> {
        if !record.target().starts_with("tessh") {
            return None;
        }
        let lists = self.places();
        let place = (!lists.is_empty()).then(|| place(record))?;
        lists.iter().any(|list| matches_list(list, &place)).then_some(place)
    }
}

/// As ssh(1) has it, with the module in the place of the function.
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
        if metadata.target().starts_with("tessh") {
            return metadata.level() <= shown(level());
        }
        level() >= LogLevel::Debug3 && metadata.level() <= Level::Info
    }

    fn log(&self, record: &Record<'_>) {
        let picked = self.picked(record);
        if picked.is_none() && !self.enabled(record.metadata()) {
            return;
        }
        let text = match picked {
            Some(place) => format!("{place}: {}", record.args()),
            None => record.args().to_string(),
        };
        match record.level() {
            Level::Debug | Level::Trace => put(Severity::Debug, "", &format!("debug1: {text}")),
            Level::Error => put(Severity::Error, "error", &format!("tessh: {text}")),
            Level::Warn if record.target() == UNSIGNED => write(&text),
            Level::Warn | Level::Info => write(&format!("tessh: {text}")),
        }
    }

    fn flush(&self) {}
}
