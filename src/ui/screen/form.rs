//! A form: the rows of a dialog, the focus, and the handling of keys and clicks.
//!
//! Every dialog is a form. The dialog defines the rows, and reacts to what [`DialogForm::handle`]
//! reports. `keys` has the keys, which are the same in all dialogs: Tab and the arrows move, Space
//! chooses, Enter confirms, Esc leaves, and a button's own letter presses it. `draw` has the frame
//! and the scrolling, `hints` the keys that are named, `fit` what is left out on a small screen,
//! `paint` the look of each row, and `long_list` lists that are too long to be laid out whole,
//! `window` what is laid out of them.

mod beside;
mod draw;
mod fit;
mod hints;
mod keys;
mod long_list;
mod paint;
mod row;
mod window;

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

pub use beside::SideBlock;
pub use row::{FormButton, FormRow, Item, Widget};

use super::editor::Editor;
use super::field::TextField;
use super::look::Tone;

/// The width of a dialog, if there is room: longer lines are hard to read.
const WIDTH: u16 = 78;

/// What a key, a click or a paste did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened<K> {
    /// Nothing that the dialog needs to know.
    Nothing,
    /// The row has another value: it was typed into, ticked or chosen.
    Changed(K),
    /// The button was pressed.
    Pressed(K),
    /// Enter was pressed in a row that is not a button; usually means the default button.
    Entered(K),
    /// Esc or Ctrl-C was pressed; the dialog does what is safe.
    Cancelled,
    /// A key that the focused row does not use.
    Unused(KeyEvent),
}

/// An area of the screen that can be clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spot {
    area: Rect,
    row: usize,
    /// The button within its row, the item of a list, or the line of its scrollbar.
    part: usize,
    /// Whether it is on a scrollbar.
    on_bar: bool,
}

/// The rows of one dialog.
pub struct DialogForm<K> {
    /// The title in the frame.
    pub title: String,
    /// The tone that the frame's colour shows.
    pub tone: Tone,
    /// Keys of this dialog besides the usual ones, each with its description.
    pub hints: Vec<(&'static str, String)>,
    /// The button that Enter presses outside of the buttons: it has the accent. Without one, Enter
    /// is answered by the letters to choose from.
    pub default: Option<K>,
    /// What the footer answers to the last key.
    notice: String,
    /// The rows that are left out: what they ask for is of no use now.
    left_out: Vec<K>,
    /// Whether letters in a list are the dialog's, and not those of the buttons.
    types_in_lists: bool,
    width: u16,
    rows: Vec<FormRow<K>>,
    focus: usize,
    /// The focused button within its row.
    part: usize,
    scroll: usize,
    /// Whether the view follows the focus; it does not after it was scrolled.
    follows: bool,
    /// The row with which the view starts next, so that what follows it is visible.
    leads: Option<usize>,
    /// How far the view can be scrolled; set by drawing.
    scroll_max: usize,
    spots: Vec<Spot>,
}

impl<K: Copy + PartialEq> DialogForm<K> {
    /// A form with these rows; the first one that can have the focus gets it.
    pub fn new(title: impl Into<String>, rows: Vec<FormRow<K>>) -> DialogForm<K> {
        let mut form = DialogForm {
            title: title.into(),
            tone: Tone::Plain,
            hints: Vec::new(),
            default: None,
            notice: String::new(),
            left_out: Vec::new(),
            types_in_lists: false,
            width: WIDTH,
            rows,
            focus: 0,
            part: 0,
            scroll: 0,
            follows: false,
            leads: None,
            scroll_max: 0,
            spots: Vec::new(),
        };
        form.focus = form.rows.iter().position(FormRow::can_have_focus).unwrap_or(0);
        let first = form.buttons().next().map(|button| button.key);
        form.default = first;
        debug_assert!(form.letters_differ(), "each letter is for one thing");
        form
    }

    /// All buttons, as they are drawn.
    fn buttons(&self) -> impl Iterator<Item = &FormButton<K>> {
        self.rows.iter().flat_map(|row| match &row.widget {
            Widget::Buttons(buttons) => buttons.as_slice(),
            _ => &[],
        })
    }

