//! Where a line of a file stands, and what is wrong with it.

use std::fmt;
use std::path::PathBuf;

use super::quote;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLine {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for FileLine {
    /// `file:line`, fit to be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", quote::path(&self.file), self.line)
    }
}

/// A file or line that could not be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; `None` for the whole file.
    pub line: Option<usize>,
    /// One line for the person.
    pub reason: String,
}

impl fmt::Display for Problem {
    /// `file:line: reason`, fit to be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", quote::path(&self.file), self.reason),
            None => write!(f, "{}: {}", quote::path(&self.file), self.reason),
        }
    }
}
