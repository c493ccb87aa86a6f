//! Draws a form: a frame in the middle of the screen, rows that scroll to keep the focus visible,
//! and buttons that are always visible. On a small screen first the hints are left out, then the
//! frame.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget as _};
use unicode_width::UnicodeWidthStr;

use super::beside;
use super::row::{FormRow, Item, Widget};
use super::{DialogForm, Spot};
use crate::say;
use crate::text;
use crate::ui::screen::look::{Look, Tone};

/// The least size with a frame.
const FRAME_MIN: (u16, u16) = (24, 8);
/// The least height with hints.
const HINTS_MIN: u16 = 10;
/// The labels of fields get at most one part in this many of a line.
const LABEL_PART: u16 = 3;
/// The most lines that are drawn; more would be an error in the dialog.
const LINES_MAX: usize = 2_000;

/// A row that is laid out for drawing.
struct Drawn {
    row: usize,
    lines: Vec<Line<'static>>,
    /// The cursor's line and column, if the row has it.
    cursor: Option<(u16, u16)>,
    /// The parts that can be clicked: line, column, width, number.
    parts: Vec<(u16, u16, u16, usize)>,
}

/// The settings for drawing rows.
#[derive(Clone, Copy)]
struct FormPainter {
    look: Look,
    width: u16,
    label: u16,
}

impl<K: Copy + PartialEq> DialogForm<K> {
    /// Draws the form into the area.
    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        let framed = area.width >= FRAME_MIN.0 && area.height >= FRAME_MIN.1;
        let edge = if framed { 4 } else { 0 };
        let width = area.width.saturating_sub(edge).min(self.width).max(1);
        let pen = FormPainter { look, width, label: self.label_width(width) };

        let (body, foot) = self.drawn(pen);
        let hints = if area.height >= HINTS_MIN { self.hint_lines(width) } else { Vec::new() };
        let total: usize = body.iter().map(|row| row.lines.len()).sum::<usize>().min(LINES_MAX);
        let fixed = foot.iter().map(|row| row.lines.len()).sum::<usize>() + hints.len();
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
            self.frame(frame, outer, look, seen);
            inner = Rect { x: outer.x + 2, y: outer.y + 1, width, height: outer.height - 2 };
        }
        self.spots.clear();
        let skip = self.scroll;
        let top = Rect { height: u16::try_from(seen).unwrap_or(inner.height), ..inner };
        self.put(frame, &body, top, skip);
        let below = seen.min(usize::from(inner.height)) as u16;
        let mut rest = Rect { y: inner.y + below, height: inner.height - below, ..inner };
        self.put(frame, &foot, rest, 0);
        let used = foot.iter().map(|row| row.lines.len() as u16).sum::<u16>().min(rest.height);
        rest = Rect { y: rest.y + used, height: rest.height - used, ..rest };
        for (line, area) in hints.into_iter().zip(rest.rows()) {
            line.style(look.style(Tone::Dim)).render(area, frame.buffer_mut());
        }
    }

    fn frame(&self, frame: &mut Frame<'_>, outer: Rect, look: Look, seen: usize) {
        let style = look.style(self.tone);
        let mut block = Block::bordered().border_set(look.border()).border_style(style).title(
            Line::from(format!(" {} ", self.title)).style(style.add_modifier(Modifier::BOLD)),
        );
        if self.scroll > 0 {
            let text = format!(" {} {} ", look.mark("▲", "^"), say!(more_above));
            block = block.title_top(Line::from(text).right_aligned());
        }
        if self.scroll + seen < self.scroll_max + seen {
            let text = format!(" {} {} ", look.mark("▼", "v"), say!(more_below));
            block = block.title_bottom(Line::from(text).right_aligned());
        }
        frame.render_widget(block, outer);
    }

    /// The rows that scroll, and those that do not.
    fn drawn(&self, pen: FormPainter) -> (Vec<Drawn>, Vec<Drawn>) {
        let all = self.rows.iter().enumerate().map(|(at, row)| {
            let part = (at == self.focus && row.can_have_focus()).then_some(self.part);
            (row.is_pinned(), draw_row(at, row, part, pen))
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

    fn bring_focus_into_sight(&mut self, body: &[Drawn], seen: usize) {
        if std::mem::take(&mut self.leads) {
            let before = body.iter().take_while(|row| row.row != self.focus);
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
                    self.spots.push(Spot { area: place, row: row.row, part: 0 });
                }
            }
            for &(index, x, width, part) in &row.parts {
                if let Some(y) = inside(line + usize::from(index)) {
                    let place = Rect { x: area.x + x, y, width, height: 1 };
                    self.spots.push(Spot { area: place.intersection(area), row: row.row, part });
                }
            }
            if let Some((index, x)) = row.cursor
                && let Some(y) = inside(line + usize::from(index))
                && x < area.width
            {
                frame.set_cursor_position(Position { x: area.x + x, y });
            }
            line += row.lines.len();
        }
    }

    fn hint_lines(&self, width: u16) -> Vec<Line<'static>> {
        let usual = [
            ("Tab", say!(hint_move)),
            ("Space", say!(hint_choose)),
            ("Enter", say!(hint_confirm)),
            ("Esc", say!(hint_cancel)),
        ];
        let mut lines = vec![String::new()];
        // The dialog's hint for a key replaces the usual one.
        let own = |key: &str| self.hints.iter().any(|(keys, _)| *keys == key);
        let usual = usual.into_iter().filter(|(key, _)| !own(key));
        for (keys, does) in self.hints.iter().cloned().chain(usual) {
            let hint = say!(keys_hint, keys, does);
            let last = lines.last_mut().expect("begins with one line");
            let blank = if last.is_empty() { 0 } else { 3 };
            if last.width() + blank + hint.width() <= usize::from(width) {
                last.push_str(&" ".repeat(blank));
                last.push_str(&hint);
            } else {
                lines.push(hint);
            }
        }
        lines.truncate(2);
        lines.into_iter().map(Line::from).collect()
    }
}

