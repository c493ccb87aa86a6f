//! The small dialogs on top of New connection: a question with No preselected, the name for a new
//! session, and the help.

use crossterm::event::{Event, KeyCode};
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::error::Result;
use crate::profiles::{Document, ProfileStore};
use crate::ui::screen::component::{Component, DialogAction};
use crate::ui::screen::field::TextField;
use crate::ui::screen::form::{DialogForm, FormRow, Happened};
use crate::ui::screen::keys_help::KeysHelp;
use crate::ui::screen::look::{Look, Tone};
use crate::{say, text};

/// How many characters of a message are shown.
const MAX_MESSAGE: usize = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Message,
    Name,
    Yes,
    No,
}

/// A question whose preselected answer is No.
pub(super) struct Confirm {
    form: DialogForm<Key>,
    /// The answer.
    pub yes: bool,
}

impl Confirm {
    /// `does` is the label of the other button.
    pub fn new(title: String, question: String, does: String) -> Confirm {
        let rows = vec![
            FormRow::text(Tone::Plain, question),
            FormRow::gap(),
            FormRow::buttons(vec![(Key::No, 'n', say!(no)), (Key::Yes, 'y', does)]),
        ];
        let mut form = DialogForm::new(title, rows);
        form.tone = Tone::Warn;
        Confirm { form, yes: false }
    }
}

impl Component for Confirm {
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

/// Makes the session for a name.
pub(super) type MakeDocument = Box<dyn Fn(&ProfileStore, &str) -> Result<Document>>;

/// Asks for a name, and saves a session under it.
pub(super) struct AskName {
    form: DialogForm<Key>,
    store: ProfileStore,
    make: MakeDocument,
    /// The name under which the session was saved.
    pub saved: Option<String>,
}

impl AskName {
    pub fn new(title: String, name: &str, store: &ProfileStore, make: MakeDocument) -> AskName {
        let rows = vec![
            FormRow::lines(Key::Message, Vec::new()),
            FormRow::field(Key::Name, say!(connection_name), TextField::new(name)),
            FormRow::gap(),
            FormRow::buttons(vec![
                (Key::Yes, 's', say!(connection_save_now)),
                (Key::No, 'c', say!(cancel)),
            ]),
        ];
        AskName { form: DialogForm::new(title, rows), store: store.clone(), make, saved: None }
    }

    fn save(&mut self) -> DialogAction {
        let name = self.form.text(Key::Name).trim().to_owned();
        let message = match self.store.has(&name) {
            true => say!(connection_name_taken),
            false => {
                let made = (self.make)(&self.store, &name);
                match made.and_then(|mut document| self.store.save(&mut document)) {
                    Ok(()) => {
                        self.saved = Some(name);
                        return DialogAction::Close;
                    }
                    Err(error) => text::line(&error.to_string(), MAX_MESSAGE),
                }
            }
        };
        self.form.set_text(Key::Message, vec![(Tone::Danger, message)]);
        self.form.focus(Key::Name);
        DialogAction::Stay
    }
}

impl Component for AskName {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        match self.form.handle(event) {
            Happened::Pressed(Key::Yes) | Happened::Entered(Key::Name) => self.save(),
            Happened::Pressed(_) | Happened::Cancelled => DialogAction::Close,
            _ => DialogAction::Stay,
        }
    }
}

/// The help: what can be typed and which keys can be pressed.
pub(super) struct Help {
    form: DialogForm<Key>,
}

impl Help {
    pub fn new(look: Look) -> Help {
        let part = |heading: String, body: String| [(Tone::Strong, heading), (Tone::Plain, body)];
        let parts = [
            part(say!(connection_help_host), say!(connection_help_host_text)),
            part(
                say!(connection_help_list),
                say!(
                    connection_help_list_text,
                    recent = look.mark("↺", "~"),
                    own = look.mark("★", "*"),
                    config = look.mark("⚙", "+")
                ),
            ),
            part(say!(connection_help_keys), say!(connection_help_keys_text)),
            part(say!(connection_help_mouse), say!(connection_help_mouse_text)),
            part(say!(connection_help_files), say!(connection_help_files_text)),
        ];
        let mut rows = Vec::new();
        for [heading, body] in parts {
            rows.extend([
                FormRow::text(heading.0, heading.1),
                FormRow::text(body.0, body.1),
                FormRow::gap(),
            ]);
        }
        rows.push(FormRow::buttons(vec![(Key::No, 'c', say!(close))]));
        let mut form = DialogForm::new(say!(connection_help_title), rows);
        form.hints =
            vec![("PgUp PgDn", say!(connection_hint_scroll)), ("F1 Esc", say!(facts_hint_close))];
        Help { form }
    }
}

impl Component for Help {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        match self.form.handle(event) {
            Happened::Pressed(_) | Happened::Cancelled => DialogAction::Close,
            Happened::Unused(key) if key.code == KeyCode::F(1) => DialogAction::Close,
            _ => DialogAction::Stay,
        }
    }
}
