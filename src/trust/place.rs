//! The place of a line in a file, and a fault at such a place.

use std::fmt;
use std::path::{Path, PathBuf};

use super::quote;
use crate::error::Error;
use crate::text;

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
    /// The fault of a file as a whole, from an error of `registry`, which may begin with the file's
    /// name.
    pub fn of(file: &Path, error: &Error) -> Problem {
        let cause = error.cause();
        let after = cause.strip_prefix(&text::path(file)).unwrap_or_default();
        // The name is followed by the fault, or by a line's number or a verb.
        let fault = [": ", " "].into_iter().find_map(|end| after.strip_prefix(end));
        let reason = fault.unwrap_or(cause);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn a_file_is_named_once_and_a_fault_keeps_its_first_letters() {
        for (file, cause, reason) in [
            ("/a/x.reg", "/a/x.reg: no export", "no export"),
            ("/a/x.reg", "/a/x.reg line 3: no value", "line 3: no value"),
            ("/a/x.reg", "/a/x.reg cannot be read: no such file", "cannot be read: no such file"),
            ("/a/x.reg", "/a/x.register is larger", "/a/x.register is larger"),
            ("n", "not an export", "not an export"),
        ] {
            let problem = Problem::of(Path::new(file), &Error::new(Kind::Config, cause));
            assert_eq!(problem.reason, reason);
        }
    }
}
