//! Texts in columns: cut, filled up, or moved to the right.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::ui::screen::look::Look;

/// The beginning of a text, in at most this many columns, with a mark where it is cut.
pub(super) fn fitted(text: &str, width: usize, look: Look) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = begun(text, width.saturating_sub(1));
    if width > 0 {
        out.push_str(look.mark("…", "~"));
    }
    out
}

/// As much of the beginning of a text as has room.
pub(super) fn begun(text: &str, width: usize) -> String {
    let (mut out, mut used) = (String::new(), 0);
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        out.push(c);
    }
    out
}

/// The end of a text, in at most this many columns.
pub(super) fn tail(text: &str, width: usize, look: Look) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (mut from, mut used) = (text.len(), 1);
    for (at, c) in text.char_indices().rev() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        from = at;
    }
    format!("{}{}", look.mark("…", "~"), &text[from..])
}

/// The text with blanks up to this many columns.
pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The text with blanks before it.
pub(super) fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}
