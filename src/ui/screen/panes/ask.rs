//! The questions of the file manager: a sentence, up to two fields and a choice.

use crossterm::event::Event;
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::say;
use crate::ui::panes::{PaneSide, SyncPreview};
use crate::ui::screen::component::{Component, DialogAction};
use crate::ui::screen::field::TextField;
use crate::ui::screen::form::{DialogForm, FormRow, Happened, Item};
use crate::ui::screen::keys_help::KeysHelp;
use crate::ui::screen::look::{Look, Tone};

/// What is asked, with what the answer is about, fixed when the question is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PaneQuestion {
    MakeDirectory(PaneSide),
    /// Copies or moves these names of this side.
    Transfer {
        side: PaneSide,
        names: Vec<Vec<u8>>,
        moves: bool,
    },
    Rename(PaneSide, Vec<u8>),
    Remove(PaneSide, Vec<Vec<u8>>),
    Mark(PaneSide, bool),
    /// Attributes of these paths.
    Properties(PaneSide, Vec<Vec<u8>>),
    Link(PaneSide),
    GoTo(PaneSide),
    Bookmarks(PaneSide),
    Quit,
    /// By what the panes are compared.
    Compare,
    /// One pane made like the other.
    Sync(SyncPreview),
    /// What this job does with a file that is there.
    Overwrite(u64),
    /// Jobs of an earlier time are there.
    OldJobs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AskKey {
    Fault,
    Field,
    Second,
    Pick,
    List,
    Accept,
    Other,
    Cancel,
}

/// The dialog; after it has closed, it contains the answer.
pub(super) struct AskDialog {
    pub(super) question: PaneQuestion,
    title: String,
    rows: Vec<FormRow<AskKey>>,
    buttons: Vec<(AskKey, char, String)>,
    form: DialogForm<AskKey>,
    /// What the first field had to begin with, and the bytes that it stands for.
    first: (String, Vec<u8>),
    /// What the second field had to begin with.
    second: String,
    check: fn(&AskDialog) -> Option<String>,
    answer: Option<AskKey>,
}

impl AskDialog {
    /// A question with the label of its first button.
    pub(super) fn new(question: PaneQuestion, title: String, accept: String) -> AskDialog {
        AskDialog {
            question,
            title,
            rows: Vec::new(),
            buttons: vec![(AskKey::Accept, 'y', accept)],
            form: DialogForm::new(String::new(), Vec::new()),
            first: (String::new(), Vec::new()),
            second: String::new(),
            check: |_| None,
            answer: None,
        }
    }

    /// Adds a paragraph.
    pub(super) fn line(mut self, tone: Tone, line: String) -> AskDialog {
        self.rows.push(FormRow::text(tone, line));
        self
    }

    /// Adds the first field. It shows the text, and stands for the bytes until it is changed.
    pub(super) fn field(mut self, label: String, shown: String, bytes: Vec<u8>) -> AskDialog {
        self.rows.push(FormRow::field(AskKey::Field, label, TextField::new(&shown)));
        self.first = (shown, bytes);
        self
    }

    /// Adds the second field.
    pub(super) fn second(mut self, label: String, text: &str) -> AskDialog {
        self.rows.push(FormRow::field(AskKey::Second, label, TextField::new(text)));
        text.clone_into(&mut self.second);
        self
    }

    /// Adds a choice.
    pub(super) fn pick(mut self, label: String, options: Vec<String>) -> AskDialog {
        self.rows.push(FormRow::pick(AskKey::Pick, label, options, 0));
        self
    }

    /// Adds a list.
    pub(super) fn list(mut self, items: Vec<String>) -> AskDialog {
        let height = u16::try_from(items.len()).unwrap_or(u16::MAX).clamp(1, 12);
        let items = items.into_iter().map(|text| Item { text, note: String::new() }).collect();
        self.rows.push(FormRow::list(AskKey::List, items, height));
        self
    }

    /// Adds a second button.
    pub(super) fn other(mut self, label: String) -> AskDialog {
        self.buttons.push((AskKey::Other, 'o', label));
        self
    }

    /// Accepts an answer only if there is no fault in it.
    pub(super) fn checked(mut self, check: fn(&AskDialog) -> Option<String>) -> AskDialog {
        self.check = check;
        self
    }

    /// Completes the dialog. What destroys something has its safe button chosen.
    pub(super) fn ready(mut self, is_dangerous: bool) -> AskDialog {
        let mut rows = std::mem::take(&mut self.rows);
        rows.push(FormRow::lines(AskKey::Fault, Vec::new()));
        let mut buttons = std::mem::take(&mut self.buttons);
        buttons.push((AskKey::Cancel, 'c', say!(cancel)));
        rows.push(FormRow::buttons(buttons));
        self.form = DialogForm::new(std::mem::take(&mut self.title), rows);
        if is_dangerous {
            self.form.tone = Tone::Danger;
            self.form.focus(AskKey::Cancel);
            self.form.default = Some(AskKey::Cancel);
        }
        self
    }

    /// The button that was pressed; `None` if the person left.
    pub(super) fn answer(&self) -> Option<AskKey> {
        self.answer
    }

    /// The first field: the bytes it stands for.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let text = self.form.text(AskKey::Field);
        if text == self.first.0 { self.first.1.clone() } else { text.as_bytes().to_vec() }
    }

    /// Whether the first field was changed.
    pub(super) fn is_changed(&self) -> bool {
        self.form.text(AskKey::Field) != self.first.0
    }

    /// Whether the second field was changed.
    pub(super) fn is_second_changed(&self) -> bool {
        self.form.text(AskKey::Second) != self.second
    }

    /// The text of a field.
    pub(super) fn text(&self, key: AskKey) -> &str {
        self.form.text(key)
    }

    /// The number of what is chosen.
    pub(super) fn chosen(&self, key: AskKey) -> usize {
        self.form.selected(key)
    }

    fn close(&mut self, key: AskKey) -> DialogAction {
        if matches!(key, AskKey::Accept)
            && let Some(fault) = (self.check)(self)
        {
            self.form.set_text(AskKey::Fault, vec![(Tone::Warn, fault)]);
            return DialogAction::Stay;
        }
        self.answer = Some(key).filter(|key| *key != AskKey::Cancel);
        DialogAction::Close
    }
}

impl Component for AskDialog {
    fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        self.form.draw(frame, area, look);
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        KeysHelp::of(&self.form)
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        match self.form.handle(event) {
            Happened::Entered(_) => self.close(AskKey::Accept),
            Happened::Pressed(key) => self.close(key),
            Happened::Cancelled => self.close(AskKey::Cancel),
            _ => DialogAction::Stay,
        }
    }
}
