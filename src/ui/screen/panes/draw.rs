//! Draws the panes, the line below them and the line of keys.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear};
use unicode_width::UnicodeWidthStr;

use super::PanesScreen;
use super::columns::{begun, fitted, padded, right, tail};
use super::command::ON_LINE;
use super::job::progress;
use crate::say;
use crate::text;
use crate::ui::panes::{EntryColumns, Pane, PaneEntry, PaneSide, SortBy, locked, size_text};
use crate::ui::screen::look::{Look, Tone};

/// Below this width only the active pane is drawn.
const TWO_PANES: u16 = 60;
/// Below these heights the line of keys, the heads of the columns and the borders make room for
/// files.
const WITH_KEYS: u16 = 8;
const WITH_HEAD: u16 = 7;
const WITH_BORDER: u16 = 4;
/// The columns that what was said last needs to have several lines.
const ROOM_OF_SAID: usize = 16;
/// The most lines that what was said takes, and the height of the screen for each of them.
const SAID_LINES: usize = 3;
const HEIGHT_OF_SAID: u16 = 6;
/// From this width of a pane on, the permissions are shown.
const WITH_PERMISSIONS: usize = 60;
/// The columns of a size and of a time, with the blank before them.
const SIZE: usize = 7;
const TIME: usize = 12;
const PERMISSIONS: usize = 11;

impl PanesScreen {
    pub(super) fn paint(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        frame.render_widget(Clear, area);
        let keys = u16::from(area.height >= WITH_KEYS);
        let (said, right) = self.said(area, look);
        let below = if area.height < 2 { 0 } else { keys + said.len() as u16 };
        let body = Rect { height: area.height - below, ..area };
        let sides = match area.width < TWO_PANES {
            true => vec![(self.active, body)],
            false => {
                let width = body.width / 2;
                let right = Rect { x: body.x + width, width: body.width - width, ..body };
                vec![(PaneSide::Left, Rect { width, ..body }), (PaneSide::Right, right)]
            }
        };
        let parts = (area.height >= WITH_BORDER, area.height >= WITH_HEAD);
        self.rows_drawn = [Rect::default(); 2];
        self.keys_drawn = Rect::default();
        for (side, area) in sides {
            self.pane_at(frame, (side, area), parts, look);
        }
        if below == 0 {
            return;
        }
        let rows = Rect { y: body.bottom(), height: below - keys, ..area };
        self.said_at(frame.buffer_mut(), rows, (&said, &right), look);
        if keys > 0 {
            self.keys_drawn = Rect { y: area.bottom() - 1, height: 1, ..area };
            keys_at(frame.buffer_mut(), self.keys_drawn, look);
        }
    }

    /// A pane, with or without its border and the heads of its columns.
    fn pane_at(
        &mut self,
        frame: &mut Frame<'_>,
        (side, area): (PaneSide, Rect),
        (with_border, with_head): (bool, bool),
        look: Look,
    ) {
        let is_active = side == self.active;
        let pane = &mut self.panes[side.index()];
        let strong = if is_active { Tone::Strong } else { Tone::Dim };
        let room = usize::from(area.width.saturating_sub(4));
        let place = format!("{}:{}", pane.label, text::name(&pane.path, usize::MAX));
        let typed = self.filter.as_ref().filter(|_| is_active);
        let foot = match (typed, pane.filter.is_empty()) {
            (None, true) => counts(pane),
            _ => format!(
                "{}{}  {}",
                say!(panes_filter_before),
                pane.filter,
                say!(panes_filter_found, count = pane.shown().0)
            ),
        };
        let block = Block::bordered()
            .border_set(look.border())
            .border_style(look.style(if is_active { Tone::Plain } else { Tone::Dim }))
            .title(Line::from(format!(" {} ", tail(&place, room, look))).style(look.style(strong)))
            .title_bottom(Line::from(format!(" {} ", fitted(&foot, room, look))));
        let mut rows = area;
        if with_border {
            rows = block.inner(area);
            frame.render_widget(block, area);
        }
        if with_head {
            head(frame.buffer_mut(), Rect { height: 1, ..rows }, pane, look);
            rows = Rect { y: rows.y + 1, height: rows.height - 1, ..rows };
        }
        if rows.is_empty() {
            return;
        }
        let visible = usize::from(rows.height);
        let cursor = pane.cursor();
        pane.top = pane.top.clamp((cursor + 1).saturating_sub(visible), cursor);
        pane.top = pane.top.min(pane.rows().saturating_sub(visible));
        for (row, at) in rows.rows().zip(pane.top..pane.rows()) {
            let width = usize::from(row.width);
            let (line, tone) = match pane.entry(at) {
                Some(entry) => columns_of(&self.columns, entry, width, look),
                None => (padded("  ..", width), Tone::Plain),
            };
            let style = match at == cursor {
                true if is_active => look.style(tone).patch(look.focused()),
                true => look.style(tone).add_modifier(Modifier::UNDERLINED),
                false => look.style(tone),
            };
            frame.buffer_mut().set_stringn(row.x, row.y, line, width, style);
        }
        let at_cursor = Position { x: rows.x, y: rows.y + (cursor - pane.top) as u16 };
        let filter_cursor = typed.map(|field| {
            let before = say!(panes_filter_before).width() + field.text().width();
            let x = area.x + 2 + u16::try_from(before.min(room)).unwrap_or(0);
            Position { x, y: area.bottom() - 1 }
        });
        self.rows_drawn[side.index()] = rows;
        if is_active {
            frame.set_cursor_position(filter_cursor.unwrap_or(at_cursor));
        }
    }