    /// The letters and labels of the radio buttons that have a letter and can be chosen.
    fn choices(&self) -> impl Iterator<Item = (char, &str)> {
        self.rows.iter().filter(|row| row.enabled).filter_map(|row| match &row.widget {
            Widget::Radio { access, label, .. } => access.map(|letter| (letter, label.as_str())),
            _ => None,
        })
    }

    fn letters_differ(&self) -> bool {
        let buttons = self.buttons().map(|button| button.access);
        let letters: Vec<char> = buttons.chain(self.choices().map(|(letter, _)| letter)).collect();
        letters.iter().enumerate().all(|(at, letter)| !letters[..at].contains(letter))
    }

    /// Leaves the letters that are typed in a list to the dialog.
    #[must_use]
    pub fn typing_in_lists(mut self) -> DialogForm<K> {
        self.types_in_lists = true;
        self
    }

    /// Says something in the footer until the next key.
    pub fn notice(&mut self, text: String) {
        self.notice = text;
    }

    /// Makes the form this many columns wide, if there is room.
    #[must_use]
    pub fn wide(mut self, columns: u16) -> DialogForm<K> {
        self.width = columns;
        self
    }

    /// Focuses the row or button with this key.
    pub fn focus(&mut self, key: K) {
        for (at, row) in self.rows.iter().enumerate() {
            if let Widget::Buttons(buttons) = &row.widget
                && let Some(part) = buttons.iter().position(|button| button.key == key)
            {
                (self.focus, self.part, self.follows) = (at, part, true);
                return;
            }
            if row.key == Some(key) && row.can_have_focus() {
                (self.focus, self.part, self.follows) = (at, 0, true);
                return;
            }
        }
    }

    /// The key of the focused row or button.
    pub fn focused(&self) -> Option<K> {
        let row = self.rows.get(self.focus)?;
        match &row.widget {
            Widget::Buttons(buttons) => buttons.get(self.part).map(|button| button.key),
            _ => row.key,
        }
    }

    /// The row with this key.
    ///
    /// # Panics
    /// If there is no such row, which is an error in the dialog.
    pub fn row(&mut self, key: K) -> &mut FormRow<K> {
        self.rows
            .iter_mut()
            .find(|row| row.key == Some(key))
            .expect("a dialog asks only for rows it made")
    }

    fn widget(&self, key: K) -> Option<&Widget<K>> {
        self.rows.iter().find(|row| row.key == Some(key)).map(|row| &row.widget)
    }

    /// The text of a field.
    pub fn text(&self, key: K) -> &str {
        match self.widget(key) {
            Some(Widget::TextField { field, .. }) => field.text(),
            _ => "",
        }
    }

    /// The field with this key, to change it or to take its content.
    pub fn field(&mut self, key: K) -> Option<&mut TextField> {
        match &mut self.row(key).widget {
            Widget::TextField { field, .. } => Some(field),
            _ => None,
        }
    }

    /// Whether a box is ticked or a radio button is on.
    pub fn is_on(&self, key: K) -> bool {
        matches!(
            self.widget(key),
            Some(Widget::Check { on: true, .. } | Widget::Radio { on: true, .. })
        )
    }

    /// The number of the selected item of a pick or a list.
    pub fn selected(&self, key: K) -> usize {
        match self.widget(key) {
            Some(Widget::Pick { selected, .. } | Widget::List { selected, .. }) => *selected,
            _ => 0,
        }
    }

    /// Ticks a box, or takes the tick away.
    pub fn tick(&mut self, key: K, ticked: bool) {
        if let Widget::Check { on, .. } = &mut self.row(key).widget {
            *on = ticked;
        }
    }

    /// Turns a radio button on and the others of its group off.
    pub fn choose(&mut self, key: K) {
        let of = match self.widget(key) {
            Some(Widget::Radio { group, .. }) => *group,
            _ => return,
        };
        for row in &mut self.rows {
            if let Widget::Radio { group, on, .. } = &mut row.widget
                && *group == of
            {
                *on = row.key == Some(key);
            }
        }
    }

