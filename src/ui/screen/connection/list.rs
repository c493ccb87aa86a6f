//! The lines of the list of hosts: mark, name, destination, and what else is known, in columns,
//! with what matches the typed words in bold. Only visible lines are made.

use std::ops::Range;

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::ui::hosts::{HostLine, HostMark, HostSearch};
use crate::ui::screen::look::{Look, Tone};

/// The most columns of the names. A longer name takes what it needs.
const NAME_MAX: usize = 24;
/// The most columns of names and destinations together.
const BOTH_MAX: usize = 52;
/// The columns between two columns.
const BETWEEN: usize = 2;

/// The widths of the columns. They only grow, so that scrolling does not move them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HostColumns {
    /// Of the names of those that have a destination.
    name: usize,
    /// Of name and destination together.
    both: usize,
}

impl HostColumns {
    /// Makes room for these lines.
    fn grow(&mut self, lines: &[HostLine]) {
        let fitting = |line: &&HostLine| !line.destination.is_empty();
        let names = lines.iter().filter(fitting).map(|line| line.name.width());
        self.name = names.filter(|width| *width <= NAME_MAX).fold(self.name, usize::max);
        let name = self.name;
        let both = lines.iter().map(|line| match line.destination.is_empty() {
            true => line.name.width(),
            false => line.name.width().max(name) + BETWEEN + line.destination.width(),
        });
        self.both = both.filter(|width| *width <= BOTH_MAX).fold(self.both, usize::max);
    }

    /// Lays out lines.
    pub(super) fn lay_out(
        &mut self,
        lines: &[HostLine],
        search: &HostSearch,
        look: Look,
    ) -> Vec<Line<'static>> {
        self.grow(lines);
        lines.iter().map(|line| self.line(line, search, look)).collect()
    }

    fn line(&self, line: &HostLine, search: &HostSearch, look: Look) -> Line<'static> {
        let mark = match line.mark {
            HostMark::Recent => look.mark("↺ ", "~ "),
            HostMark::Own => look.mark("★ ", "* "),
            HostMark::Config => look.mark("⚙ ", "+ "),
            HostMark::Other => "  ",
        };
        let dim = look.style(Tone::Dim);
        let detail = if line.is_broken { look.style(Tone::Danger) } else { dim };
        let mut spans = vec![Span::raw(mark)];
        let mut end = 0;
        let texts = [&line.name, &line.destination, &line.detail].map(String::as_str);
        let froms = [0, self.name + BETWEEN, self.both + BETWEEN];
        let styles = [Style::new(), Style::new(), detail];
        let places = search.places(texts);
        for (((text, from), style), places) in texts.iter().zip(froms).zip(styles).zip(places) {
            if text.is_empty() {
                continue;
            }
            let blanks = if end == 0 { 0 } else { from.saturating_sub(end).max(BETWEEN) };
            spans.push(Span::raw(" ".repeat(blanks)));
            lit(&mut spans, text, style, &places);
            end += blanks + text.width();
        }
        Line::from(spans)
    }
}

/// Adds a text whose parts in these places are in bold.
fn lit(spans: &mut Vec<Span<'static>>, text: &str, style: Style, places: &[Range<usize>]) {
    let bold = style
        .remove_modifier(Modifier::DIM)
        .add_modifier(Modifier::BOLD)
        .add_modifier(Modifier::UNDERLINED);
    let mut at = 0;
    for place in places {
        spans.push(Span::styled(text[at..place.start].to_owned(), style));
        spans.push(Span::styled(text[place.clone()].to_owned(), bold));
        at = place.end;
    }
    spans.push(Span::styled(text[at..].to_owned(), style));
}
