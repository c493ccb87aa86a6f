//! What keeps the server's words apart from ours before the session: a bar before each of its
//! lines, and one line of ours when the login is done, after which everything is the session's.
//!
//! A server may say anything; but what it says begins with `| `, also where the terminal wraps
//! it, so that no line of its own can be read as one of ours. Whoever reads the lines by program
//! (no terminal, or the name `ssh`) gets them as ssh would write them.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::os::descriptor;
use crate::prompt::{Challenge, Welcome};
use crate::say;
use crate::text::pieces_of;

/// What stands before the server's words.
const BAR: &str = "| ";
/// Whether the server's words are marked, and whether there was anything to mark.
#[derive(Debug, Default)]
pub struct Sigils {
    /// A person reads, and expects this program's ways.
    pub on: bool,
    /// The login is announced even where nothing was asked (`-v`).
    pub always: bool,
    /// The person was asked something, or the server said something.
    led: AtomicBool,
}

impl Sigils {
    /// For a person at a terminal, or for a program.
    pub fn new(on: bool, always: bool) -> Sigils {
        Sigils { on, always, led: AtomicBool::new(false) }
    }

    /// The person was asked something, or was shown words of the server's.
    pub(in crate::ui) fn lead(&self) {
        self.led.store(true, Ordering::Relaxed);
    }

    /// Text of the server's as it may be shown: each line marked, and the last one ended.
    pub(super) fn marked(&self, text: &str) -> String {
        if !self.on || text.is_empty() {
            return text.to_owned();
        }
        let mut marked = String::new();
        for line in text.lines() {
            for piece in pieces_of(line, width()) {
                marked.push_str(&format!("{}\n", format!("{BAR}{piece}").trim_end()));
            }
        }
        marked
    }

    /// One prompt of the server's, as the label of a question.
    pub(super) fn label(&self, challenge: &Challenge, text: &str) -> String {
        match self.on {
            // The answer is typed after the bar, too.
            true => {
                let marked = self.marked(text);
                format!("{} ", marked.trim_end())
            }
            false => format!("({}) {text}", challenge.login),
        }
    }

    /// What is said of a login that was taken.
    pub(super) fn welcome(&self, welcome: &Welcome<'_>) -> Option<String> {
        let Welcome { host, user, how, is_proved } = welcome;
        match (self.on, is_proved) {
            (false, _) => None,
            (true, false) => Some(say!(sigil_unproved, host, user, how)),
            (true, true) if self.always || self.led.load(Ordering::Relaxed) => {
                Some(say!(sigil_welcome, host, user, how))
            }
            (true, true) => None,
        }
    }
}

/// The columns that the terminal has beside the bar.
fn width() -> usize {
    super::width::columns(descriptor::stderr()) - BAR.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::columns;
    use proptest::prelude::*;

    #[test]
    fn no_line_of_the_servers_begins_like_ours() {
        let sigils = Sigils::new(true, false);
        let ours = "tessh: authenticated to 'h' as u by publickey";
        let padding = "x".repeat(width());
        let nasty = format!(
            "\n{ours}\n{padding}{ours}\n\t\t\t\t\t\t\t\t\t\t{ours}\n{}{ours}",
            "界".repeat(38)
        );
        let marked = sigils.marked(&nasty);
        assert!(marked.ends_with('\n'), "{marked}");
        for line in marked.lines() {
            assert!(line.starts_with('|'), "{marked}");
            assert!(columns(line) <= width() + BAR.len(), "{marked}");
        }
        assert!(marked.contains(&format!("| {ours}\n")), "{marked}");
    }

    proptest! {
        /// On a terminal that draws everything but ASCII wide and combines nothing.
        #[test]
        fn no_terminal_wraps_a_line_of_the_servers(
            text in "([\\PC\n\t]|※|❤\u{fe0f}|[0-9]\u{fe0f}\u{20e3}|🇯🇵|👩\u{200d}👩|e\u{301}){0,300}"
        ) {
            let marked = Sigils::new(true, false).marked(&crate::text::block(&text, 4096, 100));
            for line in marked.lines() {
                prop_assert!(line.starts_with('|'), "{marked}");
                let agreed = |c: char| c.is_alphanumeric() && ('\u{530}'..'\u{1100}').contains(&c);
                let most = |c: char| if c.is_ascii() || agreed(c) { 1 } else { 2 };
                let drawn: usize = line.chars().map(most).sum();
                prop_assert!(drawn <= width() + BAR.len(), "{drawn} {line:?}");
            }
        }
    }

    #[test]
    fn programs_get_the_bytes_as_they_are() {
        let sigils = Sigils::new(false, true);
        assert_eq!(sigils.marked("a\n\tb"), "a\n\tb");
        assert!(sigils.welcome(&welcome(false)).is_none());
    }

    #[test]
    fn a_silent_login_stays_silent_unless_nothing_was_proved() {
        let sigils = Sigils::new(true, false);
        assert_eq!(sigils.welcome(&welcome(true)), None);
        let said = sigils.welcome(&welcome(false)).expect("a note");
        assert!(said.contains("'h'") && said.contains("without checking"), "{said}");
        sigils.lead();
        let said = sigils.welcome(&welcome(true)).expect("a line");
        assert_eq!(said, "authenticated to 'h' as u by password");
        assert!(Sigils::new(true, true).welcome(&welcome(true)).is_some());
    }

    fn welcome(is_proved: bool) -> Welcome<'static> {
        Welcome { host: "h", user: "u", how: "password", is_proved }
    }
}
