//! The look of each row of a form.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::beside;
use super::row::{FormButton, FormRow, Item, ListView, Widget};
use crate::text;
use crate::ui::screen::look::{Look, Tone};

/// The fewest columns of a field that has a remark beside it.
const FIELD_MIN: usize = 30;
/// The most lines of a choice that does not scroll.
const PINNED_LINES: usize = 2;

/// A row that is laid out for drawing.
pub(super) struct Drawn {
    pub(super) row: usize,
    pub(super) lines: Vec<Line<'static>>,
    /// The cursor's line and column, if the row has the focus: who magnifies the screen, or has it
    /// read, is led there.
    pub(super) cursor: Option<(u16, u16)>,
    /// The parts that can be clicked: line, column, width, number.
    pub(super) parts: Vec<(u16, u16, u16, usize)>,
    /// A scrollbar's mark at the right of each line; empty without one.
    pub(super) bar: Vec<&'static str>,
    /// Whether it is a blank line between groups.
    pub(super) is_blank: bool,
    /// Whether it is left out where there are too few lines.
    pub(super) spare: bool,
}

impl Drawn {
    /// A row without lines.
    pub(super) fn new(row: usize) -> Drawn {
        Drawn {
            row,
            lines: Vec::new(),
            cursor: None,
            parts: Vec::new(),
            bar: Vec::new(),
            is_blank: false,
            spare: false,
        }
    }
}

/// The settings for drawing rows.
#[derive(Clone, Copy)]
pub(super) struct FormPainter<K> {
    pub(super) look: Look,
    pub(super) width: u16,
    /// The columns of the labels of fields, and of pairs.
    pub(super) label: u16,
    pub(super) pair: u16,
    /// The default button.
    pub(super) default: Option<K>,
}

/// Lays out one row; `focus` is the focused part, if the row has the focus.
pub(super) fn draw_row<K: Copy + PartialEq>(
    at: usize,
    row: &FormRow<K>,
    focus: Option<usize>,
    pen: FormPainter<K>,
) -> Drawn {
    let look = pen.look;
    let base = if row.enabled { Style::new() } else { look.style(Tone::Dim) };
    let lit = if focus.is_some() { look.focused() } else { base };
    let mut drawn = Drawn { spare: row.spare, ..Drawn::new(at) };
    let indent = " ".repeat(usize::from(row.indent));
    match &row.widget {
        _ if row.folded => {}
        Widget::Gap => drawn.is_blank = true,
        Widget::Rule(label) => drawn.lines.push(rule(label, pen)),
        Widget::Text(paragraphs) => {
            for (tone, text) in paragraphs {
                drawn.lines.extend(paragraph(*tone, text, row.indent, pen));
            }
        }
        Widget::Beside(blocks) => {
            drawn.lines.extend(beside::lines(blocks, usize::from(pen.width), look));
        }
        Widget::Compared { lines, marks } => {
            drawn.lines.extend(put_compared(lines, *marks, row.indent, pen));
        }
        Widget::Pairs(pairs) => drawn.lines.extend(put_pairs(pairs, row.indent, pen)),
        // The form is only measured; the view stays where it is.
        Widget::List { height: 0, .. } | Widget::Editor { height: 0, .. } => {}
        Widget::Editor { editor, height } => {
            let (lines, cursor) = editor.shown((pen.width, *height), look);
            drawn.cursor = focus.map(|_| cursor);
            drawn.lines = lines;
        }
        Widget::TextField { .. } => put_field(&mut drawn, row, focus.is_some(), pen),
        Widget::Radio { on, access, label, note, .. } => {
            let mark = if *on { look.mark("(•)", "(*)") } else { "( )" };
            // A letter that chooses nothing now is not shown.
            let access = access.filter(|_| row.enabled);
            let access = access.map_or_else(String::new, |letter| format!(" ({letter})"));
            put_choice(&mut drawn, row, (mark, &format!("{label}{access}")), lit, pen);
            // A note without room beside the label stands below it.
            let room = usize::from(pen.width);
            match drawn.lines.as_mut_slice() {
                _ if note.is_empty() => {}
                [line] if line.width() + 2 + note.width() <= room => {
                    line.push_span(Span::styled(format!("  {note}"), look.style(Tone::Dim)));
                }
                _ => drawn.lines.extend(paragraph(Tone::Dim, note, row.indent + 4, pen)),
            }
            put_remark(&mut drawn, row, pen);
        }
        Widget::Check { on, label } => {
            let mark = if *on { "[x]" } else { "[ ]" };
            put_choice(&mut drawn, row, (mark, label), lit, pen);
            put_remark(&mut drawn, row, pen);
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
            drawn.cursor = focus.map(|_| (0, row.indent));
            put_remark(&mut drawn, row, pen);
        }
        Widget::List { items, selected, height, view } => {
            let place = (*selected, usize::from(*height), view);
            list(&mut drawn, items, place, (focus.is_some(), base, &indent), pen);
        }
        Widget::Buttons(buttons) => put_buttons(&mut drawn, buttons, focus, pen),
    }
    if matches!(row.widget, Widget::Radio { .. } | Widget::Check { .. }) && !row.folded {
        drawn.cursor = focus.map(|_| (0, row.indent));
    }
    drawn
}

