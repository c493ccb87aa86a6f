//! The journal beside an unfinished file: which bytes several connections have written out of
//! order. Without one, the bytes that are there are the first ones.
//!
//! It is text: `tessh-filepart 1 SIZE TIME` about the source, then `START END` for each range when
//! all of it has been written. A line that is cut short does not count.

use std::ops::Range;

use crate::sftp::transfer::ranges::Ranges;
use crate::sftp::transfer::task::SourceFacts;

const FIRST_WORDS: &str = "tessh-filepart 1";
/// The most bytes of a journal that are read: some ten thousand ranges.
pub(crate) const MAX_JOURNAL: usize = 512 * 1024;

/// The first line.
pub(crate) fn head(facts: &SourceFacts) -> String {
    let time = facts.times.map_or(0, |(_, modified)| modified);
    format!("{FIRST_WORDS} {} {time}\n", facts.size.unwrap_or_default())
}

/// The line of a range that is there.
pub(crate) fn line(range: &Range<u64>) -> String {
    format!("{} {}\n", range.start, range.end)
}

/// The ranges that are there of a source; `None` if the journal is of another source or none at all.
pub fn parse(text: &[u8], facts: &SourceFacts) -> Option<Ranges> {
    let rest = text.strip_prefix(head(facts).as_bytes())?;
    let whole = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let mut ranges = Ranges::default();
    for line in std::str::from_utf8(&rest[..whole]).ok()?.lines() {
        let (start, end) = line.split_once(' ')?;
        let (start, end) = (start.parse().ok()?, end.parse().ok()?);
        if end > facts.size? {
            return None;
        }
        ranges.add(start..end);
    }
    Some(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lines_about_the_same_source_count() {
        let facts = SourceFacts { size: Some(100), times: Some((1, 2)), ..SourceFacts::default() };
        let text = [head(&facts), line(&(0..10)), line(&(50..90)), "95 9".to_owned()].concat();
        let ranges = parse(text.as_bytes(), &facts).unwrap();
        assert_eq!(ranges.iter().collect::<Vec<_>>(), [0..10, 50..90]);
        for other in
            [SourceFacts { size: Some(101), ..facts }, SourceFacts { times: Some((1, 3)), ..facts }]
        {
            assert_eq!(parse(text.as_bytes(), &other), None);
        }
        for wrong in ["5 101\n", "5\n", "x y\n", "\n", "-1 5\n"] {
            assert_eq!(parse(format!("{}{wrong}", head(&facts)).as_bytes(), &facts), None);
        }
        assert_eq!(parse(b"", &facts), None);
    }
}
