//! One pane: the entries of a directory as they are sorted, filtered and marked, and the cursor.
//!
//! Rows are numbered from 0; the first is `..`, unless the directory is the root. A listing is
//! asked for with a number, so that what still comes of an older one is not taken for it. The old
//! entries stay until the new directory can be read.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::entry::PaneEntry;
use super::path;
use crate::pattern;

/// What entries are sorted by; directories always come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// The name.
    #[default]
    Name,
    /// The size, the largest first.
    Size,
    /// The time of the last change, the newest first.
    Time,
}

/// A directory on the screen.
pub struct Pane {
    /// The place, sanitised: a host, or this machine.
    pub label: String,
    /// The directory.
    pub path: Vec<u8>,
    /// The filter as typed; all words must be in the name.
    pub filter: String,
    /// Whether hidden names are shown.
    pub shows_hidden: bool,
    /// What is sorted by.
    pub sort: SortBy,
    /// Whether the order is turned round.
    pub is_reversed: bool,
    /// Why the listing failed.
    pub failed: Option<String>,
    /// Whether the connection is lost.
    pub is_lost: bool,
    /// The first visible row; drawing keeps the cursor in sight.
    pub top: usize,
    entries: Vec<PaneEntry>,
    /// The numbers of the entries that are shown, in order.
    order: Vec<usize>,
    cursor: usize,
    /// The number of the last listing that was asked for.
    listing: u64,
    is_listing: bool,
    /// Whether the entries are those of the last listing.
    is_entered: bool,
    /// The name on which the cursor is to be, once it comes.
    awaited: Option<Vec<u8>>,
    /// Names that were marked before the directory was read again.
    marked_before: HashSet<Vec<u8>>,
}

impl Pane {
    /// A pane without entries.
    pub fn new(label: String, path: Vec<u8>) -> Pane {
        Pane {
            label,
            path,
            filter: String::new(),
            shows_hidden: false,
            sort: SortBy::Name,
            is_reversed: false,
            failed: None,
            is_lost: false,
            top: 0,
            entries: Vec::new(),
            order: Vec::new(),
            cursor: 0,
            listing: 0,
            is_listing: false,
            is_entered: false,
            awaited: None,
            marked_before: HashSet::new(),
        }
    }

    /// Begins a listing, with the cursor on this name once it comes. Returns the listing's number.
    pub fn begin(&mut self, cursor_on: Option<Vec<u8>>) -> u64 {
        self.listing += 1;
        (self.is_listing, self.is_entered) = (true, false);
        self.awaited = cursor_on;
        self.listing
    }

    /// The directory can be read: the old entries go.
    pub fn entered(&mut self, listing: u64, to: Vec<u8>) {
        if listing != self.listing {
            return;
        }
        self.marked_before.clear();
        if self.path == to {
            let marked = self.entries.drain(..).filter(|entry| entry.is_marked);
            self.marked_before = marked.map(|entry| entry.name).collect();
        } else {
            self.filter.clear();
            self.cursor = 0;
        }
        self.path = to;
        self.entries.clear();
        self.order.clear();
        (self.failed, self.is_entered) = (None, true);
    }

    /// Takes entries as they come.
    pub fn take(&mut self, listing: u64, entries: Vec<PaneEntry>) {
        if listing != self.listing || !self.is_entered {
            return;
        }
        self.entries.extend(entries.into_iter().map(|entry| {
            let is_marked = self.marked_before.contains(&entry.name);
            PaneEntry { is_marked, ..entry }
        }));
    }

    /// All entries have come, or the reason why not; whether that is of interest still.
    pub fn listed(&mut self, listing: u64, result: Result<(), String>) -> bool {
        if listing != self.listing {
            return false;
        }
        self.is_listing = false;
        self.failed = result.err();
        self.arrange();
        self.awaited = None;
        true
    }

    /// Whether entries are still coming.
    pub fn is_listing(&self) -> bool {
        self.is_listing
    }

    /// Sorts and filters anew, with the cursor on the same name. Entries that came are shown after
    /// this only.
    pub fn arrange(&mut self) {
        let kept = match self.awaited.clone() {
            Some(name) => Some(name),
            None => self.current().map(|entry| entry.name.clone()),
        };
        let words = self.filter.to_lowercase();
        let words: Vec<&str> = words.split_whitespace().collect();
        let is_shown = |entry: &PaneEntry| {
            (self.shows_hidden || !entry.name.starts_with(b"."))
                && words.iter().all(|word| entry.key.contains(word))
        };
        let shown = self.entries.iter().enumerate().filter(|(_, entry)| is_shown(entry));
        let mut order: Vec<usize> = shown.map(|(at, _)| at).collect();
        order.sort_unstable_by(|a, b| self.compared(&self.entries[*a], &self.entries[*b]));
        self.order = order;
        match kept.and_then(|name| self.row_of(&name)) {
            Some(row) => self.cursor = row,
            None => self.move_to(self.cursor),
        }
    }

