//! `tessh teleport`: the logins of Teleport's client tsh, its clusters and nodes, and sessions
//! saved for nodes.
//!
//! What tsh keeps and prints is read in `profiles/teleport`; `cli/teleport` runs it. Standard
//! output has only what was asked for.

mod browse;
mod list;
mod log_in;
mod place;
mod save;
mod status;
mod words;

use crate::cli::args::Typed;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::help;
use crate::cli::output::print;
use crate::error::Result;
use crate::say;
use crate::text;
use words::{TeleportWords, usage};

pub(super) fn run(typed: &Typed, environment: ProcessEnvironment) -> Result<u8> {
    let (verb, rest) = match typed.rest.split_first() {
        Some((first, rest)) if !first.as_encoded_bytes().starts_with(b"-") => (first, rest),
        _ => {
            let words = TeleportWords::read(&typed.rest)?;
            if words.help {
                return print(&help::teleport_help());
            }
            // A person at a terminal gets the nodes; without a usable login, why there are none.
            if !words.json && browse::is_possible(&environment) {
                return list::browse(&words, environment);
            }
            return status::run(&words, &environment);
        }
    };
    let verb = verb.to_string_lossy();
    let words = TeleportWords::read(rest)?;
    if words.help {
        return print(&help::teleport_help());
    }
    match &*verb {
        "status" => status::run(&words, &environment),
        "clusters" => list::clusters(&words, environment),
        "ls" => list::nodes(&words, environment),
        "save" => save::run(words, environment),
        "login" => log_in::run(words, environment),
        other => Err(usage(say!(teleport_verb_unknown, other = text::line(other, 40)))
            .hint(say!(teleport_verb_unknown_hint))),
    }
}
