//! What keeps the server's words apart from ours before the session: a bar before each of its
//! lines, and one line of ours when the login is done, after which everything is the session's.
//!
//! A server may say anything; but what it says begins with `| `, also where the terminal wraps
//! it, so that no line of its own can be read as one of ours. Whoever reads the lines by program
//! (no terminal, or the name `ssh`) gets them as ssh would write them.

use std::sync::atomic::{AtomicBool, Ordering};

use unicode_width::UnicodeWidthStr;

use crate::prompt::{Challenge, Welcome};
use crate::say;
use crate::terminal;

/// What stands before the server's words.
const BAR: &str = "| ";
/// The width of a terminal that does not say.
const WIDTH: usize = 80;
/// A narrower terminal shows nothing anyway.
const WIDTH_MIN: usize = 20;

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
            for piece in wrapped(line, width()) {
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
            (true, false) => Some(say!("sigil-unproved", host, user, how)),
            (true, true) if self.always || self.led.load(Ordering::Relaxed) => {
                Some(say!("sigil-welcome", host, user, how))
            }
            (true, true) => None,
        }
    }
}

/// The columns that the terminal has beside the bar.
fn width() -> usize {
    let columns = terminal::winsize(rustix::stdio::stderr()).map(|size| size.cols);
    let columns = columns.and_then(|columns| usize::try_from(columns).ok());
    columns.filter(|&columns| columns >= WIDTH_MIN).unwrap_or(WIDTH) - BAR.len()
}

/// A line in pieces that the terminal does not wrap. Tabs count as the most that they can be.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    const TAB: usize = 8;
    let line = line.replace('\t', &" ".repeat(TAB));
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for part in line.chars() {
        let columns = part.to_string().width();
        if used + columns > width {
            pieces.push(String::new());
            used = 0;
        }
        used += columns;
        if let Some(last) = pieces.last_mut() {
            last.push(part);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert!(line.width() <= width() + BAR.len(), "{marked}");
        }
        assert!(marked.contains(&format!("| {ours}\n")), "{marked}");
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
