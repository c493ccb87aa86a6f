//! `tessh files`: two panes, or a script in their place.

use super::words::FileWords;
use super::{batch, panes};
use crate::cli::args::Typed;
use crate::cli::environment::ProcessEnvironment;
use crate::cli::flags::files::PANES;
use crate::cli::help;
use crate::cli::output::print;
use crate::error::Result;

pub fn run(typed: &Typed, environment: &ProcessEnvironment) -> Result<u8> {
    let words = FileWords::read(typed, PANES)?;
    if words.help {
        return print(&help::panes_help());
    }
    match &words.batch {
        Some(script) => batch::run(&words, script, environment),
        None => panes::run(&words, environment),
    }
}
