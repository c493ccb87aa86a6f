//! The verbs and flags of `tessh sessions`, for its help, the manual page and the completions. What
//! is behind the name after `save` is a command line as for connecting.

use super::Flag;

const fn flag(name: &'static str, value: Option<&'static str>, doc: &'static str) -> Flag<()> {
    Flag { name, value, doc, does: () }
}

/// How the verb is typed.
pub const USE: &str = "tessh sessions [verb] [options] [name]";

/// The table.
pub const SESSIONS: &[Flag<()>] = &[
    flag("--json", None, "list, show: standard output as JSON"),
    flag("--force", None, "save, import: replace without a question"),
    flag("--reg", Some("file"), "export: write a file of regedit, too, or it alone"),
    flag("--yes", None, "remove, export: do not ask"),
    flag("--help", None, "print this help"),
];

/// The verbs after `sessions`, each with its words and its description.
pub const VERBS: &[(&str, &str, &str)] = &[
    ("list", "", "every session, those of ssh_config, PuTTY, WinSCP and Teleport too"),
    ("show", "name", "what one of them sets"),
    ("save", "name [options] [user@]host [command]", "keep what is typed; tessh name connects"),
    ("remove", "name", "take one of tessh's own away"),
    (
        "import",
        "putty|winscp|openssh [file]",
        "make one of tessh's own of each session of another program",
    ),
    ("export", "putty [folder]", "write all of tessh's own as PuTTY keeps them"),
];
