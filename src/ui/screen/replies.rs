//! What a terminal answers to a program that asked it and has ended, or waits no longer: its colours
//! (OSC 10, 11), its name (DCS), and the like. Nobody has typed that, so no dialog gets it.
//!
//! The library that reads the keys drops answers that are control sequences (CSI, ECMA-48, section
//! 5.4) itself. Of a control string (section 5.6) it makes Alt with the character that begins it,
//! and a key for each further character.

use std::io;
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

/// How soon the second character of a control string follows the first.
const SOON: Duration = Duration::from_millis(1);
/// How long the rest of a control string may take, from one character to the next.
const REST: Duration = Duration::from_millis(50);
/// How long a whole control string may take: the names and colours that terminals tell are short,
/// and one that never ends keeps nobody from typing for longer.
const WHOLE: Duration = Duration::from_millis(250);

/// Takes a terminal's late answers out of the keys.
#[derive(Default)]
pub(super) struct Replies {
    /// What was read to see whether it belongs to an answer, and does not.
    kept: Option<Event>,
}

impl Replies {
    /// Whether an event is there without waiting.
    pub fn has_event(&self) -> bool {
        self.kept.is_some()
    }

    /// The next event from `next`, which waits for one no longer than it is told. `None` if there is
    /// none, or it was an answer.
    ///
    /// # Errors
    /// Those of `next`.
    pub fn without(
        &mut self,
        mut next: impl FnMut(Duration) -> io::Result<Option<Event>>,
    ) -> io::Result<Option<Event>> {
        let first = match self.kept.take() {
            Some(kept) => kept,
            None => match next(Duration::ZERO)? {
                Some(first) => first,
                None => return Ok(None),
            },
        };
        let Some(begin) = begins(&first) else { return Ok(Some(first)) };
        let Some(second) = next(SOON)? else { return Ok(Some(first)) };
        // A person may press Alt and this key, or Esc and the key, and others at once.
        if !text_of(&second).is_some_and(|second| follows(begin, second)) {
            self.kept = Some(second);
            return Ok(Some(first));
        }
        let begun = Instant::now();
        let mut wait = REST;
        while begun.elapsed() <= WHOLE {
            let Some(event) = next(wait)? else { break };
            match event {
                _ if ends(&event) => break,
                // The end of a string may come in two parts.
                Event::Key(KeyEvent { code: KeyCode::Esc, .. }) if wait == REST => wait = SOON,
                Event::Key(KeyEvent { code: KeyCode::Char('\\'), .. }) if wait == SOON => break,
                _ if text_of(&event).is_some() => wait = REST,
                // No string has such a key, say, or a new size: the answer was cut.
                _ => {
                    self.kept = Some(event);
                    break;
                }
            }
        }
        Ok(None)
    }
}

/// The character that begins a control string: OSC, DCS or APC.
fn begins(event: &Event) -> Option<char> {
    match event {
        Event::Key(KeyEvent { code: KeyCode::Char(c @ (']' | 'P' | '_')), modifiers, .. })
            if modifiers.contains(KeyModifiers::ALT) =>
        {
            Some(*c)
        }
        _ => None,
    }
}

/// Whether an answer may go on so: with the number of a colour or the letter of a title (OSC), with
/// a digit or the mark of a name (DCS), with the letter of a picture (APC).
fn follows(begin: char, second: char) -> bool {
    match begin {
        ']' => second.is_ascii_digit() || matches!(second, 'l' | 'L'),
        'P' => second.is_ascii_digit() || matches!(second, '>' | '!' | '|'),
        _ => second == 'G',
    }
}

/// The character of a key that is one.
fn text_of(event: &Event) -> Option<char> {
    match event {
        Event::Key(KeyEvent { code: KeyCode::Char(c), modifiers, .. })
            if (*modifiers - KeyModifiers::SHIFT).is_empty() =>
        {
            Some(*c)
        }
        _ => None,
    }
}

/// Whether this is the end of a string: ST, which is ESC and a backslash, or BEL.
fn ends(event: &Event) -> bool {
    match event {
        Event::Key(KeyEvent { code: KeyCode::Char('\\'), modifiers, .. }) => {
            modifiers.contains(KeyModifiers::ALT)
        }
        Event::Key(KeyEvent { code: KeyCode::Char('g'), modifiers, .. }) => {
            *modifiers == KeyModifiers::CONTROL
        }
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
                '\r' => (KeyCode::Enter, KeyModifiers::NONE),
                c => (KeyCode::Char(c), std::mem::replace(&mut alt, KeyModifiers::NONE)),
            };
            events.push_back(Event::Key(KeyEvent::new(code, modifiers)));
        }
        events
    }

    /// What is left of events.
    fn left(mut events: VecDeque<Event>) -> Vec<Event> {
        let mut replies = Replies::default();
        let mut all = Vec::new();
        while !events.is_empty() || replies.has_event() {
            all.extend(replies.without(|_| Ok(events.pop_front())).unwrap());
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
            "\x1b]lC:\\home\x1b\\",
        ] {
            let typed = format!("a{answer}b");
            assert_eq!(left(keys(&typed)), Vec::from(keys("ab")), "{answer:?}");
        }
    }

    #[test]
    fn keys_with_alt_are_keys() {
        for typed in ["\x1bxy", "\x1b]", "ab\x1bP", "\x1bProd\r", "\x1b]x", "\x1b_a\x1b]b"] {
            assert_eq!(left(keys(typed)), Vec::from(keys(typed)), "{typed:?}");
        }
    }

    #[test]
    fn an_answer_that_was_cut_ends_at_a_key_that_it_cannot_have() {
        for key in ["\r", "\x1bx"] {
            let typed = format!("\x1b]11;rgb:ff{key}c");
            assert_eq!(left(keys(&typed)), Vec::from(keys(&format!("{key}c"))), "{key:?}");
        }
    }

    #[test]
    fn an_answer_ends_at_what_is_no_character_and_its_end_may_come_in_two_parts() {
        let mut events = keys("\x1b]11;rgb");
        events.push_back(Event::Resize(1, 2));
        events.extend(keys("\x1b]10;rgb"));
        events.push_back(Event::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE)));
        events.extend(keys("\\c"));
        let mut expected = vec![Event::Resize(1, 2)];
        expected.extend(keys("c"));
        assert_eq!(left(events), expected);
    }

    #[test]
    fn a_string_that_never_ends_is_taken_for_a_moment_only() {
        let begun = Instant::now();
        let mut endless = keys("\x1b]1").into_iter().chain(std::iter::from_fn(|| {
            Some(Event::Key(KeyEvent::new(KeyCode::Char('x'), KeyModifiers::NONE)))
        }));
        let read = Replies::default().without(|_| Ok(endless.next())).unwrap();
        assert_eq!(read, None);
        assert!(begun.elapsed() >= WHOLE);
    }
}