    /// What stands below the panes: what was said last, in as many lines as it needs and the screen
    /// has room for, and what is copied, on the right.
    fn said(&self, area: Rect, look: Look) -> (Vec<String>, String) {
        let width = usize::from(area.width);
        let right = self.copied(width, look);
        let (_, message) = &self.message;
        let room = width.saturating_sub(right.width());
        let most = usize::from(area.height / HEIGHT_OF_SAID).clamp(1, SAID_LINES);
        if most == 1 || room < ROOM_OF_SAID {
            return (vec![message.clone()], right);
        }
        let mut lines = text::wrap(message, room);
        if lines.len() > most {
            // The rest is cut where the last line ends.
            lines.truncate(most - 1);
            let rest = lines.iter().fold(message.as_str(), |rest, line| {
                rest.split_once(line.as_str()).map_or(rest, |(_, rest)| rest.trim_start())
            });
            lines.push(rest.to_owned());
        }
        (lines, right)
    }

    fn said_at(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        (lines, right): (&[String], &str),
        look: Look,
    ) {
        let width = usize::from(area.width);
        let room = width.saturating_sub(right.width());
        for (row, line) in area.rows().zip(lines) {
            let line = fitted(line, room, look);
            buffer.set_stringn(row.x, row.y, line, room, look.style(self.message.0));
        }
        let x = area.x + u16::try_from(room).unwrap_or(0);
        buffer.set_stringn(x, area.bottom() - 1, right, width, look.style(Tone::Dim));
    }

    /// How far what is copied is, and how many jobs have failed.
    fn copied(&self, width: usize, look: Look) -> String {
        let queue = locked(&self.queue);
        let copied = match (queue.running(), queue.open()) {
            (Some(job), open) => {
                let more = if open > 1 { format!(" +{}", open - 1) } else { String::new() };
                let name = fitted(&job.current, width / 4, look);
                format!(" {name} {}{more}", progress(job))
            }
            (None, 0) => String::new(),
            (None, open) => format!(" {}", say!(panes_jobs_open, count = open)),
        };
        let failed = match queue.failed() {
            0 => String::new(),
            count => format!(" {}", say!(panes_jobs_failed, count)),
        };
        drop(queue);
        let synchronised =
            if self.is_synchronised { say!(panes_synchronised_mark) } else { String::new() };
        format!("{synchronised}{failed}{copied}")
    }
}

