//! Which bytes of a file are there: ranges in order that do not touch.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Ranges of bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges(Vec<Range<u64>>);

impl Ranges {
    /// The first bytes.
    pub fn up_to(end: u64) -> Ranges {
        let mut ranges = Ranges::default();
        ranges.add(0..end);
        ranges
    }

    /// Adds a range, which may overlap others.
    pub fn add(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let first = self.0.partition_point(|it| it.end < range.start);
        let last = self.0.partition_point(|it| it.start <= range.end);
        let mut joined = range;
        for it in &self.0[first..last] {
            joined = joined.start.min(it.start)..joined.end.max(it.end);
        }
        self.0.splice(first..last, [joined]);
    }

    /// All ranges in order.
    pub fn iter(&self) -> impl Iterator<Item = Range<u64>> {
        self.0.iter().cloned()
    }

    /// How many bytes are there.
    pub fn bytes(&self) -> u64 {
        self.0.iter().map(|range| range.end - range.start).sum()
    }

    /// Where the last one ends.
    pub fn end(&self) -> u64 {
        self.0.last().map_or(0, |range| range.end)
    }

    /// The end of the only range, if all that is there is a beginning.
    pub fn prefix(&self) -> Option<u64> {
        match &self.0[..] {
            [] => Some(0),
            [range] if range.start == 0 => Some(range.end),
            _ => None,
        }
    }

    /// What is missing of the first `size` bytes.
    pub fn missing(&self, size: u64) -> Vec<Range<u64>> {
        let (mut found, mut at) = (Vec::new(), 0);
        for next in self.0.iter().cloned().chain(std::iter::once(size..size)) {
            let end = next.start.min(size);
            if at < end {
                found.push(at..end);
            }
            at = at.max(next.end);
        }
        found
    }
}

/// The ranges that nobody has taken yet. They are cut into pieces as they are taken: a server may
/// say any size, and a list of all pieces would be as long.
pub(crate) struct OpenRanges {
    ranges: Mutex<VecDeque<Range<u64>>>,
    piece: u64,
}

impl OpenRanges {
    /// Ranges of which at most `piece` bytes are taken at a time.
    pub fn new(ranges: Vec<Range<u64>>, piece: u64) -> OpenRanges {
        OpenRanges { ranges: Mutex::new(ranges.into()), piece: piece.max(1) }
    }

    /// Takes the first piece.
    pub fn take(&self) -> Option<Range<u64>> {
        let mut ranges = self.ranges.lock().unwrap_or_else(PoisonError::into_inner);
        let range = ranges.pop_front()?;
        let end = range.start.saturating_add(self.piece).min(range.end);
        if end < range.end {
            ranges.push_front(end..range.end);
        }
        Some(range.start..end)
    }

    /// Gives ranges back that could not be finished.
    pub fn give_back(&self, ranges: impl IntoIterator<Item = Range<u64>>) {
        self.ranges.lock().unwrap_or_else(PoisonError::into_inner).extend(ranges);
    }

    pub fn is_empty(&self) -> bool {
        self.ranges.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_there_and_what_is_missing_is_everything(
            added in prop::collection::vec((0u64..60, 0u64..20), 0..12),
            size in 0u64..70,
            most in 1u64..9,
        ) {
            let (mut ranges, mut bytes) = (Ranges::default(), [false; 100]);
            for (start, length) in added {
                ranges.add(start..start + length);
                bytes[start as usize..(start + length) as usize].fill(true);
            }
            prop_assert_eq!(ranges.bytes(), bytes.iter().filter(|it| **it).count() as u64);
            prop_assert!(ranges.iter().zip(ranges.iter().skip(1)).all(|(a, b)| a.end < b.start));
            let open = OpenRanges::new(ranges.missing(size), most);
            while let Some(range) = open.take() {
                prop_assert!(range.end - range.start <= most);
                for byte in range {
                    prop_assert!(!bytes[byte as usize]);
                    bytes[byte as usize] = true;
                }
            }
            prop_assert!(bytes[..size as usize].iter().all(|it| *it));
            prop_assert!(open.is_empty());
        }
    }

    #[test]
    fn of_any_size_one_piece_is_cut_at_a_time() {
        let missing = Ranges::up_to(7).missing(u64::MAX);
        assert_eq!(missing, std::slice::from_ref(&(7..u64::MAX)));
        let open = OpenRanges::new(missing, 10);
        assert_eq!((open.take(), open.take()), (Some(7..17), Some(17..27)));
        assert_eq!(*open.ranges.lock().unwrap(), std::slice::from_ref(&(27..u64::MAX)));
    }
}
