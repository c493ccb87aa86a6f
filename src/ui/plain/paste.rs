//! The question before a paste, as plain lines: shows the text with control characters made
//! visible, lets its lines be changed one by one, and asks whether to send it.

use std::fs::File;
use std::io::{self, Write};

use super::person::MAX_MISTAKES;
use crate::prompt::Answer;
use crate::say;
use crate::terminal::secret::read_shown;
use crate::text;

/// The most lines that are shown; nobody reads more before answering.
const MAX_LINES: usize = 200;
/// The most characters of a line that are shown.
const MAX_SHOWN: usize = 500;

/// Asks whether to send the text; returns the text to send.
pub(super) fn ask(tty: &File, text: &str) -> Answer<String> {
    let mut lines = PasteLines::of(text);
    let mut mistakes = 0;
    let mut shown = false;
    while mistakes < MAX_MISTAKES {
        if !shown && { tty }.write_all(lines.shown().as_bytes()).is_err() {
            return Answer::CannotAsk;
        }
        shown = true;
        let question = say!(paste_lines_send, count = lines.count());
        let Ok(Some(answer)) = read_shown(tty, &question) else { return Answer::Cancelled };
        match answer.trim().to_ascii_lowercase().as_str() {
            "yes" => return Answer::Given(lines.text()),
            "no" => return Answer::Cancelled,
            "edit" => {
                if edit(tty, &mut lines).is_err() {
                    return Answer::Cancelled;
                }
                shown = false;
            }
            _ => mistakes += 1,
        }
    }
    Answer::Cancelled
}

/// Lets the person change lines until there is nothing more to change.
fn edit(tty: &File, lines: &mut PasteLines) -> io::Result<()> {
    loop {
        let count = lines.lines.len();
        let question = say!(paste_lines_which, count);
        let Some(number) = read_shown(tty, &question)? else { return Ok(()) };
        if number.trim().is_empty() {
            return Ok(());
        }
        let index = number.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let Some(line) = index.and_then(|index| lines.lines.get_mut(index)) else { continue };
        let Some(new) = read_shown(tty, &say!(paste_lines_new))? else { return Ok(()) };
        *line = (!new.is_empty()).then_some(new);
    }
}

/// The text, line by line. A removed line is `None`, so that the numbers stay.
struct PasteLines {
    lines: Vec<Option<String>>,
    /// Whether the last line ends in a line break too.
    ended: bool,
}

impl PasteLines {
    fn of(text: &str) -> PasteLines {
        let ended = text.ends_with('\n');
        let body = text.strip_suffix('\n').unwrap_or(text);
        PasteLines { lines: body.split('\n').map(|line| Some(line.to_owned())).collect(), ended }
    }

    fn left(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().flatten().map(String::as_str)
    }

    fn text(&self) -> String {
        let mut text = self.left().collect::<Vec<_>>().join("\n");
        if self.ended && self.left().next().is_some() {
            text.push('\n');
        }
        text
    }

    fn count(&self) -> String {
        match self.left().count() {
            1 => say!(paste_lines_this),
            count => say!(paste_lines_these, count),
        }
    }

    fn shown(&self) -> String {
        let count = self.lines.len();
        let mut shown = match count {
            1 => say!(paste_lines_one),
            _ => say!(paste_lines_many, count),
        };
        shown.push('\n');
        for (index, line) in self.lines.iter().enumerate().take(MAX_LINES) {
            let line = match line {
                Some(line) => visible(line),
                None => say!(paste_lines_left_out),
            };
            shown.push_str(&format!("{:4}  {line}\n", index + 1));
        }
        if count > MAX_LINES {
            shown.push_str(&format!(
                "      {}\n",
                say!(paste_lines_more, count = count - MAX_LINES)
            ));
        }
        if !self.ended {
            shown.push_str(&format!("      {}\n", say!(paste_lines_unended)));
        }
        shown
    }
}

/// Makes a line visible: control characters except tabs are written as escapes.
fn visible(line: &str) -> String {
    let parts: Vec<_> = line.split('\t').map(|part| text::line(part, MAX_SHOWN)).collect();
    parts.join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_was() {
        for text in ["a\nb\n", "a\nb", "a\n\n", "\n", "a"] {
            assert_eq!(PasteLines::of(text).text(), text);
        }
    }

    #[test]
    fn lines_that_are_left_out_leave_nothing() {
        let mut lines = PasteLines::of("a\nb\nc\n");
        lines.lines[1] = None;
        assert_eq!((lines.text().as_str(), lines.count().as_str()), ("a\nc\n", "these 2 lines"));
        lines.lines.fill(None);
        assert_eq!(lines.text(), "");
    }

    #[test]
    fn what_would_act_is_shown() {
        let shown = PasteLines::of("rm -rf\t/\x1b[2K\n\u{202e}\n").shown();
        assert_eq!(shown, "A paste of 2 lines:\n   1  rm -rf\t/\\x1b[2K\n   2  \\u{202e}\n");
        let shown = PasteLines::of(&"x\n".repeat(MAX_LINES + 3)).shown();
        assert!(shown.ends_with("and 3 more lines\n"), "{shown}");
    }
}
