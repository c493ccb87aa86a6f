//! The one sanitiser for remote text that is shown outside a session.
//!
//! Banners, prompts, disconnect texts, names in errors: any text from a server, a file or a key
//! comment passes through here before a terminal sees it. Printable UTF-8 stays; a character that a
//! terminal would act on, or a person would not see, becomes a visible escape (RFC 4251 section 9.2
//! asks for control character filtering, RFC 4252 section 5.4 for it in banners). The data of a
//! session is not changed, because it belongs to the remote program.
//!
//! The escapes are `\x1b` for C0 and DEL, `\u{202e}` for other characters, and `\x9b` for a byte
//! that is not UTF-8 (always 80 or above, so the two cannot be confused). A backslash in the text
//! is not escaped, so the result is for reading and cannot be decoded.

mod columns;

use std::fmt::Write;
use std::path::Path;

use crate::os::words;

pub use columns::{TAB, columns, columns_of, pieces_of, wrap};

/// Marks the end of a text that was cut.
const CUT: char = '…';
/// The most characters of a path that a message shows: many, because its end tells which file it is.
const PATH_MAX: usize = 400;

/// Sanitises one line: line breaks and tabs become blanks, and at most `max` characters are kept,
/// followed by `…` if there were more.
pub fn line(text: &str, max: usize) -> String {
    line_bytes(text.as_bytes(), max)
}

/// The last line that is not empty, sanitised as [`line()`] does it: a program says why it ends at
/// the end.
pub fn last_line(printed: &[u8], max: usize) -> String {
    let printed = String::from_utf8_lossy(printed);
    let last = printed.lines().map(str::trim).rfind(|line| !line.is_empty());
    line(last.unwrap_or_default(), max)
}

/// Sanitises one line as [`line()`] does, from bytes that need not be UTF-8.
pub fn line_bytes(bytes: &[u8], max: usize) -> String {
    let pieces = folded(bytes).map(|piece| match piece {
        TextPiece::Char('\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}') => {
            TextPiece::Char(' ')
        }
        other => other,
    });
    cut(pieces, bytes.len(), max)
}

/// Sanitises a file's name or path: line breaks and tabs are escaped, too, because a name with a
/// blank is another name. At most `max` characters are kept, as [`line()`] does it.
pub fn name(bytes: &[u8], max: usize) -> String {
    cut(pieces(bytes), bytes.len(), max)
}

/// Sanitises the path of a file on this machine as [`name()`] does it, at most 400 characters.
pub fn path(path: &Path) -> String {
    name(path.as_os_str().as_encoded_bytes(), PATH_MAX)
}

/// A word of a command line that is shown to be typed: in quotes only where a shell would act on it.
pub fn typed_word(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "@%_-+=:,./".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => String::from_utf8_lossy(&words::shell_word(word.as_bytes())).into_owned(),
    }
}

/// Writes the pieces, at most `max` characters, followed by `…` if there were more.
fn cut(pieces: impl Iterator<Item = TextPiece>, length: usize, max: usize) -> String {
    let mut out = String::with_capacity(length.min(max));
    let mut room = max;
    for piece in pieces {
        let before = out.len();
        piece.write(&mut out);
        let Some(left) = room.checked_sub(out[before..].chars().count()) else {
            out.truncate(before);
            out.push(CUT);
            break;
        };
        room = left;
    }
    out
}

