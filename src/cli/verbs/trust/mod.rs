//! `tessh trust`: shows and changes the records about hosts in all files, and shows how a host
//! would be judged. `trust` defines an entry; the host is found as for connecting.
//!
//! Standard output has only the requested output. Exit codes: 0 found, changed or trusted; 1
//! nothing found, nothing to change, or not trusted; 2 `check` cannot decide.

mod add;
mod authority;
mod check;
mod host;
mod list;
mod remove;
mod report;
mod show;
mod table;
mod words;

use words::{MAX_SHOWN, TrustWords, usage};

use crate::cli::args::Typed;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::help;
use crate::cli::output::print;
use crate::error::Result;
use crate::say;
use crate::text;

pub(super) fn run(typed: &Typed, environment: ProcessEnvironment) -> Result<u8> {
    let Some((verb, words)) = typed.rest.split_first() else {
        return Err(usage(say!(trust_no_verb)).hint(say!(trust_verbs)));
    };
    if verb == "authority" && !words.iter().any(|word| word == "--help") {
        return authority::run(words, &environment);
    }
    let words = TrustWords::read(words)?;
    if words.help || verb == "--help" {
        return print(&help::trust_help());
    }
    match verb.to_str().unwrap_or_default() {
        "list" => list::run(&words, &environment),
        "show" => show::run(&words, &environment),
        "add" => add::run(words, environment),
        "remove" => remove::run(&words, &environment),
        "check" => check::run(&words, environment),
        other => Err(usage(say!(trust_unknown_verb, other = text::line(other, MAX_SHOWN)))
            .hint(say!(trust_verbs))),
    }
}
