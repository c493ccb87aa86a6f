//! Draws a virtual screen as an SVG, for the pictures of the documentation. One picture has the
//! colours for a dark and for a light background; the viewer's setting chooses.

use std::collections::BTreeMap;
use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// The size of a cell, and the margin, in pixels.
const CELL: (f64, f64) = (8.4, 18.0);
const MARGIN: f64 = 14.0;
/// Classes: the background, plain text, red, green and magenta, and wide characters, which are as
/// wide as two cells.
const STYLE: &str = "svg{--b:#fff;--f:#24292f;--r:#c0271f;--g:#1a7f37;--m:#8a2bb5}\
    @media(prefers-color-scheme:dark){svg{--b:#0f1318;--f:#d5dae1;--r:#ff7b72;--g:#56d364;--m:#d98cff}}\
    text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;\
    fill:var(--f);white-space:pre}.r{fill:var(--r)}.g{fill:var(--g)}.m{fill:var(--m)}\
    .W{font-size:16.8px}.B{font-weight:bold}.D{opacity:.6}.R{fill:var(--b)}path{stroke:var(--f);fill:none}\
    path.r{stroke:var(--r);fill:none}path.g{stroke:var(--g);fill:none}\
    path.m{stroke:var(--m);fill:none}rect{fill:var(--f)}";

/// The SVG of a screen.
pub(super) fn svg(screen: &Buffer, label: &str) -> String {
    let area = screen.area;
    let width = f64::from(area.width) * CELL.0 + 2.0 * MARGIN;
    let height = f64::from(area.height) * CELL.1 + 2.0 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         xml:space=\"preserve\" role=\"img\" aria-label=\"{}\">\n<style>{STYLE}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" style=\"fill:var(--b);stroke:#8888\"/>\n",
        escaped(label)
    );
    let mut lines = FrameLines::default();
    for row in 0..area.height {
        let cells: Vec<&Cell> = (0..area.width).map(|column| &screen[(column, row)]).collect();
        for run in runs(&cells) {
            draw(&mut out, &mut lines, &cells[run.clone()], (run.start, usize::from(row)));
        }
    }
    lines.draw(&mut out);
    out.push_str("</svg>\n");
    out
}

/// The runs of cells of one look, in order.
fn runs(cells: &[&Cell]) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    let mut column = 0;
    while column < cells.len() {
        let wide = cells[column].symbol().width().max(1);
        let look = |at: usize| (classes(cells[at]), is_frame(cells[at].symbol()));
        match runs.last_mut() {
            Some(run) if look(run.start) == look(column) => run.end = column + wide,
            _ => runs.push(column..column + wide),
        }
        column += wide;
    }
    runs
}

fn classes(cell: &Cell) -> String {
    let mut classes = String::new();
    match cell.fg {
        Color::Red => classes.push('r'),
        Color::Green => classes.push('g'),
        Color::Magenta => classes.push('m'),
        _ => {}
    }
    for (modifier, class) in [
        (Modifier::BOLD, "B"),
        (Modifier::DIM, "D"),
        (Modifier::REVERSED, "R"),
        (Modifier::UNDERLINED, "U"),
    ] {
        if cell.modifier.contains(modifier) {
            classes.push_str(if classes.is_empty() { "" } else { " " });
            classes.push_str(class);
        }
    }
    classes
}

fn is_frame(symbol: &str) -> bool {
    matches!(symbol, "│" | "─" | "┌" | "┐" | "└" | "┘" | "├" | "┤" | "┬" | "┴")
}

fn draw(out: &mut String, lines: &mut FrameLines, run: &[&Cell], (column, row): (usize, usize)) {
    let classes = classes(run[0]);
    if is_frame(run[0].symbol()) {
        return lines.add(run, (column, row), &classes);
    }
    let (left, top) = (MARGIN + column as f64 * CELL.0, MARGIN + row as f64 * CELL.1);
    let wide = run.len() as f64 * CELL.0;
    if classes.contains('R') {
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.0}\" width=\"{wide:.1}\" height=\"{:.0}\"/>",
            CELL.1
        );
    } else if classes.contains('U') {
        let _ = writeln!(out, "<path d=\"M{left:.1} {:.1}h{wide:.1}\"/>", top + 16.5);
    }
    let class = classes.replace(" U", "").replace('U', "");
    // Wide characters stand by themselves, because another font may be used for them.
    let (mut from, mut at) = (0, 0);
    while from < run.len() {
        let wide = run[from].symbol().width().max(1);
        let mut text = String::new();
        while at < run.len() && run[at].symbol().width().max(1) == wide {
            text.push_str(run[at].symbol());
            at += wide;
        }
        let class = match (wide, class.as_str()) {
            (1, class) => class.to_owned(),
            (_, "") => "W".to_owned(),
            (_, class) => format!("{class} W"),
        };
        draw_text(out, &text, &class, (left + from as f64 * CELL.0, top));
        from = at;
    }
}

