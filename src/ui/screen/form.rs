//! A form: the rows of a dialog, the focus, and the handling of keys and clicks.
//!
//! Every dialog is a form. The dialog defines the rows, and reacts to what [`DialogForm::handle`]
//! reports; `draw` has the layout and the scrolling. Keys are the same in all dialogs: Tab and the
//! arrows move, Space chooses, Enter confirms, Esc leaves.

mod beside;
mod draw;
mod row;

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::{Position, Rect};

pub use beside::SideBlock;
pub use row::{FormRow, Item, Widget};

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
    /// The button within its row, or the item of a list.
    part: usize,
}

/// The rows of one dialog.
pub struct DialogForm<K> {
    /// The title in the frame.
    pub title: String,
    /// The tone that the frame's colour shows.
    pub tone: Tone,
    /// Keys of this dialog besides the usual ones, each with its description.
    pub hints: Vec<(&'static str, String)>,
    width: u16,
    rows: Vec<FormRow<K>>,
    focus: usize,
    /// The focused button within its row.
    part: usize,
    scroll: usize,
    /// Whether the view follows the focus; it does not after it was scrolled.
    follows: bool,
    /// Whether the view starts with the focused row, so that what follows it is visible.
    leads: bool,
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
            width: WIDTH,
            rows,
            focus: 0,
            part: 0,
            scroll: 0,
            follows: false,
            leads: false,
            scroll_max: 0,
            spots: Vec::new(),
        };
        form.focus = form.rows.iter().position(FormRow::can_have_focus).unwrap_or(0);
        form
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
                && let Some(part) = buttons.iter().position(|(button, _)| *button == key)
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
            Widget::Buttons(buttons) => buttons.get(self.part).map(|(key, _)| *key),
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
        self.row(key).enabled = enabled;
        if self.rows.get(self.focus).is_some_and(|row| !row.can_have_focus()) {
            self.advance(true);
        }
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
            Widget::List { items, selected, .. } => *selected = at.min(items.len().max(1) - 1),
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

    /// Replaces the label of a button.
    pub fn set_button(&mut self, key: K, new: String) {
        for row in &mut self.rows {
            if let Widget::Buttons(buttons) = &mut row.widget
                && let Some((_, label)) = buttons.iter_mut().find(|(button, _)| *button == key)
            {
                *label = new;
                return;
            }
        }
    }

    /// Replaces blocks that stand next to each other.
    pub fn set_blocks(&mut self, key: K, new: Vec<SideBlock>) {
        if let Widget::Beside(blocks) = &mut self.row(key).widget {
            *blocks = new;
        }
    }

    /// Replaces the buttons.
    pub fn set_buttons(&mut self, new: Vec<(K, String)>) {
        for (at, row) in self.rows.iter_mut().enumerate() {
            if let Widget::Buttons(buttons) = &mut row.widget {
                if self.focus == at {
                    self.part = self.part.min(new.len().saturating_sub(1));
                }
                *buttons = new;
                return;
            }
        }
    }

