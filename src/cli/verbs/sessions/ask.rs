//! The one question of `tessh sessions`.

use crate::error::{Error, Kind, Result};
use crate::os::descriptor;
use crate::say;
use crate::terminal;

/// Asks for a yes on the terminal, otherwise fails: `instead` is the flag that replaces the
/// question.
pub(super) fn confirm(question: &str, cause: &str, instead: &str) -> Result<()> {
    let asked = terminal::is_terminal(descriptor::stdin());
    let Some(tty) = asked.then(terminal::open_controlling).and_then(std::io::Result::ok) else {
        return Err(Error::new(Kind::Usage, cause).hint(say!(sessions_unasked_hint, instead)));
    };
    match terminal::secret::read_shown(&tty, question) {
        Ok(Some(answer)) if ["y", "yes"].contains(&answer.trim().to_lowercase().as_str()) => Ok(()),
        _ => Err(Error::new(Kind::Cancelled, say!(sessions_nothing_changed))),
    }
}
