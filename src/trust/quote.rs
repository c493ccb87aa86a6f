//! Text from files and certificates, made fit for one line of a message by the one sanitiser.

use std::path::Path;

use crate::text;

/// A quoted piece stays readable in one line and cannot push the rest of it away.
const PIECE_MAX: usize = 80;

/// A path is shown longer: its end is the part that tells.
const PATH_MAX: usize = 400;

/// The text with everything unprintable escaped, at most [`PIECE_MAX`] characters.
pub(super) fn piece(piece: &str) -> String {
    text::line(piece, PIECE_MAX)
}

/// The path, likewise.
pub(super) fn path(path: &Path) -> String {
    text::line(&path.to_string_lossy(), PATH_MAX)
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
