//! Draws a form: a frame in the middle of the screen, rows that scroll to keep the focus visible,
//! and buttons that are always visible. On a very small screen the frame is left out.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget as _};
use unicode_width::UnicodeWidthStr;

use super::fit::{FormLines, fit};
use super::paint::{Drawn, FormPainter, draw_row};
use super::row::{FormRow, Widget};
use super::{DialogForm, Spot};
use crate::say;
use crate::text;
use crate::ui::screen::look::{Look, Tone};

/// The least size with a frame.
const FRAME_MIN: (u16, u16) = (24, 8);
/// The least width with two columns of padding at each side, instead of one.
const PADDED_MIN: u16 = 50;
/// The labels of fields get at most one part in this many of a line.
const LABEL_PART: u16 = 3;
/// The blank lines at the top, before the buttons and before the hints.
const EDGES: usize = 3;
/// The most lines that are drawn; more would be an error in the dialog.
const LINES_MAX: usize = 2_000;

/// The room for the rows of a form.
pub(super) struct Space {
    framed: bool,
    /// The columns between the frame and the rows.
    padding: u16,
    pub(super) width: u16,
    pub(super) lines: u16,
}

/// The rows of a form before anything is left out.
pub(super) struct LaidOut {
    body: Vec<Drawn>,
    foot: Vec<Drawn>,
    hints: Vec<Line<'static>>,
    notice: Vec<Line<'static>>,
    pub(super) lines: FormLines,
}

impl<K: Copy + PartialEq> DialogForm<K> {
    /// Draws the form into the area.
    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        let Space { framed, padding, width, lines } = self.space(area);
        let edge = if framed { 2 + 2 * padding } else { 0 };
        let (body, foot) = self.laid_out(width, look, lines);

        let total = lines_of(&body).min(LINES_MAX);
        let fixed = lines_of(&foot);
        let frame_lines = if framed { 2 } else { 0 };
        let room = usize::from(area.height).saturating_sub(fixed + frame_lines).max(1);
        let seen = total.min(room);
        self.scroll_max = total - seen;
        self.bring_focus_into_sight(&body, seen);