    fn compared(&self, a: &PaneEntry, b: &PaneEntry) -> Ordering {
        let by_name = || (&a.key, &a.name).cmp(&(&b.key, &b.name));
        let order = match self.sort {
            SortBy::Name => by_name(),
            SortBy::Size => b.size().cmp(&a.size()).then_with(by_name),
            SortBy::Time => b.modified().cmp(&a.modified()).then_with(by_name),
        };
        let order = if self.is_reversed { order.reverse() } else { order };
        b.is_directory.cmp(&a.is_directory).then(order)
    }

    fn has_parent(&self) -> bool {
        path::parent(&self.path).is_some()
    }

    /// How many rows there are, with `..`.
    pub fn rows(&self) -> usize {
        self.order.len() + usize::from(self.has_parent())
    }

    /// The entry in a row; `None` for `..`.
    pub fn entry(&self, row: usize) -> Option<&PaneEntry> {
        let at = row.checked_sub(usize::from(self.has_parent()))?;
        self.order.get(at).map(|at| &self.entries[*at])
    }

    /// The entry under the cursor; `None` on `..`.
    pub fn current(&self) -> Option<&PaneEntry> {
        self.entry(self.cursor)
    }

    /// The row of the cursor.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Moves the cursor to a row, or to the last one.
    pub fn move_to(&mut self, row: usize) {
        self.cursor = row.min(self.rows().saturating_sub(1));
        if !self.is_listing {
            self.awaited = None;
        }
    }

    /// Moves the cursor by rows.
    pub fn move_by(&mut self, rows: isize) {
        self.move_to(self.cursor.saturating_add_signed(rows));
    }

    fn row_of(&self, name: &[u8]) -> Option<usize> {
        let at = self.order.iter().position(|at| self.entries[*at].name == name)?;
        Some(at + usize::from(self.has_parent()))
    }

    /// Marks the entry under the cursor, or unmarks it.
    pub fn mark(&mut self) {
        let at = self.cursor.checked_sub(usize::from(self.has_parent()));
        if let Some(entry) =
            at.and_then(|at| self.order.get(at)).and_then(|at| self.entries.get_mut(*at))
        {
            entry.is_marked = !entry.is_marked;
        }
    }

    /// Marks the shown entries whose name matches, or unmarks them; how many matched.
    pub fn mark_matching(&mut self, wanted: &[u8], marked: bool) -> usize {
        let same = |p: u8, n: u8| p.eq_ignore_ascii_case(&n);
        self.mark_where(|entry| pattern::matches_with(wanted, &entry.name, same).then_some(marked))
    }

    /// Marks the shown files that are not marked, and unmarks the others; directories stay.
    pub fn invert_marks(&mut self) {
        self.mark_where(|entry| (!entry.is_directory).then_some(!entry.is_marked));
    }

    /// Marks the shown entries for which this says so, and leaves those for which it is `None`; how
    /// many it had an answer for.
    pub fn mark_where(&mut self, mark: impl Fn(&PaneEntry) -> Option<bool>) -> usize {
        let mut count = 0;
        for at in &self.order {
            let entry = &mut self.entries[*at];
            if let Some(is_marked) = mark(entry) {
                entry.is_marked = is_marked;
                count += 1;
            }
        }
        count
    }

    /// The marked entries, even those that the filter hides; how many, and their bytes.
    pub fn marked(&self) -> (usize, u64) {
        let marked = self.entries.iter().filter(|entry| entry.is_marked);
        marked.fold((0, 0), |(count, bytes), entry| {
            (count + 1, entry.size().unwrap_or(0).saturating_add(bytes))
        })
    }

    /// The shown entries: how many, and their bytes.
    pub fn shown(&self) -> (usize, u64) {
        let sizes = self.order.iter().map(|at| self.entries[*at].size().unwrap_or(0));
        (self.order.len(), sizes.fold(0, u64::saturating_add))
    }

    /// All entries, in no order.
    pub fn all(&self) -> &[PaneEntry] {
        &self.entries
    }

    /// What a command is about: the marked entries in the order of the rows, otherwise the one under
    /// the cursor.
    pub fn meant(&self) -> Vec<&PaneEntry> {
        let mut marked: Vec<_> = self.entries.iter().filter(|entry| entry.is_marked).collect();
        marked.sort_unstable_by(|a, b| self.compared(a, b));
        if marked.is_empty() { self.current().into_iter().collect() } else { marked }
    }

    /// The path of a name in the directory.
    pub fn path_of(&self, name: &[u8]) -> Vec<u8> {
        path::join(&self.path, name)
    }

    /// Unmarks all.
    pub fn unmark(&mut self) {
        self.entries.iter_mut().for_each(|entry| entry.is_marked = false);
    }
}

#[cfg(test)]
mod tests;
