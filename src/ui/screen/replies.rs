//! What a terminal answers to a program that asked it and has ended, or waits no longer: its colours
//! (OSC 10, 11), its name (DCS), and the like. Nobody has typed that, so no dialog gets it.
//!
//! The library that reads the keys drops answers that are control sequences (CSI, ECMA-48, section
//! 5.4) itself. Of a control string (section 5.6) it makes Alt with the character that begins it,
//! and a key for each further character.

use std::io;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

/// The characters after ESC that begin a control string: OSC, DCS, APC, PM, SOS.
const BEGIN: [char; 5] = [']', 'P', '_', '^', 'X'];
/// How long the rest of a control string may take, from one character to the next.
const REST: Duration = Duration::from_millis(50);
/// The most characters that are taken for one string: the names and colours that terminals tell are
/// shorter, and a terminal that never ends one does not keep the person from typing.
const LONGEST: usize = 4096;

/// The next event from `next`, which waits for one no longer than it is told. `None` if there is
/// none, or it was an answer of the terminal's; `soon` is the time in which no person types.
///
/// # Errors
/// Those of `next`.
pub(super) fn without_replies(
    soon: Duration,
    mut next: impl FnMut(Duration) -> io::Result<Option<Event>>,
) -> io::Result<Option<Event>> {
    let Some(first) = next(Duration::ZERO)? else { return Ok(None) };
    if !key(&first).is_some_and(begins) {
        return Ok(Some(first));
    }
    // A person who presses Alt and this key presses nothing else within so short a time.
    let Some(second) = next(soon)? else { return Ok(Some(first)) };
    let mut read = Some(second);
    for taken in 1.. {
        match read.as_ref().map(key) {
            Some(Some(key)) if !ends(key) && taken < LONGEST => read = next(REST)?,
            // A new size, say, which has nothing to do with it.
            Some(None) => return Ok(read),
            _ => break,
        }
    }
    Ok(None)
}

fn key(event: &Event) -> Option<&KeyEvent> {
    match event {
        Event::Key(key) => Some(key),
        _ => None,
    }
}

fn begins(key: &KeyEvent) -> bool {
    let is_alt = key.modifiers.contains(KeyModifiers::ALT);
    is_alt && matches!(key.code, KeyCode::Char(c) if BEGIN.contains(&c))
}

/// Whether this is the end of a string: ST, which is ESC and a backslash, or BEL.
fn ends(key: &KeyEvent) -> bool {
    match key.code {
        KeyCode::Char('\\') => key.modifiers.contains(KeyModifiers::ALT),
        KeyCode::Char('g') => key.modifiers == KeyModifiers::CONTROL,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// Keys as the library makes them of these bytes.
    fn keys(text: &str) -> VecDeque<Event> {
        let mut alt = KeyModifiers::NONE;
        let mut events = VecDeque::new();
        for c in text.chars() {
            let (code, modifiers) = match c {
                '\x1b' => {
                    alt = KeyModifiers::ALT;
                    continue;
                }
                '\x07' => (KeyCode::Char('g'), KeyModifiers::CONTROL),
                c => (KeyCode::Char(c), std::mem::replace(&mut alt, KeyModifiers::NONE)),
            };
            events.push_back(Event::Key(KeyEvent::new(code, modifiers)));
        }
        events
    }

    /// What is left of events.
    fn left(mut events: VecDeque<Event>) -> Vec<Event> {
        let mut all = Vec::new();
        while !events.is_empty() {
            let read = without_replies(Duration::ZERO, |_| Ok(events.pop_front())).unwrap();
            all.extend(read);
        }
        all
    }

    #[test]
    fn answers_of_the_terminal_are_not_keys() {
        for answer in [
            "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
            "\x1b]10;rgb:0/0/0\x07",
            "\x1bP>|XTerm(380)\x1b\\",
            "\x1b_Gi=31;OK\x1b\\",
        ] {
            let typed = format!("a{answer}b");
            assert_eq!(left(keys(&typed)), Vec::from(keys("ab")), "{answer:?}");
        }
    }

    #[test]
    fn keys_with_alt_are_keys() {
        for typed in ["\x1bxy", "\x1b]", "ab\x1bP"] {
            assert_eq!(left(keys(typed)), Vec::from(keys(typed)), "{typed:?}");
        }
    }

    #[test]
    fn a_string_that_does_not_end_hides_no_new_size_and_ends_by_its_length() {
        let mut events = keys("\x1b]11;rgb");
        events.push_back(Event::Resize(1, 2));
        events.extend(keys("c"));
        let mut expected = vec![Event::Resize(1, 2)];
        expected.extend(keys("c"));
        assert_eq!(left(events), expected);
        let endless = format!("\x1b]{}c", "x".repeat(LONGEST));
        assert_eq!(left(keys(&endless)), Vec::from(keys("c")));
    }
}
