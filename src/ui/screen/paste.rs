//! The question before a paste, as in Tera Term: the text can be read and edited.
//!
//! The text has the focus, not a button: Enter, pressed out of habit after a paste, adds a visible
//! line and sends nothing. Esc sends nothing either.

use crossterm::event::Event;
use ratatui::Frame;
use ratatui::layout::Rect;

use super::component::{Component, DialogAction};
use super::editor::Editor;
use super::form::{DialogForm, FormRow, Happened};
use super::keys_help::KeysHelp;
use super::look::{Look, Tone};
use crate::say;

/// The width of the dialog, if there is room: commands are long.
const WIDTH: u16 = 120;
/// The least and the most lines of text that are visible.
const SEEN: (u16, u16) = (3, 40);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    About,
    Text,
    Send,
    Cancel,
}

/// The dialog; after it has closed, it contains the answer.
pub struct ConfirmPaste {
    form: DialogForm<Key>,
    sent: bool,
}

impl ConfirmPaste {
    /// Creates the dialog for this text, with `
    /// ` between its lines.
    pub fn new(text: &str) -> ConfirmPaste {
        let rows = vec![
            FormRow::lines(Key::About, Vec::new()),
            FormRow::editor(Key::Text, Editor::new(text), SEEN.0),
            FormRow::gap(),
            FormRow::buttons(vec![
                (Key::Send, 's', say!(paste_send)),
                (Key::Cancel, 'c', say!(cancel)),
            ]),
        ];
        let mut form = DialogForm::new(say!(paste_title), rows).wide(WIDTH);
        form.tone = Tone::Warn;
        let mut dialog = ConfirmPaste { form, sent: false };
        dialog.tell();
        dialog.hint();
        dialog
    }

    /// The text to send; `None` if nothing is sent.
    pub fn into_answer(self) -> Option<String> {
        let text = self.form.editor(Key::Text).map(Editor::text);
        text.filter(|_| self.sent)
    }

    /// Updates the hints: Enter does something else in the text.
    fn hint(&mut self) {
        self.form.hints = vec![("Esc", say!(paste_hint_not))];
        if self.form.focused() == Some(Key::Text) {
            self.form.hints.push(("Enter", say!(paste_hint_line)));
        }
    }

    /// Describes what would be sent.
    fn tell(&mut self) {
        let Some(editor) = self.form.editor(Key::Text) else { return };
        let lines = match editor.count() {
            1 => say!(paste_count_one),
            count => say!(paste_count, count),
        };
        let end = match editor.is_ended() {
            true => say!(paste_ended),
            false => say!(paste_open),
        };
        self.form.set_text(Key::About, vec![(Tone::Strong, lines), (Tone::Plain, end)]);
    }
}

impl Component for ConfirmPaste {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        let lines = self.form.editor(Key::Text).map_or(0, Editor::count).saturating_add(1);
        let most = u16::try_from(lines).unwrap_or(SEEN.1).clamp(SEEN.0, SEEN.1);
        self.form.fit_editor(Key::Text, area, look, SEEN.0..=most);
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        let happened = self.form.handle(event);
        self.hint();
        match happened {
            Happened::Changed(_) => self.tell(),
            Happened::Pressed(Key::Send) => {
                self.sent = true;
                return DialogAction::Close;
            }
            Happened::Pressed(_) | Happened::Cancelled => return DialogAction::Close,
            _ => {}
        }
        DialogAction::Stay
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::testing::in_each_language;
    use crate::ui::screen::testing::TestScreen;

    /// The text that is sent; `None` if the dialog closes without sending.
    fn answer(text: &str, keys: &str) -> Option<String> {
        let (shown, closed) = TestScreen::new(80, 24).play(ConfirmPaste::new(text), keys);
        closed.unwrap_or_else(|| panic!("{keys} does not close it:\n{shown}")).into_answer()
    }

    #[test]
    fn text_is_sent_as_it_was_or_as_it_was_edited() {
        let text = "ls\n\x1b[2Jrm -rf /\n";
        assert_eq!(answer(text, "<Tab><Enter>").as_deref(), Some(text));
        assert_eq!(answer(text, "<C-k>pwd<Tab><Enter>").as_deref(), Some("pwd\n\x1b[2Jrm -rf /\n"));
        let keys = "<Down><C-k><Del><Tab> ";
        assert_eq!(answer(text, keys).as_deref(), Some("ls\n"));
        assert_eq!(answer("a\n", "<Paste:b\r\n><Tab><Enter>").as_deref(), Some("b\na\n"));
    }

    #[test]
    fn all_lines_stay_in_sight_while_they_are_edited() {
        let keys = "<Down><C-k><BS><Down><C-u>new<Enter>more";
        let (shown, _) = TestScreen::new(80, 24).play(ConfirmPaste::new("a\nb\nc\n"), keys);
        for line in ["1 a", "2 new", "3 more"] {
            assert!(shown.contains(line), "{line}:\n{shown}");
        }
    }

    #[test]
    fn nothing_is_sent_without_the_button() {
        for keys in ["<Esc>", "<C-c>", "<Tab><Right><Enter>", "<Tab><Esc>", "x<Esc>"] {
            assert_eq!(answer("a\nb\n", keys), None, "{keys}");
        }
        // Enter after a paste is often a habit.
        let (shown, closed) = TestScreen::new(80, 24).play(ConfirmPaste::new("a\n"), "<Enter>");
        assert!(closed.is_none() && shown.contains("2 lines"), "{shown}");
        assert!(shown.contains("Enter new line"), "{shown}");
        let (shown, _) = TestScreen::new(80, 24).play(ConfirmPaste::new("a\n"), "<Tab>");
        assert!(shown.contains("Enter confirm"), "{shown}");
    }

    #[test]
    fn it_is_said_how_much_it_is_and_whether_it_ends() {
        let shown = |text: &str| TestScreen::new(80, 24).play(ConfirmPaste::new(text), "").0;
        assert!(shown("a\nb\nc\n").contains("3 lines"));
        let open = shown("a\nb");
        assert!(open.contains("2 lines") && open.contains(&say!(paste_open)), "{open}");
        let one = shown("reboot\n");
        assert!(one.contains(&say!(paste_count_one)) && one.contains(&say!(paste_ended)));
    }

    #[test]
    fn what_would_act_is_seen_at_every_size_in_both_languages() {
        let text = format!("echo \x1b]0;x\x07\u{202e}日本\n{}", "more\n".repeat(500));
        in_each_language(|language| {
            for (width, height) in [(60, 15), (80, 24), (200, 60)] {
                let mut stage = TestScreen::new(width, height);
                for (keys, seen) in [
                    ("", "echo \\x1b]0;x\\x07\\u{202e}日本"),
                    ("<PageDown>", "more"),
                    ("<Tab>", "\\x1b"),
                ] {
                    let (shown, closed) = stage.play(ConfirmPaste::new(&text), keys);
                    let size = format!("{language:?} {width}x{height} {keys}:\n{shown}");
                    assert!(closed.is_none() && shown.contains(seen), "{seen} {size}");
                    for there in [say!(paste_send), say!(cancel), "501".to_owned()] {
                        assert!(shown.contains(&there), "{there} {size}");
                    }
                }
            }
            for (width, height) in [(10, 3), (1, 1), (24, 8)] {
                let keys = "x<Enter><Down><Tab>";
                TestScreen::new(width, height).play(ConfirmPaste::new(&text), keys);
            }
        });
    }
}
