//! The flags of `tessh trust`, in addition to the flags that find the host as for a connection.

use super::Flag;
use Trust as T;

/// The purpose of a flag of `tessh trust`.
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

const fn of_authority(
    name: &'static str,
    value: Option<&'static str>,
    doc: &'static str,
) -> Flag<()> {
    Flag { name, value, doc, does: () }
}

/// The flags of `tessh trust authority` for the help; `--dry-run` and `--json` are in the table
/// above.
pub const AUTHORITY: &[Flag<()>] = &[
    of_authority("--key", Some("file"), "authority add: its key, a file or type and base64"),
    of_authority(
        "--validity",
        Some("expression"),
        "authority add: the hosts and ports that it is trusted for, such as '*.example.com && port:22'",
    ),
    of_authority(
        "--putty",
        Some("file"),
        "authority add: take the records of PuTTY's folder or file, of a .reg file or WinSCP.ini",
    ),
    of_authority("--rsa-sha1", None, "authority add: an RSA key may sign with SHA-1"),
    of_authority("--no-rsa-sha256", None, "authority add: an RSA key may not sign with SHA-256"),
    of_authority("--no-rsa-sha512", None, "authority add: an RSA key may not sign with SHA-512"),
    of_authority("--force", None, "authority add: replace one of this name"),
];

/// The flags of both tables for the help.
pub fn documented() -> impl Iterator<Item = Flag<()>> {
    let own = TRUST.iter().map(|flag| of_authority(flag.name, flag.value, flag.doc));
    own.chain(AUTHORITY.iter().copied())
}

/// The verbs after `trust`, each with its words and its description.
pub const VERBS: &[(&str, &str, &str)] = &[
    ("list", "", "every key, authority and pin on record"),
    ("show", "host", "what is on record about a host, hashed names too"),
    ("add", "host [key]", "write a key, given or shown by the host and confirmed"),
    ("remove", "host", "take the keys of a host out"),
    ("check", "host", "look a host up as a connection would, log in to nothing, write nothing"),
    ("authority list", "", "the records of authorities"),
    ("authority show", "name", "one of them"),
    ("authority add", "name", "trust an authority for the hosts of --validity"),
    ("authority remove", "name", "trust it no more"),
    ("authority test", "expression host[:port]", "does it match? 0 yes, 1 no, 2 it makes no sense"),
];