/// Lays out a mark and the words that it is for, on as many lines as these need.
fn put_choice<K: Copy>(
    drawn: &mut Drawn,
    row: &FormRow<K>,
    (mark, label): (&str, &str),
    lit: Style,
    pen: FormPainter<K>,
) {
    let base = if row.enabled { Style::new() } else { pen.look.style(Tone::Dim) };
    let indent = " ".repeat(usize::from(row.indent));
    let mark = format!("{mark} ");
    let hang = indent.width() + mark.width();
    let room = usize::from(pen.width).saturating_sub(hang).max(1);
    let mut pieces = text::wrap(label, room);
    // What does not scroll takes no more lines than it must.
    if row.pinned && pieces.len() > PINNED_LINES {
        let rest = pieces.split_off(PINNED_LINES - 1).join(" ");
        pieces.push(cut(&rest, room, pen.look));
    }
    for (at, piece) in pieces.into_iter().enumerate() {
        let before = match at {
            0 => vec![Span::styled(indent.clone(), base), Span::styled(mark.clone(), lit)],
            _ => vec![Span::raw(" ".repeat(hang))],
        };
        let line = before.into_iter().chain([Span::styled(piece, lit)]);
        drawn.lines.push(line.collect::<Vec<_>>().into());
    }
}

/// Lays out a field: its label, its text on a line, and a remark beside it or below.
fn put_field<K: Copy>(drawn: &mut Drawn, row: &FormRow<K>, focused: bool, pen: FormPainter<K>) {
    let Widget::TextField { label, field } = &row.widget else { return };
    let look = pen.look;
    let base = if row.enabled { Style::new() } else { look.style(Tone::Dim) };
    let indent = " ".repeat(usize::from(row.indent));
    let label = padded(&format!("{indent}{label}"), pen.label);
    let all = usize::from(pen.width).saturating_sub(label.width() + 3).max(1);
    let beside = remark_of(row, look).map_or(0, |(_, text)| text.width() + 2);
    // A remark stands beside the whole text, or below it where there is no room for both.
    let whole = field.columns() + 1;
    let least = match row.enabled {
        true => FIELD_MIN.max(whole.min(all)),
        false => whole,
    };
    let room = match (all + 2).checked_sub(beside).filter(|room| beside > 0 && *room >= least) {
        Some(_) if !row.enabled => least,
        Some(room) => room,
        None => all,
    } as u16;
    let mask = if look.unicode { '•' } else { '*' };
    let (shown, column) = field.shown(room, mask);
    let style = if row.enabled { base.add_modifier(Modifier::UNDERLINED) } else { base };
    drawn.cursor = focused.then(|| (0, label.width() as u16 + 1 + column));
    drawn.lines.push(Line::from(vec![
        Span::styled(label, if focused { look.style(Tone::Strong) } else { base }),
        Span::styled(if focused { look.mark("▸", ">") } else { " " }, base),
        Span::styled(padded(&shown, room), style),
    ]));
    put_remark(drawn, row, pen);
}

/// A row's remark, with a mark for good and for bad news.
fn remark_of<K>(row: &FormRow<K>, look: Look) -> Option<(Tone, String)> {
    let (tone, text) = row.remark.as_ref()?;
    let mark = match tone {
        Tone::Good => look.mark("✓ ", ""),
        Tone::Danger => look.mark("✗ ", "! "),
        _ => "",
    };
    Some((*tone, format!("{mark}{text}")))
}

