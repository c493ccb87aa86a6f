//! The question whether to change a host's keys on record, as plain lines.

use std::fs::File;
use std::io::Write;

use super::person::MAX_MISTAKES;
use crate::prompt::{Answer, RotationQuestion};
use crate::say;
use crate::terminal;
use crate::trust::fingerprint;

/// Shows the change on the terminal and asks; anything but a clear yes is no.
pub(super) fn ask(mut tty: File, question: &RotationQuestion<'_>) -> Answer<bool> {
    if tty.write_all(rotation(question).as_bytes()).is_err() {
        return Answer::CannotAsk;
    }
    let label = say!(rotation_title, line = say!(rotation_ask));
    for _ in 0..MAX_MISTAKES {
        match terminal::secret::read_shown(&tty, &label) {
            Ok(Some(typed)) => match typed.trim().to_ascii_lowercase().as_str() {
                "yes" => return Answer::Given(true),
                "no" | "" => return Answer::Given(false),
                _ => {}
            },
            Ok(None) | Err(_) => return Answer::Cancelled,
        }
    }
    Answer::Cancelled
}

/// The text of a change of host keys; each line says what it belongs to.
fn rotation(question: &RotationQuestion<'_>) -> String {
    let RotationQuestion { host, file, difference } = question;
    let file = crate::text::path(file);
    let mut lines = vec![say!(rotation_other_keys, host, file)];
    for key in &difference.new {
        let (kind, sha256) = (fingerprint::type_name(key), fingerprint::sha256(key));
        lines.push(say!(rotation_new, kind, sha256));
    }
    for entry in &difference.obsolete {
        let (kind, sha256) = (fingerprint::type_name(&entry.key), fingerprint::sha256(&entry.key));
        lines.push(say!(rotation_obsolete, kind, sha256, at = entry.at));
    }
    lines.iter().map(|line| say!(rotation_title, line) + "\n").collect()
}
