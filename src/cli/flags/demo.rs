//! The flags of `tessh demo`, for its help, the manual page and the completions.

use super::Flag;

const fn flag(name: &'static str, doc: &'static str) -> Flag<()> {
    Flag { name, value: None, doc, does: () }
}

/// How the verb is typed.
pub const USE: &str = "tessh demo [--serve]";

/// The table.
pub const DEMO: &[Flag<()>] = &[
    flag("--serve", "run the server alone, until Ctrl-C, and say how to log in to it"),
    flag("--help", "print this help"),
];
