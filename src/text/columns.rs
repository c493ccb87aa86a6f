//! Counts the columns of a terminal that a text may take, for the terminal that takes most.
//!
//! Terminals disagree about many characters: those that Unicode calls ambiguous (UAX #11), text
//! characters that a variation selector makes emoji, keycaps, flags, joined emoji, combining marks
//! that are not combined, and whatever a later version of Unicode made wide. If a line is counted
//! too narrow, the terminal wraps it, and the wrapped part begins in the first column, where it can
//! be mistaken for a line of tessh's own. If a line is counted too wide, it is only broken early.

use textwrap::core::Word;
use textwrap::wrap_algorithms::Penalties;
use textwrap::{WordSeparator, WrapAlgorithm};
use unicode_width::UnicodeWidthChar;

/// The most columns of a tab, at the usual tab stops.
pub const TAB: usize = 8;

/// The wrapping cost of each column by which a line is too long; a short line costs the square of
/// its missing columns. It exceeds the cost of all short lines on a screen, so that no line is made
/// too long to even out the others.
const TOO_LONG: usize = 1 << 30;

/// The most columns that any terminal takes for the text. Line breaks take none.
pub fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// The most columns that any terminal takes for the character, alone or in a cluster.
pub fn columns_of(c: char) -> usize {
    match c {
        '\t' => TAB,
        '\n' => 0,
        ' '..='~' => 1,
        c if is_narrow_everywhere(c) => 1,
        c => c.width().unwrap_or(0).max(2),
    }
}

/// Breaks the line into pieces of at most this many columns, each as full as possible; tabs become
/// blanks. A character wider than that becomes a piece of its own.
pub fn pieces_of(line: &str, max: usize) -> Vec<String> {
    let (mut pieces, mut used) = (vec![String::new()], 0);
    for c in line.chars() {
        let wide = columns_of(c);
        if used + wide > max && used > 0 {
            pieces.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(last) = pieces.last_mut() {
            match c {
                '\t' => last.push_str(&" ".repeat(TAB.min(max))),
                c => last.push(c),
            }
        }
    }
    pieces
}

/// Breaks the line into lines of at most this many columns, between words if they fit; tabs become
/// blanks. East Asian text breaks between characters; paths and fingerprints stay whole if they fit
/// on a line. A character wider than a line becomes a line of its own.
pub fn wrap(line: &str, max: usize) -> Vec<String> {
    let line = &line.replace('\t', &" ".repeat(TAB));
    let words: Vec<Word<'_>> = words(line).flat_map(|word| broken(word, max)).collect();
    let widths = [max];
    let penalties = Penalties { overflow_penalty: TOO_LONG, ..Penalties::new() };
    let lines = WrapAlgorithm::OptimalFit(penalties).wrap(&words, &widths);
    lines.into_iter().map(joined).collect()
}

/// The unbreakable parts of a line. UAX #14 allows a break between them, except that plain ASCII is
/// kept together up to the next blank.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let (mut whole, mut from, mut at) = (Vec::new(), 0, 0);
    for piece in WordSeparator::UnicodeBreakProperties.find_words(line) {
        let before = line[..at].chars().next_back();
        let joined = before.is_some_and(|c| c.is_ascii_graphic())
            && piece.word.starts_with(|c: char| c.is_ascii_graphic());
        if !joined && at > from {
            whole.push(&line[from..at]);
            from = at;
        }
        at += piece.word.len() + piece.whitespace.len();
    }
    whole.push(&line[from..]);
    whole.into_iter()
}

/// Breaks a word into parts that fit; its blanks follow the last part.
fn broken(word: &str, max: usize) -> Vec<Word<'_>> {
    let text = word.trim_end_matches(' ');
    let (mut parts, mut from, mut used) = (Vec::new(), 0, 0);
    let part = |text, whitespace, width| Word { word: text, whitespace, penalty: "", width };
    for (at, c) in text.char_indices() {
        let wide = columns_of(c);
        if used + wide > max && used > 0 {
            parts.push(part(&text[from..at], "", used));
            (from, used) = (at, 0);
        }
        used += wide;
    }
    parts.push(part(&text[from..], &word[text.len()..], used));
    parts
}

