//! Blocks of lines next to each other, such as an old and a new key, or a randomart and its
//! description. If there is no room, they are placed below each other.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::text::{self, pieces_of};
use crate::ui::screen::look::{Look, Tone};

/// The columns between two blocks.
const GAP: usize = 2;
/// The least width of a wrapped block: two of them with the gap fit on a screen of 60 columns.
const WRAPPED_MIN: usize = 26;

/// A block of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideBlock {
    /// The lines, each with its tone.
    pub lines: Vec<(Tone, String)>,
    /// Whether the lines are not wrapped and determine the block's width.
    pub fixed: bool,
}

impl SideBlock {
    /// A block whose lines are wrapped.
    pub fn wrapped(lines: Vec<(Tone, String)>) -> SideBlock {
        SideBlock { lines, fixed: false }
    }

    /// A block whose lines are not wrapped.
    pub fn art(text: &str) -> SideBlock {
        let lines = text.lines().map(|line| (Tone::Plain, line.to_owned())).collect();
        SideBlock { lines, fixed: true }
    }

    fn width(&self) -> usize {
        self.lines.iter().map(|(_, line)| line.width()).max().unwrap_or(0)
    }

    /// The lines of the block for this width.
    fn shown(&self, columns: usize) -> Vec<(Tone, String)> {
        let wrap = |(tone, line): &(Tone, String)| {
            let lines = match self.fixed || text::columns(line) <= columns {
                true => vec![line.clone()],
                false => wrapped(line, columns),
            };
            lines.into_iter().map(|line| (*tone, line)).collect::<Vec<_>>()
        };
        self.lines.iter().flat_map(wrap).collect()
    }
}

/// All blocks laid out in this many columns.
pub(super) fn lines(blocks: &[SideBlock], columns: usize, look: Look) -> Vec<Line<'static>> {
    let styled = |(tone, text): (Tone, String)| Span::styled(text, look.style(tone));
    let Some(widths) = widths(blocks, columns) else {
        let all = blocks.iter().flat_map(|block| block.shown(columns.max(1)));
        return all.map(|line| Line::from(styled(line))).collect();
    };
    let shown: Vec<_> =
        blocks.iter().zip(&widths).map(|(block, width)| block.shown(*width)).collect();
    let height = shown.iter().map(Vec::len).max().unwrap_or(0);
    let line = |at: usize| {
        let mut spans = Vec::new();
        for (lines, width) in shown.iter().zip(&widths) {
            let (tone, text) = lines.get(at).cloned().unwrap_or_default();
            let blanks = (width + GAP).saturating_sub(text.width());
            spans.push(styled((tone, text)));
            spans.push(Span::styled(" ".repeat(blanks), Style::new()));
        }
        spans.pop();
        Line::from(spans)
    };
    (0..height).map(line).collect()
}

/// The width of each block, if all of them fit next to each other.
fn widths(blocks: &[SideBlock], columns: usize) -> Option<Vec<usize>> {
    let gaps = GAP * blocks.len().saturating_sub(1);
    let fixed: usize = blocks.iter().filter(|block| block.fixed).map(SideBlock::width).sum();
    let rest = columns.checked_sub(gaps + fixed)?;
    let others = blocks.iter().filter(|block| !block.fixed).count();
    let each = rest.checked_div(others).unwrap_or(0);
    if others > 0 && each < WRAPPED_MIN {
        return None;
    }
    Some(blocks.iter().map(|block| if block.fixed { block.width() } else { each }).collect())
}

/// Wraps a text to this width. Text without spaces (a fingerprint, a path) is cut at the width, so
/// that two of them can be compared line by line.
fn wrapped(line: &str, columns: usize) -> Vec<String> {
    if line.trim().contains(' ') {
        return text::wrap(line, columns);
    }
    pieces_of(line, columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look { colour: false, unicode: true };

    fn text(blocks: &[SideBlock], columns: usize) -> Vec<String> {
        lines(blocks, columns, LOOK).iter().map(ToString::to_string).collect()
    }

    fn words(lines: &[&str]) -> SideBlock {
        SideBlock::wrapped(lines.iter().map(|line| (Tone::Plain, (*line).to_owned())).collect())
    }

    #[test]
    fn blocks_stand_beside_each_other_where_there_is_room() {
        let blocks = [words(&["one", &"x".repeat(30)]), words(&["two"])];
        let shown = text(&blocks, 56);
        assert_eq!(shown[0].find("two"), Some(29), "{shown:?}");
        assert_eq!(shown[1].trim_end(), "x".repeat(27));
        assert_eq!(shown[2].trim_end(), "xxx");
        assert_eq!(text(&blocks, 40), ["one", &"x".repeat(30), "two"]);
    }

    #[test]
    fn what_is_fixed_keeps_its_lines_and_wide_characters_count_two() {
        let blocks = [SideBlock::art("+--+\n|鍵|"), words(&["text"])];
        let shown = text(&blocks, 60);
        assert!(shown[0].starts_with("+--+  text"), "{shown:?}");
        assert!(shown[1].starts_with("|鍵|  "), "{shown:?}");
        assert_eq!(text(&blocks, 20), ["+--+", "|鍵|", "text"]);
        assert_eq!(wrapped("日本語のみ", 5), ["日本", "語の", "み"]);
    }

    #[test]
    fn nothing_breaks_where_nothing_fits() {
        for columns in 0..8 {
            text(&[SideBlock::art("+--+"), words(&["日本語 words"])], columns);
        }
    }
}
