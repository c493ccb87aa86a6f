//! The verbs: the first word of the command line, where it is none of a host.

use std::fmt;

use crate::error::{Error, Kind};
use crate::say;

/// The task that the command line asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verb {
    /// Connect, as ssh(1) does.
    #[default]
    Connect,
    /// `files`.
    Files,
    /// `get`.
    Get,
    /// `put`.
    Put,
    /// `sync`.
    Sync,
    /// `keygen`.
    Keygen,
    /// `trust`.
    Trust,
    /// `copy-id`.
    CopyId,
    /// `sessions`.
    Sessions,
    /// `teleport`.
    Teleport,
    /// `explain`.
    Explain,
    /// `bench`.
    Bench,
    /// `demo`.
    Demo,
    /// `completions`.
    Completions,
    /// `man`.
    Man,
    /// `help` and `--help`.
    Help,
    /// `--version` and `-V`.
    Version,
}

/// The verbs that can be typed as a first word, each with its description.
pub const VERBS: &[(&str, Verb, &str)] = &[
    ("connect", Verb::Connect, "log in; the same without the word"),
    ("files", Verb::Files, "two panes with files, here and on servers; tessh files --help"),
    ("get", Verb::Get, "files from a server; tessh get --help"),
    ("put", Verb::Put, "files to a server; tessh put --help"),
    ("sync", Verb::Sync, "make one directory like another; tessh sync --help"),
    ("keygen", Verb::Keygen, "make, convert and show keys; tessh keygen --help"),
    ("trust", Verb::Trust, "keys of hosts, on record and offered; tessh trust --help"),
    ("copy-id", Verb::CopyId, "a key for a server to log in with; tessh copy-id --help"),
    ("sessions", Verb::Sessions, "saved sessions; tessh sessions --help"),
    ("teleport", Verb::Teleport, "nodes of Teleport clusters; tessh teleport --help"),
    ("explain", Verb::Explain, "what would be done and why, without connecting"),
    ("bench", Verb::Bench, "measure a server, beside ssh; tessh bench --help"),
    ("demo", Verb::Demo, "an SSH server on loopback, and a login to it; tessh demo --help"),
    ("completions", Verb::Completions, "completions for bash, zsh or fish"),
    ("man", Verb::Man, "the manual page"),
    ("help", Verb::Help, "this help"),
];

impl Verb {
    /// Whether `--help` after the verb prints what the general help does not have.
    pub fn has_own_help(self) -> bool {
        match self {
            Verb::Files | Verb::Get | Verb::Put | Verb::Sync | Verb::Keygen | Verb::Trust => true,
            Verb::CopyId | Verb::Sessions | Verb::Teleport | Verb::Bench | Verb::Demo => true,
            Verb::Connect | Verb::Explain | Verb::Completions => false,
            Verb::Man | Verb::Help | Verb::Version => false,
        }
    }

    /// The next step where a word after the verb is unknown.
    pub fn see_help(self) -> String {
        match self.has_own_help() {
            true => say!(see_help_of, verb = self),
            false => say!(see_help),
        }
    }

    /// The error for a flag of the verb whose value is missing.
    pub fn without_argument(self, flag: &str) -> Error {
        Error::new(Kind::Usage, say!(option_without_argument, flag)).hint(self.see_help())
    }
}

impl fmt::Display for Verb {
    /// Writes the word or flag that selects the verb.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = VERBS.iter().find(|(_, verb, _)| verb == self).map(|(name, ..)| *name);
        f.write_str(word.unwrap_or("--version"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_with_help_of_its_own_says_so_in_the_list_of_verbs() {
        for (name, verb, doc) in VERBS {
            let help = format!("tessh {name} --help");
            assert_eq!(doc.contains(&help), verb.has_own_help(), "{name}");
        }
        assert_eq!(Verb::CopyId.see_help(), "see tessh copy-id --help");
        assert_eq!(Verb::Explain.see_help(), "see tessh --help");
    }
}