/// Puts a row's remark at the end of its line, or below it if it does not fit.
fn put_remark<K: Copy>(drawn: &mut Drawn, row: &FormRow<K>, pen: FormPainter<K>) {
    let (Some((tone, text)), Some(line)) = (remark_of(row, pen.look), drawn.lines.last_mut())
    else {
        return;
    };
    if line.width() + 2 + text.width() <= usize::from(pen.width) {
        line.push_span(Span::raw("  "));
        line.push_span(Span::styled(text, pen.look.style(tone)));
        return;
    }
    let indent = match row.widget {
        Widget::TextField { .. } | Widget::Pick { .. } => pen.label + 1,
        _ => row.indent + 4,
    };
    drawn.lines.extend(paragraph(tone, &text, indent.min(pen.width / 2), pen));
}

fn noted(mut spans: Vec<Span<'static>>, note: &str, look: Look) -> Line<'static> {
    if !note.is_empty() {
        spans.push(Span::styled(format!("  {note}"), look.style(Tone::Dim)));
    }
    Line::from(spans)
}

fn paragraph<K: Copy>(
    tone: Tone,
    lines: &str,
    indent: u16,
    pen: FormPainter<K>,
) -> Vec<Line<'static>> {
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

/// Lays out texts below each other, in pieces of the same columns where a line has no room.
fn put_compared<K: Copy>(
    lines: &[(String, String)],
    marks: bool,
    indent: u16,
    pen: FormPainter<K>,
) -> Vec<Line<'static>> {
    let before = usize::from(indent);
    let label = lines.iter().map(|(label, _)| label.width()).max().unwrap_or(0) + 3 + before;
    let room = usize::from(pen.width).saturating_sub(label).max(1);
    let Some((_, first)) = lines.first() else { return Vec::new() };
    let longest = lines.iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0);
    let mut shown = Vec::new();
    for from in (0..longest).step_by(room) {
        for (name, text) in lines {
            let head = if from == 0 { name.as_str() } else { "" };
            let head = padded(&format!("{}{head}", " ".repeat(before)), label as u16);
            let mut spans = vec![Span::styled(head, pen.look.style(Tone::Plain))];
            let piece = text.chars().zip(first.chars().map(Some).chain(std::iter::repeat(None)));
            for (c, old) in piece.skip(from).take(room) {
                let style = match marks && text != first && Some(c) != old {
                    true => pen.look.style(Tone::Danger).add_modifier(Modifier::UNDERLINED),
                    false => pen.look.style(Tone::Strong),
                };
                spans.push(Span::styled(c.to_string(), style));
            }
            shown.push(Line::from(spans));
        }
    }
    shown
}

/// Lays out labels in a column of their own, or above their values if there is no room.
fn put_pairs<K: Copy>(
    pairs: &[(String, String)],
    indent: u16,
    pen: FormPainter<K>,
) -> Vec<Line<'static>> {
    let width = usize::from(pen.width);
    let before = " ".repeat(usize::from(indent));
    let beside = usize::from(pen.pair) <= width / 2;
    let hang = if beside { usize::from(pen.pair) } else { usize::from(indent) + 2 };
    let room = width.saturating_sub(hang).max(1);
    let dim = pen.look.style(Tone::Dim);
    let mut lines = Vec::new();
    for (name, value) in pairs {
        let name = format!("{before}{name}");
        let mut first = match beside {
            true => Some(Span::styled(padded(&name, pen.pair), dim)),
            false => {
                lines.push(Line::from(Span::styled(name, dim)));
                None
            }
        };
        for piece in text::wrap(value, room) {
            let before = first.take().unwrap_or_else(|| Span::raw(" ".repeat(hang)));
            lines.push(Line::from(vec![before, Span::raw(piece)]));
        }
    }
    lines
}

/// Lays out a line across the dialog.
fn rule<K: Copy>(label: &str, pen: FormPainter<K>) -> Line<'static> {
    let dash = pen.look.mark("─", "-");
    let width = usize::from(pen.width);
    let label = if label.is_empty() { String::new() } else { format!(" {label} ") };
    let after = if label.is_empty() { 0 } else { 2 };
    let before = width.saturating_sub(label.width() + after);
    let line = format!("{}{label}{}", dash.repeat(before), dash.repeat(after));
    Line::from(Span::styled(padded(&line, pen.width), pen.look.style(Tone::Dim)))
}

/// Lays out one item of a list.
fn item(item: &Item, look: Look) -> Line<'static> {
    noted(vec![Span::raw(item.text.clone())], &item.note, look)
}

