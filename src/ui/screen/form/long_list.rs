//! Lists and editors that take the lines that are left, and lists that are too long to be laid out
//! whole: the form knows how many items there are, and the dialog lays out those that are visible
//! before each drawing.

use std::ops::{Range, RangeInclusive};

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::DialogForm;
use super::row::{FormRow, Item, ListView, Widget};
use super::window::ListWindow;
use crate::ui::screen::look::Look;

/// The fewest lines of a list for which blank lines are kept.
const ROOMY: u16 = 5;

impl ListView {
    /// How many items the list has.
    pub(super) fn count(&self, items: &[Item]) -> usize {
        self.window.as_ref().map_or(items.len(), |window| window.count)
    }

    /// Whether the selected item counts.
    pub(super) fn is_pale(&self) -> bool {
        self.window.as_ref().is_some_and(|window| window.is_pale)
    }

    /// The line of an item that is laid out by the dialog.
    pub(super) fn line(&self, at: usize) -> Option<Line<'static>> {
        let window = self.window.as_ref()?;
        window.lines.get(at.checked_sub(window.first)?).cloned()
    }

    /// What stands in an empty list.
    pub(super) fn empty(&self) -> Option<&str> {
        let window = self.window.as_ref().filter(|window| window.count == 0)?;
        Some(&window.empty)
    }
}

impl<K> FormRow<K> {
    /// A list whose visible items the dialog lays out.
    pub fn long_list(key: K, height: u16) -> FormRow<K> {
        let mut view = ListView::default();
        view.window = Some(ListWindow::default());
        FormRow::of(Some(key), Widget::List { items: Vec::new(), selected: 0, height, view })
    }
}

impl<K: Copy + PartialEq> DialogForm<K> {
    /// Sets how many items a long list has, and which one is selected.
    pub fn set_count(&mut self, key: K, new: usize, at: usize) {
        if let Widget::List { selected, view: ListView { window: Some(window), .. }, .. } =
            &mut self.row(key).widget
        {
            window.count = new;
            *selected = at.min(new.saturating_sub(1));
        }
    }

    /// Sets whether the selected item of a long list counts.
    pub fn set_pale(&mut self, key: K, is_pale: bool) {
        if let Widget::List { view: ListView { window: Some(window), .. }, .. } =
            &mut self.row(key).widget
        {
            window.is_pale = is_pale;
        }
    }

    /// Gives a list all lines of the area that nothing else needs, within these bounds, and returns
    /// which items are visible. Blank lines go where it would have fewer than five lines
    /// otherwise.
    pub fn fit_list(
        &mut self,
        key: K,
        area: Rect,
        look: Look,
        bounds: RangeInclusive<u16>,
    ) -> Range<usize> {
        let fitted = self.fitted(key, area, look, bounds);
        let Widget::List { items, selected, height, view } = &mut self.row(key).widget else {
            return 0..0;
        };
        *height = fitted;
        let count = view.count(items);
        let first = view.first(*selected, usize::from(fitted), count);
        first..(first + usize::from(fitted)).min(count)
    }

    /// The same for an editor.
    pub fn fit_editor(&mut self, key: K, area: Rect, look: Look, bounds: RangeInclusive<u16>) {
        let fitted = self.fitted(key, area, look, bounds);
        if let Widget::Editor { height, .. } = &mut self.row(key).widget {
            *height = fitted;
        }
    }

    /// How many lines a list or an editor can have.
    fn fitted(&mut self, key: K, area: Rect, look: Look, bounds: RangeInclusive<u16>) -> u16 {
        if let Widget::List { height, .. } | Widget::Editor { height, .. } =
            &mut self.row(key).widget
        {
            *height = 0;
        }
        let space = self.space(area);
        let lines = self.all_laid_out(space.width, look).lines;
        let others = lines.rows + lines.spare + lines.hints;
        let left = |others: usize| {
            let left = usize::from(space.lines).saturating_sub(others);
            u16::try_from(left).unwrap_or(u16::MAX)
        };
        let (least, most) = bounds.into_inner();
        let roomy = left(others + lines.blanks);
        match roomy >= ROOMY.min(most) {
            true => roomy.min(most),
            false => left(others).clamp(least, most.min(ROOMY).max(least)),
        }
    }

    /// Puts in the items of a long list from this one on, and what stands there if there are none.
    pub fn set_window(&mut self, key: K, first: usize, lines: Vec<Line<'static>>, empty: String) {
        if let Widget::List { view: ListView { window: Some(window), .. }, .. } =
            &mut self.row(key).widget
        {
            (window.first, window.lines, window.empty) = (first, lines, empty);
        }
    }

    /// Replaces the text of a line across the dialog.
    pub fn set_rule(&mut self, key: K, new: String) {
        if let Widget::Rule(label) = &mut self.row(key).widget {
            *label = new;
        }
    }
}
