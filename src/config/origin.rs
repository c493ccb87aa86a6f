//! The origin of a value. Every message about a value names it.

use std::fmt;
use std::ops::Deref;
use std::path::PathBuf;

use super::fault::shown;
use super::keyword::Keyword;
use crate::error::{Error, Kind};
use crate::say;

/// The origin of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// No one set the value.
    Default,
    /// A flag for this value, such as `-p`.
    Flag(&'static str),
    /// An `-o` option.
    Option,
    /// A line of a configuration file.
    File {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// The destination as typed.
    Destination,
    /// A saved session of this name.
    Profile(String),
}

impl Origin {
    /// Whether the command line has the value, other than in the destination.
    pub fn is_typed(&self) -> bool {
        matches!(self, Origin::Flag(_) | Origin::Option)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str(&say!(config_default)),
            Origin::Flag(flag) => f.write_str(flag),
            Origin::Option => f.write_str("-o"),
            Origin::File { file, line } => {
                let file = shown(&file.to_string_lossy());
                f.write_str(&say!(config_place, file, line))
            }
            Origin::Destination => f.write_str(&say!(config_destination)),
            Origin::Profile(name) => f.write_str(&say!(config_profile, name = shown(name))),
        }
    }
}

/// A value and its origin. Dereferences to the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// The origin of the value.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// A value with its origin.
    pub fn new(value: T, origin: Origin) -> Setting<T> {
        Setting { value, origin }
    }

    /// A default value, which no one set.
    pub fn default_value(value: T) -> Setting<T> {
        Setting { value, origin: Origin::Default }
    }

    /// Whether the value was set.
    pub fn is_set(&self) -> bool {
        self.origin != Origin::Default
    }
}

impl<T> Deref for Setting<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// The error of a value: its origin, its keyword, and the fault.
pub(super) fn at(origin: &Origin, keyword: Keyword, fault: &str) -> Error {
    Error::new(Kind::Config, format!("{origin}: {}: {fault}", keyword.name()))
}
