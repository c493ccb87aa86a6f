//! Runs the verb that was typed; each verb has its own file. Connecting is in `cli/connect`.

mod bench;
mod complete;
mod copy_id;
mod demo;
mod explain;
mod files;
mod keygen;
mod list_keys;
mod misspelt;
mod new;
mod query;
mod sessions;
mod teleport;
mod trust;

use std::ops::ControlFlow;

use super::args::{self, Typed, Verb};
use super::connect::invocation;
use super::environment::ProcessEnvironment;
use super::output::print;
use super::{help, log};
use crate::error::Result;

/// Runs the verb and returns the exit code.
pub(super) fn run(typed: &Typed) -> Result<u8> {
    match run_apart(typed, ProcessEnvironment::find())? {
        ControlFlow::Break(code) => Ok(code),
        ControlFlow::Continue(environment) => invocation::run(typed, environment),
    }
}

/// Runs every verb but connecting, for which `Continue` gives the environment back. `Break` has the exit
/// code. The stack that the verbs take is given back before a session begins.
#[inline(never)]
fn run_apart(
    typed: &Typed,
    environment: ProcessEnvironment,
) -> Result<ControlFlow<u8, ProcessEnvironment>> {
    let code = match &typed.verb {
        Verb::Help => print(&help::help_text()),
        Verb::Man => print(&help::man_page()),
        Verb::Completions if complete::is_asked(&typed.rest) => {
            complete::run(&typed.rest, &environment)
        }
        Verb::Completions => {
            let shell = typed.rest.first().map(|word| word.to_string_lossy()).unwrap_or_default();
            print(help::completions(&shell)?)
        }
        Verb::Version => version(),
        Verb::Connect if typed.print_version => version(),
        Verb::Demo => demo::run(typed, environment),
        Verb::Explain => explain::run(typed, &environment),
        Verb::Sessions => sessions::run(typed, &environment),
        Verb::Bench => bench::run(typed, environment),
        Verb::CopyId => copy_id::run(typed, environment),
        Verb::Keygen => keygen::run(typed, &environment),
        Verb::Files => files::panes_or_batch::run(typed, &environment),
        Verb::Get | Verb::Put => files::run(typed, &environment),
        Verb::Sync => files::sync::run(typed, &environment),
        Verb::Teleport => teleport::run(typed, environment),
        Verb::Trust => trust::run(typed, environment),
        Verb::Connect if typed.query.is_some() => {
            query::run(typed.query.as_deref().unwrap_or_default())
        }
        Verb::Connect if typed.print_config => query::print_config(typed, &environment),
        Verb::Connect if typed.list_keys => list_keys::run(typed, environment),
        Verb::Connect if typed.lacks_host() => new::run(typed, environment),
        Verb::Connect => {
            misspelt::check(typed, &environment)?;
            return Ok(ControlFlow::Continue(environment));
        }
    };
    code.map(ControlFlow::Break)
}

fn version() -> Result<u8> {
    log::to_stderr(&format!("{}\n", args::version_line()));
    Ok(0)
}
