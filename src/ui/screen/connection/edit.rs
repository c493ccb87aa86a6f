//! The form that edits a saved session. Parts of the file that no field changes stay as they are,
//! including comments and unknown keys. An invalid value is reported beside its field, and what is
//! wrong with the whole above the buttons; the form stays open.
//! If another program has changed the file meanwhile, a question asks whether to overwrite it.

use std::any::Any;
use std::sync::Arc;

use crossterm::event::Event;
use ratatui::Frame;
use ratatui::layout::Rect;

use super::ask::Confirm;
use super::fields::{self, Name};
use crate::error::{Error, Result};
use crate::profiles::{Document, Profile, ProfileStore, Value};
use crate::ui::hosts::EnteredCheck;
use crate::ui::screen::component::{Component, DialogAction};
use crate::ui::screen::field::TextField;
use crate::ui::screen::form::{DialogForm, FormRow, Happened};
use crate::ui::screen::keys_help::KeysHelp;
use crate::ui::screen::look::{Look, Tone};
use crate::{say, text};

/// How many characters of a name or message are shown.
const MAX_MESSAGE: usize = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Message,
    /// A field of the session, by its name in the file.
    Of(Name),
    Save,
    Cancel,
}

/// The open question.
enum EditConfirmation {
    /// Whether to overwrite another program's changes.
    Overwrite(Box<Profile>),
    /// Whether to leave without writing.
    Discard,
}

/// The form.
pub(super) struct Edit {
    form: DialogForm<Key>,
    store: ProfileStore,
    entered_check: Arc<dyn EnteredCheck>,
    document: Document,
    /// The fields' initial texts.
    first: Vec<(Name, String)>,
    /// The fields that are choices, with their texts after "as usual".
    choices: Vec<(Name, Vec<String>)>,
    asked: Option<EditConfirmation>,
    done: bool,
}

impl Edit {
    pub fn new(
        store: ProfileStore,
        entered_check: Arc<dyn EnteredCheck>,
        document: Document,
    ) -> Edit {
        let mut rows = vec![FormRow::text(Tone::Dim, say!(connection_edit_lists))];
        let (mut first, mut choices) = (Vec::new(), Vec::new());
        let values = document.profile().fields();
        for (heading, names) in fields::groups() {
            rows.extend([FormRow::gap(), FormRow::text(Tone::Strong, heading)]);
            for &name in names {
                let Some((_, value)) = values.iter().find(|(field, _)| *field == name) else {
                    continue;
                };
                let written = fields::written(name, value);
                rows.push(row(name, value, &mut choices).indented(2));
                first.push((name, written));
            }
        }
        rows.push(FormRow::lines(Key::Message, Vec::new()).pinned());
        rows.push(FormRow::buttons(vec![
            (Key::Save, 's', say!(connection_save_now)),
            (Key::Cancel, 'c', say!(cancel)),
        ]));
        let title = say!(connection_edit_title, name = text::line(document.name(), 40));
        let form = DialogForm::new(title, rows);
        Edit { form, store, entered_check, document, first, choices, asked: None, done: false }
    }

    /// The name of the session, if it was written.
    pub fn saved(&self) -> Option<String> {
        self.done.then(|| self.document.name().to_owned())
    }

    /// The current text of a field.
    fn now(&self, name: Name) -> String {
        if let Some((_, texts)) = self.choices.iter().find(|(field, _)| *field == name) {
            let chosen = self.form.selected(Key::Of(name)).checked_sub(1);
            return chosen.and_then(|at| texts.get(at)).cloned().unwrap_or_default();
        }
        self.form.text(Key::Of(name)).trim().to_owned()
    }

    /// The changed fields with their current texts.
    fn changed(&self) -> Vec<(Name, String)> {
        let mut changed = Vec::new();
        for (name, before) in &self.first {
            let now = self.now(name);
            let field = TextField::new(before);
            // A value that did not fit counts as unchanged.
            if now != before.trim() && now != field.text().trim() {
                changed.push((*name, now));
            }
        }
        changed
    }

    /// The session that the form describes, or the invalid field and the reason.
    fn profile(&self) -> Result<Profile, (Name, String)> {
        let mut profile = self.document.profile().clone();
        for (name, text) in self.changed() {
            fields::put(&mut profile, name, &text).map_err(|why| (name, why))?;
        }
        profile.check()?;
        Ok(profile)
    }