    /// Enables or disables a row. If it had the focus, the next row gets it.
    pub fn enable(&mut self, key: K, enabled: bool) {
        let row = self.row(key);
        row.enabled = enabled;
        if enabled && matches!(row.remark, Some((Tone::Dim, _))) {
            row.remark = None;
        }
        if self.rows.get(self.focus).is_some_and(|row| !row.can_have_focus()) {
            self.advance(true);
        }
    }

    /// Leaves a row out, or puts it back. If it had the focus, the next row gets it.
    pub fn leave_out(&mut self, key: K, is_out: bool) {
        self.left_out.retain(|it| *it != key);
        if is_out {
            self.left_out.push(key);
        }
        self.enable(key, !is_out);
    }

    /// Disables a row and says why.
    pub fn disable(&mut self, key: K, why: String) {
        self.row(key).remark = Some((Tone::Dim, why));
        self.enable(key, false);
    }

    /// Puts a remark beside a row, such as what is wrong with its text; an empty one removes it.
    /// What is wrong is removed when the text changes.
    pub fn remark(&mut self, key: K, tone: Tone, text: String) {
        self.row(key).remark = (!text.is_empty()).then_some((tone, text));
    }

    /// The editor with this key.
    pub fn editor(&self, key: K) -> Option<&Editor> {
        match self.widget(key) {
            Some(Widget::Editor { editor, .. }) => Some(editor),
            _ => None,
        }
    }

    /// Replaces the items of a list; the selection stays within them.
    pub fn set_items(&mut self, key: K, new: Vec<Item>) {
        if let Widget::List { items, selected, .. } = &mut self.row(key).widget {
            *selected = (*selected).min(new.len().saturating_sub(1));
            *items = new;
        }
    }

    /// Selects an item of a list, or a value of a pick.
    pub fn select(&mut self, key: K, at: usize) {
        match &mut self.row(key).widget {
            Widget::List { items, selected, view, .. } => {
                *selected = at.min(view.count(items).max(1) - 1);
                view.follow();
            }
            Widget::Pick { options, selected, .. } => *selected = at.min(options.len().max(1) - 1),
            _ => {}
        }
    }

    /// Replaces the lines of a text.
    pub fn set_text(&mut self, key: K, new: Vec<(Tone, String)>) {
        if let Widget::Text(lines) = &mut self.row(key).widget {
            *lines = new;
        }
    }

    /// Replaces labels with their values.
    pub fn set_pairs(&mut self, key: K, new: Vec<(String, String)>) {
        if let Widget::Pairs(pairs) = &mut self.row(key).widget {
            *pairs = new;
        }
    }

    /// Replaces the label of a button.
    pub fn set_button(&mut self, key: K, new: String) {
        for row in &mut self.rows {
            if let Widget::Buttons(buttons) = &mut row.widget
                && let Some(button) = buttons.iter_mut().find(|button| button.key == key)
            {
                button.label = new;
                return;
            }
        }
    }

    /// Replaces texts that stand below each other.
    pub fn set_compared(&mut self, key: K, new: Vec<(String, String)>) {
        if let Widget::Compared { lines, .. } = &mut self.row(key).widget {
            *lines = new;
        }
    }

    /// Replaces blocks that stand next to each other.
    pub fn set_blocks(&mut self, key: K, new: Vec<SideBlock>) {
        if let Widget::Beside(blocks) = &mut self.row(key).widget {
            *blocks = new;
        }
    }

    /// Replaces the buttons.
    pub fn set_buttons<B: Into<FormButton<K>>>(&mut self, new: Vec<B>) {
        let new: Vec<FormButton<K>> = new.into_iter().map(Into::into).collect();
        self.default = new.first().map(|button| button.key);
        for (at, row) in self.rows.iter_mut().enumerate() {
            if let Widget::Buttons(buttons) = &mut row.widget {
                if self.focus == at {
                    self.part = self.part.min(new.len().saturating_sub(1));
                }
                *buttons = new;
                break;
            }
        }
        debug_assert!(self.letters_differ(), "each letter is for one thing");
    }
}

#[cfg(test)]
mod tests;
