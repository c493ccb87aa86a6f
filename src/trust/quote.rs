//! Text from files and certificates made fit for one line of a message.
//!
//! A principal or a file name can hold anything: control characters, escape sequences,
//! characters that turn the reading direction. What is shown here is printable and bounded.

use std::path::Path;

/// A quoted piece stays readable in one line and cannot push the rest of it away.
const PIECE_MAX: usize = 80;

/// A path is shown longer: its end is the part that tells.
const PATH_MAX: usize = 400;

/// The text with everything unprintable as `\u{…}`, at most [`PIECE_MAX`] characters.
pub(super) fn piece(text: &str) -> String {
    escape(text, PIECE_MAX)
}

/// The path, likewise.
pub(super) fn path(path: &Path) -> String {
    escape(&path.to_string_lossy(), PATH_MAX)
}

fn escape(text: &str, max: usize) -> String {
    let mut shown = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == max {
            shown.push('…');
            break;
        }
        if is_plain(c) { shown.push(c) } else { shown.extend(c.escape_unicode()) }
    }
    shown
}

/// Neither a control (C0, DEL, C1) nor a format character that hides or reorders text.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_direction_marks_lose_their_power() {
        assert_eq!(piece("a\x1b[2Jb\u{202e}c\u{9b}d"), "a\\u{1b}[2Jb\\u{202e}c\\u{9b}d");
        assert_eq!(piece("web1.example.com é"), "web1.example.com é");
    }

    #[test]
    fn length_is_bounded() {
        assert_eq!(piece(&"x".repeat(10_000)).chars().count(), PIECE_MAX + 1);
    }
}