    fn save(&mut self) -> DialogAction {
        let profile = match self.profile() {
            Ok(profile) => profile,
            Err((name, why)) => {
                self.form.set_text(Key::Message, Vec::new());
                self.form.remark(Key::Of(name), Tone::Danger, text::line(&why, MAX_MESSAGE));
                self.form.focus(Key::Of(name));
                return DialogAction::Stay;
            }
        };
        let mut document = self.document.clone();
        if let Err(error) =
            document.set(profile.clone()).and_then(|()| self.entered_check.accepts(&document))
        {
            return self.complain(&error);
        }
        match self.store.save(&mut document) {
            Ok(()) => self.close(),
            Err(_) if self.store.has_changed(&self.document) => {
                self.asked = Some(EditConfirmation::Overwrite(Box::new(profile)));
                let title = say!(connection_overwrite_title);
                let question = say!(connection_overwrite_question);
                let does = say!(connection_overwrite);
                DialogAction::Open(Box::new(Confirm::new(title, question, does)))
            }
            Err(error) => self.complain(&error),
        }
    }

    /// Overwrites the file as it is now; its unknown keys and comments are kept.
    fn overwrite(&mut self, profile: Profile) -> DialogAction {
        let name = self.document.name().to_owned();
        let fresh = self.store.open(&name).and_then(|found| match found {
            Some(document) => Ok(document),
            None => self.store.copy(&self.document, &name),
        });
        match fresh.and_then(|mut fresh| write(&self.store, &mut fresh, profile)) {
            Ok(()) => self.close(),
            Err(error) => self.complain(&error),
        }
    }

    fn leave(&mut self) -> DialogAction {
        if self.changed().is_empty() {
            return DialogAction::Close;
        }
        self.asked = Some(EditConfirmation::Discard);
        let title = say!(connection_discard_title);
        let does = say!(connection_discard);
        DialogAction::Open(Box::new(Confirm::new(title, say!(connection_discard_question), does)))
    }

    fn close(&mut self) -> DialogAction {
        self.done = true;
        DialogAction::Close
    }

    fn complain(&mut self, error: &Error) -> DialogAction {
        self.say(text::line(&error.to_string(), MAX_MESSAGE))
    }

    fn say(&mut self, message: String) -> DialogAction {
        self.form.set_text(Key::Message, vec![(Tone::Danger, message)]);
        DialogAction::Stay
    }
}

/// The row of a field: a choice where there are only a few values, else a line of text.
fn row(name: Name, value: &Value, choices: &mut Vec<(Name, Vec<String>)>) -> FormRow<Key> {
    let (label, written) = (fields::label(name), fields::written(name, value));
    if let Some(mut texts) = fields::choices(name) {
        if !written.is_empty() && !texts.contains(&written) {
            texts.push(written.clone());
        }
        let chosen = texts.iter().position(|text| *text == written).map_or(0, |at| at + 1);
        let options = std::iter::once(say!(connection_pty_unset)).chain(texts.iter().cloned());
        let options = options.collect();
        choices.push((name, texts));
        let mut row = FormRow::pick(Key::Of(name), label, options, chosen);
        row.remark = fields::oddity(name, &written);
        return row;
    }
    let field = TextField::new(&written);
    // A value that does not fit in a field would be cut off.
    let fits = field.text() == written;
    let mut row = FormRow::field(Key::Of(name), label, field);
    if !fits {
        row.remark = Some((Tone::Dim, say!(connection_field_long)));
        row = row.disabled();
    }
    row
}

fn write(store: &ProfileStore, document: &mut Document, profile: Profile) -> Result<()> {
    document.set(profile)?;
    store.save(document)
}

impl Component for Edit {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        match self.form.handle(event) {
            Happened::Changed(key @ Key::Of(name)) => {
                // What was wrong may be mended.
                let (tone, said) = fields::oddity(name, &self.now(name)).unwrap_or_default();
                self.form.remark(key, tone, said);
                DialogAction::Stay
            }
            Happened::Pressed(Key::Save) | Happened::Entered(_) => self.save(),
            Happened::Pressed(_) | Happened::Cancelled => self.leave(),
            _ => DialogAction::Stay,
        }
    }

    fn resumed(&mut self, closed: Box<dyn Any>) -> DialogAction {
        let yes = closed.downcast_ref::<Confirm>().is_some_and(|confirm| confirm.yes);
        match self.asked.take() {
            Some(EditConfirmation::Overwrite(profile)) if yes => self.overwrite(*profile),
            Some(EditConfirmation::Discard) if yes => DialogAction::Close,
            _ => DialogAction::Stay,
        }
    }
}
