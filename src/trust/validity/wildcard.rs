//! Wildcards of validity expressions: `*`, `?` and classes such as `[0-9a-f]`, on bytes.
//!
//! As in PuTTY, the bounds of a range may be in reverse order, an empty class matches nothing, and
//! `]` outside a class is a literal.

use std::ops::Range;

/// A parsed wildcard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wildcard(Vec<WildcardPart>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum WildcardPart {
    /// This byte.
    Byte(u8),
    /// Any single byte.
    One,
    /// Any number of any bytes.
    Run,
    /// One byte of these ranges.
    Class(Vec<(u8, u8)>),
}

impl Wildcard {
    /// Parses a wildcard.
    ///
    /// # Errors
    /// The range of a class that is not closed or has an incomplete range of bytes.
    pub(super) fn parse(text: &[u8]) -> Result<Wildcard, Range<usize>> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            at += 1;
            pieces.push(match byte {
                // Several `*` in a row mean the same as one.
                b'*' if pieces.last() == Some(&WildcardPart::Run) => continue,
                b'*' => WildcardPart::Run,
                b'?' => WildcardPart::One,
                b'[' => {
                    let start = at - 1;
                    let close = text[at..].iter().position(|&byte| byte == b']');
                    let end = close.map(|close| at + close).ok_or(start..text.len())?;
                    let class = class(&text[at..end]).ok_or(start..end + 1)?;
                    at = end + 1;
                    WildcardPart::Class(class)
                }
                byte => WildcardPart::Byte(byte),
            });
        }
        Ok(Wildcard(pieces))
    }

    /// Whether the wildcard matches the whole name. The search is greedy and backtracks only to the
    /// last `*`, so it takes at most wildcard × name steps.
    pub(super) fn matches(&self, name: &[u8]) -> bool {
        let Wildcard(pieces) = self;
        let (mut p, mut n) = (0, 0);
        let mut run: Option<(usize, usize)> = None;
        while n < name.len() {
            match pieces.get(p) {
                Some(WildcardPart::Run) => {
                    run = Some((p, n));
                    p += 1;
                }
                Some(piece) if piece.takes(name[n]) => {
                    p += 1;
                    n += 1;
                }
                _ => match run {
                    // Backtrack: the last `*` takes one more byte.
                    Some((at, from)) => {
                        run = Some((at, from + 1));
                        (p, n) = (at + 1, from + 1);
                    }
                    None => return false,
                },
            }
        }
        pieces[p..].iter().all(|piece| *piece == WildcardPart::Run)
    }
}

impl WildcardPart {
    fn takes(&self, byte: u8) -> bool {
        match self {
            WildcardPart::Byte(own) => *own == byte,
            WildcardPart::One | WildcardPart::Run => true,
            WildcardPart::Class(ranges) => {
                ranges.iter().any(|(from, to)| (*from..=*to).contains(&byte))
            }
        }
    }
}

/// Parses the text between the brackets; `None` for an incomplete range.
fn class(text: &[u8]) -> Option<Vec<(u8, u8)>> {
    let mut ranges = Vec::new();
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        match tail {
            [b'-', last, tail @ ..] => {
                ranges.push((*first.min(last), *first.max(last)));
                rest = tail;
            }
            [b'-'] => return None,
            _ => {
                ranges.push((*first, *first));
                rest = tail;
            }
        }
    }
    Some(ranges)
}
