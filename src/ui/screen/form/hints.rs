//! The keys of a form: those that the footer names, and all of them for the help.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::DialogForm;
use super::row::{FormRow, Widget};
use crate::say;
use crate::ui::screen::look::{Look, Tone};

/// The most lines of hints.
const HINT_LINES: usize = 2;

impl<K: Copy + PartialEq> DialogForm<K> {
    /// The keys of the dialog, then the usual ones.
    fn hinted(&self) -> Vec<(&'static str, String)> {
        let usual = [
            ("Tab", say!(hint_move)),
            ("Space", say!(hint_choose)),
            ("Enter", say!(hint_confirm)),
            ("Esc", say!(hint_cancel)),
        ];
        let only_shows = self.only_shows();
        let usual =
            usual.into_iter().filter(|(key, _)| !self.names(key) && (!only_shows || *key == "Esc"));
        self.hints.iter().cloned().chain(usual).collect()
    }

    /// Whether the dialog has a hint of its own for a key, which replaces the usual one.
    fn names(&self, key: &str) -> bool {
        self.hints.iter().any(|(keys, _)| keys.split(' ').any(|own| own == key))
    }

    /// Whether the form only shows something, and can only be left.
    fn only_shows(&self) -> bool {
        let shows = |row: &FormRow<K>| matches!(row.widget, Widget::Gap | Widget::Text(_));
        self.rows.iter().all(shows)
    }

    /// The lines of the footer.
    pub(super) fn hint_lines(&self, width: u16, look: Look) -> Vec<Line<'static>> {
        let mut lines = vec![String::new()];
        for (keys, does) in self.hinted() {
            let hint = say!(keys_hint, keys, does);
            if !append(&mut lines, &hint, width) {
                lines.push(hint);
            }
        }
        lines.truncate(HINT_LINES);
        // The help, and selecting with the mouse, are named where that takes no line.
        if !self.only_shows() && !self.names("F1") {
            append(&mut lines, &say!(keys_hint, keys = "F1", does = say!(hint_help)), width);
        }
        let (keys, does) = (say!(hint_select_keys), say!(hint_select));
        append(&mut lines, &say!(keys_hint, keys, does), width);
        let dim = look.style(Tone::Dim);
        lines.into_iter().map(|line| Line::from(Span::styled(line, dim))).collect()
    }

    /// All keys with what they do, for the help.
    pub fn keys(&self) -> Vec<(String, String)> {
        let mut keys: Vec<(String, String)> =
            self.hinted().into_iter().map(|(keys, does)| (keys.to_owned(), does)).collect();
        let has_text = self.types_in_lists
            || self
                .rows
                .iter()
                .any(|row| matches!(row.widget, Widget::TextField { .. } | Widget::Editor { .. }));
        let named = |letter: char| match has_text {
            true => format!("{letter} Alt+{letter}"),
            false => letter.to_string(),
        };
        let choices = self.choices().map(|(letter, label)| (named(letter), label.to_owned()));
        keys.extend(choices);
        let buttons = self.buttons().map(|button| (named(button.access), button.label.clone()));
        keys.extend(buttons);
        if !self.names("PgUp") {
            keys.push(("PgUp PgDn".to_owned(), say!(keys_scroll)));
        }
        keys.push((say!(keys_click_keys), say!(keys_click)));
        keys.push((say!(hint_select_keys), say!(keys_select)));
        keys
    }
}

/// Adds a hint to the last line, if there is room.
fn append(lines: &mut [String], hint: &str, width: u16) -> bool {
    let Some(last) = lines.last_mut() else { return false };
    let blank = if last.is_empty() { 0 } else { 3 };
    let fits = last.width() + blank + hint.width() <= usize::from(width);
    if fits {
        last.push_str(&" ".repeat(blank));
        last.push_str(hint);
    }
    fits
}
