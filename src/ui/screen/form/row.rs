//! The rows that a form consists of.

use std::cell::Cell;

use super::beside::SideBlock;
use super::window::ListWindow;
use crate::ui::screen::editor::Editor;
use crate::ui::screen::field::TextField;
use crate::ui::screen::look::Tone;

/// One row of a form.
pub struct FormRow<K> {
    /// The key by which the dialog refers to the row; rows that only show something need none.
    pub key: Option<K>,
    /// Whether it can be used; a disabled row is dimmed.
    pub enabled: bool,
    /// The indentation in columns.
    pub indent: u16,
    /// Whether it is always visible, above the buttons.
    pub pinned: bool,
    /// Whether the row is left out where the screen has too few lines.
    pub spare: bool,
    /// What stands beside the row, or below it if there is no room: what is wrong with its text, or
    /// why it is disabled.
    pub remark: Option<(Tone, String)>,
    /// Whether it is only drawn where the dialog unfolds it; it can have the focus all the same.
    pub folded: bool,
    /// The content.
    pub widget: Widget<K>,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormButton<K> {
    /// The key by which the dialog refers to it.
    pub key: K,
    /// The letter that presses it: unlike any other button's of the dialog, and the same in every
    /// language.
    pub access: char,
    /// What it does.
    pub label: String,
    /// Whether it is dangerous: its label is red, and says so.
    pub is_dangerous: bool,
    /// Whether it only opens a detail: it is dim, after the others, and never has the focus.
    pub quiet: bool,
}

impl<K> FormButton<K> {
    /// A button with its letter.
    pub fn new(key: K, access: char, label: impl Into<String>) -> FormButton<K> {
        FormButton { key, access, label: label.into(), is_dangerous: false, quiet: false }
    }

    /// Marks it as dangerous.
    #[must_use]
    pub fn dangerous(mut self) -> FormButton<K> {
        self.is_dangerous = true;
        self
    }

    /// Makes it a key that opens a detail; these come last.
    #[must_use]
    pub fn quiet(mut self) -> FormButton<K> {
        self.quiet = true;
        self
    }
}

impl<K> From<(K, char, String)> for FormButton<K> {
    fn from((key, access, label): (K, char, String)) -> FormButton<K> {
        FormButton::new(key, access, label)
    }
}

/// Which items of a list are visible.
#[derive(Debug, Default)]
pub struct ListView {
    top: Cell<usize>,
    /// Whether the wheel has moved it away from the selected item.
    is_free: bool,
    /// The items of a long list, of which only some are laid out.
    pub(super) window: Option<ListWindow>,
}

impl ListView {
    /// Shows the selected item again.
    pub(super) fn follow(&mut self) {
        self.is_free = false;
    }

    /// Moves by this many items; the selection stays.
    pub(super) fn scroll(&mut self, items: isize) {
        self.is_free = true;
        self.top.set(self.top.get().saturating_add_signed(items));
    }

    /// Moves so that this item is the first visible one; the selection stays.
    pub(super) fn scroll_to(&mut self, item: usize) {
        self.is_free = true;
        self.top.set(item);
    }

    /// The first visible item, where `height` of `count` items are visible.
    pub(super) fn first(&self, selected: usize, height: usize, count: usize) -> usize {
        let mut top = self.top.get();
        if !self.is_free {
            top = top.clamp((selected + 1).saturating_sub(height).min(selected), selected);
        }
        top = top.min(count.saturating_sub(height));
        self.top.set(top);
        top
    }
}

/// The content of a row.
pub enum Widget<K> {
    /// An empty line.
    Gap,
    /// A line across the dialog, with a text near its end.
    Rule(String),
    /// Text that is wrapped; each paragraph has its tone.
    Text(Vec<(Tone, String)>),
    /// Blocks of lines, next to each other if there is room.
    Beside(Vec<SideBlock>),
    /// Texts that are compared, below each other, each with its label. They are broken in the same
    /// columns, and what differs from the first one is marked.
    Compared {
        /// The labels and texts.
        lines: Vec<(String, String)>,
        /// Whether differences are marked.
        marks: bool,
    },
    /// Labels with their values, below each other.
    Pairs(Vec<(String, String)>),
    /// An editor for several lines.
    Editor {
        /// The editor.
        editor: Editor,
        /// The number of visible lines.
        height: u16,
    },
    /// An input field with a label.
    TextField {
        /// The label.
        label: String,
        /// The field.
        field: TextField,
    },
    /// A radio button; exactly one of its group is on.
    Radio {
        /// The group.
        group: u8,
        /// Whether this button is on.
        on: bool,
        /// The letter that chooses it: unlike any other letter of the dialog.
        access: Option<char>,
        /// The label.
        label: String,
        /// The note after the label, dimmed.
        note: String,
    },
    /// A check box.
    Check {
        /// Whether it is ticked.
        on: bool,
        /// The label.
        label: String,
    },
    /// A choice of a few values, changed with the left and right arrows.
    Pick {
        /// The label.
        label: String,
        /// The values.
        options: Vec<String>,
        /// The number of the selected value.
        selected: usize,
    },
    /// A list to choose from.
    List {
        /// Its items.
        items: Vec<Item>,
        /// The number of the selected item.
        selected: usize,
        /// The number of visible items.
        height: u16,
        /// Which ones are visible.
        view: ListView,
    },
    /// Buttons, next to each other at the bottom of the dialog, always visible.
    Buttons(Vec<FormButton<K>>),
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The text.
    pub text: String,
    /// The note after the text, dimmed.
    pub note: String,
}

impl<K> FormRow<K> {
    pub(super) fn of(key: Option<K>, widget: Widget<K>) -> FormRow<K> {
        let (spare, pinned) = (false, matches!(widget, Widget::Buttons(_)));
        FormRow {
            key,
            enabled: true,
            indent: 0,
            pinned,
            spare,
            remark: None,
            folded: false,
            widget,
        }
    }

