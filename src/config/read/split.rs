//! The text of a configuration file, split into what may matter for a host and what cannot.
//!
//! Every line of a file is checked for the first host. Whoever reads the same files for thousands of
//! hosts, one after the other, then passes over the Host blocks of the others, which say nothing more.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::config::arguments;
use crate::config::keyword::Keyword;
use crate::config::line;

/// The most bytes that are kept. What is more is read again for each host.
const MAX_KEPT: usize = 16 << 20;

/// The files that were read for one host and are read for the next.
#[derive(Default)]
pub struct FileMemory {
    /// By path, and by whether it was checked who may write them.
    files: RefCell<HashMap<(PathBuf, bool), Rc<SplitText>>>,
    /// The bytes of all that is kept.
    bytes: Cell<usize>,
}

/// The text of a file.
pub(super) struct SplitText {
    bytes: Vec<u8>,
    parts: Vec<TextPart>,
    /// The parts that matter for every host.
    common: Vec<usize>,
    /// The parts that matter for a host of this name alone.
    named: HashMap<String, Vec<usize>>,
    is_checked: Cell<bool>,
}

/// Lines of a text.
struct TextPart {
    /// The number of the first, from 1.
    first: usize,
    range: Range<usize>,
}

/// Part of a text as it is being split: from this line on, and for these hosts or for all.
struct OpenPart {
    first: usize,
    start: usize,
    hosts: Option<Vec<String>>,
}

impl FileMemory {
    pub(super) fn get(&self, path: &Path, private: bool) -> Option<Rc<SplitText>> {
        self.files.borrow().get(&(path.to_owned(), private)).map(Rc::clone)
    }

    pub(super) fn keep(&self, path: &Path, private: bool, bytes: Vec<u8>) -> Rc<SplitText> {
        let text = Rc::new(SplitText::by_host(bytes));
        // A file's name may have the host's in it, so there may be as many as hosts.
        let with_it = self.bytes.get() + text.len();
        if with_it > MAX_KEPT {
            return text;
        }
        self.bytes.set(with_it);
        self.files.borrow_mut().insert((path.to_owned(), private), Rc::clone(&text));
        text
    }
}

impl SplitText {
    /// A text that is read whole.
    pub(super) fn whole(bytes: Vec<u8>) -> SplitText {
        let (parts, common, named) = (Vec::new(), Vec::new(), HashMap::new());
        SplitText { bytes, parts, common, named, is_checked: Cell::new(false) }
    }

    /// A text of which only what matters for a host is read, once all of it has been checked.
    fn by_host(bytes: Vec<u8>) -> SplitText {
        let mut text = SplitText::whole(bytes);
        let mut open = OpenPart { first: 1, start: 0, hosts: None };
        let (mut at, mut ranges) = (0, Vec::new());
        for (number, raw) in (1..).zip(text.bytes.split(|&byte| byte == b'\n')) {
            match keyword(raw) {
                Some((Keyword::Host, rest)) => {
                    let next = OpenPart { first: number, start: at, hosts: plain_names(rest) };
                    ranges.push((std::mem::replace(&mut open, next), at));
                }
                Some((Keyword::Match, _)) => {
                    let next = OpenPart { first: number, start: at, hosts: None };
                    ranges.push((std::mem::replace(&mut open, next), at));
                }
                // A file that is included may have what matters for others.
                Some((Keyword::Include, _)) => open.hosts = None,
                // Whether that is bad is told by IgnoreUnknown, which may differ for each host.
                None if is_unknown(raw) => open.hosts = None,
                _ => {}
            }
            at += raw.len() + 1;
        }
        ranges.push((open, text.bytes.len()));
        ranges.into_iter().for_each(|(part, end)| text.add(part, end));
        text
    }

    fn add(&mut self, part: OpenPart, end: usize) {
        let number = self.parts.len();
        self.parts.push(TextPart { first: part.first, range: part.start..end });
        match part.hosts {
            None => self.common.push(number),
            Some(hosts) => {
                for host in hosts {
                    let parts = self.named.entry(host).or_default();
                    if parts.last() != Some(&number) {
                        parts.push(number);
                    }
                }
            }
        }
    }

    /// The length of the text in bytes.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// All lines have been read and none was bad.
    pub(super) fn set_checked(&self) {
        self.is_checked.set(true);
    }