fn put_line(buffer: &mut Buffer, line: &Line<'static>, area: Rect) {
    line.render(area, buffer);
}

/// Lays out one row; `focus` is the focused part, if the row has the focus.
fn draw_row<K>(at: usize, row: &FormRow<K>, focus: Option<usize>, pen: FormPainter) -> Drawn {
    let look = pen.look;
    let base = if row.enabled { Style::new() } else { look.style(Tone::Dim) };
    let lit = if focus.is_some() { look.focused() } else { base };
    let mut drawn = Drawn { row: at, lines: Vec::new(), cursor: None, parts: Vec::new() };
    let indent = " ".repeat(usize::from(row.indent));
    match &row.widget {
        Widget::Gap => drawn.lines.push(Line::default()),
        Widget::Text(paragraphs) => {
            for (tone, text) in paragraphs {
                drawn.lines.extend(paragraph(*tone, text, row.indent, pen));
            }
        }
        Widget::Art(lines) => {
            drawn.lines.extend(lines.iter().map(|line| Line::from(format!("{indent}{line}"))));
        }
        Widget::Beside(blocks) => {
            drawn.lines.extend(beside::lines(blocks, usize::from(pen.width), look));
        }
        Widget::Pairs(pairs) => drawn.lines.extend(put_pairs(pairs, pen)),
        Widget::Editor { editor, height } => {
            let (lines, cursor) = editor.shown((pen.width, *height), look);
            drawn.cursor = focus.map(|_| cursor);
            drawn.lines = lines;
        }
        Widget::TextField { label, field } => {
            let label = padded(&format!("{indent}{label}"), pen.label);
            let room = pen.width.saturating_sub(label.width() as u16 + 3).max(1);
            let mask = if look.unicode { '•' } else { '*' };
            let (shown, column) = field.shown(room, mask);
            let style = if row.enabled { base.add_modifier(Modifier::UNDERLINED) } else { base };
            drawn.cursor = focus.map(|_| (0, label.width() as u16 + 1 + column));
            drawn.lines.push(Line::from(vec![
                Span::styled(label, if focus.is_some() { look.style(Tone::Strong) } else { base }),
                Span::styled(if focus.is_some() { look.mark("▸", ">") } else { " " }, base),
                Span::styled(padded(&shown, room), style),
            ]));
        }
        Widget::Radio { on, label, note, .. } => {
            let mark = if *on { look.mark("(•)", "(*)") } else { "( )" };
            drawn.lines.push(noted(
                vec![Span::styled(indent, base), Span::styled(format!("{mark} {label}"), lit)],
                note,
                look,
            ));
        }
        Widget::Check { on, label } => {
            let mark = if *on { "[x]" } else { "[ ]" };
            let text = Span::styled(format!("{mark} {label}"), lit);
            drawn.lines.push(Line::from(vec![Span::styled(indent, base), text]));
        }
        Widget::Pick { label, options, selected } => {
            let label = padded(&format!("{indent}{label}"), pen.label);
            let value = options.get(*selected).map(String::as_str).unwrap_or_default();
            let text = format!("{} {value} {}", look.mark("◂", "<"), look.mark("▸", ">"));
            drawn.lines.push(Line::from(vec![
                Span::styled(label, base),
                Span::raw(" "),
                Span::styled(text, lit),
            ]));
        }
        Widget::List { items, selected, height } => {
            list(&mut drawn, items, (*selected, *height), (focus.is_some(), base), pen);
        }
        Widget::Buttons(buttons) => put_buttons(&mut drawn, buttons, focus, pen),
    }
    drawn
}

