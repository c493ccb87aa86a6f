//! The flags of `tessh trust`, besides those of connecting: the host is found as for a
//! connection.

use super::Flag;
use Trust as T;

/// What a flag of `tessh trust` is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// `--file`.
    File,
    /// `--type`.
    Type,
    /// `--fingerprint`.
    Fingerprint,
    /// `--replace`.
    Replace,
    /// `--dry-run`.
    DryRun,
    /// `--json`.
    Json,
    /// `--help`.
    Help,
}

const fn flag(name: &'static str, doc: &'static str, does: Trust) -> Flag<Trust> {
    Flag { name, value: None, doc, does }
}

const fn takes(
    name: &'static str,
    value: &'static str,
    doc: &'static str,
    does: Trust,
) -> Flag<Trust> {
    Flag { name, value: Some(value), doc, does }
}

/// The table.
pub const TRUST: &[Flag<Trust>] = &[
    takes("--file", "file", "this known_hosts file and no other", T::File),
    takes("--type", "type", "only keys of this type, such as ed25519", T::Type),
    takes(
        "--fingerprint",
        "fingerprint",
        "remove: only this key, lines with a marker too; add: the key that it must be, in place of a question",
        T::Fingerprint,
    ),
    flag("--replace", "add: put the key in the place of another of its type", T::Replace),
    flag("--dry-run", "add, remove: show the change and write nothing", T::DryRun),
    flag("--json", "standard output as JSON", T::Json),
    flag("--help", "print this help", T::Help),
];

/// The words that follow `trust`, and what each does.
pub const VERBS: &[(&str, &str, &str)] = &[
    ("list", "", "every key, authority and pin on record"),
    ("show", "host", "what is on record about a host, hashed names too"),
    ("add", "host [key]", "write a key, given or shown by the host and confirmed"),
    ("remove", "host", "take the keys of a host out"),
    ("check", "host", "look a host up as a connection would, log in to nothing, write nothing"),
    ("authority", "...", "authorities: add, list, remove, test"),
];
