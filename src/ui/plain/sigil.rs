//! Marks the server's text before the session: a bar stands before each of its lines, and one line
//! of ours ends this part after the login. Everything after that line is the session's.
//!
//! A server may send any text, but each of its lines starts with `| `, also where the terminal
//! would wrap it, so that none can be mistaken for ours. If a program reads the lines (no terminal,
//! or the name `ssh`), they are written as by ssh.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::os::descriptor;
use crate::prompt::{Challenge, Welcome};
use crate::say;
use crate::text::pieces_of;

/// The mark before the server's text.
const BAR: &str = "| ";
/// Whether the server's text is marked, and whether any was shown.
#[derive(Debug, Default)]
pub struct Sigils {
    /// Whether a person reads the lines and expects this program's own style.
    pub on: bool,
    /// Whether the login is announced even if nothing was asked (`-v`).
    pub always: bool,
    /// Whether the person was asked something, or text from the server was shown.
    led: AtomicBool,
}

impl Sigils {
    /// `on` for a person at a terminal; `always` as in [`Sigils::always`].
    pub fn new(on: bool, always: bool) -> Sigils {
        Sigils { on, always, led: AtomicBool::new(false) }
    }

    /// Notes that the person was asked something, or that text from the server was shown.
    pub(in crate::ui) fn lead(&self) {
        self.led.store(true, Ordering::Relaxed);
    }

    /// The server's text for display: each line is marked, and the last one is ended.
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

    /// A prompt from the server, as the label of a question.
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

    /// The announcement of a successful login, if there is one.
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

/// The columns of the terminal without the bar.
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
        /// Assumes a terminal that draws everything but ASCII wide, and combines nothing.
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
