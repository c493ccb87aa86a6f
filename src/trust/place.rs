//! The place of a line in a file, and a fault at such a place.

use std::fmt;
use std::path::PathBuf;

use super::quote;

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

impl fmt::Display for Problem {
    /// Writes `file:line: reason`, sanitised.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", quote::path(&self.file), self.reason),
            None => write!(f, "{}: {}", quote::path(&self.file), self.reason),
        }
    }
}
