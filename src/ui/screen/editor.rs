//! A text editor for several lines with line numbers, in which every character is visible.
//!
//! Control characters and invisible characters are shown as escapes (`\x1b`), each as one step of
//! the cursor; the text keeps the characters themselves. Lines are not wrapped: the view follows
//! the cursor, and a mark shows that a line continues.

use std::borrow::Cow;
use std::cell::Cell;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::look::{Look, Tone};
use crate::text;

/// The longest text in bytes: a paste of 1 MiB in which each byte becomes a longer character.
pub const EDITOR_MAX: usize = 4 * 1024 * 1024;
/// Columns from one tab stop to the next.
const TAB: usize = 8;
/// The most bytes of one step of the cursor. A letter with its combining marks has fewer; longer
/// sequences are split.
const STEP_MAX: usize = 64;
/// The number of lines of a page before anything was drawn.
const PAGE: usize = 10;

/// A text of several lines that is being edited.
pub struct Editor {
    lines: Vec<String>,
    /// The total number of bytes, with a line break between lines.
    size: usize,
    /// The cursor: the line, and the byte in it.
    line: usize,
    byte: usize,
    /// The column in which the cursor stays when it moves up and down.
    column: Option<usize>,
    /// The first visible line and column, and the number of visible lines; set by drawing.
    view: Cell<(usize, usize, usize)>,
}

/// One step of the cursor, as it is displayed.
struct Step<'a> {
    /// Its position in the line, in bytes.
    at: usize,
    column: usize,
    shown: Cow<'a, str>,
    width: usize,
    /// Whether it is displayed as an escape or a tab.
    changed: bool,
}

impl Editor {
    /// An editor for a text with `
    /// ` between lines, with the cursor at its start. Text beyond [`EDITOR_MAX`] is cut off.
    pub fn new(text: &str) -> Editor {
        let text = beginning(text, EDITOR_MAX);
        let lines = text.split('\n').map(str::to_owned).collect();
        let view = Cell::new((0, 0, PAGE));
        Editor { lines, size: text.len(), line: 0, byte: 0, column: None, view }
    }

    /// The text, with `\n` between lines.
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// The number of lines; a final line break does not start another line.
    pub fn count(&self) -> usize {
        self.lines.len() - usize::from(self.is_ended())
    }

    /// Whether the last line has a line break too.
    pub fn is_ended(&self) -> bool {
        self.lines.len() > 1 && self.lines.last().is_some_and(String::is_empty)
    }

    /// Handles a key or a paste; `true` if the editor uses it.
    pub fn take(&mut self, event: &Event) -> bool {
        match event {
            Event::Paste(pasted) => {
                self.insert(&pasted.replace("\r\n", "\n").replace('\r', "\n"));
                true
            }
            Event::Key(key) => self.key(key),
            _ => false,
        }
    }

    fn key(&mut self, key: &KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if let KeyCode::Up | KeyCode::Down | KeyCode::PageUp | KeyCode::PageDown = key.code {
            self.go_down(key.code);
            return true;
        }
        self.column = None;
        match key.code {
            KeyCode::Char(c) if control => return self.control(c.to_ascii_lowercase()),
            KeyCode::Char(_) if key.modifiers.contains(KeyModifiers::ALT) => return false,
            KeyCode::Char(c) => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Enter => self.insert("\n"),
            KeyCode::Backspace => self.rub_out(),
            KeyCode::Delete => self.delete(),
            KeyCode::Left => {
                self.go_left();
            }
            KeyCode::Right => self.go_right(),
            KeyCode::Home if control => (self.line, self.byte) = (0, 0),
            KeyCode::End if control => {
                self.line = self.lines.len() - 1;
                self.byte = self.here().len();
            }
            KeyCode::Home => self.byte = 0,
            KeyCode::End => self.byte = self.here().len(),
            _ => return false,
        }
        true
    }

    /// Handles a Ctrl key as in a shell's line.
    fn control(&mut self, c: char) -> bool {
        match c {
            'a' => self.byte = 0,
            'e' => self.byte = self.here().len(),
            'b' => {
                self.go_left();
            }
            'f' => self.go_right(),
            'd' => self.delete(),
            'h' => self.rub_out(),
            'u' => self.cut(0, self.byte),
            'k' => self.cut(self.byte, self.here().len()),
            _ => return false,
        }
        true
    }

