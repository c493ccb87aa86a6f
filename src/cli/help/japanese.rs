//! The Japanese of the help and the manual page. `japanese.txt` has each English text of the tables
//! on one line and the Japanese on the next; a test finds what is missing and what is too much.

use crate::catalogue::{Language, spoken};

const TEXTS: &str = include_str!("japanese.txt");

/// A text of the tables in the language of the messages.
pub(super) fn said(english: &str) -> &str {
    if spoken() == Language::English {
        return english;
    }
    let found = pairs().find(|(text, _)| *text == english);
    #[cfg(test)]
    note(english, found.is_some());
    found.map_or(english, |(_, japanese)| japanese)
}

fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    let (english, japanese) = (TEXTS.lines().step_by(2), TEXTS.lines().skip(1).step_by(2));
    english.zip(japanese)
}

#[cfg(test)]
thread_local! {
    /// The texts that were asked for, and those that have no translation.
    static NOTED: std::cell::RefCell<(Vec<String>, Vec<String>)> = std::cell::RefCell::default();
}

#[cfg(test)]
fn note(english: &str, is_known: bool) {
    NOTED.with_borrow_mut(|(said, missing)| {
        let list = if is_known { said } else { missing };
        list.push(english.to_owned());
    });
}

/// The texts that were asked for, and those without a translation.
#[cfg(test)]
pub(super) fn noted() -> (Vec<String>, Vec<String>) {
    NOTED.take()
}

/// The English of all translations.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    pairs().map(|(english, _)| english)
}
