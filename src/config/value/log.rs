//! LogLevel and SyslogFacility: how much is logged, and where.

use std::fmt;

use crate::config::fault::{ConfigFault, shown};
use crate::say;

/// The facilities of syslog(3) that ssh_config(5) names.
const FACILITIES: [&str; 12] = [
    "DAEMON", "USER", "AUTH", "AUTHPRIV", "LOCAL0", "LOCAL1", "LOCAL2", "LOCAL3", "LOCAL4",
    "LOCAL5", "LOCAL6", "LOCAL7",
];

/// The value of LogLevel: how much is written to standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Nothing is written, not even the banner.
    Quiet,
    /// Errors that end the program.
    Fatal,
    /// Errors.
    Error,
    /// Messages that a person should see.
    Info,
    /// Some more detail than `Info`.
    Verbose,
    /// `-v`.
    Debug1,
    /// `-vv`.
    Debug2,
    /// `-vvv`.
    Debug3,
}

impl fmt::Display for LogLevel {
    /// Writes the name in ssh_config(5).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LogLevel::Quiet => "QUIET",
            LogLevel::Fatal => "FATAL",
            LogLevel::Error => "ERROR",
            LogLevel::Info => "INFO",
            LogLevel::Verbose => "VERBOSE",
            LogLevel::Debug1 => "DEBUG",
            LogLevel::Debug2 => "DEBUG2",
            LogLevel::Debug3 => "DEBUG3",
        })
    }
}

/// Parses a log level; `DEBUG` is `DEBUG1`, `SILENT` is `QUIET`.
///
/// # Errors
/// `unsupported log level 'x'`.
pub fn level(text: &str) -> Result<LogLevel, ConfigFault> {
    Ok(match text.to_ascii_uppercase().as_str() {
        "QUIET" | "SILENT" => LogLevel::Quiet,
        "FATAL" => LogLevel::Fatal,
        "ERROR" => LogLevel::Error,
        "INFO" => LogLevel::Info,
        "VERBOSE" => LogLevel::Verbose,
        "DEBUG" | "DEBUG1" => LogLevel::Debug1,
        "DEBUG2" => LogLevel::Debug2,
        "DEBUG3" => LogLevel::Debug3,
        _ => return Err(say!(config_unsupported_log_level, value = shown(text))),
    })
}

/// Parses SyslogFacility and returns its usual form.
///
/// # Errors
/// `unsupported log facility`
pub fn facility(text: &str) -> Result<&'static str, ConfigFault> {
    let found = FACILITIES.into_iter().find(|name| name.eq_ignore_ascii_case(text));
    found.ok_or_else(|| say!(config_bad_facility, value = shown(text)))
}