/// Joins words into a line and removes the blanks at its end.
fn joined(words: &[Word<'_>]) -> String {
    let line: String = words.iter().flat_map(|word| [word.word, word.whitespace]).collect();
    let blanks = words.last().map_or(0, |word| word.whitespace.len());
    line[..line.len() - blanks].to_owned()
}

/// Whether every table agrees that the character takes one column: letters and digits from Armenian
/// to Georgian. Those of Latin, Greek and Cyrillic are wide where ambiguous characters are; symbols
/// may be drawn as emoji; and tables of different age disagree about later blocks.
fn is_narrow_everywhere(c: char) -> bool {
    matches!(c, '\u{530}'..='\u{10ff}') && c.is_alphanumeric() && c.width() == Some(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_terminals_disagree_about_counts_as_the_widest() {
        for (text, most) in [
            ("ssh://host", 10),
            ("\t", 8),
            // Ambiguous: one column, or two if an East Asian font is expected.
            ("※", 2),
            ("é°…│", 8),
            // Text that a selector makes an emoji, or that some terminals draw as one without it.
            ("❤\u{fe0f}", 4),
            ("©", 2),
            ("☺", 2),
            // A keycap, a flag, a family.
            ("1\u{fe0f}\u{20e3}", 5),
            ("🇯🇵", 4),
            ("👩\u{200d}👩", 6),
            // Marks that a terminal may not combine, and vowels that join a syllable.
            ("e\u{301}", 3),
            ("\u{1100}\u{1161}\u{11a8}", 6),
            // Wide since Unicode 16.
            ("䷀", 2),
            ("界", 2),
            // Letters with the same width in all tables.
            ("שלום ไทย", 8),
        ] {
            assert_eq!(columns(text), most, "{text:?}");
        }
    }

    #[test]
    fn lines_break_between_words_and_within_those_that_are_too_long() {
        for (text, max, lines) in [
            ("", 5, &[""][..]),
            ("one two  three", 9, &["one two", "three"]),
            ("  indented", 20, &["  indented"]),
            ("/a/path-of/many/parts is whole", 21, &["/a/path-of/many/parts", "is whole"]),
            ("0123456789", 4, &["0123", "4567", "89"]),
            ("日本語のみ", 5, &["日本", "語の", "み"]),
            ("※※※ ※", 5, &["※※", "※ ※"]),
            ("❤\u{fe0f}", 1, &["❤", "\u{fe0f}"]),
        ] {
            assert_eq!(wrap(text, max), lines, "{text:?}");
        }
    }

    #[test]
    fn no_line_is_too_long_for_the_look_of_the_others() {
        let text = "0|𑊊\"\u{a4b}\"\u{fffd}0Σµꢀ :a\u{a41}𝕒A0a𑏗!0AΣὈA℀0\"𞸧¡0®ଲ0𞗐";
        for line in wrap(text, 49) {
            assert!(columns(&line) <= 49, "{line}");
        }
    }

    proptest! {
        /// No width table in use gives more columns, by character or by cluster.
        #[test]
        fn no_terminal_takes_more(text in "\\PC{0,60}", max in 2usize..90) {
            use unicode_width::UnicodeWidthStr;
            let by_character = |width: fn(char) -> Option<usize>| -> usize {
                text.chars().map(|c| width(c).unwrap_or(0)).sum()
            };
            let emoji = 2 * text.matches('\u{fe0f}').count() + by_character(UnicodeWidthChar::width);
            for most in [
                text.width(),
                text.width_cjk(),
                by_character(UnicodeWidthChar::width),
                by_character(UnicodeWidthChar::width_cjk),
                // Every character in a cell of its own, combining or not.
                text.chars().count(),
                emoji,
            ] {
                prop_assert!(most <= columns(&text), "{most} > {} {text:?}", columns(&text));
            }
            let pieces = pieces_of(&text, max);
            prop_assert_eq!(pieces.concat(), text.clone());
            let fits = |piece: &String| columns(piece) <= max || piece.chars().count() == 1;
            prop_assert!(pieces.iter().all(fits), "{pieces:?}");
            let lines = wrap(&text, max);
            prop_assert!(lines.iter().all(fits), "{lines:?}");
            let letters = |text: &str| text.replace(' ', "");
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