        let height = u16::try_from(seen + fixed + frame_lines).unwrap_or(area.height);
        let outer = centred(area, width + edge, height.min(area.height));
        frame.render_widget(Clear, outer);
        let mut inner = outer;
        if framed {
            self.frame(frame, outer, look);
            let x = outer.x + 1 + padding;
            inner = Rect { x, y: outer.y + 1, width, height: outer.height - 2 };
        }
        self.spots.clear();
        // Nothing below keeps the cursor, also where the focus is out of sight.
        frame.set_cursor_position(inner.as_position());
        let top = Rect { height: u16::try_from(seen).unwrap_or(inner.height), ..inner };
        self.put(frame, &body, top, self.scroll);
        let below = seen.min(usize::from(inner.height)) as u16;
        let rest = Rect { y: inner.y + below, height: inner.height - below, ..inner };
        self.put(frame, &foot, rest, 0);
    }

    /// The room for the rows in this area.
    pub(super) fn space(&self, area: Rect) -> Space {
        let framed = area.width >= FRAME_MIN.0 && area.height >= FRAME_MIN.1;
        let padding = if area.width >= PADDED_MIN { 2 } else { 1 };
        let (edge, frame) = if framed { (2 + 2 * padding, 2) } else { (0, 0) };
        let width = area.width.saturating_sub(edge).min(self.width).max(1);
        Space { framed, padding, width, lines: area.height.saturating_sub(frame) }
    }

    /// All rows as they are drawn, those that scroll and those that do not, with the lines that
    /// they need, and what can stand below the buttons.
    pub(super) fn all_laid_out(&self, width: u16, look: Look) -> LaidOut {
        let (label, pair) = (self.label_width(width), self.pair_width());
        let pen = FormPainter { look, width, label, pair, default: self.default };
        let (body, mut foot) = self.drawn(pen);
        foot.retain(|row| !row.lines.is_empty());
        let body = spaced(body);
        let hints = self.hint_lines(width, look);
        let notice = self.notice_lines(pen);
        let (spare, rows): (Vec<&Drawn>, Vec<&Drawn>) = body.iter().partition(|row| row.spare);
        let count = |rows: &[&Drawn]| rows.iter().map(|row| row.lines.len()).sum::<usize>();
        let blanks = body.iter().filter(|row| row.is_blank).count() + EDGES + foot.len().max(1) - 1;
        let lines = FormLines {
            rows: count(&rows) + lines_of(&foot) + notice.len(),
            spare: count(&spare),
            hints: hints.len().saturating_sub(notice.len()),
            blanks,
        };
        LaidOut { body, foot, hints, notice, lines }
    }

    /// The rows that scroll and those that do not, without what has no room in this many lines.
    fn laid_out(&self, width: u16, look: Look, height: u16) -> (Vec<Drawn>, Vec<Drawn>) {
        let LaidOut { mut body, foot, hints, notice, lines } = self.all_laid_out(width, look);
        let fit = fit(lines, usize::from(height));
        let left = fit.blanks;
        body.retain(|row| fit.spare || !row.spare);
        let tail = if notice.is_empty() && fit.hints { hints } else { notice };
        (with_blanks(body, left, foot.len()), self.footer(foot, tail, left))
    }

    /// The rows above the buttons, the buttons, and what stands below them.
    fn footer(&self, foot: Vec<Drawn>, tail: Vec<Line<'static>>, left: usize) -> Vec<Drawn> {
        let mut rows = Vec::new();
        for (at, row) in foot.into_iter().enumerate() {
            if (at == 0 && left >= 1) || (at > 0 && left >= EDGES + at && !row.lines.is_empty()) {
                rows.push(blank());
            }
            rows.push(row);
        }
        if !tail.is_empty() {
            if left >= EDGES {
                rows.push(blank());
            }
            rows.push(Drawn { lines: tail, ..Drawn::new(usize::MAX) });
        }
        rows
    }

    fn frame(&self, frame: &mut Frame<'_>, outer: Rect, look: Look) {
        let style = look.style(self.tone);
        let mut block = Block::bordered().border_set(look.border()).border_style(style).title(
            Line::from(format!(" {} ", self.title)).style(style.add_modifier(Modifier::BOLD)),
        );
        if self.scroll > 0 {
            let text = format!(" {} {} ", look.mark("▲", "^"), say!(more_above));
            block = block.title_top(Line::from(text).right_aligned());
        }
        if self.scroll < self.scroll_max {
            let text = format!(" {} {} ", look.mark("▼", "v"), say!(more_below));
            block = block.title_bottom(Line::from(text).right_aligned());
        }
        frame.render_widget(block, outer);
    }

    /// The rows that scroll, and those that do not.
    fn drawn(&self, pen: FormPainter<K>) -> (Vec<Drawn>, Vec<Drawn>) {
        let is_out = |row: &FormRow<K>| row.key.is_some_and(|key| self.left_out.contains(&key));
        let shown = self.rows.iter().enumerate().filter(|(_, row)| !is_out(row));
        let all = shown.map(|(at, row)| {
            let part = (at == self.focus && row.can_have_focus()).then_some(self.part);
            (row.pinned, draw_row(at, row, part, pen))
        });
        let (foot, body): (Vec<_>, Vec<_>) = all.partition(|(pinned, _)| *pinned);
        let plain = |rows: Vec<(bool, Drawn)>| rows.into_iter().map(|(_, row)| row).collect();
        (plain(body), plain(foot))
    }

    fn label_width(&self, width: u16) -> u16 {
        let labels = self.rows.iter().filter_map(|row| match &row.widget {
            Widget::TextField { label, .. } | Widget::Pick { label, .. } => {
                Some(label.width() as u16 + row.indent)
            }
            _ => None,
        });
        labels.max().unwrap_or(0).min(width / LABEL_PART + 4)
    }

    /// The columns of the labels of pairs, the same in all groups.
    fn pair_width(&self) -> u16 {
        let labels = self.rows.iter().filter_map(|row| match &row.widget {
            Widget::Pairs(pairs) => {
                let widest = pairs.iter().map(|(label, _)| label.width()).max();
                Some(widest.unwrap_or(0) as u16 + row.indent + 2)
            }
            _ => None,
        });
        labels.max().unwrap_or(0)
    }

    fn bring_focus_into_sight(&mut self, body: &[Drawn], seen: usize) {
        if let Some(first) = self.leads.take() {
            let before = body.iter().take_while(|row| row.row == usize::MAX || row.row < first);
            self.scroll = before.map(|row| row.lines.len()).sum();
        }
        if self.follows {
            let mut top = 0;
            for row in body {
                if row.row == self.focus {
                    let bottom = top + row.lines.len();
                    let low = bottom.saturating_sub(seen);
                    self.scroll = self.scroll.clamp(low.min(top), top.max(low));
                    if self.scroll < low {
                        self.scroll = low;
                    }
                    break;
                }
                top += row.lines.len();
            }
        }
        self.scroll = self.scroll.min(self.scroll_max);
    }

    /// Draws rows into the area, starting at their line `skip`, and notes where they are.
    fn put(&mut self, frame: &mut Frame<'_>, rows: &[Drawn], area: Rect, skip: usize) {
        let mut line = 0;
        let inside = |line: usize| {
            (line >= skip && line - skip < usize::from(area.height))
                .then(|| area.y + (line - skip) as u16)
        };
        for row in rows {
            for (index, text) in row.lines.iter().enumerate() {
                if let Some(y) = inside(line + index) {
                    let place = Rect { y, height: 1, ..area };
                    put_line(frame.buffer_mut(), text, place);
                    self.spots.push(Spot { area: place, row: row.row, part: 0, on_bar: false });
                }
            }
            for &(index, x, width, part) in &row.parts {
                if let Some(y) = inside(line + usize::from(index)) {
                    let place = Rect { x: area.x + x, y, width, height: 1 };
                    let area = place.intersection(area);
                    self.spots.push(Spot { area, row: row.row, part, on_bar: false });
                }
            }
            for (index, mark) in row.bar.iter().enumerate() {
                if let Some(y) = inside(line + index) {
                    let place = Rect { x: area.right().saturating_sub(1), y, width: 1, height: 1 };
                    let place = place.intersection(area);
                    put_line(frame.buffer_mut(), &Line::from(*mark), place);
                    self.spots.push(Spot { area: place, row: row.row, part: index, on_bar: true });
                }
            }
            if let Some((index, x)) = row.cursor
                && let Some(y) = inside(line + usize::from(index))
            {
                let x = area.x + x.min(area.width.saturating_sub(1));
                frame.set_cursor_position(Position { x, y });
            }
            line += row.lines.len();
        }
    }

    /// The footer's answer to the last key.
    fn notice_lines(&self, pen: FormPainter<K>) -> Vec<Line<'static>> {
        if self.notice.is_empty() {
            return Vec::new();
        }
        let style = pen.look.style(Tone::Warn);
        let lines = text::wrap(&self.notice, usize::from(pen.width)).into_iter();
        lines.map(|line| Line::from(Span::styled(line, style))).collect()
    }
}