/// Escapes in a JSON text what a terminal would act on, or a person would not see; it stays the same
/// JSON. Such characters stand in strings only, where JSON writes them as `\u202e`.
pub fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || is_visible(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

/// Sanitises several lines: `\n` and `\t` stay, CR LF becomes `\n`, and a final line break stays.
///
/// At most `max_bytes` bytes and `max_lines` lines are kept; if there was more, `…` and a line
/// break follow.
pub fn block(text: &str, max_bytes: usize, max_lines: usize) -> String {
    block_bytes(text.as_bytes(), max_bytes, max_lines)
}

/// Sanitises several lines as [`block`] does, from bytes that need not be UTF-8.
pub fn block_bytes(bytes: &[u8], max_bytes: usize, max_lines: usize) -> String {
    let mut out = String::with_capacity(bytes.len().min(max_bytes));
    let mut lines = 0;
    for piece in folded(bytes) {
        let before = out.len();
        let full = lines >= max_lines;
        match piece {
            TextPiece::Char('\n') => {
                lines += 1;
                out.push('\n');
            }
            TextPiece::Char('\t') => out.push('\t'),
            other => other.write(&mut out),
        }
        if full || out.len() > max_bytes {
            out.truncate(before);
            out.push(CUT);
            out.push('\n');
            break;
        }
    }
    out
}

/// A character, or a byte that is not part of valid UTF-8.
#[derive(Clone, Copy)]
enum TextPiece {
    Char(char),
    Byte(u8),
}

impl TextPiece {
    /// Appends the piece, escaped if necessary; `line` and `block` handle line breaks and tabs.
    fn write(self, out: &mut String) {
        // Writing to a String cannot fail.
        let _ = match self {
            TextPiece::Char(c) if is_visible(c) => {
                out.push(c);
                Ok(())
            }
            TextPiece::Char(c) if c.is_ascii() => write!(out, "\\x{:02x}", u32::from(c)),
            TextPiece::Char(c) => write!(out, "\\u{{{:x}}}", u32::from(c)),
            TextPiece::Byte(byte) => write!(out, "\\x{byte:02x}"),
        };
    }
}

/// Splits bytes into pieces.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = TextPiece> {
    bytes.utf8_chunks().flat_map(|chunk| {
        let chars = chunk.valid().chars().map(TextPiece::Char);
        chars.chain(chunk.invalid().iter().copied().map(TextPiece::Byte))
    })
}

/// Splits bytes into pieces and folds CR LF into LF.
fn folded(bytes: &[u8]) -> impl Iterator<Item = TextPiece> {
    let mut all = pieces(bytes).peekable();
    std::iter::from_fn(move || {
        let piece = all.next()?;
        let is_crlf = matches!(piece, TextPiece::Char('\r'))
            && matches!(all.peek(), Some(TextPiece::Char('\n')));
        if is_crlf { all.next() } else { Some(piece) }
    })
}

/// Whether a terminal only displays the character, and displays it visibly.
fn is_visible(c: char) -> bool {
    if c.is_ascii() {
        return matches!(c, ' '..='~');
    }
    if is_invisible_mark(c) {
        return false;
    }
    // The wide blank of East Asian text and the no-break space are visible as blanks.
    if matches!(c, '\u{3000}' | '\u{a0}') {
        return true;
    }
    // The standard library's Debug escapes characters by Unicode category (control, format,
    // surrogate, private, unassigned, separator). A letter stands before the character, because a
    // combining mark at the start of a string is escaped, too.
    let mut buffer = [b'a', 0, 0, 0, 0];
    let length = 1 + c.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..length]).is_ok_and(|pair| pair.escape_debug().nth(1) == Some(c))
}

