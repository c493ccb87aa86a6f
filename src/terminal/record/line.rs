//! One line of a terminal as it stands on the screen: cells, a cursor, and the functions with which
//! shells edit a line (ECMA-48 section 8.3). Rows above and below are not represented.

use unicode_width::UnicodeWidthChar;

/// The columns after which a line of unknown width is written in pieces, for programs that write no
/// line ends. Apart from moves of the cursor, the pieces make the same text.
const MAX_COLUMNS: usize = 4096;
/// The distance between tab stops.
const TAB: usize = 8;
/// The most bytes of combining marks in one cell: more than any script puts on a letter.
const MAX_MARKS: usize = 64;

/// The content of one column.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Char(char),
    /// A character with its combining marks.
    Marked(String),
    /// A byte that is not UTF-8, from an unknown encoding.
    Byte(u8),
    /// The right part of a wide character or tab in the cell before.
    Tail,
}

const BLANK: Cell = Cell::Char(' ');

/// A line that is being written.
#[derive(Debug, Default)]
pub(super) struct ScreenLine {
    cells: Vec<Cell>,
    /// The column of the next character; equal to the width after the last column was filled.
    cursor: usize,
    /// The columns of the terminal; 0 if unknown.
    width: usize,
}

/// The part of the line that ED and EL erase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Erase {
    Right,
    Left,
    All,
}

impl ScreenLine {
    /// Sets the terminal's width from now on, in columns; 0 if unknown.
    pub fn set_width(&mut self, width: usize) {
        self.width = width;
    }

    fn width(&self) -> usize {
        match self.width {
            0 => MAX_COLUMNS,
            width => width.min(MAX_COLUMNS),
        }
    }

    /// Writes a character at the cursor. If the row is full, writes it to `out` first, because a
    /// terminal continues in the next row.
    pub fn put(&mut self, c: char, out: &mut Vec<u8>) {
        match c.width() {
            None => {}
            Some(0) => self.mark(c),
            Some(columns) => self.put_cell(Cell::Char(c), columns, out),
        }
    }

    /// Writes a byte that is not UTF-8.
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

    /// Blanks the cells from `start` to `end`, and with them the rest of a wide character that
    /// overlaps.
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

    /// HT: writes a tab at the end of the line; elsewhere moves the cursor. At the edge of the
    /// screen the terminal shows nothing, but the tab is written, because it separates the text
    /// around it.
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

    /// Moves the cursor to a column, at most the last one.
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

    /// ED and EL: erases a part of this line.
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

    /// ECH: blanks columns from the cursor on.
    pub fn blank(&mut self, columns: usize) {
        let end = self.cursor.saturating_add(columns).min(self.cells.len());
        if self.cursor < end {
            self.free(self.cursor, end);
        }
    }

    /// DCH: deletes columns at the cursor.
    pub fn delete(&mut self, columns: usize) {
        let end = self.cursor.saturating_add(columns).min(self.cells.len());
        if self.cursor < end {
            self.free(self.cursor, end);
            self.cells.drain(self.cursor..end);
        }
    }

    /// ICH: inserts blanks at the cursor; text that is pushed over the edge is lost.
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