fn lines_of(rows: &[Drawn]) -> usize {
    rows.iter().map(|row| row.lines.len()).sum()
}

/// A blank line that belongs to no row.
fn blank() -> Drawn {
    Drawn { lines: vec![Line::default()], ..Drawn::new(usize::MAX) }
}

/// The rows that show something, with at most one blank line between two of them.
fn spaced(rows: Vec<Drawn>) -> Vec<Drawn> {
    let mut kept: Vec<Drawn> = Vec::new();
    for row in rows {
        let is_after_blank = kept.last().is_none_or(|last| last.is_blank);
        if row.is_blank && is_after_blank {
            continue;
        }
        if row.is_blank || !row.lines.is_empty() {
            kept.push(row);
        }
    }
    if kept.last().is_some_and(|last| last.is_blank) {
        kept.pop();
    }
    kept
}

/// Gives lines to as many blanks as there is room for: the first is before what does not scroll,
/// the second at the top, the third before the hints, then those between rows that do not scroll,
/// the others between groups.
fn with_blanks(rows: Vec<Drawn>, left: usize, foot: usize) -> Vec<Drawn> {
    let mut inner = left.saturating_sub(EDGES + foot.saturating_sub(1));
    let mut shown = Vec::new();
    if left >= 2 {
        shown.push(blank());
    }
    for row in rows {
        if !row.is_blank {
            shown.push(row);
        } else if inner > 0 {
            inner -= 1;
            shown.push(blank());
        }
    }
    shown
}

fn put_line(buffer: &mut Buffer, line: &Line<'static>, area: Rect) {
    line.render(area, buffer);
}

fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}