    fn here(&self) -> &str {
        &self.lines[self.line]
    }

    fn insert(&mut self, text: &str) {
        let text = beginning(text, EDITOR_MAX.saturating_sub(self.size));
        self.size += text.len();
        let rest = self.lines[self.line].split_off(self.byte);
        let mut pieces = text.split('\n');
        self.lines[self.line].push_str(pieces.next().unwrap_or_default());
        let more: Vec<_> = pieces.map(str::to_owned).collect();
        let (from, count) = (self.line + 1, more.len());
        self.lines.splice(from..from, more);
        self.line += count;
        self.byte = self.here().len();
        self.lines[self.line].push_str(&rest);
    }

    fn cut(&mut self, from: usize, to: usize) {
        self.lines[self.line].replace_range(from..to, "");
        self.size -= to - from;
        self.byte = from;
    }

    fn rub_out(&mut self) {
        if self.go_left() {
            self.delete();
        }
    }

    fn delete(&mut self) {
        match self.next() {
            Some(next) => self.cut(self.byte, next),
            None if self.line + 1 < self.lines.len() => {
                let below = self.lines.remove(self.line + 1);
                self.lines[self.line].push_str(&below);
                self.size -= 1;
            }
            None => {}
        }
    }

    /// The end of the step at the cursor; `None` at the end of the line.
    fn next(&self) -> Option<usize> {
        let rest = &self.here()[self.byte..];
        step(rest).map(|length| self.byte + length)
    }

    /// Moves one step back; `false` at the start of the text.
    fn go_left(&mut self) -> bool {
        if self.byte > 0 {
            self.byte = steps(self.here())
                .map(|step| step.at)
                .take_while(|at| *at < self.byte)
                .last()
                .unwrap_or(0);
            return true;
        }
        if self.line == 0 {
            return false;
        }
        self.line -= 1;
        self.byte = self.here().len();
        true
    }

    fn go_right(&mut self) {
        match self.next() {
            Some(next) => self.byte = next,
            None if self.line + 1 < self.lines.len() => (self.line, self.byte) = (self.line + 1, 0),
            None => {}
        }
    }

    /// Moves up, down, or by a page; stays in the same column if possible.
    fn go_down(&mut self, code: KeyCode) {
        let column = self.column.unwrap_or_else(|| self.cursor_column());
        let (_, _, page) = self.view.get();
        let last = self.lines.len() - 1;
        self.line = match code {
            KeyCode::Up => self.line.saturating_sub(1),
            KeyCode::PageUp => self.line.saturating_sub(page),
            KeyCode::PageDown => (self.line + page).min(last),
            _ => (self.line + 1).min(last),
        };
        let there = steps(self.here()).find(|step| step.column + step.width > column);
        self.byte = there.map_or(self.here().len(), |step| step.at);
        self.column = Some(column);
    }

    fn cursor_column(&self) -> usize {
        steps(&self.here()[..self.byte]).last().map_or(0, |step| step.column + step.width)
    }

    /// The visible part of the text in this many columns and lines, and the cursor's line and
    /// column in it.
    pub fn shown(
        &self,
        (columns, height): (u16, u16),
        look: Look,
    ) -> (Vec<Line<'static>>, (u16, u16)) {
        let digits = self.lines.len().to_string().len();
        // The line number, and a mark before and after the text.
        let room = usize::from(columns).saturating_sub(digits + 2).max(1);
        let height = usize::from(height.max(1));
        let (top, left, _) = self.view.get();
        let column = self.cursor_column();
        let top = top.clamp((self.line + 1).saturating_sub(height), self.line);
        let left = left.clamp((column + 1).saturating_sub(room), column);
        self.view.set((top, left, height));
        let line = |at: usize| match self.lines.get(at) {
            Some(line) => {
                let number = Span::styled(format!("{:digits$}", at + 1), look.style(Tone::Dim));
                let mut spans = vec![number];
                spans.extend(window(line, left, room, look));
                Line::from(spans)
            }
            None => Line::default(),
        };
        let x = digits + 1 + column - left;
        let cursor = ((self.line - top) as u16, u16::try_from(x).unwrap_or(columns));
        ((top..top + height).map(line).collect(), cursor)
    }
}