/// Letters and marks by category that are not displayed at all, and so can hide text or make two
/// names look alike: joiners, fillers, vowel separators, variation selectors beyond the sixteen
/// that emoji use, and blank braille.
fn is_invisible_mark(c: char) -> bool {
    matches!(c, '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: usize = usize::MAX;

    #[test]
    fn json_stays_the_same_and_has_nothing_that_a_terminal_acts_on() {
        let hostile =
            "\u{1b}]0;x\u{7} \u{7f}\u{9b}2J \u{202e}txt \u{e0041} \u{e9} \u{1f600} \u{65e5}\n\"\\";
        let before = serde_json::json!({ hostile: [hostile] });
        for text in [format!("{before}\n"), format!("{before:#}\n")] {
            let after = json(&text);
            assert_eq!(serde_json::from_str::<serde_json::Value>(&after).unwrap(), before);
            assert!(after.chars().all(|c| c == '\n' || is_visible(c)), "{after}");
            assert!(after.contains("\\u009b2J") && after.contains("\u{65e5}"), "{after}");
        }
    }

    #[test]
    fn of_what_was_printed_the_last_line_is_shown() {
        assert_eq!(
            last_line(b"  File \"<string>\"\n  dd\nSyntaxError: x \n\n", 200),
            "SyntaxError: x"
        );
        assert_eq!(last_line(b"", 200), "");
    }

    #[test]
    fn plain_text_stays_byte_for_byte() {
        let banner = "The quick brown fox: ~!@#$%^&*()_+\\ `'\"\tjumps\n".repeat(2_200);
        assert!(banner.len() > 100_000);
        assert_eq!(block(&banner, ALL, ALL), banner);
        let text = "漢字　かな é e\u{301} Ж ß “quoted” 😀 ❤\u{fe0f} שלום €\u{a0}5";
        assert_eq!(line(text, ALL), text);
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        for (text, shown) in [
            ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
            ("a\x7f\0b", "a\\x7f\\x00b"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("admin\u{202e}gpj.exe\u{202c}", "admin\\u{202e}gpj.exe\\u{202c}"),
            ("\u{2066}\u{2069}\u{200e}\u{200f}", "\\u{2066}\\u{2069}\\u{200e}\\u{200f}"),
            ("a\u{200b}b\u{feff}c\u{ad}d", "a\\u{200b}b\\u{feff}c\\u{ad}d"),
            ("a\u{e0041}\u{34f}\u{3164}", "a\\u{e0041}\\u{34f}\\u{3164}"),
            ("\u{fffe}\u{61c}\u{e000}", "\\u{fffe}\\u{61c}\\u{e000}"),
        ] {
            assert_eq!(line(text, ALL), shown);
            assert_eq!(block(text, ALL, ALL), shown);
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_shown_as_numbers() {
        assert_eq!(line_bytes(b"caf\xe9 \x9b1m \xf0\x9f", ALL), "caf\\xe9 \\x9b1m \\xf0\\x9f");
        assert_eq!(block_bytes(b"gr\xfc\xdf\r\ngott\n", ALL, ALL), "gr\\xfc\\xdf\ngott\n");
    }

    #[test]
    fn in_a_name_nothing_becomes_a_blank() {
        assert_eq!(path(Path::new("id\n.pub")), r"id\x0a.pub");
        let names =
            ["a b", "a\nb", "a\tb", "a\rb", "a\r\nb", "a\u{85}b", "a\u{2028}b", "a\u{3000}b"];
        let shown = names.map(|it| name(it.as_bytes(), ALL));
        let as_shown = [
            "a b",
            "a\\x0ab",
            "a\\x09b",
            "a\\x0db",
            "a\\x0d\\x0ab",
            "a\\u{85}b",
            "a\\u{2028}b",
            "a\u{3000}b",
        ];
        assert_eq!(shown, as_shown);
        assert_eq!(name(b"a\xff\n", 4), "a…");
    }

    #[test]
    fn line_breaks_become_blanks_in_a_line_and_newlines_in_a_block() {
        let text = "one\r\ntwo\nthree\rfour\tfive\u{2028}six";
        assert_eq!(line(text, ALL), "one two three four five six");
        assert_eq!(block(text, ALL, ALL), "one\ntwo\nthree\\x0dfour\tfive\\u{2028}six");
    }

    #[test]
    fn too_much_is_cut_and_says_so() {
        assert_eq!(line("abcdef", 6), "abcdef");
        assert_eq!(line("abcdefg", 6), "abcdef…");
        assert_eq!(line("ab\x1b", 4), "ab…");
        assert_eq!(block("1\n2\n3\n", ALL, 3), "1\n2\n3\n");
        assert_eq!(block("1\n2\n3\n4", ALL, 3), "1\n2\n3\n…\n");
        assert_eq!(block("abc\u{e9}", 4, ALL), "abc…\n");
        assert_eq!(block("abc", 3, ALL), "abc");
    }

    proptest! {
        #[test]
        fn nothing_a_terminal_obeys_comes_through(bytes: Vec<u8>, text: String, max in 0usize..200) {
            for out in [line_bytes(&bytes, max), name(&bytes, max), line(&text, max)] {
                prop_assert!(!out.chars().any(char::is_control), "{out:?}");
                prop_assert!(out.chars().count() <= max + 1);
            }
            for out in [block_bytes(&bytes, max, 5), block(&text, max, 5)] {
                prop_assert!(!out.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')));
                prop_assert!(out.len() <= max + CUT.len_utf8() + 1);
                prop_assert!(out.matches('\n').count() <= 6);
            }
        }
    }
}