/// Lays out the visible items of a list, with a scrollbar if there are more.
fn list<K: Copy>(
    drawn: &mut Drawn,
    items: &[Item],
    (selected, height, view): (usize, usize, &ListView),
    (focused, base, indent): (bool, Style, &str),
    pen: FormPainter<K>,
) {
    let count = view.count(items);
    let first = view.first(selected, height, count);
    let dim = pen.look.style(Tone::Dim);
    let empty = text::wrap(view.empty().unwrap_or_default(), usize::from(pen.width));
    // The wheel may have moved the list away from what is selected.
    let line = selected.checked_sub(first).filter(|line| *line < height).unwrap_or(0);
    drawn.cursor = focused.then_some((line as u16, indent.len() as u16));
    for line in 0..height {
        let at = first + line;
        let Some(mut shown) = view.line(at).or_else(|| items.get(at).map(|it| item(it, pen.look)))
        else {
            let said = empty.get(line).map(|text| Span::styled(text.clone(), dim));
            drawn.lines.push(said.map(Line::from).unwrap_or_default());
            continue;
        };
        let chosen = at == selected && (focused || !view.is_pale());
        let mark = if chosen { pen.look.mark("▸ ", "> ") } else { "  " };
        let style = match chosen && focused && !view.is_pale() {
            true => pen.look.focused(),
            false => base,
        };
        if let Some(text) = shown.spans.first_mut() {
            text.content = format!("{mark}{}", text.content).into();
        }
        let last = if view.line(at).is_some() { shown.spans.len() } else { 1 };
        shown.spans.iter_mut().take(last).for_each(|span| span.style = span.style.patch(style));
        if !indent.is_empty() {
            shown.spans.insert(0, Span::raw(indent.to_owned()));
        }
        drawn.lines.push(shown);
        drawn.parts.push((line as u16, 0, pen.width, at));
    }
    if count > height {
        // The thumb has at least one line, and is at an end only where the list is.
        let thumb = (height * height / count).max(1);
        let (last, free) = (count - height, height - thumb);
        let top =
            (first * free).div_ceil(last).min(if first < last { free.max(1) - 1 } else { free });
        drawn.bar = (0..height)
            .map(|line| match (top..top + thumb).contains(&line) {
                true => pen.look.mark("█", "#"),
                false => pen.look.mark("│", "|"),
            })
            .collect();
    }
}

/// Lays out buttons, each with its letter, then the keys that open details.
fn put_buttons<K: Copy + PartialEq>(
    drawn: &mut Drawn,
    buttons: &[FormButton<K>],
    focus: Option<usize>,
    pen: FormPainter<K>,
) {
    let (mut spans, mut column, mut line) = (Vec::new(), 0, 0);
    for (at, button) in buttons.iter().enumerate() {
        let FormButton { label, access, .. } = button;
        // The letter stays where the label is too long for a line.
        let around = if button.quiet { "c ".len() } else { "[  (c) ]".len() };
        let label = &cut(label, usize::from(pen.width).saturating_sub(around), pen.look);
        let chosen = focus == Some(at);
        let text = match (chosen, button.quiet) {
            (_, true) => format!("{access} {label}"),
            (true, _) => {
                format!(
                    "{} {label} ({access}) {}",
                    pen.look.mark("▶", ">"),
                    pen.look.mark("◀", "<")
                )
            }
            (false, _) => format!("[ {label} ({access}) ]"),
        };
        let width = text.width() as u16;
        if column > 0 && column + width > pen.width {
            drawn.lines.push(Line::from(std::mem::take(&mut spans)));
            (column, line) = (0, line + 1);
        }
        let style = match button {
            _ if chosen => pen.look.focused(),
            FormButton { quiet: true, .. } => pen.look.style(Tone::Dim),
            FormButton { is_dangerous: true, .. } => pen.look.style(Tone::Danger),
            FormButton { key, .. } if pen.default == Some(*key) => pen.look.accent(),
            _ => Style::new(),
        };
        spans.push(Span::styled(text, style));
        spans.push(Span::raw("  "));
        drawn.parts.push((line, column, width, at));
        if chosen {
            drawn.cursor = Some((line, column));
        }
        column += width + 2;
    }
    drawn.lines.push(Line::from(spans));
}

/// The text in at most this many columns, with a mark where it is cut.
fn cut(text: &str, columns: usize, look: Look) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let room = u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX);
    format!("{}{}", padded(text, room).trim_end(), look.mark("…", "~"))
}

/// The text in exactly this many columns, cut or padded.
pub(super) fn padded(text: &str, columns: u16) -> String {
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