/// The longest prefix of whole characters with at most `max` bytes.
fn beginning(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or(0)]
}

/// The visible part of a line, between its marks.
fn window(line: &str, left: usize, room: usize, look: Look) -> Vec<Span<'static>> {
    let more = |is: bool, mark: &'static str| match is {
        true => Span::styled(mark, look.style(Tone::Warn)),
        false => Span::raw(" "),
    };
    let mut spans = vec![more(left > 0 && !line.is_empty(), look.mark("‹", "<"))];
    let (mut used, mut goes_on) = (left, false);
    for step in steps(line) {
        if step.column < left {
            // The first half of the step is to the left of the view.
            let rest = (step.column + step.width).saturating_sub(left).min(room);
            spans.push(Span::raw(" ".repeat(rest)));
            used += rest;
            continue;
        }
        if step.column + step.width > left + room {
            goes_on = true;
            break;
        }
        used = step.column + step.width;
        let style = if step.changed { look.style(Tone::Warn) } else { Style::new() };
        spans.push(Span::styled(step.shown.into_owned(), style));
    }
    spans.push(Span::raw(" ".repeat((left + room).saturating_sub(used))));
    spans.push(more(goes_on, look.mark("›", ">")));
    spans
}

/// Splits a line into steps.
fn steps(line: &str) -> impl Iterator<Item = Step<'_>> {
    let (mut at, mut column) = (0, 0);
    std::iter::from_fn(move || {
        let length = step(&line[at..])?;
        let raw = &line[at..at + length];
        let (shown, changed) = match raw {
            "\t" => (Cow::from(" ".repeat(TAB - column % TAB)), true),
            _ if is_plain(raw) => (Cow::from(raw), false),
            _ => (Cow::from(text::line(raw, STEP_MAX)), true),
        };
        let width = shown.width();
        let this = Step { at, column, shown, width, changed };
        at += length;
        column += width;
        Some(this)
    })
}

/// The length in bytes of a text's first step: a character, and the combining characters after it.
fn step(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let mut end = first.len_utf8();
    if first.is_control() || !is_plain(&text[..end]) {
        return Some(end);
    }
    for next in text[end..].chars() {
        let longer = end + next.len_utf8();
        let joins = !next.is_ascii()
            && longer <= STEP_MAX
            && text[..longer].width() <= text[..end].width()
            && is_plain(&text[end..longer]);
        if !joins {
            break;
        }
        end = longer;
    }
    Some(end)
}

