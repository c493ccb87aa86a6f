//! Sanitises text from files and certificates for one line of a message.

use crate::text;

pub(super) use text::path;

/// The most characters of a quoted piece, so that the rest of the line stays visible.
const PIECE_MAX: usize = 80;

/// The text sanitised, at most [`PIECE_MAX`] characters.
pub(super) fn piece(piece: &str) -> String {
    text::line(piece, PIECE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_direction_marks_lose_their_power() {
        assert_eq!(piece("a\x1b[2Jb\u{202e}c\u{9b}d"), "a\\x1b[2Jb\\u{202e}c\\u{9b}d");
        assert_eq!(piece("web1.example.com é"), "web1.example.com é");
    }

    #[test]
    fn length_is_bounded() {
        assert_eq!(piece(&"x".repeat(10_000)).chars().count(), PIECE_MAX + 1);
    }
}