fn noted(mut spans: Vec<Span<'static>>, note: &str, look: Look) -> Line<'static> {
    if !note.is_empty() {
        spans.push(Span::styled(format!("  {note}"), look.style(Tone::Dim)));
    }
    Line::from(spans)
}

fn paragraph(tone: Tone, lines: &str, indent: u16, pen: FormPainter) -> Vec<Line<'static>> {
    let bar = match tone {
        Tone::Server => pen.look.mark("┃ ", "| "),
        _ => "",
    };
    let before = format!("{}{bar}", " ".repeat(usize::from(indent)));
    let room = usize::from(pen.width).saturating_sub(text::columns(&before)).max(1);
    let style = pen.look.style(tone);
    lines
        .split('\n')
        .flat_map(|line| text::wrap(line, room))
        .map(|line| Line::from(Span::styled(format!("{before}{line}"), style)))
        .collect()
}

/// Lays out labels in a column of their own, or above their values if there is no room.
fn put_pairs(pairs: &[(String, String)], pen: FormPainter) -> Vec<Line<'static>> {
    let width = usize::from(pen.width);
    let label = pairs.iter().map(|(label, _)| label.width()).max().unwrap_or(0) as u16 + 2;
    let beside = usize::from(label) <= width / 2;
    let indent = if beside { usize::from(label) } else { 2 };
    let room = width.saturating_sub(indent).max(1);
    let dim = pen.look.style(Tone::Dim);
    let mut lines = Vec::new();
    for (name, value) in pairs {
        let mut first = match beside {
            true => Some(Span::styled(padded(name, label), dim)),
            false => {
                lines.push(Line::from(Span::styled(name.clone(), dim)));
                None
            }
        };
        for piece in text::wrap(value, room) {
            let before = first.take().unwrap_or_else(|| Span::raw(" ".repeat(indent)));
            lines.push(Line::from(vec![before, Span::raw(piece)]));
        }
    }
    lines
}

/// Lays out the visible items of a list, including the selected one.
fn list(
    drawn: &mut Drawn,
    items: &[Item],
    (selected, height): (usize, u16),
    (focused, base): (bool, Style),
    pen: FormPainter,
) {
    let height = usize::from(height);
    let first = (selected + 1).saturating_sub(height).min(items.len().saturating_sub(height));
    for line in 0..height {
        let at = first + line;
        let Some(Item { text, note }) = items.get(at) else {
            drawn.lines.push(Line::default());
            continue;
        };
        let chosen = at == selected;
        let mark = if chosen { pen.look.mark("▸ ", "> ") } else { "  " };
        let style = if chosen && focused { pen.look.focused() } else { base };
        let text = Span::styled(format!("{mark}{text}"), style);
        drawn.lines.push(noted(vec![text], note, pen.look));
        drawn.parts.push((line as u16, 0, pen.width, at));
    }
}

fn put_buttons<K>(
    drawn: &mut Drawn,
    buttons: &[(K, String)],
    focus: Option<usize>,
    pen: FormPainter,
) {
    let (mut spans, mut column, mut line) = (Vec::new(), 0, 0);
    for (at, (_, label)) in buttons.iter().enumerate() {
        let chosen = focus == Some(at);
        let text = match chosen {
            true => format!("{} {label} {}", pen.look.mark("▶", ">"), pen.look.mark("◀", "<")),
            false => format!("[ {label} ]"),
        };
        let width = text.width() as u16;
        if column > 0 && column + width > pen.width {
            drawn.lines.push(Line::from(std::mem::take(&mut spans)));
            (column, line) = (0, line + 1);
        }
        let style = if chosen { pen.look.focused() } else { Style::new() };
        spans.push(Span::styled(text, style));
        spans.push(Span::raw("  "));
        drawn.parts.push((line, column, width, at));
        column += width + 2;
    }
    drawn.lines.push(Line::from(spans));
}

/// The text in exactly this many columns, cut or padded.
fn padded(text: &str, columns: u16) -> String {
    let columns = usize::from(columns);
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
        if used + wide > columns {
            break;
        }
        out.push(c);
        used += wide;
    }
    out.push_str(&" ".repeat(columns - used));
    out
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