/// Whether a text is displayed unchanged.
fn is_plain(raw: &str) -> bool {
    match raw.as_bytes() {
        [byte] => matches!(byte, b' '..=b'~'),
        _ => text::line(raw, STEP_MAX) == raw,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::screen::testing::keys;

    const LOOK: Look = Look { colour: false, unicode: true };

    fn typed(text: &str, typed: &str) -> Editor {
        let mut editor = Editor::new(text);
        for event in keys(typed) {
            editor.take(&event);
        }
        editor
    }

    fn seen(editor: &Editor, columns: u16, height: u16) -> Vec<String> {
        let (lines, (line, column)) = editor.shown((columns, height), LOOK);
        assert!(line < height && column < columns, "the cursor is at {line}, {column}");
        assert!(lines.iter().all(|line| line.width() <= usize::from(columns)), "{lines:?}");
        lines.iter().map(|line| line.to_string().trim_end().to_owned()).collect()
    }

    #[test]
    fn text_comes_back_as_it_was() {
        for text in ["", "a", "a\n", "\n\n", "\x1b[2J\t\u{202e}\nä\u{301}日本\r"] {
            assert_eq!(Editor::new(text).text(), text);
        }
        for (text, count, ended) in [("", 1, false), ("a", 1, false), ("a\nb\n", 2, true)] {
            let editor = Editor::new(text);
            assert_eq!((editor.count(), editor.is_ended()), (count, ended), "{text:?}");
        }
    }

    #[test]
    fn keys_edit_within_lines_and_across_them() {
        for (text, keys, edited) in [
            ("one\ntwo", "x<End>y<Down>z", "xoney\ntwoz"),
            ("one\ntwo", "<Down><BS>", "onetwo"),
            ("one\ntwo", "<End><Del>", "onetwo"),
            ("one\ntwo", "<Right><Enter>", "o\nne\ntwo"),
            ("one\ntwo", "<End><Right>-", "one\n-two"),
            ("one\ntwo", "<Down><Left>-", "one-\ntwo"),
            ("one\ntwo", "<C-e><C-u>1<Down><C-k>", "1\nt"),
            ("one", "<BS><Left><Up><Del><C-d>", "e"),
            ("long line\nx\nlong", "<End><Down><Down>-", "long line\nx\nlong-"),
            ("ab", "<Right><Paste:1\r\n2\r3\x1b>-", "a1\n2\n3\x1b-b"),
        ] {
            assert_eq!(typed(text, keys).text(), edited, "{text:?} {keys}");
        }
    }

    #[test]
    fn other_keys_are_for_the_dialog() {
        let mut editor = Editor::new("a");
        for event in keys("<Tab><S-Tab><Esc><C-c><F1>") {
            assert!(!editor.take(&event), "{event:?}");
        }
        assert_eq!(editor.text(), "a");
    }

    #[test]
    fn what_would_act_is_written_out_and_is_one_step() {
        let editor = Editor::new("rm\t/\x1b[2K\u{202e}\u{7f}x");
        assert_eq!(seen(&editor, 60, 1), ["1 rm      /\\x1b[2K\\u{202e}\\x7fx"]);
        assert_eq!(typed("\x1b\u{202e}x", "<Right><Del>").text(), "\x1bx");
        assert_eq!(typed("a\tb", "<End><BS><BS>").text(), "a");
    }

    #[test]
    fn wide_letters_and_marks_are_never_halved() {
        let editor = typed("日本語のテキスト", "<End>");
        assert_eq!(seen(&editor, 9, 1), ["1‹ スト"]);
        let (_, cursor) = editor.shown((9, 1), LOOK);
        assert_eq!(cursor, (0, 7));
        assert_eq!(seen(&typed("日本語", ""), 8, 1), ["1 日本 ›"]);
        // An accent is deleted with its letter, a skin tone with its emoji.
        assert_eq!(typed("e\u{301}x", "<Del>").text(), "x");
        assert_eq!(typed("👍🏽x", "<Right><BS>").text(), "x");
        // A column in the middle of a wide letter means the position before it.
        assert_eq!(typed("abc\n日本", "<Right><Down>-").text(), "abc\n-日本");
    }

    #[test]
    fn the_view_follows_the_cursor() {
        let text: String = (1..=100).map(|n| format!("line {n}\n")).collect();
        let mut editor = typed(&text, "");
        assert_eq!(seen(&editor, 20, 3), ["  1 line 1", "  2 line 2", "  3 line 3"]);
        for event in keys("<PageDown><Down>") {
            editor.take(&event);
        }
        assert_eq!(seen(&editor, 20, 3), ["  3 line 3", "  4 line 4", "  5 line 5"]);
        for event in keys("<Up>") {
            editor.take(&event);
        }
        assert_eq!(seen(&editor, 20, 3)[0], "  3 line 3", "it does not move without need");
        let long = typed(&"x".repeat(500), "<End>");
        assert!(seen(&long, 20, 2)[0].starts_with("1‹xxx"));
        for size in [(1, 1), (3, 1), (5, 40)] {
            long.shown(size, LOOK);
        }
    }

    #[test]
    fn there_is_an_end_to_it() {
        let mut editor = Editor::new(&"é".repeat(EDITOR_MAX));
        assert_eq!(editor.text().len(), EDITOR_MAX);
        editor.take(&Event::Paste("more".into()));
        assert_eq!(editor.text().len(), EDITOR_MAX);
        let mut editor = Editor::new(&"x".repeat(EDITOR_MAX - 3));
        editor.take(&Event::Paste("éé".into()));
        assert_eq!(editor.text().len(), EDITOR_MAX - 1);
    }
}
