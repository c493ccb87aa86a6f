//! The flags of `tessh copy-id`: `-i` as in ssh-copy-id(1), and those of connecting.

use super::{Flag, files};

/// The flags of its own, for the help; the words are parsed as those of connecting.
pub const COPY_ID: &[Flag<()>] = &[
    Flag {
        name: "-i",
        value: Some("file"),
        doc: "install this key: private, public (.pub) or PPK, or a public key whose private half the agent has; without it that of the configuration, else the first default one",
        does: (),
    },
    Flag { name: "--help", value: None, doc: "print this help", does: () },
];

/// The flags of connecting that are taken, in the order of their table.
pub fn connecting() -> impl Iterator<Item = &'static Flag> {
    files::connecting().filter(|flag| flag.name != "-i")
}

/// Whether a flag of connecting is taken.
pub fn is_taken(name: &str) -> bool {
    connecting().any(|flag| flag.name == name)
}

/// What it is called with, for the help and the manual page.
pub const USE: &str = "tessh copy-id [options] [-i file] [user@]host";
