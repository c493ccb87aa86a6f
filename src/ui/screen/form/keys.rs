//! What keys, clicks and pastes do in a form.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::Position;

use super::row::{FormRow, Widget};
use super::{DialogForm, Happened, Spot};
use crate::say;
use crate::ui::screen::look::Tone;

/// How many lines a turn of the wheel moves.
const WHEEL: isize = 2;

/// The letter of a key without Ctrl, and whether Alt was held. Full-width letters count as well,
/// because an input method may be on.
fn letter(key: &KeyEvent) -> Option<(char, bool)> {
    let KeyCode::Char(c) = key.code else { return None };
    let narrow = match c {
        '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            char::from_u32(c as u32 - 0xfee0).unwrap_or(c)
        }
        c => c,
    };
    let usable = !key.modifiers.contains(KeyModifiers::CONTROL) && narrow.is_ascii_alphabetic();
    usable.then(|| (narrow.to_ascii_lowercase(), key.modifiers.contains(KeyModifiers::ALT)))
}

impl<K: Copy + PartialEq> DialogForm<K> {
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
        self.notice.clear();
        // The field comes first: in a secret even Esc can be literal, after Ctrl-V.
        if let happened @ Happened::Changed(_) = self.typed(event) {
            return happened;
        }
        if let Some(happened) = self.by_letter(key) {
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

    /// Presses the button, or chooses the radio button, whose letter was typed. Where letters are
    /// text, Alt must be held.
    fn by_letter(&mut self, key: &KeyEvent) -> Option<Happened<K>> {
        let (letter, alt) = letter(key)?;
        if self.takes_letters() && !alt {
            return None;
        }
        let chosen = |row: &FormRow<K>| matches!(row.widget, Widget::Radio { access: Some(access), .. } if access == letter);
        if let Some(row) = self.rows.iter().position(chosen) {
            if !self.rows[row].can_have_focus() {
                self.say_why_not(row);
                return Some(Happened::Nothing);
            }
            (self.focus, self.part, self.follows) = (row, 0, true);
            return Some(self.act(row, 0, false));
        }
        let button = self.buttons().find(|button| button.access == letter)?;
        let (key, quiet) = (button.key, button.quiet);
        if !quiet {
            self.focus(key);
        }
        Some(Happened::Pressed(key))
    }

    /// Answers in the footer why a row cannot be used.
    fn say_why_not(&mut self, row: usize) {
        let why = self.rows.get(row).and_then(FormRow::why_not);
        self.notice = why.map_or_else(String::new, |(label, why)| {
            say!(choice_unusable, label = label.to_owned(), why = why.to_owned())
        });
    }

    /// Whether letters are text where the focus is.
    fn takes_letters(&self) -> bool {
        match self.rows.get(self.focus).map(|row| &row.widget) {
            Some(Widget::TextField { .. } | Widget::Editor { .. }) => true,
            Some(Widget::List { .. }) => self.types_in_lists,
            _ => false,
        }
    }

    /// Answers Enter where no button is the default one: by the letters to choose from.
    fn ask_to_choose(&mut self) {
        let alt = if self.takes_letters() { "Alt+" } else { "" };
        let loud = self.buttons().filter(|button| !button.quiet);
        let keys: Vec<String> = loud.map(|button| format!("{alt}{}", button.access)).collect();
        self.notice = say!(choose_one, keys = keys.join(&say!(list_or)));
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
                if matches!(row.remark, Some((Tone::Danger | Tone::Warn, _))) {
                    row.remark = None;
                }
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
                let loud = buttons.iter().filter(|button| !button.quiet).count();
                self.part = part.saturating_add_signed(step).min(loud.saturating_sub(1));
            }
            Widget::Pick { options, selected, .. } if step != 0 => {
                *selected =
                    selected.saturating_add_signed(step).min(options.len().saturating_sub(1));
                return key.map_or(Happened::Nothing, Happened::Changed);
            }
            Widget::List { items, selected, height, view } => {
                let page = isize::try_from(*height).unwrap_or(1);
                let last = view.count(items).saturating_sub(1);
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
                view.follow();
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
                let button = buttons.get(part);
                return button.map_or(Happened::Nothing, |button| Happened::Pressed(button.key));
            }
            Widget::Check { on, .. } if !confirm => *on = !*on,
            Widget::Radio { on, .. } if !*on || !confirm => {
                if let Some(key) = key {
                    self.choose(key);
                }
            }
            Widget::Pick { options, selected, .. } if !confirm => {
                *selected = (*selected + 1) % options.len().max(1);
            }
            _ if confirm && self.default.is_none() => {
                self.ask_to_choose();
                return Happened::Nothing;
            }
            _ if confirm => return key.map_or(Happened::Nothing, Happened::Entered),
            _ => return Happened::Nothing,
        }
        key.map_or(Happened::Nothing, Happened::Changed)
    }

    /// Moves the focus to the next row or button that can have it, or to the previous one.
    pub(super) fn advance(&mut self, forward: bool) {
        let count = self.rows.len();
        self.follows = true;
        if let Some(FormRow { widget: Widget::Buttons(buttons), .. }) = self.rows.get(self.focus) {
            let next = self.part.saturating_add_signed(if forward { 1 } else { -1 });
            let loud = buttons.iter().filter(|button| !button.quiet).count();
            if next != self.part && next < loud {
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
                    (Widget::Buttons(buttons), false) => {
                        buttons.iter().filter(|button| !button.quiet).count().saturating_sub(1)
                    }
                    _ => 0,
                };
                return;
            }
        }
    }

    /// Scrolls so that the focused row is at the top, if enough rows follow it.
    pub fn lead(&mut self) {
        (self.follows, self.leads) = (false, Some(self.focus));
    }

    /// Scrolls so that this row is at the top, if enough rows follow it.
    pub fn reveal(&mut self, key: K) {
        self.follows = false;
        self.leads = self.rows.iter().position(|row| row.key == Some(key));
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
            (MouseEventKind::ScrollUp, spot) => self.wheel(spot, -WHEEL),
            (MouseEventKind::ScrollDown, spot) => self.wheel(spot, WHEEL),
            (
                MouseEventKind::Down(MouseButton::Left) | MouseEventKind::Drag(MouseButton::Left),
                Some(Spot { row, part, on_bar: true, .. }),
            ) => self.scroll_list_to(row, part),
            (MouseEventKind::Down(MouseButton::Left), Some(Spot { row, part, .. })) => {
                return self.click(row, part);
            }
            _ => {}
        }
        Happened::Nothing
    }

    /// Scrolls the list under the pointer if it is longer than what is visible, else the form.
    fn wheel(&mut self, spot: Option<Spot>, lines: isize) {
        let row = spot.and_then(|spot| self.rows.get_mut(spot.row));
        match row.map(|row| &mut row.widget) {
            Some(Widget::List { items, height, view, .. })
                if view.count(items) > usize::from(*height) =>
            {
                view.scroll(lines);
            }
            _ => self.scroll_by(lines),
        }
    }

    /// Scrolls a list to what a line of its scrollbar stands for; the selection stays.
    fn scroll_list_to(&mut self, row: usize, line: usize) {
        if let Some(Widget::List { items, height, view, .. }) =
            self.rows.get_mut(row).map(|row| &mut row.widget)
        {
            let height = usize::from(*height);
            let hidden = view.count(items).saturating_sub(height);
            view.scroll_to(hidden * line / (height.max(2) - 1));
        }
    }

    fn click(&mut self, row: usize, part: usize) -> Happened<K> {
        self.notice.clear();
        if !self.rows.get(row).is_some_and(FormRow::can_have_focus) {
            self.say_why_not(row);
            return Happened::Nothing;
        }
        if let Widget::Buttons(buttons) = &self.rows[row].widget
            && let Some(button) = buttons.get(part).filter(|button| button.quiet)
        {
            return Happened::Pressed(button.key);
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
