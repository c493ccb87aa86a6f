//! Asks which session is meant, if several sources have the name that was typed. Nobody is asked
//! without a terminal, in BatchMode, or by a program.

use std::fs::File;
use std::io::Write;

use crate::cli::args::Typed;
use crate::cli::resolve::{self, sources};
use crate::config::{Context, Options};
use crate::error::{Error, Kind, Result};
use crate::os::descriptor;
use crate::profiles::Source;
use crate::say;
use crate::{terminal, text};

/// How many characters of a name are shown.
const MAX_SHOWN: usize = 80;

/// The command line with the source that the person chose; unchanged if there is nothing to choose
/// or nobody to ask.
///
/// # Errors
/// [`Kind::Cancelled`]: the person chose none. Those of [`sources::choices`].
pub fn source_chosen(typed: &Typed, context: &Context) -> Result<Typed> {
    let mut typed = typed.clone();
    if let Some(mut tty) = person(&typed, context) {
        let choices = sources::choices(&typed, context)?;
        if !choices.is_empty() {
            typed.source = Some(ask(&mut tty, &typed, &choices)?);
        }
    }
    Ok(typed)
}

/// The terminal of a person who may be asked.
fn person(typed: &Typed, context: &Context) -> Option<File> {
    let layers = resolve::command_line(typed, None);
    let options = layers.and_then(|layers| Options::of(&layers, "-", context)).ok()?;
    let asked = !(typed.as_ssh || typed.json || *options.batch_mode);
    let stdin = asked && terminal::is_terminal(descriptor::stdin());
    let person = stdin && terminal::is_terminal(descriptor::stderr());
    person.then(terminal::open_controlling)?.ok()
}

fn ask(tty: &mut File, typed: &Typed, choices: &[(Source, String)]) -> Result<Source> {
    let none = || Error::new(Kind::Cancelled, say!(session_choice_none));
    let name = typed.profile.as_deref().or(typed.destination.as_deref()).unwrap_or_default();
    let mut lines = say!(session_choice, name = text::line(name, MAX_SHOWN));
    for (number, (_, choice)) in (1..).zip(choices) {
        lines.push_str(&format!("\n {number}. {choice}"));
    }
    writeln!(tty, "{lines}").map_err(|_| none())?;
    let answer = terminal::secret::read_shown(tty, &say!(session_choice_number));
    let number = answer.map_err(|_| none())?.and_then(|answer| answer.trim().parse::<usize>().ok());
    let chosen = number.and_then(|number| choices.get(number.checked_sub(1)?));
    chosen.map(|(source, _)| *source).ok_or_else(none)
}
