//! The search among hosts: every word that is typed must occur in the name, the destination, a tag
//! or the note. The lists are short, so no crate is used for this.

use std::ops::Range;

use super::entry::HostSummary;

/// What is typed, as words in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostSearch {
    words: Vec<String>,
}

impl HostSearch {
    /// The words of what is typed.
    pub fn new(typed: &str) -> HostSearch {
        HostSearch { words: typed.to_lowercase().split_whitespace().map(str::to_owned).collect() }
    }

    /// Whether nothing is searched for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How well all words match an entry; `None` if one of them does not. `buffer` is only there to
    /// be used again for the next entry.
    pub(super) fn score(
        &self,
        name: &str,
        summary: Option<&HostSummary>,
        buffer: &mut String,
    ) -> Option<u32> {
        put_lower(name, buffer);
        let mut sum = 0_u32;
        for word in &self.words {
            let of_name = likeness(word, buffer, true).map(|score| 2 * score);
            let of_rest = summary.and_then(|summary| {
                let of_host = likeness(word, summary.found_host(), true);
                of_host.max(likeness(word, summary.found_words(), false))
            });
            sum = sum.saturating_add(of_name.max(of_rest)?);
        }
        Some(sum)
    }

    /// The parts of these texts, which are shown of one entry, that the words match. The letters of
    /// a word are marked one by one if it is in none of them, but not those of the last text.
    pub fn places<const N: usize>(&self, texts: [&str; N]) -> [Vec<Range<usize>>; N] {
        let texts = texts.map(LowerText::new);
        let mut found: [Vec<Range<usize>>; N] = std::array::from_fn(|_| Vec::new());
        for word in &self.words {
            let mut is_whole = false;
            for (text, found) in texts.iter().zip(&mut found) {
                if let Some(at) = text.lower.find(word.as_str()) {
                    found.push(text.place(at, at + word.len()));
                    is_whole = true;
                }
            }
            let mut loose = texts.iter().zip(&mut found).take(N.saturating_sub(1));
            let of_letters =
                loose.find(|(text, _)| !is_whole && likeness(word, &text.lower, true).is_some());
            if let Some((text, found)) = of_letters {
                let mut rest = word.chars().peekable();
                for (at, c) in text.lower.char_indices() {
                    if rest.next_if_eq(&c).is_some() {
                        found.push(text.place(at, at + c.len_utf8()));
                    }
                }
            }
        }
        found.map(joined)
    }
}

/// A text in lower case, which may have another length.
struct LowerText {
    lower: String,
    /// The place in the text that each byte comes from.
    from: Vec<usize>,
}

impl LowerText {
    fn new(text: &str) -> LowerText {
        let (mut lower, mut from) = (String::new(), Vec::new());
        for (at, c) in text.char_indices() {
            lower.extend(c.to_lowercase());
            from.resize(lower.len(), at);
        }
        from.push(text.len());
        LowerText { lower, from }
    }

    /// The place in the text of these bytes of its lower case.
    fn place(&self, start: usize, end: usize) -> Range<usize> {
        let last = self.from[end - 1];
        let after = self.from[end - 1..].iter().find(|at| **at > last);
        self.from[start]..after.copied().unwrap_or(last)
    }
}

/// Places in their order, without those within others.
fn joined(mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in found {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// Puts a text in lower case into the buffer, without a new allocation for each.
fn put_lower(text: &str, buffer: &mut String) {
    buffer.clear();
    match text.is_ascii() {
        true => {
            buffer.push_str(text);
            buffer.make_ascii_lowercase();
        }
        false => buffer.extend(text.chars().flat_map(char::to_lowercase)),
    }
}

/// Rates how well a word matches a text, both in lower case. A substring is best, at the start of a
/// word even more so; otherwise the letters must occur in this order, if they may be scattered.
fn likeness(typed: &str, text: &str, scattered: bool) -> Option<u32> {
    const PART: u32 = 1_000;
    let starts_word =
        |at: usize| text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
    if let Some(at) = text.match_indices(typed).map(|(at, _)| at).max_by_key(|&at| {
        // Prefers the first place at the start of a word.
        (starts_word(at), std::cmp::Reverse(at))
    }) {
        let early = 100_u32.saturating_sub(u32::try_from(at).unwrap_or(u32::MAX));
        return Some(PART + early + if starts_word(at) { PART } else { 0 });
    }
    if !scattered {
        return None;
    }
    let (mut score, mut rest, mut gap) = (0, typed.chars().peekable(), true);
    for (at, c) in text.char_indices() {
        let fits = rest.next_if_eq(&c).is_some();
        if fits {
            score += 1 + if gap { 0 } else { 2 } + if starts_word(at) { 3 } else { 0 };
        }
        gap = !fits;
    }
    // A few scattered letters are no match.
    let close = score >= 2 * u32::try_from(typed.chars().count()).unwrap_or(u32::MAX);
    (rest.peek().is_none() && close).then_some(score.min(PART - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(typed: &str, text: &str) -> Vec<String> {
        let [places, _] = HostSearch::new(typed).places([text, ""]);
        places.into_iter().map(|range| text[range].to_owned()).collect()
    }

    #[test]
    fn what_matches_is_found_in_the_text_as_it_is_written() {
        assert_eq!(marked("prod 19", "Prod srv-190"), ["Prod", "19"]);
        assert_eq!(marked("wp", "web-prod"), ["w", "p"]);
        assert_eq!(marked("we eb", "web"), ["web"]);
        // A letter whose lower case has another length.
        assert_eq!(marked("i web", "İİ Web"), ["İ", "Web"]);
        assert_eq!(marked("zz", "web"), [""; 0]);
        assert_eq!(marked("", "web"), [""; 0]);
        // Letters are marked where the word is nowhere else, and never in the last text.
        let marks = |texts| HostSearch::new("wp").places(texts).map(|places| places.len());
        assert_eq!(marks(["web-prod", "wp"]), [0, 1]);
        assert_eq!(marks(["x", "web-prod"]), [0, 0]);
    }
}
