//! What a form is made of: one row each, with what can be done in it.

use super::beside::SideBlock;
use crate::ui::screen::editor::Editor;
use crate::ui::screen::field::TextField;
use crate::ui::screen::look::Tone;

/// One row of a form.
pub struct FormRow<K> {
    /// By what the dialog knows it; rows that only show something need none.
    pub key: Option<K>,
    /// Whether it can be used; shown dimmed if not.
    pub enabled: bool,
    /// Columns it is moved to the right.
    pub indent: u16,
    /// What it is.
    pub widget: Widget<K>,
}

/// What a row is.
pub enum Widget<K> {
    /// An empty line.
    Gap,
    /// Text, wrapped; each paragraph with its tone.
    Text(Vec<(Tone, String)>),
    /// Lines that must stay as they are, such as a randomart.
    Art(Vec<String>),
    /// Blocks of lines, beside each other where there is room.
    Beside(Vec<SideBlock>),
    /// Labels, each with what there is to say, one below the other.
    Pairs(Vec<(String, String)>),
    /// Several lines to type into.
    Editor {
        /// What is typed.
        editor: Editor,
        /// How many lines are seen at once.
        height: u16,
    },
    /// A labelled line to type into.
    TextField {
        /// What stands before it.
        label: String,
        /// What is typed.
        field: TextField,
    },
    /// One of a group of which exactly one is on.
    Radio {
        /// The group.
        group: u8,
        /// Whether it is the one.
        on: bool,
        /// What it stands for.
        label: String,
        /// What stands after it, dimmed.
        note: String,
    },
    /// A box to tick.
    Check {
        /// Whether it is ticked.
        on: bool,
        /// What it stands for.
        label: String,
    },
    /// One of a few values, changed with the left and right arrows.
    Pick {
        /// What stands before it.
        label: String,
        /// The values.
        options: Vec<String>,
        /// The number of the one chosen.
        selected: usize,
    },
    /// A list to choose from.
    List {
        /// Its items.
        items: Vec<Item>,
        /// The number of the one chosen.
        selected: usize,
        /// How many are seen at once.
        height: u16,
    },
    /// Buttons, side by side at the foot of the dialog, always in sight.
    Buttons(Vec<(K, String)>),
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub text: String,
    /// What stands after it, dimmed.
    pub note: String,
}

impl<K> FormRow<K> {
    fn of(key: Option<K>, widget: Widget<K>) -> FormRow<K> {
        FormRow { key, enabled: true, indent: 0, widget }
    }

    /// An empty line.
    pub fn gap() -> FormRow<K> {
        FormRow::of(None, Widget::Gap)
    }

    /// One paragraph.
    pub fn text(tone: Tone, text: impl Into<String>) -> FormRow<K> {
        FormRow::of(None, Widget::Text(vec![(tone, text.into())]))
    }

    /// Paragraphs, to be replaced later by their key.
    pub fn lines(key: K, lines: Vec<(Tone, String)>) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Text(lines))
    }

    /// Lines that stay as they are.
    pub fn art(key: K, text: &str) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Art(text.lines().map(str::to_owned).collect()))
    }

    /// Blocks beside each other, to be replaced later by their key.
    pub fn beside(key: K, blocks: Vec<SideBlock>) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Beside(blocks))
    }

    /// Labels and what there is to say.
    pub fn pairs(key: K, pairs: Vec<(String, String)>) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Pairs(pairs))
    }

    /// Several lines to type into.
    pub fn editor(key: K, editor: Editor, height: u16) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Editor { editor, height })
    }

    /// A field.
    pub fn field(key: K, label: impl Into<String>, field: TextField) -> FormRow<K> {
        FormRow::of(Some(key), Widget::TextField { label: label.into(), field })
    }

    /// A radio button.
    pub fn radio(key: K, group: u8, on: bool, label: impl Into<String>) -> FormRow<K> {
        let (label, note) = (label.into(), String::new());
        FormRow::of(Some(key), Widget::Radio { group, on, label, note })
    }

    /// A box to tick.
    pub fn check(key: K, on: bool, label: impl Into<String>) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Check { on, label: label.into() })
    }

    /// A value out of a few.
    pub fn pick(
        key: K,
        label: impl Into<String>,
        options: Vec<String>,
        selected: usize,
    ) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Pick { label: label.into(), options, selected })
    }

    /// A list.
    pub fn list(key: K, items: Vec<Item>, height: u16) -> FormRow<K> {
        FormRow::of(Some(key), Widget::List { items, selected: 0, height })
    }

    /// The buttons.
    pub fn buttons(buttons: Vec<(K, String)>) -> FormRow<K> {
        FormRow::of(None, Widget::Buttons(buttons))
    }

    /// Moves the row this many columns to the right.
    #[must_use]
    pub fn indented(mut self, columns: u16) -> FormRow<K> {
        self.indent = columns;
        self
    }

    /// Makes the row dim and takes the focus from it.
    #[must_use]
    pub fn disabled(mut self) -> FormRow<K> {
        self.enabled = false;
        self
    }

    /// Adds a note behind a radio button.
    #[must_use]
    pub fn noted(mut self, text: impl Into<String>) -> FormRow<K> {
        if let Widget::Radio { note, .. } = &mut self.widget {
            *note = text.into();
        }
        self
    }

    pub(super) fn can_have_focus(&self) -> bool {
        let shows = matches!(
            self.widget,
            Widget::Gap | Widget::Text(_) | Widget::Art(_) | Widget::Beside(_) | Widget::Pairs(_)
        );
        self.enabled && !shows
    }

    pub(super) fn is_pinned(&self) -> bool {
        matches!(self.widget, Widget::Buttons(_))
    }
}