    /// The lines that are to be read for a host, with their numbers.
    pub(super) fn lines(&self, host: &str) -> impl Iterator<Item = (usize, &[u8])> {
        let parts = match self.is_checked.get() && !self.parts.is_empty() {
            true => self.parts_of(host),
            false => vec![(1, 0..self.bytes.len())],
        };
        parts.into_iter().flat_map(|(first, range)| {
            (first..).zip(self.bytes[range].split(|&byte| byte == b'\n'))
        })
    }

    fn parts_of(&self, host: &str) -> Vec<(usize, Range<usize>)> {
        let named = self.named.get(host).into_iter().flatten();
        let mut numbers: Vec<usize> = self.common.iter().chain(named).copied().collect();
        numbers.sort_unstable();
        let part = |number: usize| (self.parts[number].first, self.parts[number].range.clone());
        numbers.into_iter().map(part).collect()
    }
}

/// The keyword of a line, if it is one that decides where lines belong, and what follows it.
fn keyword(raw: &[u8]) -> Option<(Keyword, &str)> {
    let (typed, rest) = line::keyword(std::str::from_utf8(raw).ok()?)?;
    let words = [Keyword::Host, Keyword::Match, Keyword::Include];
    let found = words.into_iter().find(|keyword| typed.eq_ignore_ascii_case(keyword.name()))?;
    Some((found, rest))
}

/// Whether the line has a keyword that no ssh knows.
fn is_unknown(raw: &[u8]) -> bool {
    let line = std::str::from_utf8(raw).ok().and_then(line::keyword);
    line.is_some_and(|(typed, _)| Keyword::find(typed).is_none())
}

/// The names on a Host line, if they are nothing but names.
fn plain_names(rest: &str) -> Option<Vec<String>> {
    let names = arguments::parse(Keyword::Host, rest).ok()?;
    let is_pattern = names.iter().any(|name| name.contains(['*', '?', '!']));
    (!is_pattern).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &SplitText, host: &str) -> Vec<usize> {
        let lines = text.lines(host).filter(|(_, line)| !line.is_empty());
        lines.map(|(number, _)| number).collect()
    }

    #[test]
    fn what_is_for_other_hosts_alone_is_passed_over_once_all_is_checked() {
        let text = "Port 1\nHost a b\nPort 2\n\nhost=c\nPort 3\nHost *\nPort 4\nHost d !e\nPort 5\n\
                    Host f\nInclude g\nMatch all\nPort 6\nHost \"a\"\nPort 7";
        let all: Vec<usize> = (1..=16).filter(|&number| number != 4).collect();
        let whole = SplitText::whole(text.into());
        whole.set_checked();
        assert_eq!(numbers(&whole, "a"), all);
        let split = SplitText::by_host(text.into());
        assert_eq!(numbers(&split, "a"), all);
        split.set_checked();
        let common = [1, 7, 8, 9, 10, 11, 12, 13, 14];
        assert_eq!(numbers(&split, "x"), common);
        assert_eq!(numbers(&split, "a"), [&[1, 2, 3], &common[1..], &[15, 16]].concat());
        assert_eq!(numbers(&split, "c"), [&[1, 5, 6], &common[1..]].concat());
    }
    #[test]
    fn what_another_ignore_unknown_may_forbid_is_read_for_every_host() {
        let text = "Host a\nIgnoreUnknown Use*\nUseKeychain yes\nHost b\nPort 2";
        let split = SplitText::by_host(text.into());
        split.set_checked();
        assert_eq!(numbers(&split, "b"), [1, 2, 3, 4, 5]);
        assert_eq!(numbers(&split, "a"), [1, 2, 3]);
    }

    #[test]
    fn files_are_kept_up_to_a_bound() {
        let memory = FileMemory::default();
        let path = |at: usize| PathBuf::from(at.to_string());
        for at in 0..3 {
            let text = memory.keep(&path(at), false, vec![b'\n'; MAX_KEPT / 2]);
            assert_eq!(text.len(), MAX_KEPT / 2);
        }
        let kept = [0, 1, 2].map(|at| memory.get(&path(at), false).is_some());
        assert_eq!(kept, [true, true, false]);
    }
}
