//! The question whether to change a host's keys on record, as in Tera Term's "Hostkey rotation": it
//! lists the keys to add and to remove. No is preselected.

use crossterm::event::Event;
use ratatui::Frame;
use ratatui::layout::Rect;

use super::component::{Component, DialogAction};
use super::form::{DialogForm, FormRow, Happened};
use super::keys_help::KeysHelp;
use super::look::{Look, Tone};
use crate::prompt::RotationQuestion;
use crate::say;
use crate::text;
use crate::trust::fingerprint;

/// How many characters of a name or path are shown.
const SHOWN: usize = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Yes,
    No,
}

/// The dialog; after it has closed, it contains the answer.
pub struct RotationDialog {
    form: DialogForm<Key>,
    answer: Option<bool>,
}

impl RotationDialog {
    /// Creates the dialog for this question.
    pub fn new(question: &RotationQuestion<'_>) -> RotationDialog {
        let RotationQuestion { host, file, difference } = question;
        let host = text::line(host, SHOWN);
        let file = text::path(file);
        let mut rows = vec![FormRow::text(Tone::Strong, say!(rotation_other_keys, host, file))];
        rows.push(FormRow::gap());
        rows.push(FormRow::text(Tone::Plain, say!(rotation_box_new, count = difference.new.len())));
        for key in &difference.new {
            let (kind, fingerprint) = (fingerprint::type_name(key), fingerprint::sha256(key));
            rows.push(
                FormRow::text(Tone::Good, say!(rotation_box_key, kind, fingerprint)).indented(2),
            );
        }
        let count = difference.obsolete.len();
        rows.push(FormRow::text(Tone::Plain, say!(rotation_box_obsolete, count)));
        for entry in &difference.obsolete {
            let kind = fingerprint::type_name(&entry.key);
            let fingerprint = fingerprint::sha256(&entry.key);
            let line = say!(rotation_box_key_at, kind, fingerprint, place = entry.at);
            rows.push(FormRow::text(Tone::Warn, line).indented(2));
        }
        rows.push(FormRow::gap());
        rows.push(FormRow::text(Tone::Plain, say!(rotation_box_ask)));
        rows.push(FormRow::buttons(vec![(Key::Yes, 'y', say!(yes)), (Key::No, 'n', say!(no))]));
        let mut form = DialogForm::new(say!(rotation_box_title), rows);
        form.tone = Tone::Warn;
        form.focus(Key::No);
        form.default = Some(Key::No);
        RotationDialog { form, answer: None }
    }

    /// Whether to change the file; `None` if the dialog was left.
    pub fn into_answer(self) -> Option<bool> {
        self.answer
    }
}

impl Component for RotationDialog {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        match self.form.handle(event) {
            Happened::Pressed(key) => self.answer = Some(key == Key::Yes),
            Happened::Cancelled => {}
            _ => return DialogAction::Stay,
        }
        DialogAction::Close
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::trust::rotate::Difference;
    use crate::ui::evidence::testing::{changed, known};
    use crate::ui::screen::testing::TestScreen;

    #[test]
    fn both_lists_are_shown_and_only_a_clear_yes_is_one() {
        let new = changed().offered;
        let obsolete = known(7, &new.to_openssh().unwrap());
        let sha256 = fingerprint::sha256(&new);
        let difference = Difference { new: vec![new], obsolete: vec![obsolete] };
        let question = RotationQuestion {
            host: "web1",
            file: Path::new("/home/anna/.ssh/known_hosts"),
            difference: &difference,
        };
        for (width, height) in [(60, 15), (80, 24), (200, 60)] {
            for (keys, answer) in
                [("<Enter>", Some(false)), ("<Esc>", None), ("<Left><Enter>", Some(true))]
            {
                let (shown, closed) =
                    TestScreen::new(width, height).play(RotationDialog::new(&question), keys);
                assert!(shown.contains(&sha256) && shown.contains("web1"), "{shown}");
                assert_eq!(closed.unwrap().into_answer(), answer, "{keys}");
            }
        }
    }
}
