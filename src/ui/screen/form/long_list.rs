//! A list that is too long to be laid out whole: the form knows how many items there are, and the
//! dialog lays out those that are visible before each drawing.

use std::ops::Range;

use ratatui::text::Line;

use super::DialogForm;
use super::row::{FormRow, Item, ListView, Widget};
use super::window::ListWindow;

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

    /// Sets how many items of a list are visible, and returns which ones these are.
    pub fn set_height(&mut self, key: K, lines: u16) -> Range<usize> {
        let Widget::List { items, selected, height, view } = &mut self.row(key).widget else {
            return 0..0;
        };
        *height = lines;
        let count = view.count(items);
        let first = view.first(*selected, usize::from(lines), count);
        first..(first + usize::from(lines)).min(count)
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
