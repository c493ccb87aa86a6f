//! What is laid out of a list that is too long to be laid out whole.

use ratatui::text::Line;

/// The items of a long list.
#[derive(Debug, Default)]
pub struct ListWindow {
    /// How many items there are.
    pub(super) count: usize,
    /// The number of the first item that is laid out.
    pub(super) first: usize,
    /// The items that are laid out.
    pub(super) lines: Vec<Line<'static>>,
    /// What stands in the list where there are no items.
    pub(super) empty: String,
    /// Whether the selected item is only where the person looks, and does not count.
    pub(super) is_pale: bool,
}