/// Draws text of one look and width, without the blanks around it.
fn draw_text(out: &mut String, text: &str, class: &str, (left, top): (f64, f64)) {
    let blank = text.len() - text.trim_start_matches(' ').len();
    let text = text.trim_matches(' ');
    if text.is_empty() {
        return;
    }
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.0}\" textLength=\"{:.1}\"{class}>{}</text>",
        left + blank as f64 * CELL.0,
        top + 13.0,
        text.width() as f64 * CELL.0,
        escaped(text)
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// The lines of frames, drawn as lines, because letters of them leave gaps.
#[derive(Default)]
struct FrameLines {
    /// For each look and column, the rows of a vertical line in half cells.
    vertical: BTreeMap<(String, usize), Vec<(usize, usize)>>,
    horizontal: Vec<(String, usize, usize, usize)>,
}

impl FrameLines {
    fn add(&mut self, run: &[&Cell], (column, row): (usize, usize), classes: &str) {
        let (mut from, mut to) = (None, 0);
        for (at, cell) in run.iter().enumerate() {
            let (up, down, left, right) = match cell.symbol() {
                "│" => (true, true, false, false),
                "┌" => (false, true, false, true),
                "┐" => (false, true, true, false),
                "└" => (true, false, false, true),
                "┘" => (true, false, true, false),
                "├" => (true, true, false, true),
                "┤" => (true, true, true, false),
                "┬" => (false, true, true, true),
                "┴" => (true, false, true, true),
                _ => (false, false, true, true),
            };
            let half = 2 * (column + at);
            if left || right {
                from.get_or_insert(if left { half } else { half + 1 });
                to = if right { half + 2 } else { half + 1 };
            }
            if !right && let Some(from) = from.take() {
                self.horizontal.push((classes.to_owned(), row, from, to));
            }
            if up || down {
                let rows = (
                    if up { 2 * row } else { 2 * row + 1 },
                    if down { 2 * row + 2 } else { 2 * row + 1 },
                );
                let parts = self.vertical.entry((classes.to_owned(), column + at)).or_default();
                match parts.last_mut() {
                    Some(last) if last.1 == rows.0 => last.1 = rows.1,
                    _ => parts.push(rows),
                }
            }
        }
        if let Some(from) = from {
            self.horizontal.push((classes.to_owned(), row, from, to));
        }
    }

    fn draw(&self, out: &mut String) {
        let half = (CELL.0 / 2.0, CELL.1 / 2.0);
        let mut paths: BTreeMap<&str, String> = BTreeMap::new();
        for (classes, row, from, to) in &self.horizontal {
            let (x, y) = (MARGIN + *from as f64 * half.0, MARGIN + *row as f64 * CELL.1 + half.1);
            let wide = (to - from) as f64 * half.0;
            let _ = write!(paths.entry(classes).or_default(), "M{x:.1} {y:.0}h{wide:.1}");
        }
        for ((classes, column), parts) in &self.vertical {
            for (from, to) in parts {
                let x = MARGIN + *column as f64 * CELL.0 + half.0;
                let (y, high) = (MARGIN + *from as f64 * half.1, (to - from) as f64 * half.1);
                let _ = write!(paths.entry(classes).or_default(), "M{x:.1} {y:.0}v{high:.0}");
            }
        }
        for (classes, path) in paths {
            let class =
                if classes.is_empty() { String::new() } else { format!(" class=\"{classes}\"") };
            let _ = writeln!(out, "<path{class} d=\"{path}\"/>");
        }
    }
}
