//! The place of a line in a file, and a fault at such a place.

use std::fmt;
use std::path::{Path, PathBuf};

use super::quote;
use crate::error::Error;
use crate::text;

/// How many characters of a path an error of `registry` has.
const SHOWN: usize = 300;

/// The place of a line: file and number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLine {
    /// The file.
    pub file: PathBuf,
    /// The number of the line, counted from 1.
    pub line: usize,
}

impl fmt::Display for FileLine {
    /// Writes `file:line`, sanitised.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", quote::path(&self.file), self.line)
    }
}

/// A file or line that could not be used, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The number of the line, counted from 1; `None` for the whole file.
    pub line: Option<usize>,
    /// The reason, one line.
    pub reason: String,
}

impl Problem {
    /// The fault of a file as a whole, whose error may begin with the file's name.
    pub fn of(file: &Path, error: &Error) -> Problem {
        let shown = text::line(&file.to_string_lossy(), SHOWN);
        let cause = error.cause();
        let reason = cause.strip_prefix(&shown).unwrap_or(cause).trim_start_matches([':', ' ']);
        Problem { file: file.to_owned(), line: None, reason: reason.to_owned() }
    }
}

impl fmt::Display for Problem {
    /// Writes `file:line: reason`, sanitised.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", quote::path(&self.file), self.reason),
            None => write!(f, "{}: {}", quote::path(&self.file), self.reason),
        }
    }
}