/// An entry in columns, and its tone.
fn columns_of(
    columns: &EntryColumns,
    entry: &PaneEntry,
    width: usize,
    look: Look,
) -> (String, Tone) {
    let permissions = if width >= WITH_PERMISSIONS { PERMISSIONS } else { 0 };
    let name_width = width.saturating_sub(2 + SIZE + TIME + permissions).max(1);
    let mark = if entry.is_marked { '+' } else { ' ' };
    let name = fitted(&entry.shown, name_width, look);
    let size = match entry.is_directory {
        true => String::new(),
        false => entry.size().map(size_text).unwrap_or_default(),
    };
    let time = match entry.attributes.times {
        Some((_, modified)) => columns.time(modified),
        None => String::new(),
    };
    let mut line = format!("{mark}{}{}", entry.mark(), padded(&name, name_width));
    line.push_str(&format!("{size:>SIZE$}{time:>TIME$}"));
    if permissions > 0 {
        line.push_str(&format!("{:>PERMISSIONS$}", entry.permissions()));
    }
    let tone = match (entry.is_marked, entry.is_directory) {
        (true, _) => Tone::Warn,
        (false, true) => Tone::Strong,
        (false, false) => Tone::Plain,
    };
    (line, tone)
}

/// The heads of the columns, with a mark at the one that is sorted by.
fn head(buffer: &mut Buffer, area: Rect, pane: &Pane, look: Look) {
    let width = usize::from(area.width);
    let arrow = match pane.is_reversed {
        false => look.mark("↓", "v"),
        true => look.mark("↑", "^"),
    };
    let marked = |sort: SortBy, title: String| match pane.sort == sort {
        true => format!("{title}{arrow}"),
        false => title,
    };
    let permissions = if width >= WITH_PERMISSIONS { PERMISSIONS } else { 0 };
    let name_width = width.saturating_sub(2 + SIZE + TIME + permissions).max(1);
    let name = marked(SortBy::Name, say!(panes_column_name));
    let line = format!(
        "  {}{}{}{}",
        padded(&fitted(&name, name_width, look), name_width),
        right(&marked(SortBy::Size, say!(panes_column_size)), SIZE),
        right(&marked(SortBy::Time, say!(panes_column_time)), TIME),
        if permissions > 0 { right(&say!(panes_column_mode), PERMISSIONS) } else { String::new() },
    );
    buffer.set_stringn(area.x, area.y, line, width, look.style(Tone::Dim));
}

/// What is in a pane, or marked in it.
fn counts(pane: &Pane) -> String {
    if pane.is_lost {
        return say!(panes_lost_foot);
    }
    if let Some(why) = &pane.failed {
        return why.clone();
    }
    let ((marked, marked_bytes), (count, bytes)) = (pane.marked(), pane.shown());
    let said = match marked {
        0 if count == 1 => say!(panes_entry, size = size_text(bytes)),
        0 => say!(panes_entries, count, size = size_text(bytes)),
        _ => say!(panes_marked, marked, size = size_text(marked_bytes), count),
    };
    match pane.is_listing() {
        true => format!("{said} {}", say!(panes_listing)),
        false => said,
    }
}

/// The function keys, as wide as the screen.
fn keys_at(buffer: &mut Buffer, area: Rect, look: Look) {
    let all = usize::from(area.width);
    for at in 0..ON_LINE {
        let (from, to) = (at * all / ON_LINE, (at + 1) * all / ON_LINE);
        let x = area.x + u16::try_from(from).unwrap_or(0);
        let number = (at + 1).to_string();
        let room = (to - from).saturating_sub(number.len());
        buffer.set_stringn(x, area.y, &number, to - from, look.style(Tone::Strong));
        // A mark where it is cut would take half of the room on a narrow screen.
        let label = padded(&begun(&say_short(at), room.saturating_sub(1)), room.saturating_sub(1));
        let x = x + u16::try_from(number.len()).unwrap_or(0);
        buffer.set_stringn(x, area.y, label, room, Style::new().patch(look.focused()));
    }
}

/// The short name of a function key.
fn say_short(at: usize) -> String {
    match at {
        0 => say!(panes_short_help),
        1 => say!(panes_short_compare),
        2 => say!(panes_short_view),
        3 => say!(panes_short_edit),
        4 => say!(panes_short_copy),
        5 => say!(panes_short_move),
        6 => say!(panes_short_mkdir),
        7 => say!(panes_short_remove),
        8 => say!(panes_short_properties),
        _ => say!(panes_short_quit),
    }
}
