//! The keys of a dialog, which F1 shows on top of it.

use crossterm::event::{Event, KeyCode, KeyEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;

use super::component::{Component, DialogAction};
use super::form::{DialogForm, FormRow, Happened};
use super::look::Look;
use crate::say;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Keys,
    Close,
}

/// The dialog.
pub struct KeysHelp {
    form: DialogForm<Key>,
}

impl KeysHelp {
    /// Shows these keys, each with what it does.
    pub fn new(keys: Vec<(String, String)>) -> KeysHelp {
        let rows = vec![
            FormRow::pairs(Key::Keys, keys),
            FormRow::buttons(vec![(Key::Close, 'q', say!(close))]),
        ];
        let mut form = DialogForm::new(say!(keys_title), rows);
        form.hints = vec![
            ("Up Down PgUp PgDn", say!(facts_hint_scroll)),
            ("F1 Esc", say!(facts_hint_close)),
        ];
        KeysHelp { form }
    }

    /// The keys of a form, as [`Component::help`] gives them.
    pub fn of<K: Copy + PartialEq>(form: &DialogForm<K>) -> Option<Box<dyn Component>> {
        Some(Box::new(KeysHelp::new(form.keys())))
    }
}

impl Component for KeysHelp {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        if let Event::Key(key) = event
            && key.kind != KeyEventKind::Release
        {
            match key.code {
                KeyCode::Up => self.form.scroll_by(-1),
                KeyCode::Down => self.form.scroll_by(1),
                KeyCode::F(1) => return DialogAction::Close,
                _ => {}
            }
        }
        match self.form.handle(event) {
            Happened::Pressed(_) | Happened::Entered(_) | Happened::Cancelled => {
                DialogAction::Close
            }
            _ => DialogAction::Stay,
        }
    }
}