    /// Handles a key, click or paste.
    pub fn handle(&mut self, event: &Event) -> Happened<K> {
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => Happened::Nothing,
            Event::Key(key) => self.key(event, key),
            Event::Mouse(mouse) => self.mouse(mouse),
            Event::Paste(_) => self.typed(event),
            _ => Happened::Nothing,
        }
    }

    fn key(&mut self, event: &Event, key: &KeyEvent) -> Happened<K> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        // The field comes first: in a secret even Esc can be literal, after Ctrl-V.
        if let happened @ Happened::Changed(_) = self.typed(event) {
            return happened;
        }
        match key.code {
            KeyCode::Esc => return Happened::Cancelled,
            KeyCode::Char('c') if control => return Happened::Cancelled,
            KeyCode::Tab => self.advance(true),
            KeyCode::BackTab => self.advance(false),
            KeyCode::PageUp if !self.is_list() => self.scroll_by(-5),
            KeyCode::PageDown if !self.is_list() => self.scroll_by(5),
            _ => return self.for_row(key),
        }
        Happened::Nothing
    }

    /// Passes input to the focused field.
    fn typed(&mut self, event: &Event) -> Happened<K> {
        let Some(row) = self.rows.get_mut(self.focus).filter(|row| row.enabled) else {
            return Happened::Nothing;
        };
        let taken = match &mut row.widget {
            Widget::TextField { field, .. } => field.take(event),
            Widget::Editor { editor, .. } => editor.take(event),
            _ => false,
        };
        match row.key {
            Some(key) if taken => {
                self.follows = true;
                Happened::Changed(key)
            }
            _ => Happened::Nothing,
        }
    }

    fn is_list(&self) -> bool {
        matches!(self.rows.get(self.focus).map(|row| &row.widget), Some(Widget::List { .. }))
    }

    /// Handles a key in the focused row.
    fn for_row(&mut self, pressed: &KeyEvent) -> Happened<K> {
        let (row, part) = (self.focus, self.part);
        let step = match pressed.code {
            KeyCode::Enter => return self.act(row, part, true),
            KeyCode::Char(' ') => return self.act(row, part, false),
            KeyCode::Left => -1,
            KeyCode::Right => 1,
            _ => 0,
        };
        let Some(FormRow { key, widget, .. }) = self.rows.get_mut(row) else {
            self.scroll_with(pressed.code);
            return Happened::Unused(*pressed);
        };
        match widget {
            Widget::Buttons(buttons) if step != 0 => {
                self.part = part.saturating_add_signed(step).min(buttons.len().saturating_sub(1));
            }
            Widget::Pick { options, selected, .. } if step != 0 => {
                *selected =
                    selected.saturating_add_signed(step).min(options.len().saturating_sub(1));
                return key.map_or(Happened::Nothing, Happened::Changed);
            }
            Widget::List { items, selected, height, .. } => {
                let page = isize::try_from(*height).unwrap_or(1);
                let last = items.len().saturating_sub(1);
                let to = match pressed.code {
                    KeyCode::Up if *selected > 0 => *selected - 1,
                    KeyCode::Down if *selected < last => *selected + 1,
                    KeyCode::PageUp => selected.saturating_add_signed(-page),
                    KeyCode::PageDown => selected.saturating_add_signed(page).min(last),
                    KeyCode::Home => 0,
                    KeyCode::End => last,
                    KeyCode::Up | KeyCode::Down => return self.arrow(pressed),
                    _ => return Happened::Unused(*pressed),
                };
                *selected = to;
                return key.map_or(Happened::Nothing, Happened::Changed);
            }
            _ => return self.arrow(pressed),
        }
        Happened::Nothing
    }

    fn arrow(&mut self, pressed: &KeyEvent) -> Happened<K> {
        match pressed.code {
            KeyCode::Up => self.advance(false),
            KeyCode::Down => self.advance(true),
            _ => return Happened::Unused(*pressed),
        }
        Happened::Nothing
    }

    fn scroll_with(&mut self, code: KeyCode) {
        match code {
            KeyCode::Up => self.scroll_by(-1),
            KeyCode::Down => self.scroll_by(1),
            _ => {}
        }
    }

    /// Acts on a row after Enter (`confirm`), Space or a click.
    fn act(&mut self, row: usize, part: usize, confirm: bool) -> Happened<K> {
        let Some(FormRow { key, enabled: true, widget, .. }) = self.rows.get_mut(row) else {
            return Happened::Nothing;
        };
        let key = *key;
        match widget {
            Widget::Buttons(buttons) => {
                return buttons
                    .get(part)
                    .map_or(Happened::Nothing, |(key, _)| Happened::Pressed(*key));
            }
            Widget::Check { on, .. } if !confirm => *on = !*on,
            Widget::Radio { on: false, .. } => {
                if let Some(key) = key {
                    self.choose(key);
                }
            }
            Widget::Pick { options, selected, .. } if !confirm => {
                *selected = (*selected + 1) % options.len().max(1);
            }
            _ if confirm => return key.map_or(Happened::Nothing, Happened::Entered),
            _ => return Happened::Nothing,
        }
        key.map_or(Happened::Nothing, Happened::Changed)
    }

    /// Moves the focus to the next row or button that can have it, or to the previous one.
    fn advance(&mut self, forward: bool) {
        let count = self.rows.len();
        self.follows = true;
        if let Some(FormRow { widget: Widget::Buttons(buttons), .. }) = self.rows.get(self.focus) {
            let next = self.part.saturating_add_signed(if forward { 1 } else { -1 });
            if next != self.part && next < buttons.len() {
                self.part = next;
                return;
            }
        }
        for step in 1..=count {
            let at = match forward {
                true => (self.focus + step) % count,
                false => (self.focus + count - step) % count,
            };
            if self.rows[at].can_have_focus() {
                self.focus = at;
                self.part = match (&self.rows[at].widget, forward) {
                    (Widget::Buttons(buttons), false) => buttons.len().saturating_sub(1),
                    _ => 0,
                };
                return;
            }
        }
    }

    /// Scrolls so that the focused row is at the top, if enough rows follow it.
    pub fn lead(&mut self) {
        (self.follows, self.leads) = (false, true);
    }

    /// Scrolls by this many lines, up if negative; the focus does not move.
    pub fn scroll_by(&mut self, lines: isize) {
        self.follows = false;
        self.scroll = self.scroll.saturating_add_signed(lines).min(self.scroll_max);
    }

    fn mouse(&mut self, mouse: &MouseEvent) -> Happened<K> {
        let at = Position { x: mouse.column, y: mouse.row };
        let spot = self.spots.iter().rev().find(|spot| spot.area.contains(at)).copied();
        match (mouse.kind, spot) {
            (MouseEventKind::ScrollUp, _) => self.scroll_by(-2),
            (MouseEventKind::ScrollDown, _) => self.scroll_by(2),
            (MouseEventKind::Down(MouseButton::Left), Some(Spot { row, part, .. })) => {
                return self.click(row, part);
            }
            _ => {}
        }
        Happened::Nothing
    }

    fn click(&mut self, row: usize, part: usize) -> Happened<K> {
        if !self.rows.get(row).is_some_and(FormRow::can_have_focus) {
            return Happened::Nothing;
        }
        let had_focus = self.focus == row;
        (self.focus, self.part, self.follows) = (row, 0, false);
        let key = self.rows[row].key;
        match &mut self.rows[row].widget {
            Widget::Buttons(_) => self.part = part,
            Widget::List { selected, .. } => {
                // A second click on an item confirms it.
                if had_focus && *selected == part {
                    return key.map_or(Happened::Nothing, Happened::Entered);
                }
                *selected = part;
                return key.map_or(Happened::Nothing, Happened::Changed);
            }
            Widget::TextField { .. } | Widget::Editor { .. } => return Happened::Nothing,
            _ => {}
        }
        self.act(row, part, false)
    }
}

#[cfg(test)]
mod tests;
