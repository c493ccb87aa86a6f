//! The challenge dialog: shows all prompts of one keyboard-interactive request (RFC 4256) at once.
//! Text from the server is marked.

use crossterm::event::Event;
use ratatui::Frame;
use ratatui::layout::Rect;

use super::component::{Component, DialogAction};
use super::field::TextField;
use super::form::{DialogForm, FormRow, Happened};
use super::keys_help::KeysHelp;
use super::look::{Look, Tone};
use crate::prompt::{Challenge, Lost};
use crate::say;
use crate::secret::Secret;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Status,
    Answer(usize),
    Show,
    Ok,
    Disconnect,
}

/// The dialog; after it has closed, it contains the answers.
pub(in crate::ui) struct ChallengeDialog {
    form: DialogForm<Key>,
    /// For each prompt, whether the answer may be shown.
    echo: Vec<bool>,
    lost: Lost,
    is_lost: bool,
    answers: Option<Vec<Secret>>,
}

impl ChallengeDialog {
    pub(in crate::ui) fn new(challenge: Challenge) -> ChallengeDialog {
        let echo: Vec<bool> = challenge.prompts.iter().map(|prompt| prompt.echo).collect();
        let mut form = DialogForm::new(say!(challenge_title), rows(&challenge));
        form.focus(if echo.is_empty() { Key::Ok } else { Key::Answer(0) });
        ChallengeDialog { form, echo, lost: challenge.lost, is_lost: false, answers: None }
    }

    /// One answer for each prompt; `None` means Disconnect.
    pub(in crate::ui) fn into_answers(self) -> Option<Vec<Secret>> {
        self.answers
    }

    fn submit(&mut self) -> DialogAction {
        if self.is_lost {
            return DialogAction::Close;
        }
        let form = &mut self.form;
        let answer = |(at, echo): (usize, &bool)| match echo {
            true => Secret::new(form.text(Key::Answer(at)).to_owned()),
            false => form.field(Key::Answer(at)).map_or_else(nothing, TextField::take_secret),
        };
        self.answers = Some(self.echo.iter().enumerate().map(answer).collect());
        DialogAction::Close
    }

    fn show(&mut self) {
        let shown = self.form.is_on(Key::Show);
        for at in 0..self.echo.len() {
            if let Some(field) = self.form.field(Key::Answer(at)) {
                field.show(shown);
            }
        }
    }
}

impl Component for ChallengeDialog {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        match self.form.handle(event) {
            Happened::Changed(Key::Show) => self.show(),
            Happened::Entered(Key::Answer(at)) if at + 1 < self.echo.len() => {
                self.form.focus(Key::Answer(at + 1));
            }
            Happened::Entered(_) | Happened::Pressed(Key::Ok) => return self.submit(),
            Happened::Pressed(_) | Happened::Cancelled => return DialogAction::Close,
            Happened::Nothing | Happened::Changed(_) | Happened::Unused(_) => {}
        }
        DialogAction::Stay
    }

    /// Always busy: the connection may be lost at any time.
    fn is_busy(&self) -> bool {
        true
    }

    fn turn(&mut self) -> DialogAction {
        if !self.is_lost
            && let Some(why) = (self.lost)()
        {
            self.is_lost = true;
            self.form.set_text(Key::Status, vec![(Tone::Danger, say!(login_lost, why))]);
            self.form.focus(Key::Disconnect);
        }
        DialogAction::Stay
    }
}

fn nothing() -> Secret {
    Secret::new(String::new())
}

fn rows(challenge: &Challenge) -> Vec<FormRow<Key>> {
    let login = &challenge.login;
    let heading = match challenge.prompts.is_empty() {
        true => say!(challenge_says, login),
        false => say!(challenge_asks, login),
    };
    let mut rows =
        vec![FormRow::lines(Key::Status, Vec::new()), FormRow::text(Tone::Strong, heading)];
    for text in [&challenge.name, &challenge.instruction] {
        if !text.is_empty() {
            rows.push(FormRow::text(Tone::Server, text.trim_end()));
        }
    }
    for (at, prompt) in challenge.prompts.iter().enumerate() {
        let field = match prompt.echo {
            true => TextField::new(""),
            false => TextField::secret(),
        };
        rows.push(FormRow::text(Tone::Server, prompt.text.trim_end()));
        rows.push(FormRow::field(Key::Answer(at), say!(challenge_answer), field));
    }
    if challenge.prompts.iter().any(|prompt| !prompt.echo) {
        rows.push(FormRow::check(Key::Show, false, say!(challenge_show)));
    }
    rows.push(FormRow::buttons(vec![
        (Key::Ok, 'o', say!(ok)),
        (Key::Disconnect, 'd', say!(login_disconnect)),
    ]));
    rows
}

#[cfg(test)]
mod tests;
