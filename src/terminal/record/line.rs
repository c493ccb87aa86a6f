//! One line of a terminal as it stands on the screen: cells, a cursor, and the few ways in
//! which shells edit a line (ECMA-48 section 8.3). Rows above and below do not exist here.

use unicode_width::UnicodeWidthChar;

/// Where a line without a known width is broken into pieces, in columns. No pieces means a
/// program that writes no line ends; what is written is the same.
const MAX_COLUMNS: usize = 4096;
/// How far apart tabulator stops are.
const TAB: usize = 8;
/// Marks that one cell takes, in bytes: more than any script stacks on a letter.
const MAX_MARKS: usize = 64;

/// What one column shows.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Char(char),
    /// A character with what combines with it.
    Marked(String),
    /// A byte that is no UTF-8: text in an encoding that is not known here.
    Byte(u8),
    /// The right part of what the cell before it shows.
    Tail,
}

const BLANK: Cell = Cell::Char(' ');

/// A line that is being written.
#[derive(Debug, Default)]
pub(super) struct ScreenLine {
    cells: Vec<Cell>,
    /// The column of the next character; equal to the width after the last column was filled.
    cursor: usize,
    /// Columns of the terminal; 0 where not known.
    width: usize,
}

/// How a line is erased (ED and EL).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Erase {
    Right,
    Left,
    All,
}

impl ScreenLine {
    /// The terminal's width from now on, in columns; 0 where it is not known.
    pub fn set_width(&mut self, width: usize) {
        self.width = width;
    }

    fn width(&self) -> usize {
        match self.width {
            0 => MAX_COLUMNS,
            width => width.min(MAX_COLUMNS),
        }
    }

    /// Writes a character at the cursor. A row that is full goes to `out` first, as a terminal
    /// goes on in the next one.
    pub fn put(&mut self, c: char, out: &mut Vec<u8>) {
        match c.width() {
            None => {}
            Some(0) => self.mark(c),
            Some(columns) => self.put_cell(Cell::Char(c), columns, out),
        }
    }

    /// Writes a byte that is no UTF-8.
    pub fn put_byte(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.put_cell(Cell::Byte(byte), 1, out);
    }

    fn put_cell(&mut self, cell: Cell, columns: usize, out: &mut Vec<u8>) {
        if self.cursor + columns > self.width() {
            self.flush(out);
        }
        let end = self.cursor + columns;
        self.free(self.cursor, end);
        if self.cells.len() < end {
            self.cells.resize(end, BLANK);
        }
        self.cells[self.cursor] = cell;
        self.cells[self.cursor + 1..end].fill(Cell::Tail);
        self.cursor = end;
    }

    /// Makes room: what is wider than one column is blank once a part of it is written over.
    fn free(&mut self, start: usize, end: usize) {
        let mut first = start.min(self.cells.len());
        while first > 0 && self.cells.get(first) == Some(&Cell::Tail) {
            first -= 1;
        }
        let mut last = end;
        while self.cells.get(last) == Some(&Cell::Tail) {
            last += 1;
        }
        let last = last.min(self.cells.len());
        if first < last {
            self.cells[first..last].fill(BLANK);
        }
    }

    fn mark(&mut self, mark: char) {
        let before = self.cells.iter_mut().take(self.cursor).rfind(|cell| **cell != Cell::Tail);
        match before {
            Some(cell @ Cell::Char(_)) => {
                let Cell::Char(c) = *cell else { return };
                *cell = Cell::Marked([c, mark].iter().collect());
            }
            Some(Cell::Marked(text)) if text.len() < MAX_MARKS => text.push(mark),
            _ => {}
        }
    }

    /// HT: a tabulator at the end of the line is kept as one; elsewhere it moves the cursor. At
    /// the edge of the screen it shows nothing, but it still parts what is before it from what
    /// is after it.
    pub fn tab(&mut self, out: &mut Vec<u8>) {
        let next = (self.cursor / TAB + 1) * TAB;
        let next = next.min(self.width().saturating_sub(1)).max(self.cursor);
        if self.cursor >= self.cells.len() {
            self.cells.resize(self.cursor, BLANK);
            if next == self.cursor {
                self.flush(out);
                out.push(b'\t');
                return;
            }
            self.cells.push(Cell::Char('\t'));
            self.cells.resize(next, Cell::Tail);
        }
        self.cursor = next;
    }

    /// Moves the cursor to a column, as far as there are columns.
    pub fn go(&mut self, column: usize) {
        self.cursor = column.min(self.width().saturating_sub(1));
    }

    /// Moves the cursor to the right.
    pub fn forward(&mut self, columns: usize) {
        self.go(self.cursor.saturating_add(columns));
    }

    /// Moves the cursor to the left. From behind the last column it starts at the last one.
    pub fn back(&mut self, columns: usize) {
        let at = self.cursor.min(self.width().saturating_sub(1));
        self.cursor = at.saturating_sub(columns);
    }

    /// EL and ED as far as this line goes.
    pub fn erase(&mut self, what: Erase) {
        let length = self.cells.len();
        match what {
            Erase::All => self.cells.clear(),
            Erase::Right if self.cursor < length => {
                self.free(self.cursor, length);
                self.cells.truncate(self.cursor);
            }
            Erase::Right => {}
            Erase::Left => self.free(0, (self.cursor + 1).min(length)),
        }
    }

    /// ECH: blanks from the cursor on.
    pub fn blank(&mut self, columns: usize) {
        let end = self.cursor.saturating_add(columns).min(self.cells.len());
        if self.cursor < end {
            self.free(self.cursor, end);
        }
    }

    /// DCH: takes columns away at the cursor.
    pub fn delete(&mut self, columns: usize) {
        let end = self.cursor.saturating_add(columns).min(self.cells.len());
        if self.cursor < end {
            self.free(self.cursor, end);
            self.cells.drain(self.cursor..end);
        }
    }

    /// ICH: puts blanks in at the cursor; what is pushed over the edge is lost.
    pub fn insert(&mut self, columns: usize) {
        if self.cursor < self.cells.len() {
            self.free(self.cursor, self.cursor);
            let columns = columns.min(self.width().saturating_sub(self.cursor));
            self.cells.splice(self.cursor..self.cursor, std::iter::repeat_n(BLANK, columns));
            self.cells.truncate(self.width());
        }
    }

    /// Appends the line to `out` without a line end, and starts an empty one.
    pub fn flush(&mut self, out: &mut Vec<u8>) {
        for cell in self.cells.drain(..) {
            match cell {
                Cell::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                Cell::Marked(text) => out.extend_from_slice(text.as_bytes()),
                Cell::Byte(byte) => out.push(byte),
                Cell::Tail => {}
            }
        }
        self.cursor = 0;
    }
}