    /// An empty line.
    pub fn gap() -> FormRow<K> {
        FormRow::of(None, Widget::Gap)
    }

    /// A line across the dialog.
    pub fn rule(key: K) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Rule(String::new()))
    }

    /// One paragraph.
    pub fn text(tone: Tone, text: impl Into<String>) -> FormRow<K> {
        FormRow::of(None, Widget::Text(vec![(tone, text.into())]))
    }

    /// Paragraphs that can be replaced by their key.
    pub fn lines(key: K, lines: Vec<(Tone, String)>) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Text(lines))
    }

    /// Blocks next to each other that can be replaced by their key.
    pub fn beside(key: K, blocks: Vec<SideBlock>) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Beside(blocks))
    }

    /// Labels with their values.
    pub fn pairs(key: K, pairs: Vec<(String, String)>) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Pairs(pairs))
    }

    /// An editor for several lines.
    pub fn editor(key: K, editor: Editor, height: u16) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Editor { editor, height })
    }

    /// An input field.
    pub fn field(key: K, label: impl Into<String>, field: TextField) -> FormRow<K> {
        FormRow::of(Some(key), Widget::TextField { label: label.into(), field })
    }

    /// A radio button.
    pub fn radio(key: K, group: u8, on: bool, label: impl Into<String>) -> FormRow<K> {
        let (label, note) = (label.into(), String::new());
        FormRow::of(Some(key), Widget::Radio { group, on, access: None, label, note })
    }

    /// A check box.
    pub fn check(key: K, on: bool, label: impl Into<String>) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Check { on, label: label.into() })
    }

    /// A choice of a few values.
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
        FormRow::of(
            Some(key),
            Widget::List { items, selected: 0, height, view: ListView::default() },
        )
    }

    /// The buttons.
    pub fn buttons<B: Into<FormButton<K>>>(buttons: Vec<B>) -> FormRow<K> {
        FormRow::of(None, Widget::Buttons(buttons.into_iter().map(Into::into).collect()))
    }

    /// Texts that are compared.
    pub fn compared(key: K, lines: Vec<(String, String)>, marks: bool) -> FormRow<K> {
        FormRow::of(Some(key), Widget::Compared { lines, marks })
    }

    /// Keeps the row visible, above the buttons.
    #[must_use]
    pub fn pinned(mut self) -> FormRow<K> {
        self.pinned = true;
        self
    }

    /// Leaves the row out where the screen has too few lines.
    #[must_use]
    pub fn spare(mut self) -> FormRow<K> {
        self.spare = true;
        self
    }

    /// Indents the row by this many columns.
    #[must_use]
    pub fn indented(mut self, columns: u16) -> FormRow<K> {
        self.indent = columns;
        self
    }

    /// Disables the row: it is dimmed and cannot have the focus.
    #[must_use]
    pub fn disabled(mut self) -> FormRow<K> {
        self.enabled = false;
        self
    }

    /// Adds a note after a radio button.
    #[must_use]
    pub fn noted(mut self, text: impl Into<String>) -> FormRow<K> {
        if let Widget::Radio { note, .. } = &mut self.widget {
            *note = text.into();
        }
        self
    }

    /// Gives a radio button a letter that chooses it.
    #[must_use]
    pub fn with_access(mut self, letter: char) -> FormRow<K> {
        if let Widget::Radio { access, .. } = &mut self.widget {
            *access = Some(letter);
        }
        self
    }

    /// Why the row cannot be used, with its label, if it says so.
    pub(super) fn why_not(&self) -> Option<(&str, &str)> {
        let remark = self.remark.as_ref().map(|(_, text)| text.as_str());
        let (label, why) = match &self.widget {
            Widget::Radio { label, note, .. } => (label, Some(note.as_str())),
            Widget::TextField { label, .. }
            | Widget::Pick { label, .. }
            | Widget::Check { label, .. } => (label, remark),
            _ => return None,
        };
        let why = why.filter(|why| !why.is_empty() && !self.enabled)?;
        Some((label.trim_end_matches(':'), why))
    }

    pub(super) fn can_have_focus(&self) -> bool {
        let shows = matches!(
            self.widget,
            Widget::Gap
                | Widget::Rule(_)
                | Widget::Text(_)
                | Widget::Beside(_)
                | Widget::Compared { .. }
                | Widget::Pairs(_)
        );
        self.enabled && !shows
    }
}
