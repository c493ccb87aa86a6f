//! A yes-or-no question on top of the dialog that asks it. No is preselected, and Esc means no.

use crossterm::event::Event;
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::say;
use crate::ui::screen::component::{Component, DialogAction};
use crate::ui::screen::form::{DialogForm, FormRow, Happened};
use crate::ui::screen::keys_help::KeysHelp;
use crate::ui::screen::look::{Look, Tone};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    No,
    Yes,
}

/// The question; after it has closed, it contains the answer.
pub struct Question {
    form: DialogForm<Key>,
    yes: bool,
}

impl Question {
    /// Creates a question with a title.
    pub fn new(title: String, text: String) -> Question {
        let buttons = vec![(Key::No, 'n', say!(no)), (Key::Yes, 'y', say!(yes))];
        let mut form = DialogForm::new(
            title,
            vec![FormRow::text(Tone::Plain, text), FormRow::buttons(buttons)],
        )
        .wide(60);
        form.tone = Tone::Warn;
        form.focus(Key::No);
        Question { form, yes: false }
    }

    /// Whether the answer was yes.
    pub fn is_yes(&self) -> bool {
        self.yes
    }
}

impl Component for Question {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        match self.form.handle(event) {
            Happened::Pressed(key) => {
                self.yes = key == Key::Yes;
                DialogAction::Close
            }
            Happened::Cancelled => DialogAction::Close,
            _ => DialogAction::Stay,
        }
    }
}
