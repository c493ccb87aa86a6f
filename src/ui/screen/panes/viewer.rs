//! Shows the beginning of a file: as text that no byte of it can leave, or as numbers.

use crossterm::event::{Event, KeyCode, KeyEventKind, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Clear;

use super::columns::fitted;
use crate::say;
use crate::text;
use crate::ui::panes::ViewedFile;
use crate::ui::screen::component::{Component, DialogAction};
use crate::ui::screen::keys_help::KeysHelp;
use crate::ui::screen::look::{Look, Tone};

/// How many bytes a line of numbers has.
const HEX_BYTES: usize = 16;
/// How many lines a turn of the wheel scrolls.
const WHEEL: isize = 3;

/// The viewer.
pub(super) struct FileViewer {
    file: ViewedFile,
    lines: Vec<String>,
    top: usize,
    /// How many lines were visible, and how wide they were made.
    size: (usize, usize),
    is_hex: bool,
}

impl FileViewer {
    /// Shows a file; as numbers, if it has a byte that no text has.
    pub(super) fn new(file: ViewedFile) -> FileViewer {
        let is_hex = file.bytes.contains(&0);
        FileViewer { file, lines: Vec::new(), top: 0, size: (0, 0), is_hex }
    }

    fn lay_out(&mut self, width: usize) {
        if self.size.1 == width {
            return;
        }
        self.size.1 = width;
        let bytes = &self.file.bytes;
        self.lines = match self.is_hex {
            true => {
                let rows = bytes.chunks(HEX_BYTES).enumerate();
                rows.map(|(at, row)| hex_line(at * HEX_BYTES, row)).collect()
            }
            false => {
                let shown = text::block_bytes(bytes, usize::MAX, usize::MAX);
                shown.lines().flat_map(|line| text::pieces_of(line, width)).collect()
            }
        };
    }

    fn scroll(&mut self, lines: isize) {
        let last = self.lines.len().saturating_sub(self.size.0);
        self.top = self.top.saturating_add_signed(lines).min(last);
    }
}

/// The offset, the bytes as numbers, and those that are letters.
fn hex_line(offset: usize, row: &[u8]) -> String {
    let mut line = format!("{offset:08x} ");
    for at in 0..HEX_BYTES {
        if at % 8 == 0 {
            line.push(' ');
        }
        match row.get(at) {
            Some(byte) => line.push_str(&format!("{byte:02x} ")),
            None => line.push_str("   "),
        }
    }
    let letter = |byte: &u8| if matches!(byte, b' '..=b'~') { char::from(*byte) } else { '.' };
    line.push(' ');
    line.extend(row.iter().map(letter));
    line
}

impl Component for FileViewer {
    fn draw(&mut self, frame: &mut Frame<'_>, _: Rect, look: Look) {
        // Beside a text without a frame, what is behind it would look like a part of it.
        let area = frame.area();
        frame.render_widget(Clear, area);
        let width = usize::from(area.width.max(1));
        self.lay_out(width);
        self.size.0 = usize::from(area.height.saturating_sub(2));
        self.scroll(0);
        let name = text::name(&self.file.path, usize::MAX);
        let end = (self.top + self.size.0).min(self.lines.len());
        let mut title =
            say!(panes_view_title, name, from = self.top + 1, to = end, all = self.lines.len());
        if !self.file.is_whole {
            title = format!("{title}  {}", say!(panes_view_cut));
        }
        let buffer = frame.buffer_mut();
        let title = fitted(&title, width, look);
        buffer.set_stringn(area.x, area.y, title, width, look.focused());
        let style = look.style(Tone::Plain);
        for (row, line) in (area.y + 1..).zip(&self.lines[self.top..end]) {
            buffer.set_stringn(area.x, row, line, width, style);
        }
        let bottom = area.bottom().saturating_sub(1);
        if bottom > area.y {
            buffer.set_stringn(area.x, bottom, say!(panes_view_keys), width, look.style(Tone::Dim));
        }
        frame.set_cursor_position(Position { x: area.x, y: bottom });
    }

    fn help(&self) -> Option<Box<dyn Component>> {
        let keys = [
            ("Up Down PgUp PgDn Home End".to_owned(), say!(facts_hint_scroll)),
            ("x F4".to_owned(), say!(panes_view_numbers)),
            ("Esc q F3 F10".to_owned(), say!(facts_hint_close)),
            (say!(hint_select_keys), say!(keys_select)),
        ];
        Some(Box::new(KeysHelp::new(keys.to_vec())))
    }

    fn handle(&mut self, event: &Event) -> DialogAction {
        let page = isize::try_from(self.size.0.max(1)).unwrap_or(1);
        match event {
            Event::Mouse(mouse) => match mouse.kind {
                MouseEventKind::ScrollUp => self.scroll(-WHEEL),
                MouseEventKind::ScrollDown => self.scroll(WHEEL),
                _ => {}
            },
            Event::Key(key) if key.kind != KeyEventKind::Release => match key.code {
                KeyCode::Up | KeyCode::Char('k') => self.scroll(-1),
                KeyCode::Down | KeyCode::Char('j') | KeyCode::Enter => self.scroll(1),
                KeyCode::PageUp | KeyCode::Char('b') => self.scroll(-page),
                KeyCode::PageDown | KeyCode::Char(' ') => self.scroll(page),
                KeyCode::Home | KeyCode::Char('g') => self.top = 0,
                KeyCode::End | KeyCode::Char('G') => self.scroll(isize::MAX),
                KeyCode::Char('x') | KeyCode::F(4) => {
                    (self.is_hex, self.size.1, self.top) = (!self.is_hex, 0, 0);
                }
                KeyCode::Esc | KeyCode::Char('q' | 'c') | KeyCode::F(3 | 10) => {
                    return DialogAction::Close;
                }
                _ => {}
            },
            _ => {}
        }
        DialogAction::Stay
    }
}
